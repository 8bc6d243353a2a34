"""Fetching a file whose bytes are known beforehand: goes on where it was cut off, checks, renames.

Runs only where a person asked for it. The file has its name once it is proved; until then it lies
beside it as `NAME.part`.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from engine.durability import sync_folder
from engine.errors import DownloadFailed, StorageFull
from engine.models import Digest, DigestKind, ModelFile, is_intact, megabytes

_TIMEOUT_S = 30.0
_CHUNK = 2**18
_SPARE_BYTES = 64 * 2**20
_DIGESTS: dict[DigestKind, str] = {"sha256": "SHA-256", "git": "git's SHA-1"}

UNFINISHED = ".part"
"""What is added to the name of a file that isn't here in full."""

Arrived = Callable[[int], None]
"""Called with how many of the file's bytes are here."""


def fetch(file: ModelFile, folder: Path, arrived: Arrived | None = None) -> Path:
    """The file in the folder; fetched unless it is there already.

    What an earlier call left is kept, and the servers are asked in turn for the rest only. Raises
    `DownloadFailed` with what each server said, or if the bytes are others than expected, and
    `StorageFull`.
    """
    path, part = folder / file.name, folder / f"{file.name}{UNFINISHED}"
    if is_intact(path, file):
        return path
    part.parent.mkdir(parents=True, exist_ok=True)
    if part.exists() and part.stat().st_size > file.size_bytes:
        part.unlink()
    check_room(part.parent, remaining_bytes(file, folder), file.name)
    refusals = []
    for url in file.urls:
        try:
            _go_on(url, file, part, arrived or _unheard)
            break
        except (OSError, http.client.HTTPException) as error:
            refusals.append(f"{url}: {reason(error)}")
    else:
        raise DownloadFailed(
            f"{file.name} couldn't be fetched ({'; '.join(refusals)}); the same command goes on "
            "from there."
        )
    _prove(part, file)
    part.replace(path)
    sync_folder(path.parent)
    return path


def remaining_bytes(file: ModelFile, folder: Path) -> int:
    """How much of a file that isn't in the folder is still to come."""
    return max(0, file.size_bytes - _length(folder / f"{file.name}{UNFINISHED}"))


def _go_on(url: str, file: ModelFile, part: Path, arrived: Arrived) -> None:
    """Add to the part until it is as long as the file. Raises `OSError`, `HTTPException`."""
    have = _length(part)
    arrived(have)
    if have == file.size_bytes and part.exists():
        return
    request = urllib.request.Request(url, headers={"User-Agent": "dj-agent"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
        if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
            have = 0  # the server sends the whole
        elif not _continues(answer.headers.get("Content-Range", ""), have, file.size_bytes):
            raise ConnectionError("it has a file of another length under this name")
        with part.open("ab" if have else "wb") as stream:
            have = _receive(answer, stream, have, file.size_bytes, arrived)
            stream.flush()
            os.fsync(stream.fileno())
    if have < file.size_bytes:
        raise ConnectionError(f"the connection ended after {have} of {file.size_bytes} bytes")


def _continues(content_range: str, have: int, size: int) -> bool:
    """Whether this is the rest of a file of that size. A server that doesn't say is believed."""
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", content_range.strip())
    return found is None or (int(found[1]), int(found[2])) == (have, size)


def _receive(
    answer: http.client.HTTPResponse, stream: BinaryIO, have: int, size: int, arrived: Arrived
) -> int:
    """Write what arrives, up to one byte more than the file may have; how much is there then."""
    while have <= size and (chunk := answer.read1(min(_CHUNK, size + 1 - have))):
        stream.write(chunk)
        have += len(chunk)
        arrived(have)
    return have


def _prove(part: Path, file: ModelFile) -> None:
    if is_intact(part, file):
        return
    kind = file.digest.kind
    found = Digest.of(part, kind)
    part.unlink()
    raise DownloadFailed(
        f"{file.name} arrived with other bytes than it must have ({_DIGESTS[kind]} "
        f"{found.hex[:12]}…, not {file.digest.hex[:12]}…) and was thrown away; try again, and if "
        "that doesn't help, whoever serves it has changed it."
    )


def check_room(folder: Path, needed_bytes: int, what: str) -> None:
    """Raises `StorageFull` unless the disk of the folder, which needn't exist, has the room."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(there).free
    if free < needed_bytes + _SPARE_BYTES:
        raise StorageFull(
            f"{folder} has {megabytes(free)} left and {what} needs "
            f"{megabytes(needed_bytes + _SPARE_BYTES)}; free some space or set DJ_HOME to another "
            "disk."
        )


def _length(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def reason(error: OSError | http.client.HTTPException) -> str:
    """Why a server didn't do what it was asked, in a few words."""
    match error:
        case urllib.error.HTTPError():
            return f"the server answered {error.code} {error.reason}"
        case urllib.error.URLError():
            return f"no connection, {error.reason}"
        case _:
            return str(error) or type(error).__name__


def _unheard(_: int) -> None:
    """Nobody watches."""
