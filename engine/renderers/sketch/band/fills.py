"""Drum fills: figures for the last half bar of a phrase. Data only.

Eight steps each (two beats; one compound beat in 6/8). Drums named in `clears` stop for the fill;
a fill that clears nothing is played on top of the groove.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Fill:
    rows: Mapping[str, str]
    clears: tuple[str, ...] = ()


_TIME = ("hat", "hat_open", "ride", "hat_pedal")
_BACKBEAT = ("snare", "clap", "rim", "snare_ghost")

FILLS: Mapping[str, Fill] = MappingProxyType({
    "none": Fill({}),
    "claps": Fill({"clap": "..x. x.xX"}, ("clap",)),
    "kick_out": Fill({"hat_open": "..x. ..X."}, ("kick", "hat", "hat_open")),
    "snare_roll": Fill({"snare": "o.o. ooxX"}, ("snare", "clap")),
    "hats": Fill({"hat": "oxox oxxX"}, ("hat", "hat_open")),
    "rims": Fill({"rim": "x..x ..xx"}, ("rim",)),
    "congas": Fill({"conga_high": "x.xx ..xx", "conga_low": ".... xx.."}, ("conga_high",)),
    "toms": Fill(
        {"tom_high": "xx.. ....", "tom_mid": "..xx ....", "tom_low": ".... xx.X",
         "kick": "x... x..."},
        (*_TIME, *_BACKBEAT, "kick"),
    ),
    "tom_cascade": Fill(
        {"snare": "xx.. ....", "tom_high": "..xx ....", "tom_mid": ".... xx..",
         "tom_low": ".... ..xX"},
        (*_TIME, *_BACKBEAT),
    ),
    "snares": Fill({"snare": "x.xx .xxX", "kick": "x... x..."}, (*_BACKBEAT, "kick")),
    "flams": Fill({"snare": "X..X ..XX", "tom_low": "X..X ..XX"}, (*_TIME, *_BACKBEAT)),
    "breaks": Fill({"snare": "x..x x.xX", "kick": "..x. .x.."}, (*_BACKBEAT, "kick")),
    "amen": Fill({"snare": "..x. .x.X", "kick": "x... x...", "crash": ".... ...o"},
                 (*_BACKBEAT, "kick")),
    "rolls": Fill({"hat": "xrrr xrrr", "snare": ".... ..xx"}, ("hat",)),
    "swung": Fill({"snare": "..o. x.oX", "tom_mid": ".... ..x.", "kick": ".... ...o"},
                  ("snare_ghost",)),
    "brushes": Fill({"brush": "o.oo oxox", "snare_ghost": "..x. x.xx"}, ("brush", "snare_ghost")),
    "timbales": Fill({"timbale": "x.xx xxxX"}, ("timbale", "rim", "cowbell")),
})  # fmt: skip
