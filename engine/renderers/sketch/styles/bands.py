"""Disco, pop and rock: the studio band."""

from __future__ import annotations

from engine.renderers.sketch.score import Room
from engine.renderers.sketch.styles.style import Arp, Bass, Comp, Groove, Kit, Style

DISCO = Style(
    name="disco",
    bpm=(110, 122),
    form="song",
    energy=0.75,
    minor=0.7,
    in_minor=(
        "i7 | iv7 | i7 | v7",
        "i9 | i9 | iv9 | iv9",
        "i7 | bVImaj7 | bVII | i7",
        "iv7 | bVII | bIIImaj7 | bVImaj7",
    ),
    in_major=(
        "ii7 | V9 | Imaj7 | vi7",
        "Imaj7 | vi7 | ii7 | V9",
        "IVmaj7 | V | iii7 | vi7",
    ),
    kit=Kit(
        patch="kit_acoustic",
        grooves=(
            Groove(
                "disco",
                {
                    "kick": "X... X... X... X...",
                    "snare": ".... X... .... X...",
                    "hat": "x.o. x.o. x.o. x.o.",
                    "hat_open": "..X. ..X. ..X. ..X.",
                    "tambourine": ".... x... .... x...",
                    "conga_high": "..o. .o.. ..o. .oo.",
                },
            ),
            Groove(
                "funk",
                {
                    "kick": "X..x ..x. ..x. .x..",
                    "snare": ".... X... .... X...",
                    "snare_ghost": "...g .g.g .g.. .g.g",
                    "hat": "xoxo xoxo xoxo xo.o",
                    "hat_open": ".... .... .... ..x.",
                    "cowbell": "x... o... x... o...",
                },
            ),
            Groove(
                "boogie",
                {
                    "kick": "X... x..o X... x...",
                    "clap": ".... X... .... X...",
                    "snare": ".... x... .... x...",
                    "hat": "xxox xxox xxox xxox",
                    "conga_low": "...x .... ...x ..x.",
                },
            ),
        ),
        waltz=Groove(
            "disco waltz",
            {
                "kick": "X... .... o...",
                "snare": ".... X... x...",
                "hat": "x.o. x.o. x.o.",
                "hat_open": "..X. ..X. ..X.",
                "tambourine": ".... x... x...",
            },
        ),
        compound=Groove(
            "disco in six",
            {
                "kick": "X..... X.....",
                "snare": "...... X.....",
                "hat": "x.o.o. x.o.o.",
                "hat_open": "....X. ....X.",
            },
        ),
        fills=("snares", "toms", "tom_cascade", "congas"),
        looseness=0.004,
    ),
    bass=Bass(
        ("slap_bass", "finger_bass"),
        (
            "1.8. 1.8. 1.8. 1.8.",
            "1.81 .18. 1.81 .185",
            "1..1 ..8. 1..1 5.7.",
            "1.8. 1.8. 3.5. 8.a.",
            "1... ..1. 1... ..5.",
            "1-.. ..8. 1-.. ..7.",
        ),
        low=28,
        gate=0.75,
    ),
    chords=Comp(
        ("clav", "muted_guitar", "epiano"),
        (
            "xo.x .ox. xo.x .ox.",
            "..x. ..xx ..x. ..xx",
            "x.xx .xx. x.xx .x.x",
            "..x. ..x. ..x. ..x.",
            "x... ..x. x... ..x.",
        ),
        gate=0.6,
    ),
    pad=("strings",),
    lead=("brass", "synth_brass", "flute"),
    cells=("riff", "syncopated"),
    counter=("strings", "brass"),
    bars_per_chord=(1, 2),
    room=Room(size=0.35, delay_beats=0.5, warmth=0.35),
)

POP = Style(
    name="pop",
    bpm=(98, 122),
    form="song",
    energy=0.65,
    minor=0.25,
    in_minor=("i | bVI | bIII | bVII", "bVI | bVII | i | bIII", "i | bVII | iv | bVI"),
    in_major=(
        "I | V | vi | IV",
        "vi | IV | I | V",
        "I | vi | IV | V",
        "IV | I | V | vi",
        "Iadd9 | iii | IV | V",
    ),
    kit=Kit(
        patch="kit_acoustic",
        grooves=(
            Groove(
                "radio",
                {
                    "kick": "X... ..x. X... ....",
                    "snare": ".... X... .... X...",
                    "hat": "x.o. x.o. x.o. x.o.",
                    "tambourine": "..o. ..o. ..o. ..o.",
                },
            ),
            Groove(
                "stomp",
                {
                    "kick": "X... x... X... x...",
                    "clap": ".... X... .... X...",
                    "snare": ".... o... .... o...",
                    "shaker": "x.xo x.xo x.xo x.xo",
                },
            ),
            Groove(
                "half stomp",
                {
                    "kick": "X..x ..x. ..x. ....",
                    "snare": ".... X... .... X...",
                    "hat": "xoxo xoxo xoxo xoxo",
                    "hat_open": ".... .... .... ..x.",
                },
            ),
        ),
        waltz=Groove(
            "pop waltz",
            {
                "kick": "X... .... ....",
                "snare": ".... o... x...",
                "hat": "x.o. x.o. x.o.",
            },
        ),
        compound=Groove(
            "ballad six",
            {
                "kick": "X..... ....o.",
                "snare": "...... X.....",
                "hat": "x.o.o. x.o.o.",
            },
        ),
        fills=("toms", "snares", "claps"),
        looseness=0.004,
    ),
    bass=Bass(
        ("finger_bass", "round_bass"),
        (
            "1-1- 1-1- 1-1- 1-1-",
            "1--1 --1- 1--1 --1-",
            "1--- --1- 1--- 5-..",
            "1--- ---- 1--- --a-",
        ),
        low=28,
    ),
    chords=Comp(
        ("piano", "clean_guitar", "epiano"),
        (
            "x--- x--- x--- x---",
            "x--x --x- x--x --x-",
            "l-u- u-u- l-u- u-u-",
            "x--- ---- x--- x---",
        ),
    ),
    pad=("strings", "warm_pad"),
    lead=("pluck", "clean_guitar", "piano", "bell"),
    cells=("lyrical", "syncopated"),
    arp=Arp(("pluck", "clean_guitar"), ("x.x. x.x. x.x. x.x.", "x..x ..x. x..x ..x.")),
    counter=("choir", "bell"),
    bars_per_chord=(1,),
    effects=True,
    room=Room(size=0.4, delay_beats=0.5, warmth=0.2),
)

ROCK = Style(
    name="rock",
    bpm=(108, 144),
    form="song",
    energy=0.8,
    minor=0.5,
    in_minor=("i5 | bVII5 | bVI5 | bVII5", "i5 | bIII5 | bVII5 | iv5", "i5 | i5 | bVI5 | bVII5"),
    in_major=(
        "I5 | bVII5 | IV5 | I5",
        "I5 | IV5 | V5 | IV5",
        "I5 | I5 | bVII5 | IV5",
        "vi5 | IV5 | I5 | V5",
    ),
    idiom="modal",
    kit=Kit(
        patch="kit_rock",
        grooves=(
            Groove(
                "backbeat",
                {
                    "kick": "X... ..x. X.x. ....",
                    "snare": ".... X... .... X...",
                    "hat": "X.x. X.x. X.x. X.x.",
                },
            ),
            Groove(
                "driving rock",
                {
                    "kick": "X.x. ..x. ..X. ..x.",
                    "snare": ".... X... .... X...",
                    "ride": "X.x. X.x. X.x. X.x.",
                    "hat_pedal": "x... x... x... x...",
                },
            ),
            Groove(
                "four on the floor rock",
                {
                    "kick": "X... X... X... X...",
                    "snare": ".... X... .... X...",
                    "hat_open": "x.x. x.x. x.x. x.x.",
                },
            ),
            Groove(
                "tom groove",
                {
                    "kick": "X..x .... X..x ....",
                    "snare": ".... X... .... X.xx",
                    "tom_low": "x.x. ..x. x.x. ....",
                    "hat_pedal": "x... x... x... x...",
                },
            ),
        ),
        waltz=Groove(
            "rock waltz",
            {
                "kick": "X... .... ..x.",
                "snare": ".... X... X...",
                "hat": "X.x. X.x. X.x.",
            },
        ),
        compound=Groove(
            "rock in six",
            {
                "kick": "X....x ......",
                "snare": "...... X.....",
                "hat": "X.x.x. X.x.x.",
            },
        ),
        fills=("toms", "snares", "tom_cascade", "flams"),
        layers={"ride": 0.4, "hat_open": 0.4, "tom_low": 0.4},
        looseness=0.005,
    ),
    bass=Bass(
        ("finger_bass",),
        (
            "1.1. 1.1. 1.1. 1.1.",
            "1.1. 1.1. 1.1. 5.a.",
            "1--. ..1. 1.1. ....",
            "1-1. 1-11 1-1. 1-a-",
        ),
        low=28,
        gate=0.85,
    ),
    chords=Comp(
        ("crunch_guitar",),
        (
            "X.xx X.xx X.xx X.xx",
            "X--- --x- X--- x-x-",
            "X-x. x.X- -.x. x.x.",
            "X--- ---- X--- ----",
        ),
        doubled=True,
    ),
    pad=("organ",),
    lead=("crunch_guitar", "clean_guitar", "organ"),
    cells=("riff", "lyrical"),
    counter=("clean_guitar", "piano"),
    bars_per_chord=(1, 2),
    pentatonic=True,
    room=Room(size=0.35, delay_beats=0.5, warmth=0.4),
)

BANDS = (DISCO, POP, ROCK)
