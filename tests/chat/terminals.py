"""A terminal in memory: what `dj-agent` writes to a pseudo-terminal, as a person would see it.

Reads the control codes that our output uses; an unknown one is left out.
"""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from fcntl import ioctl
from pathlib import Path

PYTHON = [sys.executable, "-m", "dj_agent"]
CHILD = [sys.executable, str(Path(__file__).with_name("child.py"))]
"""`dj-agent` with a model that is played over a socket."""

_CODES = re.compile(
    r"\x1b\[([?<>=]?)([\d;]*)([A-Za-z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[=>78M]"
)


def bare_environment(home: Path, **more: str) -> dict[str, str]:
    """This one without the settings of whoever runs the tests."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DJ_", "OPENAI", "ANTHROPIC", "GEMINI", "OPENROUTER", "OLLAMA"))
        and name not in ("NO_COLOR", "COLUMNS", "LINES", "DISPLAY", "WAYLAND_DISPLAY")
    }
    return {**kept, "DJ_HOME": str(home), "TERM": "xterm-256color", "PYTHONUTF8": "1", **more}


class Screen:
    """Lines of characters and a cursor; what scrolls out at the top is kept."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._lines: list[list[str]] = [[]]
        self._row = self._column = 0
        self._rest = ""

    def feed(self, text: str) -> None:
        text = self._rest + text
        self._rest = ""
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                code = _CODES.match(text, at)
                if code is None:
                    self._rest = text[at:]
                    return
                self._obey(code)
                at = code.end()
                continue
            self._write(text[at])
            at += 1

    @property
    def text(self) -> str:
        """All lines, those that scrolled out included, without the space at their ends."""
        return "\n".join("".join(line).rstrip() for line in self._lines).rstrip("\n")

    def _write(self, character: str) -> None:
        if character == "\n":
            self._row += 1
        elif character == "\r":
            self._column = 0
        elif character == "\b":
            self._column = max(self._column - 1, 0)
        elif character >= " ":
            if self._column >= self._width:
                self._row, self._column = self._row + 1, 0
            line = self._line()
            line += [" "] * (self._column - len(line))
            line[self._column : self._column + 1] = [character]
            self._column += 1
        self._line()

    def _line(self) -> list[str]:
        while self._row >= len(self._lines):
            self._lines.append([])
        return self._lines[self._row]

    def _obey(self, code: re.Match[str]) -> None:
        private, numbers, letter = code[1], code[2], code[3]
        if private or letter is None:
            return
        values = [int(one or 0) for one in numbers.split(";")]
        count = max(values[0], 1)
        match letter:
            case "A":
                self._row = max(self._row - count, 0)
            case "B":
                self._row += count
            case "C":
                self._column += count
            case "D":
                self._column = max(min(self._column, self._width) - count, 0)
            case "G":
                self._column = count - 1
            case "K":
                line = self._line()
                line[:] = [] if values[0] == 2 else line[: self._column]
            case "J" if values[0] == 0:
                self._line()[self._column :] = []
                del self._lines[self._row + 1 :]
            case "H":
                top = max(len(self._lines) - self._height, 0)
                self._row = top + count - 1
                self._column = (values[1] if len(values) > 1 else 1) - 1
            case _:
                return
        self._line()


class Terminal:
    """A process with a pseudo-terminal of its own."""

    def __init__(
        self,
        command: list[str],
        environ: Mapping[str, str],
        cwd: Path,
        width: int = 100,
        height: int = 40,
    ) -> None:
        self.screen = Screen(width, height)
        self.raw = ""
        self.marks: list[tuple[float, str]] = []
        """What came, and when."""
        master, slave = pty.openpty()
        ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self._master = master
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, cwd=cwd, env=dict(environ),
            start_new_session=True, preexec_fn=_take_terminal,
        )  # fmt: skip
        os.close(slave)

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def read(self, seconds: float) -> bool:
        """Take what comes within this time; whether anything did."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        try:
            piece = os.read(self._master, 65536).decode("utf-8", "replace")
        except OSError:  # nobody holds the other end any more
            return False
        if "\x1b[6n" in piece:  # where is the cursor?
            os.write(self._master, b"\x1b[1;1R")
        self.raw += piece
        self.marks.append((time.monotonic(), piece))
        self.screen.feed(piece)
        return bool(piece)

    def wait_for(self, words: str, seconds: float = 30.0, after: int = 0) -> None:
        """Read until these words are seen, in what came after the first `after` characters."""
        until = time.monotonic() + seconds
        while words not in self.plain[after:] and (after or words not in self.screen.text):
            assert time.monotonic() < until, f"no {words!r} in\n{self.screen.text}"
            assert self.read(0.2) or self.process.poll() is None, (
                f"left before {words!r}:\n{self.screen.text}"
            )

    @property
    def plain(self) -> str:
        """All that came, without control codes."""
        return _CODES.sub("", self.raw)

    def interrupt(self) -> None:
        self.type("\x03")

    def leave(self, seconds: float = 20.0) -> int:
        """Read until the process ends; its exit code."""
        until = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < until, f"still here:\n{self.screen.text}"
            self.read(0.1)
        while self.read(0.05):
            pass
        return self.process.returncode

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self._master)


def _take_terminal() -> None:
    ioctl(0, termios.TIOCSCTTY, 0)
