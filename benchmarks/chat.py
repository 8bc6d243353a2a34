"""How soon the DJ's prompt is there, and how soon a word of the model is seen.

    uv run --group dev python -m benchmarks.chat [times]

Both in a pseudo-terminal of its own process. The start stands beside a bare prompt of
`prompt_toolkit`, started in turn. Words come from a model that is played over a socket, one every
tenth of a second; the delay is from sending one to reading it from the terminal. A first start of
each isn't counted: Python compiles what it imports then.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.chat.puppets import Model
from tests.chat.terminals import CHILD, PYTHON, Terminal, bare_environment

TIMES = 9
PROMPT = "›"
_BARE = f"from prompt_toolkit import PromptSession\nPromptSession('{PROMPT} ').prompt()"
COMMANDS = {
    "dj-agent": PYTHON,
    "bare prompt": [sys.executable, "-c", _BARE],
}
WORDS = 50


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else TIMES
    starts: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as home:
        for turn in range(times + 1):
            for name, command in COMMANDS.items():
                took_s = start_s(command, Path(home))
                if turn:
                    starts[name].append(took_s)
        delays = word_delays_s(Path(home))
    for name, found in starts.items():
        print(f"start to prompt, {name:11}  median {statistics.median(found):.2f} s, "
              f"{min(found):.2f} to {max(found):.2f}")  # fmt: skip
    ours, bare = (statistics.median(found) for found in starts.values())
    print(f"ratio                        {ours / bare:.2f}")
    print(f"a word is seen after         {1e3 * delays[0]:.1f} ms the first, median "
          f"{1e3 * statistics.median(delays):.1f}, all within {1e3 * max(delays):.1f}")  # fmt: skip


def start_s(command: list[str], home: Path) -> float:
    """From starting the process to its prompt."""
    terminal = Terminal(command, _environment(home, DJ_PROVIDER="offline"), home)
    try:
        terminal.wait_for(PROMPT, 60)
        return time.monotonic() - terminal.began
    finally:
        terminal.close()


def word_delays_s(home: Path) -> list[float]:
    """How long each word of one reply takes to the screen."""
    model = Model(home / "m")
    environ = _environment(home, DJ_PROVIDER="scripted", DJ_MODEL="puppet", PUPPET=str(home / "m"))
    terminal = Terminal(CHILD, environ, home)
    try:
        terminal.wait_for(PROMPT, 60)
        terminal.type("something warm\r")
        reply, delays = model.reply(), []
        for number in range(WORDS):
            word = f"word{number:02}"
            sent = reply.say(f"{word} ")
            terminal.wait_for(word, 10)
            delays.append(time.monotonic() - sent)
            time.sleep(0.1)
        return delays
    finally:
        terminal.close()
        model.close()


def _environment(home: Path, **more: str) -> dict[str, str]:
    """What people start the DJ in: with compiled code."""
    environ = bare_environment(home / "home", **more)
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environ


if __name__ == "__main__":
    main()
