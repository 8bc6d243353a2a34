"""Voices without words: a singer and a choir, on vowels.

Formant frequencies: Peterson and Barney, Control Methods Used in a Study of the Vowels, JASA 24
(1952), women's means; `m` is a closed mouth with the nose's low resonance and its dip near 1 kHz.
"""

from __future__ import annotations

from engine.renderers.sketch.synth.ensemble import Ensemble, Players
from engine.renderers.sketch.synth.oscillator import Breath, Oscillator, Singer
from engine.renderers.sketch.synth.patch import Bend, Patch
from engine.renderers.sketch.synth.timbre import Colour, Formant, Timbre, power
from engine.renderers.sketch.synth.waves import Envelope

VOWELS = {
    "a": (Formant(850, 110, 20), Formant(1220, 130, 17), Formant(2810, 250, 14)),
    "e": (Formant(610, 90, 20), Formant(2330, 170, 18), Formant(2990, 250, 15)),
    "i": (Formant(310, 70, 19), Formant(2790, 200, 19), Formant(3310, 260, 16)),
    "o": (Formant(590, 90, 21), Formant(920, 110, 16), Formant(2710, 250, 10)),
    "u": (Formant(370, 80, 21), Formant(950, 110, 12), Formant(2670, 250, 7)),
    "m": (Formant(270, 90, 18), Formant(1000, 350, -14), Formant(2200, 250, 5)),
}


def _mouth(formants: tuple[Formant, ...]) -> Timbre:
    return Timbre(power(1.0), dark_hz=550, bright_hz=8000, follow=0.3, poles=1.5, formants=formants)


def _soloist(formants: tuple[Formant, ...]) -> Oscillator:
    return Oscillator(
        _mouth(formants),
        Envelope(0.06, 0.5, 0.9, 0.14),
        Colour(0.35, by_velocity=0.5, sweep=0.2, contour=Envelope(0.12, 0.6, 0.8, 0.14)),
        Bend(scoop=-0.9, scoop_s=0.045, vibrato=0.32, vibrato_hz=5.5, delay_s=0.3),
        breath=Breath(2500, 9000, air=0.02, burst=0.03, burst_s=0.05),
    )


def _section(formants: tuple[Formant, ...]) -> Ensemble:
    return Ensemble(
        _mouth(formants),
        Players(15, cents=17.0),
        Envelope(0.22, 1.0, 1.0, 0.55),
        Colour(0.5, by_velocity=0.4, sweep=0.1, contour=Envelope(0.4, 1.0, 1.0, 0.55)),
    )


VOICES = {
    "voice": Patch(
        Singer({name: _soloist(formants) for name, formants in VOWELS.items()}),
        -23.1, 48, 84, sings=True,
    ),
    "choir": Patch(
        Singer({name: _section(formants) for name, formants in VOWELS.items()}),
        -22.3, 40, 84, sings=True,
    ),
}  # fmt: skip
