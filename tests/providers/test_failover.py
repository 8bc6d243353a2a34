"""One provider takes over from another, with the same conversation."""

from __future__ import annotations

import pytest
from model_servers import playing
from sent_bodies import PLAN, with_extras
from wires import ANTHROPIC, HELLO, OPENAI, Said, endpoint, heard, reply

from dj_agent.messages import Finished, Message, Notice, Part, TextDelta
from dj_agent.providers import ProviderError
from dj_agent.providers.errors import (
    AuthRefused,
    CutOff,
    Misconfigured,
    NoModel,
    Overloaded,
    RateLimited,
)
from dj_agent.providers.failover import Failover
from dj_agent.providers.scripted import Reply, Scripted


def finished(text: str) -> Finished:
    return Finished(Message("assistant", text))


def two(first: list[Reply], second: list[Reply]) -> tuple[Failover, Scripted, Scripted]:
    one, other = Scripted(first, "one"), Scripted(second, "other")
    return Failover([one, other]), one, other


def test_the_next_one_answers_the_same_conversation():
    both, one, other = two([[AuthRefused("No key.")]], [[finished("Hi")]])
    parts = heard(both)
    assert parts == [Notice("No key. scripted takes over, with other."), finished("Hi")]
    assert one.requests == other.requests
    assert both.model == "other"


def test_whoever_answered_is_asked_first_from_then_on():
    both, one, other = two([[AuthRefused("No.")]], [[finished("Hi")], [finished("Still here")]])
    heard(both)
    assert heard(both) == [finished("Still here")]
    assert (len(one.requests), len(other.requests)) == (1, 2)


def test_a_beginning_that_came_to_nothing_is_taken_back():
    both, _, _ = two([[TextDelta("Well, "), CutOff("Cut.")]], [[TextDelta("Hi"), finished("Hi")]])
    parts = heard(both)
    assert [part.restarts for part in parts if isinstance(part, Notice)] == [True]
    assert parts[-1] == finished("Hi")


def test_if_nobody_can_the_first_reason_is_told():
    both, _, _ = two([[RateLimited("Wait.")]], [[Overloaded("Busy.")]])
    with pytest.raises(RateLimited):
        heard(both)
    assert both.model == "one"


@pytest.mark.parametrize("error", [Misconfigured("x"), NoModel("x")])
def test_what_another_would_have_too_is_not_passed_on(error: ProviderError):
    both, _, other = two([[error]], [[finished("Hi")]])
    with pytest.raises(type(error)):
        heard(both)
    assert not other.requests


def test_through_two_servers_and_two_formats():
    parts: list[Part] = []
    with (
        playing(OPENAI.failure(401, "No")) as first,
        playing(ANTHROPIC.answer(Said(text="Hi"))) as second,
    ):
        both = Failover([OPENAI.provider(first.address), ANTHROPIC.provider(second.address)])
        heard(both, with_extras("openrouter", endpoint("openrouter", "").model), [PLAN], parts)
    assert reply(parts).message.text == "Hi"
    assert "Hm." in str(first.bodies[0])
    assert "Hm." not in str(second.bodies[0])
    assert both.name == "anthropic"


def test_a_failover_needs_somebody():
    with pytest.raises(ValueError, match="provider"):
        Failover([])
    assert heard(Failover([Scripted([[finished("Hi")]])]), HELLO)
