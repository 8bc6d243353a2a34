"""Guitars."""

from __future__ import annotations

from engine.renderers.sketch.synth.oscillator import Breath, Oscillator, unison
from engine.renderers.sketch.synth.patch import Patch
from engine.renderers.sketch.synth.struck import Hand, Knock, String, Struck
from engine.renderers.sketch.synth.timbre import Colour, Formant, Timbre, plucked
from engine.renderers.sketch.synth.waves import Envelope

CLEAN_GUITAR = Struck(
    String(3.4, position=0.14, tilt=0.7, damping_hz=2600, stiffness=0.0001, unison=5.0, most=48),
    Hand(dark_hz=500, bright_hz=8000),
    Colour(0.5, by_velocity=0.5),
    formants=(Formant(2700, 1400, 5), Formant(250, 150, 2)),
    knocks=(Knock(1800, 6000, 0.06, 0.02),),
    damper_s=0.1,
    width=0.6,
)
MUTED_GUITAR = Struck(
    String(0.3, position=0.1, tilt=0.6, shortening=0.3, damping_hz=2200),
    Hand(dark_hz=600, bright_hz=7000),
    Colour(0.5, by_velocity=0.5),
    formants=(Formant(1600, 900, 5),),
    knocks=(Knock(900, 4500, 0.25, 0.025),),
    damper_s=0.05,
)
CRUNCH_GUITAR = Oscillator(
    Timbre(
        plucked(0.13, 0.6), dark_hz=450, bright_hz=7000, follow=0.2, drive=8.0,
        formants=(Formant(700, 500, 4), Formant(2100, 1300, 9), Formant(13000, 6500, -45)),
    ),
    Envelope(0.003, 1.6, 0.35, 0.08),
    Colour(0.55, by_velocity=0.5, sweep=0.25, contour=Envelope(0.002, 0.6, 0.0)),
    voices=unison((-5.0, 5.0), width=0.9),
    breath=Breath(900, 4000, burst=0.2, burst_s=0.012),
)  # fmt: skip
NYLON_GUITAR = Struck(
    String(2.0, position=0.27, tilt=1.05, damping_hz=1300, stiffness=0.0001, most=40),
    Hand(dark_hz=350, bright_hz=4500),
    Colour(0.5, by_velocity=0.5),
    formants=(Formant(105, 40, 5), Formant(215, 80, 4), Formant(2400, 1200, 3)),
    knocks=(Knock(80, 320, 0.18, 0.07), Knock(1200, 3500, 0.05, 0.02)),
    damper_s=0.15,
    attack_s=0.002,
    width=0.4,
)

GUITARS = {
    "clean_guitar": Patch(CLEAN_GUITAR, -19.3, 40, 86),
    "muted_guitar": Patch(MUTED_GUITAR, -8.2, 40, 86, rings_s=0.3),
    "crunch_guitar": Patch(CRUNCH_GUITAR, -22.6, 36, 84),
    "nylon_guitar": Patch(NYLON_GUITAR, -17.2, 40, 86),
}
