"""The words a caption may use, and what each stands for: styles, tempi and things without a voice.

Keys are lower case, without hyphens, `and` for every `&` and `n`. Moods and instruments have tables
of their own (`moods`, `instrument_words`). Data only: `words` reads captions with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.renderers.sketch.score import PartName


@dataclass(frozen=True, slots=True)
class Calling:
    """What a style's name asks for: a style, perhaps one of its grooves, and words it implies.

    `near` marks a style of its own that only comes near to what is here: the listener is told.
    """

    style: str
    groove: str = ""
    implies: str = ""
    near: bool = False


_NAMES: dict[str, tuple[str, ...]] = {
    "house": ("house", "house music", "chicago house", "four on the floor"),
    "deep house": ("deep house",),
    "techno": ("techno", "detroit techno"),
    "trance": ("trance", "progressive trance"),
    "drum & bass": ("drum and bass", "dnb", "d and b", "drumandbass"),
    "dubstep": ("dubstep",),
    "trap": ("trap", "trap beat"),
    "hip hop": ("hip hop", "hiphop", "rap beat"),
    "lo-fi": ("lo fi", "lofi", "lo fi hip hop", "lofi hip hop", "lofi beats", "lo fi beats"),
    "synthwave": ("synthwave", "synth wave", "retrowave", "outrun"),
    "ambient": ("ambient", "ambient music", "soundscape"),
    "disco": ("disco", "nu disco", "italo disco"),
    "pop": ("pop", "pop song"),
    "rock": ("rock", "rock and roll", "rock song"),
    "jazz": ("jazz", "swing", "bebop", "bop"),
    "reggae": ("reggae", "roots reggae", "one drop"),
    "latin": ("latin", "latino"),
}

_CALLINGS: dict[str, Calling] = {
    "tech house": Calling("house", groove="jacking", implies="minimal"),
    "soulful house": Calling("deep house", implies="warm organ"),
    "minimal techno": Calling("techno", groove="hypnotic", implies="minimal"),
    "peak time techno": Calling("techno", groove="driving", implies="energetic"),
    "uplifting trance": Calling("trance", groove="uplift", implies="uplifting"),
    "vocal trance": Calling("trance", implies="vocals"),
    "brostep": Calling("dubstep", implies="aggressive"),
    "darksynth": Calling("synthwave", implies="dark aggressive"),
    "drone": Calling("ambient", implies="minimal dark"),
    "big band": Calling("jazz", groove="swing", implies="brass energetic"),
    "ska": Calling("reggae", groove="rockers", implies="fast brass", near=True),
    "melodic techno": Calling("techno", implies="arp pad emotional"),
    "acid techno": Calling("techno", implies="acid"),
    "hard techno": Calling("techno", groove="driving", implies="hard fast"),
    "acid house": Calling("house", implies="acid"),
    "piano house": Calling("house", groove="piano house", implies="piano"),
    "progressive house": Calling("house", implies="supersaw arp epic"),
    "jungle": Calling("drum & bass", groove="jungle"),
    "liquid": Calling("drum & bass", groove="liquid", implies="rhodes pad warm"),
    "liquid drum and bass": Calling("drum & bass", groove="liquid", implies="rhodes pad warm"),
    "liquid dnb": Calling("drum & bass", groove="liquid", implies="rhodes pad warm"),
    "neurofunk": Calling("drum & bass", groove="roller", implies="dark aggressive reese"),
    "drill": Calling("trap", groove="drill", implies="dark"),
    "boom bap": Calling("hip hop", groove="boom bap"),
    "chillhop": Calling("lo-fi", groove="dusty"),
    "chillwave": Calling("synthwave", implies="dreamy calm"),
    "funk": Calling("disco", groove="funk", implies="clav slap"),
    "boogie": Calling("disco", groove="boogie"),
    "bossa nova": Calling("latin", groove="bossa nova", implies="nylon upright calm"),
    "bossa": Calling("latin", groove="bossa nova", implies="nylon upright calm"),
    "salsa": Calling("latin", groove="salsa", implies="piano trumpet"),
    "reggaeton": Calling("latin", groove="reggaeton", implies="minor"),
    "dub": Calling("reggae", groove="steppers", implies="spacious"),
    "synthpop": Calling("pop", groove="stomp", implies="supersaw arp"),
    "synth pop": Calling("pop", groove="stomp", implies="supersaw arp"),
    "electropop": Calling("pop", groove="stomp", implies="supersaw"),
    "hard rock": Calling("rock", groove="driving rock", implies="aggressive"),
    "punk": Calling("rock", groove="driving rock", implies="fast aggressive"),
    "ambient techno": Calling("techno", implies="pad dreamy"),
    "ambient house": Calling("deep house", implies="pad dreamy"),
    "dub techno": Calling("techno", implies="pad spacious dark"),
    "disco house": Calling("house", groove="piano house", implies="clav strings"),
    "french house": Calling("house", groove="classic", implies="clav strings filtered"),
    "jazz house": Calling("deep house", implies="piano sax"),
    "latin house": Calling("house", groove="piano house", implies="congas piano trumpet"),
    "jazz hop": Calling("hip hop", implies="piano sax"),
    "jazz fusion": Calling("jazz", implies="rhodes guitar"),
    "smooth jazz": Calling("jazz", implies="sax rhodes calm"),
    "latin jazz": Calling("latin", groove="salsa", implies="piano trumpet vibraphone"),
    "pop rock": Calling("rock", groove="backbeat", implies="bright"),
    "ambient drum and bass": Calling("drum & bass", groove="liquid", implies="pad dreamy"),
    "waltz": Calling("", implies="waltz time"),
    "garage": Calling("house", groove="jacking", implies="organ", near=True),
    "uk garage": Calling("house", groove="jacking", implies="organ", near=True),
    "two step": Calling("house", groove="jacking", implies="organ", near=True),
    "2 step": Calling("house", groove="jacking", implies="organ", near=True),
    "afro house": Calling("deep house", implies="congas", near=True),
    "afrobeat": Calling("disco", groove="funk", implies="congas brass", near=True),
    "edm": Calling("house", implies="supersaw energetic", near=True),
    "electronic": Calling("house", near=True),
    "electronica": Calling("techno", implies="pad", near=True),
    "dance": Calling("house", near=True),
    "hardstyle": Calling("trance", implies="hard fast", near=True),
    "psytrance": Calling("trance", groove="rolling", implies="fast", near=True),
    "eurodance": Calling("trance", near=True),
    "breakbeat": Calling("hip hop", groove="golden era", implies="energetic", near=True),
    "trip hop": Calling("hip hop", implies="dark slow strings", near=True),
    "downtempo": Calling("lo-fi", implies="pad", near=True),
    "chillout": Calling("lo-fi", implies="pad calm", near=True),
    "idm": Calling("techno", near=True),
    "industrial": Calling("techno", implies="dark aggressive", near=True),
    "r and b": Calling("hip hop", groove="head nod", implies="rhodes warm", near=True),
    "rnb": Calling("hip hop", groove="head nod", implies="rhodes warm", near=True),
    "soul": Calling("disco", groove="funk", implies="rhodes warm brass", near=True),
    "gospel": Calling("pop", implies="organ choir", near=True),
    "blues": Calling("jazz", implies="guitar", near=True),
    "metal": Calling("rock", groove="driving rock", implies="aggressive minor", near=True),
    "country": Calling("pop", implies="guitar", near=True),
    "folk": Calling("pop", implies="nylon soft", near=True),
    "indie": Calling("rock", implies="clean guitar", near=True),
    "afrobeats": Calling("latin", groove="reggaeton", near=True),
    "tango": Calling("latin", implies="minor strings", near=True),
    "samba": Calling("latin", groove="bossa nova", implies="energetic", near=True),
    "dancehall": Calling("latin", groove="reggaeton", near=True),
    "classical": Calling("ambient", implies="piano strings flute", near=True),
    "orchestral": Calling("ambient", implies="strings brass flute", near=True),
    "soundtrack": Calling("ambient", implies="strings piano", near=True),
    "piano solo": Calling("ambient", implies="piano no drums", near=True),
    "solo piano": Calling("ambient", implies="piano no drums", near=True),
    "new age": Calling("ambient", implies="piano", near=True),
}

CALLINGS: Mapping[str, Calling] = {
    **{word: Calling(style) for style, words in _NAMES.items() for word in words},
    **_CALLINGS,
}

TEMPI: Mapping[str, float] = {
    "slow": -0.9, "slower": -0.9, "downtempo": -0.9, "midtempo": 0.0, "mid tempo": 0.0,
    "moderate": 0.0, "uptempo": 0.8, "up tempo": 0.8, "fast": 0.9, "faster": 0.9, "quick": 0.7,
    "speedy": 0.9, "half time": -0.6, "laid back": -0.6, "frantic": 1.0, "adagio": -0.9,
    "andante": -0.5, "allegro": 0.7, "presto": 1.0,
}  # fmt: skip
"""Tempo words: -1 is the slow end of the style's range, 1 the fast end."""

UNVOICED: Mapping[str, str] = {
    "bagpipe": "sax", "bagpipes": "sax", "oboe": "flute", "clarinet": "sax", "bassoon": "sax",
    "recorder": "flute", "panpipes": "flute", "pan flute": "flute", "tin whistle": "flute",
    "whistle": "flute", "whistling": "flute", "harmonica": "sax", "accordion": "organ",
    "harmonium": "organ", "concertina": "organ", "didgeridoo": "dark_pad", "shakuhachi": "flute",
    "duduk": "flute", "sitar": "nylon_guitar", "banjo": "muted_guitar",
    "mandolin": "clean_guitar", "ukulele": "nylon_guitar", "lute": "nylon_guitar",
    "oud": "nylon_guitar", "bouzouki": "clean_guitar", "koto": "nylon_guitar",
    "shamisen": "nylon_guitar", "guzheng": "nylon_guitar", "harp": "pluck", "kora": "pluck",
    "kalimba": "marimba", "mbira": "marimba", "xylophone": "marimba", "balafon": "marimba",
    "gamelan": "vibraphone", "steel drum": "marimba", "steel drums": "marimba",
    "steelpan": "marimba", "glockenspiel": "bell", "celesta": "bell", "music box": "bell",
    "tubular bells": "bell", "handpan": "vibraphone", "hang drum": "vibraphone",
    "violin": "strings", "fiddle": "strings", "viola": "strings", "cello": "strings",
    "violoncello": "strings", "contrabass": "upright", "string quartet": "strings",
    "erhu": "strings", "trombone": "brass", "tuba": "brass", "french horn": "brass",
    "flugelhorn": "trumpet", "cornet": "trumpet", "theremin": "saw_lead", "pedal steel":
    "clean_guitar", "slide guitar": "clean_guitar", "lap steel": "clean_guitar",
    "twelve string guitar": "clean_guitar", "acoustic guitar": "nylon_guitar",
    "harpsichord": "clav", "mellotron": "strings", "talk box": "saw_lead", "vocoder": "voice",
    "yodel": "voice", "yodeling": "voice", "throat singing": "voice", "beatbox": "",
    "beatboxing": "", "rap": "voice", "rapping": "voice", "rapper": "voice",
    "spoken word": "voice", "screams": "voice", "screaming": "voice", "guttural screams": "voice",
    "growls": "voice", "death growls": "voice", "auto tune": "voice", "autotune": "voice",
    "tabla": "conga_high", "djembe": "conga_low", "cajon": "conga_low", "taiko": "tom_low",
    "timpani": "tom_low", "darbuka": "bongo_high", "dhol": "conga_low", "bodhran": "conga_low",
    "udu": "bongo_low", "surdo": "tom_low", "triangle": "tambourine", "castanets": "clave",
    "woodblock": "clave", "maracas": "shaker", "guiro": "shaker", "cabasa": "shaker",
    "gong": "crash", "sleigh bells": "tambourine", "finger snaps": "rim", "snaps": "rim",
    "scratching": "", "turntable": "", "turntables": "", "scratches": "", "vinyl scratches": "",
    "field recordings": "", "rain": "", "birdsong": "", "birds": "", "ocean waves": "",
    "thunder": "", "sound effects": "", "crowd noise": "", "feedback": "", "tape stop": "",
    "glitch": "", "glitches": "", "vocal chops": "voice", "vocal chop": "voice",
}  # fmt: skip
"""Things there is no voice for, and the nearest patch or drum that plays instead; "" for none."""

PARTS: Mapping[str, tuple[PartName, ...]] = {
    "drums": ("drums", "percussion"), "drum": ("drums", "percussion"),
    "drumming": ("drums", "percussion"), "beat": ("drums", "percussion"),
    "beats": ("drums", "percussion"), "percussion": ("percussion",), "bass": ("bass",),
    "bassline": ("bass",), "bass line": ("bass",), "keys": ("keyboard",),
    "keyboard": ("keyboard",), "keyboards": ("keyboard",), "synth": ("synth",),
    "synths": ("synth",), "synthesizer": ("synth",), "synthesizers": ("synth",),
    "guitar": ("guitar",), "guitars": ("guitar",), "strings": ("strings",), "brass": ("brass",),
    "horns": ("brass",), "woodwinds": ("woodwinds",), "vocals": ("vocals", "backing_vocals"),
    "vocal": ("vocals", "backing_vocals"), "voice": ("vocals", "backing_vocals"),
    "voices": ("vocals", "backing_vocals"), "singing": ("vocals", "backing_vocals"),
    "singer": ("vocals", "backing_vocals"), "lyrics": ("vocals", "backing_vocals"),
    "choir": ("backing_vocals",), "effects": ("fx",), "fx": ("fx",), "risers": ("fx",),
}  # fmt: skip
"""Words for whole parts, as they are left out: "no drums"."""

_ORDINARY = (
    "a an the this that some any and or with of in at on to for from by into over under between "
    "as is be it its like very really more most less quite bit little lot full good nice great "
    "cool new big small i me my you your we our make create give play song track tune piece "
    "music musical sound sounds sounding style styled type kind genre feel feeling vibe vibes "
    "mood moody groove grooves rhythm rhythms instrumental instrument instruments arrangement "
    "production produced mix loop loops set dj club bpm key tempo time signature minor major "
    "mode featuring feat played playing plays performed lead leads leading melody melodies "
    "melodic harmony harmonies chord chords progression progressions line lines part parts "
    "section sections intro outro verse chorus bridge drop buildup build breakdown hook break "
    "please about while then where which has have but so also just only no not without minus "
    "sans free through around before after up down out off per non too theme themes long short "
    "version remix original remixed"
)
ORDINARY = frozenset(_ORDINARY.split())
"""Words that ask for nothing by themselves, so nobody is told that they had no effect."""
