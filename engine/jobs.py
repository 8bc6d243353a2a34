"""The queue, which is a table: what is asked, claimed, under way and finished.

Any process may submit, watch and cancel; a worker claims, renews its lease, reports and finishes.
These functions are the whole interface between the two sides, so other kinds of workers can stand
behind the same rows.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from base64 import b32encode
from dataclasses import dataclass

from engine.database import Database
from engine.errors import NotFound, QueueFull, RenderFailed, StudioError
from engine.library import Library, now
from engine.listen.readings import Analysis
from engine.pictures import picture_name
from engine.requests import Request, read_request
from engine.results import FINISHED, Job, Problem, SetMade, Track

MAX_ATTEMPTS = 2
"""A job whose worker died is claimed once more, in case the death had nothing to do with it."""
_UNFINISHED = "status IN ('queued', 'running')"
_MINE = "id = ? AND owner = ? AND status = 'running'"


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that a worker holds, with the takes an earlier attempt already finished."""

    id: str
    title: str
    request: Request
    renderer: str
    picture: str
    """The name of the picture, if the job draws one."""
    takes_done: frozenset[int]


class Queue:
    def __init__(self, database: Database, library: Library) -> None:
        self._database = database
        self._library = library

    # Asking

    def submit(
        self, request: Request, *, title: str, fingerprint: str, renderer: str, limit: int
    ) -> str:
        """Queue the request unless the same one is unfinished; the id of its job either way.

        `request` has its seed set. Raises `QueueFull` beyond `limit` unfinished jobs.
        """
        with self._database.write() as write:
            twin = write.execute(
                f"SELECT id FROM jobs WHERE fingerprint = ? AND {_UNFINISHED} AND NOT cancelling",
                (fingerprint,),
            ).fetchone()
            if twin:
                return twin["id"]
            (waiting,) = write.execute(f"SELECT count(*) FROM jobs WHERE {_UNFINISHED}").fetchone()
            if waiting >= limit:
                raise QueueFull(
                    f"The queue is full ({waiting} jobs); wait for one with get_job "
                    "or stop one with cancel_job, then ask again."
                )
            job_id = f"job_{b32encode(secrets.token_bytes(16)).decode().rstrip('=').lower()}"
            write.execute(
                "INSERT INTO jobs (id, title, request, fingerprint, renderer, status, created_at)"
                " VALUES (?, ?, ?, ?, ?, 'queued', ?)",
                (job_id, title, request.model_dump_json(), fingerprint, renderer, now()),
            )
            return job_id

    def finished_twin(self, fingerprint: str) -> str | None:
        """The newest finished job with this fingerprint."""
        rows = self._database.read(
            "SELECT id FROM jobs WHERE fingerprint = ? AND status = 'done'"
            " ORDER BY seq DESC LIMIT 1",
            (fingerprint,),
        )
        return rows[0]["id"] if rows else None

    def cancel(self, job_id: str) -> None:
        """Stop a queued job at once; ask a running one to stop. A finished job stays as it is."""
        with self._database.write() as write:
            write.execute(
                "UPDATE jobs SET status = 'cancelled' WHERE id = ? AND status = 'queued'",
                (job_id,),
            )
            write.execute(
                "UPDATE jobs SET cancelling = 1 WHERE id = ? AND status = 'running'", (job_id,)
            )

    # Watching

    def job(self, job_id: str | None = None) -> Job:
        """This job, or the newest. Raises `NotFound`."""
        which, values = ("id = ?", (job_id,)) if job_id is not None else ("1", ())
        rows = self._database.read(
            f"SELECT * FROM jobs WHERE {which} ORDER BY seq DESC LIMIT 1", values
        )
        if rows:
            return self._of(rows[0])
        if job_id is None:
            raise NotFound("There is no job yet; start one with generate_music.", field="job_id")
        raise NotFound(
            f"job_id: there is no job {job_id[:40]!r}; leave job_id out for the newest.",
            field="job_id",
        )

    def newest(self, limit: int) -> tuple[Job, ...]:
        rows = self._database.read("SELECT * FROM jobs ORDER BY seq DESC LIMIT ?", (limit,))
        return tuple(self._of(row) for row in rows)

    def counts(self) -> dict[str, int]:
        """How many jobs there are by status."""
        rows = self._database.read("SELECT status, count(*) AS n FROM jobs GROUP BY status")
        return {row["status"]: row["n"] for row in rows}

    # Working

    def claim(self, owner: str, lease_s: float) -> Claim | None:
        """Take the oldest queued job for `lease_s` seconds."""
        with self._database.write() as write:
            row = write.execute(
                "UPDATE jobs SET status = 'running', stage = 'starting', progress = 0,"
                " attempts = attempts + 1, owner = ?, lease_until = ?, started = ?"
                " WHERE seq = (SELECT min(seq) FROM jobs WHERE status = 'queued') RETURNING *",
                (owner, time.time() + lease_s, time.time()),
            ).fetchone()
        if row is None:
            return None
        takes = self._database.read("SELECT take FROM takes WHERE job_id = ?", (row["id"],))
        return Claim(
            id=row["id"],
            title=row["title"],
            request=read_request(row["request"]),
            renderer=row["renderer"],
            picture=picture_name(row["fingerprint"]),
            takes_done=frozenset(take["take"] for take in takes),
        )

    def renew(self, job_id: str, owner: str, lease_s: float) -> bool:
        """Keep the job; False if it isn't ours any more or somebody wants it cancelled."""
        with self._database.write() as write:
            row = write.execute(
                f"UPDATE jobs SET lease_until = ? WHERE {_MINE} RETURNING cancelling",
                (time.time() + lease_s, job_id, owner),
            ).fetchone()
        return row is not None and not row["cancelling"]

    def report(self, job_id: str, owner: str, stage: str, progress: float) -> None:
        with self._database.write() as write:
            write.execute(
                f"UPDATE jobs SET stage = ?, progress = max(progress, ?) WHERE {_MINE}",
                (stage, progress, job_id, owner),
            )

    def deliver(self, job_id: str, owner: str, take: int, file: str, track: Track) -> bool:
        """Put a take's track into the library; False if the job isn't ours any more."""
        with self._database.write() as write:
            ours = write.execute(f"SELECT 1 FROM jobs WHERE {_MINE}", (job_id, owner)).fetchone()
            if not ours:
                return False
            self._library.add(write, file, track)
            write.execute("INSERT INTO takes VALUES (?, ?, ?)", (job_id, take, track.id))
            return True

    def settle(self, job_id: str, owner: str, take: int, track_id: str) -> None:
        """Count a track that is in the library among those that the job has made."""
        with self._database.write() as write:
            if write.execute(f"SELECT 1 FROM jobs WHERE {_MINE}", (job_id, owner)).fetchone():
                write.execute("INSERT OR REPLACE INTO takes VALUES (?, ?, ?)",
                              (job_id, take, track_id))  # fmt: skip

    def finish(self, job_id: str, owner: str, found: Analysis | SetMade | None = None) -> None:
        """End the job well, with what it has found or made besides tracks."""
        column = "set_made" if isinstance(found, SetMade) else "analysis"
        with self._database.write() as write:
            write.execute(
                f"UPDATE jobs SET status = 'done', stage = 'done', progress = 1, {column} = ?"
                f" WHERE {_MINE}",
                (found and found.model_dump_json(), job_id, owner),
            )

    def give_back(self, job_id: str, owner: str) -> None:
        """Let another worker do it: not a failed attempt, and no loss of finished takes."""
        with self._database.write() as write:
            write.execute(
                "UPDATE jobs SET status = iif(cancelling, 'cancelled', 'queued'),"
                f" stage = 'waiting again', progress = 0, attempts = attempts - 1 WHERE {_MINE}",
                (job_id, owner),
            )

    def stop(self, job_id: str, owner: str, error: StudioError) -> None:
        """End the job with this error; `Cancelled` ends it as cancelled."""
        with self._database.write() as write:
            _stop(write, f"{_MINE}", (job_id, owner), error)

    def reclaim(self, device: str, owner: str) -> None:
        """Give back jobs whose worker is gone.

        To be called by the only worker of `device`, as `owner`: whatever another owner of that
        device holds is orphaned, and so is any job whose lease has run out.
        """
        orphaned = "status = 'running' AND owner != ? AND (owner LIKE ? OR lease_until < ?)"
        values = (owner, f"{device}/%", time.time())
        lost = RenderFailed(
            f"The worker died {MAX_ATTEMPTS} times while it rendered this; "
            "see worker.log in the library's folder, and try a shorter duration."
        )
        with self._database.write() as write:
            write.execute(
                f"UPDATE jobs SET status = 'cancelled' WHERE {orphaned} AND cancelling", values
            )
            _stop(write, f"{orphaned} AND attempts >= {MAX_ATTEMPTS}", values, lost)
            write.execute(
                "UPDATE jobs SET status = 'queued', stage = 'waiting again', progress = 0,"
                f" owner = NULL WHERE {orphaned}",
                values,
            )

    def abandon(self, error: StudioError) -> None:
        """Fail everything that waits, because no worker can be started."""
        with self._database.write() as write:
            _stop(write, "status = 'queued'", (), error)

    def _of(self, row: sqlite3.Row) -> Job:
        takes = self._database.read(
            "SELECT track_id FROM takes WHERE job_id = ? ORDER BY take", (row["id"],)
        )
        tracks = self._library.tracks([take["track_id"] for take in takes])
        request = json.loads(row["request"])
        drawn = row["status"] == "done" and request.get("detail") == "full"
        return Job(
            id=row["id"],
            task=request["task"],
            status=row["status"],
            title=row["title"],
            stage=row["stage"],
            progress=row["progress"],
            eta_s=_time_left(row),
            tracks=tracks,
            warnings=tuple(dict.fromkeys(text for track in tracks for text in track.warnings)),
            problem=Problem(**json.loads(row["problem"])) if row["problem"] else None,
            analysis=Analysis.model_validate_json(row["analysis"]) if row["analysis"] else None,
            set_made=SetMade.model_validate_json(row["set_made"]) if row["set_made"] else None,
            picture=picture_name(row["fingerprint"]) if drawn else None,
            created_at=row["created_at"],
            renderer=row["renderer"],
        )


def _stop(
    write: sqlite3.Connection, which: str, values: tuple[object, ...], error: StudioError
) -> None:
    status = "cancelled" if error.code == "cancelled" else "failed"
    write.execute(
        f"UPDATE jobs SET status = ?, problem = ? WHERE {which}",
        (status, Problem.of(error).model_dump_json(), *values),
    )


def _time_left(row: sqlite3.Row) -> float | None:
    """Seconds, by the pace so far; None before there is a pace."""
    if row["status"] in FINISHED or row["progress"] < 0.05 or row["started"] is None:
        return None
    spent = max(0.0, time.time() - row["started"])
    return round(spent * (1.0 - row["progress"]) / row["progress"], 1)
