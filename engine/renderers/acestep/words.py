"""The words that a checkpoint is asked with, letter by letter as it was trained on them.

Upstream's prompts: an instruction by task, a description with what is known of the music, and the
lyrics under their language. Strings alone; knows no tensors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Task = Literal["text2music", "repaint", "cover", "cover-nofsq", "extract", "lego", "complete"]
"""What upstream calls its tasks."""

INSTRUMENTAL = "[Instrumental]"
"""The lyrics where nobody sings."""
OPEN = "N/A"
"""What stands for a value that is left to the model."""
MOST_TEXT_TOKENS, MOST_LYRIC_TOKENS = 256, 2048
"""What goes beyond is cut off, as upstream does."""

_UNSAID_DURATION_S = 30
_END = "<|endoftext|>"
_SUNG_BY_NOBODY = ("", "[inst]", "[instrumental]")

_INSTRUCTIONS: dict[Task, str] = {
    "text2music": "Fill the audio semantic mask based on the given conditions:",
    "repaint": "Repaint the mask area based on the given conditions:",
    "cover": "Generate audio semantic tokens based on the given conditions:",
    "cover-nofsq": "Generate audio semantic tokens based on the given conditions:",
    "extract": "Extract the track from the audio:",
    "lego": "Generate the track based on the audio context:",
    "complete": "Complete the input track:",
}
_INSTRUCTIONS_WITH_PARTS: dict[Task, str] = {
    "extract": "Extract the {} track from the audio:",
    "lego": "Generate the {} track based on the audio context:",
    "complete": "Complete the input track with {}:",
}
_BEATS = {"2/4": "2", "3/4": "3", "4/4": "4", "6/8": "6"}


@dataclass(frozen=True, slots=True)
class Words:
    """What to hear. None is left to the model; lyrics are those of `sung`."""

    caption: str
    lyrics: str = INSTRUMENTAL
    language: str = "unknown"
    bpm: float | None = None
    key: str | None = None
    """As `str(Key)` has it: `F# minor`."""
    time_signature: str | None = None
    """As requests have it (`6/8`), or as upstream does (`6`)."""
    duration_s: float | None = None
    """Of the whole track, its source included."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """The two texts that the encoders read."""

    text: str
    lyrics: str


def prompt(task: Task, words: Words, parts: Sequence[str] = ()) -> Prompt:
    """What a task is asked with; `parts` for those that name some."""
    return Prompt(text_prompt(instruction(task, parts), words), lyric_prompt(words))


def instruction(task: Task, parts: Sequence[str] = ()) -> str:
    """What the model is told to do, with parts of ours like `backing_vocals`: one to extract or
    to add, any number to complete."""
    if parts and task in _INSTRUCTIONS_WITH_PARTS:
        return _INSTRUCTIONS_WITH_PARTS[task].format(" | ".join(part.upper() for part in parts))
    return _INSTRUCTIONS[task]


def text_prompt(instruction: str, words: Words) -> str:
    """Instruction, caption and facts."""
    bpm = OPEN if words.bpm is None else f"{words.bpm:g}"
    signature = _BEATS.get(words.time_signature or OPEN, words.time_signature or OPEN)
    duration_s = _UNSAID_DURATION_S if words.duration_s is None else int(words.duration_s)
    return (
        f"# Instruction\n{instruction}\n\n# Caption\n{words.caption}\n\n# Metas\n"
        f"- bpm: {bpm}\n- timesignature: {signature}\n- keyscale: {words.key or OPEN}\n"
        f"- duration: {duration_s} seconds\n{_END}\n"
    )


def lyric_prompt(words: Words) -> str:
    """The lyrics under their language."""
    return f"# Languages\n{words.language}\n\n# Lyric\n{words.lyrics}{_END}"


def sung(lyrics: str) -> str:
    """The lyrics, or what stands for there being none."""
    return INSTRUMENTAL if lyrics.strip().lower() in _SUNG_BY_NOBODY else lyrics
