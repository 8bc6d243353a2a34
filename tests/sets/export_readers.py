"""Readers of exported files, written from the formats and not from the writers."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as XML


def written(folder: Path, name: str = "rekordbox.xml") -> XML.Element:
    return XML.parse(folder / name).getroot()


def element(parent: XML.Element, name: str) -> XML.Element:
    found = parent.find(name)
    assert found is not None, f"{parent.tag} has no {name}"
    return found


def marks(entry: XML.Element, *, hot: bool) -> list[tuple[str, float]]:
    """The names and times of a track's hot cues or memory cues, in the file's order."""
    return [
        (mark.attrib["Name"], float(mark.attrib["Start"]))
        for mark in entry.iter("POSITION_MARK")
        if (mark.attrib["Num"] != "-1") == hot
    ]


def cue_starts(sheet: str) -> list[float]:
    """When each track begins, in seconds."""
    clocks = re.findall(r"INDEX 01 (\d{2,}):(\d\d):(\d\d)$", sheet, re.MULTILINE)
    return [int(m) * 60 + int(s) + int(f) / 75 for m, s, f in clocks]
