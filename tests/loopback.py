"""Servers on this machine for tests: one that minds nobody hanging up, and one that plays a hub."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

COMMIT = "c0ffee" + "0" * 34


class Patient(ThreadingHTTPServer):
    """A server to whom a client that has heard enough is no error."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Visit(BaseHTTPRequestHandler):
    """A request to such a server, with a few ways of answering it."""

    def send(
        self, content: bytes, *, first: int = 0, cut_after: int | None = None, link: str = ""
    ) -> None:
        """The content from byte `first` on; the connection ends early if it is cut."""
        self.send_response(206 if first else 200)
        self.send_header("Content-Length", str(len(content) - first))
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        if link:
            self.send_header("Link", link)
        self.end_headers()
        self.wfile.write(content[first:][:cut_after])

    def first_byte(self) -> int:
        """The byte that the client wants to begin with."""
        return int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""


@contextmanager
def serving(visit: type[BaseHTTPRequestHandler]) -> Generator[str]:
    """The address of a server that answers so, while it is open."""
    with Patient(("127.0.0.1", 0), visit) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@dataclass
class PlayedHub:
    """A hub of made-up repositories, with whatever may go wrong in one."""

    repositories: dict[str, dict[str, bytes]] = field(default_factory=dict)
    address: str = ""
    page_length: int = 3
    cut_after: dict[str, int] = field(default_factory=dict)
    """Of these paths, only the first bytes are sent."""
    served_instead: dict[str, bytes] = field(default_factory=dict)
    """What comes under these paths, whatever the tree says."""
    asked: list[str] = field(default_factory=list)
    """The paths of all requests, with a plus and the first byte wanted if that isn't 0."""

    def line(self, path: str, content: bytes) -> dict[str, Any]:
        """As the hub's tree has it: weights and latents are large files."""
        if path.endswith((".safetensors", ".pt")):
            large = {
                "oid": hashlib.sha256(content).hexdigest(),
                "size": len(content),
                "pointerSize": 134,
            }
            size = len(content)
            return {"type": "file", "path": path, "oid": "a" * 40, "size": size, "lfs": large}
        oid = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        return {"type": "file", "path": path, "oid": oid, "size": len(content)}

    def tree(self, repository: str) -> list[dict[str, Any]]:
        folders = {path.rpartition("/")[0] for path in self.repositories[repository]} - {""}
        return [
            *({"type": "directory", "path": one, "oid": "b" * 40, "size": 0} for one in folders),
            *(self.line(path, content) for path, content in self.repositories[repository].items()),
        ]

    def fetched(self) -> list[str]:
        """The files that were asked for, by their paths in their repositories."""
        return [path.partition(f"/{COMMIT}/")[2] for path in self.asked if "/resolve/" in path]


@contextmanager
def playing(hub: PlayedHub) -> Generator[PlayedHub]:
    """The hub, open at its address. It redirects to where files lie, as the real one does."""

    class Counter(Visit):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            path, first = unquote(url.path), self.first_byte()
            hub.asked.append(f"{path}+{first}" if first else path)
            if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)/(revision|tree)/(\w+)", path):
                self._tell(found, url.query)
            elif found := re.fullmatch(rf"/([^/]+/[^/]+)/resolve/{COMMIT}/(.+)", path):
                self.send_response(302)
                self.send_header("Location", f"/store/{found[1]}/{found[2]}")
                self.end_headers()
            elif found := re.fullmatch(r"/store/([^/]+/[^/]+)/(.+)", path):
                self._give(found[1], found[2])
            else:
                self.send_error(404)

        def _tell(self, found: re.Match[str], query: str) -> None:
            repository, what, revision = found.groups()
            if repository not in hub.repositories:
                self.send_error(404)
            elif what == "revision":
                self.send(json.dumps({"id": repository, "sha": COMMIT}).encode())
            elif revision == COMMIT and "recursive=true" in query:
                start = int(parse_qs(query).get("cursor", ["0"])[0])
                end = start + hub.page_length
                lines = hub.tree(repository)
                here = f"{hub.address}/api/models/{repository}/tree/{COMMIT}"
                link = f'<{here}?recursive=true&cursor={end}>; rel="next"'
                page = json.dumps(lines[start:end]).encode()
                self.send(page, link=link if end < len(lines) else "")
            else:
                self.send_error(400)

        def _give(self, repository: str, path: str) -> None:
            content = hub.served_instead.get(path, hub.repositories[repository].get(path))
            if content is None:
                self.send_error(404)
                return
            self.send(content, first=self.first_byte(), cut_after=hub.cut_after.get(path))

    with serving(Counter) as hub.address:
        yield hub
