"""Songs are made by the renderer that is always there, and every section and line has room."""

from __future__ import annotations

import pytest

from engine.renderers import Sources, sketch
from engine.songs import SongWishes, write_song

pytestmark = pytest.mark.slow

SHORT = [
    ("pop song about the last tram", 24.0), ("rap about rain, 90 bpm", 40.0),
    ("a waltz about my sister, 180 bpm", 30.0), ("ballad about the harbour, 60 bpm", 45.0),
    ("drum and bass about leaving, 174 bpm", 36.0), ("6/8 folk song about bread", 33.3),
    ("techno song about robots, 2/4", 20.0), ("ein Lied über den Regen", 28.0),
    ("punk about taxes, 190 bpm", 10.0), ("very slow gospel, 45 bpm, with vocals", 60.0),
]  # fmt: skip


@pytest.mark.parametrize(("idea", "duration_s"), SHORT, ids=[idea for idea, _ in SHORT])
def test_the_sketch_renderer_has_room_for_every_line(idea: str, duration_s: float):
    song = write_song(SongWishes(idea, duration_s=duration_s))
    request = song.request(seed=1, quality="draft")
    made = sketch.load().render(request, Sources(), lambda stage, done: None, lambda: False)
    told = [one for one in made.warnings if "no room" in one or "no time" in one or "tag" in one]
    assert not told
    assert made.made.bpm == song.bpm
    assert made.made.key == song.key
    names = [line[1:-1] for line in song.lyrics.splitlines() if line.startswith("[")]
    assert len(made.made.sections) == len(names)
