"""A keyboard whose letters aren't shown while the screen is somebody else's."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TextIO

try:
    import termios
except ImportError:  # Windows
    termios = None


@contextmanager
def unechoed(stdin: TextIO) -> Generator[None]:
    """What is typed is kept for whoever reads next, key by key, and not shown. Ctrl-C is still
    Ctrl-C."""
    if termios is None or stdin is None or not stdin.isatty():
        yield
        return
    before = termios.tcgetattr(stdin)
    silent = list(before)
    silent[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(stdin, termios.TCSANOW, silent)
    try:
        yield
    finally:
        termios.tcsetattr(stdin, termios.TCSANOW, before)
