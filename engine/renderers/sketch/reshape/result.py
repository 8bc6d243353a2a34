"""What a reshaped track is: its sound, and what can be said of it in the words of a result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.audio import SAMPLE_RATE_HZ
from engine.renderers.sketch.reshape.original import Original
from engine.renderers.sketch.score import Line
from engine.renderers.sketch.synth.waves import Samples
from engine.results import Made, Section


@dataclass(frozen=True, slots=True, eq=False)
class Reshaped:
    """Audio [2, n], and the time, key and form it is in: those of `original`, whose clock starts
    with the audio. `lines` are all that is known to be played."""

    audio: Samples
    original: Original
    style: str | None
    lines: tuple[Line, ...]
    warnings: tuple[str, ...]

    def made(self) -> Made:
        """What was set out to be made. No tempo is claimed where none was heard."""
        original = self.original
        duration_s = self.audio.shape[1] / SAMPLE_RATE_HZ
        return Made(
            duration_s=duration_s,
            bpm=round(original.grid.bpm, 3) if original.timed else None,
            key=str(original.key),
            time_signature=original.grid.meter.signature if original.timed else None,
            style=self.style,
            parts=tuple(sorted({line.part for line in self.lines if line.notes})),
            sections=tuple(_sections(original, duration_s)) if original.timed else (),
        )


def _sections(original: Original, duration_s: float) -> Iterable[Section]:
    """The form in seconds; the last section goes on to the end of the ring."""
    sections = original.form.sections
    for place, section in enumerate(sections):
        last = place == len(sections) - 1
        end_s = duration_s if last else min(original.bar_s(section.end), duration_s)
        yield Section(
            name=section.name,
            start_s=round(max(0.0, original.bar_s(section.start)), 3),
            end_s=round(end_s, 3),
            bars=section.bars,
            energy=section.energy,
        )
