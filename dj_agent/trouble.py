"""What is told to a person and no bug."""

from __future__ import annotations


class Trouble(Exception):
    """Why it goes no further. `message` is a sentence: what is wrong and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
