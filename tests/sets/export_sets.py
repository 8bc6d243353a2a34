"""Sets to export: a small one with everything in it, and any set that hypothesis thinks of."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from engine.keys import ALL_KEYS, Key
from engine.listen.readings import HeardSection, Stretch
from engine.sets.deck import Deck, Grid
from engine.sets.report import SetReport, SlotReport
from engine.sets.timeline import Join, Knot, Play, Timeline

RATE_HZ = 48_000
AWKWARD = 'Say "hi" & <bye>\n🌅 it\'s שלום 100% #1'


def section(label: str, start_s: float, end_s: float) -> HeardSection:
    return HeardSection(label=label, start_s=start_s, end_s=end_s, bars=8, energy=0.5)


def sections(*starts: tuple[str, float], end_s: float) -> tuple[HeardSection, ...]:
    ends = [*(start for _, start in starts[1:]), end_s]
    return tuple(
        section(label, start, end) for (label, start), end in zip(starts, ends, strict=True)
    )


def report_of(timeline: Timeline, title: str, titles: tuple[str, ...]) -> SetReport:
    slots = tuple(
        SlotReport(
            slot=play.deck.slot,
            title=name,
            decision="accepted" if play.deck.slot % 3 else "given",
            file=f"tracks/{play.deck.slot:02d} - Träck & {play.deck.slot}.flac",
        )
        for play, name in zip(timeline.plays, titles, strict=True)
    )
    return SetReport(
        title=title,
        duration_s=timeline.samples / RATE_HZ,
        loudness_lufs=-14.0,
        true_peak_dbtp=-1.0,
        renderer="sketch",
        slots=slots,
        joins=(),
        files=("The Mix.flac",),
    )


def small_set() -> tuple[Timeline, SetReport]:
    """Two tracks of 4/4 at 125 and one without a grid; the second is played 2 % faster."""
    first = Deck(
        slot=1,
        title="Golden Hour",
        path=Path("/library/a.flac"),
        duration_s=240.0,
        loudness_lufs=-12.0,
        grid=Grid(bpm=125.0, first_downbeat_s=0.5, beats_per_bar=4, first_line_s=0.5),
        key=Key(6, "minor"),
        energy=0.4,
        sections=sections(
            ("intro", 0.0), ("build", 30.0), ("drop", 60.0), ("breakdown", 120.0), ("drop", 150.0),
            ("outro", 210.0), end_s=240.0,
        ),
        vocals=(Stretch(start_s=61.0, end_s=75.0),),
    )  # fmt: skip
    second = Deck(
        slot=2,
        title=AWKWARD,
        path=Path("/library/b.flac"),
        duration_s=200.0,
        loudness_lufs=-13.0,
        grid=Grid(bpm=123.456, first_downbeat_s=-0.9, beats_per_bar=4, first_line_s=1.1),
        key=Key(10, "major"),
        energy=0.8,
        sections=sections(("intro", 0.0), ("drop", 20.0), end_s=200.0),
        play_bpm=123.456 * 1.02,
        semitones=1,
    )
    third = Deck(3, "Rain", Path("/library/c.wav"), 100.0, -20.0, None, None, 0.1)
    plays = (
        Play(first, (Knot(0, 0.0), Knot(200 * RATE_HZ, 200.0 * RATE_HZ)), -2.0),
        Play(
            second,
            (
                Knot(185 * RATE_HZ, 1.25 * RATE_HZ),
                Knot(285 * RATE_HZ, 103.25 * RATE_HZ),
                Knot(380 * RATE_HZ, 198.25 * RATE_HZ),
            ),
            -1.0,
        ),
        Play(third, (Knot(375 * RATE_HZ, 0.0), Knot(475 * RATE_HZ, 100.0 * RATE_HZ)), 3.0),
    )
    joins = (
        Join(0, "blend", 8, 185 * RATE_HZ, 193 * RATE_HZ, 200 * RATE_HZ, (185 * RATE_HZ,)),
        Join(1, "fade", 0, 375 * RATE_HZ, 377 * RATE_HZ, 380 * RATE_HZ),
    )
    timeline = Timeline(plays, joins, 475 * RATE_HZ)
    titles = tuple(play.deck.title for play in plays)
    return timeline, report_of(timeline, "Sunset & <Rain>", titles)


def long_set(count: int) -> tuple[Timeline, SetReport]:
    """Tracks of ten minutes that follow each other."""
    step = 600 * RATE_HZ + 123
    plays = tuple(
        Play(
            Deck(n + 1, f"Track {n + 1}", Path("/x.flac"), 601.0, -14.0, None, None, 0.5),
            (Knot(n * step, 0.0), Knot((n + 1) * step, float(step))),
            0.0,
        )
        for n in range(count)
    )
    joins = tuple(
        Join(n, "cut", 0, (n + 1) * step, (n + 1) * step, (n + 1) * step) for n in range(count - 1)
    )
    timeline = Timeline(plays, joins, count * step)
    return timeline, report_of(timeline, "Long", tuple(play.deck.title for play in plays))


TITLES = st.text(max_size=120) | st.sampled_from(
    [AWKWARD, "]]>", "&amp;", "x" * 300, "a\u0000b\u202ec", 'KEY="/:', "\ud800", "con", "..", ""]
)
GRIDS = st.builds(
    Grid,
    bpm=st.floats(30, 300),
    first_downbeat_s=st.floats(-5, 5),
    beats_per_bar=st.sampled_from([2, 3, 4]),
    first_line_s=st.just(0.0),
)


@st.composite
def decks(draw: st.DrawFn, slot: int) -> Deck:
    lines = sorted(draw(st.lists(st.integers(1, 299), max_size=12, unique=True)))
    labels = st.sampled_from(["intro", "build", "drop", "breakdown", "outro", "section A"])
    heard = [(draw(labels), float(line)) for line in [0, *lines]]
    return Deck(
        slot=slot,
        title=draw(TITLES),
        path=Path("/nowhere.flac"),
        duration_s=300.0,
        loudness_lufs=-14.0,
        grid=draw(st.none() | GRIDS),
        key=draw(st.none() | st.sampled_from(ALL_KEYS)),
        energy=0.5,
        sections=sections(*heard, end_s=300.0) if draw(st.booleans()) else (),
    )


@st.composite
def any_set(draw: st.DrawFn) -> tuple[Timeline, SetReport]:
    """One to four tracks, each played at some speed, with transitions of some length."""
    plays: list[Play] = []
    joins: list[Join] = []
    at = 0
    for slot in range(1, draw(st.integers(1, 4)) + 1):
        length = draw(st.integers(60 * RATE_HZ, 200 * RATE_HZ))
        source = draw(st.floats(0, 50 * RATE_HZ))
        speed = draw(st.floats(0.9, 1.1))
        half = length // 2
        knots = (
            Knot(at, source),
            Knot(at + half, source + half),
            Knot(at + length, source + half + (length - half) * speed),
        )
        plays.append(Play(draw(decks(slot)), knots, draw(st.floats(-12, 12))))
        end = at + length
        at = end - draw(st.integers(0, 30 * RATE_HZ))
        joins.append(Join(slot - 1, "blend", 8, at, (at + end) // 2, end))
    timeline = Timeline(tuple(plays), tuple(joins[:-1]), plays[-1].end)
    titles = tuple(play.deck.title for play in plays)
    return timeline, report_of(timeline, draw(TITLES), titles)
