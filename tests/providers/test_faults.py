"""Whatever goes wrong at a provider ends in parts or in one of our errors, and soon."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate

import pytest
from model_servers import Answer, playing
from wires import (
    ANTHROPIC,
    IMPATIENT,
    OLLAMA,
    OPENAI,
    WIRES,
    Said,
    Wire,
    heard,
    reply,
)

from dj_agent.messages import Message, Notice, Part, TextDelta
from dj_agent.providers import ProviderError
from dj_agent.providers.errors import (
    AuthRefused,
    BadReply,
    ContextOverflow,
    CutOff,
    EmptyReply,
    Filtered,
    ModelUnknown,
    NoCredit,
    Overloaded,
    RateLimited,
    RequestRefused,
    TimedOut,
    Unreachable,
)
from dj_agent.providers.patience import Patience

every_wire = pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)
both_events = pytest.mark.parametrize("wire", [OPENAI, ANTHROPIC], ids=lambda wire: wire.name)

ATTEMPTS = len(IMPATIENT.waits_s) + 1


def failing(wire: Wire, *answers: Answer, patience: Patience = IMPATIENT) -> ProviderError:
    """The error that the provider ends in, and nothing but notices before it."""
    parts: list[Part] = []
    with playing(*answers) as played, pytest.raises(ProviderError) as caught:
        heard(wire.provider(played.address, patience), seen=parts)
    assert all(isinstance(part, Notice) for part in parts)
    return judged(caught.value)


def judged(error: ProviderError) -> ProviderError:
    """The error, if a person can read it: short, one line, an end."""
    assert len(error.message) < 450
    assert "\n" not in error.message
    assert error.message[-1] in ".…!?)" or "It says:" in error.message
    return error


REFUSALS = [
    (400, "Invalid value for 'tools[0]'", RequestRefused),
    (401, "Incorrect API key provided", AuthRefused),
    (402, "Insufficient credits", NoCredit),
    (403, "Your key may not use this model", AuthRefused),
    (403, "Your input was flagged by moderation", Filtered),
    (400, "This content violates our content policy", Filtered),
    (400, "API key not valid. Please pass a valid API key.", AuthRefused),
    (404, "model 'a-model' not found", ModelUnknown),
    (400, "registry.ollama.ai/library/a-model does not support tools", ModelUnknown),
    (404, "No endpoints found that support tool use.", ModelUnknown),
    (400, "prompt is too long: 210000 tokens > 200000 maximum", ContextOverflow),
    (400, "This model's maximum context length is 8192 tokens", ContextOverflow),
    (400, "The input token count (9999) exceeds the maximum number of tokens", ContextOverflow),
    (413, "Request too large", ContextOverflow),
    (429, "You exceeded your current quota: insufficient_quota", NoCredit),
    (500, "model requires more system memory (9.1 GiB) than is available", RequestRefused),
]


@every_wire
@pytest.mark.parametrize(("status", "message", "kind"), REFUSALS)
def test_a_refusal_is_what_its_status_and_words_say(
    wire: Wire, status: int, message: str, kind: type[ProviderError]
):
    with playing(wire.failure(status, message)) as played, pytest.raises(ProviderError) as caught:
        heard(wire.provider(played.address))
    assert type(judged(caught.value)) is kind
    assert len(played.bodies) == 1, "it was asked again although that can't help"


TROUBLES: list[tuple[int, type[ProviderError]]] = [
    (500, Overloaded),
    (502, Overloaded),
    (503, Overloaded),
    (529, Overloaded),
]
TROUBLES += [(408, TimedOut), (504, TimedOut), (429, RateLimited)]


@every_wire
@pytest.mark.parametrize(("status", "kind"), TROUBLES)
def test_trouble_that_passes_is_waited_out(wire: Wire, status: int, kind: type[ProviderError]):
    answer = wire.failure(status, "Try again later")
    with playing(answer, answer, wire.answer(Said(text="Here I am"))) as played:
        parts = heard(wire.provider(played.address))
    assert reply(parts).message.text == "Here I am"
    assert [type(part) for part in parts[:2]] == [Notice, Notice]
    assert type(failing(wire, answer)) is kind


@every_wire
def test_trouble_that_stays_is_given_up(wire: Wire):
    with playing(wire.failure(500, "boom")) as played, pytest.raises(Overloaded) as caught:
        heard(wire.provider(played.address))
    assert len(played.bodies) == ATTEMPTS
    assert "boom" in caught.value.message


@every_wire
@pytest.mark.parametrize(
    "headers", [{"Retry_After": "7"}, {"Retry_After_Ms": "7000"}, {"Retry_After": "date"}]
)
def test_a_provider_that_names_a_time_is_taken_at_its_word(wire: Wire, headers: dict[str, str]):
    if headers == {"Retry_After": "date"}:
        headers = {"Retry_After": formatdate(time.time() + 7, usegmt=True)}
    hasty = replace(IMPATIENT, longest_wait_s=1.0)
    error = failing(wire, wire.failure(429, "slow down", **headers), patience=hasty)
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == pytest.approx(7.0, abs=2.5)
    assert "7 s" in error.message or "date" not in headers


def test_google_names_a_time_in_the_body():
    body = '[{"error": {"code": 429, "message": "Quota", "details": [{"retryDelay": "34s"}]}}]'
    hasty = replace(IMPATIENT, longest_wait_s=1.0)
    error = failing(OPENAI, Answer([body.encode()], 429), patience=hasty)
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 34.0


@every_wire
def test_a_short_time_is_waited_and_no_longer(wire: Wire):
    slow = replace(IMPATIENT, waits_s=(60.0,))
    answers = wire.failure(429, "slow down", Retry_After="0.1"), wire.answer(Said(text="Now"))
    began = time.monotonic()
    with playing(*answers) as played:
        parts = heard(wire.provider(played.address, slow))
    assert reply(parts).message.text == "Now"
    assert 0.1 <= time.monotonic() - began < 8.0


@every_wire
def test_nobody_at_the_address_is_said_with_the_address(wire: Wire):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, but nobody listens
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        parts: list[Part] = []
        with pytest.raises(Unreachable) as caught:
            heard(wire.provider(address), seen=parts)
    assert address in judged(caught.value).message
    assert len(parts) == ATTEMPTS - 1


QUICK = replace(IMPATIENT, silence_s=0.3, waits_s=())


@every_wire
def test_a_server_that_says_nothing_is_left(wire: Wire):
    error = failing(wire, Answer(says_nothing=True), patience=QUICK)
    assert isinstance(error, TimedOut)


@every_wire
def test_a_stream_that_falls_silent_is_left(wire: Wire):
    frames = wire.frames(Said(text="Hello there, how long shall it be?"))[:5]
    error = breaking(wire, wire.raw(*frames, hangs=True))
    assert isinstance(error, TimedOut)


class Chatter(list[bytes]):
    """Comments for three seconds."""

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(60):
            time.sleep(0.05)
            yield b": OPENROUTER PROCESSING\n\n"


@both_events
def test_comments_alone_are_no_answer(wire: Wire):
    chatty = replace(wire.raw(), pieces=Chatter())
    assert isinstance(failing(wire, chatty, patience=QUICK), TimedOut)


@every_wire
def test_a_page_of_html_is_not_quoted(wire: Wire):
    error = failing(wire, Answer([b"<html><b>Bad gateway</b></html>"], 502))
    assert isinstance(error, Overloaded)
    assert "<" not in error.message


def breaking(wire: Wire, *answers: Answer) -> ProviderError:
    """The error after a reply that has begun, which isn't repeated."""
    parts: list[Part] = []
    with playing(*answers) as played, pytest.raises(ProviderError) as caught:
        heard(wire.provider(played.address, replace(QUICK, waits_s=(0.0, 0.0))), seen=parts)
    assert any(isinstance(part, TextDelta) for part in parts)
    assert len(played.bodies) == 1, "it was asked again although the person has read a beginning"
    return judged(caught.value)


@every_wire
@pytest.mark.parametrize("cut", [True, False], ids=["broken", "ended"])
def test_a_stream_that_ends_early_is_no_reply(wire: Wire, cut: bool):
    frames = wire.frames(Said(text="Hello there, how long shall it be?"))[:5]
    assert isinstance(breaking(wire, wire.raw(*frames, cut=cut)), CutOff)


@every_wire
def test_a_stream_without_a_beginning_is_asked_for_again(wire: Wire):
    with playing(wire.raw(cut=True), wire.answer(Said(text="Hello"))) as played:
        parts = heard(wire.provider(played.address))
    assert reply(parts).message.text == "Hello"


@every_wire
@pytest.mark.parametrize(
    ("message", "kind"),
    [("Provider disconnected", Overloaded), ("prompt is too long: 9 tokens > 8", ContextOverflow)],
)
def test_an_error_in_the_middle_of_a_stream_is_one(
    wire: Wire, message: str, kind: type[ProviderError]
):
    frames = wire.frames(Said(text="Hello there, how long shall it be?"))[:5]
    error = breaking(wire, wire.raw(*frames, wire.framed(wire.error(message))))
    assert type(error) is kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (502, Overloaded),
        ("429", RateLimited),
        ("rate_limit_exceeded", RateLimited),
        (401, AuthRefused),
    ],
)
def test_openrouter_has_codes_in_its_stream(code: int | str, kind: type[ProviderError]):
    choice = {"index": 0, "delta": {"content": ""}, "finish_reason": "error"}
    event = {"error": {"code": code, "message": "No"}, "choices": [choice]}
    assert type(failing(OPENAI, OPENAI.raw(OPENAI.framed(event)))) is kind


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("overloaded_error", Overloaded),
        ("rate_limit_error", RateLimited),
        ("billing_error", NoCredit),
    ],
)
def test_anthropic_has_words_in_its_stream(word: str, kind: type[ProviderError]):
    event = {"type": "error", "error": {"type": word, "message": "No"}}
    assert type(failing(ANTHROPIC, ANTHROPIC.raw(ANTHROPIC.framed(event)))) is kind


@every_wire
def test_what_is_not_in_the_format_is_said_to_be_unreadable(wire: Wire):
    junk = b"data: {]}\n\n" if wire is not OLLAMA else b"{]}\n"
    if wire is ANTHROPIC:
        junk = b"event: message_start\n" + junk
    assert isinstance(failing(wire, wire.raw(junk)), BadReply)
    assert isinstance(failing(wire, wire.raw(junk.replace(b"{]}", b'"\xff"'))), BadReply)


@every_wire
@pytest.mark.parametrize("page", [b"<html>Sign in to Hotel WLAN</html>", b'"nothing"', b"[]"])
def test_a_page_instead_of_a_stream_is_said_to_be_one(wire: Wire, page: bytes):
    error = failing(wire, Answer([page], headers={"Content-Type": "text/html"}))
    assert isinstance(error, BadReply)
    assert "address" in error.message


def test_an_error_with_a_good_status_is_an_error():
    content = b'{"error": {"message": "No instances available", "code": 503}}'
    answer = Answer([content], headers={"Content-Type": "application/json"})
    assert isinstance(failing(OPENAI, answer), Overloaded)


@every_wire
def test_a_reply_of_nothing_is_asked_for_again_and_then_an_error(wire: Wire):
    with playing(wire.answer(Said(text=""))) as played, pytest.raises(EmptyReply):
        heard(wire.provider(played.address))
    assert len(played.bodies) == ATTEMPTS


@every_wire
def test_thoughts_alone_are_no_reply(wire: Wire):
    parts: list[Part] = []
    answer = wire.answer(Said(thinking="Hm, what shall I say?"))
    with playing(answer) as played, pytest.raises(EmptyReply):
        heard(wire.provider(played.address), seen=parts)
    assert parts
    assert len(played.bodies) == 1


def test_a_window_that_ran_full_is_an_overflow():
    events = ANTHROPIC.events(Said(text="And then"))
    events[-2]["delta"]["stop_reason"] = "model_context_window_exceeded"
    error = breaking(ANTHROPIC, ANTHROPIC.raw(*map(ANTHROPIC.framed, events)))
    assert isinstance(error, ContextOverflow)


def test_ollama_is_told_apart_from_those_with_keys():
    error = failing(OLLAMA, OLLAMA.failure(404, "model 'a-model' not found"))
    assert "ollama pull a-model" in error.message
    assert "ollama serve" in str(judged(_refused()).message)


def _refused() -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        heard(OLLAMA.provider("http://127.0.0.1:9"), [Message("user", "Hello")])
    return caught.value
