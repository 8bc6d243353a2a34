"""Casting: who plays the new material, from the caption and what is known of the original.

Knows captions, styles and chairs; neither notes nor sound.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.renderers.sketch.band.chart import Chart
from engine.renderers.sketch.band.ensemble import Ensemble, gather
from engine.renderers.sketch.band.instruments import INSTRUMENTS, PERCUSSION, Instrument
from engine.renderers.sketch.compose import Plan, room_of
from engine.renderers.sketch.form import Form, Section
from engine.renderers.sketch.reading.lyrics import read_lyrics
from engine.renderers.sketch.reading.moods import Mood
from engine.renderers.sketch.reading.words import Brief, read_caption
from engine.renderers.sketch.reshape.original import Original
from engine.renderers.sketch.score import PartName, Room
from engine.renderers.sketch.styles import STYLES
from engine.renderers.sketch.styles.style import Comp, Role, Style
from engine.renderers.sketch.theory.streams import Seed, pick, stream

_PLAIN_STYLES = ("house", "pop", "lo-fi", "techno", "rock", "hip hop", "drum & bass", "ambient")
"""The styles a guess may fall on."""
_FREE_STYLE = "ambient"
_TIGHT_S = 0.002
"""How loosely drummers play who follow a track: no stroke is further than 4 ms from its grid."""

# The roles an added part may take, best first.
_ROLES: dict[PartName, tuple[Role, ...]] = {
    "bass": ("bass",),
    "keyboard": ("chords", "arp", "pad", "lead", "counter"),
    "synth": ("pad", "arp", "chords", "lead", "counter"),
    "guitar": ("chords", "arp", "lead", "counter"),
    "strings": ("pad", "counter", "lead"),
    "brass": ("lead", "counter", "chords"),
    "woodwinds": ("lead", "counter"),
    "vocals": ("lead", "counter"),
    "backing_vocals": ("pad", "counter", "lead"),
}


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays, how and where."""

    style: Style
    ensemble: Ensemble
    mood: Mood
    room: Room
    sings: bool = False
    """Whether the caption asks for a voice."""
    warnings: tuple[str, ...] = ()


def cast(caption: str, original: Original, seed: Seed) -> Cast:
    """The players a caption asks for; with an empty one those of the original, if it has any.

    A caption without a style keeps a known original's style and band, with its wishes added.
    """
    plan = original.plan
    if not caption and plan and original.timed:
        chart = plan.chart
        return Cast(chart.style, chart.ensemble, chart.mood, plan.room)
    brief = read_caption(caption)
    warnings = [*brief.warnings, *_overruled(brief, original)]
    if brief.styles:
        style = STYLES[brief.styles[0]]
    elif plan:
        style, seed = plan.chart.style, plan.chart.seed
    else:
        style = _nearest(original)
        warnings.append(f"caption: it names no style; {style.name} was chosen by what is heard.")
    vocalise = bool(brief.sings)
    ensemble, unseated = gather(style, brief, original.grid.meter, seed, vocalise=vocalise)
    said = tuple(warnings) + unseated
    made = Cast(style, ensemble, brief.mood, room_of(style, brief), vocalise, said)
    return made if original.timed else _without_time(made)


def cast_parts(parts: tuple[PartName, ...], caption: str, original: Original, seed: Seed) -> Cast:
    """Players for these parts only.

    A part takes the instrument the caption names, else one of the style's own, else any.
    """
    base = cast(caption, original, seed)
    brief = read_caption(caption)
    chairs: dict[Role, Instrument] = {}
    for part in dict.fromkeys(parts):
        free = [role for role in _ROLES.get(part, ()) if role not in chairs]
        found = _player(part, free, base, brief, seed)
        if found:
            chairs[found[0]] = found[1]
    ensemble = replace(base.ensemble, chairs=chairs, kit=None, groove=None)
    chords = base.style.chords and replace(base.style.chords, doubled=False)
    style = replace(base.style, effects="fx" in parts, chords=chords)
    if original.timed and {"drums", "percussion"} & set(parts):
        ensemble = replace(_drumming(base, original, parts, seed), chairs=chairs)
    return replace(base, style=style, ensemble=ensemble)


def chart_for(made: Cast, original: Original, seed: Seed) -> Chart:
    """The original's time, form and harmony, for other players."""
    swing, steps = made.style.swing
    grid, band = original.grid, made.ensemble
    if band.kit is not None:
        tight = min(band.kit.looseness, _TIGHT_S)
        band = replace(band, kit=replace(band.kit, looseness=tight))
    if original.plan is None or made.style != original.plan.chart.style:
        grid = replace(grid, swing=swing, swing_steps=steps)
    return Chart(
        made.style, grid, original.key, original.form, original.changes, band,
        made.mood, seed,
    )  # fmt: skip


def plan_for(
    made: Cast, original: Original, seed: Seed, *, sung: bool = False, language: str = "unknown"
) -> Plan:
    return Plan(chart_for(made, original, seed), made.room, sung, language, made.warnings)


def with_lines(form: Form, lyrics: str) -> tuple[Form, tuple[str, ...]]:
    """The form with lines to sing in it, and what the listener should know about them.

    Each stanza goes to the next section of its kind; those without one share out what is left.
    """
    stanzas, unread = read_lyrics(lyrics)
    sung = [stanza for stanza in stanzas if stanza.lines]
    if not sung:
        return form, unread
    sections = list(form.sections)
    left = [place for place, section in enumerate(sections)
            if section.kind not in ("intro", "outro")] or [*range(len(sections))]  # fmt: skip
    unplaced = 0
    for stanza in sung:
        same = [place for place in left if sections[place].kind == stanza.kind]
        place = next(iter(same or left), None)
        if place is None:
            unplaced += 1
            continue
        left.remove(place)
        sections[place] = replace(sections[place], lines=stanza.lines)
    said = [*unread, "lyrics: sketch can't sing words; a wordless voice follows their syllables."]
    if unplaced:
        said.append(f"lyrics: the form has no room for {unplaced} of the {len(sung)} stanzas.")
    return replace(form, sections=tuple(sections)), tuple(said)


def all_playing(form: Form) -> Form:
    """The same form with everybody in all of it, for a part that would otherwise wait in vain."""
    sections = tuple(replace(section, kind="theme", energy=max(section.energy, 0.7))
                     for section in form.sections)  # fmt: skip
    return replace(form, sections=sections)


def splits_at(form: Form, start: int, end: int) -> tuple[Section, ...]:
    """The form's sections between two bars, cut there."""
    return tuple(
        replace(section, start=max(start, section.start),
                bars=min(end, section.end) - max(start, section.start))
        for section in form.sections
        if section.end > start and section.start < end
    )  # fmt: skip


def _overruled(brief: Brief, original: Original) -> list[str]:
    """What the caption states against the track, which holds."""
    stated: tuple[tuple[str, object, object], ...] = (
        ("bpm", brief.bpm, round(original.grid.bpm, 1)),
        ("key", brief.key, original.key),
        ("time signature", brief.signature, original.grid.meter.signature),
    )
    return [
        f"caption: it says {said}, but the track's {name}, {kept}, is kept."
        for name, said, kept in stated
        if said is not None and said != kept
    ]


def _nearest(original: Original) -> Style:
    """The style whose tempi, energy and mode come nearest to what is heard."""
    if not original.timed:
        return STYLES[_FREE_STYLE]
    sections = original.form.sections
    energy = sum(one.energy * one.bars for one in sections) / max(1, original.form.bars)

    def distance(style: Style) -> float:
        low, high = style.bpm
        bpm = original.grid.bpm
        off = max(0.0, low - bpm, bpm - high) / 10.0
        minor = style.minor if original.key.mode == "minor" else 1.0 - style.minor
        return off + abs(style.energy - energy) - 0.5 * minor

    return min((STYLES[name] for name in _PLAIN_STYLES), key=distance)


def _without_time(made: Cast) -> Cast:
    """The same players holding chords and roots only: there is no beat to play on."""
    kept = {role: chair for role, chair in made.ensemble.chairs.items()
            if role in ("bass", "chords", "pad")} or {"pad": INSTRUMENTS["warm_pad"]}  # fmt: skip
    style = replace(
        made.style,
        chords=Comp(made.style.chords.patches if made.style.chords else (), ("",)),
        bass=replace(made.style.bass, figures=("1--- ---- ---- ----",), walking=False, slides=0.0),
        duck=0.0,
        effects=False,
        kit=None,
    )
    ensemble = replace(made.ensemble, chairs=kept, kit=None, groove=None)
    return replace(made, style=style, ensemble=ensemble)


def _player(
    part: PartName, free: list[Role], base: Cast, brief: Brief, seed: Seed
) -> tuple[Role, Instrument] | None:
    """A role that is still free and the instrument of this part for it."""
    band = {chair.patch for chair in base.ensemble.chairs.values()}
    mine = [one for one in INSTRUMENTS.values() if one.part == part]
    named = [one for one in mine if one.patch in brief.wanted]
    usual = [one for one in mine if one.patch in band or one.patch in base.style.bass.patches]
    rng = stream(seed, f"added {part}")
    for options in (named, usual, mine):
        for role in free:
            able = [one for one in options if role in one.roles]
            if able:
                return role, pick(rng, able)
    return (free[0], named[0]) if free and named else None


def _drumming(base: Cast, original: Original, parts: tuple[PartName, ...], seed: Seed) -> Ensemble:
    """A drummer, a percussionist or both, whatever the style does."""
    hands = ("shaker", "conga_high", "conga_low") if "percussion" in parts else ()
    brief = Brief(wanted=hands, wanted_parts=frozenset(parts))
    drummer, _ = gather(base.style, brief, original.grid.meter, seed, vocalise=False)
    kept = base.ensemble
    if kept.kit is not None:
        drummer = replace(drummer, kit=kept.kit, groove=kept.groove, kit_patch=kept.kit_patch)
    rows = drummer.groove.rows if drummer.groove else {}
    has_hands = any(sound in PERCUSSION for sound in rows)
    added = {} if has_hands else {
        sound: figure for sound, figure in (drummer.added or {}).items() if sound not in rows
    }  # fmt: skip
    out = frozenset({"drums", "percussion"}) - set(parts)
    return replace(drummer, added={**(kept.added or {}), **added}, parts_out=out)
