"""The library: finished tracks, as rows in the database and files named by their content.

A file gets its final name only when it is complete, and its row only after that, so nothing
half-made is ever visible.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from engine.database import Database
from engine.durability import sync_folder
from engine.errors import AudioUnreadable, NotFound
from engine.keys import parse_key
from engine.listen.readings import Analysis
from engine.paths import readable, slug
from engine.results import LibraryPage, Made, Measured, Recipe, Track
from engine.sets.plan import SetPlan
from engine.text import one_line

MAX_PAGE = 50
TRACK_ID = "trk_"
"""What the ids of the library's tracks begin with."""


class Library:
    """Tracks under one folder; `database` holds their rows."""

    def __init__(self, home: Path, database: Database, media_dirs: Sequence[Path] = ()) -> None:
        self._database = database
        self.folder = home / "tracks"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.readable_folders = (self.folder.resolve(), *media_dirs)

    def adopt(self, draft: Path, title: str) -> str:
        """Give a finished file its final name, made of its title and its content's hash.

        Returns the name. A file with the same content may be there already; then that one stays.
        """
        with draft.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        name = f"{slug(title)}-{digest[:16]}{draft.suffix}"
        draft.replace(self.folder / name)
        sync_folder(self.folder)
        return name

    def add(self, write: sqlite3.Connection, name: str, track: Track) -> None:
        """Insert the row of an adopted file, inside the caller's transaction."""
        made = track.made or Made(duration_s=track.duration_s)
        caption = track.recipe.request.get("caption", "") if track.recipe else ""
        words = " ".join((track.title, caption, made.style or "", track.role, *made.parts))
        facts = {
            "recipe": track.recipe and track.recipe.model_dump(mode="json"),
            "made": track.made and track.made.model_dump(mode="json"),
            "measured": track.measured and track.measured.model_dump(mode="json"),
            "warnings": track.warnings,
        }
        write.execute(
            "INSERT INTO tracks (id, title, file, role, parent_id, created_at, duration_s,"
            " bpm, key, words, facts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (track.id, track.title, name, track.role, track.parent_id, track.created_at,
             track.duration_s, made.bpm, made.key, words.casefold(), json.dumps(facts)),
        )  # fmt: skip

    def track(self, ref: str, field: str = "track") -> Track:
        """The track with this id, or the audio file at this path, that a request names in `field`.

        Raises `NotFound`, `AccessRefused` for a path outside the readable folders, and
        `AudioUnreadable` for a file that isn't audio.
        """
        rows = self._database.read("SELECT * FROM tracks WHERE id = ?", (ref.strip(),))
        if rows:
            return self._of(rows[0])
        if ref.strip().startswith(TRACK_ID):
            raise NotFound(
                f"{field}: there is no track {one_line(ref, 40)!r}; search_library lists them.",
                field=field,
            )
        path = readable(ref, self.readable_folders, field=field)
        rows = self._database.read("SELECT * FROM tracks WHERE file = ?", (path.name,))
        if rows and path.parent == self.readable_folders[0]:
            return self._of(rows[0])
        return _outside(path, field)

    def admitted(self, ref: str) -> Track:
        """The track of a request that was let in: an id, or a path that was resolved then."""
        rows = self._database.read("SELECT * FROM tracks WHERE id = ?", (ref,))
        return self._of(rows[0]) if rows else _outside(Path(ref))

    def tracks(self, ids: Sequence[str]) -> tuple[Track, ...]:
        """These tracks, in this order; the ids must exist."""
        marks = ", ".join("?" * len(ids))
        rows = self._database.read(f"SELECT * FROM tracks WHERE id IN ({marks})", tuple(ids))
        found = {row["id"]: self._of(row) for row in rows}
        return tuple(found[track_id] for track_id in ids)

    def search(
        self,
        query: str = "",
        *,
        bpm_min: float | None = None,
        bpm_max: float | None = None,
        key: str | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> LibraryPage:
        """Tracks whose title, caption, style or parts hold every word of the query, newest first.

        Raises `InvalidRequest` if `key` is not a key.
        """
        conditions, values = ["1"], list[str | float]()
        for word in query.casefold().split():
            conditions.append("instr(words, ?)")
            values.append(word)
        if bpm_min is not None:
            conditions.append("bpm >= ?")
            values.append(bpm_min)
        if bpm_max is not None:
            conditions.append("bpm <= ?")
            values.append(bpm_max)
        if key is not None:
            conditions.append("key = ?")
            values.append(str(parse_key(key)))
        where = " AND ".join(conditions)
        limit = max(1, min(limit, MAX_PAGE))
        offset = max(0, offset)
        (total,) = self._database.read(f"SELECT count(*) FROM tracks WHERE {where}", values)[0]
        rows = self._database.read(
            f"SELECT * FROM tracks WHERE {where} ORDER BY seq DESC LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        more = offset + len(rows) < total
        return LibraryPage(
            tracks=tuple(self._of(row) for row in rows),
            total=total,
            next_offset=offset + len(rows) if more else None,
        )

    def recall(self, fingerprint: str) -> Analysis | None:
        """What was heard before in the same sound, knowing the same."""
        rows = self._database.read(
            "SELECT analysis FROM analyses WHERE fingerprint = ?", (fingerprint,)
        )
        return Analysis.model_validate_json(rows[0]["analysis"]) if rows else None

    def remember(self, fingerprint: str, analysis: Analysis) -> None:
        with self._database.write() as write:
            write.execute(
                "INSERT OR REPLACE INTO analyses VALUES (?, ?)",
                (fingerprint, analysis.model_dump_json()),
            )

    def enter(self, name: str, track: Track, fingerprint: str) -> None:
        """Add a track to the library and remember which request it was made for."""
        with self._database.write() as write:
            self.add(write, name, track)
            write.execute("INSERT OR REPLACE INTO made VALUES (?, ?)", (fingerprint, track.id))

    def made_for(self, fingerprint: str) -> Track | None:
        """The track that was made for a request with this fingerprint, if its file is there."""
        rows = self._database.read(
            "SELECT tracks.* FROM tracks JOIN made ON tracks.id = made.track_id"
            " WHERE made.fingerprint = ?",
            (fingerprint,),
        )
        track = self._of(rows[0]) if rows else None
        return track if track and Path(track.path).exists() else None

    def keep_plan(self, plan_id: str, plan: SetPlan) -> None:
        with self._database.write() as write:
            write.execute(
                "INSERT OR REPLACE INTO plans VALUES (?, ?)", (plan_id, plan.model_dump_json())
            )

    def plan(self, plan_id: str) -> SetPlan | None:
        """The plan of a set that was kept under this id."""
        rows = self._database.read("SELECT plan FROM plans WHERE id = ?", (plan_id,))
        return SetPlan.model_validate_json(rows[0]["plan"]) if rows else None

    def count(self) -> int:
        (total,) = self._database.read("SELECT count(*) FROM tracks")[0]
        return total

    def _of(self, row: sqlite3.Row) -> Track:
        facts = json.loads(row["facts"])
        return Track(
            id=row["id"],
            title=row["title"],
            path=str(self.folder / row["file"]),
            duration_s=row["duration_s"],
            role=row["role"],
            parent_id=row["parent_id"],
            created_at=row["created_at"],
            recipe=facts["recipe"] and Recipe(**facts["recipe"]),
            made=facts["made"] and Made(**facts["made"]),
            measured=facts["measured"] and Measured(**facts["measured"]),
            warnings=tuple(facts["warnings"]),
        )


def new_track_id() -> str:
    return f"{TRACK_ID}{secrets.token_hex(6)}"


def now() -> str:
    """The time for a row: UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _outside(path: Path, field: str = "track") -> Track:
    from engine.audio.files import probe

    try:
        found = probe(path)
    except AudioUnreadable as error:
        raise AudioUnreadable(f"{field}: {error.message}", field=field) from error
    return Track(
        id=str(path),
        title=one_line(found.title or path.stem, 80),
        path=str(path),
        duration_s=found.duration_s,
    )
