"""The instruments: what each patch is for, where it sounds well and where it stands on the stage.

Data about playing, not about sound: how a patch is synthesised is the synthesiser's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.renderers.sketch.score import PartName
from engine.renderers.sketch.styles.style import Role


@dataclass(frozen=True, slots=True)
class Instrument:
    """A patch on stage. `low` to `high` is its melodic range in MIDI pitches, `roles` what it can
    take, best first; `pan`, `reverb` and `delay` are as in `Line`."""

    patch: str
    part: PartName
    low: int
    high: int
    roles: tuple[Role, ...]
    pan: float = 0.0
    reverb: float = 0.2
    delay: float = 0.0


_BASSES = ("sub", "bass_808", "round_bass", "acid_bass", "reese", "wobble", "saw_bass",
           "finger_bass", "slap_bass", "upright", "dub_bass")  # fmt: skip

_OTHERS = (
    Instrument("piano", "keyboard", 55, 86, ("chords", "lead", "arp"), -0.15, 0.25),
    Instrument("epiano", "keyboard", 55, 84, ("chords", "lead"), 0.15, 0.25, 0.05),
    Instrument("organ", "keyboard", 55, 84, ("chords", "pad", "lead"), 0.2, 0.2),
    Instrument("stab", "keyboard", 55, 79, ("chords",), 0.1, 0.3, 0.2),
    Instrument("clav", "keyboard", 52, 79, ("chords",), 0.25, 0.1),
    Instrument("warm_pad", "synth", 52, 79, ("pad", "chords"), 0.0, 0.45),
    Instrument("dark_pad", "synth", 50, 74, ("pad", "chords"), 0.0, 0.5),
    Instrument("glass_pad", "synth", 57, 88, ("pad", "chords", "lead", "counter"), 0.0, 0.55, 0.1),
    Instrument("supersaw", "synth", 57, 86, ("chords", "lead", "pad"), 0.0, 0.35, 0.1),
    Instrument("pluck", "synth", 57, 88, ("arp", "lead", "chords"), 0.2, 0.3, 0.25),
    Instrument("arp", "synth", 57, 88, ("arp", "lead"), -0.25, 0.3, 0.25),
    Instrument("saw_lead", "synth", 60, 86, ("lead", "counter"), 0.0, 0.3, 0.2),
    Instrument("square_lead", "synth", 60, 86, ("lead", "counter"), 0.05, 0.3, 0.2),
    Instrument("bell", "synth", 64, 92, ("lead", "arp", "counter"), 0.2, 0.45, 0.2),
    Instrument("synth_brass", "synth", 52, 79, ("chords", "counter", "lead"), -0.1, 0.3),
    Instrument("clean_guitar", "guitar", 52, 80, ("chords", "lead", "arp", "counter"), -0.3, 0.25),
    Instrument("muted_guitar", "guitar", 52, 79, ("chords",), -0.35, 0.15, 0.1),
    Instrument("crunch_guitar", "guitar", 43, 79, ("chords", "lead"), 0.0, 0.2),
    Instrument("nylon_guitar", "guitar", 50, 79, ("chords", "lead", "arp"), -0.2, 0.25),
    Instrument("strings", "strings", 55, 86, ("pad", "counter", "lead"), 0.1, 0.4),
    Instrument("brass", "brass", 53, 79, ("counter", "lead", "chords"), -0.2, 0.3),
    Instrument("trumpet", "brass", 57, 82, ("lead", "counter"), 0.1, 0.3, 0.08),
    Instrument("flute", "woodwinds", 62, 90, ("lead", "counter"), 0.15, 0.35, 0.08),
    Instrument("sax", "woodwinds", 52, 79, ("lead", "counter"), -0.1, 0.3, 0.08),
    Instrument("voice", "vocals", 57, 76, ("lead", "counter"), 0.0, 0.35, 0.12),
    Instrument("choir", "backing_vocals", 53, 79, ("pad", "counter", "lead"), 0.0, 0.5),
    Instrument("marimba", "percussion", 57, 88, ("arp", "lead", "chords"), 0.3, 0.25),
    Instrument("vibraphone", "percussion", 58, 86, ("lead", "chords", "counter"), 0.2, 0.35, 0.08),
)

INSTRUMENTS: Mapping[str, Instrument] = MappingProxyType(
    {patch: Instrument(patch, "bass", 28, 55, ("bass",), reverb=0.03) for patch in _BASSES}
    | {instrument.patch: instrument for instrument in _OTHERS}
)

DRUMS = ("kick", "snare", "snare_ghost", "rim", "clap", "brush", "hat", "hat_open", "hat_pedal",
         "ride", "crash", "tom_low", "tom_mid", "tom_high")  # fmt: skip
PERCUSSION = ("shaker", "tambourine", "conga_low", "conga_high", "conga_slap", "bongo_low",
              "bongo_high", "cowbell", "clave", "timbale")  # fmt: skip
