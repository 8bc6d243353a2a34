"""Words for instruments and the patch or drum that plays them. Data only."""

from __future__ import annotations

from collections.abc import Mapping

_INSTRUMENTS: dict[str, str] = {
    "piano": "piano|pianos|grand piano|upright piano|felt piano",
    "epiano": "rhodes|electric piano|epiano|e piano|wurlitzer|wurli|fender rhodes|keys|keyboard|"
    "keyboards",
    "organ": "organ|organs|hammond|hammond organ|church organ",
    "stab": "stab|stabs|chord stabs",
    "clav": "clav|clavinet",
    "warm_pad": "pad|pads|warm pad|warm pads|synth pad|synth pads|synth|synths|synthesizer|"
    "synthesizers|analog synth|analog synths",
    "dark_pad": "dark pad|dark pads|drones",
    "glass_pad": "glass pad|glassy pads|shimmer|shimmering|shimmering pads",
    "supersaw": "supersaw|supersaws|super saw|saws",
    "pluck": "pluck|plucks|plucked synth|plucky|plucky synth",
    "arp": "arp|arps|arpeggio|arpeggios|arpeggiated|arpeggiator|sequencer",
    "saw_lead": "saw lead|synth lead|lead synth|synth solo",
    "square_lead": "square lead|chiptune|8 bit",
    "bell": "bell|bells|chimes|chime",
    "synth_brass": "synth brass|synth horns",
    "clean_guitar": "guitar|guitars|clean guitar|electric guitar|guitar riffs|guitar solo",
    "muted_guitar": "muted guitar|funk guitar|skank|palm muted guitar",
    "crunch_guitar": "distorted guitar|distorted guitars|crunch guitar|overdriven guitar|"
    "power chords|heavy guitar|heavy guitars",
    "nylon_guitar": "nylon guitar|classical guitar|spanish guitar|flamenco guitar|nylon",
    "strings": "strings|string section|orchestra|orchestral strings|violins|lush strings",
    "brass": "brass|horns|horn|horn section|brass section",
    "trumpet": "trumpet|trumpets|muted trumpet",
    "sax": "sax|saxophone|saxes|saxophones|tenor sax|alto sax",
    "flute": "flute|flutes",
    "marimba": "marimba|marimbas|mallets",
    "vibraphone": "vibraphone|vibes solo|vibraphones",
    "voice": "vocals|vocal|voice|voices|singer|singing|vocalist|vocalise|female vocals|"
    "female vocal|male vocals|male vocal|female voice|male voice|vocal hook|humming|sung",
    "choir": "choir|choirs|backing vocals|choral",
    "sub": "sub|sub bass|subbass",
    "bass_808": "808|808s|808 bass|sliding 808",
    "round_bass": "synth bass|round bass|deep bass",
    "acid_bass": "acid|303|tb 303|acid bass|acid line|squelchy bass|squelch",
    "reese": "reese|reese bass",
    "wobble": "wobble|wobble bass|wobbles|growl bass|wub",
    "saw_bass": "saw bass",
    "finger_bass": "bass guitar|electric bass|finger bass|fingered bass",
    "slap_bass": "slap|slap bass|funk bass|slapped bass",
    "upright": "upright|upright bass|double bass|acoustic bass|walking bass|standup bass",
    "dub_bass": "dub bass|dubby bass",
}

_DRUMS: dict[str, str] = {
    "conga_high": "conga|congas|hand drums",
    "bongo_high": "bongo|bongos",
    "shaker": "shaker|shakers",
    "tambourine": "tambourine|tambourines",
    "cowbell": "cowbell|cowbells|more cowbell",
    "clave": "clave|claves",
    "timbale": "timbale|timbales",
    "clap": "clap|claps|handclaps|hand claps",
    "ride": "ride|ride cymbal|cymbals",
    "rim": "rimshot|rimshots|rim",
    "brush": "brushes|brushed drums",
    "tom_low": "tom|toms|tribal drums",
    "hat": "hi hat|hi hats|hihat|hihats|hats",
    "kick": "kick|kicks|kick drum|bass drum",
    "snare": "snare|snares|snare drum",
}

PITCHED: Mapping[str, str] = {
    word: patch for patch, words in _INSTRUMENTS.items() for word in words.split("|")
}
"""A word to the patch it names."""

PLAYERS: Mapping[str, str] = {
    **PITCHED,
    **{word: sound for sound, words in _DRUMS.items() for word in words.split("|")},
}
"""A word to the patch or drum sound it names."""

KITS: Mapping[str, str] = {
    "909": "kit_909", "tr 909": "kit_909", "808 drums": "kit_808", "tr 808": "kit_808",
    "808 kit": "kit_808", "live drums": "kit_acoustic", "acoustic drums": "kit_acoustic",
    "rock drums": "kit_rock", "jazz drums": "kit_jazz", "breakbeats": "kit_dnb",
    "amen break": "kit_dnb", "breaks": "kit_dnb", "latin percussion": "kit_latin",
}  # fmt: skip
"""Words for a drum kit, which then replaces the style's own."""

PLAIN = frozenset({"drums", "drum", "drumming", "percussion", "beat", "beats", "drum machine",
                   "bass", "bassline", "bass line", "basslines", "drum kit", "rhythm section",
                   "effects", "fx", "risers", "lyrics", "band"})  # fmt: skip
"""Parts that are there anyway unless they are taken out."""
