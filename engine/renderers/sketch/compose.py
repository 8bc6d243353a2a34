"""The composer: a request becomes a score.

Settles what was left open (style, tempo, key, meter, form), writes the chart, lets every player
read it and collects what they play, with a word about everything that could not be had. Its two
halves also stand alone: whoever has a chart from elsewhere can have it performed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from engine.keys import Key, parse_key
from engine.renderers.sketch.band.bass import play_bass
from engine.renderers.sketch.band.chart import Chart, write_changes
from engine.renderers.sketch.band.comping import play_arp, play_chords, play_pad
from engine.renderers.sketch.band.drums import play_drums
from engine.renderers.sketch.band.effects import play_effects
from engine.renderers.sketch.band.ensemble import gather
from engine.renderers.sketch.band.melody import play_melody
from engine.renderers.sketch.band.voice import sing
from engine.renderers.sketch.form import Form, form_from_lyrics, plan_form
from engine.renderers.sketch.reading.lyrics import Stanza, read_lyrics
from engine.renderers.sketch.reading.taste import likely_style
from engine.renderers.sketch.reading.words import Brief, read_caption
from engine.renderers.sketch.score import METERS, FormSection, Line, Meter, Room, Score
from engine.renderers.sketch.styles.style import Style
from engine.renderers.sketch.theory.rhythm import Grid
from engine.renderers.sketch.theory.streams import Seed, chance, pick, stream
from engine.requests import GenerateRequest

_COMPOUND_TEMPO = 0.75
"""In 6/8 a beat is half as long again as the quarter a style's tempo counts, so fewer fit."""

_COOLER, _HOTTER = 1.2, 0.8
"""How far the calmest and the hottest mood move a style's energy."""


@dataclass(frozen=True, slots=True)
class _Singing:
    """What the voice does: sings lines, leads without words, or neither."""

    lines: bool = False
    vocalise: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A chart, and what a score needs besides it."""

    chart: Chart
    room: Room
    sung: bool = False
    """Whether the lines in the form's sections are sung."""
    language: str = "unknown"
    warnings: tuple[str, ...] = ()


def compose(request: GenerateRequest, seed: Seed) -> Score:
    """Write the music a request asks for. The same request and seed give an equal score.

    Raises nothing: what can't be had is in the score's `warnings`.
    """
    return perform(plan(request, seed))


def plan(request: GenerateRequest, seed: Seed) -> Plan:
    """Settle everything that a request leaves open, before a note is written."""
    brief = read_caption(request.caption)
    warnings = [*brief.warnings, *_contradictions(request, brief)]
    style, chosen = likely_style(brief)
    warnings += chosen
    grid = _grid(request, brief, style, seed)
    key = _key(request, brief, style, seed)
    push = brief.mood.energy
    energy = style.energy + (_COOLER if push < 0.0 else _HOTTER) * push
    stanzas, singing, said = _lyrics(request, brief)
    form, cut = _form(request, style, grid, stanzas, energy, seed)
    ensemble, unseated = gather(style, brief, grid.meter, seed, vocalise=singing.vocalise)
    changes = write_changes(style, grid, key, form, seed)
    chart = Chart(style, grid, key, form, changes, ensemble, brief.mood, seed)
    return Plan(
        chart,
        room_of(style, brief),
        sung=singing.lines,
        language=request.language,
        warnings=(*warnings, *said, *cut, *unseated),
    )


def perform(plan: Plan) -> Score:
    """Everybody plays from the chart."""
    chart = plan.chart
    lines, unsung = _play(plan)
    return Score(
        style=chart.style.name,
        bpm=chart.grid.bpm,
        meter=chart.grid.meter,
        key=chart.key,
        samples=chart.form.samples,
        seed=chart.seed,
        sections=_sections(chart.form, chart.grid),
        lines=lines,
        room=plan.room,
        warnings=tuple(dict.fromkeys((*plan.warnings, *unsung))),
    )


def _contradictions(request: GenerateRequest, brief: Brief) -> list[str]:
    """Where the caption states one value and the request's own field another, which one holds."""
    stated: tuple[tuple[str, object, object], ...] = (
        ("bpm", brief.bpm, request.bpm),
        ("key", str(brief.key) if brief.key else None, request.key),
        ("time_signature", brief.signature, request.time_signature),
    )
    return [
        f"caption: it says {said}, but {field} is {asked}; {field} holds."
        for field, said, asked in stated
        if said is not None and asked is not None and said != asked
    ]


def _grid(request: GenerateRequest, brief: Brief, style: Style, seed: Seed) -> Grid:
    meter: Meter = METERS[request.time_signature or brief.signature or "4/4"]
    bpm = request.bpm or brief.bpm or _tempo(style, brief, meter, seed)
    swing, swing_steps = style.swing
    return Grid(meter, float(bpm), swing, swing_steps)


def _tempo(style: Style, brief: Brief, meter: Meter, seed: Seed) -> float:
    """A whole number of beats per minute in the style's range, where the mood wants it."""
    low, high = style.bpm
    wish = float(stream(seed, f"tempo of {style.name}").random())
    place = min(1.0, max(0.0, 0.25 + 0.5 * wish + 0.5 * brief.mood.tempo))
    scale = _COMPOUND_TEMPO if meter.division == 3 else 1.0
    return float(round((low + (high - low) * place) * scale))


def _key(request: GenerateRequest, brief: Brief, style: Style, seed: Seed) -> Key:
    if request.key:
        return parse_key(request.key)
    if brief.key:
        return brief.key
    rng = stream(seed, f"key of {style.name}")
    minor = chance(rng, style.minor)
    mode = brief.mood.mode or ("minor" if minor else "major")
    return Key(pick(rng, range(12)), mode)


def _lyrics(
    request: GenerateRequest, brief: Brief
) -> tuple[tuple[Stanza, ...], _Singing, list[str]]:
    """The stanzas, what the voice does with them, and what the listener should know about it."""
    stanzas, unread = read_lyrics(request.lyrics)
    said = list(unread)
    has_lines = any(stanza.lines for stanza in stanzas)
    silent = request.instrumental is True or (request.instrumental is None and brief.sings is False)
    if silent:
        if has_lines:
            said.append("lyrics: the piece is instrumental, so only their section tags are used.")
            stanzas = tuple(replace(stanza, lines=()) for stanza in stanzas)
        if brief.sings and request.instrumental:
            said.append("caption: it asks for a voice, but instrumental is true; nobody sings.")
        return stanzas, _Singing(), said
    if brief.sings is False:
        said.append("caption: it wants no voice, but instrumental is false; a voice is heard.")
    if has_lines:
        said.append(
            "lyrics: sketch can't sing words; a wordless voice follows their syllables and vowels."
        )
        return stanzas, _Singing(lines=True), said
    if request.instrumental is False or brief.sings:
        said.append("lyrics: there are none, so a wordless voice leads on open vowels.")
        return stanzas, _Singing(vocalise=True), said
    return stanzas, _Singing(), said


def _form(
    request: GenerateRequest,
    style: Style,
    grid: Grid,
    stanzas: tuple[Stanza, ...],
    energy: float,
    seed: Seed,
) -> tuple[Form, tuple[str, ...]]:
    if stanzas:
        return form_from_lyrics(stanzas, grid, request.duration_s, energy)
    wish = float(stream(seed, f"form of {style.name}").random())
    return plan_form(style.form, grid, request.duration_s, wish, energy), ()


def _play(plan: Plan) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    chart = plan.chart
    lines = [
        *play_drums(chart),
        *play_bass(chart),
        *play_chords(chart),
        *play_pad(chart),
        *play_arp(chart),
        *play_melody(chart, sung=plan.sung),
        *play_effects(chart),
    ]
    warnings: tuple[str, ...] = ()
    if plan.sung:
        sung, warnings = sing(chart, plan.language)
        lines += sung
    return tuple(lines), warnings


def _sections(form: Form, grid: Grid) -> tuple[FormSection, ...]:
    """The sections as the score shows them: the last one goes on to the end of the ring."""
    end = math.ceil(form.end / grid.meter.beats - 1e-6)
    shown = [
        FormSection(section.name, section.start, section.bars, section.energy)
        for section in form.sections
    ]
    return (*shown[:-1], replace(shown[-1], bars=end - shown[-1].start))


def room_of(style: Style, brief: Brief) -> Room:
    """The style's room, as large and as warm as the mood has it."""
    mood, room = brief.mood, style.room

    def kept(value: float) -> float:
        return round(min(1.0, max(0.0, value)), 3)

    return replace(
        room,
        size=kept(room.size + 0.3 * mood.space),
        warmth=kept(room.warmth + 0.4 * mood.warmth),
        noise=kept(room.noise + mood.noise),
    )
