"""A server that plays a model provider: it gives the answers it was told to, byte by byte."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from loopback import Visit, serving


@dataclass(frozen=True)
class Answer:
    """What the server says to one request."""

    pieces: Sequence[bytes] = ()
    """The body, as it is written to the connection."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    """Whether the connection breaks after the pieces."""
    hangs: bool = False
    """Whether nothing more comes after the pieces, while the connection stays open."""
    says_nothing: bool = False
    """Whether not even a status comes."""


@dataclass
class PlayedProvider:
    """A provider with its answers in order; the last one is given again and again."""

    answers: Sequence[Answer]
    address: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def next(self) -> Answer:
        return self.answers[min(len(self.bodies), len(self.answers)) - 1]


@contextmanager
def playing(*answers: Answer) -> Generator[PlayedProvider]:
    """The provider, open at its address."""
    played = PlayedProvider(answers)

    class Talk(Visit):
        protocol_version = "HTTP/1.1"
        wbufsize = 0

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            played.bodies.append(json.loads(body))
            played.headers.append({name.lower(): value for name, value in self.headers.items()})
            played.paths.append(self.path)
            self.close_connection = True
            answer = played.next()
            if answer.says_nothing:
                played.over.wait(10)
                return
            self.send_response(answer.status, "As told")
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Transfer-Encoding", "chunked")
            self.send_header("Connection", "close")
            self.end_headers()
            for piece in answer.pieces:
                if piece:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            if answer.hangs:
                played.over.wait(10)
            if not (answer.cut or answer.hangs):
                self.wfile.write(b"0\r\n\r\n")

    with serving(Talk) as played.address:
        try:
            yield played
        finally:
            played.over.set()
