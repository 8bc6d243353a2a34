"""What people and models call the fields of a set and of a slot, besides their names.

Data and look-ups only. Spellings are compared without case, marks and spaces, so `beatsPerMinute`
and `BEATS_PER_MINUTE` are one.
"""

from __future__ import annotations

import re
import unicodedata

from engine.sets.plan import SetPlan, Slot

_MARKS = re.compile(r"[\W_]+")

_SLOT = {
    "title": "name tracktitle trackname songtitle songname titel label heading",
    "caption": "prompt description desc musicprompt styleprompt promptmusic text beschreibung "
    "trackdescription trackprompt stylecaption textline",
    "track": "file path trackid filename filepath audio audiofile audiopath uri url datei",
    "cover": "coverof remix remixof restyle",
    "repaint": "repaintof inpaint inpaintof",
    "extend": "extendof outpaint continue continuationof extensionof",
    "style": "genre subgenre genres musicstyle stil styles",
    "bpm": "tempo beatsperminute speed tempobpm bpmtempo bpmvalue targetbpm",
    "key": "keyscale musicalkey tonality scale camelot camelotkey keysignature tonart initialkey "
    "keyandscale rootkey camelotcode",
    "minutes": "durationmin durationmins durationminutes durationinminutes lengthmin lengthminutes "
    "lengthinminutes minuten min mins",
    "bars": "barcount numbars numberofbars measures lengthbars lengthinbars takte",
    "time_signature": "timesig meter metre signature taktart taktmass",
    "lyrics": "lyric songtext liedtext songlyrics lyrictext",
    "language": "lang vocallanguage lyricslanguage lyriclanguage sprache",
    "instrumental": "isinstrumental instrumentalonly noinstrumentalvocals",
    "energy": "energylevel intensity energie energyvalue",
    "seed": "randomseed",
    "locked": "lock fixed pinned islocked keepasis",
    "transition": "transitiontonext transitionout outtransition transitiontype transitionstyle "
    "mixout transitioneffect nexttransition uebergang ubergang transitionnote transitionnotes",
    "similarity": "coverstrength audiocoverstrength sourcesimilarity",
    "windows": "window regions region spans",
    "strength": "repaintstrength repaintingstrength",
    "snap_to_bars": "snap snaptobar quantize quantise",
    "seconds": "extensionseconds extendseconds extraseconds",
    "side": "direction extendside where",
}
_ASIDE = {
    "duration": "length runtime dauer time playtime lange laenge tracklength trackduration",
    "duration_s": "durationsec durationsecs durationseconds durationinseconds audioduration "
    "lengths lengthsec lengthseconds lengthinseconds sekunden",
    "duration_ms": "lengthms durationmillis",
    "index": "position number slot slotnumber no nr tracknumber trackno tracknum pos num idx "
    "slotindex trackindex",
    "start_s": "start starts startsec startseconds repaintingstart",
    "end_s": "end ends endsec endseconds repaintingend",
    "vocals": "hasvocals vocal withvocals singing gesang",
    "mood": "moods vibe atmosphere feel feeling stimmung emotion texture",
    "instruments": "instrumentation instrumente sounds soundpalette",
    "artist": "by artists performer kunstler interpret",
    "transition_bars": "mixbars blendbars transitionlength transitionlengthbars transitionbar",
    "kind": "task tasktype slottype type mode",
    "of": "source src sourceslot sourcetrack srcaudio base basedon original",
}
"""What slots have besides fields: other ways to say them, and what becomes part of one."""
_SET = {
    "title": "name setname settitle playlistname mixname titel mixtitle",
    "brief": "description prompt request summary concept theme notes note overview beschreibung",
    "minutes": "totalminutes setlength durationminutes lengthminutes setminutes totalduration "
    "totallength setduration targetminutes targetduration dauer minuten duration length totaltime",
    "bpm": "tempo bpmrange temporange bpms tempi",
    "arc": "energyarc moodprogression energycurve arcname energyprofile moodarc energyflow "
    "progression spannungsbogen",
    "order": "ordering trackorder",
    "renderer": "engine backend",
    "seed": "randomseed",
    "version": "planversion schemaversion",
    "slots": "tracks songs setlist playlist tracklist items entries tracklisting setplan lieder "
    "stucke titelliste",
}
_SET_ASIDE = {
    "minutes_s": "durations durationseconds durationsec durationinseconds totalseconds lengths "
    "targetdurationseconds totaldurationseconds totaldurations seconds",
    "bpm_low": "bpmmin minbpm bpmstart startbpm lowestbpm slowest mintempo bpmfrom",
    "bpm_high": "bpmmax maxbpm bpmend endbpm highestbpm fastest maxtempo bpmto",
    "count": "numtracks trackcount tracknumber numslots slotcount numberoftracks numberofslots "
    "totaltracks ntracks anzahl tracktotal",
    "settings": "defaults common global globalsettings config commonsettings shared parameters "
    "params einstellungen",
}
INNER = frozenset({"details", "music", "params", "parameters", "metadata", "meta", "info",
                   "attributes", "properties", "generation", "settings"})  # fmt: skip
"""Names under which models tuck fields of a slot away."""
OUTER = frozenset({"plan", "set", "setplan", "mix", "djset", "result", "response", "data", "output",
                   "setlist", "playlist", "answer", "json", "arguments", "args", "input",
                   "content"})  # fmt: skip
"""Names under which models hand over a set."""


def fold(name: str) -> str:
    """The name without case, accents, marks and spaces."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _MARKS.sub("", plain).lower()


def _table(own: list[str], *others: dict[str, str]) -> dict[str, str]:
    """Folded spellings and what each means; what is first in the tables counts."""
    table = {fold(name): name for name in own}
    for other in others:
        for name, spellings in other.items():
            table.setdefault(fold(name), name)
            for spelling in spellings.split():
                table.setdefault(spelling, name)
    return table


_SLOT_FIELDS = _table(list(Slot.model_fields), _SLOT, _ASIDE)
_SET_FIELDS = _table(list(SetPlan.model_fields), _SET, _SET_ASIDE)


def slot_field(name: str) -> str | None:
    """What is meant by this name in a slot: a field's name, or another known one."""
    return "index" if name.strip() == "#" else _SLOT_FIELDS.get(fold(name))


def set_field(name: str) -> str | None:
    """What is meant by this name in a set: a field's name, or another known one."""
    return _SET_FIELDS.get(fold(name))
