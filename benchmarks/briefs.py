"""Briefs told to the DJ, and how much of each is in the plan that comes of it.

    uv run --group dev python -m benchmarks.briefs [briefs]
    DJ_EVAL_PROVIDER=openrouter DJ_EVAL_MODEL=… uv run --group dev python -m benchmarks.briefs 40

Each brief is a conversation of its own in a fresh library, with the provider that DJ_EVAL_PROVIDER
names; without it, with the rules that need no model. What a brief must lead to (length, count,
tempo, keys, arc, language, styles, …) was written down with it, and is looked for in the plan
itself, not in what is said of it. Prints a Markdown table. A live provider costs what it charges;
keys are read from the environment or `.env`.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import aclosing, closing
from dataclasses import dataclass
from pathlib import Path

from dotenv import load_dotenv

from dj_agent.desk import provider_of
from dj_agent.events import TurnEnded
from dj_agent.loop import turn
from dj_agent.providers import ChatProvider, choose
from dj_agent.session import Limits, open_session
from dj_agent.toolbox import open_toolbox
from engine import Settings, Studio
from engine.sets.plan import SetPlan
from tests.sets.briefs import WISHES, Wish, judged

_ASKED = "{brief}\n\nOnly plan it for now."
_LIMITS = Limits(steps=10, cost_usd=0.5, wall_s=300.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one brief: how the conversation ended, and the plan, if there is one."""

    wish: Wish
    ended: str
    plan: SetPlan | None

    @property
    def verdicts(self) -> list[tuple[str, bool]]:
        """Every expectation, and whether it is met. Without a plan none is."""
        if self.plan is None:
            return [(f"a plan ({self.ended})", False)]
        return list(judged(self.wish, self.plan))

    @property
    def share(self) -> float:
        verdicts = self.verdicts
        return sum(met for _, met in verdicts) / len(verdicts)


def main() -> None:
    load_dotenv()
    count = int(sys.argv[1]) if len(sys.argv) > 1 else len(WISHES)
    name = os.environ.get("DJ_EVAL_PROVIDER", "offline")
    provider = provider_of(choose(os.environ, name, os.environ.get("DJ_EVAL_MODEL")))
    print(f"{provider.name} · {provider.model}\n\n| brief | met | what is not |\n|---|---|---|")
    outcomes = []
    for wish in WISHES[:count]:
        outcome = asyncio.run(told(provider, wish))
        outcomes.append(outcome)
        print(row(outcome), flush=True)
    print(f"\n{summary(outcomes)}")


async def told(provider: ChatProvider, wish: Wish) -> Outcome:
    """Tell a brief, in a library of its own, and fetch the plan that the conversation ends with."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environ: Mapping[str, str] = {"DJ_HOME": folder, "DJ_RENDERER": "sketch"}
        ended = "nothing happened"
        async with open_toolbox(None, environ) as toolbox:
            session = await open_session(home / "talk.jsonl", provider, toolbox, _LIMITS)
            async with aclosing(turn(session, _ASKED.format(brief=wish.text))) as events:
                async for event in events:
                    if isinstance(event, TurnEnded):
                        ended = event.sentence or event.reason
            plan = session.state.plan
            session.close()
        return Outcome(wish, ended, kept(home, plan.plan_id) if plan else None)


def kept(home: Path, plan_id: str) -> SetPlan:
    with closing(Studio(Settings(home=home))) as studio:
        return studio.plan(plan_id)


def row(outcome: Outcome) -> str:
    missed = [words for words, met in outcome.verdicts if not met]
    brief = outcome.wish.text.replace("|", "/").replace("\n", " ")
    met = len(outcome.verdicts) - len(missed)
    said = "; ".join(missed).replace("|", "/").replace("\n", " ")
    return f"| {brief} | {met} of {len(outcome.verdicts)} | {said} |"


def summary(outcomes: list[Outcome]) -> str:
    verdicts = [met for outcome in outcomes for _, met in outcome.verdicts]
    whole = sum(outcome.share == 1.0 for outcome in outcomes)
    return (
        f"{len(outcomes)} briefs: {sum(verdicts) / len(verdicts):.1%} of {len(verdicts)} "
        f"expectations met, {whole} briefs in full."
    )


if __name__ == "__main__":
    main()
