"""Synthesiser pads, leads and plucks."""

from __future__ import annotations

from engine.renderers.sketch.synth.ensemble import Ensemble, Players
from engine.renderers.sketch.synth.oscillator import Oscillator, unison
from engine.renderers.sketch.synth.patch import Bend, Patch
from engine.renderers.sketch.synth.timbre import Colour, Timbre, drawbars, pulse, saw, square
from engine.renderers.sketch.synth.waves import Envelope

WARM_PAD = Ensemble(
    Timbre(dark_hz=240, bright_hz=5000, follow=0.4),
    Players(9, cents=14.0),
    Envelope(0.45, 1.0, 1.0, 0.9),
    Colour(0.45, sweep=0.2, contour=Envelope(1.2, 1.0, 1.0, 0.9)),
)
DARK_PAD = Ensemble(
    Timbre(pulse(0.35), dark_hz=130, bright_hz=1600, follow=0.5, poles=3),
    Players(9, cents=17.0),
    Envelope(0.7, 1.0, 1.0, 1.3),
    Colour(0.4, sweep=0.2, contour=Envelope(2.0, 1.0, 1.0, 1.3)),
)
GLASS_PAD = Ensemble(
    Timbre(
        drawbars({1: 1.0, 2: 0.5, 3: 0.15, 5: 0.35, 7: 0.15, 8: 0.3, 11: 0.16, 13: 0.1, 16: 0.1}),
        dark_hz=500, bright_hz=9000, follow=0.6, poles=1.5,
    ),
    Players(7, cents=8.0),
    Envelope(0.2, 1.2, 0.75, 1.4),
    Colour(0.55, sweep=0.25, contour=Envelope(0.1, 0.9, 0.2, 1.4)),
)  # fmt: skip
SUPERSAW = Ensemble(
    Timbre(dark_hz=450, bright_hz=16000, follow=0.3),
    Players(7, cents=24.0, in_step=True, loop_s=2.5),
    Envelope(0.006, 0.4, 0.85, 0.22),
    Colour(0.7, sweep=0.15, contour=Envelope(0.003, 0.25, 0.0)),
)
PLUCK = Oscillator(
    Timbre(dark_hz=300, bright_hz=12000, follow=0.4, poles=2.5, resonance=3),
    Envelope(0.002, 0.2, 0.0, 0.18),
    Colour(0.25, sweep=0.5, contour=Envelope(0.002, 0.1, 0.0)),
    voices=unison((-8.0, 8.0), width=0.6),
)
ARP = Oscillator(
    Timbre(pulse(0.3), dark_hz=350, bright_hz=11000, follow=0.4, poles=2.5, resonance=5),
    Envelope(0.002, 0.16, 0.25, 0.09),
    Colour(0.35, sweep=0.3, contour=Envelope(0.002, 0.08, 0.0)),
)
SAW_LEAD = Oscillator(
    Timbre(dark_hz=500, bright_hz=14000, follow=0.4),
    Envelope(0.006, 0.4, 0.8, 0.12),
    Colour(0.55, sweep=0.15, contour=Envelope(0.003, 0.2, 0.0)),
    Bend(scoop=-0.25, scoop_s=0.02, vibrato=0.2, vibrato_hz=5.6, delay_s=0.35),
    voices=unison((0.0, -9.0, 9.0), width=0.6),
)
SQUARE_LEAD = Oscillator(
    Timbre(square, dark_hz=450, bright_hz=10000, follow=0.5),
    Envelope(0.006, 0.4, 0.85, 0.1),
    Colour(0.5, sweep=0.15, contour=Envelope(0.003, 0.15, 0.0)),
    Bend(vibrato=0.18, vibrato_hz=5.4, delay_s=0.3),
)
SYNTH_BRASS = Oscillator(
    Timbre(saw, dark_hz=280, bright_hz=10000, follow=0.35, poles=2.5, resonance=2),
    Envelope(0.018, 0.5, 0.85, 0.16),
    Colour(0.22, sweep=0.42, contour=Envelope(0.09, 0.45, 0.6, 0.16)),
    Bend(scoop=-0.2, scoop_s=0.03, vibrato=0.1, delay_s=0.6),
    voices=unison((-9.0, 9.0), width=0.7),
)

SYNTHS = {
    "warm_pad": Patch(WARM_PAD, -24.6, 40, 88),
    "dark_pad": Patch(DARK_PAD, -21.6, 36, 84),
    "glass_pad": Patch(GLASS_PAD, -23.1, 48, 96),
    "supersaw": Patch(SUPERSAW, -22.6, 40, 96),
    "pluck": Patch(PLUCK, -16.7, 40, 100, rings_s=1.4),
    "arp": Patch(ARP, -18.0, 40, 100),
    "saw_lead": Patch(SAW_LEAD, -22.6, 48, 96),
    "square_lead": Patch(SQUARE_LEAD, -22.8, 48, 96),
    "synth_brass": Patch(SYNTH_BRASS, -22.8, 40, 88),
}
