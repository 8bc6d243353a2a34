"""Playing a sound file through whatever the system has for that.

Knows programs and how they are called. Plays one thing at a time, beside the conversation.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

_COMPRESSED = frozenset({".flac", ".wav", ".mp3", ".ogg", ".opus", ".m4a", ".aiff", ".aif"})
_SOON_S = 0.3
"""A program that can't play a file has mostly said so by then."""


@dataclass(frozen=True, slots=True)
class Player:
    """A program that plays files. `{start_s}` in `seeks` stands for where it begins."""

    program: str
    arguments: tuple[str, ...] = ()
    seeks: tuple[str, ...] = ()
    """How it is told to begin later; nothing if it can't."""
    formats: frozenset[str] = _COMPRESSED
    stays: bool = True
    """Whether it plays by itself, and stops when it is stopped; others only open a window."""
    systems: tuple[str, ...] = ("linux", "darwin", "win32")
    shows: bool = False
    """Whether it needs a screen."""

    def command(self, file: Path, start_s: float) -> list[str]:
        seek = [one.format(start_s=f"{start_s:.2f}") for one in self.seeks] if start_s else []
        return [self.program, *self.arguments, *seek, str(file)]


PLAYERS = (
    Player("ffplay", ("-nodisp", "-autoexit", "-loglevel", "quiet"), ("-ss", "{start_s}")),
    Player("mpv", ("--no-video", "--really-quiet"), ("--start={start_s}",)),
    Player("afplay", systems=("darwin",)),
    Player("paplay", formats=frozenset({".flac", ".wav", ".ogg", ".aiff"}), systems=("linux",)),
    Player("aplay", ("-q",), formats=frozenset({".wav"}), systems=("linux",)),
    Player("xdg-open", stays=False, systems=("linux",), shows=True),
    # What `start` does, without a shell that reads file names.
    Player("explorer", stays=False, systems=("win32",)),
)
"""The best first."""


def players(
    environ: Mapping[str, str],
    system: str = sys.platform,
    which: Callable[[str], str | None] = shutil.which,
) -> list[Player]:
    """Those that are here, the best first."""
    screen = system != "linux" or any(environ.get(one) for one in ("DISPLAY", "WAYLAND_DISPLAY"))
    return [
        player
        for player in PLAYERS
        if system in player.systems and (screen or not player.shows) and which(player.program)
    ]


class Speakers:
    """What plays now, if anything does. Stop it before leaving."""

    def __init__(self, found: list[Player]) -> None:
        self._players = found
        self._playing: subprocess.Popen[bytes] | None = None

    async def play(self, file: Path, start_s: float = 0.0) -> Player | None:
        """Play the file, from `start_s` on if the player can; what was playing stops.

        The player, or None if there is none that plays it.
        """
        self.stop()
        fitting = [one for one in self._players if file.suffix.lower() in one.formats]
        for player in sorted(fitting, key=lambda one: bool(start_s) and not one.seeks):
            try:
                process = subprocess.Popen(
                    player.command(file, start_s),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C stops the DJ, not the music
                )
            except OSError:
                continue
            await asyncio.sleep(_SOON_S)
            if process.poll():
                continue
            if player.stays:
                self._playing = process
            return player
        return None

    def stop(self) -> bool:
        """Silence; whether something was playing."""
        process, self._playing = self._playing, None
        if process is None or process.poll() is not None:
            return False
        process.terminate()
        process.wait()
        return True
