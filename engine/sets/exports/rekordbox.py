"""The set as a library that Rekordbox imports: tracks, grids, cues, and the set as a playlist.

Format: Pioneer DJ's "rekordbox xml format" 1.0.0, and what Rekordbox itself writes where that is
silent (colours). Times are seconds with three decimals.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from xml.etree import ElementTree as XML

from engine.audio.tags import short_key
from engine.sets.deck import Grid
from engine.sets.exports.contents import Contents, Mark, MarkKind, Single, most_needed
from engine.sets.exports.locations import uri

MAX_HOT, MAX_MEMORY = 8, 10

_KINDS = {"flac": "FLAC", "wav": "WAV", "mp3": "MP3", "ogg": "OGG", "opus": "OPUS", "aiff": "AIFF"}
_COLOURS: dict[MarkKind, tuple[int, int, int]] = {
    "mix in": (40, 226, 20),
    "mix out": (230, 40, 40),
    "first downbeat": (48, 90, 255),
    "intro end": (80, 180, 255),
    "drop": (222, 68, 207),
    "outro start": (224, 100, 27),
}
"""Of the eight pads. Green lets a track in and red lets it go."""
_MEMORY, _CUE = "-1", "0"
_FOLDER, _PLAYLIST, _BY_ID = "0", "1", "0"


def text(contents: Contents) -> str:
    root = XML.Element("DJ_PLAYLISTS", Version="1.0.0")
    XML.SubElement(root, "PRODUCT", Name="dj-agent", Version="1", Company="dj-agent")
    collection = XML.SubElement(root, "COLLECTION", Entries=str(len(contents.tracks) + 1))
    for number, track in enumerate(contents.tracks, start=1):
        _add_single(collection, contents, number, track)
    _add_mix(collection, contents)
    _add_playlist(XML.SubElement(root, "PLAYLISTS"), contents)
    XML.indent(root)
    written = XML.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}\n'


def _add_single(collection: XML.Element, contents: Contents, number: int, track: Single) -> None:
    facts = {"TrackID": str(number), "Name": track.title, "Artist": track.artist}
    facts |= {"Album": contents.title, "TrackNumber": str(number)}
    facts |= _about(contents, track.file, track.duration_s)
    if track.bpm:
        facts["AverageBpm"] = f"{track.bpm:.2f}"
    if track.key:
        facts["Tonality"] = short_key(str(track.key))
    entry = XML.SubElement(collection, "TRACK", facts)
    if track.grid:
        _add_tempo(entry, track.grid)
    for mark in most_needed(track.marks, MAX_MEMORY):
        _add_mark(entry, mark.name, mark.time_s, _MEMORY)
    for pad, mark in enumerate(most_needed(track.marks, MAX_HOT)):
        _add_mark(entry, mark.name, mark.time_s, str(pad)).attrib.update(_colour(mark))


def _add_mix(collection: XML.Element, contents: Contents) -> None:
    """The mix, with a memory cue where each track begins."""
    number = str(len(contents.tracks) + 1)
    facts = {"TrackID": number, "Name": contents.title, "Artist": contents.artist}
    facts |= {"Album": contents.title} | _about(contents, contents.mix, contents.duration_s)
    entry = XML.SubElement(collection, "TRACK", facts)
    for track in contents.tracks:
        _add_mark(entry, track.title, track.start_s, _MEMORY)


def _about(contents: Contents, file: str, duration_s: float) -> dict[str, str]:
    suffix = PurePosixPath(file).suffix.lower().removeprefix(".")
    return {
        "Kind": f"{_KINDS.get(suffix, suffix.upper())} File",
        "TotalTime": str(round(duration_s)),
        "Location": uri(contents.folder, file),
    }


def _add_tempo(entry: XML.Element, grid: Grid) -> None:
    """The grid from its first beat in the file on, which need not be the first of a bar."""
    first_s = grid.first_downbeat_s % grid.beat_s
    beat = round((first_s - grid.first_downbeat_s) / grid.beat_s) % grid.beats_per_bar + 1
    XML.SubElement(
        entry,
        "TEMPO",
        Inizio=f"{first_s:.3f}",
        Bpm=f"{grid.bpm:.4f}",
        Metro=f"{grid.beats_per_bar}/4",
        Battito=str(beat),
    )


def _add_mark(entry: XML.Element, name: str, time_s: float, pad: str) -> XML.Element:
    start = f"{time_s:.3f}"
    return XML.SubElement(entry, "POSITION_MARK", Name=name, Type=_CUE, Start=start, Num=pad)


def _colour(mark: Mark) -> dict[str, str]:
    red, green, blue = _COLOURS[mark.kind]
    return {"Red": str(red), "Green": str(green), "Blue": str(blue)}


def _add_playlist(playlists: XML.Element, contents: Contents) -> None:
    root = XML.SubElement(playlists, "NODE", Type=_FOLDER, Name="ROOT", Count="1")
    entries = str(len(contents.tracks))
    node = XML.SubElement(
        root, "NODE", Name=contents.title, Type=_PLAYLIST, KeyType=_BY_ID, Entries=entries
    )
    for number in range(1, len(contents.tracks) + 1):
        XML.SubElement(node, "TRACK", Key=str(number))
