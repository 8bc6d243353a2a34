"""Whether a provider of language models answers, and takes the key: one question each, soon over.

Asks for something that costs nothing: a list of models, or the key's own account. Loads no SDK.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException

from dj_agent.providers.catalogue import KNOWN
from dj_agent.providers.endpoint import Key, checked_address
from dj_agent.providers.errors import Misconfigured
from dj_agent.providers.local_models import models_at, ollama_address

PROBE_S = 3.0
"""How long an answer may take."""

_ASKED_FOR = {
    "openrouter": "/key",  # its list of models needs no key, so it would say nothing of ours
    "anthropic": "/v1/models",
    "gemini": "/models",
    "openai": "/models",
}
_REFUSED = (401, 403)


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of it."""

    ok: bool
    says: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """A question to one provider."""

    label: str
    address: str
    key_name: str
    """The setting that the key is in; empty if there is none."""
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    trouble: str = ""
    """Why it can't even be asked."""

    def ask(self) -> Answered:
        """Whether it answers, and takes the key. Blocks for up to `PROBE_S`."""
        if self.trouble:
            return Answered(False, self.trouble)
        request = urllib.request.Request(self.address, headers=dict(self.headers))
        try:
            with _STRAIGHT.open(request, timeout=PROBE_S):
                return Answered(True, "answers." if self.key_name else "answers, without a key.")
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in _REFUSED:
                fix = f"Copy the key again into {self.key_name}." if self.key_name else ""
                return Answered(False, f"refuses the key ({error.code}).", fix)
            if error.code == 404:  # a server that has no such list, but is there
                return Answered(True, "answers.")
            return Answered(False, f"answers with an error ({error.code}).", "Try again later.")
        except TimeoutError:
            return Answered(False, f"doesn't answer within {PROBE_S:g} s.", _LOOK)
        except (OSError, HTTPException):
            return Answered(False, "can't be reached.", _LOOK)


def probes(environ: Mapping[str, str]) -> list[Probe]:
    """A question for each provider that there is a key for, or an address of its own."""
    found = []
    for name, path in _ASKED_FOR.items():
        known = KNOWN[name]
        elsewhere = environ.get(known.address_name, "").strip() if known.address_name else ""
        key_name = next((one for one in known.key_names if environ.get(one, "").strip()), "")
        if not (key_name or (name == "openai" and elsewhere)):
            continue
        try:
            address = known.address
            if known.address_name and elsewhere:
                address = checked_address(elsewhere, known.address_name)
            key = Key.read(environ.get(key_name, ""), key_name)
        except Misconfigured as error:
            found.append(Probe(known.label, "", key_name, trouble=error.message))
            continue
        headers = _headers(name, key_name, key)
        found.append(Probe(known.label, address + path, key_name, headers))
    return found


def probe_ollama(environ: Mapping[str, str]) -> list[str] | None:
    """The models that Ollama has here; None if it doesn't run, or OLLAMA_HOST is no address."""
    try:
        address = ollama_address(environ.get("OLLAMA_HOST", ""), KNOWN["ollama"].address)
    except Misconfigured:
        return None
    return models_at(address)


def _headers(name: str, key_name: str, key: Key) -> dict[str, str]:
    headers = {"User-Agent": "dj-agent"}
    if name == "anthropic":
        headers["anthropic-version"] = "2023-06-01"
    if name == "anthropic" and not key_name.endswith("TOKEN"):
        headers["x-api-key"] = key.reveal()
    elif key:
        headers["Authorization"] = f"Bearer {key.reveal()}"
    return headers


class _Stays(urllib.request.HTTPRedirectHandler):
    """A key goes to the address that it was set for, and nowhere from there."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # noqa: ARG002
        return None


_STRAIGHT = urllib.request.build_opener(_Stays)
_LOOK = "See whether this computer is on the network, and the address right."
