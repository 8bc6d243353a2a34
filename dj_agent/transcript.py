"""A conversation as a terminal shows it: words as they come, a line for each tool, what it took.

Knows events and terminals; nothing of models, and of tools only their names. In a terminal the line
of a running tool moves; anywhere else nothing does, and nothing is coloured.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

from dj_agent.events import (
    Event,
    Notice,
    TextDelta,
    ThinkingDelta,
    ToolFinished,
    ToolProgress,
    ToolStarted,
    TurnEnded,
    UsageUpdate,
)
from dj_agent.text import clean, one_line

_PIPE_WIDTH = 110
_ARGUMENT = 60
"""How much of a call's arguments its line shows."""
_PATIENCE_S = 1.0
"""From when on a line says how long it has been waiting."""
_JOB_ID = re.compile(r" \(job_\w+\)$")
"""What a model needs at the end of a summary, and a person doesn't."""
_PIECES = re.compile(r"\n| |[^\n ]+")


def screen(environ: Mapping[str, str], stderr: bool = False) -> Console:
    """The console on stdout, or on stderr. Without colours, and anything else that only a terminal
    understands, where there is none, or where NO_COLOR is set."""
    console = Console(stderr=stderr, highlight=False, emoji=False, markup=False)
    is_terminal = console.file.isatty() and not console.is_dumb_terminal
    bare = not is_terminal or bool(environ.get("NO_COLOR"))
    return Console(
        stderr=stderr,
        highlight=False,
        emoji=False,
        markup=False,
        color_system=None if bare else "auto",
        force_terminal=not bare,
        width=None if is_terminal or "COLUMNS" in environ else _PIPE_WIDTH,
    )


@dataclass(slots=True)
class _Running:
    """A tool that is called now."""

    name: str
    asked: str
    line: str = ""
    progress: float = 0.0
    began: float = field(default_factory=time.monotonic)

    @property
    def took(self) -> str:
        took_s = time.monotonic() - self.began
        return _seconds(took_s) if took_s >= _PATIENCE_S else ""


class Transcript:
    """Shows events in the order in which they come: words on `out`, all else on `side`."""

    def __init__(self, out: Console, side: Console | None = None) -> None:
        self._side = side or out
        self._words = _Flow(out)
        self._thoughts = self._words if side is None else _Flow(side)
        self._running: dict[str, _Running] = {}
        self._waiting: _Running | None = None
        self._told: dict[str, str] = {}
        self._kind = ""
        self._moving = False
        """Whether the cursor is at the end of a line that will be taken back."""
        self._spent = self._before = UsageUpdate()

    def begin(self, who: str) -> None:
        """A turn begins, and `who` is asked."""
        self._kind = "said"
        self._before = self._spent
        self._waiting = _Running(who, "")
        self._draw()

    def show(self, event: Event) -> None:
        """What the event says."""
        if isinstance(event, UsageUpdate):
            self._spent = event
            return
        self._waiting = None
        self._wipe()
        match event:
            case TextDelta(text):
                self._say(self._words, text, "words")
            case ThinkingDelta(text):
                self._say(self._thoughts, text, "thoughts", "dim")
            case Notice(text):
                self._line("notice", Text(clean(text), style="yellow"))
            case ToolStarted():
                self._start(event)
            case ToolProgress():
                self._follow(event)
            case ToolFinished():
                self._finish(event)
            case TurnEnded():
                self._end(event)
        self._draw()

    def add(self, thing: RenderableType) -> None:
        """Something besides what is said: a sheet, which begins with air of its own."""
        self._wipe()
        self._end_lines()
        self._kind = "sheet"
        self._side.print(thing, crop=False)
        self._draw()

    def tick(self) -> None:
        """Time has passed: the line that moves says so."""
        self._draw()

    def rest(self) -> None:
        """Nothing is under way any more, whatever was."""
        self._running.clear()
        self._waiting = None
        self._wipe()
        self._end_lines()
        self._kind = ""

    def _say(self, flow: _Flow, text: str, kind: str, style: str = "") -> None:
        text = clean(text)
        if self._kind != kind:
            text = text.lstrip()  # models begin with a line of nothing
            if not text:
                return
            self._break(kind)
        flow.write(text, style)

    def _start(self, event: ToolStarted) -> None:
        self._break("tool")
        one = _Running(one_line(event.name, 40), _asked(event.arguments))
        self._running[event.id] = one
        if not self._moves:
            self._print(Text.assemble(("▸ ", "cyan"), one.name, (f"  {one.asked}".rstrip(), "dim")))

    def _follow(self, event: ToolProgress) -> None:
        if (one := self._running.pop(event.id, None)) is None:
            return
        self._running[event.id] = one  # the last one is the one that is shown
        one.line, one.progress = one_line(event.line, 80), event.progress
        news = one.line.partition(":")[0]
        if not self._moves and self._told.get(event.id) != news:
            self._told[event.id] = news
            self._print(Text(f"· {news}", style="dim"))

    def _finish(self, event: ToolFinished) -> None:
        one = self._running.pop(event.id, None) or _Running(one_line(event.name, 40), "")
        mark = ("✓ ", "green") if event.ok else ("✗ ", "red")
        said = _JOB_ID.sub("", one_line(event.summary, 400))
        took = f" · {one.took}" if one.took else ""
        self._line("tool", Text.assemble(mark, one.name, f"  {said}", (took, "dim")))

    def _end(self, event: TurnEnded) -> None:
        self._running.clear()
        if event.sentence:
            self._line("end", Text(clean(event.sentence), style="yellow"))
        if spent := _spent(self._before, self._spent):
            self._line("cost", Text(spent, style="dim"))
        self._break("")

    # The line that moves

    @property
    def _moves(self) -> bool:
        return self._side.is_terminal

    def _draw(self) -> None:
        one = next(reversed(self._running.values()), self._waiting)
        if one is None or not self._moves or self._words.column or self._thoughts.column:
            return
        self._wipe()
        self._side.print(
            _moving(one, len(self._running)),
            end="",
            no_wrap=True,
            overflow="ellipsis",
            width=self._side.width - 1,
        )
        self._moving = True

    def _wipe(self) -> None:
        if self._moving:
            to_start = (ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2))
            self._side.control(Control(*to_start))
            self._moving = False

    # Lines and the space between them

    def _line(self, kind: str, text: Text) -> None:
        self._break(kind)
        self._print(text)

    def _print(self, text: Text) -> None:
        self._side.print(text, soft_wrap=not self._moves)

    def _break(self, kind: str) -> None:
        """End the line; leave one empty between things of different kinds."""
        self._end_lines()
        if kind == "words" and self._thoughts is not self._words:
            if self._words.used:  # only words are on that console
                self._words.console.print()
        elif kind and self._kind and kind != self._kind:
            self._side.print()
        self._kind = kind

    def _end_lines(self) -> None:
        self._words.end_line()
        self._thoughts.end_line()


class _Flow:
    """Text that is written as it comes. A word that turns out too long for its line is taken over
    to the next one, in a terminal; elsewhere lines end where they end."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.used = False
        """Whether anything was written."""
        self.column = 0
        """Where the line stands that is being written; 0 if none is."""
        self._letters = ""
        """The word at its end."""

    def write(self, text: str, style: str) -> None:
        limit = self.console.width - 1 if self.console.is_terminal else 0
        ready = ""
        for piece in _PIECES.findall(text):
            cells = 1 if piece == " " else cell_len(piece)
            if piece == "\n" or (piece == " " and limit and self.column >= limit):
                ready += "\n"
                self.column, self._letters = 0, ""
            elif piece == " ":
                ready += " "
                self.column, self._letters = self.column + 1, ""
            else:
                if limit and self.column + cells > limit:
                    ready = self._carry(ready, cells, limit, style)
                ready += piece
                self.column += cells
                self._letters += piece
        self._put(ready, style)

    def end_line(self) -> None:
        if self.column:
            self._put("\n", "")
        self.column, self._letters = 0, ""

    def _carry(self, ready: str, cells: int, limit: int, style: str) -> str:
        """Take the word that is being written to a new line, if it fits there; what to write."""
        word = cell_len(self._letters)
        if word + cells > limit or word == self.column:
            self.column -= limit  # the terminal breaks what is longer than a line
            return ready
        self._put(ready, style)
        if word:
            back = ((ControlType.CURSOR_BACKWARD, word), (ControlType.ERASE_IN_LINE, 0))
            self.console.control(Control(*back))
        self.column = word
        return f"\n{self._letters}"

    def _put(self, text: str, style: str) -> None:
        if text:
            self.used = True
            self.console.print(Text(text, style=style), end="", soft_wrap=True)
            self.console.file.flush()


def _moving(one: _Running, running: int) -> Text:
    """The line of a tool on its way, or of a model that hasn't answered yet."""
    if not running:
        return Text(" · ".join(filter(None, (f"… {one.name}", one.took))), style="dim")
    words, _, left = one.line.partition(", about ")
    share = f"{one.progress:.0%}".replace("%", " %") if one.progress else ""
    more = f"{running - 1} more" if running > 1 else ""
    said = " · ".join(filter(None, (words or one.asked, share, left or one.took, more)))
    return Text.assemble(("▸ ", "cyan"), one.name, (f"  {said}", "dim"))


def _asked(arguments: Mapping[str, Any]) -> str:
    """What a call asks for, in a few words."""
    said = [
        one_line(str(value), _ARGUMENT)
        for value in arguments.values()
        if not isinstance(value, (dict, list)) and not str(value).startswith(("{", "["))
    ]
    return one_line(", ".join(said), _ARGUMENT)


def _spent(before: UsageUpdate, now: UsageUpdate) -> str:
    """What a turn took, and the conversation so far."""
    came, went = (
        now.input_tokens - before.input_tokens,
        now.output_tokens - before.output_tokens,
    )
    if not (came or went):
        return ""
    said = [f"{tokens(came)} tokens in, {tokens(went)} out"]
    if now.cost_usd is not None:
        said.append(f"{dollars(now.cost_usd - (before.cost_usd or 0.0))}")
        if before.cost_usd:
            said.append(f"{dollars(now.cost_usd)} in all")
    if now.context_share >= 0.005:
        said.append(f"{now.context_share:.0%} of the window".replace("%", " %"))
    return " · ".join(said)


def tokens(count: int) -> str:
    """`850`, `12.3k`, `1.2M`."""
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if count >= size:
            return f"{count / size:.1f}".removesuffix(".0") + unit
    return str(count)


def dollars(amount: float) -> str:
    """`$0.0042`, `$1.30`: cents, or what is left of them."""
    return f"${amount:.2f}" if amount >= 0.1 or not amount else f"${amount:.4f}"


def _seconds(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
