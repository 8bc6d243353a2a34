"""Drafts of sets as language models and people get them wrong, and what each must become.

What a value means is written beside it; None: whatever it becomes, it must be usable.
"""

from __future__ import annotations

import json
from typing import Any

OPEN = object()
"""The field must be open in the plan."""

SLOTS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Tempos
    ({"tempo": 128}, {"bpm": 128}),
    ({"BPM": "128"}, {"bpm": 128}),
    ({"beats_per_minute": 128}, {"bpm": 128}),
    ({"beatsPerMinute": "128 bpm"}, {"bpm": 128}),
    ({"bpm": "128 BPM"}, {"bpm": 128}),
    ({"bpm": "approx. 124"}, {"bpm": 124}),
    ({"bpm": "120-124"}, {"bpm": 122}),
    ({"bpm": [120, 124]}, {"bpm": 122}),
    ({"bpm": {"min": 120, "max": 124}}, {"bpm": 122}),
    ({"bpm": [126]}, {"bpm": 126}),
    ({"bpm": 20}, {"bpm": 40}),
    ({"bpm": 348}, {"bpm": 174}),
    ({"bpm": 9999}, {"bpm": OPEN}),
    ({"bpm": 0}, {"bpm": OPEN}),
    ({"bpm": -5}, {"bpm": OPEN}),
    ({"bpm": "fast"}, {"bpm": OPEN}),
    ({"bpm": None}, {"bpm": OPEN}),
    ({"bpm": ""}, {"bpm": OPEN}),
    ({"bpm": True}, {"bpm": OPEN}),
    ({"bpm": "127,5"}, {"bpm": 127.5}),
    # Keys
    ({"key": "A min"}, {"key": "A minor"}),
    ({"key": "Am"}, {"key": "A minor"}),
    ({"key": "8a"}, {"key": "A minor"}),
    ({"key": "F♯ minor"}, {"key": "F# minor"}),
    ({"key": "H minor"}, {"key": "B minor"}),
    ({"key": "Hm"}, {"key": "B minor"}),
    ({"key": "A-moll"}, {"key": "A minor"}),
    ({"key": "Fis-Moll"}, {"key": "F# minor"}),
    ({"tonart": "Es-Dur"}, {"key": "Eb major"}),
    ({"key": "B-Dur"}, {"key": "Bb major"}),
    ({"key": "A minor (8A)"}, {"key": "A minor"}),
    ({"key": "C#/Db minor"}, {"key": "C# minor"}),
    ({"key_scale": "D Dorian"}, {"key": "D minor"}),
    ({"camelot": "4A"}, {"key": "F minor"}),
    ({"key": {"root": "G", "mode": "minor"}}, {"key": "G minor"}),
    ({"key": "8C"}, {"key": OPEN}),
    ({"key": "X major"}, {"key": OPEN}),
    ({"key": "auto"}, {"key": OPEN}),
    ({"key": 7}, {"key": OPEN}),
    ({"key": ["Am", "Em"]}, {"key": "A minor"}),
    # Lengths
    ({"duration": 180}, {"minutes": 3}),
    ({"duration": 3}, {"minutes": 3}),
    ({"duration": "3:30"}, {"minutes": 3.5}),
    ({"length": "3 min"}, {"minutes": 3}),
    ({"duration_s": 210}, {"minutes": 3.5}),
    ({"durationSeconds": "210"}, {"minutes": 3.5}),
    ({"duration_ms": 210000}, {"minutes": 3.5}),
    ({"seconds": 240}, {"minutes": 4}),
    ({"minutes": "1,5"}, {"minutes": 1.5}),
    ({"minutes": "3m30s"}, {"minutes": 3.5}),
    ({"minutes": 180}, {"minutes": 3}),
    ({"duration": "PT4M"}, {"minutes": 4}),
    ({"minutes": 15}, {"minutes": 10}),
    ({"duration": 9999}, {"minutes": 10}),
    ({"minutes": 0.01}, {"minutes": 10 / 60}),
    ({"duration": "long"}, {"minutes": OPEN}),
    ({"minutes": -3}, {"minutes": OPEN}),
    ({"bars": "64 bars", "bpm": 128}, {"bars": 64, "bpm": 128}),
    ({"bars": 64.0, "bpm": 128, "minutes": 2}, {"bars": 64, "minutes": OPEN}),
    ({"bars": 64, "minutes": 2}, {"bars": OPEN, "minutes": 2}),
    ({"bars": 5000, "bpm": 120}, {"bars": 300}),
    ({"bars": 0}, {"bars": OPEN}),
    # Energies
    ({"energy": 7.0}, {"energy": 0.7}),
    ({"energy": 70}, {"energy": 0.7}),
    ({"energy": "70%"}, {"energy": 0.7}),
    ({"energy": "7/10"}, {"energy": 0.7}),
    ({"energy": "high"}, {"energy": 0.8}),
    ({"energy_level": "Very High"}, {"energy": 0.95}),
    ({"energy": "purple"}, {"energy": OPEN}),
    ({"energy": -1}, {"energy": 0}),
    # Names of fields
    ({"name": "Doors"}, {"title": "Doors"}),
    ({"Title": "Doors"}, {"title": "Doors"}),
    ({"genre": "house"}, {"style": "house"}),
    ({"genres": ["house", "disco"]}, {"style": "house, disco"}),
    ({"mood": "melancholic"}, {"caption": "warm deep house, melancholic"}),
    ({"instruments": ["rhodes", "bass"]}, {"caption": "warm deep house, rhodes, bass"}),
    ({"artist": "Nobody", "title": "Doors"}, {"title": "Nobody - Doors"}),
    ({"title": ["Doors"]}, {"title": "Doors"}),
    ({"title": 99}, {"title": "99"}),
    ({"details": {"tempo": 120, "key": "Am"}}, {"bpm": 120, "key": "A minor"}),
    ({"vibe_score": 11, "whatever": {"a": 1}}, {}),
    ({"title": "Un\u0000known\u200b   Pleasures"}, {"title": "Un known Pleasures"}),
    ({"title": "word " * 40}, {"title": ("word " * 16).strip()}),
    ({"caption": "deep house with " + "very " * 200 + "warm pads"}, {}),
    # Voices
    ({"instrumental": "yes"}, {"instrumental": True}),
    ({"instrumental": "nein"}, {"instrumental": False}),
    ({"instrumental": 1}, {"instrumental": True}),
    ({"vocals": False}, {"instrumental": True}),
    ({"vocals": "female, breathy"}, {"instrumental": False}),
    ({"lyrics": "[Verse]\nla la", "instrumental": True}, {"instrumental": OPEN}),
    (
        {"lyrics": ["[Verse]", "one more", "for the road"]},
        {"lyrics": "[Verse]\none more\nfor the road"},
    ),
    ({"lyrics": {"verse": "one", "chorus": "two"}}, {"lyrics": "[Verse]\none\n[Chorus]\ntwo"}),
    ({"lyrics": "Instrumental"}, {"lyrics": OPEN, "instrumental": True}),
    ({"lyrics": "N/A"}, {"lyrics": OPEN}),
    ({"lyrics": "la la", "language": "German"}, {"language": "de"}),
    ({"lyrics": "la la", "vocal_language": "pt-BR"}, {"language": "pt"}),
    ({"lyrics": "la la", "lang": "klingon"}, {"language": OPEN}),
    ({"lyrics": "la " * 3000}, {}),
    # Metres
    ({"time_signature": 3}, {"time_signature": "3/4"}),
    ({"time_signature": "4/4 time"}, {"time_signature": "4/4"}),
    ({"meter": "6/8"}, {"time_signature": "6/8"}),
    ({"timeSignature": "4"}, {"time_signature": "4/4"}),
    ({"time_signature": "7/8"}, {"time_signature": OPEN}),
    # Transitions
    ({"transition": "crossfade 16 bars"}, {"transition": {"type": "blend", "bars": 16}}),
    ({"transition": "beatmatch"}, {"transition": {"type": "blend", "bars": None}}),
    ({"transition_to_next": "fade out"}, {"transition": {"type": "fade", "bars": None}}),
    ({"transition_note": "echo"}, {"transition": {"type": "echo_out", "bars": None}}),
    ({"transitionStyle": "hard cut"}, {"transition": {"type": "cut", "bars": None}}),
    ({"transition": {"type": "blend", "bars": 12}}, {"transition": {"type": "blend", "bars": 8}}),
    (
        {"transition": {"style": "filter", "beats": 32}},
        {"transition": {"type": "filter", "bars": 8}},
    ),
    (
        {"transition": {"type": "crossfade", "duration": 16}},
        {"transition": {"type": "blend", "bars": 8}},
    ),
    ({"transition": 64}, {"transition": {"type": None, "bars": 32}}),
    ({"transition": "vibes"}, {"transition": OPEN}),
    ({"transition": ["blend"], "transition_bars": 8}, {"transition": {"type": "blend", "bars": 8}}),
    # Seeds and flags
    ({"seed": "42"}, {"seed": 42}),
    ({"seed": -1}, {"seed": OPEN}),
    ({"seed": "random"}, {"seed": OPEN}),
    ({"seed": 2**40 + 5}, {"seed": 5}),
    ({"locked": "yes"}, {"locked": True}),
    # What is out of place
    ({"similarity": 0.5, "windows": [], "side": "end"}, {"similarity": OPEN, "side": OPEN}),
    ({"track": "crate/old.flac"}, {"track": "crate/old.flac", "caption": OPEN}),
    ({"track": ""}, {"track": OPEN, "caption": "warm deep house"}),
    ({"track": "Blue Monday"}, {"track": OPEN, "title": "Blue Monday"}),
    ({"track": {"title": "Doors", "bpm": 120}}, {"title": "Doors", "bpm": 120}),
    ({"cover": 7}, {"cover": OPEN, "caption": "warm deep house"}),
    ({"extend": "nothing known"}, {"extend": OPEN, "caption": "warm deep house"}),
]
"""What is written in the first slot beside a caption, and what it must hold in the plan."""

REFERENCES: list[tuple[list[Any], int, dict[str, Any]]] = [
    ([{"title": "A", "caption": "x"}, {"cover": "A", "style": "dub"}], 2, {"cover": "A"}),
    ([{"title": "A", "caption": "x"}, {"cover": "a", "style": "dub"}], 2, {"cover": 1}),
    ([{"caption": "x"}, {"cover": "slot 1", "style": "dub"}], 2, {"cover": 1}),
    ([{"caption": "x"}, {"cover": "Track #1", "style": "dub"}], 2, {"cover": 1}),
    ([{"caption": "x"}, {"cover": 1.0, "style": "dub"}], 2, {"cover": 1}),
    ([{"caption": "x"}, {"cover": 0, "style": "dub"}], 2, {"cover": 1}),
    ([{"caption": "x"}, {"cover": "previous track", "style": "dub"}], 2, {"cover": 1}),
    ([{"caption": "x"}, {"cover": {"slot": 1}, "style": "dub"}], 2, {"cover": 1}),
    ([{}, {"caption": "x"}, {"cover": 2, "style": "dub"}], 2, {"cover": 1}),
    ([{"caption": "x"}, {"task_type": "cover", "source": 1, "caption": "dub"}], 2, {"cover": 1}),
    ([{"caption": "x"}, {"remix_of": 1, "title": "Dub"}], 2, {"cover": 1, "caption": "Dub"}),
    ([{"caption": "x"}, {"cover": 2, "caption": "itself"}], 2, {"cover": OPEN}),
    ([{"caption": "x"}, {"extend": 1}], 2, {"extend": 1, "seconds": 30}),
    ([{"caption": "x"}, {"extend": 1, "duration": "20 s"}], 2, {"seconds": 20}),
    ([{"caption": "x"}, {"extend": 1, "seconds": 900, "side": "intro"}], 2,
     {"seconds": 300, "side": "start"}),
    ([{"caption": "x"}, {"repaint": 1, "start": 30, "end": "0:45"}], 2,
     {"windows": [{"start_s": 30, "end_s": 45}]}),
    ([{"caption": "x"}, {"repaint": 1, "windows": [[40, 60], [30, 45]]}], 2,
     {"windows": [{"start_s": 30, "end_s": 60}]}),
    ([{"caption": "x"}, {"repaint": "a.wav", "windows": "0:10-0:20"}], 2,
     {"windows": [{"start_s": 10, "end_s": 20}]}),
    ([{"caption": "x"}, {"repaint": "crate/a.wav"}], 2, {"repaint": OPEN, "track": "crate/a.wav"}),
    ([{"caption": "x"}, {"repaint": 1, "caption": "y"}], 2, {"repaint": OPEN, "caption": "y"}),
    ([{"caption": "x"}, {"track": "a.wav", "cover": 1}], 2, {"track": "a.wav", "cover": OPEN}),
    ([{"index": 2, "caption": "b"}, {"index": 1, "caption": "a"}], 1, {"caption": "a"}),
    ([{"index": 0, "caption": "a"}, {"index": 1, "cover": 0, "style": "dub"}], 2, {"cover": 1}),
    ([{"index": 3, "caption": "b"}, {"index": 3, "caption": "a"}], 1, {"caption": "b"}),
    ([{"track": 1, "caption": "a"}, {"track": 2, "caption": "b"}], 2, {"track": OPEN}),
    (["Daft Nobody - Around Again", "slow dub, tape echo"], 1,
     {"title": "Daft Nobody - Around Again", "caption": "Daft Nobody - Around Again"}),
    (["Night Drive: dark techno, acid (128 BPM, A minor, 3:30)"], 1,
     {"title": "Night Drive", "caption": "dark techno, acid", "bpm": 128, "key": "A minor",
      "minutes": 3.5}),
    ([{"style": "jungle"}], 1, {"caption": "jungle"}),
    ([{"title": "Harbour"}], 1, {"caption": "Harbour"}),
    ([{"caption": "n/a", "mood": "dark"}], 1, {"caption": "dark"}),
    ([{"caption": "a"}, None, 5, [], {"bpm": 120}, "..."], 1, {"caption": "a"}),
    ([{"energy": 1, "caption": "a"}, {"energy": 9, "caption": "b"}], 1, {"energy": 0.1}),
    ([{"caption": "a", "bpm": 120, "transition": "beatmatch"}, {"caption": "b", "bpm": 174}], 1,
     {"transition": OPEN}),
    ([{"caption": "a", "minutes": 1, "bpm": 120, "transition": {"type": "blend", "bars": 32}},
      {"caption": "b"}], 1, {"transition": {"type": "blend", "bars": 8}}),
    ([{"caption": "a", "transition": "blend"}, {"caption": "b", "time_signature": "3/4"}], 1,
     {"transition": OPEN}),
]  # fmt: skip
"""Slots, and what one of them must hold in the plan."""

SETS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"name": "Friday"}, {"title": "Friday"}),
    ({"duration": 10}, {"minutes": 10}),
    ({"duration": "10 minutes"}, {"minutes": 10}),
    ({"total_duration": "0:10:00"}, {"minutes": 10}),
    ({"duration_seconds": 600}, {"minutes": 10}),
    ({"minutes": "10"}, {"minutes": 10}),
    ({"minutes": 9999}, {"minutes": 20}),
    ({"minutes": None}, {"minutes": OPEN}),
    ({"bpm": "118-124"}, {"bpm": [118, 124]}),
    ({"bpm": {"min": 118, "max": 124}}, {"bpm": [118, 124]}),
    ({"bpm_range": [124, 118]}, {"bpm": [118, 124]}),
    ({"min_bpm": 118, "max_bpm": 124}, {"bpm": [118, 124]}),
    ({"bpm": "house tempo"}, {"bpm": OPEN}),
    ({"arc": "slow build"}, {"arc": "build"}),
    ({"arc": "wind-down"}, {"arc": "wind_down"}),
    ({"arc": "rise then fall"}, {"arc": "peak"}),
    ({"arc": "peak_valley"}, {"arc": "wave"}),
    ({"energyArc": "a journey"}, {"arc": "journey"}),
    ({"energy": "building"}, {"arc": "build"}),
    ({"arc": "zigzag"}, {"arc": OPEN}),
    ({"order": "shuffle"}, {"order": "free"}),
    ({"renderer": "ACE Step!"}, {"renderer": OPEN}),
    ({"seed": "7"}, {"seed": 7}),
    ({"version": "2.0"}, {"version": 1}),
    ({"num_tracks": 8}, {}),
    ({"brief": "warm " * 600}, {}),
    ({"notes": ["keep it warm", "no vocals"]}, {"brief": "keep it warm, no vocals"}),
    ({"unknown": {"deep": {"deeper": [1, 2, 3]}}}, {}),
]
"""What is written beside two slots, and what the plan must hold."""

SHARED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"settings": {"bpm": "124 BPM", "key": "Am", "duration": 180}},
     {"bpm": 124, "key": "A minor", "minutes": 3}),
    ({"genre": "house", "instrumental": True}, {"style": "house", "instrumental": True}),
    ({"bpm": 124}, {"bpm": 124}),
    ({"defaults": {"transition": "crossfade", "minutes": 4}},
     {"transition": {"type": "blend", "bars": None}, "minutes": 4}),
    ({"settings": {"lyrics_language": "German", "mood": "dark"}}, {"language": OPEN}),
]  # fmt: skip
"""What is said once for all slots, and what each slot must hold."""


def with_slot(fields: dict[str, Any]) -> str:
    return json.dumps({"slots": [{"caption": "warm deep house", **fields}, {"caption": "techno"}]})


def with_slots(slots: list[Any]) -> str:
    return json.dumps({"slots": slots})


def with_set(fields: dict[str, Any]) -> str:
    return json.dumps({**fields, "slots": [{"caption": "warm deep house"}, {"caption": "techno"}]})
