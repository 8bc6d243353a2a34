"""The page of a set: everything said, nothing a stranger wrote run, and working in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from browser import Browser, browser_path
from hypothesis import given, settings
from hypothesis import strategies as st
from reported import EVENING, HOSTILE, JOINS, SLOTS, drawn, full_waveform, long_report

from engine.audio.files import Tags, write
from engine.sets.page import report_page
from engine.sets.report import SetReport
from engine.sets.waveform import WaveformDrawing
from engine.text import clean
from tests.sounds import RATE_HZ, music

MIX = "Sunset & co #1.flac"
SMALL = WaveformDrawing().finish()


class Read(HTMLParser):
    """What a browser would see of a page: its elements, its text, and what its scripts hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text, self.scripts = "", []
        self._inside = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts[-1] += data
        elif self._inside != "style":
            self.text += data


def shape(page: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(tag, tuple(attributes)) for tag, attributes in Read(page).elements]


def titled(words: str) -> SetReport:
    """The evening with these words wherever a stranger may have written."""
    first = SLOTS[0].model_copy(
        update={
            "title": words,
            "file": words,
            "track_id": words,
            "warnings": (words,),
            "attempts": (SLOTS[0].attempts[0].model_copy(update={"verdict": words}),),
        }
    )
    joins = (JOINS[0].model_copy(update={"why": words, "tried": (words,)}), *JOINS[1:])
    return EVENING.model_copy(
        update={
            "title": words,
            "brief": words,
            "slots": (first, *SLOTS[1:]),
            "joins": joins,
            "warnings": (words,),
            "files": (words,),
            "renderer": words,
        }
    )


PLAIN = shape(report_page(titled("plain"), SMALL, ["mix.flac"]))


@settings(max_examples=20, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>&\"'`/=!-$\\{}\u2028\u202e\0ascriptx "), min_size=1))
def test_no_words_change_what_the_page_is_made_of(words: str):
    page = report_page(titled(f"a{words}"), SMALL, ["mix.flac"])
    assert shape(page) == PLAIN
    assert " ".join(clean(f"a{words}").split()) in " ".join(Read(page).text.split())
    page.encode()


def test_the_data_of_the_page_is_json_that_nothing_in_it_can_end():
    page = report_page(EVENING, drawn(music(3.0)), [MIX])
    (block, script) = Read(page).scripts
    held = json.loads(block)
    assert held["tracks"][3]["title"] == clean(HOSTILE)
    assert not set(block) & set("<>&\u2028\u2029")
    assert "</" not in script
    assert "<!--" not in script


@pytest.mark.parametrize(
    ("name", "address"),
    [
        (MIX, "./Sunset%20%26%20co%20%231.flac"),
        ("javascript:alert(1).mp3", "./javascript%3Aalert%281%29.mp3"),
        ("//example.org/x.ogg", ".///example.org/x.ogg"),
        ('"><script>.wav', "./%22%3E%3Cscript%3E.wav"),
    ],
)
def test_the_mix_is_a_file_beside_the_page_whatever_it_is_called(name: str, address: str):
    elements = Read(report_page(EVENING, SMALL, [name])).elements
    assert [held["src"] for tag, held in elements if tag == "source"] == [address]


def test_the_page_needs_nothing_from_anywhere():
    page = report_page(EVENING, full_waveform(EVENING.duration_s), [MIX])
    elements = Read(page).elements
    assert not {tag for tag, _ in elements} & {"link", "img", "iframe", "object", "embed", "base"}
    assert not [held for tag, held in elements if tag != "source" and "src" in held]
    assert not re.findall(
        r"url\(|@import|https?:|fetch\(|XMLHttp", unescape(page).replace(HOSTILE, "")
    )
    policy = next(held["content"] for tag, held in elements if "http-equiv" in held)
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")


def test_everything_that_was_reported_is_on_the_page():
    text = " ".join(Read(report_page(EVENING, SMALL, [MIX])).text.split())
    expected = [
        "A set of 7 tracks in 9:41; 1 more failed", "10:00 asked for (−3.1 %)", "−14.1 LUFS",
        "−1.0 dBTP", "0.96", "The plan is a journey. The music follows it",
        "They are sketches", "2 good, 2 fair, 1 poor, 1 not judged", EVENING.brief,
        *EVENING.files, *EVENING.warnings,
        # slots
        *(clean(slot.title) for slot in SLOTS), *(slot.file for slot in SLOTS if slot.file),
        "1:11, for 1:39", "94 %", "114 → 116.4 → 114", "B minor → Bb minor → B minor", "10A",
        "−13.1 LUFS", "+3.9 dB", "0.35 → 0.41", "Made, then retimed and shifted in pitch",
        "Given, not made here", "Failed; the set goes on without it", "not heard",
        *(attempt.verdict for slot in SLOTS for attempt in slot.attempts),
        "seed 4, 96.2 BPM, C minor, −19.4 LUFS", "track z0000001",
        *(clean(warning) for slot in SLOTS for warning in slot.warnings),
        # joins
        *(join.why for join in JOINS), "Blend over 8 bars, 1:11 to 1:28",
        "Also weighed: filter 0.71; cut 0.44; fade 0.12.", "1.2 ms median, 4.4 ms at most",
        "8A → 9A: adjacent", "11A → 5A: a clash", "+3.3 %", "5.5 beats together", "4.9 LU step",
        "0.5 and 1.25 bars off the lines", "6.2 s together", "none matched",
    ]  # fmt: skip
    assert [words for words in expected if " ".join(words.split()) not in text] == []


def test_a_set_of_one_track_has_a_page_too():
    alone = EVENING.model_copy(update={"slots": SLOTS[:1], "joins": (), "renderer": "none"})
    text = Read(report_page(alone, SMALL, [])).text
    assert "nothing to lead from and to" in text
    assert "All tracks were given; nothing was made." in text


def test_a_page_of_forty_tracks_is_small_and_always_the_same():
    report, waveform = long_report(40), full_waveform(9600.0)
    page = report_page(report, waveform, [MIX])
    assert len(page.encode()) < 300_000
    assert report_page(report, waveform, [MIX]) == page


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    path = browser_path()
    if path is None:
        pytest.skip("no Chromium is installed")
    opened = Browser(path, tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set's folder: its page, the mix, and a page whose mix isn't there."""
    made = tmp_path_factory.mktemp("Sunset & co")
    write(made / MIX, np.zeros((2, 300 * RATE_HZ), dtype=np.float32), Tags(), "flac")
    waveform = full_waveform(EVENING.duration_s)
    (made / "report.html").write_text(report_page(EVENING, waveform, ["no.xyz", MIX]), "utf-8")
    (made / "silent.html").write_text(report_page(EVENING, waveform, ["gone.flac"]), "utf-8")
    (made / "long.html").write_text(report_page(long_report(40), waveform, [MIX]), "utf-8")
    return made


PLAYABLE = "document.querySelector('audio').readyState > 0"
POSITION = "document.querySelector('audio').currentTime"


def test_in_a_browser_nothing_goes_wrong_and_nothing_is_fetched(browser: Browser, folder: Path):
    (folder / "no.xyz").write_bytes(b"not audio")
    browser.show(folder / "report.html")
    browser.until(PLAYABLE)
    assert (
        browser.said("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded") == []
    )
    asked = {sent["request"]["url"] for sent in browser.said("Network.requestWillBeSent")}
    assert {address.rsplit("/", 1)[0] for address in asked} == {folder.as_uri()}
    assert browser.run("window.owned") is None


def test_listening_to_a_transition_plays_from_eight_seconds_before_it(
    browser: Browser, folder: Path
):
    browser.show(folder / "report.html")
    browser.until(PLAYABLE)
    browser.run("document.querySelectorAll('[data-join]')[2].click()")
    browser.until("!document.querySelector('audio').paused")
    position = browser.run(POSITION)
    assert 221.0 <= position < 223.0
    browser.until(f"{POSITION} > 221.2")
    assert browser.run("document.getElementById('now').textContent") == "3 · Paper Lanterns"


def test_keys_and_clicks_move_through_the_mix(browser: Browser, folder: Path):
    browser.show(folder / "report.html")
    browser.until(PLAYABLE)
    positions = []
    for key in ("n", "n", "p", "ArrowRight", "ArrowLeft"):
        browser.press(key)
        positions.append(browser.run(POSITION))
    assert positions == pytest.approx([62.857, 144.0, 62.857, 67.857, 62.857], abs=0.01)
    browser.press(" ")
    browser.until("!document.querySelector('audio').paused")
    browser.press(" ")
    browser.until("document.querySelector('audio').paused")
    x, y, width = (
        browser.run(f"document.getElementById('wave').getBoundingClientRect().{side}")
        for side in ("x", "y", "width")
    )
    browser.click(x + width / 2, y + 20)
    assert browser.run(POSITION) == pytest.approx(EVENING.duration_s / 2, abs=0.5)
    assert browser.run("document.getElementById('playhead').ariaValueText") == "4:50, 4 · " + clean(
        HOSTILE
    )


def test_without_the_mix_the_page_says_so_and_still_shows_where_things_are(
    browser: Browser, folder: Path
):
    browser.show(folder / "silent.html")
    browser.until("document.getElementById('hint').textContent.includes('“gone.flac”')")
    assert browser.run("document.getElementById('play').disabled")
    browser.press("n")
    assert browser.run("document.getElementById('time').textContent") == "1:02"


CONTRASTS = """(() => {
  const pen = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
  };
  const found = [];
  for (const one of document.body.querySelectorAll('*')) {
    const words = [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    const hidden = !one.checkVisibility() || one.closest('script, noscript, .unseen, .skip');
    if (!words || hidden) continue;
    const both = [light(rgba(getComputedStyle(one).color)), light(behind(one))];
    const [a, b] = both.sort((x, y) => y - x);
    found.push([(a + 0.05) / (b + 0.05), one.className || one.tagName]);
  }
  return found.sort((x, y) => x[0] - y[0]);
})()"""


def test_light_and_dark_differ_and_both_can_be_read(browser: Browser, folder: Path):
    backgrounds = []
    for scheme in ("light", "dark"):
        browser.show(folder / "report.html", scheme=scheme)
        backgrounds.append(browser.run("getComputedStyle(document.body).backgroundColor"))
        contrasts = browser.run(CONTRASTS)
        assert len(contrasts) > 200
        assert contrasts[0][0] >= 4.5, (scheme, contrasts[:5])
    assert backgrounds[0] != backgrounds[1]


@pytest.mark.parametrize("page", ["report.html", "long.html"])
def test_nothing_is_wider_than_a_phone(browser: Browser, folder: Path, page: str):
    browser.show(folder / page, width=390, height=844)
    assert browser.run("document.documentElement.scrollWidth") == 390


def test_nothing_moves_while_the_page_loads(browser: Browser, folder: Path):
    browser.show(folder / "report.html")
    browser.until(PLAYABLE)
    shift = """new Promise((done) => {
      let sum = 0;
      new PerformanceObserver((list) => {
        list.getEntries().forEach((entry) => { sum += entry.value; });
      }).observe({ type: 'layout-shift', buffered: true });
      setTimeout(() => done(sum), 100);
    })"""
    assert browser.run(shift) < 0.01
