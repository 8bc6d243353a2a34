"""A set as one page for people: a player, the whole mix at a glance, and how good everything is.

One HTML file that needs nothing from anywhere: style, script and data are in it, and the mix is
played from the file beside it. `report.html`, `report.css` and `report.js` hold what is the same
for every set. All that a stranger may have written is escaped in one place, `markup`; besides,
the page's own policy lets no other script run and nothing be fetched.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import PurePosixPath
from string import Template

from engine.sets.page.facts import header, notes
from engine.sets.page.lanes import lanes
from engine.sets.page.markup import Markup, beside, data, joined, tag
from engine.sets.page.places import places
from engine.sets.page.tracks import tracks
from engine.sets.page.transitions import measured, transitions
from engine.sets.page.verdicts import GOALS, Verdict, poorest, summary
from engine.sets.page.wording import TYPES
from engine.sets.report import SetReport
from engine.sets.waveform import Waveform
from engine.text import clean

_MIME = {
    ".flac": "audio/flac",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg; codecs=opus",
    ".wav": "audio/wav",
}

_ROOM_REM = 5.5
"""How wide a track is at least on a phone, where the lanes are scrolled."""


def report_page(report: SetReport, waveform: Waveform, audio_names: Sequence[str]) -> str:
    """The page, to be written as UTF-8 into the folder where the mix is.

    `audio_names` are files of the mix in that folder; the first that a browser can play is played.
    """
    cards = measured(report)
    verdicts = [poorest(card) for card in cards]
    style, script = _text("report.css"), _text("report.js")
    return Template(_text("report.html")).substitute(
        policy=_policy(script),
        title=joined(report.title or "Untitled set"),
        style=style,
        script=script,
        data=data(_data(report, waveform, audio_names, verdicts)),
        header=header(report, summary(verdicts)),
        sources=_sources(audio_names),
        duration=f"{report.duration_s:.3f}",
        roomy=f"{_ROOM_REM * len(report.slots):g}",
        lanes=lanes(report, waveform, verdicts),
        transitions=transitions(report, cards),
        tracks=tracks(report),
        notes=joined(*notes(report, GOALS)),
    )


def _policy(script: str) -> str:
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "media-src 'self' file:; base-uri 'none'; form-action 'none'"
    )


def _sources(audio_names: Sequence[str]) -> Markup:
    return joined(
        *[
            tag("source", src=beside(name), type_=_MIME.get(PurePosixPath(name).suffix.lower()))
            for name in audio_names
        ]
    )


def _data(
    report: SetReport,
    waveform: Waveform,
    audio_names: Sequence[str],
    verdicts: Sequence[Verdict | None],
) -> dict[str, object]:
    """What the script needs: times and names, and the waveform's bytes."""
    bands = (waveform.lows, waveform.mids, waveform.highs)
    return {
        "duration": report.duration_s,
        "audio": list(audio_names[:1]),
        "tracks": [
            {"number": place.slot.slot, "title": clean(place.slot.title), "from": place.from_s}
            for place in places(report)
        ],
        "joins": [
            {
                "from": join.from_slot,
                "to": join.to_slot,
                "type": TYPES[join.type],
                "start": join.start_s,
                "swap": join.swap_s,
                "end": join.end_s,
                "verdict": verdict or "unjudged",
            }
            for join, verdict in zip(report.joins, verdicts, strict=True)
        ],
        "step": waveform.step_s,
        "bands": [b64encode(one).decode() for band in bands for one in (band.peak, band.rms)],
    }


@cache
def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text("utf-8")
