"""Words of ideas: kinds of song, feelings, scenes, and the little words between phrases.

Data only. Styles, instruments, tempi, voices and languages are those of set briefs
(`engine.sets.brief`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.sets.brief.club_genres import CLUB_GENRES


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class SongKind:
    """What a kind of song implies: a genre, moods, a pace (-1 to 1) and a metre."""

    genre: str
    moods: tuple[str, ...] = ()
    tempo: float = 0.0
    metre: str | None = None


KINDS: Mapping[str, SongKind] = {
    "ballad": SongKind("pop", ("tender", "emotional"), -0.9),
    "ballade": SongKind("pop", ("tender", "emotional"), -0.9),
    "lullaby": SongKind("folk", ("gentle", "sleepy"), -1.0, "3/4"),
    "wiegenlied": SongKind("folk", ("gentle", "sleepy"), -1.0, "3/4"),
    "schlaflied": SongKind("folk", ("gentle", "sleepy"), -1.0, "3/4"),
    "anthem": SongKind("rock", ("anthemic",), 0.2),
    "hymn": SongKind("gospel", ("soulful",), -0.4),
    "shanty": SongKind("folk", ("rhythmic",), 0.6, "6/8"),
    "jig": SongKind("folk", ("joyful",), 0.9, "6/8"),
    "waltz": SongKind("folk", (), 0.0, "3/4"),
    "walzer": SongKind("folk", (), 0.0, "3/4"),
    "carol": SongKind("pop", ("warm",), -0.3),
    "serenade": SongKind("bossa nova", ("romantic",), -0.2),
    "jingle": SongKind("pop", ("bright", "happy"), 0.4),
    "march": SongKind("orchestral", ("majestic",), 0.6, "2/4"),
    "polka": SongKind("folk", ("happy",), 1.0, "2/4"),
}
SONG_WORDS = _words(
    "song songs ballad ballade lullaby anthem hymn tune track shanty waltz lied lieder walzer "
    "wiegenlied schlaflied serenade jingle carol chanson canción piece poem rap ode music musik "
    "number single hit"
)

STORIES: Mapping[str, frozenset[str]] = {
    story: _words(words)
    for story, words in {
        "defiance": "angry anger boss landlord fight protest revolution rebel rebellion hate fury "
                    "furious rage riot monday mondays taxes bureaucracy unstoppable defiant wut "
                    "wütend chef vermieter montag wehren",
        "leaving": "leaving leave goodbye goodbyes farewell moving quit quitting graduation "
            "breakup departure runaway abschied verlassen umzug wegziehen hometown",
        "longing": "miss missing heartbreak heartbroken lonely loneliness alone lost gone ghost "
                   "ghosts memory memories remember nostalgic nostalgia homesick sad sadness "
                   "melancholic melancholy grief mourning distance traurig trauriges trauriger "
                   "heimweh sehnsucht einsam vermisse vermissen erinnerung",
        "joy": "party dance dancing happy birthday celebrate celebration holiday fun joy joyful "
               "friday weekend carnival christmas upbeat euphoric tanzen geburtstag feiern feier "
               "glücklich fröhlich fröhliches sommer summer",
        "together": "love lovers wedding kiss romantic marry married couple valentine together "
                    "girlfriend boyfriend husband wife friend friends friendship baby daughter "
                    "son mother father dad mum mom mama papa grandmother grandma grandpa brother "
                    "sister parents oma opa mutter vater schwester bruder tochter "
                    "anniversary liebe hochzeit kuss freund freundin freunde dog cat hund katze",
        "wonder": "calm sleep lullaby peace peaceful quiet meditation garden nature dream dreaming "
                  "sleepy gentle serene ruhig ruhe frieden schlaf garten wiegenlied stars whales "
                  "wiegen schlaflied kitchen",
    }.items()
}  # fmt: skip
"""What happens between people, by the words that tell it; the earlier story wins a tie."""

STORY_MOODS: Mapping[str, str] = {
    "defiance": "defiant", "leaving": "wistful", "longing": "melancholic", "joy": "joyful",
    "together": "romantic", "wonder": "gentle",
}  # fmt: skip
MINOR_STORIES = frozenset({"defiance", "longing"})

SCENES: Mapping[str, frozenset[str]] = {
    scene: _words(words)
    for scene, words in {
        "winter": "winter snow snowman christmas ice frozen cold december schnee weihnachten eis "
                  "kalt frost",
        "space": "space astronaut mars rocket robot robots planet galaxy comet satellite aliens "
                 "alien weltraum rakete raumschiff astronautin",
        "rain": "rain rainy raining storm umbrella puddle thunder regen gewitter schirm",
        "beach": "sea ocean beach boat ship harbour harbor sail sailor island lighthouse waves "
            "wave whale whales fog sand coast summer surf fish meer strand schiff hafen insel "
                 "leuchtturm sommer wal wale shanty",
        "desert": "desert dune dunes camel cactus wüste oasis",
        "forest": "forest woods tree trees mountain mountains river dragon dragons witch castle "
                  "garden bird birds fox deer "
            "wald baum bäume berg berge fluss vogel",
        "home": "home house kitchen grandmother grandma grandfather mother father dog cat coffee "
                "tea family childhood brother sister dad mum mom parents oma opa mutter vater "
                "hund katze kaffee küche "
                "zuhause familie baby lullaby wiegenlied",
        "club": "club dance dancing dancefloor party rave tanzen disko clubs",
        "road": "road drive driving car highway train truck motel route journey travel leaving zug "
                "auto straße autobahn reise hometown motorbike bus",
        "city": "city town street streets neon subway tram berlin london paris tokyo lisbon market "
                "landlord boss office stadt straßenbahn hamburg wien vermieter rooftop rooftops",
        "night": "night midnight moon stars insomnia sleepless nacht mond sterne mitternacht",
        "stage": "stage concert festival birthday wedding applause bühne konzert geburtstag "
                 "hochzeit circus",
    }.items()
}  # fmt: skip
"""Where it plays, by the words that say so; the earlier scene wins a tie."""

QUIET_SCENES: Mapping[str, str] = {
    "longing": "night", "leaving": "road", "together": "home", "wonder": "home",
}  # fmt: skip
"""Where quieter stories play when the genre's own scene is a loud one."""

MOOD_GENRES: tuple[tuple[frozenset[str], str], ...] = tuple(
    (_words(words), genre)
    for words, genre in (
        ("angry furious rage aggressive fierce wütend defiant rebellious", "rock"),
        ("party dance dancing danceable groovy funky tanzen", "disco"),
        ("epic cinematic dramatic majestic heroic", "soundtrack"),
        ("dreamy hazy floating ethereal shimmering", "chillwave"),
        ("dark haunting mysterious noir eerie", "trip hop"),
        ("romantic sensual sultry soulful", "soul"),
        (
            "calm gentle peaceful tender soft quiet sad melancholic lonely wistful cosy cozy ruhig "
            "traurig trauriges melancholy",
            "folk",
        ),
        ("nostalgic retro neon 80s", "synthwave"),
        ("happy cheerful upbeat joyful fun fröhlich fröhliches", "pop"),
    )
)
"""Genres for moods where none is named."""

WORDLESS_GENRES = frozenset(
    {"ambient", "drone", "lo-fi", "chillhop", "classical", "orchestral", "soundtrack", "new age",
     "techno", "minimal techno", "dub techno", "ambient techno", "acid techno", "hard techno",
     "peak time techno", "melodic techno", "psytrance", "idm", "jazz fusion", "smooth jazz"}
)  # fmt: skip
"""Genres that nobody sings in unless a song is asked for."""
CLUB = frozenset(row[0] for row in CLUB_GENRES) - frozenset(
    {"hip hop", "boom bap", "jazz hop", "lo-fi", "chillhop", "trip hop", "downtempo", "trap",
     "drill", "ambient", "drone", "electronica", "idm"}
)  # fmt: skip
RAPPED = frozenset({"hip hop", "boom bap", "jazz hop", "trap", "drill"})
SPACIOUS = frozenset({"ambient", "drone", "new age", "soundtrack", "orchestral", "classical"})
SOLOED = frozenset({"jazz", "smooth jazz", "jazz fusion", "big band", "latin jazz", "bossa nova"})

STORY_GENRES: Mapping[str, tuple[str, ...]] = {
    "longing": ("folk", "soul", "trip hop", "synthwave"), "leaving": ("indie", "country", "folk"),
    "together": ("soul", "pop", "bossa nova", "folk"), "joy": ("disco", "pop", "funk"),
    "wonder": ("folk", "bossa nova", "chillwave"), "defiance": ("rock", "punk", "hip hop"),
}  # fmt: skip
GENRE_STORIES: Mapping[str, str] = {
    "punk": "defiance", "metal": "defiance", "hard rock": "defiance", "rock": "defiance",
    "hip hop": "defiance", "drill": "defiance", "trap": "defiance", "boom bap": "defiance",
    "industrial": "defiance", "blues": "longing", "trip hop": "longing", "synthwave": "longing",
    "country": "leaving", "indie": "leaving", "folk": "wonder", "bossa nova": "together",
    "soul": "together", "r and b": "together", "reggae": "wonder", "jazz": "longing",
    "ambient": "wonder", "lo-fi": "wonder", "chillwave": "wonder",
}  # fmt: skip

DETERMINERS = _words(
    "a an the my your our his her their its this these those every two three four five both many"
)
PREPOSITIONS = _words(
    "of in at on by from to under over with without into through near behind between after before "
    "across around for like past beyond inside about against along above below until"
)
STOPPERS = _words(
    "who whom whose which that where when while because if how why what i we you he she they it is "
    "are was were be been being am has have had do does did will would can could should must may "
    "might not never always then than so but or nor as i'm we're you're don't can't won't it's me "
    "him us them falls comes goes"
)
NEVER_THINGS = _words(
    "love time bed town home work school peace fact general front case life top all something "
    "anything nothing someone everyone everything somebody it"
)
NOUNS_IN_ING = _words(
    "morning evening spring king ring string thing wedding building ceiling lightning wing "
    "everything something nothing swing sting sibling ping beijing"
)
PLACE_WORDS = _words(
    "station bridge harbour harbor corner market cafe café bar beach lake river park "
    "pier diner motel lighthouse square cinema airport fair fairground"
)
GERMAN_DETERMINERS = _words(
    "der die das den dem des ein eine einen einem einer mein meine meinen meinem meiner dein deine "
    "deinen deinem deiner unser unsere unseren unserem unserer seinen seine ihre ihren"
)
GERMAN_STOPPERS = _words(
    "und oder mit wie wenn dass weil als in im auf bei nach aus durch für um vor zu zum "
    "zur wo wer ist sind war hat haben wird werden ohne gegen"
)
NOUN_MOODS = _words(
    "night midnight nighttime winter summer autumn spring morning dawn sunrise sunset beach "
    "festival tape cassette vinyl crackle lullaby echo cosmic stadium christmas"
)
"""Words that captions take for moods, but songs are about."""
LINE_STARTS = _words(
    "i i'm i'll i've we we're we'll you you're he she they it it's there there's let's don't never "
    "nobody nothing everybody why when how what where who if can't won't ich du wir er sie es wenn "
    "warum wie wo niemand lass nie"
)
"""What sentences begin with that are refrains as they stand."""
ABSTRACT = _words(
    "breakup heartbreak sadness loneliness depression grief anger goodbye distance love hate "
    "anxiety "
    "nostalgia hope life death time everything nothing"
)
"""Words that name a feeling, which a song is about but doesn't point at."""
ABSTRACT_ENDINGS = ("tion", "ness", "ment", "ism", "ance", "ence", "ship", "hood", "change", "love",
                    "music", "weather", "justice", "freedom", "coffee", "tea", "rain")  # fmt: skip
"""Endings of names that want no article."""
CALENDAR = _words(
    "monday tuesday wednesday thursday friday saturday sunday mondays fridays sundays january "
    "february april june july august september october november december christmas"
)
