"""Jazz, reggae and latin: styles whose rhythm section speaks a language of its own."""

from __future__ import annotations

from engine.renderers.sketch.score import Room
from engine.renderers.sketch.styles.style import Bass, Comp, Groove, Kit, Style

JAZZ = Style(
    name="jazz",
    bpm=(112, 168),
    form="jazz",
    energy=0.55,
    minor=0.4,
    in_minor=(
        "i6 | ii7b5 V7b9 | i6 | bVImaj7 V7alt | iv7 | bVII9 | ii7b5 V7b9 | i6",
        "i7 | i7 | iv7 | i7 | ii7b5 | V7alt | i6 | ii7b5 V7b9",
        "iv7 | bVII9 | bIIImaj7 | bVImaj7 | ii7b5 | V7b9 | i6 | i6",
    ),
    in_major=(
        "ii7 | V13 | Imaj9 | VI7alt | ii7 | V7b9 | Imaj7 | VI7b9",
        "Imaj7 vi7 | ii7 V13 | iii7 VI7alt | ii7 V7b9 | I69 | IV7#11 | iii7 VI7b9 | ii7 V7alt",
        "I7 | IV7 | I7 | I7 | IV9 | IV9 | I13 | VI7alt | ii7 | V13 | I7 VI7b9 | ii7 V7alt",
        "Imaj9 | Imaj7 | ii7 | V9 | iii7 | VI7b9 | ii7 V13 | I69",
    ),
    idiom="chromatic",
    kit=Kit(
        patch="kit_jazz",
        grooves=(
            Groove(
                "swing",
                {
                    "ride": "x... x.o. x... x.o.",
                    "hat_pedal": ".... x... .... x...",
                    "kick": "o... .... o... ....",
                    "snare_ghost": "..?. ..?. .... ..?.",
                },
            ),
            Groove(
                "conversation",
                {
                    "ride": "x.o. x... x.o. x.o. x... x.o. x... x.o.",
                    "hat_pedal": ".... x... .... x... .... x... .... x...",
                    "snare_ghost": "..g. .... ..g. ..?. .... ..g. ..?. ..g.",
                    "kick": ".... ..o. .... .... .... .... ..o. ....",
                },
            ),
            Groove(
                "brushes",
                {
                    "brush": "x.o. x.o. x.o. x.o.",
                    "hat_pedal": ".... x... .... x...",
                    "kick": "o... .... o... ....",
                    "ride": "x... .... .... ....",
                },
            ),
        ),
        waltz=Groove(
            "jazz waltz",
            {
                "ride": "x... x.o. x.o.",
                "hat_pedal": ".... x... x...",
                "kick": "o... .... ....",
                "snare_ghost": ".... ..?. ..?.",
            },
        ),
        compound=Groove(
            "afro blue",
            {
                "ride": "x.x.xo x.x.xo",
                "hat_pedal": "....x. ....x.",
                "kick": "o..... ..o...",
                "rim": "..x... ..x.x.",
            },
        ),
        fills=("swung", "brushes", "none"),
        layers={"ride": 0.1, "hat_pedal": 0.1, "kick": 0.3, "brush": 0.1, "snare_ghost": 0.35},
        looseness=0.006,
    ),
    bass=Bass(
        ("upright",), ("1--- 3--- 5--- a---",), low=28, gate=0.95, walking=True, gain_db=-1.5
    ),
    chords=Comp(
        ("piano", "clean_guitar", "epiano"),
        (
            "x... ..x. .... ....",
            "..x. .... ..x. ..x-",
            ".... ..x- .... ..x.",
            "x--- ---. ..x- ....",
        ),
        gate=0.7,
    ),
    lead=("sax", "trumpet", "vibraphone"),
    cells=("swing",),
    counter=("piano", "trumpet", "vibraphone"),
    bars_per_chord=(1,),
    swing=(0.645, 2),
    room=Room(size=0.35, delay_beats=0.5, warmth=0.3),
)

REGGAE = Style(
    name="reggae",
    bpm=(68, 84),
    form="song",
    energy=0.55,
    minor=0.55,
    in_minor=("i7 | iv7", "i | i | bVII | bVII", "i | bVII | bVI | v", "i7 | i7 | iv7 | v7"),
    in_major=("I | IV | V | IV", "I | ii | I | ii", "I | V | vi | IV", "I | IV"),
    kit=Kit(
        patch="kit_acoustic",
        grooves=(
            Groove(
                "one drop",
                {
                    "kick": ".... .... X... ....",
                    "rim": ".... .... X... ....",
                    "hat": "x.xo x.x. x.xo x.x.",
                    "hat_open": ".... .... .... ..?.",
                },
            ),
            Groove(
                "rockers",
                {
                    "kick": "X... .... x.x. ....",
                    "snare": ".... .... X... ....",
                    "hat": "x.x. xox. x.x. xox.",
                    "rim": "...o ..o. .... .o..",
                },
            ),
            Groove(
                "steppers",
                {
                    "kick": "X... X... X... X...",
                    "rim": ".... .... X... ...o",
                    "hat": "..x. ..x. ..x. ..xo",
                    "shaker": "x.o. x.o. x.o. x.o.",
                },
            ),
        ),
        waltz=Groove(
            "drop waltz",
            {
                "kick": ".... .... X...",
                "rim": ".... .... X...",
                "hat": "x.xo x.x. x.xo",
            },
        ),
        compound=Groove(
            "drop in six",
            {
                "kick": "...... X.....",
                "rim": "...... X...o.",
                "hat": "x.x.x. x.x.xo",
            },
        ),
        fills=("timbales", "toms", "rims"),
        layers={"kick": 0.15, "rim": 0.2, "hat": 0.2},
        looseness=0.006,
    ),
    bass=Bass(
        ("dub_bass",),
        (
            "1--. 1-.. 5-3- 1-..",
            "..1- 1-.. ..5- 3-1-",
            "1--- ..1. 3-5- ....",
            "1-.1 -.3- .... 5-8-",
        ),
        low=28,
    ),
    chords=Comp(
        ("muted_guitar", "organ"),
        ("..x. ..x. ..x. ..x.", "..xo ..x. ..xo ..x.", "..x. ..xo ..x. ..xo"),
        gate=0.6,
    ),
    pad=("organ",),
    lead=("trumpet", "sax", "clean_guitar"),
    cells=("syncopated", "lyrical"),
    counter=("brass", "clav"),
    bars_per_chord=(1, 2),
    swing=(0.54, 1),
    room=Room(size=0.55, delay_beats=0.75, warmth=0.5),
)

LATIN = Style(
    name="latin",
    bpm=(92, 108),
    form="song",
    energy=0.7,
    minor=0.6,
    in_minor=("i | iv | V7 | V7", "i | V7 | V7 | i", "i | bVII | bVI | V7", "iv7 | bVII | i | V7"),
    in_major=("I | IV | V7 | IV", "I | vi7 | ii7 | V7", "ii7 | V7 | I | I"),
    idiom="chromatic",
    kit=Kit(
        patch="kit_latin",
        grooves=(
            Groove(
                "salsa",
                {
                    "clave": "x..x ..x. ..x. x...",
                    "timbale": "x.xx .x.x x.x. xx.x",
                    "conga_slap": "..x. .... ..x. ....",
                    "conga_high": "o... ..xx o... ..xx",
                    "conga_low": ".... .... ...x ....",
                    "cowbell": "x.o. x.o. x.xo x.xo",
                    "kick": "...o .... ...o ....",
                },
            ),
            Groove(
                "bossa nova",
                {
                    "kick": "x..o x..o x..o x..o",
                    "rim": "x..x ..x. ..x. .x..",
                    "hat": "xoxo xoxo xoxo xoxo",
                    "shaker": "x.oo x.oo x.oo x.oo",
                },
            ),
            Groove(
                "reggaeton",
                {
                    "kick": "X... x... X... x...",
                    "snare": "...x ..x. ...x ..x.",
                    "hat": "x.x. x.x. x.x. x.x.",
                    "timbale": ".... .... .... .oox",
                    "conga_low": "..o. .... ..o. ..o.",
                },
            ),
        ),
        waltz=Groove(
            "vals",
            {
                "kick": "x... .... ....",
                "conga_slap": ".... x... x...",
                "conga_high": "..o. ..o. ..oo",
                "clave": "x... ..x. x...",
                "shaker": "xoxo xoxo xoxo",
            },
        ),
        compound=Groove(
            "bembe",
            {
                "cowbell": "x.x.xx .x.x.x",
                "conga_low": "x..... ....x.",
                "conga_slap": "....x. ..x...",
                "shaker": "x.o.o. x.o.o.",
                "kick": "x..... x.....",
            },
        ),
        fills=("timbales", "congas", "toms"),
        layers={"clave": 0.3, "conga_high": 0.2, "conga_slap": 0.2, "kick": 0.3, "timbale": 0.55},
        looseness=0.005,
    ),
    bass=Bass(
        ("finger_bass", "upright"),
        (
            "...1 --5- ...1 --n-",
            "1..5 --8- ...5 --n-",
            "1--. ..5- 5--. ..1-",
            "...3 --5- ...1 --n-",
        ),
        low=28,
    ),
    chords=Comp(
        ("piano", "nylon_guitar"),
        (
            "x.ul .u.l .u.l .u.l",
            "l.u. l.ul .u.l .u.u",
            "x..x ..x. ..x. ..x.",
            "x..x ..x. ..x. .x..",
        ),
        gate=0.85,
    ),
    pad=(),
    lead=("trumpet", "brass", "flute"),
    cells=("syncopated", "riff"),
    counter=("brass", "vibraphone"),
    bars_per_chord=(1,),
    room=Room(size=0.35, delay_beats=0.5, warmth=0.25),
)

ROOTS = (JAZZ, REGGAE, LATIN)
