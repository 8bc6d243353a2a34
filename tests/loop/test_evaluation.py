"""Providers are judged by the plan that a conversation leaves, whatever was said."""

from __future__ import annotations

import pytest
from talks import calls, says

from benchmarks.briefs import row, summary, told
from dj_agent.offline_dj import OfflineDJ
from dj_agent.providers import ChatProvider
from dj_agent.providers.scripted import Scripted
from tests.sets.briefs import WISHES

pytestmark = pytest.mark.anyio
WISH = WISHES[0]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def model(*briefs: str) -> ChatProvider:
    """A model that plans each brief in its turn and then says that all is well."""
    return Scripted([*(calls(("plan_set", {"brief": brief})) for brief in briefs), says("Done!")])


@pytest.mark.parametrize("provider", [OfflineDJ(), model(WISH.text)], ids=["rules", "a model"])
async def test_a_plan_that_is_as_it_should_be_meets_every_expectation(provider: ChatProvider):
    outcome = await told(provider, WISH)
    assert outcome.share == 1.0, row(outcome)


async def test_the_last_plan_counts_and_what_it_misses_is_in_the_table():
    outcome = await told(model(WISH.text, "20 minutes of drum and bass, 174 bpm"), WISH)
    assert outcome.share < 0.5
    assert "40 minutes, not 20" in row(outcome)


async def test_a_conversation_without_a_plan_meets_nothing_and_says_how_it_ended():
    outcome = await told(model(), WISH)
    assert outcome.share == 0.0
    assert "a plan (done)" in row(outcome)
    assert summary([outcome]).startswith("1 briefs: 0.0%")
