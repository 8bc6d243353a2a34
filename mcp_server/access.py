"""Who may use the server over HTTP: loopback only, unless there is a token.

Knows addresses, headers and the shared token; knows nothing about tools.
"""

from __future__ import annotations

import ipaddress
import json
import secrets
import socket

from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from engine import AccessRefused

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_CHALLENGE = b'Bearer realm="dj-agent"'


class TokenGate:
    """Lets requests through that carry the token as `Authorization: Bearer …`."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._admits(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        body = json.dumps({"error": "invalid_token", "error_description": "Send DJ_HTTP_TOKEN."})
        headers = [(b"content-type", b"application/json"), (b"www-authenticate", _CHALLENGE)]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})

    def _admits(self, headers: Headers) -> bool:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        # In constant time, so that answers don't tell how much of a guess was right.
        return scheme.lower() == "bearer" and secrets.compare_digest(token.encode(), self._token)


def transport_security(host: str, token: str | None) -> TransportSecuritySettings:
    """Which Host and Origin headers to accept when listening on `host`.

    The check keeps web pages from reaching the server through a name that they point at it.
    Raises `AccessRefused` if `host` can be reached from outside and there is no token.
    """
    if not _is_loopback(host) and not token:
        raise AccessRefused(
            f"--host: {host} can be reached from other machines; "
            "set DJ_HTTP_TOKEN to a secret first, or listen on 127.0.0.1.",
            field="--host",
        )
    names = dict.fromkeys((*_LOOPBACK, *_names(host)))
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[pattern for name in names for pattern in (name, f"{name}:*")],
        allowed_origins=[f"http://{name}:*" for name in names],
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _names(host: str) -> tuple[str, ...]:
    """What clients may call a server that listens on `host`."""
    if host in ("0.0.0.0", "::"):
        name = socket.gethostname()
        return (name, f"{name}.local")
    return (f"[{host}]",) if ":" in host else (host,)
