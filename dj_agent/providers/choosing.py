"""Who is talked to: what a person asked for, or else what there is.

Knows the settings. Imports an adapter, and with it an SDK, only once that one is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from dj_agent.providers.catalogue import KNOWN, USUAL_CONTEXT_TOKENS, Known
from dj_agent.providers.endpoint import Endpoint, Key, checked_address
from dj_agent.providers.errors import Misconfigured, Unreachable
from dj_agent.providers.local_models import models_at, ollama_address, preferred
from dj_agent.providers.protocol import ChatProvider

PROVIDERS = (*KNOWN, "offline")

_NOBODY = (
    "No language model: set OPENROUTER_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY, or start "
    "Ollama. Sets can be planned and played without one."
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A provider, not made yet."""

    name: str
    model: str
    sentence: str
    """Who was chosen, and why."""
    make: Callable[[], ChatProvider] = field(repr=False)
    """Loads what the provider needs."""


def choose(
    environ: Mapping[str, str], wanted: str | None = None, model: str | None = None
) -> Choice:
    """The provider that is wanted, or that DJ_PROVIDER names, or the first that can be had.

    `wanted` may name several with commas between them: each takes over if the one before it fails.
    `model` and DJ_MODEL are the first one's. Raises `Misconfigured`, or `Unreachable` if Ollama is
    wanted and doesn't run.
    """
    asked = (wanted or environ.get("DJ_PROVIDER", "")).strip().lower()
    model = (model or environ.get("DJ_MODEL", "")).strip()
    names = [name.strip() for name in asked.split(",") if name.strip()]
    if not names or names == ["auto"]:
        return _found(environ, model)
    choices = [_named(environ, name, "" if n else model) for n, name in enumerate(names)]
    return choices[0] if len(choices) == 1 else _in_turn(choices)


def _found(environ: Mapping[str, str], model: str) -> Choice:
    """What there is: a key, or an Ollama with a model."""
    for name, known in KNOWN.items():
        if name != "openai" and (key_name := _key_name(environ, known)):
            return _at(environ, name, model, f"{key_name} is set")
    address = ollama_address(environ.get("OLLAMA_HOST", ""), KNOWN["ollama"].address)
    names = models_at(address)
    if names or (model and names is not None):
        return _ollama(environ, address, model or preferred(names))
    if names is not None:
        sentence = "Ollama runs, but has no model; fetch one with `ollama pull qwen3`."
        return _offline(sentence)
    return _offline(_NOBODY)


def _named(environ: Mapping[str, str], name: str, model: str) -> Choice:
    """The provider of this name."""
    if name == "offline":
        return _offline("No language model, as asked.")
    if name == "scripted":
        return _scripted(model)
    if name == "ollama":
        address = ollama_address(environ.get("OLLAMA_HOST", ""), KNOWN["ollama"].address)
        names = models_at(address)
        if names is None:
            raise Unreachable(
                f"No Ollama answers at {address}; start it with `ollama serve`, or set OLLAMA_HOST."
            )
        if not names and not model:
            raise Misconfigured("Ollama has no model; fetch one with `ollama pull qwen3`.")
        return _ollama(environ, address, model or preferred(names))
    if name not in KNOWN:
        raise Misconfigured(f"There is no provider {name!r}; there are: {', '.join(PROVIDERS)}.")
    return _at(environ, name, model, "as asked")


def _key_name(environ: Mapping[str, str], known: Known) -> str | None:
    return next((one for one in known.key_names if environ.get(one, "").strip()), None)


def _at(environ: Mapping[str, str], name: str, model: str, why: str) -> Choice:
    """A provider with a key, at its address."""
    at = _endpoint(environ, name, model)
    sentence = f"Talking to {at.model} at {at.label} ({why})."
    return Choice(name, at.model, sentence, lambda: _made(at))


def _endpoint(environ: Mapping[str, str], name: str, model: str) -> Endpoint:
    known = KNOWN[name]
    address, label = known.address, known.label
    elsewhere = environ.get(known.address_name, "").strip() if known.address_name else ""
    if known.address_name and elsewhere:
        address = checked_address(elsewhere, known.address_name)
        label = urlsplit(address).netloc
    key_name = _key_name(environ, known)
    if key_name is None and not (name == "openai" and elsewhere):
        raise Misconfigured(f"{known.label} needs a key; set {known.key_names[0]}.")
    if not (model or known.model):
        raise Misconfigured(f"{label} may have any model; name one with DJ_MODEL.")
    return Endpoint(
        name=name,
        label=label,
        model=model or known.model,
        address=address,
        context_tokens=known.context_tokens if model in ("", known.model) else USUAL_CONTEXT_TOKENS,
        key=Key.read(environ[key_name], key_name) if key_name else Key(),
        key_name=key_name or "",
    )


def _ollama(environ: Mapping[str, str], address: str, model: str) -> Choice:
    known = KNOWN["ollama"]
    window = environ.get("OLLAMA_CONTEXT_LENGTH", "").strip()
    if window and not (window.isdecimal() and int(window) >= 2048):
        raise Misconfigured("OLLAMA_CONTEXT_LENGTH is no number of tokens; use 16384, or more.")
    at = Endpoint("ollama", known.label, model, address, int(window or known.context_tokens))
    sentence = f"Talking to {model} in Ollama at {address}."
    return Choice("ollama", model, sentence, lambda: _made(at))


def _made(at: Endpoint) -> ChatProvider:
    """The adapter for the endpoint. SDKs take a second to load: only the one that is used is."""
    if at.name == "ollama":
        from dj_agent.providers.ollama_chat import OllamaChat

        return OllamaChat(at)
    if at.name == "anthropic":
        from dj_agent.providers.anthropic_messages import AnthropicMessages

        return AnthropicMessages(at)
    from dj_agent.providers.openai_chat import OpenAIChat

    return OpenAIChat(at)


def _offline(sentence: str) -> Choice:
    from dj_agent.providers.offline import Offline

    return Choice("offline", "", sentence, Offline)


def _scripted(model: str) -> Choice:
    from dj_agent.providers.scripted import Scripted

    path = Path(model)
    return Choice("scripted", model, f"Following the script {model}.", lambda: Scripted.read(path))


def _in_turn(choices: list[Choice]) -> Choice:
    def make() -> ChatProvider:
        from dj_agent.providers.failover import Failover

        return Failover([choice.make() for choice in choices])

    others = ", then ".join(choice.name for choice in choices[1:])
    sentence = f"{choices[0].sentence} If that fails: {others}."
    return replace(choices[0], sentence=sentence, make=make)
