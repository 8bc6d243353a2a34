"""House and deep house: four to the floor, chords and bass on the offbeats."""

from __future__ import annotations

from engine.renderers.sketch.score import Room
from engine.renderers.sketch.styles.style import Bass, Comp, Groove, Kit, Style

_FOUR = "x... x... x... x..."

HOUSE = Style(
    name="house",
    bpm=(120, 128),
    form="club",
    energy=0.7,
    minor=0.8,
    in_minor=(
        "i7 | i7 | bVImaj7 | bVII",
        "i7 | iv7 | bVImaj7 | v7",
        "i9 | bVImaj7 | bIIImaj7 | bVII",
        "iv7 | v7 | i7 | i7",
    ),
    in_major=(
        "Imaj7 | vi7 | ii7 | V7sus4",
        "IVmaj7 | iii7 | vi7 | vi7",
        "vi7 | IV | I | V",
    ),
    kit=Kit(
        patch="kit_909",
        grooves=(
            Groove(
                "classic",
                {
                    "kick": _FOUR,
                    "clap": ".... x... .... x...",
                    "hat_open": "..x. ..x. ..x. ..x.",
                    "hat": "o..o o..o o..o o..o",
                    "shaker": "oxoX oxoX oxoX oxoX",
                },
            ),
            Groove(
                "jacking",
                {
                    "kick": _FOUR,
                    "clap": ".... x... .... x..o",
                    "hat": "..X. ..X. ..X. ..Xo",
                    "hat_open": ".... ..x. .... ..x.",
                    "rim": "...o ..o. ...o ..o.",
                    "tambourine": "..o. .... ..o. ..o.",
                },
            ),
            Groove(
                "piano house",
                {
                    "kick": _FOUR,
                    "clap": ".... X... .... X...",
                    "hat_open": "..X. ..X. ..X. ..X.",
                    "ride": "x.o. x.o. x.o. x.o.",
                    "conga_high": "...o ..o. .... .o.o",
                    "conga_low": ".... .... ..x. ....",
                },
            ),
        ),
        waltz=Groove(
            "house waltz",
            {
                "kick": "X... .... ..o.",
                "clap": ".... x... x...",
                "hat_open": "..x. ..x. ..x.",
                "hat": "o..o o..o o..o",
                "shaker": "oxoX oxoX oxoX",
            },
        ),
        compound=Groove(
            "house in six",
            {
                "kick": "X..... x.....",
                "clap": "...... x.....",
                "hat_open": "....x. ....x.",
                "hat": "..x... ..x...",
                "shaker": "x.o.o. x.o.o.",
            },
        ),
        fills=("claps", "kick_out", "snare_roll", "hats"),
    ),
    bass=Bass(
        ("round_bass", "finger_bass"),
        (
            "..1. ..1. ..1. ..1.",
            "..1. ..1. ..1. ..18",
            "..1- ..1- ..1. 5.3.",
            "..1. .1.. ..1. .15.",
        ),
        low=29,
    ),
    chords=Comp(
        ("stab", "piano", "organ"),
        (
            "x..x ..x. ..x. ..x.",
            "x.-. ..x. .x.. x...",
            "..x. ..x. ..x. ..x.",
            "x..x ..x. x..x ..x.",
        ),
        gate=0.8,
    ),
    pad=("warm_pad", "strings"),
    lead=("pluck", "square_lead", "piano"),
    cells=("syncopated", "riff"),
    counter=("brass", "strings"),
    bars_per_chord=(1, 2),
    swing=(0.53, 1),
    duck=0.5,
    effects=True,
    room=Room(size=0.4, delay_beats=0.75, warmth=0.25),
)

DEEP_HOUSE = Style(
    name="deep house",
    bpm=(118, 123),
    form="club",
    energy=0.55,
    minor=0.9,
    in_minor=(
        "i9 | i9 | iv9 | iv9",
        "i9 | bVImaj9 | iv9 | v7",
        "i11 | i11 | bVImaj7 | bVII9",
        "iv9 | iv9 | i9 | i9",
    ),
    in_major=("Imaj9 | Imaj9 | vi9 | vi9", "ii9 | V9sus4 | Imaj9 | vi9", "IVmaj9 | Imaj9"),
    kit=Kit(
        patch="kit_909",
        grooves=(
            Groove(
                "late",
                {
                    "kick": _FOUR,
                    "rim": ".... x... .... x...",
                    "hat_open": "..o. ..o. ..o. ..o.",
                    "shaker": "x.oo x.oo x.oo x.oo",
                    "conga_low": "...x .... ..x. ....",
                    "conga_high": ".... ..o. ...o ..o.",
                },
            ),
            Groove(
                "after hours",
                {
                    "kick": _FOUR,
                    "clap": ".... o... .... o...",
                    "snare_ghost": "...g .... .g.. ...g",
                    "hat": "..x. ..xo ..x. o.x.",
                    "shaker": ".oxo .oxo .oxo .oxo",
                    "bongo_high": "..o. .o.. ..o. .oo.",
                },
            ),
            Groove(
                "broken",
                {
                    "kick": "x... x... x... x.o.",
                    "clap": ".... x... .... x...",
                    "rim": "..o. ...o ..o. .o..",
                    "hat": "o.x. o.x. o.x. o.xo",
                    "conga_slap": ".... ...x .... ....",
                },
            ),
        ),
        waltz=Groove(
            "deep waltz",
            {
                "kick": "x... .... .o..",
                "rim": ".... x... ..x.",
                "hat_open": "..o. ..o. ..o.",
                "shaker": "x.oo x.oo x.oo",
                "conga_low": "...x .... ..x.",
            },
        ),
        compound=Groove(
            "deep six",
            {
                "kick": "x..... x.....",
                "rim": "...... x...o.",
                "hat_open": "....o. ....o.",
                "shaker": "x.oooo x.oooo",
                "conga_low": "..x... ....x.",
            },
        ),
        fills=("rims", "kick_out", "hats", "congas"),
    ),
    bass=Bass(
        ("round_bass", "sub"),
        (
            "1-.. ..1. ...1 -.5.",
            "1--. ..8. ..1. .7..",
            "..1- ...1 ..5- ..7.",
            "1-.1 .... ..1- .35.",
        ),
        low=29,
    ),
    chords=Comp(
        ("epiano", "stab"),
        (
            "...x --.. ..x- ....",
            "x-.. ..x- --.. ....",
            "..x- .... .x-- ....",
            "x--- ...x ---- ....",
        ),
    ),
    pad=("warm_pad", "dark_pad"),
    lead=("vibraphone", "epiano", "pluck", "flute"),
    cells=("sparse", "syncopated"),
    counter=("sax", "trumpet"),
    bars_per_chord=(1, 2),
    swing=(0.57, 1),
    duck=0.4,
    effects=True,
    room=Room(size=0.5, delay_beats=0.75, warmth=0.45),
)

CLUB = (HOUSE, DEEP_HOUSE)
