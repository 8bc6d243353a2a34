"""Hip hop, lo-fi, synthwave and ambient: from the sampler to the tape machine."""

from __future__ import annotations

from engine.renderers.sketch.score import Room
from engine.renderers.sketch.styles.style import Arp, Bass, Comp, Groove, Kit, Style

HIP_HOP = Style(
    name="hip hop",
    bpm=(84, 96),
    form="beat",
    energy=0.6,
    minor=0.85,
    in_minor=(
        "i7 | i7 | iv7 | i7",
        "i9 | bVImaj7 | iv7 | v7",
        "i7 | bVII | bVImaj7 | v7",
        "i7 | iv9",
    ),
    in_major=("Imaj7 | vi7 | ii7 | V", "ii7 | iii7 | ii7 | iii7", "IVmaj7 | iii7 | vi7 | vi7"),
    kit=Kit(
        patch="kit_lofi",
        grooves=(
            Groove(
                "boom bap",
                {
                    "kick": "X..x .... ..X. .... X... ...x .xX. ....",
                    "snare": ".... X... .... X... .... X... .... X..g",
                    "snare_ghost": "...g ...g .g.. ...g ...g ...g .g.. ....",
                    "hat": "x.x. x.x. x.x. x.x. x.x. x.x. x.x. xox.",
                    "hat_open": ".... .... .... .... .... .... .... ..x.",
                },
            ),
            Groove(
                "head nod",
                {
                    "kick": "X.x. .... ..x. ....",
                    "snare": ".... X... .... X...",
                    "hat": "x.xo x.x. x.xo x.x.",
                    "tambourine": ".... x... .... x...",
                    "rim": ".... ..?. .... ...?",
                },
            ),
            Groove(
                "golden era",
                {
                    "kick": "X... ..x. .xx. .... X... ..x. ..x. ....",
                    "snare": ".... X... .... X... .... X... .... X...",
                    "ride": "x.x. x.x. x.x. x.x. x.x. x.x. x.x. x.x.",
                    "snare_ghost": ".... .g.g .... .g.. .... .g.g .... .g.g",
                    "cowbell": ".... .... .... .... .... .... ..o. ....",
                },
            ),
        ),
        waltz=Groove(
            "boom bap waltz",
            {
                "kick": "X..x .... ..x.",
                "snare": ".... X... ....",
                "snare_ghost": ".... ...g .g.g",
                "hat": "x.x. x.x. x.x.",
            },
        ),
        compound=Groove(
            "boom bap in six",
            {
                "kick": "X....x ......",
                "snare": "...... X.....",
                "snare_ghost": "..g... ....g.",
                "hat": "x.x.x. x.x.x.",
            },
        ),
        fills=("kick_out", "breaks", "rims"),
        layers={"ride": 0.45, "snare_ghost": 0.45},
        looseness=0.006,
    ),
    bass=Bass(
        ("upright", "finger_bass", "sub"),
        (
            "1--. .... ..1- 5-..",
            "1-.1 .... ..1. .7..",
            "1--- ..3- ..5- ....",
            "1-.. ..1. .11. ..5-",
        ),
        low=28,
    ),
    chords=Comp(
        ("epiano", "piano", "stab"),
        ("x--- --.. ..x- --..", "x... ..x. .... ..x.", "..x- .... ..x- ...."),
    ),
    pad=("strings",),
    lead=("piano", "trumpet", "flute", "vibraphone"),
    cells=("sparse", "syncopated"),
    counter=("brass", "sax"),
    bars_per_chord=(1,),
    pentatonic=True,
    swing=(0.59, 1),
    room=Room(size=0.3, delay_beats=0.5, warmth=0.6, noise=0.15),
)

LO_FI = Style(
    name="lo-fi",
    bpm=(70, 84),
    form="beat",
    energy=0.4,
    minor=0.45,
    in_minor=(
        "i9 | iv9 | bVII9 | bIIImaj9",
        "bVImaj7 | v7 | i9 | i9",
        "i9 | bVImaj9 | bIIImaj9 | bVII9",
        "iv9 | bVII9 | bIIImaj7 | bVImaj7",
    ),
    in_major=(
        "IVmaj9 | iii7 | vi9 | Imaj9",
        "ii9 | V13 | Imaj9 | vi9",
        "Imaj9 | IVmaj9",
        "IVmaj7 | iii7 | ii9 | Imaj9",
    ),
    kit=Kit(
        patch="kit_lofi",
        grooves=(
            Groove(
                "dusty",
                {
                    "kick": "x... ...x ..x. ....",
                    "snare": ".... x... .... x...",
                    "hat": "o.x. o.x. o.x. o.x?",
                },
            ),
            Groove(
                "sleepy",
                {
                    "kick": "x... .... ..x. ...o x... .... .x.. ....",
                    "rim": ".... x... .... x... .... x... .... x.?.",
                    "hat": "x.o. x.o. x.o. x.o. x.o. x.o. x.o. x.oo",
                    "shaker": "..o. ..o. ..o. ..o. ..o. ..o. ..o. ..o.",
                },
            ),
            Groove(
                "brushed",
                {
                    "kick": "x..o .... .o.x ....",
                    "snare": ".... o... .... o...",
                    "brush": "o.o. ooo. o.o. oo.o",
                    "hat_pedal": ".... x... .... x...",
                },
            ),
        ),
        waltz=Groove(
            "dusty waltz",
            {
                "kick": "x... .... ..o.",
                "snare": ".... o... x...",
                "hat": "o.x. o.x. o.x?",
            },
        ),
        compound=Groove(
            "dusty six",
            {
                "kick": "x...o. ......",
                "snare": "...... x.....",
                "hat": "o.x.o. o.x.o.",
            },
        ),
        fills=("kick_out", "rims", "none"),
        layers={"snare": 0.25, "rim": 0.25},
        looseness=0.009,
    ),
    bass=Bass(
        ("round_bass", "upright"),
        (
            "1--- ---. ..1- ----",
            "1--- .... 5--- ....",
            "1--- --1- ---- ..a-",
            "1--. ..1- 8--. 5-..",
        ),
        low=29,
    ),
    chords=Comp(
        ("epiano", "piano", "nylon_guitar"),
        (
            "x--- ---- ---- ----",
            "l-u- --u- l--- u---",
            "x--- --x- ---- ....",
            "..x- ---- ..x- ----",
        ),
    ),
    pad=("warm_pad",),
    lead=("vibraphone", "piano", "bell", "flute"),
    cells=("sparse", "lyrical"),
    counter=("clean_guitar", "nylon_guitar"),
    bars_per_chord=(1,),
    pentatonic=True,
    swing=(0.61, 1),
    duck=0.2,
    room=Room(size=0.35, delay_beats=0.5, warmth=0.9, noise=0.6),
)

SYNTHWAVE = Style(
    name="synthwave",
    bpm=(84, 112),
    form="song",
    energy=0.7,
    minor=0.85,
    in_minor=(
        "i | bVI | bIII | bVII",
        "i | bVII | bVI | bVII",
        "bVI | bVII | i | bIII",
        "i | i | bVI | iv",
    ),
    in_major=("I | V | vi | IV", "vi | IV | I | V", "IV | I | V | vi"),
    kit=Kit(
        patch="kit_808",
        grooves=(
            Groove(
                "night drive",
                {
                    "kick": "X... .... X... ....",
                    "snare": ".... X... .... X...",
                    "hat": "xoxo xoxo xoxo xoxo",
                    "clap": ".... o... .... o...",
                },
            ),
            Groove(
                "chase",
                {
                    "kick": "X... x... x... x...",
                    "snare": ".... X... .... X...",
                    "hat_open": "..x. ..x. ..x. ..x.",
                    "tambourine": "x.x. x.x. x.x. x.x.",
                },
            ),
            Groove(
                "arcade",
                {
                    "kick": "X... ..x. X... ....",
                    "snare": ".... X... .... X...",
                    "hat": "x.x. x.x. x.x. x.x.",
                    "tom_low": ".... .... ...x ....",
                    "tom_mid": ".... ...x .... ....",
                },
            ),
        ),
        waltz=Groove(
            "neon waltz",
            {
                "kick": "X... .... ....",
                "snare": ".... X... o...",
                "hat": "xoxo xoxo xoxo",
            },
        ),
        compound=Groove(
            "neon six",
            {
                "kick": "X..... ......",
                "snare": "...... X.....",
                "hat": "xoxoxo xoxoxo",
                "tom_low": "....x. ......",
            },
        ),
        fills=("toms", "snare_roll", "tom_cascade"),
    ),
    bass=Bass(
        ("saw_bass",),
        (
            "1.1. 1.1. 1.1. 1.1.",
            "1.8. 1.8. 1.8. 1.8.",
            "1.11 1.11 1.11 1.11",
            "1.1. 1.1. 1.1. 5.7.",
        ),
        low=29,
        gate=0.8,
    ),
    chords=Comp(("synth_brass", "supersaw"), ("x--- ---- x--- ----", "x--x --x- ---- ..x-")),
    pad=("warm_pad", "glass_pad"),
    lead=("saw_lead", "square_lead"),
    cells=("anthem", "lyrical"),
    arp=Arp(("arp", "pluck"), ("xxxx xxxx xxxx xxxx", "x.x. x.x. x.x. x.x."), ("up", "updown")),
    counter=("bell", "sax"),
    bars_per_chord=(1, 2),
    duck=0.35,
    effects=True,
    room=Room(size=0.65, delay_beats=0.75, warmth=0.5),
)

AMBIENT = Style(
    name="ambient",
    bpm=(60, 80),
    form="ambient",
    energy=0.35,
    minor=0.4,
    in_minor=("i9 | bVImaj9 | bIIImaj9 | bVII", "i9 | iv9", "bVImaj7 | bIIImaj9 | i9 | i9"),
    in_major=("Imaj9 | IVmaj9", "Isus2 | viadd9 | IVmaj9 | Isus2", "IVmaj9 | Iadd9 | vi9 | iii7"),
    kit=None,
    bass=Bass(
        ("sub",), ("1--- ---- ---- ----", "1--- ---- ---- --.."), low=31, gate=1.0, gain_db=-5.0
    ),
    chords=Comp(("glass_pad", "strings"), ("",)),
    pad=("warm_pad", "choir"),
    lead=("bell", "piano", "glass_pad"),
    cells=("drifting",),
    arp=Arp(
        ("bell", "pluck", "marimba"), ("x... ..x. .... x...", "..x. .... x... ...."), ("skip",)
    ),
    counter=("flute", "strings"),
    bars_per_chord=(2, 4),
    pentatonic=True,
    effects=False,
    room=Room(size=0.95, delay_beats=1.5, warmth=0.4),
)

BEATS = (HIP_HOP, LO_FI, SYNTHWAVE, AMBIENT)
