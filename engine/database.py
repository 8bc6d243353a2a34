"""The studio's SQLite file: its tables, and how processes share it.

Write-ahead logging lets any number of processes read while one writes; every write is one
immediate transaction, so a process killed at any moment leaves the tables as they were before or
after it. Knows nothing about what the rows mean.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.errors import StorageFull, StudioError

_VERSION = 3
_SCHEMA = """
CREATE TABLE tracks (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    title      TEXT NOT NULL,
    file       TEXT NOT NULL,
    role       TEXT NOT NULL,
    parent_id  TEXT,
    created_at TEXT NOT NULL,
    duration_s REAL NOT NULL,
    bpm        REAL,
    key        TEXT,
    words      TEXT NOT NULL,
    facts      TEXT NOT NULL
);
CREATE INDEX tracks_file ON tracks(file);
CREATE TABLE jobs (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    title       TEXT NOT NULL,
    request     TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    renderer    TEXT NOT NULL,
    status      TEXT NOT NULL,
    stage       TEXT NOT NULL DEFAULT '',
    progress    REAL NOT NULL DEFAULT 0,
    attempts    INTEGER NOT NULL DEFAULT 0,
    cancelling  INTEGER NOT NULL DEFAULT 0,
    owner       TEXT,
    lease_until REAL,
    started     REAL,
    problem     TEXT,
    analysis    TEXT,
    set_made    TEXT,
    created_at  TEXT NOT NULL
);
CREATE INDEX jobs_status ON jobs(status);
CREATE INDEX jobs_fingerprint ON jobs(fingerprint);
CREATE TABLE analyses (
    fingerprint TEXT PRIMARY KEY,
    analysis    TEXT NOT NULL
);
CREATE TABLE made (
    fingerprint TEXT PRIMARY KEY,
    track_id    TEXT NOT NULL
);
CREATE TABLE plans (
    id   TEXT PRIMARY KEY,
    plan TEXT NOT NULL
);
CREATE TABLE takes (
    job_id   TEXT NOT NULL,
    take     INTEGER NOT NULL,
    track_id TEXT NOT NULL,
    PRIMARY KEY (job_id, take)
);
"""


def _add_analyses(write: sqlite3.Connection) -> None:
    """What came after version 0.1.0; some libraries marked with it have got it already."""
    columns = {row["name"] for row in write.execute("PRAGMA table_info(jobs)")}
    if "analysis" not in columns:
        write.execute("ALTER TABLE jobs ADD COLUMN analysis TEXT")
    write.execute(
        "CREATE TABLE IF NOT EXISTS analyses (fingerprint TEXT PRIMARY KEY, analysis TEXT NOT NULL)"
    )


def _add_sets(write: sqlite3.Connection) -> None:
    """What came with sets: a job's result, what was made for which request, and plans."""
    write.execute("ALTER TABLE jobs ADD COLUMN set_made TEXT")
    write.execute("CREATE TABLE made (fingerprint TEXT PRIMARY KEY, track_id TEXT NOT NULL)")
    write.execute("CREATE TABLE plans (id TEXT PRIMARY KEY, plan TEXT NOT NULL)")


class Database:
    """One connection, shared by the threads of a process."""

    def __init__(self, path: Path) -> None:
        """Open or create the file. Raises `StudioError` if it can't be used."""
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                path, timeout=30.0, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("PRAGMA journal_mode = WAL")
            # Survives a killed process in either mode; only a power cut can lose the last rows.
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._create()
        except (sqlite3.Error, OSError) as error:
            raise StudioError(
                f"The library at {path.parent} can't be opened ({error}); "
                "set DJ_HOME to a folder that can be written.",
                field="DJ_HOME",
            ) from error

    def _create(self) -> None:
        with self.write() as write:
            (version,) = write.execute("PRAGMA user_version").fetchone()
            if version == 0:
                for statement in _SCHEMA.split(";"):
                    write.execute(statement)
            elif version > _VERSION:
                raise sqlite3.DatabaseError("it was made by a newer version of this program")
            else:
                if version < 2:
                    _add_analyses(write)
                if version < 3:
                    _add_sets(write)
            write.execute(f"PRAGMA user_version = {_VERSION}")

    def read(self, query: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def write(self) -> Generator[sqlite3.Connection]:
        """One transaction. Raises `StorageFull` if the disk has no room for it."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                except BaseException:
                    self._connection.rollback()
                    raise
                self._connection.commit()
            except sqlite3.OperationalError as error:
                if self._connection.in_transaction:
                    self._connection.rollback()
                if error.sqlite_errorname in ("SQLITE_FULL", "SQLITE_IOERR_WRITE"):
                    raise StorageFull(
                        "The disk that holds the library is full; free some space and try again."
                    ) from error
                raise

    def close(self) -> None:
        with self._lock:
            self._connection.close()
