"""The prompt: a line to type in, with what was typed before, and what could be typed.

Knows keys, and nothing of what lines mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style

from dj_agent.dropped import SETLISTS, SOUND

_PATH_BEGINS = ("/", "~/", "./", "../")
_LAST_WORD = re.compile(r"(?:\\.|[^\s\\])*$")
"""A backslash makes a space part of it, as in a shell, and as terminals write dropped files."""
_STYLE = Style.from_dict({"mark": "bold", "completion-menu.completion.current": "reverse"})


class Prompt:
    """Asks for a line at a time. What was typed is kept in `folder`, if that can be."""

    def __init__(
        self, folder: Path, input: Input | None = None, output: Output | None = None
    ) -> None:
        self._session: PromptSession[str] = PromptSession(
            message=FormattedText([("class:mark", "› ")]),
            history=_history(folder),
            completer=Suggestions(),
            complete_while_typing=False,
            key_bindings=_keys(),
            style=_STYLE,
            prompt_continuation="  ",
            input=input,
            output=output,
        )

    async def read(self) -> str:
        """The next line, or several. Raises `EOFError` and `KeyboardInterrupt`."""
        return await self._session.prompt_async()


class Suggestions(Completer):
    """Commands at the beginning of a line; elsewhere files and folders, where a path begins."""

    def __init__(self) -> None:
        self._paths = PathCompleter(expanduser=True, file_filter=_is_of_use)

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        typed = document.text_before_cursor
        word = typed.rpartition(" ")[2]
        if typed.startswith("/") and "/" not in typed[1:]:
            if " " not in typed:
                yield from _commands(typed)
            elif typed.startswith("/model "):
                yield from _providers(word)
            return
        path = _LAST_WORD.search(typed)
        if path is None or not path[0].startswith(_PATH_BEGINS):
            return
        plain = Document(re.sub(r"\\(.)", r"\1", path[0]))
        for one in self._paths.get_completions(plain, complete_event):
            escaped = one.text.replace(" ", "\\ ")
            yield Completion(escaped, one.start_position, display=one.display)


def _commands(typed: str) -> Iterable[Completion]:
    from dj_agent.commands import COMMANDS

    for one in COMMANDS:
        if one.name.startswith(typed[1:].lower()):
            text = f"/{one.name}"
            yield Completion(text, -len(typed), display_meta=one.about)


def _providers(word: str) -> Iterable[Completion]:
    from dj_agent.providers import PROVIDERS

    for name in PROVIDERS:
        if name.startswith(word.lower()):
            yield Completion(name, -len(word))


def _is_of_use(name: str) -> bool:
    path = Path(name)
    return path.suffix.lower() in SOUND | SETLISTS or path.is_dir()


def _history(folder: Path) -> History:
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "history"
        file.touch(mode=0o600)
        with file.open("ab"):
            return FileHistory(str(file))
    return InMemoryHistory()


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c")
    def _(event: KeyPressEvent) -> None:
        """With words on the line only they go."""
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt, style="class:aborting")

    return keys
