"""A picture of a piece, because people look rather than read: PNG, 1400 by 700 pixels.

From above: what was measured, the sections, the waveform with its lows, middles and highs in
three colours (as players show it), bars and phrases, the spectrum over time, and the clock. Cues
are flags over the waveform, findings a line at the bottom. Knows an analysis and samples; listens
to nothing itself.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy.fft import rfft

from engine.audio import SAMPLE_RATE_HZ
from engine.listen.readings import Analysis, Cue, HeardSection
from engine.listen.texture import FRAME_S, hear_texture

Audio = NDArray[np.float32]
Colour = tuple[int, int, int]
Pixels = NDArray[np.uint8]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

WIDTH, HEIGHT = 1400, 700
_LEFT, _RIGHT = 52, 1384
_COLUMNS = _RIGHT - _LEFT

_TITLE_Y, _FACTS_Y = 12, 40
_SECTIONS = (70, 104)
_FLAGS_Y = 110
_WAVE = (130, 340)
_BARS = (344, 366)
_SPECTRUM = (370, 640)
_CLOCK_Y, _NOTES_Y = 645, 672

_PAPER: Colour = (13, 16, 23)
_PANEL: Colour = (20, 25, 35)
_INK: Colour = (232, 236, 244)
_FAINT_INK: Colour = (139, 148, 167)
_LINE: Colour = (52, 60, 76)
_ALARM: Colour = (255, 107, 107)
_CUE: Colour = (255, 214, 102)
_VOICE: Colour = (236, 134, 208)
_BANDS: tuple[tuple[float, float, Colour], ...] = (
    (0.0, 200.0, (46, 92, 214)),
    (200.0, 3000.0, (240, 148, 60)),
    (3000.0, 20_000.0, (246, 242, 232)),
)
"""Lows, middles and highs, each drawn over the one before, in hertz."""
# What the built-in font lacks and Unicode doesn't take apart.
_SPELT = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "–": "-", "—": "-", "’": "'",
     "Æ": "Ae", "Ø": "O", "Đ": "D", "Ł": "L", "Þ": "Th", "“": '"', "”": '"', "„": '"'}
)  # fmt: skip
_ROLES: dict[str, Colour] = {
    "intro": (72, 104, 150), "build": (196, 140, 48), "drop": (205, 66, 78),
    "breakdown": (62, 128, 132), "outro": (72, 104, 150),
}  # fmt: skip
_LETTERS: tuple[Colour, ...] = ((108, 92, 176), (74, 132, 92), (150, 92, 132), (120, 118, 72))
# A ramp of rising lightness, so that it reads in grey as well: from paper to a warm white.
_HEAT = np.array(
    [(13, 16, 23), (38, 26, 84), (112, 30, 120), (196, 54, 92), (245, 132, 48), (252, 222, 140),
     (255, 252, 236)], dtype=np.float64
)  # fmt: skip

_WINDOW = 8192
_LOWEST_HZ, _HIGHEST_HZ = 40.0, 16_000.0
_RANGE_DB = 66.0
_TILT_DB = 3.0
"""Added per octave, because music falls by about so much."""
_OCTAVE_LABELS = ((50, "50"), (100, "100"), (200, "200"), (500, "500"), (1000, "1k"),
                  (2000, "2k"), (5000, "5k"), (10_000, "10k"))  # fmt: skip
_CLOCK_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300)
_LABEL_WIDTH = 84
_BEAT_WIDTH, _BAR_WIDTH, _PHRASE_WIDTH = 5.0, 3.0, 36.0
"""Beats, bars and bar numbers are drawn where they are at least so many pixels apart."""
_PHRASES = (1, 4, 8, 16, 32, 64)


@dataclass(frozen=True, slots=True, eq=False)
class _Canvas:
    image: Image.Image
    draw: ImageDraw.ImageDraw
    duration_s: float

    def x(self, time_s: float) -> float:
        return _LEFT + _COLUMNS * min(1.0, max(0.0, time_s / self.duration_s))

    def text(self, at: tuple[float, float], words: str, size: int, ink: Colour = _INK) -> None:
        self.draw.text(at, words, font=_font(size), fill=ink)

    def centred(self, at: tuple[float, float], words: str, size: int, ink: Colour = _INK) -> None:
        self.draw.text(at, words, font=_font(size), fill=ink, anchor="mm")


def draw_picture(audio: Audio, analysis: Analysis, title: str = "") -> bytes:
    """The picture of float32 audio [2, n] at 48 000 Hz and what was heard in it, as a PNG file.

    `title` is cut to fit and spelt in ASCII, which is what the built-in font has: letters that
    have no such spelling are left out. Audio of any length, silence included.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    duration_s = max(audio.shape[1] / SAMPLE_RATE_HZ, 1e-3)
    canvas = _Canvas(image, ImageDraw.Draw(image), duration_s)
    image.paste(Image.fromarray(_waveform(audio, duration_s)), (_LEFT, _WAVE[0]))
    image.paste(Image.fromarray(_spectrum(audio)), (_LEFT, _SPECTRUM[0]))
    _draw_head(canvas, analysis, title)
    for section in analysis.sections:
        _draw_section(canvas, section)
    _draw_bars(canvas, analysis)
    _draw_frequencies(canvas)
    _draw_voice(canvas, analysis)
    _draw_cues(canvas, analysis.cues)
    _draw_clock(canvas)
    _draw_notes(canvas, analysis)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _font(size: int) -> Font:
    return ImageFont.load_default(size)


def _waveform(audio: Audio, duration_s: float) -> Pixels:
    """Three bands, mirrored about the middle, each column as high as its loudest moment."""
    texture = hear_texture(audio)
    height = _WAVE[1] - _WAVE[0]
    pixels = np.full((height, _COLUMNS, 3), _PANEL, dtype=np.uint8)
    rows = np.abs(np.arange(height) - (height - 1) / 2)[:, None] / (height / 2)
    starts = (np.arange(_COLUMNS) * duration_s / _COLUMNS / FRAME_S).astype(int)
    starts = np.minimum(starts, len(texture.power) - 1)
    amplitudes = [np.sqrt(texture.between(low, high)) for low, high, _ in _BANDS]
    loudest = max(float(band.max()) for band in amplitudes) + 1e-9
    for band, (_, _, colour) in zip(amplitudes, _BANDS, strict=True):
        columns = np.maximum.reduceat(band, starts) / loudest
        inside = rows < np.maximum(columns, 0.004)[None, :] ** 0.8
        pixels[inside] = colour
    return pixels


def _spectrum(audio: Audio) -> Pixels:
    """Level by frequency (logarithmic, highest above) and time."""
    height = _SPECTRUM[1] - _SPECTRUM[0]
    bins = np.fft.rfftfreq(_WINDOW, 1.0 / SAMPLE_RATE_HZ)
    rows_hz = np.geomspace(_HIGHEST_HZ, _LOWEST_HZ, height)
    spectra = _column_spectra(audio)
    levels = np.stack([np.interp(rows_hz, bins, column) for column in spectra], axis=1)
    levels += _TILT_DB * np.log2(rows_hz / _LOWEST_HZ)[:, None]
    top = max(float(np.quantile(levels, 0.999)), -80.0)
    heat = np.clip(1.0 + (levels - top) / _RANGE_DB, 0.0, 1.0) ** 1.7 * (len(_HEAT) - 1)
    shades = [np.interp(heat, np.arange(len(_HEAT)), _HEAT[:, part]) for part in range(3)]
    return np.stack(shades, axis=2).astype(np.uint8)


def _column_spectra(audio: Audio) -> NDArray[np.float64]:
    """Decibels [columns, bins], of one window in the middle of each column."""
    mono = np.pad(audio.mean(axis=0, dtype=np.float32), (_WINDOW // 2, _WINDOW))
    every = np.lib.stride_tricks.sliding_window_view(mono, _WINDOW)
    middles = ((np.arange(_COLUMNS) + 0.5) * audio.shape[1] / _COLUMNS).astype(int)
    window = np.hanning(_WINDOW).astype(np.float32)
    return 20.0 * np.log10(np.abs(rfft(every[middles] * window, axis=1)) * 4.0 / _WINDOW + 1e-6)


def _draw_head(canvas: _Canvas, analysis: Analysis, title: str) -> None:
    canvas.text((_LEFT, _TITLE_Y), _fitted(_in_ascii(title), 22, _COLUMNS), 22)
    canvas.text((_LEFT, _FACTS_Y), "   ·   ".join(_facts(analysis)), 16, _FAINT_INK)


def _facts(analysis: Analysis) -> Iterator[str]:
    if analysis.bpm is not None:
        doubt = "" if analysis.bpm_confidence >= 0.5 else "?"
        yield f"{analysis.bpm:.4g} bpm{doubt}"
    else:
        yield "tempo wanders" if analysis.grid else "no steady beat"
    if analysis.time_signature:
        yield analysis.time_signature
    if analysis.key:
        doubt = "" if analysis.key_confidence >= 0.5 else "?"
        yield f"{analysis.key}{doubt} ({analysis.key_camelot})"
    else:
        yield "no key"
    yield f"{analysis.loudness_lufs:.1f} LUFS, loudest {analysis.loudest_lufs:.1f}"
    yield f"peak {analysis.true_peak_dbtp:.1f} dBTP"
    yield _clock(analysis.duration_s)


def _draw_section(canvas: _Canvas, section: HeardSection) -> None:
    """A block whose lit part is as high as the section's energy."""
    left, right = canvas.x(section.start_s), canvas.x(section.end_s) - 1
    if right <= left:
        return
    top, bottom = _SECTIONS
    colour = _section_colour(section.label)
    dim = _mixed(colour, _PAPER, 0.55)
    lit = bottom - (bottom - top) * section.energy
    canvas.draw.rectangle((left, top, right, bottom), fill=dim)
    canvas.draw.rectangle((left, lit, right, bottom), fill=colour)
    canvas.draw.line((left, _WAVE[0], left, _WAVE[1]), fill=_mixed(colour, _INK, 0.7))
    words = _fitted(section.label, 15, right - left - 6)
    if words.endswith("…") and section.label.startswith("section "):
        words = _fitted(section.label.removeprefix("section "), 15, right - left - 6)
    if words:
        canvas.text((left + 5, top + 2), words, 15)
    bars = f"{section.bars} bars" if section.bars > 1 else ""
    if bars and right - left > 48:
        canvas.text((left + 5, top + 20), bars, 11, _mixed(_INK, colour, 0.8))


def _section_colour(label: str) -> Colour:
    if label in _ROLES:
        return _ROLES[label]
    return _LETTERS[(ord(label[-1]) - ord("A")) % len(_LETTERS)]


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(share * a + (1 - share) * b) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _draw_bars(canvas: _Canvas, analysis: Analysis) -> None:
    """Beats, bars and numbered phrases, as dense as there is room for."""
    top, bottom = _BARS
    number = 0
    for segment in analysis.grid:
        beat_s = 60.0 / segment.bpm
        bar_s = beat_s * segment.beats_per_bar
        width = _COLUMNS * bar_s / canvas.duration_s
        phrase = next((n for n in _PHRASES if n * width >= _PHRASE_WIDTH), _PHRASES[-1])
        if width / segment.beats_per_bar >= _BEAT_WIDTH:
            for time_s in np.arange(segment.first_beat_s, segment.end_s - 1e-3, beat_s):
                canvas.draw.line((canvas.x(time_s), top, canvas.x(time_s), top + 3), fill=_LINE)
        for time_s in np.arange(segment.first_downbeat_s, segment.end_s - 1e-3, bar_s):
            x = canvas.x(float(time_s))
            if number % phrase == 0:
                canvas.draw.line((x, top, x, bottom), fill=_FAINT_INK)
                canvas.text((x + 3, top + 7), str(number + 1), 12, _FAINT_INK)
            elif width >= _BAR_WIDTH:
                canvas.draw.line((x, top, x, top + 6), fill=_FAINT_INK)
            number += 1
    canvas.text((8, top + 6), "bars", 12, _FAINT_INK)


def _draw_frequencies(canvas: _Canvas) -> None:
    top, bottom = _SPECTRUM
    for hertz, label in _OCTAVE_LABELS:
        share = np.log(_HIGHEST_HZ / hertz) / np.log(_HIGHEST_HZ / _LOWEST_HZ)
        y = top + (bottom - top) * float(share)
        canvas.draw.line((_LEFT - 5, y, _LEFT - 1, y), fill=_FAINT_INK)
        canvas.draw.text((_LEFT - 9, y), label, font=_font(12), fill=_FAINT_INK, anchor="rm")
    canvas.text((8, top - 2), "Hz", 12, _FAINT_INK)


def _draw_voice(canvas: _Canvas, analysis: Analysis) -> None:
    """A thin line under the waveform where a voice is likely."""
    if analysis.vocals is None or not analysis.vocals.where:
        return
    y = _WAVE[1] - 4
    for stretch in analysis.vocals.where:
        canvas.draw.rectangle(
            (canvas.x(stretch.start_s), y, canvas.x(stretch.end_s), y + 3), fill=_VOICE
        )
    canvas.text((8, y - 8), "voice?", 12, _VOICE)


def _draw_cues(canvas: _Canvas, cues: tuple[Cue, ...]) -> None:
    """A flag per moment; cues of one moment share it, and names that would touch are left out."""
    names: dict[float, str] = {}
    for cue in cues:
        names[cue.time_s] = f"{names[cue.time_s]}, {cue.kind}" if cue.time_s in names else cue.kind
    free_from = 0.0
    for time_s, name in sorted(names.items()):
        x = canvas.x(time_s)
        canvas.draw.line((x, _FLAGS_Y + 4, x, _WAVE[1]), fill=_CUE)
        canvas.draw.polygon([(x, _FLAGS_Y), (x + 9, _FLAGS_Y + 5), (x, _FLAGS_Y + 10)], fill=_CUE)
        words = f"{name} {_clock(time_s)}"
        width = _font(13).getlength(words)
        left = min(x + 12, _RIGHT - width)
        if left >= free_from:
            canvas.text((left, _FLAGS_Y - 3), words, 13, _CUE)
            free_from = left + width + 8


def _draw_clock(canvas: _Canvas) -> None:
    room = _COLUMNS / _LABEL_WIDTH
    step = next((s for s in _CLOCK_STEPS_S if canvas.duration_s / s <= room), _CLOCK_STEPS_S[-1])
    for time_s in np.arange(0.0, canvas.duration_s, step):
        x = canvas.x(float(time_s))
        canvas.draw.line((x, _SPECTRUM[1], x, _SPECTRUM[1] + 4), fill=_FAINT_INK)
        canvas.text((x + 3, _CLOCK_Y), _clock(float(time_s)), 12, _FAINT_INK)


def _draw_notes(canvas: _Canvas, analysis: Analysis) -> None:
    """The findings in a line, and those with a place as a mark over the waveform."""
    if not analysis.findings:
        return
    for finding in analysis.findings:
        if finding.end_s - finding.start_s < 0.99 * canvas.duration_s:
            right = max(canvas.x(finding.end_s), canvas.x(finding.start_s) + 2)
            canvas.draw.rectangle(
                (canvas.x(finding.start_s), _WAVE[0], right, _WAVE[0] + 3), fill=_ALARM
            )
    words = "   ".join(f"{finding.kind}: {finding.text}" for finding in analysis.findings)
    canvas.text((_LEFT, _NOTES_Y), _fitted(words, 13, _COLUMNS), 13, _ALARM)


def _fitted(words: str, size: int, width: float) -> str:
    """The words, or as many letters of them as fit, with an ellipsis; empty if none do."""
    font = _font(size)
    if font.getlength(words) <= width:
        return words
    while words and font.getlength(words + "…") > width:
        words = words[:-1]
    return f"{words}…" if len(words) > 1 else ""


def _in_ascii(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words.translate(_SPELT))
    return " ".join(plain.encode("ascii", "ignore").decode().split())


def _clock(time_s: float) -> str:
    minutes, seconds = divmod(int(time_s), 60)
    return f"{minutes}:{seconds:02d}"
