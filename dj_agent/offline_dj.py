"""A DJ without a language model: a few rules between words and tools.

It is a provider like any other, so its turns, jobs, journal and Ctrl-C are those of every session.
It understands what is in `_RULES` and nothing else, and says so first.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dj_agent.messages import (
    Finished,
    Message,
    Part,
    TextDelta,
    ToolCall,
    ToolCallStarted,
    ToolResult,
    ToolSpec,
)
from dj_agent.set_state import without_block
from prompts import load

_PLAN_ID = re.compile(r'render_set with plan "(set_\w+)"')
_PLAN_STANDS = re.compile(r"^plan (set_\w+) ", re.MULTILINE)
_NEXT = re.compile(r" Next: .*")
_MOST_BRIEF = 2000


@dataclass(frozen=True, slots=True)
class _Wish:
    """A tool to be called; or, without one, something to be said."""

    tool: str = ""
    arguments: tuple[tuple[str, Any], ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the conversation has come to."""

    plan_id: str = ""
    brief: str = ""
    """What the plan was made from."""


@dataclass(frozen=True, slots=True)
class _Said:
    """Words that fit a rule, and what they are about."""

    found: re.Match[str]
    standing: _Standing

    @property
    def what(self) -> str:
        """What was named, if anything was."""
        return (self.found["what"] or "").strip().strip("\"'")


class OfflineDJ:
    """Whom to talk to when there is no language model."""

    name, model, context_tokens = "offline", "rules", 1_000_000

    async def stream(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec],  # noqa: ARG002  it knows those that it uses
    ) -> AsyncGenerator[Part]:
        """The reply to the last message: a call, or what a call gave in plain words."""
        last = messages[-1]
        first = not any(one.role == "assistant" for one in messages)
        opening = f"{load('dj_offline_opening')}\n" if first else ""
        if last.role == "tool":
            text = _told(last.tool_results)
        else:
            wish = _wish(" ".join(without_block(last.text).split()), _standing(messages))
            if wish.tool:
                for part in _call(wish, opening, sum(len(one.tool_calls) for one in messages)):
                    yield part
                return
            text = wish.words
        yield TextDelta(opening + text)
        yield Finished(Message("assistant", opening + text))


def _call(wish: _Wish, opening: str, number: int) -> Iterator[Part]:
    raw = json.dumps(dict(wish.arguments), ensure_ascii=False)
    call = ToolCall.written(f"call_{number}", wish.tool, raw)
    if opening:
        yield TextDelta(opening)
    yield ToolCallStarted(call.id, call.name)
    yield Finished(Message("assistant", opening, (call,)), stop="tool_calls")


def _standing(messages: Sequence[Message]) -> _Standing:
    """The newest plan, and the brief that it goes back to."""
    briefs = {
        call.id: str(call.sendable.get("brief", ""))
        for message in messages
        for call in message.tool_calls
        if call.name == "plan_set" and "from_slot" not in call.sendable
    }
    block = _PLAN_STANDS.search(messages[-1].text)
    found = _Standing(block[1] if block else "")
    for result in (one for message in messages for one in message.tool_results):
        if result.name == "plan_set" and not result.is_error:
            plan = _PLAN_ID.search(result.text)
            plan_id = plan[1] if plan else found.plan_id
            found = _Standing(plan_id, briefs.get(result.call_id, found.brief))
    return found


def _told(results: Sequence[ToolResult]) -> str:
    """What a tool answered, for a person."""
    lines = [_NEXT.sub("", result.text) for result in results]
    planned = any(one.name == "plan_set" and not one.is_error for one in results)
    return "\n".join([*lines, load("dj_offline_planned")] if planned else lines)


def _wish(words: str, standing: _Standing) -> _Wish:
    for pattern, make in _RULES:
        if found := re.fullmatch(pattern, words, re.IGNORECASE):
            return make(_Said(found, standing))
    return _plan(words, standing)


def _plan(words: str, standing: _Standing) -> _Wish:
    """A set from these words; with a plan there, words without a length change that plan."""
    if not re.search(r"\w{2}", words):
        return _help()
    if standing.brief and not re.search(r"\d\s*(min|hour|h\b|std|stunde)|\bnew\b", words, re.I):
        words = f"{standing.brief}. {words}"
    return _Wish("plan_set", (("brief", words[:_MOST_BRIEF]),))


def _from_slot(said: _Said) -> _Wish:
    if not said.standing.plan_id:
        return _no_plan()
    found = said.found
    slot = int(found["slot"]) + (found["where"].lower() == "after")
    words = " ".join(filter(None, (found["before"].strip(" ,"), found["behind"].strip(" ,"))))
    plan = ("plan", said.standing.plan_id)
    return _Wish("plan_set", (plan, ("brief", words[:_MOST_BRIEF]), ("from_slot", slot)))


def _on_the_plan(tool: str) -> Callable[[_Said], _Wish]:
    """A tool that is given the plan."""

    def wish(said: _Said) -> _Wish:
        plan_id = said.standing.plan_id
        return _Wish(tool, (("plan", plan_id),)) if plan_id else _no_plan()

    return wish


def _with(tool: str, argument: str, **others: Any) -> Callable[[_Said], _Wish]:
    """A tool that is given what was named."""

    def wish(said: _Said) -> _Wish:
        return _Wish(tool, ((argument, said.what), *others.items()) if said.what else ())

    return wish


def _help() -> _Wish:
    return _Wish(words=load("dj_offline_help"))


def _no_plan() -> _Wish:
    return _Wish(words=load("dj_offline_no_plan"))


_RULES: tuple[tuple[str, Callable[[_Said], _Wish]], ...] = (
    (r"(?:help|\?|what can you do\??|hello|hi|hey)[.!]*", lambda _: _help()),
    (r"(?:status|what'?s up\??|what can the studio do\??)[.!]*", lambda _: _Wish("studio_status")),
    (
        r"(?:go|go on|play(?: it)?|yes|yep|ok(?:ay)?|make it|do it|render(?: it)?|los|ja)[.!]*",
        _on_the_plan("render_set"),
    ),
    (r"(?:show(?: me)? )?(?:the )?plan[.?!]*", _on_the_plan("plan_set")),
    (r"(?:job|progress|how far(?: is it)?)\??(?: (?P<what>job_\w+))?", _with("get_job", "job_id")),
    (
        r"(?:analy[sz]e|listen to|hear) (?P<what>.+)",
        _with("analyze_track", "track", detail="full"),
    ),
    (r"(?:stems of|stems|separate) (?P<what>.+)", _with("separate_stems", "track")),
    (r"(?:find|search(?: for)?|tracks|library|list)(?: (?P<what>.+))?",
     _with("search_library", "query")),
    (r"(?:make|generate)(?: me)? (?:a |one )?track(?: of| like|:)? (?P<what>.+)",
     _with("generate_music", "caption")),
    (
        r"(?P<before>.*?)\b(?P<where>from|after) (?:the )?(?:track|slot|song|number) "
        r"(?P<slot>\d{1,3})(?: on)?(?:wards?)?\b(?P<behind>.*)",
        _from_slot,
    ),
)  # fmt: skip
"""What is understood, the first that fits; anything else is words for a set."""
