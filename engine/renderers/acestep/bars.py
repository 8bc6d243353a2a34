"""Bars: what a request leaves to the track's bar lines, settled by what is heard of them.

The model itself counts seconds. Where no beat is heard nothing is changed, and the result says so.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.audio import SAMPLE_RATE_HZ
from engine.audio.windows import Window as Span
from engine.audio.windows import snap
from engine.fields import MAX_EXTENSION_S, Window
from engine.listen.features import hear
from engine.renderers.protocol import Source
from engine.renderers.source_grid import grid_of
from engine.requests import ExtendRequest, RenderRequest, RepaintRequest

Asked = TypeVar("Asked", bound=RenderRequest)
Lines = NDArray[np.float64]

_UNHEARD = "no bars were heard in the track"


def on_bar_lines(request: Asked, source: Source | None) -> tuple[Asked, tuple[str, ...]]:
    """The request with windows on bar lines, if it asks for that, and with an extension of whole
    bars; and what is to be said of it."""
    if source is None:
        return request, ()
    if isinstance(request, RepaintRequest) and request.snap_to_bars:
        lines = _bar_lines(source)
        if len(lines) < 2:
            return request, (f"snap_to_bars: {_UNHEARD}; the windows are as asked.",)
        length = source.audio.shape[1]
        windows = [_snapped(window, lines, length) for window in request.windows]
        return request.model_copy(update={"windows": tuple(_joined(windows))}), ()
    if isinstance(request, ExtendRequest):
        lines = _bar_lines(source)
        if len(lines) < 2:
            return request, (f"seconds: {_UNHEARD}, so just so many were added.",)
        return request.model_copy(update={"seconds": _whole_bars(request, source, lines)}), ()
    return request, ()


def _bar_lines(source: Source) -> Lines:
    """Where bars begin, in seconds."""
    return grid_of(source, hear(source.audio)).downbeats_s


def _snapped(window: Window, lines_s: Lines, length: int) -> Window:
    span = snap(Span.from_seconds(window.start_s, window.end_s), lines_s, length)
    return Window(start_s=span.start / SAMPLE_RATE_HZ, end_s=span.end / SAMPLE_RATE_HZ)


def _joined(windows: list[Window]) -> list[Window]:
    """Those that came to meet, as one."""
    joined = windows[:1]
    for window in windows[1:]:
        if window.start_s <= joined[-1].end_s:
            joined[-1] = Window(start_s=joined[-1].start_s, end_s=window.end_s)
        else:
            joined.append(window)
    return joined


def _whole_bars(request: ExtendRequest, source: Source, lines_s: Lines) -> float:
    """About as many seconds as asked for, so that the result ends, or begins, on a bar line."""
    at_end = request.side == "end"
    nearest = lines_s[-2:] if at_end else lines_s[:2]
    bar_s = float(np.diff(nearest)[0])
    # How much of a bar is missing at the track's edge.
    edge_s = source.audio.shape[1] / SAMPLE_RATE_HZ - lines_s[-1] if at_end else lines_s[0]
    missing_s = -float(edge_s) % bar_s
    bars = round((request.seconds - missing_s) / bar_s)
    while missing_s + bars * bar_s < 1.0:
        bars += 1
    while missing_s + bars * bar_s > MAX_EXTENSION_S:
        bars -= 1
    return missing_s + bars * bar_s
