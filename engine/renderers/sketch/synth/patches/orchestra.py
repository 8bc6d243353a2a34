"""Strings, brass and woodwinds."""

from __future__ import annotations

from engine.renderers.sketch.synth.ensemble import Ensemble, Players
from engine.renderers.sketch.synth.oscillator import Breath, Oscillator, Tremolo, unison
from engine.renderers.sketch.synth.patch import Bend, Patch
from engine.renderers.sketch.synth.timbre import Colour, Formant, Timbre, drawbars, power, pulse
from engine.renderers.sketch.synth.waves import Envelope

STRINGS = Ensemble(
    Timbre(
        power(1.1), dark_hz=400, bright_hz=9000, follow=0.3, poles=1.5,
        formants=(Formant(480, 250, 4), Formant(1100, 500, 3), Formant(2900, 1300, 5)),
    ),
    Players(13, cents=15.0),
    Envelope(0.17, 1.0, 1.0, 0.4),
    Colour(0.45, by_velocity=0.5, sweep=0.15, contour=Envelope(0.35, 1.0, 1.0, 0.4)),
)  # fmt: skip
BRASS = Oscillator(
    Timbre(
        power(0.9), dark_hz=260, bright_hz=7000, follow=0.35,
        formants=(Formant(700, 400, 4), Formant(1400, 700, 3)),
    ),
    Envelope(0.035, 0.6, 0.85, 0.12),
    Colour(0.15, by_velocity=0.5, sweep=0.48, contour=Envelope(0.13, 0.5, 0.75, 0.12)),
    Bend(scoop=-0.35, scoop_s=0.03, vibrato=0.08, vibrato_hz=5.0, delay_s=0.5),
    voices=unison((0.0, -9.0, 8.0), width=0.6),
)  # fmt: skip
TRUMPET = Oscillator(
    Timbre(
        power(0.75), dark_hz=450, bright_hz=9000, follow=0.3,
        formants=(Formant(1250, 600, 6), Formant(2600, 1000, 5)),
    ),
    Envelope(0.02, 0.3, 0.9, 0.07),
    Colour(0.25, by_velocity=0.6, sweep=0.35, contour=Envelope(0.06, 0.4, 0.8, 0.07)),
    Bend(scoop=-0.4, scoop_s=0.018, vibrato=0.2, vibrato_hz=5.5, delay_s=0.4),
    breath=Breath(1500, 6000, air=0.008, burst=0.05, burst_s=0.02),
)  # fmt: skip
FLUTE = Oscillator(
    Timbre(
        drawbars({1: 1.0, 2: 0.45, 3: 0.3, 4: 0.12, 5: 0.1, 6: 0.06, 7: 0.04, 8: 0.03}),
        dark_hz=350, bright_hz=6000, follow=0.5,
    ),
    Envelope(0.05, 0.3, 0.9, 0.11),
    Colour(0.45, by_velocity=0.6),
    Bend(scoop=-0.3, scoop_s=0.025, vibrato=0.18, vibrato_hz=5.1, delay_s=0.3),
    breath=Breath(1800, 7500, air=0.05, burst=0.16, burst_s=0.035),
    tremolo=Tremolo(0.12, 5.1),
)  # fmt: skip
SAX = Oscillator(
    Timbre(
        pulse(0.18), dark_hz=350, bright_hz=6500, follow=0.3,
        formants=(Formant(620, 250, 6), Formant(1350, 450, 5), Formant(2900, 900, 4)),
    ),
    Envelope(0.03, 0.4, 0.88, 0.09),
    Colour(0.3, by_velocity=0.7, sweep=0.25, contour=Envelope(0.07, 0.5, 0.7, 0.09)),
    Bend(scoop=-0.8, scoop_s=0.04, vibrato=0.24, vibrato_hz=5.0, delay_s=0.35),
    breath=Breath(1300, 6500, air=0.03, burst=0.14, burst_s=0.03),
)  # fmt: skip

ORCHESTRA = {
    "strings": Patch(STRINGS, -21.6, 36, 96),
    "brass": Patch(BRASS, -22.7, 36, 84),
    "trumpet": Patch(TRUMPET, -22.7, 52, 88),
    "flute": Patch(FLUTE, -21.8, 59, 98),
    "sax": Patch(SAX, -22.7, 46, 84),
}
