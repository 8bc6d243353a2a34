"""What listening answers with: an analysis and its pieces, as values that become JSON.

Knows no audio and loads nothing heavy, so that a server can describe them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from engine.fields import TimeSignature

Detail = Literal["basic", "full"]
CueKind = Literal["intro end", "drop", "outro start"]
FindingKind = Literal[
    "silent", "silence at start", "silence at end", "silence inside", "clipping",
    "constant offset", "mono", "one-sided", "too quiet",
]  # fmt: skip


class _Reading(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


KEY_TRUST = 0.95
"""How often a key that somebody states is the true one, one supposes."""


class Known(_Reading):
    """What is known of a piece before listening: asked for, in its tags, or told by somebody."""

    bpm: float | None = None
    key: str | None = None
    """Any spelling that `parse_key` reads."""
    key_trust: float = KEY_TRUST
    """How likely that key is the true one, before listening."""
    time_signature: TimeSignature | None = None
    begins_with_bar: bool = False
    """Whether its first sound most likely begins a bar."""
    source: str = ""
    """Where it is from, for people: `request`, `tags`, `you`."""


class GridSegment(_Reading):
    """A stretch with one tempo. `first_beat_s` and `first_downbeat_s` lie in it."""

    start_s: float
    end_s: float
    bpm: float
    first_beat_s: float
    first_downbeat_s: float
    beats_per_bar: int


class HeardSection(_Reading):
    """`bars` is 0 where there is no grid. `energy` is 0 (silence) to 1 (the fullest bar)."""

    label: str
    """`intro`, `build`, `drop`, `breakdown`, `outro`, or `section A`, `section B`, …"""
    start_s: float
    end_s: float
    bars: int
    energy: float


class Cue(_Reading):
    """A moment on a bar line where a DJ would set a marker."""

    kind: CueKind
    time_s: float


class Finding(_Reading):
    """Something to know about `start_s` to `end_s` of the audio; `text` is one sentence."""

    kind: FindingKind
    start_s: float
    end_s: float
    text: str


class Stretch(_Reading):
    start_s: float
    end_s: float


class VocalActivity(_Reading):
    """A guess where somebody speaks or sings. `share` of the piece, 0 to 1, and where."""

    share: float
    where: tuple[Stretch, ...]


class Analysis(_Reading):
    """What was measured in a piece. `energy` and the fields from `sections` on are empty at detail
    `basic`."""

    duration_s: float
    bpm: float | None = None
    """None where no single tempo holds."""
    bpm_alternatives: tuple[float, ...]
    """Other tempos in which the same music could be counted, mostly half or twice as fast."""
    bpm_confidence: float
    key: str | None = None
    """None where nothing is in any key."""
    key_camelot: str | None = None
    key_alternatives: tuple[str, ...]
    key_confidence: float
    key_by_ear: str | None = None
    """What would be heard if no key were known, where that is another."""
    time_signature: str | None = None
    loudness_lufs: float
    loudest_lufs: float
    """The highest short-term loudness (three seconds)."""
    true_peak_dbtp: float
    energy: float | None = None
    """How energetic it sounds, 0 to 1, whatever its level."""
    grid: tuple[GridSegment, ...]
    """One segment for a constant tempo; none where no beat is claimed."""
    priors: tuple[str, ...]
    """What was known beforehand and what became of it, a sentence each."""
    findings: tuple[Finding, ...]
    sections: tuple[HeardSection, ...] = ()
    cues: tuple[Cue, ...] = ()
    chords: tuple[str, ...] = ()
    """One for each bar: `Am7`, `F`, …; `?` where none is likely."""
    vocals: VocalActivity | None = None
