"""Serving the app over HTTP on one address."""

from __future__ import annotations

import logging
import socket

import uvicorn

from engine import InvalidRequest
from mcp_server.access import TokenGate, transport_security
from mcp_server.app import StudioServer

_logger = logging.getLogger("mcp_server")
_LAST_WORDS_S = 3
"""How long open streams may go on after the server was asked to stop."""


def serve_http(app: StudioServer, host: str, port: int, token: str | None) -> None:
    """Serve until interrupted; port 0 takes a free one. Standard error says where.

    Raises `AccessRefused` for an address that needs a token, `InvalidRequest` for one that can't
    be had.
    """
    security = transport_security(host, token)
    web = app.streamable_http_app(host=host, transport_security=security)
    listener = _listen(host, port)
    address = f"[{host}]" if ":" in host else host
    _logger.info("listening on http://%s:%d/mcp", address, listener.getsockname()[1])
    config = uvicorn.Config(
        TokenGate(web, token) if token else web,
        log_config=None,  # uvicorn's own would print the access log to standard output
        timeout_graceful_shutdown=_LAST_WORDS_S,
    )
    uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise InvalidRequest(
            f"--http: can't listen on {host}:{port} ({error.strerror}); choose another port "
            "or address.",
            field="--http",
        ) from None
