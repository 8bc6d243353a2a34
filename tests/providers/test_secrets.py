"""A key goes into a header, and nowhere else."""

from __future__ import annotations

import logging
import traceback
from dataclasses import replace

import pytest
from model_servers import Answer, playing
from wires import ANTHROPIC, IMPATIENT, OPENAI, SECRET, WIRES, Said, Wire, endpoint, heard

from dj_agent.messages import Part
from dj_agent.providers import ProviderError, choose
from dj_agent.providers.endpoint import Key

every_wire = pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)

TELLTALE = "0123456789abcdef"
"""The part of the key that says which it is."""

ECHOES = [
    (200, "text/event-stream"),
    *((status, "application/json") for status in (400, 401, 402, 403, 404, 413, 422, 429, 500)),
]


@every_wire
@pytest.mark.parametrize(("status", "kind"), ECHOES)
def test_a_server_that_quotes_the_key_is_not_quoted(
    wire: Wire, status: int, kind: str, caplog: pytest.LogCaptureFixture
):
    """Not in the error, its traceback, a notice, or a log, however much is logged."""
    caplog.set_level(logging.DEBUG)
    error = wire.error(f"Bad key {SECRET} in Bearer {SECRET}, made for sk-proj-abcdef0123456789")
    framed = wire.framed(error)
    answer = Answer([framed], status, {"Content-Type": kind})
    parts: list[Part] = []
    with playing(answer) as played:
        provider = wire.provider(played.address)
        with pytest.raises(ProviderError) as caught:
            heard(provider, seen=parts)
    told = [*traceback.format_exception(caught.value), caught.value.message, repr(caught.value)]
    told += [repr(parts), repr(provider), repr(vars(provider)), *played.paths]
    told += [record.getMessage() for record in caplog.records]
    assert caplog.records
    assert not [text for text in told if TELLTALE in text]
    assert not [text for text in told if "sk-proj" in text]


@pytest.mark.parametrize("wire", [OPENAI, ANTHROPIC], ids=lambda wire: wire.name)
def test_keys_travel_in_headers(wire: Wire):
    with playing(wire.answer(Said(text="Hi"))) as played:
        heard(wire.provider(played.address))
    assert played.headers[0]["authorization"] == f"Bearer {SECRET}"
    assert SECRET not in str(played.paths) + str(played.bodies)


def test_no_key_of_somebody_else_is_sent(monkeypatch: pytest.MonkeyPatch):
    """The SDKs look into the environment where they are left to."""
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        monkeypatch.setenv(name, f"{SECRET}-of-somebody-else")
    for wire in (OPENAI, ANTHROPIC):
        with playing(wire.answer(Said(text="Hi"))) as played:
            heard(wire.provider(played.address))
            without = replace(endpoint(wire.name, played.address), key=Key())
            heard(wire.make(without, IMPATIENT))
        assert "somebody-else" not in str(played.headers)


def test_a_key_shows_itself_to_nobody():
    key = Key(SECRET)
    choice = choose({"OPENROUTER_API_KEY": SECRET})
    for shown in (key, endpoint("openrouter", "http://x"), choice, choice.make(), [key]):
        assert SECRET not in f"{shown} {shown!r}"
    assert SECRET not in str(vars(choice.make()))
    assert key.reveal() == SECRET


def test_what_looks_like_a_key_is_taken_out_and_words_are_not():
    told = Key("abc-123").kept_out_of("abc-123, sk-proj-abcdefgh, AIzaSyAbcdefgh123; a keyboard")
    assert told == "***, ***, ***; a keyboard"
