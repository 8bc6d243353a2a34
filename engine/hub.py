"""What Hugging Face's hub says of a repository: its commit, its files, their sizes and digests.

Knows the hub's addresses and answers; nothing about models, and writes nothing. What it lists is
not believed where that would matter: a path that leads out of its folder is refused, an answer that
isn't as expected is, too. What is fetched afterwards is held to the digests of one commit.
"""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated, Literal, TypeVar
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from engine.downloads import reason
from engine.errors import DownloadFailed, InvalidRequest
from engine.models import Digest, ModelFile

_ADDRESS = "https://huggingface.co"
# Unsure: that ModelScope's `resolve` gives a file's bytes is taken from other people's programs;
# whether it has each repository isn't known, nor are its commits. So its newest file is asked for,
# and only after the hub's; like any other, it is held to the digest.
_MODELSCOPE = "https://modelscope.cn/models/{repository}/resolve/master/{path}"

_TIMEOUT_S = 30.0
_MOST_PAGES, _MOST_BYTES = 100, 2**24
_ENDLESS = "{repository} lists more files than a model can have; nothing was fetched."
_NEXT_PAGE = re.compile(r'<([^>]*)>\s*;[^,]*\brel="?next"?')
# What every system takes for a file's name: no drive, no backslash, nothing that can't be seen.
_PLAIN = re.compile(r"[^\x00-\x1f\x7f\\:*?\"<>|]+")

_Commit = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Size = Annotated[int, Field(ge=0, le=2**40)]


@dataclass(frozen=True, slots=True)
class Published:
    """A repository at one commit. The files' names are their paths in it."""

    repository: str
    commit: str
    files: tuple[ModelFile, ...]


class _Revision(BaseModel):
    sha: _Commit


class _LargeFile(BaseModel):
    oid: _Sha256
    size: _Size


class _Entry(BaseModel):
    """One line of a tree. `oid` is git's; of a large file that is its pointer's."""

    type: Literal["file"]
    path: str
    size: _Size
    oid: _Commit
    lfs: _LargeFile | None = None


class _Folder(BaseModel):
    type: Literal["directory", "unknown"]


_PAGE = TypeAdapter(list[Annotated[_Entry | _Folder, Field(discriminator="type")]])
_REVISION = TypeAdapter(_Revision)
_Shape = TypeVar("_Shape")


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub at an address, and who else has its files."""

    address: str = _ADDRESS
    mirrors: tuple[str, ...] = (_MODELSCOPE,)
    """Addresses of files, with places for `repository` and `path`."""

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Hub:
        """The one that Hugging Face's own tools would ask, and nobody else where a person says
        which (HF_ENDPOINT). Raises `InvalidRequest`."""
        address = environ.get("HF_ENDPOINT", "").strip().rstrip("/")
        if not address:
            return cls()
        if urlsplit(address).scheme not in ("http", "https"):
            raise InvalidRequest(
                f"HF_ENDPOINT: {address!r} is no address; use one that begins with https://, or "
                "leave it out.",
                field="HF_ENDPOINT",
            )
        return cls(address, ())

    def published(self, repository: str, revision: str, wanted: Callable[[str], bool]) -> Published:
        """Those files that are wanted by their paths, at the commit that the revision is now.

        Raises `DownloadFailed` if the hub can't be reached, doesn't have the repository, or lists
        such a file outside it.
        """
        place = f"{self.address}/api/models/{quote(repository)}"
        answer, _ = _asked(f"{place}/revision/{quote(revision, safe='')}", repository)
        commit = _understood(_REVISION, answer, repository).sha
        tree = f"{place}/tree/{commit}"
        files, query = [], "recursive=true"
        for _ in range(_MOST_PAGES):
            answer, following = _asked(f"{tree}?{query}", repository)
            page = _understood(_PAGE, answer, repository)
            files += [
                self._file(repository, commit, one)
                for one in page
                if isinstance(one, _Entry) and wanted(one.path)
            ]
            if following is None:
                return Published(repository, commit, tuple(files))
            query = following
        raise DownloadFailed(_ENDLESS.format(repository=repository))

    def sources(self, repository: str, commit: str, path: str) -> tuple[str, ...]:
        """Who has the file, the hub first."""
        names = {"repository": quote(repository), "path": quote(path)}
        first = f"{self.address}/{names['repository']}/resolve/{commit}/{names['path']}"
        return (first, *(mirror.format(**names) for mirror in self.mirrors))

    def _file(self, repository: str, commit: str, entry: _Entry) -> ModelFile:
        if not is_inside(entry.path):
            raise DownloadFailed(
                f"{repository} lists {entry.path!r}, which is no file within it; nothing was "
                "fetched, and whoever serves this repository shouldn't be trusted."
            )
        urls = self.sources(repository, commit, entry.path)
        if entry.lfs:
            return ModelFile(entry.path, entry.lfs.size, Digest("sha256", entry.lfs.oid), urls)
        return ModelFile(entry.path, entry.size, Digest("git", entry.oid), urls)


def is_inside(path: str) -> bool:
    """Whether the path leads to a file beneath the folder that it begins in, on every system."""
    parts = path.split("/")
    return (
        not PurePosixPath(path).is_absolute()
        and all(_PLAIN.fullmatch(part) for part in parts)
        and not any(part in (".", "..") for part in parts)
    )


def _asked(url: str, repository: str) -> tuple[bytes, str | None]:
    """The answer, and the query of the next page's address if there is one."""
    request = urllib.request.Request(url, headers={"User-Agent": "dj-agent"})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
            body = answer.read(_MOST_BYTES + 1)
            link = answer.headers.get("Link", "")
    except (OSError, http.client.HTTPException) as error:
        raise DownloadFailed(
            f"The list of {repository}'s files couldn't be had from {urlsplit(url).netloc} "
            f"({reason(error)}), and what they must be is known only from there; {_remedy(error)}."
        ) from error
    if len(body) > _MOST_BYTES:
        raise DownloadFailed(_ENDLESS.format(repository=repository))
    # Only the query is taken, so that all pages come from the address that was asked.
    following = _NEXT_PAGE.search(link)
    return body, urlsplit(following[1]).query if following else None


def _remedy(error: OSError | http.client.HTTPException) -> str:
    if isinstance(error, urllib.error.HTTPError) and error.code in (401, 403, 404, 410):
        return "see in a browser whether that repository is still there, and open to everybody"
    return "go online, or set HF_ENDPOINT to a mirror of Hugging Face, and try again"


def _understood(shape: TypeAdapter[_Shape], answer: bytes, repository: str) -> _Shape:
    try:
        return shape.validate_json(answer)
    except ValidationError as error:
        first = error.errors()[0]
        raise DownloadFailed(
            f"What the hub says of {repository} isn't understood ({first['msg']}); if HF_ENDPOINT "
            "is set, see that it is a mirror of Hugging Face."
        ) from error
