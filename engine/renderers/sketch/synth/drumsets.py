"""Played drum sets: the acoustic one, and what rock, jazz, lo-fi and latin make of it."""

from __future__ import annotations

from dataclasses import replace

from engine.renderers.sketch.synth.drums import Drum, Hiss, Metal, Modes, Sweep
from engine.renderers.sketch.synth.percussion import PERCUSSION, skin

ACOUSTIC: dict[str, Drum] = PERCUSSION | {
    "kick": Drum(
        (
            Sweep(125, 63, 0.02, 0.3, drive=0.1),
            Modes((118, 168), 0.12, 0.25),
            Hiss(1_200, 4_500, 0.022, 0.22, touch=0.8),
        ),
        -8.5,
    ),
    "snare": Drum(
        (
            Sweep(225, 196, 0.02, 0.2, 0.7),
            Modes((286, 343, 437, 552), 0.2, 0.45, damping=0.7),
            Hiss(1_300, 10_000, 0.23, 0.5, width=0.1, touch=0.2),
            Hiss(2_500, 9_000, 0.012, 0.45, touch=0.8),
        ),
        -13.5,
    ),
    "snare_ghost": Drum((Modes((196, 290), 0.1, 0.6), Hiss(1_500, 7_000, 0.11, 0.5)), -18),
    "rim": Drum(
        (Modes((390, 1_080, 1_850, 2_900), 0.07, levels=(0.6, 1, 0.7)), Hiss(2e3, 8e3, 0.01, 0.5)),
        -18,
    ),
    "clap": Drum(
        (Hiss(1_000, 5_500, 0.13, bursts=(0.0, 0.007, 0.019, 0.026), width=0.7),),
        -15,
    ),
    "hat": Drum(
        (Metal(3_800, 15_000, 0.1, damping=0.3, plate=31), Hiss(6e3, 15e3, 0.05, 0.6, touch=0.4)),
        -24,
    ),
    "hat_open": Drum(
        (Metal(3_200, 15_000, 0.9, damping=0.4, plate=31), Hiss(6e3, 15e3, 0.55, 0.6, width=0.3)),
        -22,
    ),
    "hat_pedal": Drum((Metal(3_000, 11_000, 0.08, plate=31), Hiss(4e3, 11e3, 0.03, 0.4)), -26),
    "ride": Drum(
        (
            Metal(1_800, 12_000, 2.0, count=130, damping=0.6, plate=32),
            Modes((2_930, 4_120, 5_530), 0.35, 0.6, damping=0.3),
            Hiss(3_000, 10_000, 0.012, 0.5),
        ),
        -23,
    ),
    "crash": Drum(
        (
            Metal(600, 14_000, 2.6, count=190, damping=0.5, plate=33, width=1.0),
            Hiss(3_000, 15_000, 1.2, 0.6, width=0.9),
        ),
        -20,
    ),
    "tom_low": skin(82, 1.25, 0.7, -12, slap=0.2),
    "tom_mid": skin(118, 1.2, 0.55, -12.5, slap=0.2),
    "tom_high": skin(165, 1.2, 0.45, -13, slap=0.25),
}

ROCK: dict[str, Drum] = ACOUSTIC | {
    "kick": Drum(
        (
            Sweep(150, 57, 0.016, 0.26, drive=0.3),
            Hiss(2_500, 7_000, 0.02, 0.55, touch=0.6),
        ),
        -8,
    ),
    "snare": Drum(
        (
            Sweep(205, 172, 0.025, 0.26, drive=0.2),
            Modes((262, 318, 402), 0.22, 0.4),
            Hiss(1_000, 9_500, 0.3, 0.6, width=0.2, touch=0.2),
            Hiss(2_000, 8_000, 0.014, 1.0, touch=0.6),
        ),
        -10.5,
    ),
    "hat": Drum((Metal(3_000, 15_000, 0.16, plate=41), Hiss(5e3, 16e3, 0.09, 0.8)), -22),
    "hat_open": Drum((Metal(2_600, 15_000, 1.3, plate=41), Hiss(5e3, 16e3, 0.9, 0.9)), -19.5),
    "tom_low": skin(70, 1.35, 0.8, -10.5, slap=0.35),
    "tom_mid": skin(102, 1.3, 0.65, -11, slap=0.35),
    "tom_high": skin(142, 1.3, 0.55, -11.5, slap=0.4),
}

JAZZ: dict[str, Drum] = ACOUSTIC | {
    "kick": Drum((Sweep(102, 76, 0.03, 0.55), Hiss(400, 2_200, 0.02, 0.12, touch=0.8)), -13),
    "snare": Drum(
        (
            Modes((238, 352, 470, 628, 803), 0.28, 0.7, damping=0.6),
            Hiss(2_000, 11_000, 0.2, 0.5, width=0.15, touch=0.3),
        ),
        -15,
    ),
    "snare_ghost": Drum((Modes((238, 352), 0.12, 0.5), Hiss(2e3, 9e3, 0.1, 0.5)), -21),
    "hat_pedal": Drum((Metal(2_600, 10_000, 0.12, plate=51), Hiss(4e3, 12e3, 0.04, 0.7)), -23),
    "ride": Drum(
        (
            Metal(900, 11_000, 2.7, count=150, damping=0.7, plate=52, width=0.8),
            Modes((2_310, 3_270, 4_660, 6_050), 0.6, 0.8, damping=0.2),
            Hiss(2_500, 9_000, 0.01, 0.9, touch=0.3),
        ),
        -21,
    ),
    "tom_low": skin(112, 1.05, 0.9, -14, slap=0.12),
    "tom_mid": skin(150, 1.05, 0.75, -14.5, slap=0.12),
    "tom_high": skin(208, 1.05, 0.6, -15, slap=0.15),
}

LOFI: dict[str, Drum] = ACOUSTIC | {
    "kick": Drum(
        (Sweep(118, 58, 0.022, 0.24, drive=0.25), Hiss(600, 2e3, 0.02, 0.15, touch=0.6)), -8
    ),
    "snare": Drum(
        (
            Sweep(210, 168, 0.02, 0.14, drive=0.3),
            Hiss(700, 5_500, 0.16, 0.7, touch=0.2),
        ),
        -12,
    ),
    "hat": Drum((Hiss(4_200, 8_500, 0.045), Metal(4e3, 8e3, 0.05, 0.4, plate=81)), -23),
}

LATIN: dict[str, Drum] = ACOUSTIC | {
    "kick": Drum((Sweep(92, 66, 0.025, 0.3), Hiss(600, 3e3, 0.015, 0.12, touch=0.8)), -11),
    "snare": PERCUSSION["timbale"],
    "snare_ghost": replace(PERCUSSION["timbale"], level_db=-23),
    "conga_low": skin(165, 1.15, 0.75, -14, slap=0.45),
    "conga_high": skin(222, 1.14, 0.6, -14.5, slap=0.5),
    "shaker": Drum((Hiss(4_500, 14_000, 0.09, attack_s=0.025, width=0.5),), -23),
}
