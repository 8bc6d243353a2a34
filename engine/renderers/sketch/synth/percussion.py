"""Hand percussion, which all kits share, and the tuned skin that every drummer hits."""

from __future__ import annotations

from engine.renderers.sketch.synth.drums import Drum, Hiss, Metal, Modes, Sweep


def skin(hz: float, bend: float, t60_s: float, level_db: float, slap: float = 0.4) -> Drum:
    """A tuned hand or stick drum: the fundamental bends, a circular membrane's next modes ring.

    The ratios are those of the zeros of Bessel functions (1, 1.59, 2.14, 2.30, 2.65).
    """
    over = tuple(hz * ratio for ratio in (1.59, 2.14, 2.30, 2.65))
    return Drum(
        (
            Sweep(hz * bend, hz, 0.03, t60_s),
            Modes(over, t60_s * 0.45, 0.3, damping=1.0, touch=0.4),
            Hiss(1_200, 6_000, 0.025, slap, touch=0.8),
        ),
        level_db,
    )


PERCUSSION: dict[str, Drum] = {
    "shaker": Drum((Hiss(5_000, 13_000, 0.07, attack_s=0.018, width=0.3),), -25),
    "tambourine": Drum(
        (
            Metal(5_500, 15_000, 0.3, count=60, plate=61),
            Hiss(6_000, 15_000, 0.09, 0.7, bursts=(0.0, 0.012), width=0.4),
        ),
        -24,
    ),
    "conga_low": skin(175, 1.12, 0.5, -16),
    "conga_high": skin(235, 1.12, 0.4, -16.5),
    "conga_slap": Drum(
        (
            Sweep(330, 290, 0.02, 0.12, 0.6),
            Modes((290, 640, 905, 1_320, 1_730), 0.1, 0.7, damping=0.6),
            Hiss(1_500, 7_000, 0.05, 0.9),
        ),
        -18,
    ),
    "bongo_low": skin(310, 1.08, 0.22, -19, slap=0.6),
    "bongo_high": skin(430, 1.08, 0.17, -19, slap=0.7),
    "cowbell": Drum(
        (
            Modes((587, 845, 1_690, 2_470, 3_220, 4_650), 0.35, levels=(1, 0.9, 0.4, 0.35, 0.2)),
            Hiss(2_000, 9_000, 0.012, 0.6, touch=0.5),
        ),
        -23,
    ),
    "clave": Drum((Modes((2_480, 6_100), 0.1, levels=(1, 0.25)), Hiss(3e3, 9e3, 0.006, 0.4)), -24),
    "timbale": Drum(
        (
            Sweep(440, 405, 0.03, 0.35),
            Modes((405, 668, 905, 1_130, 1_610, 2_420, 3_700), 0.4, 0.6, damping=0.4),
            Hiss(1_500, 9_000, 0.035, 0.6, touch=0.5),
        ),
        -18,
    ),
    "brush": Drum((Hiss(1_800, 9_000, 0.3, attack_s=0.06, width=0.5),), -24),
}
