"""`dj-agent play` as a process, with the real studio, worker and renderer behind it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from conftest import dismiss_worker

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real_studio")]

SHORT = """
version = 1
title = "Short Set"
[[slots]]
title = "Ten Seconds"
caption = "deep house"
bpm = 120
key = "8A"
minutes = 0.17
[[slots]]
caption = "jazz waltz, piano"
time_signature = "3/4"
bpm = 180
bars = 16
"""


MADE_OF = """
version = 1
title = "Made Of"
[[slots]]
title = "Source"
caption = "house"
bpm = 120
key = "A minor"
minutes = 0.5
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
title = "Longer"
extend = 2
seconds = 8
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "home"
    yield home
    dismiss_worker(home)


def started(home: Path, *command: str) -> subprocess.Popen[str]:
    """`python -m` this command, on the studio in `home`."""
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        cwd=home.parent,
        env={**os.environ, "DJ_HOME": str(home), "DJ_RENDERER": "sketch", "PYTHONUTF8": "1"},
    )  # fmt: skip


def finished(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=240)
    return process.returncode, out, err


def test_a_setlist_becomes_tagged_flac_files(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "short.toml"
    file.write_text(SHORT, encoding="utf-8")
    code, out, err = finished(started(home, "dj_agent", "play", str(file)))
    assert (code, err) == (0, "")
    folder = tmp_path / "sets" / "short-set"
    record = json.loads((folder / "set.json").read_text(encoding="utf-8"))
    lengths_s = []
    for slot in record["slots"]:
        with soundfile.SoundFile(folder / slot["file"]) as audio:
            assert (audio.samplerate, audio.channels, audio.format) == (48_000, 2, "FLAC")
            assert audio.title == slot["title"]
            lengths_s.append(audio.frames / audio.samplerate)
        assert slot["track"]["renderer"] == "sketch"
        assert abs(slot["track"]["loudness_lufs"] + 14.0) <= 0.5
    assert lengths_s == pytest.approx([10.2, 16.0], abs=1e-4)
    assert record["slots"][0]["track"]["key"] == "A minor"
    assert "120 ✓" in out
    assert "A minor ✓" in out

    code, out, err = finished(started(home, "dj_agent", "play", str(file)))
    assert (code, err) == (0, "")
    assert out.count("(kept)") == 2


def test_slots_cover_repaint_and_extend_one_another_and_files(home: Path, tmp_path: Path) -> None:
    own = tmp_path / "crate" / "own.wav"
    own.parent.mkdir()
    beat = 0.2 * np.sin(np.arange(48_000 * 16) / 9) * (np.arange(48_000 * 16) % 24_000 < 4_000)
    soundfile.write(own, beat, 48_000)
    file = tmp_path / "made of.toml"
    file.write_text(MADE_OF, encoding="utf-8")
    code, out, err = finished(started(home, "dj_agent", "play", str(file)))
    assert (code, err) == (0, ""), out
    assert "2 covers slot 1 · 3 repaints own.wav · 4 extends slot 2." in " ".join(out.split())
    folder = tmp_path / "sets" / "made-of"
    record = json.loads((folder / "set.json").read_text(encoding="utf-8"))
    source, cover, changed, longer = record["slots"]
    assert cover["asked"]["track"] == source["track"]["id"]
    assert (cover["track"]["bpm"], cover["track"]["key"]) == (120.0, "A minor")
    assert cover["track"]["duration_s"] == source["track"]["duration_s"]
    assert longer["track"]["duration_s"] == cover["track"]["duration_s"] + 8
    kept, _ = soundfile.read(folder / changed["file"], dtype="float32", always_2d=True)
    was, _ = soundfile.read(own, dtype="float32")
    new = np.flatnonzero(np.abs(kept - was[:, None]).max(axis=1) > 2**-22) / 48_000
    assert 3.5 < new.min() < 8 < new.max() + 0.5 < 9

    code, out, _ = finished(started(home, "dj_agent", "play", str(file)))
    assert code == 0
    assert out.count("(kept)") == 4


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
def test_ctrl_c_ends_with_130_and_the_next_run_goes_on(home: Path, tmp_path: Path) -> None:
    slots = [f'[[slots]]\ncaption = "techno number {n}"\nminutes = 1\n' for n in range(3)]
    file = tmp_path / "long.toml"
    file.write_text('version = 1\ntitle = "Long"\n' + "".join(slots), encoding="utf-8")
    playing = started(home, "dj_agent", "play", str(file))
    assert playing.stdout
    first = [playing.stdout.readline() for _ in range(2)]
    assert first[1].startswith("✓ 1")
    playing.send_signal(signal.SIGINT)
    code, _, err = finished(playing)
    assert code == 130
    assert err == "Stopped. The same command goes on from here.\n"
    record = json.loads((tmp_path / "sets/long/set.json").read_text(encoding="utf-8"))
    assert record["slots"][0]["status"] == "done"
    assert record["slots"][2]["status"] != "done"

    code, out, _ = finished(started(home, "dj_agent", "play", str(file)))
    assert code == 0
    assert "(kept)" in out
    assert len(list((tmp_path / "sets/long").glob("*.flac"))) == 3


def test_a_set_can_be_played_at_a_running_server(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJ_HTTP_TOKEN", "sesame")
    file = tmp_path / "short.toml"
    file.write_text(SHORT, encoding="utf-8")
    server = started(home, "mcp_server", "--http", "0")
    try:
        assert server.stderr
        address = re.search(r"http://\S+/mcp", server.stderr.readline())
        assert address
        there = ("play", str(file), "--mcp", address[0])
        code, out, err = finished(started(home, "dj_agent", *there))
        monkeypatch.setenv("DJ_HTTP_TOKEN", "guess")
        refused, _, why = finished(started(home, "dj_agent", *there, "--out", "other"))
    finally:
        server.terminate()
        server.communicate(timeout=30)
    assert (code, err) == (0, "")
    assert "Ten Seconds" in out
    assert len(list((tmp_path / "sets/short-set").glob("*.flac"))) == 2
    assert refused == 1
    assert why.startswith(f"No studio answers at {address[0]};")
