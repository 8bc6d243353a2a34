"""The words of briefs besides genres, energies and figures. Data only, folded to plain letters.

English first; common words of German, French and Spanish beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.sets.plan import ArcName


def _spread(table: Mapping[str, str]) -> dict[str, str]:
    return {word.strip(): value for value, words in table.items() for word in words.split(",")}


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split(","))


PLACES: Mapping[str, str] = _spread({
    "start": "start, starts, starting, start with, starts with, starting with, start in, starts "
    "in, "
             "start at, open, opens, opening, open with, opens with, opening with, begin, begins, "
             "beginning, begin with, begins with, beginning with, first, at first, at the start, "
             "at the beginning, in the beginning, start off, start off with, start out, kick off, "
             "kick off with, am anfang, anfangs, zu beginn, beginnt mit, beginnend mit, zuerst, "
             "au debut, commence par, commencer par, d'abord, empieza con, empezar con, al "
             "principio, "
             "primero, starte mit, startet mit, erst",
    "middle": "middle, in the middle, mid set, midway, halfway, halfway through, mitte, in der "
    "mitte, "
              "au milieu, en el medio, a la mitad",
    "then": "then, and then, after that, afterwards, followed by, next, dann, danach, "
    "anschliessend, "
            "puis, ensuite, apres, luego, despues, spater, later",
    "end": "end, ends, ending, end with, ends with, ending with, end in, end on, end at, and end, "
           "finish, finishes, finishing, finish with, finishing with, finish on, close, closes, "
           "closing, close with, closing with, finally, lastly, last, at the end, in the end, "
           "to finish, to close, to end, end calm with, and close with, and finish with, am ende, "
           "am schluss, zum schluss, zum ende, zuletzt, ende, endet mit, schluss, a la fin, fin, "
           "finir par, finir avec, pour finir, termine par, terminer par, al final, termina con, "
           "terminar con, final, por ultimo",
})  # fmt: skip
"""Where in the set what follows belongs; a place after its words ("peak in the middle") is
understood too."""

GLIDES = _words(
    "to, into, towards, toward, up to, down to, over to, through, via, over, bis, zu, nach, "
    "hin zu, bis zu, uber, vers, jusqu'a, a, hasta, hacia, >, ->, →, =>, –>, -->, "
    "moving into, turning into, drifting into, going into, morphing into"
)
"""Between two genres: go from one to the other by what lies between."""

ARCS: Mapping[str, ArcName] = {
    word.strip(): arc
    for arc, words in {
        "build": "build, builds, building, build up, builds up, building up, build it up, "
                 "slowly builds, slowly build, rising, rise, rises, crescendo, warm up, warm-up, "
                 "warmup, ramp up, ramping up, climb, climbing, climbs, from calm to intense, "
                 "from calm to energetic, low to high, getting faster, gets faster, getting "
                 "harder, "
                 "more and more energetic, end on a high, ends on a high, end high, end with a "
                 "bang, "
                 "aufbauend, steigernd, steigend, steigern, montee, montee en puissance, "
                 "de menos a mas, subiendo, en crescendo",
        "wave": "wave, waves, ups and downs, up and down, peaks and valleys, rollercoaster, "
                "roller coaster, ebb and flow, undulating, wellen, auf und ab, vagues, "
                "montagnes russes, olas, altibajos, in waves",
        "peak": "peak time, peaktime, peak hour, prime time, "
                "main floor",
        "wind_down": "wind down, winding down, winds down, wind it down, cool down, cooling down, "
                     "cooldown, come down, coming down, comedown, calming down, calm down, "
                     "slow down, slowing down, getting calmer, gets calmer, fall asleep, "
                     "falling asleep, bedtime, to sleep, sleep, unwind, unwinding, fading out, "
                     "ausklingen, ausklang, runterkommen, einschlafen, zum einschlafen, "
                     "pour dormir, para dormir, bajando, high to low",
        "journey": "journey, trip, voyage, odyssey, adventure, story, reise, viaje, "
                   "journey through",
        "static": "steady, constant, constant energy, steady energy, same energy, even, flat, "
                  "constantly, background, background music, hintergrundmusik, gleichbleibend, "
                  "constante, fond sonore, musica de fondo, all the same, throughout",
    }.items()
    for word in words.split(",")
}  # type: ignore[misc]  # fmt: skip
"""How the energy goes."""

KEPT_ARC_WORDS = frozenset({"journey", "trip", "voyage", "odyssey", "adventure", "story"})

NEGATORS = _words(
    "no, not, without, nothing with, nothing, none, minus, sans, ohne, kein, keine, keinen, "
    "sin, pas de, aucun, aucune, ningun, avoid, but no, but not, don't, dont, never, "
    "any less, skip, not too, nothing too, nicht, nicht zu, pas trop, no mas"
)
REACHES = frozenset({"or", "nor", "and", "oder", "und", "ni", "et", "o", "y"})
"""After a negated word: the next word is negated too."""

VOICES = _words(
    "vocals, vocal, voice, voices, singing, singer, singers, sung, sing, sings, lyrics, "
    "gesang, gesungen, stimme, stimmen, voix, chant, chante, chanteuse, paroles, voz, voces, "
    "letra, cantado, cantante, canto, spoken word, rapping"
)
VOICE_KINDS: Mapping[str, str] = {
    "female vocals": "female vocals", "female vocal": "female vocals",
    "female voice": "female vocals", "female singer": "female vocals",
    "woman singing": "female vocals", "women singing": "female vocals",
    "frauenstimme": "female vocals", "weiblicher gesang": "female vocals",
    "voix feminine": "female vocals", "voz femenina": "female vocals",
    "male vocals": "male vocals", "male vocal": "male vocals", "male voice": "male vocals",
    "male singer": "male vocals", "man singing": "male vocals", "mannerstimme": "male vocals",
    "voix masculine": "male vocals", "voz masculina": "male vocals",
}  # fmt: skip
WORDLESS = _words(
    "instrumental, instrumentals, purely instrumental, instrumental only, only instrumental, "
    "instrumentalmusik, rein instrumental, instrumentale"
)
LANGUAGES: Mapping[str, str] = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it",
    "portuguese": "pt", "brazilian": "pt", "japanese": "ja", "chinese": "zh", "mandarin": "zh",
    "cantonese": "yue", "korean": "ko", "russian": "ru", "polish": "pl", "dutch": "nl",
    "swedish": "sv", "norwegian": "no", "danish": "da", "finnish": "fi", "turkish": "tr",
    "arabic": "ar", "hindi": "hi", "greek": "el", "hebrew": "he", "czech": "cs", "hungarian": "hu",
    "romanian": "ro", "ukrainian": "uk", "thai": "th", "vietnamese": "vi", "icelandic": "is",
    "latin lyrics": "la",
    "deutsch": "de", "deutschem": "de", "deutscher": "de", "deutsche": "de", "englisch": "en",
    "franzosisch": "fr", "spanisch": "es", "italienisch": "it",
    "japanisch": "ja", "anglais": "en", "francais": "fr", "allemand": "de", "espagnol": "es",
    "italien": "it", "japonais": "ja", "ingles": "en", "espanol": "es", "aleman": "de",
    "frances": "fr", "italiano": "it", "japones": "ja",
}  # fmt: skip
BEFORE_LANGUAGES = frozenset({"in", "auf", "en"})

TEMPO_WORDS: Mapping[str, float] = {
    "slow": -0.8, "slower": -0.8, "slowly": -0.4, "very slow": -1.0, "langsam": -0.8, "lent": -0.8,
    "lento": -0.8, "lenta": -0.8, "lente": -0.8, "langsame": -0.8, "fast": 0.8, "faster": 0.8,
    "very fast": 1.0, "quick": 0.6, "schnell": 0.8, "schneller": 0.8, "rapide": 0.8, "rapido": 0.8,
    "rapida": 0.8, "uptempo": 0.6, "up tempo": 0.6, "mid tempo": 0.0, "midtempo": 0.0,
}  # fmt: skip
"""From the slow end of a genre's usual tempos (-1) to the fast end (1)."""

MODES: Mapping[str, str] = {
    "mostly minor": "minor", "minor keys": "minor", "minor key": "minor", "in minor": "minor",
    "all minor": "minor", "mainly minor": "minor", "minor": "minor", "mostly major": "major",
    "major keys": "major", "major key": "major", "in major": "major", "all major": "major",
    "mainly major": "major", "major": "major", "moll": "minor", "meist moll": "minor",
    "dur": "major", "mineur": "minor", "majeur": "major", "menor": "minor", "mayor": "major",
}  # fmt: skip

INSTRUMENTS: Mapping[str, str] = {
    name: name
    for name in ["piano", "grand piano", "felt piano", "rhodes", "electric piano", "organ",
        "hammond organ", "church organ", "clavinet", "strings", "string section", "violins",
    "brass", "horns", "trumpet", "saxophone", "sax", "flute", "flutes", "guitar", "guitars",
    "acoustic guitar", "electric guitar", "nylon guitar", "classical guitar", "spanish guitar",
    "distorted guitar", "funk guitar", "upright bass", "double bass", "walking bass", "slap bass",
    "sub bass", "synth bass", "bass guitar", "reese bass", "wobble bass", "acid line", "303",
    "808", "808s", "909", "pads", "warm pads", "dark pads", "synths", "synth", "analog synths",
    "arpeggios", "arps", "arp", "plucks", "supersaws", "supersaw", "bells", "chimes", "marimba",
    "vibraphone", "choir", "congas", "bongos", "shaker", "shakers", "tambourine", "cowbell",
    "claps", "toms", "brushes", "breaks", "breakbeats", "drums", "percussion", "hand drums",
    "bass", "bassline", "beat", "beats", "drum machine", "harp", "violin", "cello", "clarinet",
    "accordion", "harmonica", "sitar", "kalimba", "steel drums", "vinyl crackle",
    "field recordings", "kicks", "kick", "hats", "hi hats", "snare", "stabs", "chords", "melody",
    "vocoder", "keys", "banjo", "mandolin", "ukulele", "trombone", "oboe", "drops", "samples"]
}  # fmt: skip
FOREIGN_INSTRUMENTS: Mapping[str, str] = {
    "klavier": "piano", "gitarre": "guitar", "gitarren": "guitars", "geige": "violin",
    "streicher": "strings", "flote": "flute", "trompete": "trumpet", "saxophon": "saxophone",
    "orgel": "organ", "schlagzeug": "drums", "guitare": "guitar", "guitares": "guitars",
    "violon": "violin", "cordes": "strings", "trompette": "trumpet", "batterie": "drums",
    "cuivres": "brass", "orgue": "organ", "guitarra": "guitar", "guitarras": "guitars",
    "cuerdas": "strings", "trompeta": "trumpet", "saxofon": "saxophone", "bateria": "drums",
    "flauta": "flute", "percusion": "percussion", "percussions": "percussion",
}  # fmt: skip

MOODS: Mapping[str, str] = {
    "dunkel": "dark", "dunkle": "dark", "dunkler": "darker", "duster": "dark", "traurig": "sad",
    "frohlich": "happy", "warme": "warm", "traumhaft": "dreamy", "vertraumt": "dreamy",
    "melancholisch": "melancholic", "romantisch": "romantic", "sombre": "dark", "triste": "sad",
    "joyeux": "happy", "reveur": "dreamy", "chaud": "warm", "oscuro": "dark", "oscura": "dark",
    "alegre": "happy", "sonador": "dreamy", "calido": "warm", "melancolico": "melancholic",
    "darker": "dark", "brighter": "bright", "warmer": "warm", "deeper": "deep",
    "dreamier": "dreamy",
    "happier": "happy", "sadder": "sad", "dirtier": "dirty", "funkier": "funky",
    "groovier": "groovy", "moodier": "moody", "weirder": "weird", "dunkleres": "dark",
}  # fmt: skip
"""Moods that captions know under another word; all others are kept as they are."""

STEPS: Mapping[str, float] = {
    "calmer": -0.25, "softer": -0.25, "quieter": -0.25, "mellower": -0.2, "chiller": -0.2,
    "more relaxed": -0.2, "more chill": -0.2, "gentler": -0.25, "lighter": -0.15, "ruhiger": -0.25,
    "less energy": -0.25, "less intense": -0.25, "less energetic": -0.25, "cool it": -0.25,
    "harder": 0.25, "heavier": 0.25, "wilder": 0.25, "bigger": 0.2, "louder": 0.2,
    "more energy": 0.25,
    "more energetic": 0.25, "more intense": 0.25, "more intensity": 0.25, "harter": 0.25,
    "mehr energie": 0.25, "pick it up": 0.2, "turn it up": 0.25, "take it up": 0.2, "livelier": 0.2,
    "take it down": -0.25, "bring it down": -0.25, "bring it up": 0.25, "tone it down": -0.25,
    "plus d'energie": 0.25, "mas energia": 0.25, "plus calme": -0.25, "mas tranquilo": -0.25,
}  # fmt: skip
"""Energies as steps from what was planned."""

ENERGIES_IN_ENGLISH: Mapping[str, str] = {
    word: english
    for english, words in {
        "calm": "ruhig ruhige ruhiges ruhiger ruhigen calme tranquilo tranquila",
        "quiet": "leise", "soft": "sanft doux douce suave",
        "relaxed": "entspannt relajado relajante detendu",
        "danceable": "tanzbar dansant bailable", "driving": "treibend",
        "energetic": "energetisch energique energico energica energy rave raving wild",
        "peak": "hohepunkt peaks peaking climax maximum", "banging": "bangers",
    }.items()
    for word in words.split()
}  # fmt: skip
"""What captions say for the energies that briefs say in other languages."""

_IDLE = (
    "a an the this that these those some any and or with of in at on for from by as is are be am "
    "it "
    "its it's i i'm im i'd i'll we we're you your our my me us he she they them there here please "
    "thanks thank hi hello hey dear can could would will want wants need needs like likes love "
    "make "
    "makes making give create build play plays playing do does get let lets let's have has having "
    "had set sets mix mixes playlist playlists dj music musik musique musica track tracks song "
    "songs "
    "tune tunes piece pieces bpm tempo tempos key keys kind sort type style styles styled "
    "something "
    "anything everything stuff things thing about around roughly approximately maybe perhaps "
    "probably quite rather really very pretty just only also too so but more most mostly mainly "
    "some "
    "bit little lot lots good nice great best cool new whole total long longer short each every "
    "per "
    "all up down out off over into than then when while where which who what how much many minutes "
    "minute hours hour set-list setlist session program programme listening hear listen sounds "
    "sound sounding feel feeling feels vibe vibes mood moods genre genres bitte ein eine einen "
    "einer "
    "eines der die das den dem des und oder mit von fur im in ist sind ich wir du mach mir mal "
    "etwas "
    "lied lieder stuck stucke titel minuten stunde stunden un une le la les du des et ou avec pour "
    "dans sur est je nous moi une peu morceaux morceau titres chansons minutes heure heures el los "
    "las una unos y o con por para es yo me quiero canciones cancion temas minutos hora horas de "
    "que "
    "go goes going take takes keep kept end start middle first last next later before after until "
    "till now today tonight please. energy energetic? purely sung style. going? that's bring "
    "brings "
    "brought purely should must might shall won't full? having? friends people someone one 1 "
    "surprise anything. whatever random again instead change switch now? from? here? different "
    "other another else them? auf en move moving note notes mins mercy same no not slowly "
    "gradually smoothly gently? along "
    "across "
    "between"
)
IDLE = frozenset(word.strip("?") for word in _IDLE.split())
"""Words that ask for nothing by themselves; imagery neither starts nor ends with one."""
