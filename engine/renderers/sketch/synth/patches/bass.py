"""Basses."""

from __future__ import annotations

from engine.renderers.sketch.synth.oscillator import Breath, Oscillator, Voice, unison
from engine.renderers.sketch.synth.patch import Bend, Patch
from engine.renderers.sketch.synth.struck import Hand, Knock, String, Struck
from engine.renderers.sketch.synth.timbre import Colour, Formant, Timbre, drawbars, power
from engine.renderers.sketch.synth.waves import Envelope

SUB = Oscillator(
    Timbre(drawbars({1: 1.0, 2: 0.2, 3: 0.12, 4: 0.05}), dark_hz=120, bright_hz=1200, follow=0.8),
    Envelope(0.008, 0.5, 0.9, 0.06),
)
BASS_808 = Oscillator(
    Timbre(power(2.4), dark_hz=90, bright_hz=1500, follow=0.6, drive=1.6),
    Envelope(0.003, 0.8, 0.0, 0.09),
    Colour(0.4, by_velocity=0.5, sweep=0.35, contour=Envelope(0.002, 0.12, 0.0)),
    Bend(scoop=9.0, scoop_s=0.016),
)
ROUND_BASS = Oscillator(
    Timbre(power(1.2), dark_hz=110, bright_hz=2400, follow=0.5, poles=3),
    Envelope(0.006, 0.45, 0.7, 0.08),
    Colour(0.42, sweep=0.28, contour=Envelope(0.003, 0.16, 0.0)),
)
ACID_BASS = Oscillator(
    Timbre(dark_hz=130, bright_hz=5200, follow=0.3, poles=4, resonance=17, drive=1.3),
    Envelope(0.003, 0.3, 0.55, 0.04),
    Colour(0.28, by_velocity=0.6, sweep=0.52, contour=Envelope(0.003, 0.13, 0.05)),
)
REESE = Oscillator(
    Timbre(dark_hz=160, bright_hz=3800, follow=0.3, poles=3),
    Envelope(0.012, 1.0, 1.0, 0.12),
    Colour(0.5, sweep=0.15, contour=Envelope(0.6, 1.0, 0.4)),
    voices=unison((0.0, -17.0, 14.0), width=0.45),
)
WOBBLE = Oscillator(
    Timbre(dark_hz=110, bright_hz=5500, follow=0.2, poles=4, resonance=9, drive=2.2),
    Envelope(0.005, 1.0, 1.0, 0.06),
    Colour(0.85, wobble=0.75),
    voices=unison((-7.0, 7.0), width=0.25),
)
SAW_BASS = Oscillator(
    Timbre(dark_hz=170, bright_hz=7000, follow=0.4, poles=3),
    Envelope(0.004, 0.3, 0.65, 0.08),
    Colour(0.42, sweep=0.3, contour=Envelope(0.003, 0.2, 0.1)),
    voices=(Voice(-6.0, -0.2, 0.75), Voice(6.0, 0.2, 0.75)),
)
FINGER_BASS = Struck(
    String(2.6, position=0.21, tilt=0.9, shortening=0.35, damping_hz=900, stiffness=0.0006),
    Hand(dark_hz=260, bright_hz=3000),
    Colour(0.5),
    formants=(Formant(700, 350, 3),),
    knocks=(Knock(500, 2200, 0.07, 0.035),),
    damper_s=0.09,
    attack_s=0.003,
)
SLAP_BASS = Struck(
    String(2.2, position=0.07, tilt=0.55, shortening=0.35, damping_hz=2200, stiffness=0.0006),
    Hand(dark_hz=500, bright_hz=9000),
    Colour(0.6, by_velocity=0.6),
    formants=(Formant(2600, 1400, 5), Formant(500, 300, -5)),
    knocks=(Knock(1400, 6500, 0.3, 0.028),),
    damper_s=0.06,
)
UPRIGHT = Struck(
    String(0.8, position=0.2, tilt=1.25, shortening=0.3, damping_hz=450, stiffness=0.001),
    Hand(dark_hz=220, bright_hz=2200),
    Colour(0.5),
    formants=(Formant(98, 40, 5), Formant(210, 90, 4), Formant(700, 300, 4)),
    knocks=(Knock(50, 190, 0.45, 0.09), Knock(600, 2000, 0.09, 0.04)),
    damper_s=0.1,
    attack_s=0.003,
)
DUB_BASS = Oscillator(
    Timbre(power(1.6), dark_hz=100, bright_hz=1200, follow=0.6, poles=2.5),
    Envelope(0.007, 0.3, 0.3, 0.07),
    Colour(0.42, sweep=0.3, contour=Envelope(0.003, 0.06, 0.0)),
    breath=Breath(150, 700, burst=0.25, burst_s=0.012),
)

BASSES = {
    "sub": Patch(SUB, -18.6, 24, 52),
    "bass_808": Patch(BASS_808, -17.2, 24, 52, rings_s=3.2),
    "round_bass": Patch(ROUND_BASS, -17.9, 28, 60),
    "acid_bass": Patch(ACID_BASS, -17.5, 28, 64),
    "reese": Patch(REESE, -20.2, 26, 55),
    "wobble": Patch(WOBBLE, -19.4, 26, 52, follows_tempo=True),
    "saw_bass": Patch(SAW_BASS, -17.8, 28, 60),
    "finger_bass": Patch(FINGER_BASS, -15.2, 28, 62),
    "slap_bass": Patch(SLAP_BASS, -13.8, 28, 64),
    "upright": Patch(UPRIGHT, -11.0, 28, 60),
    "dub_bass": Patch(DUB_BASS, -15.7, 26, 55),
}
