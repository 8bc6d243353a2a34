"""An analysis in words: what was heard in a track, line by line."""

from __future__ import annotations

from engine import Analysis, one_line

_MOST = 12
"""Findings, cues and sections beyond this many are left to the typed result."""


def heard(analysis: Analysis) -> str:
    """The gist in one phrase: `124.01 BPM, A minor (8A), 4/4, -14.0 LUFS`."""
    tempo = "no steady beat" if analysis.bpm is None else f"{analysis.bpm:.2f} BPM"
    key = f"{analysis.key} ({analysis.key_camelot})" if analysis.key else "no clear key"
    facts = [tempo, key, analysis.time_signature, f"{analysis.loudness_lufs:.1f} LUFS"]
    return ", ".join(fact for fact in facts if fact)


def hearing_lines(analysis: Analysis) -> list[str]:
    """What else there is to say, a line each."""
    lines = [
        f"Sure of the tempo: {analysis.bpm_confidence:.0%}; of the key: "
        f"{analysis.key_confidence:.0%}. True peak {analysis.true_peak_dbtp:.1f} dBTP."
    ]
    if analysis.bpm_alternatives:
        others = ", ".join(f"{bpm:.2f}" for bpm in analysis.bpm_alternatives)
        lines.append(f"It could also be counted at {others} BPM.")
    lines += [f"Known beforehand: {prior}" for prior in analysis.priors]
    if analysis.grid:
        first = analysis.grid[0]
        lines.append(
            f"First beat at {first.first_beat_s:.3f} s, first bar at {first.first_downbeat_s:.3f} s"
            + (f"; {len(analysis.grid)} tempo segments." if len(analysis.grid) > 1 else ".")
        )
    if analysis.sections:
        form = ", ".join(f"{one.label} {one.start_s:.1f} s" for one in analysis.sections[:_MOST])
        lines.append(f"Sections: {form}.")
    if analysis.cues:
        cues = ", ".join(f"{cue.kind} {cue.time_s:.2f} s" for cue in analysis.cues[:_MOST])
        lines.append(f"Cues: {cues}.")
    if analysis.vocals and analysis.vocals.share > 0:
        lines.append(f"A voice, at a guess, in {analysis.vocals.share:.0%} of it.")
    lines += [f"Finding: {one_line(one.text, 200)}" for one in analysis.findings[:_MOST]]
    return lines
