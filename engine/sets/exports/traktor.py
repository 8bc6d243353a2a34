"""The set as a collection that Traktor imports: tracks, grid markers, cues, and a playlist.

Format: NML 19, which Native Instruments doesn't document; as Traktor Pro 3 writes it. Times are
milliseconds. Traktor has marks for letting a track in and out, so mix in and mix out are those.
"""

from __future__ import annotations

import uuid
from pathlib import PurePosixPath
from xml.etree import ElementTree as XML

from engine.audio.tags import short_key
from engine.keys import Key
from engine.sets.exports.contents import (
    Contents,
    MarkKind,
    Single,
    first_downbeat_s,
    most_needed,
)
from engine.sets.exports.locations import volume_and_directory

MAX_HOT = 8

_CUE, _FADE_IN, _FADE_OUT, _GRID = 0, 1, 2, 4
_TYPES: dict[MarkKind, int] = {"mix in": _FADE_IN, "mix out": _FADE_OUT}
_NO_PAD = -1


def text(contents: Contents) -> str:
    root = XML.Element("NML", VERSION="19")
    XML.SubElement(root, "HEAD", COMPANY="www.native-instruments.com", PROGRAM="Traktor")
    XML.SubElement(root, "MUSICFOLDERS")
    collection = XML.SubElement(root, "COLLECTION", ENTRIES=str(len(contents.tracks) + 1))
    for number, track in enumerate(contents.tracks, start=1):
        _add_single(collection, contents, number, track)
    _add_mix(collection, contents)
    XML.SubElement(root, "SETS", ENTRIES="0")
    _add_playlist(XML.SubElement(root, "PLAYLISTS"), contents)
    XML.SubElement(root, "INDEXING")
    XML.indent(root)
    written = XML.tostring(root, encoding="unicode", short_empty_elements=False)
    return f'<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n{written}\n'


def key_number(key: Key) -> int:
    """0 to 11 are C major to B major, 12 to 23 are C minor to B minor."""
    return key.tonic + (12 if key.mode == "minor" else 0)


def _add_single(collection: XML.Element, contents: Contents, number: int, track: Single) -> None:
    entry = XML.SubElement(collection, "ENTRY", TITLE=track.title, ARTIST=track.artist)
    _add_location(entry, contents, track.file)
    XML.SubElement(entry, "ALBUM", TRACK=str(number), TITLE=contents.title)
    _add_info(entry, track.duration_s, track.key)
    if track.bpm:
        XML.SubElement(entry, "TEMPO", BPM=f"{track.bpm:.6f}", BPM_QUALITY="100.000000")
    if track.key:
        XML.SubElement(entry, "MUSICAL_KEY", VALUE=str(key_number(track.key)))
    if track.grid:
        marker = _add_cue(entry, "AutoGrid", _GRID, first_downbeat_s(track.grid), _NO_PAD)
        XML.SubElement(marker, "GRID", BPM=f"{track.grid.bpm:.6f}")
    for pad, mark in enumerate(most_needed(track.marks, MAX_HOT)):
        _add_cue(entry, mark.name, _TYPES.get(mark.kind, _CUE), mark.time_s, pad)


def _add_mix(collection: XML.Element, contents: Contents) -> None:
    """The mix, with a cue where each track begins; the first eight have a pad."""
    entry = XML.SubElement(collection, "ENTRY", TITLE=contents.title, ARTIST=contents.artist)
    _add_location(entry, contents, contents.mix)
    XML.SubElement(entry, "ALBUM", TITLE=contents.title)
    _add_info(entry, contents.duration_s, None)
    for number, track in enumerate(contents.tracks):
        pad = number if number < MAX_HOT else _NO_PAD
        _add_cue(entry, track.title, _CUE, track.start_s, pad)


def _add_location(entry: XML.Element, contents: Contents, file: str) -> None:
    """In the order of `locations`, which is how a moved folder's are found."""
    path = PurePosixPath(file)
    volume, directory = volume_and_directory(contents.folder / path.parent)
    location = {"VOLUME": volume, "VOLUMEID": volume, "DIR": directory, "FILE": path.name}
    XML.SubElement(entry, "LOCATION", location)


def _add_info(entry: XML.Element, duration_s: float, key: Key | None) -> None:
    info = {"KEY": short_key(str(key))} if key else {}
    info |= {"PLAYTIME": str(round(duration_s)), "PLAYTIME_FLOAT": f"{duration_s:.6f}"}
    XML.SubElement(entry, "INFO", info)


def _add_cue(entry: XML.Element, name: str, kind: int, time_s: float, pad: int) -> XML.Element:
    facts = {"NAME": name, "DISPL_ORDER": "0", "TYPE": str(kind), "START": f"{time_s * 1000:.6f}"}
    facts |= {"LEN": "0.000000", "REPEATS": "-1", "HOTCUE": str(pad)}
    return XML.SubElement(entry, "CUE_V2", facts)


def _add_playlist(playlists: XML.Element, contents: Contents) -> None:
    root = XML.SubElement(playlists, "NODE", TYPE="FOLDER", NAME="$ROOT")
    nodes = XML.SubElement(root, "SUBNODES", COUNT="1")
    node = XML.SubElement(nodes, "NODE", TYPE="PLAYLIST", NAME=contents.title)
    files = "\n".join((contents.title, *(track.file for track in contents.tracks)))
    listed = XML.SubElement(
        node,
        "PLAYLIST",
        ENTRIES=str(len(contents.tracks)),
        TYPE="LIST",
        UUID=uuid.uuid5(uuid.NAMESPACE_URL, files).hex,
    )
    for track in contents.tracks:
        path = PurePosixPath(track.file)
        place = "".join(volume_and_directory(contents.folder / path.parent))
        entry = XML.SubElement(listed, "ENTRY")
        XML.SubElement(entry, "PRIMARYKEY", TYPE="TRACK", KEY=f"{place}{path.name}")
