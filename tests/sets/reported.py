"""Reports of sets that were never played: one with everything in it, and ones of any length."""

from __future__ import annotations

import numpy as np

from engine.keys import parse_key
from engine.sets.report import Attempt, JoinReport, SetReport, SlotReport
from engine.sets.waveform import Band, Waveform, WaveformDrawing

HOSTILE = '</script><img src=x onerror="window.owned=1"><!-- & \u2028 "quoted" \'single\''
LONG = "The Night Bus That Never Stops Between the River and the Last Lit Window of the City"


def slot(number: int, title: str, **more: object) -> SlotReport:
    key = more.get("key_played")
    camelot = parse_key(key).camelot if isinstance(key, str) else None
    fields = {
        "slot": number,
        "title": title,
        "decision": "accepted",
        "key_camelot": camelot,
        **more,
    }
    return SlotReport.model_validate(fields)


def tempos(planned: float | None, measured: float, played: float) -> dict[str, float | None]:
    return {"bpm_planned": planned, "bpm_measured": measured, "bpm_played": played}


def keys(planned: str | None, measured: str, played: str) -> dict[str, str | None]:
    return {"key_planned": planned, "key_measured": measured, "key_played": played}


def join(from_slot: int, to_slot: int, type_: str, times_s: tuple[float, float, float], **more):
    start_s, swap_s, end_s = times_s
    fields = {
        "from_slot": from_slot, "to_slot": to_slot, "type": type_, "bars": 16, "start_s": start_s,
        "swap_s": swap_s, "end_s": end_s, "why": "Both have lines of drums here.",
        "key_relation": "adjacent", **more,
    }  # fmt: skip
    return JoinReport.model_validate(fields)


def good(**more: object) -> dict[str, object]:
    """What a transition measures in which all is well."""
    return {
        "tempo_step": 0.008, "beat_error_ms": 1.2, "beat_error_max_ms": 4.4,
        "bass_overlap_beats": 0.5, "loudness_step_lu": 0.6, "phrase_bars": (0.0, 0.0), **more,
    }  # fmt: skip


SLOTS = (
    slot(
        1, "Salt on the Pier", start_s=0.0, end_s=88.0, heard_share=0.97,
        **tempos(112, 112.02, 112), **keys("A minor", "A minor", "A minor"),
        loudness_lufs=-14.8, gain_db=0.8, energy_planned=0.25, energy_measured=0.22,
        track_id="k3x9a0c2", file="tracks/01 Salt.flac",
        attempts=(
            Attempt(seed=7, track_id="k3x9a0c2", bpm=112.02, key="A minor", loudness_lufs=-14.8,
                    verdict="Tempo and key are as planned."),
        ),
    ),
    slot(
        2, LONG, decision="retimed", start_s=70.857, end_s=170.0, heard_share=0.94,
        **tempos(114, 116.4, 114), **keys("E minor", "E minor", "E minor"), loudness_lufs=-13.1,
        gain_db=-0.9, energy_planned=0.35, energy_measured=0.41, track_id="m8r2t0aa",
        file="tracks/02 Night Bus.flac",
        attempts=(
            Attempt(seed=11, track_id="z0000001", bpm=121.9, key="G major", loudness_lufs=-12.2,
                    verdict="The tempo is 6.9 % off the plan, too far to retime; made again."),
            Attempt(seed=12, track_id="m8r2t0aa", bpm=116.4, key="E minor", loudness_lufs=-13.1,
                    verdict="The tempo is 2.1 % off the plan; kept, and retimed."),
        ),
        warnings=("Its outro is four bars shorter than was asked for.",),
    ),
    slot(
        3, "Paper Lanterns", decision="shifted", start_s=152.0, end_s=245.0, heard_share=1.0,
        **tempos(116, 116.0, 116), **keys("B minor", "Bb minor", "B minor"), loudness_lufs=-14.2,
        gain_db=0.2, energy_planned=0.5, energy_measured=0.47, track_id="p1",
        file="tracks/03 Paper Lanterns.flac",
    ),
    slot(
        4, HOSTILE, decision="retimed and shifted", start_s=229.0, end_s=330.0, heard_share=0.81,
        **tempos(118, 119.3, 118), **keys("D major", "Eb major", "D major"), loudness_lufs=-11.9,
        gain_db=-2.1, energy_planned=0.65, energy_measured=0.72, track_id="q9",
        file="tracks/04 script.flac", warnings=(HOSTILE,),
    ),
    slot(
        5, "Undertow", decision="failed", bpm_planned=120, key_planned="A major",
        energy_planned=0.8,
        attempts=(
            Attempt(seed=3, verdict="No single tempo holds in it; made again."),
            Attempt(seed=4, bpm=96.2, key="C minor", loudness_lufs=-19.4,
                    verdict="The tempo is 20 % off the plan and the key clashes; given up."),
        ),
        warnings=("Both attempts failed, so the set goes from 4 to 6.",),
    ),
    slot(
        6, "夜の海 – ליל ים", decision="given", start_s=313.0, end_s=420.0, heard_share=0.58,
        **tempos(None, 120.0, 120), **keys(None, "F# minor", "F# minor"), loudness_lufs=-9.4,
        gain_db=-4.6, energy_planned=0.9, energy_measured=0.86, file="tracks/06.flac",
    ),
    slot(
        7, "Glasshouse", start_s=404.0, end_s=500.0, heard_share=0.99, **tempos(124, 124.0, 124),
        **keys("C minor", "C minor", "C minor"), loudness_lufs=-13.7, gain_db=-0.3,
        energy_planned=1.0, energy_measured=0.97, track_id="r7", file="tracks/07.flac",
    ),
    slot(
        8, "Last Ferry", start_s=492.0, end_s=581.4, heard_share=1.0, bpm_planned=None,
        loudness_lufs=-17.9, gain_db=3.9, energy_planned=0.3, energy_measured=0.34,
        track_id="s2", file="tracks/08.flac", warnings=("No beat is claimed in it.",),
    ),
)  # fmt: skip
JOINS = (
    join(1, 2, "blend", (70.857, 79.43, 88.0), bars=8, **good(),
         tried=("filter 0.71", "cut 0.44", "fade 0.12")),
    join(2, 3, "bridge", (152.0, 160.4, 170.0), bars=8,
         **good(beat_error_ms=2.6, tempo_step=0.0175),
         why="Eight new bars lead from one theme into the other better than a blend did.",
         tried=("blend 0.66", "filter 0.61")),
    join(3, 4, "filter", (229.0, 237.0, 245.0), bars=8, key_relation="relative",
         **good(beat_error_ms=6.4, beat_error_max_ms=14.8, vocal_overlap_s=6.2)),
    join(4, 6, "echo_out", (313.0, 320.0, 330.0), bars=4, key_relation="diagonal",
         **good(beat_error_ms=None, beat_error_max_ms=None, phrase_bars=(2.0, 0.0)),
         why="Slot 5 failed; the echo hides how far the two are apart."),
    join(6, 7, "drop_in", (404.0, 412.0, 420.0), bars=4, key_relation="clash",
         **good(tempo_step=0.0333, beat_error_ms=12.9, beat_error_max_ms=31.0,
                bass_overlap_beats=5.5, loudness_step_lu=4.9, phrase_bars=(0.5, 1.25))),
    join(7, 8, "fade", (492.0, 496.0, 500.0), bars=0, key_relation="unknown",
         why="The next track has no beat."),
)  # fmt: skip
EVENING = SetReport(
    title="Sunset, Then Some",
    brief=(
        "Nine minutes from an empty beach to a full floor and home again: warm, unhurried, "
        "a few voices, nothing that shouts."
    ),
    arc="journey",
    duration_s=581.4,
    asked_s=600.0,
    loudness_lufs=-14.05,
    true_peak_dbtp=-1.02,
    energy_agreement=0.964,
    renderer="sketch",
    slots=SLOTS,
    joins=JOINS,
    warnings=("Slot 5 failed and was left out, so the set is shorter than asked.",),
    files=("Sunset.mp3", "Sunset.flac", "Sunset.cue", "Sunset.m3u8", "rekordbox.xml", "set.json"),
)


def long_report(count: int) -> SetReport:
    """A set of `count` tracks of four minutes, about as wordy as sets are."""
    slots = tuple(
        slot(
            number, f"{LONG[:60]} {number}", decision="retimed", start_s=240.0 * (number - 1),
            end_s=240.0 * number + 15.0, heard_share=0.95, **tempos(120, 121.25, 120.5),
            **keys("A minor", "A minor", "A minor"), loudness_lufs=-14.2, gain_db=0.2,
            energy_planned=0.5, energy_measured=0.55, track_id="k3x9a0c2",
            file=f"tracks/{number}.flac",
            attempts=SLOTS[1].attempts, warnings=SLOTS[1].warnings,
        )
        for number in range(1, count + 1)
    )  # fmt: skip
    joins = tuple(
        join(number, number + 1, "blend", (start_s, start_s + 8.0, start_s + 15.0), **good(),
             tried=JOINS[0].tried)
        for number in range(1, count) for start_s in (240.0 * number,)
    )  # fmt: skip
    changed = {"slots": slots, "joins": joins, "duration_s": 240.0 * count, "asked_s": None}
    return EVENING.model_copy(update=changed)


def full_waveform(duration_s: float, steps: int = 4000) -> Waveform:
    """A waveform as large as they get, of noise."""
    random = np.random.default_rng(5)
    bands = [Band(*(random.bytes(steps) for _ in range(2))) for _ in range(3)]
    lufs = tuple(round(float(value), 1) for value in random.uniform(-30, -8, 1000))
    return Waveform(duration_s, duration_s / steps, *bands, duration_s / 1000, lufs)


def drawn(audio: np.ndarray) -> Waveform:
    drawing = WaveformDrawing()
    drawing.add(audio)
    return drawing.finish()
