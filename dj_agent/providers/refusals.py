"""What a provider's refusal means: from a status and a text to one of our errors.

Knows HTTP statuses and the phrases that providers use; knows no format and no library.
"""

from __future__ import annotations

import email.utils
import json
import re
import time
from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

from dj_agent.providers.endpoint import Endpoint
from dj_agent.providers.errors import (
    AuthRefused,
    ContextOverflow,
    Filtered,
    ModelUnknown,
    NoCredit,
    Overloaded,
    ProviderError,
    RateLimited,
    RequestRefused,
    TimedOut,
    Unreachable,
)
from dj_agent.text import one_line

_TOO_LONG = re.compile(
    r"context.?(length|window|size)|maximum context|prompt is too long|too many (input )?tokens"
    r"|input token count|exceeds? the (available |maximum )?(context|number of tokens)"
    r"|reduce the length",
    re.IGNORECASE,
)
_WITHHELD = re.compile(
    r"content.?(filter|management|policy)|moderation|flagged|prohibited.?content|safety.?(filter|"
    r"system|setting)|blocked.{0,20}safety",
    re.IGNORECASE,
)
_NO_MONEY = re.compile(r"insufficient.?(quota|credit|balance|funds)|billing|credit balance", re.I)
_BAD_KEY = re.compile(r"api.?key.{0,20}(not valid|invalid|expired)|invalid.{0,5}api.?key", re.I)
_NO_TOOLS = re.compile(r"(does not|doesn't|no endpoints found that) support tool", re.IGNORECASE)
_NO_MEMORY = re.compile(r"(more system memory|out of memory|cudaMalloc)", re.IGNORECASE)
_RETRY_DELAY = re.compile(r'"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"|retry in (\d+(?:\.\d+)?) ?s')

_MOST_QUOTED = 240


def refusal(
    at: Endpoint, status: int, text: str, headers: Mapping[str, str] | None = None
) -> ProviderError:
    """The error that this answer of the provider is. `text` is its body, or a message in a stream;
    `status` the HTTP status, or the one that a message in a stream would have had."""
    kind, sentence = _understood(at, status, text)
    wait_s = _wait_s(headers or {}, text)
    if kind is RateLimited and wait_s:
        sentence = f"{at.label} takes no more requests for {ceil(wait_s)} s; wait, or {_ELSEWHERE}."
    return kind(f"{sentence}{_quoted(at, kind, text)}", retry_after_s=wait_s)


def unreachable(at: Endpoint) -> Unreachable:
    """Nobody is there, or the connection broke before an answer."""
    where = f"at {at.address}" if at.address else "there"
    fix = {
        "ollama": "start it with `ollama serve`, or set OLLAMA_HOST",
        "openai": "start the server, or set OPENAI_BASE_URL",
    }.get(at.name, "check the network connection")
    return Unreachable(f"{at.label} can't be reached {where}; {fix}.")


def timed_out(at: Endpoint) -> TimedOut:
    return TimedOut(f"{at.label} didn't answer in time; try again, or another model.")


def too_long(at: Endpoint) -> ContextOverflow:
    return ContextOverflow(_TOO_LONG_FOR.format(**_words(at)))


_ELSEWHERE = "choose another provider with DJ_PROVIDER"


def _understood(at: Endpoint, status: int, text: str) -> tuple[type[ProviderError], str]:
    """Which error it is, and its sentence."""
    for applies, kind, sentence in _BY_PHRASE:
        if applies(status, text):
            return kind, sentence.format(**_words(at))
    kind, sentence = _BY_STATUS.get(status, _BY_CLASS[min(max(status // 100, 4), 5)])
    return kind, sentence.format(**_words(at))


def _words(at: Endpoint) -> dict[str, str]:
    missing = {
        "ollama": f"fetch it with `ollama pull {at.model}`, or choose another with DJ_MODEL",
    }
    return {
        "label": at.label,
        "model": at.model,
        "key": at.key_name or "the key",
        "missing": missing.get(at.name, "choose another with DJ_MODEL"),
        "elsewhere": _ELSEWHERE,
    }


_TOO_LONG_FOR = (
    "The conversation is too long for {model}; compact it, or choose a model with a longer window "
    "with DJ_MODEL."
)

_Row = tuple[Callable[[int, str], object], type[ProviderError], str]

_BY_PHRASE: tuple[_Row, ...] = (
    (
        lambda status, text: status in (400, 401, 403) and _BAD_KEY.search(text),
        AuthRefused,
        "{label} doesn't accept the key in {key}; make a new one and set it.",
    ),
    (
        lambda status, text: status in (400, 413, 422, 500) and _TOO_LONG.search(text),
        ContextOverflow,
        _TOO_LONG_FOR,
    ),
    (
        lambda status, text: status in (400, 403, 422, 451) and _WITHHELD.search(text),
        Filtered,
        "{label} won't answer this; say it differently, or {elsewhere}.",
    ),
    (
        lambda status, text: status in (400, 403, 429) and _NO_MONEY.search(text),
        NoCredit,
        "The account at {label} has no credit left; add some, or {elsewhere}.",
    ),
    (
        lambda status, text: status in (400, 404) and _NO_TOOLS.search(text),
        ModelUnknown,
        "{model} can't call tools; choose a model that can with DJ_MODEL.",
    ),
    (
        lambda status, text: status == 500 and _NO_MEMORY.search(text),
        RequestRefused,
        "{model} doesn't fit into the memory there is; choose a smaller one with DJ_MODEL.",
    ),
)

_TROUBLE = "{label} has trouble at the moment; try again later, or {elsewhere}."

_BY_STATUS: dict[int, tuple[type[ProviderError], str]] = {
    401: (AuthRefused, "{label} doesn't accept the key in {key}; make a new one and set it."),
    402: (NoCredit, "The account at {label} has no credit left; add some, or {elsewhere}."),
    403: (AuthRefused, "The key in {key} may not use {model} at {label}; check what it is for."),
    404: (ModelUnknown, "{label} has no model {model}; {missing}."),
    408: (TimedOut, "{label} took too long; try again, or another model."),
    413: (ContextOverflow, _TOO_LONG_FOR),
    429: (RateLimited, "{label} takes no more requests for now; wait a while, or {elsewhere}."),
    504: (TimedOut, "{label} took too long; try again, or another model."),
}

_BY_CLASS: dict[int, tuple[type[ProviderError], str]] = {
    4: (RequestRefused, "{label} doesn't accept the request for {model}; try another model."),
    5: (Overloaded, _TROUBLE),
}

_NEVER_QUOTED = (AuthRefused, ContextOverflow, RateLimited)


def _quoted(at: Endpoint, kind: type[ProviderError], text: str) -> str:
    """What the provider says itself, where that adds anything. Those that quote keys aren't."""
    said = at.key.kept_out_of(one_line(_message(text), _MOST_QUOTED))
    return f" It says: {said}" if said and kind not in _NEVER_QUOTED else ""


def _message(text: str) -> str:
    """The sentence in an error's JSON, wherever the provider puts it; a page of HTML has none."""
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        return "" if text.lstrip().startswith("<") else text
    if isinstance(found, list) and found:
        found = found[0]
    if isinstance(found, dict):
        found = found.get("error", found)
    if isinstance(found, dict):
        found = found.get("message", "")
    return found if isinstance(found, str) else ""


def _wait_s(headers: Mapping[str, str], text: str) -> float | None:
    """How long the provider wants us to wait: Retry-After in either of its forms (RFC 9110), in
    milliseconds as OpenAI and Anthropic have it too, or in the body as Google has it."""
    lower = {name.lower(): value for name, value in headers.items()}
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = lower.get(name, "")
        if re.fullmatch(r"\d{1,12}(\.\d+)?", value):
            return float(value) * unit_s
    if date := email.utils.parsedate_tz(lower.get("retry-after", "")):
        return max(email.utils.mktime_tz(date) - time.time(), 0.0)
    if found := _RETRY_DELAY.search(text):
        return float(found[1] or found[2])
    return None


# What errors that come in the middle of a stream are called, and the status they would have had.
_STATUS_OF = {
    "api_error": 500,
    "authentication_error": 401,
    "billing_error": 402,
    "context_length_exceeded": 400,
    "insufficient_quota": 402,
    "invalid_request_error": 400,
    "not_found_error": 404,
    "overloaded_error": 529,
    "permission_error": 403,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "request_too_large": 413,
    "timeout_error": 504,
}


def refusal_in_stream(at: Endpoint, error: object) -> ProviderError:
    """The error that a message in a stream is: a sentence, or an object with a code or a type."""
    if not isinstance(error, dict):
        return refusal(at, 500, error if isinstance(error, str) else "")
    status = 500
    for name in (error.get("type"), error.get("code")):
        if isinstance(name, str):
            status = _STATUS_OF.get(name, int(name) if re.fullmatch(r"[45]\d\d", name) else status)
        elif isinstance(name, int) and 400 <= name < 600:
            status = name
    return refusal(at, status, json.dumps(error))
