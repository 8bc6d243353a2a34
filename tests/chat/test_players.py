"""Which program plays a file, and how it is called."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from dj_agent.player import PLAYERS, Player, Speakers, players


def here(*programs: str):
    return lambda name: f"/bin/{name}" if name in programs else None


@pytest.mark.parametrize(
    ("system", "programs", "environ", "found"),
    [
        ("linux", ("mpv", "ffplay", "aplay"), {}, ["ffplay", "mpv", "aplay"]),
        ("linux", ("xdg-open",), {}, []),
        ("linux", ("xdg-open",), {"DISPLAY": ":0"}, ["xdg-open"]),
        ("darwin", ("afplay", "xdg-open", "aplay"), {}, ["afplay"]),
        ("win32", ("explorer", "aplay"), {}, ["explorer"]),
        ("linux", (), {"DISPLAY": ":0"}, []),
    ],
)
def test_the_system_says_which_players_there_are(system, programs, environ, found) -> None:
    names = [one.program for one in players(environ, system, here(*programs))]
    assert names == found


def test_a_player_that_can_begins_where_it_is_told() -> None:
    calls = {one.program: one.command(Path("/m.flac"), 61.5) for one in PLAYERS}
    assert calls["ffplay"][-3:] == ["-ss", "61.50", "/m.flac"]
    assert calls["mpv"][-2:] == ["--start=61.50", "/m.flac"]
    assert calls["afplay"] == ["afplay", "/m.flac"]


def program(folder: Path, name: str, does: str) -> Player:
    file = folder / name
    file.write_text(f'#!/bin/sh\necho {name} "$@" >> {folder}/called\n{does}\n')
    file.chmod(0o755)
    return Player(str(file))


def test_a_player_that_fails_makes_way_for_the_next_and_music_stops(tmp_path: Path) -> None:
    async def listen() -> None:
        broken = program(tmp_path, "broken", "exit 1")
        gone = Player(str(tmp_path / "gone"))
        good = program(tmp_path, "good", "exec sleep 60")
        speakers = Speakers([gone, broken, good])
        assert await speakers.play(tmp_path / "a.flac") == good
        assert await speakers.play(tmp_path / "b.flac") == good, "the first one stops"
        assert speakers.stop()
        assert not speakers.stop()
        assert await Speakers([broken]).play(tmp_path / "a.flac") is None

    asyncio.run(listen())
    called = (tmp_path / "called").read_text().split("\n")
    assert called[:2] == [f"broken {tmp_path}/a.flac", f"good {tmp_path}/a.flac"]


def test_nothing_is_given_to_a_player_that_does_not_take_it(tmp_path: Path) -> None:
    only_wav = Player("true", formats=frozenset({".wav"}))
    assert asyncio.run(Speakers([only_wav]).play(tmp_path / "a.flac")) is None


def test_the_music_goes_on_when_ctrl_c_is_pressed(tmp_path: Path) -> None:
    async def listen() -> int:
        speakers = Speakers([program(tmp_path, "good", f"echo $$ > {tmp_path}/id; exec sleep 60")])
        await speakers.play(tmp_path / "a.flac")
        until = time.monotonic() + 10
        while not (tmp_path / "id").exists() or not (tmp_path / "id").read_text().strip():
            assert time.monotonic() < until
            await asyncio.sleep(0.02)
        group = os.getpgid(int((tmp_path / "id").read_text()))
        speakers.stop()
        return group

    assert asyncio.run(listen()) != os.getpgrp()
