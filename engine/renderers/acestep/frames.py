"""Frames: 25 a second, 1920 samples each, and what lasts how many. Whoever counts, counts alike."""

from __future__ import annotations

from engine.audio import SAMPLE_RATE_HZ

SAMPLES_PER_FRAME = 1920


def samples_in(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE_HZ)


def frames_in(seconds: float) -> int:
    """The frames that hold this much sound, the last one perhaps in part; at least one."""
    return max(1, -(-samples_in(seconds) // SAMPLES_PER_FRAME))


def frame_at(seconds: float) -> int:
    """Which frame a moment lies in."""
    return int(seconds * SAMPLE_RATE_HZ // SAMPLES_PER_FRAME)
