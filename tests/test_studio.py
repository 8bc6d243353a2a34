"""The studio with a stand-in renderer: queue, library, honesty of results."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from conftest import staffed
from doubles import Broken, Gate, Tone

from engine import (
    GenerateRequest,
    Job,
    NotFound,
    QueueFull,
    Settings,
    StorageFull,
    Studio,
    checked,
)


def ask(**values: Any) -> GenerateRequest:
    return checked(GenerateRequest, **{"caption": "a plain tone", "duration_s": 10} | values)


def made(studio: Studio, **values: Any) -> Job:
    """The finished job of a request."""
    job = studio.wait(studio.submit(ask(**values)).id, timeout_s=30)
    assert job.status == "done", job
    return job


def test_a_request_becomes_a_track_that_can_be_found_again(
    studio: Studio, settings: Settings
) -> None:
    with staffed(settings, Tone()):
        job = made(studio, bpm=100, key="8A")
    (track,) = job.tracks
    assert studio.track(track.id) == track == studio.track(track.path)
    assert studio.search("plain").tracks == (track,)
    assert track.made is not None
    assert (track.made.bpm, track.made.key) == (100, "A minor")
    assert (job.progress, job.eta_s, job.problem) == (1.0, None, None)
    assert soundfile.info(track.path).frames == 480_000


def test_a_result_says_who_made_it_from_what_and_what_was_measured(
    studio: Studio, settings: Settings
) -> None:
    with staffed(settings, Tone()):
        job = made(studio, seed=897)  # 997 Hz, for which BS.1770 gives the level
    (track,) = job.tracks
    assert track.recipe is not None
    assert track.measured is not None
    assert track.recipe.made_by.renderer == "tone"
    assert track.recipe.request["seed"] == 897
    assert track.measured.duration_s == 10.0
    assert track.measured.loudness_lufs == pytest.approx(-20.0, abs=0.1)
    assert track.measured.true_peak_dbtp == pytest.approx(-20.0, abs=0.2)
    assert job.warnings == ("only a tone",)


def test_the_recipe_in_the_files_tags_makes_the_same_bytes_again(
    studio: Studio, settings: Settings, tmp_path: Path
) -> None:
    with staffed(settings, Tone()):
        (track,) = made(studio).tracks
    with soundfile.SoundFile(track.path) as file:
        recipe = json.loads(file.comment)
        assert file.title == "A Plain Tone"
    elsewhere = Settings(home=tmp_path / "elsewhere")
    other = Studio(elsewhere)
    with staffed(elsewhere, Tone()):
        job = other.wait(other.submit(checked(GenerateRequest, **recipe["request"])).id, 30)
    other.close()
    assert Path(job.tracks[0].path).read_bytes() == Path(track.path).read_bytes()


def test_variations_have_different_seeds_and_the_first_is_the_request_alone(
    studio: Studio, settings: Settings
) -> None:
    with staffed(settings, Tone()):
        several = made(studio, seed=3, variations=3).tracks
        (alone,) = made(studio, seed=3).tracks
    seeds = [track.recipe.request["seed"] for track in several if track.recipe]
    assert len(set(seeds)) == 3
    assert seeds[0] == 3
    first, _ = soundfile.read(several[0].path)
    again, _ = soundfile.read(alone.path)
    assert np.array_equal(first, again)
    assert [track.title for track in several] == [f"A Plain Tone ({n})" for n in (1, 2, 3)]


def test_the_same_request_while_one_runs_is_the_same_job(
    studio: Studio, settings: Settings
) -> None:
    gate = Gate()
    with staffed(settings, gate):
        first = studio.submit(ask())
        assert gate.entered.wait(10)
        second = studio.submit(ask())
        gate.opened.set()
        studio.wait(first.id, 30)
    assert first.id == second.id
    assert len(gate.tone.seeds) == 1


def test_the_same_request_without_a_seed_is_made_anew_once_the_first_is_done(
    studio: Studio, settings: Settings
) -> None:
    with staffed(settings, Tone()):
        assert made(studio).id != made(studio).id


def test_the_same_request_with_a_seed_is_not_made_twice_unless_its_file_is_gone(
    studio: Studio, settings: Settings
) -> None:
    tone = Tone()
    with staffed(settings, tone):
        first = made(studio, seed=1)
        assert made(studio, seed=1).id == first.id
        Path(first.tracks[0].path).unlink()
        assert made(studio, seed=1).id != first.id
    assert tone.seeds == [1, 1]


def test_two_studios_on_one_folder_share_jobs_and_tracks(
    studio: Studio, settings: Settings
) -> None:
    other = Studio(settings)
    with staffed(settings, Tone()):
        job = studio.submit(ask())
        (track,) = other.wait(job.id, 30).tracks
        assert other.job() == studio.job(job.id)
        assert other.track(track.id) == track
    other.close()


def test_a_queued_job_is_cancelled_at_once_and_never_rendered(
    studio: Studio, settings: Settings
) -> None:
    gate = Gate()
    with staffed(settings, gate):
        running = studio.submit(ask(seed=1))
        assert gate.entered.wait(10)
        waiting = studio.submit(ask(seed=2))
        assert studio.cancel(waiting.id).status == "cancelled"
        gate.opened.set()
        assert studio.wait(running.id, 30).status == "done"
    assert gate.tone.seeds == [1]


def test_a_running_job_stops_at_its_next_step_and_the_next_one_runs(
    studio: Studio, settings: Settings
) -> None:
    gate = Gate()
    with staffed(settings, gate):
        first, second = studio.submit(ask(seed=1)), studio.submit(ask(seed=2))
        assert gate.entered.wait(10)
        studio.cancel(first.id)
        assert studio.wait(first.id, 10).status == "cancelled"
        gate.opened.set()
        assert studio.wait(second.id, 30).status == "done"
    assert gate.tone.seeds == [2]


def test_cancelling_a_finished_job_changes_nothing(studio: Studio, settings: Settings) -> None:
    with staffed(settings, Tone()):
        job = made(studio)
    assert studio.cancel(job.id) == job


def test_a_worker_sent_home_gives_its_job_back_for_the_next_one(
    studio: Studio, settings: Settings
) -> None:
    gate = Gate()
    with staffed(settings, gate):
        job = studio.submit(ask())
        assert gate.entered.wait(10)
    # The worker left in the middle of the render; nobody has to notice or to wait for a lease.
    assert studio.job(job.id).status == "queued"
    with staffed(settings, Tone()):
        assert studio.wait(job.id, 30).status == "done"


def test_finished_takes_survive_a_worker_that_leaves_and_are_not_made_again(
    studio: Studio, settings: Settings
) -> None:
    class SecondTakeWaits(Gate):
        def render(self, request, sources, progress, cancelled):
            if request.seed == 5:
                return self.tone.render(request, sources, progress, cancelled)
            return super().render(request, sources, progress, cancelled)

    gate = SecondTakeWaits()
    with staffed(settings, gate):
        job = studio.submit(ask(seed=5, variations=2))
        assert gate.entered.wait(10)
    (first,) = studio.job(job.id).tracks
    tone = Tone()
    with staffed(settings, tone):
        finished = studio.wait(job.id, 30)
    assert finished.tracks[0] == first
    assert len(finished.tracks) == 2
    assert len(tone.seeds) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueError("secret detail"), "render_failed"),
        (MemoryError(), "render_failed"),
        (StorageFull("The disk is full; free some space."), "storage_full"),
    ],
)
def test_a_renderer_that_fails_is_a_failed_job_and_the_queue_goes_on(
    studio: Studio, settings: Settings, error: Exception, code: str
) -> None:
    with staffed(settings, Broken(error)):
        job = studio.wait(studio.submit(ask()).id, 30)
    assert job.status == "failed"
    assert job.problem is not None
    assert job.problem.code == code
    assert "secret" not in job.problem.message
    with staffed(settings, Tone()):
        made(studio)


def test_nothing_half_made_is_left_behind(studio: Studio, settings: Settings) -> None:
    with staffed(settings, Broken(ValueError())):
        studio.wait(studio.submit(ask()).id, 30)
    assert studio.search().total == 0
    assert list((settings.home / "tracks").iterdir()) == []
    assert [file for file in (settings.home / "drafts").rglob("*") if file.is_file()] == []


def test_the_queue_has_a_limit_and_says_what_to_do(settings: Settings) -> None:
    small = Settings(home=settings.home, queue_limit=2)
    studio = Studio(small)
    with staffed(settings, Gate()):
        studio.submit(ask(seed=1))
        studio.submit(ask(seed=2))
        with pytest.raises(QueueFull, match="cancel_job"):
            studio.submit(ask(seed=3))
    studio.close()


def test_a_full_disk_is_refused_before_anything_is_queued(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=5 * 2**20))
    with pytest.raises(StorageFull, match="5 MB left"):
        studio.submit(ask())
    assert studio.jobs() == ()


@pytest.mark.parametrize("job_id", ["", "job_nope", "'; DROP TABLE jobs; --", None])
def test_an_unknown_job_is_not_found(studio: Studio, job_id: str | None) -> None:
    with pytest.raises(NotFound, match="job"):
        studio.job(job_id)


def test_search_filters_pages_and_takes_newest_first(studio: Studio, settings: Settings) -> None:
    with staffed(settings, Tone()):
        for bpm in (100, 110, 120):
            made(studio, caption=f"tone at {bpm}", bpm=bpm, seed=bpm)
    page = studio.search("TONE", limit=2)
    assert [track.made.bpm for track in page.tracks if track.made] == [120, 110]
    assert (page.total, page.next_offset) == (3, 2)
    assert studio.search("tone", offset=2).next_offset is None
    assert studio.search(bpm_min=105, bpm_max=115).total == 1
    assert studio.search(key="8A").total == 3
    assert studio.search("tone violin").total == 0
    assert studio.search("100%_'\"").total == 0


def test_status_tells_where_things_are(studio: Studio, settings: Settings) -> None:
    status = studio.status()
    assert status.library == str(settings.home / "tracks")
    assert {one.name: one.ready for one in status.renderers} == {"sketch": True, "acestep": False}
    assert (status.running, status.queued, status.tracks) == (0, 0, 0)
    assert not status.worker_alive
    assert status.free_bytes > 0


@pytest.mark.parametrize("version", [1, 2])
def test_a_library_of_an_earlier_version_is_taken_over_with_all_that_is_in_it(
    studio: Studio, settings: Settings, version: int
) -> None:
    with staffed(settings, Tone()):
        (track,) = studio.wait(studio.submit(ask(seed=1)).id, 30).tracks
    studio.close()
    with closing(sqlite3.connect(settings.home / "studio.db")) as database:
        database.execute("ALTER TABLE jobs DROP COLUMN set_made")
        database.execute("DROP TABLE made")
        database.execute("DROP TABLE plans")
        if version == 1:
            database.execute("ALTER TABLE jobs DROP COLUMN analysis")
            database.execute("DROP TABLE analyses")
        database.execute(f"PRAGMA user_version = {version}")
        database.commit()
    with closing(Studio(settings)) as again, staffed(settings, Tone()):
        assert again.track(track.id) == track
        assert again.wait(again.submit(ask(seed=2)).id, 30).status == "done"
