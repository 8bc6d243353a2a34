"""What the terms of a brief ask for: of the whole set, and of its parts in their order.

A part is a genre with the words around it, or what is said of the start, the middle or the end.
Knows nothing of slots: how many there are and who plays what is `course`'s to say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from engine.keys import Key
from engine.sets.brief import vocabulary as words
from engine.sets.brief.figures import Figures, Range
from engine.sets.brief.reading import Item, folded, read_items
from engine.sets.plan import ArcName

Place = Literal["start", "middle", "then", "end", ""]

_KNOWN = frozenset(
    {"genre", "energy", "step", "instrument", "tempo", "mark", "mode", "mood", "arc", "voice kind"}
)
_LOOK_AHEAD = 3
_MOST_WORDS = 8
"""A phrase of more words than this is talk, and only its last words are kept."""


@dataclass(slots=True)
class Phase:
    """A part of the set, as it was asked for."""

    place: Place = ""
    genre: str = ""
    glides: bool = False
    """Reached from the genre before by what lies between."""
    joined: bool = False
    """Begun by an "and": without a genre of its own it is more about the phase before."""
    moods: list[str] = field(default_factory=list)
    instruments: list[str] = field(default_factory=list)
    energy: float | None = None
    step: float = 0.0
    tempo: float | None = None
    bpm: Range | None = None
    about: bool = False
    """The tempo was only said about."""
    key: Key | None = None
    minutes: float | None = None
    """How long it is to be, of several lengths."""

    @property
    def says_something(self) -> bool:
        return bool(
            self.genre or self.moods or self.instruments or self.energy is not None or self.step
            or self.tempo is not None or self.bpm or self.key
        )  # fmt: skip

    def take(self, other: Phase) -> None:
        """Add what another phase says."""
        self.moods += other.moods
        self.instruments += other.instruments
        self.energy = other.energy if self.energy is None else self.energy
        self.step += other.step
        self.tempo = other.tempo if self.tempo is None else self.tempo
        self.about = other.about if self.bpm is None else self.about
        self.bpm = self.bpm or other.bpm
        self.minutes = other.minutes if self.minutes is None else self.minutes
        self.key = self.key or other.key


@dataclass(slots=True)
class Wanted:
    """All that a brief asks for besides its figures. `everywhere` holds for the whole set."""

    everywhere: Phase = field(default_factory=Phase)
    phases: list[Phase] = field(default_factory=list)
    """Those with a genre, in the order in which they are played."""
    places: list[Phase] = field(default_factory=list)
    """Those without one, at a place."""
    unwanted: list[str] = field(default_factory=list)
    avoided: list[str] = field(default_factory=list)
    """Genres."""
    arcs: list[ArcName] = field(default_factory=list)
    instrumental: bool | None = None
    voice: str = ""
    language: str | None = None
    metre: str | None = None
    mode: str = ""


def read_wanted(figures: Figures) -> Wanted:
    """What a brief asks for, from its text with the figures marked."""
    reader = _Reader(figures)
    reader.read()
    reader.wanted.metre = figures.metre
    return _sorted_out(reader.wanted, reader.done)


class _Reader:
    """One pass over the items."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.items = read_items(figures.text)
        self.wanted = Wanted()
        self.done: list[Phase] = []
        self.now = Phase()
        self.run: list[Item] = []
        self.negator: Item | None = None

    def read(self) -> None:
        for number, item in enumerate(self.items):
            self._item(number, item)
        self._close(Phase())

    def _item(self, number: int, item: Item) -> None:
        kind = item.kind
        if kind == "place" and not self._is_place(number):
            kind = "idle"
        if kind == "glide" and not self.now.genre:
            kind = "idle"
        if kind == "negator":
            self._flush()
            self.negator = item
        elif kind == "comma":
            self.negator = None
            self._close(Phase())
        elif self.negator is not None and kind not in ("idle", "place"):
            self._leave_out(number, item)
        elif kind in ("idle", "unknown") or (kind == "and" and not self.now.genre):
            self.run.append(item)
        else:
            self._flush()
            self._take(number, item)

    def _is_place(self, number: int) -> bool:
        """Whether a word for a place is one here: the last train isn't the end of a set."""
        following = self.items[number + 1 :][:_LOOK_AHEAD]
        for item in following:
            if item.kind in _KNOWN:
                return True
            if item.kind == "comma":
                break
        ahead = self.items[number + 1 : number + 2]
        closes = not ahead or ahead[0].kind in ("comma", "place", "and")
        written = self.figures.text[self.items[number].start : self.items[number].end]
        return (closes and self.now.says_something) or (" " in written and not closes)

    def _take(self, number: int, item: Item) -> None:
        now, value = self.now, str(item.value)
        if item.kind == "genre":
            if now.genre:
                self._close(Phase())
            self.now.genre = value
        elif item.kind == "place":
            self._at(number, value)
        elif item.kind == "glide":
            self._close(Phase(glides=True))
        elif item.kind == "and":
            self._close(Phase(joined=True))
        elif item.kind == "arc":
            self._arc(item)
        elif item.kind == "mark":
            what = self.figures.marked[int(item.value)]
            if isinstance(what, Key):
                now.key = now.key or what
            elif isinstance(what, int | float):
                now.minutes = what
            else:
                now.bpm = now.bpm or what
                now.about = now.about or int(item.value) in self.figures.about
        elif item.kind in ("energy", "step", "tempo"):
            self._measure(item)
        elif item.kind in ("voice", "voice kind", "wordless", "language"):
            self._voice(number, item)
        elif item.kind == "mode":
            self.wanted.mode = self.wanted.mode or value
        else:
            (now.instruments if item.kind == "instrument" else now.moods).append(value)

    def _at(self, number: int, value: str) -> None:
        """A place before its words, or after them ("a calm end")."""
        ahead = self.items[number + 1 : number + 2]
        closes = not ahead or ahead[0].kind in ("comma", "place", "and")
        if closes and self.now.says_something and not self.now.place:
            self.now.place = _place(value)
            self._close(Phase())
        else:
            self._close(Phase(place=_place(value)))

    def _arc(self, item: Item) -> None:
        written = self.figures.text[item.start : item.end].lower()
        arc = next(arc for arc in words.ARCS.values() if arc == item.value)
        self.wanted.arcs.append(arc)
        if written in words.KEPT_ARC_WORDS:
            self.run.append(Item("idle", written, item.start, item.end))

    def _measure(self, item: Item) -> None:
        now, value = self.now, float(item.value)
        if item.kind == "energy":
            now.energy = value if now.energy is None else now.energy
            said = folded(self.figures.text[item.start : item.end])
            now.moods.append(words.ENERGIES_IN_ENGLISH.get(said, said))
        elif item.kind == "step":
            now.step += value
        else:
            now.tempo = value if now.tempo is None else now.tempo

    def _voice(self, number: int, item: Item) -> None:
        wanted = self.wanted
        if item.kind == "language":
            before = self.items[number - 1 : number]
            led = bool(before) and self._plain(before[0]) in words.BEFORE_LANGUAGES
            if led or any(one.kind in ("voice", "voice kind") for one in self.items):
                wanted.language = str(item.value)
                wanted.instrumental = False
            else:
                self.run.append(item)
        elif item.kind == "wordless":
            wanted.instrumental = True
        else:
            wanted.instrumental = False if wanted.instrumental is None else wanted.instrumental
            wanted.voice = wanted.voice or str(item.value)

    def _leave_out(self, number: int, item: Item) -> None:
        """A word after "no": what it names is left out, if it names anything."""
        if item.kind == "genre":
            self.wanted.avoided.append(str(item.value))
        elif item.kind == "instrument":
            self.wanted.unwanted.append(str(item.value))
        elif item.kind in ("voice", "voice kind"):
            self.wanted.instrumental = True
        ahead = self.items[number + 1 : number + 2]
        if not ahead or self._plain(ahead[0]) not in words.REACHES:
            self.negator = None
        elif item.kind == "and":
            return

    def _plain(self, item: Item) -> str:
        return self.figures.text[item.start : item.end].strip().lower()

    def _flush(self) -> None:
        """What was read but isn't known becomes a phrase, if it is more than idle words."""
        run = self.run
        self.run = []
        while run and run[0].kind != "unknown" and run[0].kind != "language":
            run.pop(0)
        while run and run[-1].kind != "unknown" and run[-1].kind != "language":
            run.pop()
        run = run[-_MOST_WORDS:]
        if run:
            phrase = " ".join(self.figures.text[run[0].start : run[-1].end].split())
            phrase = "".join(letter for letter in phrase if not "\ue000" <= letter <= "\uf8ff")
            if any(letter.isalpha() for letter in phrase):
                self.now.moods.append(phrase)

    def _close(self, following: Phase) -> None:
        self._flush()
        now = self.now
        self.now = following
        if now.joined and not now.genre and not now.place and self.done:
            self.done[-1].take(now)
            return
        if not now.says_something and now.place:
            following.place = following.place or now.place
        if now.says_something:
            self.done.append(now)


def _place(value: str) -> Place:
    return next(place for place in ("start", "middle", "then", "end") if place == value)


def _sorted_out(wanted: Wanted, done: list[Phase]) -> Wanted:
    """Phases with genres in their order; what has neither genre nor place holds everywhere."""
    genres = [phase for phase in done if phase.genre and phase.genre not in wanted.avoided]
    ranks = {"start": 0, "": 1, "then": 1, "middle": 1, "end": 2}
    wanted.phases = sorted(genres, key=lambda phase: ranks[phase.place])
    alone = len(wanted.phases) == 1
    tempi = [phase for phase in done if phase.bpm]
    if len(tempi) == 1 and tempi[0].genre and not alone:
        low, high = tempi[0].bpm or (0.0, 0.0)
        if tempi[0].joined or (low != high and not tempi[0].about):
            wanted.everywhere.bpm, tempi[0].bpm = tempi[0].bpm, None
    for phase in done:
        if phase.genre and not (alone and phase.place in ("", "then")):
            continue
        if phase.place:
            wanted.places.append(phase)
        else:
            wanted.everywhere.take(phase)
    if alone and wanted.phases[0].place in ("", "then"):
        wanted.phases = [Phase(genre=wanted.phases[0].genre)]
    return wanted
