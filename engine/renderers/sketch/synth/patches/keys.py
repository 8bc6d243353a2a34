"""Keyboards, mallets and bells."""

from __future__ import annotations

from engine.renderers.sketch.synth.oscillator import Breath, Oscillator, Tremolo, unison
from engine.renderers.sketch.synth.patch import Bend, Patch
from engine.renderers.sketch.synth.struck import Bar, Hand, Knock, String, Struck
from engine.renderers.sketch.synth.timbre import Colour, Formant, Timbre, drawbars
from engine.renderers.sketch.synth.waves import Envelope

PIANO = Struck(
    String(
        7.0, position=0.12, tilt=0.7, shortening=0.7, damping_hz=1800, stiffness=0.0004,
        unison=1.1, most=40,
    ),
    Hand(dark_hz=380, bright_hz=5200, follow=0.5, poles=1.5),
    Colour(0.55, by_velocity=0.7),
    knocks=(Knock(120, 700, 0.14, 0.06), Knock(1500, 4000, 0.03, 0.03)),
    damper_s=0.2,
    attack_s=0.002,
    width=0.7,
)  # fmt: skip
EPIANO = Struck(
    Bar(
        ratios=(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.05, 8.3),
        levels=(1.0, 0.8, 0.65, 0.5, 0.4, 0.3, 0.5, 0.35),
        t60_s=(5.0, 2.8, 1.8, 1.3, 1.0, 0.8, 0.35, 0.22),
    ),
    Hand(dark_hz=170, bright_hz=2600, follow=0.8),
    Colour(0.45, by_velocity=0.8),
    knocks=(Knock(300, 1500, 0.06, 0.03),),
    damper_s=0.12,
    attack_s=0.0015,
    tremolo=Tremolo(0.4, 4.8, pan=True),
)
ORGAN = Oscillator(
    Timbre(
        drawbars({1: 1.0, 2: 0.9, 3: 0.75, 4: 0.5, 5: 0.15, 6: 0.25, 8: 0.4}),
        dark_hz=300, bright_hz=8000, poles=1.5,
    ),
    Envelope(0.005, 0.1, 1.0, 0.04),
    Colour(0.55, by_velocity=0.3, sweep=0.25, contour=Envelope(0.002, 0.12, 0.0)),
    Bend(vibrato=0.09, vibrato_hz=6.4, delay_s=-0.35),
    breath=Breath(1200, 6000, burst=0.2, burst_s=0.006),
    tremolo=Tremolo(0.3, 6.4, pan=True),
)  # fmt: skip
STAB = Oscillator(
    Timbre(dark_hz=220, bright_hz=9000, follow=0.3, poles=2.5, resonance=4),
    Envelope(0.002, 0.13, 0.0, 0.12),
    Colour(0.4, sweep=0.35, contour=Envelope(0.002, 0.09, 0.0)),
    voices=unison((-7.0, 7.0), width=0.7),
)
CLAV = Struck(
    String(1.5, position=0.06, tilt=0.35, shortening=0.4, damping_hz=3200, stiffness=0.0002),
    Hand(dark_hz=700, bright_hz=9500, follow=0.4),
    Colour(0.55, by_velocity=0.5),
    formants=(Formant(1900, 900, 5), Formant(300, 200, -4)),
    knocks=(Knock(1500, 5000, 0.12, 0.015),),
    damper_s=0.03,
)
BELL = Struck(
    Bar(
        ratios=(1.0, 2.0, 2.76, 4.07, 5.4, 6.79, 8.93),
        levels=(1.0, 0.55, 0.5, 0.4, 0.3, 0.2, 0.15),
        t60_s=(3.4, 2.2, 1.6, 1.0, 0.7, 0.5, 0.35),
        shortening=0.3,
    ),
    Hand(dark_hz=400, bright_hz=9000, follow=0.7, poles=1.5),
    Colour(0.55, by_velocity=0.5),
    damper_s=0.9,
    width=0.8,
)
MARIMBA = Struck(
    Bar(
        ratios=(1.0, 3.93, 9.4),
        levels=(1.0, 0.6, 0.4),
        t60_s=(1.1, 0.28, 0.09),
        shortening=0.8,
    ),
    Hand(dark_hz=350, bright_hz=6000, follow=0.6),
    Colour(0.5, by_velocity=0.7),
    knocks=(Knock(250, 1400, 0.25, 0.035),),
    damper_s=1.2,
    attack_s=0.0015,
)
VIBRAPHONE = Struck(
    Bar(
        ratios=(1.0, 3.98, 10.1),
        levels=(1.0, 0.4, 0.3),
        t60_s=(5.5, 1.4, 0.35),
        shortening=0.5,
    ),
    Hand(dark_hz=400, bright_hz=6000, follow=0.6),
    Colour(0.5, by_velocity=0.7),
    knocks=(Knock(400, 1800, 0.05, 0.03),),
    damper_s=0.5,
    attack_s=0.0015,
    tremolo=Tremolo(0.45, 5.2),
)

KEYS = {
    "piano": Patch(PIANO, -22.1, 28, 100),
    "epiano": Patch(EPIANO, -16.9, 33, 96),
    "organ": Patch(ORGAN, -22.2, 36, 96),
    "stab": Patch(STAB, -15.4, 40, 88, rings_s=0.9),
    "clav": Patch(CLAV, -15.2, 36, 88),
    "bell": Patch(BELL, -17.9, 55, 103),
    "marimba": Patch(MARIMBA, -12.3, 45, 96, rings_s=0.1),
    "vibraphone": Patch(VIBRAPHONE, -17.8, 53, 96),
}
