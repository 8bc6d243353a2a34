"""The commands of a conversation: what begins with a slash, and never reaches a model.

A table of records; what they need of the conversation is at the `Desk`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from dj_agent.answers import FinishedSet
from dj_agent.desk import Desk
from dj_agent.providers import PROVIDERS
from dj_agent.sheets import library_sheet, set_sheet
from dj_agent.summary import clock, count
from dj_agent.text import one_line
from dj_agent.transcript import dollars, tokens

if TYPE_CHECKING:
    from dj_agent.session import Session

_LEAD_IN_S = 12.0
"""How long before a transition it is listened to."""
_JOIN = re.compile(r"(\d+)\s*(?:-|–|→|>|to)\s*(\d+)")


class Leave(Exception):
    """The person wants to go."""


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    arguments: str
    """As help shows them; empty if it takes none."""
    about: str
    run: Callable[[Desk, str], Awaitable[None]]


def is_command(line: str) -> bool:
    """Whether the line is for us: a slash and a word, and not a path."""
    return re.match(r"/(?:[A-Za-z?][\w-]*)?(?:\s|$)", line) is not None


async def obey(desk: Desk, line: str) -> None:
    """Do what the line says. Raises `Leave`, and `Trouble` if it can't be done."""
    name, _, rest = line.strip().removeprefix("/").partition(" ")
    command = _BY_NAME.get(name.lower())
    if command is None:
        near = difflib.get_close_matches(name.lower(), _BY_NAME, n=1, cutoff=0.5)
        hint = f"Do you mean /{near[0]}?" if near else "See /help."
        desk.says(f"There is no /{one_line(name, 40)}. {hint}")
        return
    await command.run(desk, rest.strip())


def recap(session: Session) -> str:
    """Where a conversation stood: what was said last, and what was answered."""
    said = [n for n, one in enumerate(session.history) if one.is_from_person]
    lines = [f"Going on with {session.name}, {count(len(said), 'turn')}."]
    if said:
        asked, *after = session.history[said[-1] :]
        replies = [one.text for one in after if one.role == "assistant" and one.text.strip()]
        lines += [f"› {one_line(asked.text, 200)}", *(one_line(one, 400) for one in replies[-1:])]
    return "\n".join(lines)


async def _help(desk: Desk, _: str) -> None:
    grid = _grid()
    for one in COMMANDS:
        grid.add_row(f"/{one.name} {one.arguments}".rstrip(), Text(one.about, style="dim"))
    grid.add_row("Alt-Enter", Text("Begins a new line.", style="dim"))
    grid.add_row("Ctrl-C", Text("Stops the DJ; at the prompt, leaves.", style="dim"))
    desk.shows(grid)


async def _tools(desk: Desk, _: str) -> None:
    toolbox = await desk.toolbox()
    grid = _grid()
    for tool in await toolbox.tools():
        grid.add_row(tool.spec.name, Text(one_line(tool.spec.description, 200), style="dim"))
    desk.shows(grid)


async def _tracks(desk: Desk, words: str) -> None:
    page = await desk.library(words)
    if not page.tracks:
        desk.says(page.message)
        return
    desk.shows(library_sheet(page.tracks, desk.width))
    more = f"; of {page.total}, the newest" if page.total > len(page.tracks) else ""
    desk.says(f"/play and a number plays one{more}.")


async def _play(desk: Desk, what: str) -> None:
    if what.lower() in ("stop", "off"):
        desk.says("Silence." if desk.speakers.stop() else "Nothing is playing.")
        return
    found = _wanted(desk, what)
    if isinstance(found, str):
        desk.says(found)
        return
    file, start_s, title = found
    if not file.exists():
        desk.says(f"{file} isn't on this computer.")
        return
    player = await desk.speakers.play(file, start_s)
    if player is None:
        desk.says(f"No player here takes it; it is {file}{_at(start_s)}.")
    elif start_s and not player.seeks:
        desk.says(f"Playing {title} in {player.program}; the place is {clock(start_s)}.")
    else:
        stops = " /play stop ends it." if player.stays else ""
        desk.says(f"Playing {title} in {player.program}{_at(start_s)}.{stops}")


def _wanted(desk: Desk, what: str) -> tuple[Path, float, str] | str:
    """The file to play, from where, and what it is called; or why there is none."""
    made = desk.state.made
    if join := _JOIN.fullmatch(what):
        return _transition(made, int(join[1]), int(join[2]))
    if not what:
        if made is None:
            return "There is no mix yet; /tracks lists what could be played."
        return Path(made.folder, made.files[0]), 0.0, "the mix"
    if not what.isdecimal():
        return "Give a number, two for a transition, like 2-3, or nothing for the mix."
    number = int(what)
    if desk.listed:
        if not 1 <= number <= len(desk.listed):
            return f"The list has {len(desk.listed)} tracks."
        track = desk.listed[number - 1]
        return Path(track.path or track.id), 0.0, track.title
    return _slot(made, number)


def _slot(made: FinishedSet | None, number: int) -> tuple[Path, float, str] | str:
    if made is None:
        return "There is no set yet; /tracks lists what could be played."
    title = next((slot.title for slot in made.slots if slot.slot == number), None)
    name = next((one for one in made.files if one.startswith(f"tracks/{number:02d} ")), None)
    if title is None or name is None:
        return f"The set has no track {number}."
    return Path(made.folder, name), 0.0, title


def _transition(made: FinishedSet | None, first: int, then: int) -> tuple[Path, float, str] | str:
    joins = made.transitions if made else ()
    join = next((one for one in joins if (one.from_slot, one.to_slot) == (first, then)), None)
    if made is None or join is None:
        return f"The set has no transition from {first} to {then}."
    start_s = max(join.start_s - _LEAD_IN_S, 0.0)
    return Path(made.folder, made.files[0]), start_s, f"{first} → {then}"


def _at(start_s: float) -> str:
    return f", from {clock(start_s)}" if start_s else ""


async def _set(desk: Desk, _: str) -> None:
    sheet = set_sheet(desk.state, desk.width)
    if sheet is None:
        desk.says("There is no set yet; say what it should be.")
        return
    desk.listed = ()
    desk.shows(sheet)


async def _model(desk: Desk, words: str) -> None:
    if not words:
        desk.says(desk.choice.sentence)
        desk.says(f"Another: /model and a provider ({', '.join(PROVIDERS)}), or a model's name.")
        return
    first, _, rest = words.partition(" ")
    known = first.lower() in PROVIDERS
    provider, model = (first.lower(), rest.strip()) if known else (desk.choice.name, words)
    await desk.switch(provider, model or None)
    desk.says(desk.choice.sentence)


async def _cost(desk: Desk, _: str) -> None:
    spent = desk.spent
    if spent is None or not (spent.input_tokens or spent.output_tokens):
        desk.says("Nothing so far.")
        return
    charged = "" if spent.cost_usd is None else f", {dollars(spent.cost_usd)}"
    said = f"{tokens(spent.input_tokens)} tokens in, {tokens(spent.output_tokens)} out{charged}"
    share = f"{spent.context_share:.0%}".replace("%", " %")
    desk.says(f"{said}. The conversation fills {share} of the model's window.")


async def _save(desk: Desk, name: str) -> None:
    kept = await desk.save(name)
    desk.says(f"Kept as {kept}; `/resume {kept}` goes on with it.")


async def _resume(desk: Desk, name: str) -> None:
    if not name:
        kept = [one for one in await desk.kept() if one.turns]
        if not kept:
            desk.says("No other conversation is kept.")
            return
        grid = _grid()
        for one in kept[:20]:
            grid.add_row(one.name, Text(one_line(one.begins, 70), style="dim"))
        desk.shows(grid)
        desk.says("/resume and a name goes on with one.")
        return
    await desk.resume(name)
    desk.says(recap(await desk.session()))


async def _compact(desk: Desk, _: str) -> None:
    desk.says(await desk.compact())


async def _clear(desk: Desk, _: str) -> None:
    await desk.clear()
    desk.says("A new conversation. The library keeps its tracks; /resume finds the old one.")


async def _exit(_: Desk, __: str) -> None:
    raise Leave


COMMANDS: Sequence[Command] = (
    Command("help", "", "What can be said here.", _help),
    Command("tools", "", "What the DJ can do in the studio.", _tools),
    Command("tracks", "[words]", "The newest tracks of the library, or those that match.", _tracks),
    Command("play", "[n]", "Plays the mix, track n, a transition like 2-3; stop ends it.", _play),
    Command("set", "", "The set as it is planned, or as it came out.", _set),
    Command("model", "[name]", "Who is talked to, or a change of that.", _model),
    Command("cost", "", "What the conversation took so far.", _cost),
    Command("save", "[name]", "Gives the conversation a name to find it by.", _save),
    Command("resume", "[name]", "Goes on with another conversation, or lists them.", _resume),
    Command("compact", "", "Shortens what the model has to read again each time.", _compact),
    Command("clear", "", "Begins a new conversation.", _clear),
    Command("exit", "", "Leaves; so do Ctrl-D and exit.", _exit),
)
_BY_NAME = {one.name: one for one in COMMANDS} | {"quit": COMMANDS[-1], "?": COMMANDS[0]}


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    return grid
