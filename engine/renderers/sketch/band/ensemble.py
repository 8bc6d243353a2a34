"""Who plays: the style's instruments, those lent by other styles, and those the caption names.

Knows instruments and roles; knows nothing about when they play or what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from numpy.random import Generator

from engine.renderers.sketch.band.figures import grooves_for
from engine.renderers.sketch.band.instruments import DRUMS, INSTRUMENTS, PERCUSSION, Instrument
from engine.renderers.sketch.reading.words import Brief
from engine.renderers.sketch.score import Meter, PartName
from engine.renderers.sketch.styles import STYLES
from engine.renderers.sketch.styles.style import Groove, Kit, Role, Style
from engine.renderers.sketch.theory.streams import Seed, pick, stream

ROLES: tuple[Role, ...] = ("bass", "chords", "pad", "arp", "lead", "counter")
_LENT: tuple[tuple[Role, ...], ...] = (("lead", "arp", "pad"), ("counter",))
"""What the second and the third style of a blend bring along."""
_SPARE_KIT = "lo-fi"
"""Whose drums a style without any takes when drums are asked for."""

# How a drum that the caption names joins a groove that lacks it.
_ADDED: Mapping[str, str] = {
    "conga_high": "..x. .xo. ..x. .oxo", "conga_low": "x... ...x .... ..x.",
    "bongo_high": "x.ox x.ox x.ox x.oo", "shaker": "xoxo xoxo xoxo xoxo",
    "tambourine": "..x. ..x. ..x. ..x.", "cowbell": "x... x... x... x.o.",
    "clave": "x..x ..x. ..x. x...", "timbale": "x... ..x. ...x x...",
    "clap": ".... x... .... x...", "ride": "x.o. x.o. x.o. x.o.",
    "rim": "...x ..x. ...x ..x.", "brush": "x.o. x.o. x.o. x.o.",
    "tom_low": "x..o ..x. ..o. x...", "hat": "x.o. x.o. x.o. x.o.",
    "kick": "x... .... x... ....", "snare": ".... x... .... x...",
    "conga_slap": "..x. .... ..x. ....", "crash": "x... .... .... .... .... .... .... ....",
}  # fmt: skip

_WITH_SHAKER = 0.4
"""From this push of the mood on the energy a shaker joins that nobody asked for."""


@dataclass(frozen=True, slots=True)
class Ensemble:
    """The chairs that are taken, and the drummer's kit and groove.

    `added` are figures (in 4/4) for drums that the caption asked for, or its mood brings along,
    beside the groove.
    """

    chairs: Mapping[Role, Instrument]
    kit: Kit | None
    groove: Groove | None
    kit_patch: str = ""
    added: Mapping[str, str] | None = None
    silent: frozenset[str] = frozenset()
    """Drum sounds that stay out."""
    parts_out: frozenset[PartName] = frozenset()
    singer: Instrument = INSTRUMENTS["voice"]
    """Who sings, if there is something to sing."""

    def seat(self, role: Role) -> Instrument | None:
        return self.chairs.get(role)

    @property
    def drums_play(self) -> bool:
        return self.kit is not None and "drums" not in self.parts_out


def gather(
    style: Style, brief: Brief, meter: Meter, seed: Seed, *, vocalise: bool
) -> tuple[Ensemble, tuple[str, ...]]:
    """The ensemble for a brief, and warnings about who found no chair.

    With `vocalise` a wordless voice leads.
    """
    rng = stream(seed, "instruments")
    chairs: dict[Role, Instrument] = {}
    for role, options in _options(style, brief):
        _seat(chairs, role, options, rng)
    for lender, roles in zip(brief.styles[1:], _LENT, strict=False):
        offered = dict(_options(STYLES[lender], brief))
        for role in roles:
            _seat(chairs, role, offered[role], rng)
    spare = _seat_wanted(chairs, [name for name in brief.wanted if name in INSTRUMENTS])
    warnings = [f"caption: no line is left for the {name.replace('_', ' ')}." for name in spare]
    if vocalise:
        chairs["lead"] = INSTRUMENTS["voice"]
    chairs = {role: _registered(chair, brief) for role, chair in chairs.items()}
    kit, groove = _drummer(style, brief, meter, seed)
    silent = frozenset(brief.unwanted & {*DRUMS, *PERCUSSION})
    joining = ("shaker",) if brief.mood.energy >= _WITH_SHAKER else ()
    added = {
        sound: _ADDED[sound]
        for sound in (*brief.wanted, *joining)
        if sound in _ADDED and groove is not None and sound not in groove.rows
    }
    if brief.groove and (groove is None or groove.name != brief.groove):
        warnings.append(
            f"caption: the {brief.groove} groove is in 4/4; in {meter.signature} the style's "
            "own is played."
        )
    if not chairs and ("drums" in brief.unwanted_parts or kit is None):
        chairs["pad"] = INSTRUMENTS["warm_pad"]
        warnings.append("caption: it leaves nobody to play; a soft pad plays alone.")
    patch = brief.kit or (kit.patch if kit else "")
    singer = _registered(INSTRUMENTS["voice"], brief)
    ensemble = Ensemble(chairs, kit, groove, patch, added, silent, _parts_out(brief), singer)
    return ensemble, tuple(warnings)


def _parts_out(brief: Brief) -> frozenset[PartName]:
    """The parts ruled out; percussion that is named stays though "no drums" would take it too."""
    named = any(sound in PERCUSSION for sound in brief.wanted)
    return brief.unwanted_parts - ({"percussion"} if named else set())


def _seat(
    chairs: dict[Role, Instrument], role: Role, options: list[Instrument], rng: Generator
) -> None:
    """Seat one of the options that does not play already; what plays already needs no second."""
    seated = {chair.patch for other, chair in chairs.items() if other != role}
    fresh = [instrument for instrument in options if instrument.patch not in seated]
    if fresh:
        chairs[role] = pick(rng, fresh)


def _options(style: Style, brief: Brief) -> list[tuple[Role, list[Instrument]]]:
    """Each role's instruments of a style, without those that the caption rules out."""
    patches: dict[Role, tuple[str, ...]] = {
        "bass": style.bass.patches,
        "chords": style.chords.patches if style.chords else (),
        "pad": style.pad,
        "arp": style.arp.patches if style.arp else (),
        "lead": style.lead,
        "counter": style.counter,
    }
    return [
        (
            role,
            [
                INSTRUMENTS[patch]
                for patch in patches[role]
                if patch not in brief.unwanted
                and INSTRUMENTS[patch].part not in brief.unwanted_parts
                and (patch != "voice" or brief.sings is not False)
            ],
        )
        for role in ROLES
    ]


def _seat_wanted(chairs: dict[Role, Instrument], wanted: list[str]) -> list[str]:
    """Give each named instrument the best role that no other named one holds; return the rest."""
    held: set[Role] = set()
    spare: list[str] = []
    for name in wanted:
        if name == "voice":
            continue  # whether a voice is heard is settled with the lyrics
        instrument = INSTRUMENTS[name]
        free = [role for role in (*instrument.roles, *_anywhere(instrument)) if role not in held]
        if free:
            held.add(free[0])
            for role in [role for role, chair in chairs.items() if chair.patch == name]:
                del chairs[role]
            chairs[free[0]] = instrument
        else:
            spare.append(name)
    return spare


def _anywhere(instrument: Instrument) -> tuple[Role, ...]:
    return () if instrument.part == "bass" else ("counter", "lead", "chords", "pad", "arp")


def _registered(instrument: Instrument, brief: Brief) -> Instrument:
    """A voice in the register the caption gave it."""
    if instrument.patch != "voice" or not brief.register:
        return instrument
    low, high = (48, 65) if brief.register == "low" else (60, 79)
    return replace(instrument, low=low, high=high)


def _drummer(
    style: Style, brief: Brief, meter: Meter, seed: Seed
) -> tuple[Kit | None, Groove | None]:
    named = brief.wanted_parts & {"drums", "percussion"} or set(brief.wanted) & set(_ADDED)
    kit = style.kit or (STYLES[_SPARE_KIT].kit if named or brief.kit else None)
    if kit is None:
        return None, None
    if meter.signature == "3/4":
        return kit, kit.waltz
    if meter.signature == "6/8":
        return kit, kit.compound
    called = [groove for groove in kit.grooves if groove.name == brief.groove]
    fitting = called or grooves_for(kit.grooves, meter, brief.mood.energy)
    return kit, pick(stream(seed, "groove"), fitting)
