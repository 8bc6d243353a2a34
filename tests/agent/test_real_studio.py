"""`dj-agent play` as a process, with the real studio, worker and renderer behind it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
import soundfile
from conftest import dismiss_worker

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real_studio")]

SHORT = """
version = 1
title = "Short Set"
[[slots]]
title = "Twenty Seconds"
caption = "deep house"
bpm = 120
key = "8A"
bars = 10
[[slots]]
title = "And Twenty More"
caption = "house, piano"
bpm = 121
minutes = 0.34
"""
MADE_OF = """
version = 1
title = "Made Of"
[[slots]]
title = "Source"
caption = "house"
bpm = 120
key = "A minor"
minutes = 0.34
[[slots]]
title = "Cover"
cover = "Source"
style = "reggae"
similarity = 0.8
[[slots]]
title = "Changed"
repaint = "crate/own.wav"
start_s = 4
end_s = 8
[[slots]]
track = "crate/own.wav"
"""
FILES = {
    "Short Set.flac", "Short Set.m3u8", "Short Set.cue", "rekordbox.xml", "traktor.nml",
    "timeline.json", "report.html", "tracks/01 - Twenty Seconds.flac",
    "tracks/02 - And Twenty More.flac",
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "home"
    yield home
    dismiss_worker(home)


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """A set of two tracks of twenty seconds."""
    file = tmp_path / "short.toml"
    file.write_text(SHORT, encoding="utf-8")
    return file


def started(home: Path, *command: str) -> subprocess.Popen[str]:
    """`python -m` this command, on the studio in `home`."""
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        cwd=home.parent,
        env={**os.environ, "DJ_HOME": str(home), "DJ_RENDERER": "sketch", "PYTHONUTF8": "1"},
    )  # fmt: skip


def finished(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=280)
    return process.returncode, out, err


def files_in(folder: Path) -> set[str]:
    return {
        file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()
    }  # fmt: skip


def rendered(home: Path) -> dict[str, float]:
    """The tracks in the studio's library, and when each was written."""
    return {file.name: file.stat().st_mtime for file in (home / "tracks").glob("*.flac")}


def test_a_setlist_becomes_a_mix_with_all_that_belongs_to_it(
    home: Path, short: Path, tmp_path: Path
) -> None:
    code, out, err = finished(started(home, "dj_agent", "play", str(short)))
    assert (code, err) == (0, ""), out
    folder = tmp_path / "sets" / "short-set"
    assert files_in(folder) >= FILES
    assert not (folder / "play.log").exists()
    with soundfile.SoundFile(folder / "Short Set.flac") as mix:
        assert (mix.samplerate, mix.channels, mix.format) == (48_000, 2, "FLAC")
        assert 25.0 < mix.frames / mix.samplerate < 42.0
    assert re.search(r"1 +0:00 +Twenty Seconds +120 +A minor +-1[345]\.\d", out)
    assert "Made by" in out
    library = (folder / "rekordbox.xml").read_text(encoding="utf-8")
    locations = re.findall(r'Location="file://localhost([^"]*)"', library)
    assert len(locations) == 3
    assert all(Path(unquote(path)).is_relative_to(folder) for path in locations)
    assert all(Path(unquote(path)).is_file() for path in locations)
    assert str(home) not in (folder / "traktor.nml").read_text(encoding="utf-8").replace("/:", "/")

    before = {file: file.stat().st_ino for file in folder.rglob("*.flac")}
    code, out, err = finished(started(home, "dj_agent", "play", str(short)))
    assert (code, err) == (0, "")
    assert "track 1 of 2" not in out
    assert {file: file.stat().st_ino for file in folder.rglob("*.flac")} == before


def test_slots_cover_and_repaint_one_another_and_files(home: Path, tmp_path: Path) -> None:
    own = tmp_path / "crate" / "own.wav"
    own.parent.mkdir()
    beat = 0.2 * np.sin(np.arange(48_000 * 16) / 9) * (np.arange(48_000 * 16) % 24_000 < 4_000)
    soundfile.write(own, beat, 48_000)
    file = tmp_path / "made of.toml"
    file.write_text(MADE_OF, encoding="utf-8")
    code, out, err = finished(started(home, "dj_agent", "play", str(file)))
    assert (code, err) == (0, ""), out
    folder = tmp_path / "sets" / "made-of"
    tracks = sorted(name for name in files_in(folder) if name.startswith("tracks/"))
    assert [name[:9] for name in tracks] == ["tracks/01", "tracks/02", "tracks/03", "tracks/04"]
    kept, _ = soundfile.read(folder / tracks[2], dtype="float32", always_2d=True)
    was, _ = soundfile.read(own, dtype="float32")
    new = np.flatnonzero(np.abs(kept - was[:, None]).max(axis=1) > 2**-22) / 48_000
    assert 3.5 < new.min() < 8 < new.max() + 0.5 < 9


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
@pytest.mark.parametrize("stop", ["interrupt", "kill"])
def test_what_was_stopped_goes_on_where_it_was(
    home: Path, short: Path, tmp_path: Path, stop: str
) -> None:
    playing = started(home, "dj_agent", "play", str(short))
    assert playing.stdout
    while not playing.stdout.readline().startswith("· track 2 of 2"):
        assert playing.poll() is None
    while not (before := rendered(home)):
        assert playing.poll() is None
        time.sleep(0.05)
    if stop == "interrupt":
        playing.send_signal(signal.SIGINT)
        code, _, err = finished(playing)
        assert (code, err) == (130, "Stopped. The same command goes on from here.\n")
        assert not files_in(tmp_path / "sets" / "short-set")
    else:
        playing.kill()
        dismiss_worker(home)
        finished(playing)

    code, out, err = finished(started(home, "dj_agent", "play", str(short)))
    assert (code, err) == (0, ""), out
    assert files_in(tmp_path / "sets" / "short-set") >= FILES
    after = rendered(home)
    assert len(after) == 2
    assert before.items() <= after.items()


def test_a_set_can_be_played_at_a_running_server(
    home: Path, short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJ_HTTP_TOKEN", "sesame")
    server = started(home, "mcp_server", "--http", "0")
    try:
        assert server.stderr
        address = re.search(r"http://\S+/mcp", server.stderr.readline())
        assert address
        there = ("play", str(short), "--mcp", address[0])
        code, out, err = finished(started(home, "dj_agent", *there))
        monkeypatch.setenv("DJ_HTTP_TOKEN", "guess")
        refused, _, why = finished(started(home, "dj_agent", *there, "--out", "other"))
    finally:
        server.terminate()
        server.communicate(timeout=30)
    assert (code, err) == (0, "")
    assert "Twenty Seconds" in out
    assert files_in(tmp_path / "sets" / "short-set") >= FILES
    assert refused == 1
    assert why.startswith(f"No studio answers at {address[0]};")


def test_a_brief_becomes_a_setlist_that_the_studio_takes_back(home: Path, tmp_path: Path) -> None:
    brief = "twenty minutes of deep house in A minor, 120 to 122 bpm"
    planning = started(home, "dj_agent", "plan", brief, "-o", "deep.json")
    code, out, err = finished(planning)
    assert (code, out) == (0, ""), err
    assert err.endswith("To play it: dj-agent play deep.json\n")
    plan = json.loads((tmp_path / "deep.json").read_text(encoding="utf-8"))
    assert plan["brief"] == brief
    assert all(120 <= slot["bpm"] <= 122 for slot in plan["slots"])
    assert not (home / "tracks").exists() or not rendered(home)
