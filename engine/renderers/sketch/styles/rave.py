"""Techno and trance: four to the floor, driven by sixteenths."""

from __future__ import annotations

from engine.renderers.sketch.score import Room
from engine.renderers.sketch.styles.style import Arp, Bass, Comp, Groove, Kit, Style

_FOUR = "x... x... x... x..."

TECHNO = Style(
    name="techno",
    bpm=(128, 138),
    form="techno",
    energy=0.75,
    minor=0.97,
    in_minor=(
        "i | i | i | i",
        "i | i | i | bVI",
        "i | i | bVII | i",
        "i | i | v | i",
    ),
    in_major=("I | I | I | I", "I | I | I | IV", "I | I | vi | I"),
    kit=Kit(
        patch="kit_909",
        grooves=(
            Groove(
                "warehouse",
                {
                    "kick": "X... X... X... X...",
                    "hat_open": "..x. ..x. ..x. ..x.",
                    "hat": "xoxo xoxo xoxo xoxo",
                    "clap": ".... .... .... x...",
                    "tom_low": "...o ..o. .o.. o..o",
                },
            ),
            Groove(
                "hypnotic",
                {
                    "kick": "X... X... X... X...",
                    "hat": "..x. ..x. ..x. ..x.",
                    "ride": "x.x. x.x. x.x. x.x.",
                    "rim": "x..x ..x. .x.. x..x ..x. .x.. x..x ..x.",
                    "snare_ghost": ".... ...g .... ..g.",
                },
            ),
            Groove(
                "driving",
                {
                    "kick": "X... X... X... X...",
                    "clap": ".... x... .... x...",
                    "hat": "ooxo ooxo ooxo ooxo",
                    "ride": "..x. ..x. ..x. ..x.",
                    "tom_mid": "..o. .o.. o... .o..",
                },
            ),
        ),
        waltz=Groove(
            "techno waltz",
            {
                "kick": "X... o... o...",
                "hat_open": "..x. ..x. ..x.",
                "hat": "xoxo xoxo xoxo",
                "clap": ".... .... x...",
                "tom_low": "...o ..o. .o..",
            },
        ),
        compound=Groove(
            "techno in six",
            {
                "kick": "X..... X.....",
                "hat": "xoxoxo xoxoxo",
                "hat_open": "..x... ..x...",
                "clap": "...... ....x.",
                "tom_low": "....o. .o....",
            },
        ),
        fills=("kick_out", "hats", "toms", "rims"),
        layers={"ride": 0.6, "clap": 0.5},
    ),
    bass=Bass(
        ("sub", "acid_bass", "round_bass"),
        (
            ".111 .111 .111 .111",
            "..11 ..11 ..11 ..11",
            ".1.1 1.1. .11. 1.11",
            "..1. 1.1. ..1. 1.15",
        ),
        low=29,
        gate=0.7,
    ),
    chords=Comp(
        ("stab",), ("...x .... .... ....", "x..x .... ..x. ....", "..x. .... ..x. ...."), gate=0.7
    ),
    pad=("dark_pad",),
    lead=("square_lead", "pluck", "bell"),
    cells=("driving",),
    arp=Arp(
        ("pluck", "arp"),
        ("x.x. xx.x .x.x x.x.", "xxxx xxxx xxxx xxxx", "x..x ..x. x..x ..x."),
        ("skip", "updown", "up"),
    ),
    counter=("glass_pad",),
    bars_per_chord=(2, 4),
    duck=0.65,
    effects=True,
    room=Room(size=0.6, delay_beats=0.75, warmth=0.35),
)

TRANCE = Style(
    name="trance",
    bpm=(134, 140),
    form="trance",
    energy=0.8,
    minor=0.85,
    in_minor=(
        "i | bVI | bIII | bVII",
        "bVI | bVII | i | i",
        "i | bIII | bVII | iv",
        "bVI | bIII | bVII | i",
    ),
    in_major=("vi | IV | I | V", "I | V | vi | IV", "IV | V | vi | I"),
    kit=Kit(
        patch="kit_909",
        grooves=(
            Groove(
                "anthem",
                {
                    "kick": _FOUR,
                    "clap": ".... x... .... x...",
                    "snare": ".... o... .... o...",
                    "hat_open": "..X. ..X. ..X. ..X.",
                    "hat": "xxox xxox xxox xxox",
                },
            ),
            Groove(
                "rolling",
                {
                    "kick": _FOUR,
                    "clap": ".... x... .... x...",
                    "hat_open": "..x. ..x. ..x. ..x.",
                    "ride": "..x. ..x. ..x. ..x.",
                    "tambourine": "oxox oxox oxox oxox",
                },
            ),
            Groove(
                "uplift",
                {
                    "kick": _FOUR,
                    "snare": ".... x... .... x...",
                    "hat_open": "..x. ..x. ..x. ..x.",
                    "shaker": "xoxo xoxo xoxo xoxo",
                    "crash": "x... .... .... .... .... .... .... ....",
                },
            ),
        ),
        waltz=Groove(
            "trance waltz",
            {
                "kick": "X... o... o...",
                "clap": ".... x... x...",
                "hat_open": "..X. ..X. ..X.",
                "hat": "xxox xxox xxox",
            },
        ),
        compound=Groove(
            "trance in six",
            {
                "kick": "x..... x.....",
                "clap": "...... x.....",
                "hat_open": "..X.X. ..X.X.",
                "hat": "xxoxox xxoxox",
            },
        ),
        fills=("snare_roll", "kick_out", "claps"),
    ),
    bass=Bass(
        ("saw_bass", "round_bass"),
        (
            "..1. ..1. ..1. ..1.",
            ".111 .111 .111 .111",
            "..11 ..11 ..11 ..18",
            ".118 .118 .118 .118",
        ),
        low=29,
        gate=0.75,
    ),
    chords=Comp(
        ("supersaw",),
        ("x-x. x-x. .x-x .x-.", "x--x --x- -x-- x-x-", "x.xx .xx. x.xx .xx."),
    ),
    pad=("strings", "warm_pad"),
    lead=("supersaw", "saw_lead"),
    cells=("anthem", "driving"),
    arp=Arp(
        ("pluck", "arp"),
        ("xxxx xxxx xxxx xxxx", "x.xx x.xx x.xx x.xx"),
        ("updown", "skip", "down"),
    ),
    counter=("choir", "bell"),
    bars_per_chord=(1, 2),
    duck=0.6,
    effects=True,
    room=Room(size=0.75, delay_beats=0.75, warmth=0.15),
)

RAVE = (TECHNO, TRANCE)
