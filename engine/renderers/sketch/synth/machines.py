"""Drum machines: the 909, the 808, and the processed breaks of drum & bass."""

from __future__ import annotations

from engine.renderers.sketch.synth.drums import Drum, Hiss, Metal, Modes, Sweep
from engine.renderers.sketch.synth.percussion import PERCUSSION

# The six square waves that the TR-808 makes its cymbals of, and the two of its cowbell
# (Werner, Abel and Smith: The TR-808 Cymbal, ICMC 2014).
_CYMBAL_808_HZ = (205.3, 304.4, 369.6, 522.7, 540.0, 800.0)
_COWBELL_808_HZ = (540.0, 800.0)


def _squares(hz: tuple[float, ...], low_hz: float, high_hz: float) -> tuple[float, ...]:
    """The odd harmonics of square waves that a band-pass filter lets through."""
    harmonics = (base * n for base in hz for n in range(1, 80, 2))
    return tuple(sorted(f for f in harmonics if low_hz < f < high_hz))


def _square_metal(low_hz: float, high_hz: float, t60_s: float, level: float = 1.0) -> Modes:
    hz = _squares(_CYMBAL_808_HZ, low_hz, high_hz)
    return Modes(hz, t60_s, level, levels=tuple((-1.0) ** n for n in range(len(hz))), damping=0.3)


TR_909: dict[str, Drum] = PERCUSSION | {
    "kick": Drum(
        (
            Sweep(230, 54, 0.028, 0.42, drive=0.35),
            Hiss(1_500, 9_000, 0.02, 0.6, touch=0.6),
        ),
        -8,
    ),
    "snare": Drum(
        (
            Sweep(260, 185, 0.02, 0.16, 0.9),
            Modes((330,), 0.12, 0.5),
            Hiss(700, 11_000, 0.24, 0.75, touch=0.2),
        ),
        -12,
    ),
    "snare_ghost": Drum((Sweep(230, 190, 0.02, 0.08, 0.5), Hiss(900, 8_000, 0.1, 0.7)), -17),
    "rim": Drum((Modes((480, 1_680, 2_100), 0.045, levels=(0.8, 1, 0.6)),), -20),
    "clap": Drum(
        (Hiss(850, 4_500, 0.28, bursts=(0.0, 0.011, 0.021, 0.032), width=0.35),),
        -13,
    ),
    "hat": Drum((Metal(6_500, 17_000, 0.08, plate=91), Hiss(8_000, 18_000, 0.07, 0.9)), -22),
    "hat_open": Drum(
        (Metal(6_200, 17_000, 0.55, damping=0.2, plate=91), Hiss(7_500, 18_000, 0.42, 0.8)),
        -20,
    ),
    "hat_pedal": Drum((Metal(6_000, 15_000, 0.06, plate=91), Hiss(7e3, 15e3, 0.05, 0.6)), -25),
    "ride": Drum(
        (
            Metal(2_800, 14_000, 1.3, count=120, damping=0.4, plate=92),
            Modes((3_150, 4_400, 5_900), 0.5, 0.5),
            Hiss(7_000, 16_000, 0.3, 0.25),
        ),
        -23,
    ),
    "crash": Drum(
        (
            Metal(1_500, 16_000, 2.2, count=160, damping=0.5, plate=93, width=1.0),
            Hiss(4_000, 17_000, 1.4, 0.8, width=0.8),
        ),
        -20,
    ),
    "tom_low": Drum((Sweep(150, 88, 0.07, 0.5, drive=0.1), Hiss(500, 5e3, 0.04, 0.25)), -12),
    "tom_mid": Drum((Sweep(210, 125, 0.06, 0.42, drive=0.1), Hiss(600, 6e3, 0.04, 0.25)), -12.5),
    "tom_high": Drum((Sweep(290, 178, 0.05, 0.36, drive=0.1), Hiss(700, 7e3, 0.04, 0.25)), -13),
}

TR_808: dict[str, Drum] = TR_909 | {
    "kick": Drum(
        (Sweep(105, 49, 0.012, 1.3, drive=0.05), Hiss(900, 4_000, 0.012, 0.2, touch=0.4)), -8
    ),
    "snare": Drum(
        (
            Modes((178, 331), 0.2, levels=(1.0, 0.65)),
            Hiss(1_800, 9_000, 0.17, 0.55, touch=0.3),
        ),
        -12.5,
    ),
    "snare_ghost": Drum((Modes((185, 335), 0.09), Hiss(2_000, 8_000, 0.07, 0.5)), -18),
    "rim": Drum((Modes((455, 1_667), 0.03, levels=(0.5, 1)), Hiss(1e3, 6e3, 0.005, 0.3)), -22),
    "clap": Drum(
        (Hiss(750, 2_600, 0.35, bursts=(0.0, 0.01, 0.02, 0.03), width=0.2),),
        -13.5,
    ),
    "hat": Drum((_square_metal(7_000, 13_000, 0.06), Hiss(8_000, 14_000, 0.04, 1.2)), -24),
    "hat_open": Drum((_square_metal(6_500, 13_000, 0.6), Hiss(7_500, 14_000, 0.4, 1.2)), -22),
    "hat_pedal": Drum((_square_metal(6_500, 11_000, 0.05),), -26),
    "ride": Drum((_square_metal(3_000, 12_000, 1.0), Hiss(6e3, 13e3, 0.5, 0.6)), -24),
    "crash": Drum(
        (_square_metal(2_400, 13_000, 1.6), Hiss(5_000, 14_000, 1.2, 3.0, width=0.7)),
        -22,
    ),
    "cowbell": Drum(
        (Modes(_squares(_COWBELL_808_HZ, 500, 4_500), 0.35, damping=0.2),),
        -23,
    ),
    "clave": Drum((Modes((2_500,), 0.07),), -24),
    "conga_low": Drum((Sweep(185, 165, 0.02, 0.35),), -15),
    "conga_high": Drum((Sweep(270, 245, 0.02, 0.28),), -15.5),
    "conga_slap": Drum((Sweep(400, 370, 0.02, 0.13), Hiss(1e3, 5e3, 0.02, 0.3)), -17),
    "tom_low": Drum((Sweep(110, 84, 0.05, 0.7),), -12),
    "tom_mid": Drum((Sweep(160, 125, 0.05, 0.55),), -12.5),
    "tom_high": Drum((Sweep(225, 172, 0.05, 0.45),), -13),
}

BREAKS: dict[str, Drum] = TR_909 | {
    "kick": Drum(
        (Sweep(260, 66, 0.014, 0.2, drive=0.5), Hiss(2_000, 9_000, 0.02, 0.6, touch=0.5)),
        -8,
    ),
    "snare": Drum(
        (
            Sweep(290, 205, 0.012, 0.13, drive=0.2),
            Modes((390, 612, 980), 0.11, 0.5),
            Hiss(1_600, 14_000, 0.16, 0.85, width=0.15, touch=0.3),
        ),
        -10.5,
    ),
    "snare_ghost": Drum(
        (Sweep(240, 205, 0.012, 0.06, 0.7), Hiss(1_500, 9_000, 0.06, 0.6)),
        -17,
    ),
    "hat": Drum((Metal(7_500, 18_000, 0.045, plate=71), Hiss(9_000, 19_000, 0.04, 1.1)), -22),
    "hat_open": Drum((Metal(6_500, 18_000, 0.3, plate=71), Hiss(8_000, 19_000, 0.25, 0.9)), -21),
    "ride": Drum(
        (Metal(3_800, 17_000, 0.9, count=110, plate=72), Modes((4_100, 5_350), 0.4, 0.5)),
        -22,
    ),
}
