"""Drum & bass, dubstep and trap: broken beats over a bass that carries the piece."""

from __future__ import annotations

from engine.renderers.sketch.score import Room
from engine.renderers.sketch.styles.style import Arp, Bass, Comp, Groove, Kit, Style

DRUM_AND_BASS = Style(
    name="drum & bass",
    bpm=(171, 176),
    form="drops",
    energy=0.8,
    minor=0.9,
    in_minor=(
        "i9 | i9 | bVImaj7 | bVImaj7",
        "i7 | bVImaj7 | bIIImaj7 | bVII",
        "i | i | bVII | bVI",
        "iv7 | i7 | bVI | bVII",
    ),
    in_major=("Imaj9 | vi7 | IVmaj7 | V", "IVmaj7 | V | iii7 | vi7", "vi | IV | I | V"),
    kit=Kit(
        patch="kit_dnb",
        grooves=(
            Groove(
                "two-step",
                {
                    "kick": "X... .... ..X. ....",
                    "snare": ".... X... .... X...",
                    "snare_ghost": "...g ...g .g.. ...g",
                    "hat": "x.xo x.xo x.xo x.xo",
                    "shaker": "..o. ..o. ..o. ..o.",
                },
            ),
            Groove(
                "jungle",
                {
                    "kick": "X.X. .... ..XX .... X.X. .... ..X. ....",
                    "snare": ".... X..x .x.. X..x .... X..x .x.. ..X.",
                    "snare_ghost": "...g .g.. g..g .g.. ...g .g.. g..g g..g",
                    "ride": "x.x. x.x. x.x. x.x. x.x. x.x. x.x. x.x.",
                    "crash": ".... .... .... .... .... .... .... ..x.",
                },
            ),
            Groove(
                "liquid",
                {
                    "kick": "X... .... ..x. .... X... .... .xx. ....",
                    "snare": ".... X... .... X... .... X... .... X..o",
                    "rim": "..o. ..?o .o.. ..o. ..o. ..?o .o.. ....",
                    "ride": "x.o. x.o. x.o. x.o. x.o. x.o. x.o. x.o.",
                    "shaker": "oxox oxox oxox oxox oxox oxox oxox oxox",
                },
            ),
            Groove(
                "roller",
                {
                    "kick": "X..x .... ..X. ....",
                    "snare": ".... X... .... X...",
                    "hat_open": "..x. .... ..x. ....",
                    "hat": "x.x. xox. x.x. xox.",
                    "snare_ghost": ".... ..g. .g.. .g.g",
                },
            ),
        ),
        waltz=Groove(
            "broken waltz",
            {
                "kick": "X... .... ..x.",
                "snare": ".... X... ...x",
                "snare_ghost": "...g ..g. .g..",
                "hat": "x.xo x.xo x.xo",
            },
        ),
        compound=Groove(
            "broken six",
            {
                "kick": "X..... ..X...",
                "snare": "....X. ....X.",
                "snare_ghost": "..g..g g.....",
                "hat": "x.xox. x.xox.",
            },
        ),
        fills=("breaks", "snare_roll", "amen", "kick_out"),
        layers={"ride": 0.45, "snare_ghost": 0.5},
        looseness=0.002,
    ),
    bass=Bass(
        ("reese", "sub"),
        (
            "1--- ---- ..1- --..",
            "1--. ..1- -... 1-5-",
            "1-.. ..1. .1-- ..8.",
            "1--- ---- ---- --7- 5--- ---- ---- ----",
        ),
        low=28,
        slides=0.2,
    ),
    chords=Comp(
        ("epiano", "stab"),
        ("x--- ..x- ---- ....", "...x --.. ..x- --..", "x--- ---- ..x- ----"),
    ),
    pad=("dark_pad", "glass_pad", "strings"),
    lead=("pluck", "saw_lead", "flute"),
    cells=("syncopated", "lyrical"),
    counter=("bell", "sax"),
    bars_per_chord=(2, 4),
    duck=0.4,
    effects=True,
    room=Room(size=0.55, delay_beats=0.75, warmth=0.2),
)

DUBSTEP = Style(
    name="dubstep",
    bpm=(138, 142),
    form="drops",
    energy=0.85,
    minor=0.98,
    in_minor=("i | i | bVI | bVII", "i | i | i | bVI", "i | iv | bVI | v", "i | bIII | bVI | bVII"),
    in_major=("I | I | vi | IV", "vi | vi | IV | V", "I | iii | IV | V"),
    kit=Kit(
        patch="kit_dnb",
        grooves=(
            Groove(
                "half-time",
                {
                    "kick": "X... .... .... ....",
                    "snare": ".... .... X... ....",
                    "hat": "x.x. x.x. x.x. x.xo",
                    "hat_open": ".... .... .... ..x.",
                },
            ),
            Groove(
                "stagger",
                {
                    "kick": "X.... .x. .... ..x. X... .... .... .x..",
                    "snare": ".... .... X... .... .... .... X... ....",
                    "hat": "x..x ..x. x..x ..x. x..x ..x. xoxo xoxo",
                    "rim": ".... ..o. .... .o.. .... ..o. .... ....",
                },
            ),
            Groove(
                "dungeon",
                {
                    "kick": "X... ..X. .... ....",
                    "snare": ".... .... X... ....",
                    "clap": ".... .... x... ....",
                    "shaker": "xoxo xoxo xoxo xoxo",
                    "tom_low": ".... .... .... x..o",
                },
            ),
        ),
        waltz=Groove(
            "dub waltz",
            {
                "kick": "X... .... ....",
                "snare": ".... .... X...",
                "hat": "x.x. x.x. x.xo",
            },
        ),
        compound=Groove(
            "dub in six",
            {
                "kick": "X..... ......",
                "snare": "...... X.....",
                "hat": "x.x.x. x.x.xo",
            },
        ),
        fills=("snare_roll", "toms", "kick_out", "breaks"),
        layers={"hat": 0.35},
    ),
    bass=Bass(
        ("wobble",),
        (
            "1--- ---- 1--- 1-1-",
            "1--- --.. 1-1- 8---",
            "1-1- 1--- ..1- 7-5-",
            "1--- ---- ---- ---- 1-1- 1-1- 8--- 5---",
        ),
        low=29,
    ),
    chords=Comp(("supersaw", "stab"), ("x... .... ..x. ....", "x--- ---- x--- ----")),
    pad=("dark_pad", "strings"),
    lead=("square_lead", "saw_lead", "bell"),
    cells=("sparse", "riff"),
    counter=("choir", "synth_brass"),
    bars_per_chord=(1, 2),
    duck=0.5,
    effects=True,
    room=Room(size=0.6, delay_beats=0.75, warmth=0.4),
)

TRAP = Style(
    name="trap",
    bpm=(132, 150),
    form="beat",
    energy=0.65,
    minor=0.95,
    in_minor=("i | i | bVI | v", "i | bVI | i | bVII", "i | i | iv | v", "bVI | bVII | i | i"),
    in_major=("vi | vi | IV | I", "I | I | vi | V", "IV | V | vi | vi"),
    kit=Kit(
        patch="kit_808",
        grooves=(
            Groove(
                "rolls",
                {
                    "kick": "X..... .. ..x. .... X..x .... ..x. ....",
                    "snare": ".... .... X... .... .... .... X... ....",
                    "hat": "x.x. x.rr x.x. x.x. x.x. x.x. xrrr x.x.",
                    "hat_open": ".... .... .... ..x. .... .... .... ....",
                },
            ),
            Groove(
                "drill",
                {
                    "kick": "X..... x. .... .... X... .... ...x ..x.",
                    "snare": ".... .... X... .... .... .... .... X...",
                    "hat": "x..x ..x. x..x ..x. x..x ..x. x.rr r.x.",
                    "rim": ".... ...o .... .o.. .... .... ...o ....",
                },
            ),
            Groove(
                "southern",
                {
                    "kick": "X... ..x. ..x. ...x",
                    "clap": ".... .... X... ....",
                    "snare": ".... .... x... ....",
                    "hat": "xoxo xoxo xorr xoxo",
                    "cowbell": "..o. .... .... ..o.",
                },
            ),
        ),
        waltz=Groove(
            "trap waltz",
            {
                "kick": "X... ..x. ....",
                "snare": ".... .... X...",
                "hat": "x.x. x.rr x.x.",
            },
        ),
        compound=Groove(
            "trap in six",
            {
                "kick": "X..... ....x.",
                "snare": "...... X.....",
                "hat": "x.x.rr x.x.x.",
            },
        ),
        fills=("rolls", "snare_roll", "kick_out"),
        layers={"hat": 0.3, "clap": 0.35},
    ),
    bass=Bass(
        ("bass_808",),
        (
            "1--- --.. ..1- ----",
            "1--- ---- ..1- --s-",
            "1--- --1- --.. ..s-",
            "1--- ---- ---- ..5- 1--1 ---- ..s- ----",
        ),
        low=28,
        slides=0.35,
        gate=1.0,
    ),
    chords=Comp(
        ("bell", "piano", "pluck"),
        ("x--- ---- ---- ----", "l-u- --u- l-u- --u-", "l.u. u.l. u.u. l.u."),
    ),
    pad=("choir", "strings", "dark_pad"),
    lead=("bell", "flute", "pluck"),
    cells=("triplets", "sparse"),
    arp=Arp(("pluck", "bell"), ("x..x ..x. x..x ..x.", "x.x. x.x. x.x. x.x."), ("down", "skip")),
    counter=("synth_brass", "strings"),
    bars_per_chord=(1, 2),
    pentatonic=True,
    effects=True,
    room=Room(size=0.45, delay_beats=0.75, warmth=0.3),
)

BASS_MUSIC = (DRUM_AND_BASS, DUBSTEP, TRAP)
