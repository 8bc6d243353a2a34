"""Whether Ollama runs, where, and which models it has.

Knows Ollama's addresses and its list of models; asks nothing else, and not for long.
"""

from __future__ import annotations

import json
import urllib.request
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from dj_agent.providers.catalogue import OLLAMA_PREFERRED
from dj_agent.providers.endpoint import checked_address

_PROBE_S = 0.5
_PORT = 11434
_ANYWHERE = ("0.0.0.0", "::")


def ollama_address(value: str, default: str) -> str:
    """The address of OLLAMA_HOST, which may be a host or a port only, or what a server listens on.

    Raises `Misconfigured`.
    """
    text = value.strip()
    if not text:
        return default
    given = "://" in text
    address = checked_address(text if given else f"http://{text}", "OLLAMA_HOST")
    parts = urlsplit(address)
    port = parts.port or (_PORT if not given else 443 if parts.scheme == "https" else 80)
    host = "127.0.0.1" if parts.hostname in _ANYWHERE else parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}:{port}{parts.path}"


def models_at(address: str) -> list[str] | None:
    """The names of the models that this Ollama has for conversations; None if there is no Ollama.

    A proxy isn't asked: where there is one, it would answer for machines that don't exist.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address}/api/tags", timeout=_PROBE_S) as answer:
            found: Any = json.load(answer)
        names = [one["name"] for one in found["models"]]
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return None
    return [name for name in names if isinstance(name, str) and "embed" not in name]


def preferred(names: list[str]) -> str:
    """The model to take of these."""
    for wanted in OLLAMA_PREFERRED:
        for name in names:
            if name.rpartition("/")[2].partition(":")[0] == wanted:
                return name
    return names[0]
