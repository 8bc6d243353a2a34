"""What people write when they want a set, and what a plan made of it must say.

Written before the reading was tuned. A field that is left out is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.keys import parse_key
from engine.sets.plan import SetPlan


@dataclass(frozen=True, slots=True)
class Wish:
    """A brief and what must become of it; every field that is given is one expectation."""

    text: str
    minutes: float | None = None
    count: int | None = None
    counts: tuple[int, int] | None = None
    """The fewest and the most slots."""
    each: float | None = None
    """Minutes of every slot."""
    bpm: tuple[float, float] | None = None
    arc: str = ""
    """Arcs that will do, with spaces between them."""
    language: str = ""
    instrumental: bool | None = None
    styles: tuple[str, ...] = ()
    """In this order, though others may lie between them."""
    only: str = ""
    """The style of every slot."""
    first: str = ""
    last: str = ""
    key: str = ""
    """Of every slot."""
    first_key: str = ""
    mode: str = ""
    """Of most slots' keys."""
    metre: str = ""
    said: tuple[str, ...] = ()
    """Words in most captions."""
    unsaid: tuple[str, ...] = ()
    """Words in no caption, unless a "no" stands before them."""
    starts_below: float | None = None
    ends_below: float | None = None
    peaks_above: float | None = None
    """Energies."""
    first_bpm: float | None = None
    last_bpm: float | None = None


def judged(wish: Wish, plan: SetPlan) -> Iterator[tuple[str, bool]]:
    """Every expectation of a wish, as a sentence, and whether the plan meets it."""
    slots = plan.slots
    styles = [slot.style for slot in slots]
    energies = [slot.energy for slot in slots]
    captions = [slot.caption.lower() for slot in slots]
    if wish.minutes is not None:
        yield f"{wish.minutes:g} minutes, not {plan.minutes}", plan.minutes == wish.minutes
    if wish.count is not None:
        yield f"{wish.count} slots, not {len(slots)}", len(slots) == wish.count
    if wish.counts is not None:
        low, high = wish.counts
        yield f"{low} to {high} slots, not {len(slots)}", low <= len(slots) <= high
    if wish.each is not None:
        yield f"{wish.each:g} minutes each", all(slot.minutes == wish.each for slot in slots)
    if wish.bpm is not None:
        yield f"{wish.bpm} bpm, not {plan.bpm}", plan.bpm == wish.bpm
    if wish.arc:
        yield f"arc {wish.arc}, not {plan.arc}", plan.arc in wish.arc.split()
    if wish.language:
        right = all(slot.language == wish.language for slot in slots)
        yield f"language {wish.language}, not {slots[0].language}", right
    if wish.instrumental is not None:
        right = all(slot.instrumental is wish.instrumental for slot in slots)
        yield f"instrumental {wish.instrumental}, not {slots[0].instrumental}", right
    for style in wish.styles:
        yield f"{style} among {styles}", style in styles
    if len(wish.styles) > 1:
        places = [styles.index(style) for style in wish.styles if style in styles]
        yield f"{wish.styles} in order in {styles}", places == sorted(places)
    if wish.only:
        yield f"only {wish.only}, not {styles}", set(styles) == {wish.only}
    if wish.first:
        yield f"{wish.first} first, not {styles[0]}", styles[0] == wish.first
    if wish.last:
        yield f"{wish.last} last, not {styles[-1]}", styles[-1] == wish.last
    yield from _judged_music(wish, plan)
    for word in wish.said:
        right = sum(word in caption for caption in captions) > len(captions) / 2
        yield f"{word!r} in most of {captions}", right
    for word in wish.unsaid:
        kept = [caption.replace(f"no {word}", "") for caption in captions]
        yield f"{word!r} in none of {captions}", not any(word in caption for caption in kept)
    yield from _judged_energies(wish, energies)


def _judged_music(wish: Wish, plan: SetPlan) -> Iterator[tuple[str, bool]]:
    keys = [slot.key for slot in plan.slots]
    if wish.key:
        yield f"all in {wish.key}, not {keys}", set(keys) == {str(parse_key(wish.key))}
    if wish.first_key:
        yield f"{wish.first_key} first in {keys}", keys[0] == str(parse_key(wish.first_key))
    if wish.mode:
        right = [key for key in keys if key and key.endswith(wish.mode)]
        yield f"mostly {wish.mode} in {keys}", len(right) > len(keys) / 2
    if wish.metre:
        right = all(slot.time_signature == wish.metre for slot in plan.slots)
        yield f"{wish.metre}, not {plan.slots[0].time_signature}", right
    if wish.first_bpm is not None:
        first = plan.slots[0].bpm
        yield f"{wish.first_bpm:g} bpm first, not {first}", first == wish.first_bpm
    if wish.last_bpm is not None:
        last = plan.slots[-1].bpm
        yield f"{wish.last_bpm:g} bpm last, not {last}", last == wish.last_bpm


def _judged_energies(wish: Wish, energies: Sequence[float | None]) -> Iterator[tuple[str, bool]]:
    first, last = energies[0], energies[-1]
    if wish.starts_below is not None:
        yield f"a calm start in {energies}", first is not None and first < wish.starts_below
    if wish.ends_below is not None:
        yield f"a calm end in {energies}", last is not None and last < wish.ends_below
    if wish.peaks_above is not None:
        middle = [energy for energy in energies[1:-1] if energy is not None]
        yield f"a peak in {energies}", max(middle, default=0.0) > wish.peaks_above


WISHES: tuple[Wish, ...] = (
    # as a DJ would write it down
    Wish(
        "40 minutes, sunset on the beach, deep house to melodic techno, 118 to 124, end calm",
        minutes=40, counts=(8, 13), bpm=(118, 124), first="deep house", last="melodic techno",
        ends_below=0.4, arc="journey", said=("sunset on the beach",),
    ),
    Wish("1h30 of techno, 130-138 bpm, peak time", minutes=90, bpm=(130, 138), arc="peak",
         only="techno", counts=(18, 30)),
    Wish("90 min house around 124", minutes=90, only="house", bpm=(122, 126)),
    Wish("half an hour of dub techno, instrumental", minutes=30, only="dub techno",
         instrumental=True),
    Wish("6 tracks of drum and bass at 174", count=6, only="drum and bass", bpm=(174, 174)),
    Wish("dnb 174, 45min, wave", only="drum and bass", bpm=(174, 174), minutes=45, arc="wave"),
    Wish("a dozen lo-fi tracks, rainy tokyo alley", count=12, only="lo-fi",
         said=("rainy tokyo alley",)),
    Wish("five songs, indie and pop rock, female vocals", count=5, styles=("indie", "pop rock"),
         instrumental=False, said=("female vocals",)),
    Wish("start with jazz, then trip hop, end with drum and bass",
         styles=("jazz", "trip hop", "drum and bass"), first="jazz", last="drum and bass"),
    Wish("an hour: open calm, peak in the middle, close with ambient", minutes=60, last="ambient",
         starts_below=0.4, peaks_above=0.8),
    Wish("two tracks of 3 minutes, bossa nova", count=2, each=3.0, only="bossa nova"),
    Wish("starts at 90 and ends at 128, hip hop into house", bpm=(90, 128), first="hip hop",
         last="house", first_bpm=90, last_bpm=128),
    Wish("ambient, 20 minutes, in A minor", only="ambient", minutes=20, key="A minor"),
    Wish("30 minutes of trance, start in 8A", minutes=30, only="trance", first_key="A minor"),
    Wish("progressive house, mostly minor, one hour", only="progressive house", mode="minor",
         minutes=60),
    Wish("jazz waltz, four pieces", count=4, only="jazz", metre="3/4"),
    Wish("folk in 3/4, 15 minutes", metre="3/4", only="folk", minutes=15),
    Wish("techno without vocals, nothing with piano, 25 minutes", only="techno",
         instrumental=True, unsaid=("piano", "vocal"), minutes=25),
    Wish("ambient without drums, 1 hour", only="ambient", minutes=60, unsaid=("drums",),
         said=("no drums",)),
    Wish("no vocals please, funk and soul, 8 tracks", count=8, instrumental=True,
         styles=("funk", "soul")),
    # chatty
    Wish("Hi! Could you make me a set for a dinner party? About an hour, something like bossa nova "
         "and smooth jazz, nothing too loud. Thanks!", minutes=60,
         styles=("bossa nova", "smooth jazz")),
    Wish("I'm having friends over on Saturday and want two hours of disco and funk with a bit of "
         "nu disco, really fun, build it up slowly", minutes=120, arc="build",
         styles=("disco", "funk", "nu disco")),
    Wish("we need music for a long drive through the desert at night, synthwave, maybe ten tracks",
         count=10, only="synthwave", said=("desert at night",)),
    Wish("Please play something slow and sad, piano and strings, no drums, for about twenty "
        "minutes",
         minutes=20, said=("piano", "sad", "no drums")),
    Wish("take me on a journey from ambient through downtempo and deep house up to techno, two "
         "hours", minutes=120, arc="journey", styles=("ambient", "downtempo", "deep house",
         "techno"), first="ambient", last="techno"),
    Wish("I want to fall asleep, 45 minutes of drone and ambient, wind down", minutes=45,
         arc="wind_down", styles=("drone", "ambient")),
    Wish("gym playlist, hard techno and hardstyle, an hour and a half, full power", minutes=90,
         styles=("hard techno", "hardstyle")),
    Wish("music to study to: lofi, jazzhop, steady, 3 hours", minutes=180, arc="static",
         styles=("lo-fi", "jazz hop")),
    Wish("Warm-up set for a small club, deep house, 60 mins, from 116 up to 122 bpm", minutes=60,
         bpm=(116, 122), only="deep house", arc="build"),
    # terse
    Wish("techno", only="techno"),
    Wish("174", bpm=(174, 174)),
    Wish("jazz 10min", only="jazz", minutes=10, counts=(2, 3)),
    Wish("3 tracks", count=3),
    Wish("house > techno", first="house", last="techno"),
    Wish("reggae -> dub, 8 songs", count=8, first="reggae", last="dub"),
    Wish("acid house 122-126 2h", only="acid house", bpm=(122, 126), minutes=120),
    Wish("slow jams, r&b, 6", only="r and b"),
    Wish("salsa 4x4min", only="salsa", count=4, each=4.0),
    Wish("uk garage 132bpm 12 tunes", only="uk garage", bpm=(132, 132), count=12),
    # typos
    Wish("40 minuts of deap house, end calm", minutes=40, only="deep house", ends_below=0.4),
    Wish("tekno, 1 huor, 132 bpm", only="techno", minutes=60, bpm=(132, 132)),
    Wish("drum n bass an neurofunk, six traks", count=6, styles=("drum and bass", "neurofunk")),
    Wish("ambiant and downtemo, ninety mintues", minutes=90, styles=("ambient", "downtempo")),
    Wish("liqiud drum & bass, half hour", only="liquid drum and bass", minutes=30),
    # units and numbers in words
    Wish("twenty-five minutes of trip hop", minutes=25, only="trip hop"),
    Wish("one hundred and twenty minutes, tech house, 126 BPM", minutes=120, only="tech house",
         bpm=(126, 126)),
    Wish("1:30 h of psytrance", minutes=90, only="psytrance"),
    Wish("2.5 hours melodic techno between 120 and 124 bpm", minutes=150, only="melodic techno",
         bpm=(120, 124)),
    Wish("a quarter of an hour of blues", minutes=15, only="blues"),
    Wish("three quarters of an hour, soul", minutes=45, only="soul"),
    Wish("600 seconds of ambient", minutes=10, only="ambient"),
    Wish("an hour and twenty minutes, minimal techno", minutes=80, only="minimal techno"),
    Wish("ten tracks of five minutes each, dub techno", count=10, each=5.0, only="dub techno"),
    Wish("8 tracks, 4 min each, breakbeat", count=8, each=4.0, only="breakbeat"),
    Wish("half a dozen disco tracks at one twenty bpm", count=6, only="disco", bpm=(120, 120)),
    # phases
    Wish("begin with ambient, end with hard techno, 80 minutes", first="ambient",
         last="hard techno", minutes=80),
    Wish("first reggae, then dancehall, then jungle, finally dubstep, 12 tracks", count=12,
         styles=("reggae", "dancehall", "jungle", "dubstep"), first="reggae", last="dubstep"),
    Wish("from chillwave to synthwave to darksynth, 9 tracks", count=9, first="chillwave",
         last="darksynth", styles=("chillwave", "synthwave", "darksynth")),
    Wish("open with calm ambient and finish with energetic trance", first="ambient",
         last="trance", starts_below=0.4),
    Wish("techno set that closes soft, 10 tracks", only="techno", count=10, ends_below=0.4),
    Wish("peak time tech house, then wind down with downtempo, 50 minutes", minutes=50,
         first="tech house", last="downtempo"),
    # arcs
    Wish("house, ups and downs, 40 min", only="house", arc="wave", minutes=40),
    Wish("deep house that slowly builds, 1 hr", only="deep house", arc="build", minutes=60),
    Wish("constant energy techno for running, 30 min at 135", arc="static", only="techno",
         minutes=30, bpm=(135, 135)),
    Wish("come down after the party, chillout, 30 minutes", arc="wind_down", only="downtempo",
         minutes=30),
    # voices and languages
    Wish("synthpop with vocals in German, 5 tracks", count=5, only="synthpop", language="de",
         instrumental=False),
    Wish("french lyrics, electropop, 4 songs", count=4, only="electropop", language="fr",
         instrumental=False),
    Wish("sung in Japanese, city pop style pop, 6 songs", count=6, only="pop", language="ja",
         instrumental=False),
    Wish("french house, 8 tracks, purely instrumental", only="french house", count=8,
         instrumental=True),
    Wish("soul with male vocals in F# minor, 3 tracks", only="soul", instrumental=False, count=3,
         key="F# minor", said=("male vocals",)),
    # keys
    Wish("three tracks in C major, pop", count=3, key="C major", only="pop"),
    Wish("techno all in Ebm, 20 min", key="Eb minor", only="techno", minutes=20),
    Wish("uplifting trance, start in F minor, 7 tracks", count=7, first_key="F minor",
         only="uplifting trance"),
    Wish("gospel and soul, mostly major, 40 min", mode="major", minutes=40,
         styles=("gospel", "soul")),
    # other languages
    Wish("40 Minuten Deep House zu Techno, Sonnenuntergang am Strand, ruhiges Ende", minutes=40,
         first="deep house", last="techno", ends_below=0.4),
    Wish("eine Stunde Drum and Bass, ohne Gesang", minutes=60, only="drum and bass",
         instrumental=True),
    Wish("eine halbe Stunde Jazz, dann Bossa Nova, langsam", minutes=30,
         styles=("jazz", "bossa nova")),
    Wish("sechs Lieder, Pop auf Deutsch", count=6, only="pop", language="de", instrumental=False),
    Wish("une heure de house, puis techno, sans voix", minutes=60, styles=("house", "techno"),
         instrumental=True),
    Wish("dix morceaux de jazz, pluie sur paris", count=10, only="jazz", said=("paris",)),
    Wish("media hora de salsa y latin jazz", minutes=30, styles=("salsa", "latin jazz")),
    Wish("ocho canciones de reggaeton en español", count=8, only="reggaeton", language="es",
         instrumental=False),
    # imagery, and things that aren't music
    Wish("a lighthouse in winter, 5 tracks", count=5, said=("lighthouse in winter",)),
    Wish("neon arcade 1984, synthwave, 20 min", only="synthwave", minutes=20,
         said=("neon arcade",)),
    Wish("dark warehouse, fog, strobe, techno 1h", only="techno", minutes=60, said=("dark",)),
    Wish("7 tracks with rhodes and upright bass, hip hop at 88", count=7, only="hip hop",
         bpm=(88, 88), said=("rhodes", "upright bass")),
)  # fmt: skip
