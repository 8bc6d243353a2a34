"""`dj-agent -p`: one turn, for scripts.

What the DJ says is on stdout, all else on stderr; or all of it is one JSON object on stdout.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, TextIO

from dj_agent.desk import Desk, Wanted
from dj_agent.dropped import read_paths
from dj_agent.events import Event, Notice, TextDelta, ToolFinished, TurnEnded, UsageUpdate
from dj_agent.interrupts import cancels_this_task, interrupts
from dj_agent.providers import Choice, ProviderError, choose
from dj_agent.transcript import Transcript, screen
from dj_agent.trouble import Trouble

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130


@dataclass(slots=True)
class _Heard:
    """What became of a turn."""

    reply: list[str] = field(default_factory=list)
    tools: list[dict[str, Any]] = field(default_factory=list)
    used: UsageUpdate = field(default_factory=UsageUpdate)
    ended: str = "failed"
    sentence: str = ""

    def hear(self, event: Event) -> None:
        match event:
            case TextDelta(text):
                self.reply.append(text)
            case Notice(restarts=True):
                self.reply.clear()
            case ToolFinished():
                self.reply.clear()  # what was said before a call is no answer
                called = {"name": event.name, "ok": event.ok, "summary": event.summary}
                self.tools.append(called)
            case UsageUpdate():
                self.used = event
            case TurnEnded():
                self.ended, self.sentence = event.reason, event.sentence

    @property
    def code(self) -> int:
        return {"done": DONE, "interrupted": INTERRUPTED}.get(self.ended, FAILED)


def say(text: str, as_json: bool, wanted: Wanted, environ: Mapping[str, str]) -> int:
    """Say it to the DJ, and what is piped in with it; the exit code."""
    words = "\n\n".join(filter(None, (text.strip(), _piped(sys.stdin))))
    if not words:
        sys.stderr.write('There is nothing to say; write dj-agent -p "TEXT", or pipe it in.\n')
        return WRONG_USE
    try:
        choice = choose(environ, wanted.provider, wanted.model)
    except ProviderError as error:
        sys.stderr.write(f"{error.message}\n")
        return WRONG_USE
    return asyncio.run(_said(words, as_json, _Asked(wanted, choice, environ)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who is asked, and with what settings."""

    wanted: Wanted
    choice: Choice
    environ: Mapping[str, str]


async def _said(words: str, as_json: bool, wishes: _Asked) -> int:
    environ, choice = wishes.environ, wishes.choice
    side = screen(environ, stderr=True)
    transcript = None if as_json else Transcript(screen(environ), side)
    if transcript:
        side.print(choice.sentence, style="dim", soft_wrap=True)
    heard = _Heard()
    desk = Desk(wishes.wanted, choice, side, environ)
    try:
        await _turn(desk, words, heard, transcript)
        made = desk.state.made
    finally:
        await desk.close()
    if as_json:
        told = {
            "text": "".join(heard.reply).strip(),
            "tools": heard.tools,
            "set": made and made.model_dump(mode="json", exclude_none=True),
            "usage": {
                "input_tokens": heard.used.input_tokens,
                "output_tokens": heard.used.output_tokens,
                "cost_usd": heard.used.cost_usd,
            },
            "ending": heard.ended,
            "sentence": heard.sentence,
        }
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    return heard.code


async def _turn(desk: Desk, words: str, heard: _Heard, transcript: Transcript | None) -> None:
    """Have the turn, told as it goes."""
    typed = read_paths(words)
    try:
        await desk.reads(typed.folders)
        with interrupts(cancels_this_task()):
            async with aclosing(desk.turn(typed.text)) as events:
                async for event in events:
                    heard.hear(event)
                    if transcript:
                        transcript.show(event)
    except Trouble as error:
        heard.sentence = error.message
        if transcript:
            sys.stderr.write(f"{error.message}\n")
    except asyncio.CancelledError:  # before anything began
        heard.ended = "interrupted"


def _piped(stdin: TextIO) -> str:
    """What is piped in; nothing from a keyboard."""
    return "" if stdin is None or stdin.isatty() else stdin.read().strip()
