"""The other end of `chat.child`: a model that says what the test tells it to, when it tells it."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import Any


class Reply:
    """One reply of the model, while it is being given."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._file = connection.makefile("rb")
        asked: dict[str, Any] = json.loads(self._file.readline())
        self.last: str = asked["last"]
        """The last message that the model was told."""
        self.results: list[str] = asked["results"]
        self.messages: int = asked["messages"]

    def say(self, text: str) -> float:
        """The next piece; when it was sent."""
        self._send({"say": text})
        return time.monotonic()

    def think(self, text: str) -> None:
        self._send({"think": text})

    def call(self, tool: str, **arguments: Any) -> None:
        self._send({"call": tool, "arguments": arguments})

    def done(self) -> None:
        self._file.close()
        self._connection.close()

    def was_stopped(self) -> bool:
        """Whether nobody listens any more; waits for up to ten seconds for that."""
        self._connection.settimeout(10)
        try:
            return self._file.read(1) == b""
        except TimeoutError:
            return False
        finally:
            self.done()

    def _send(self, said: dict[str, Any]) -> None:
        self._connection.sendall(json.dumps(said).encode() + b"\n")


class Model:
    """Is asked, and replies."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        self._socket.listen()
        self._socket.settimeout(60)
        self._given: list[Reply] = []

    def reply(self) -> Reply:
        """The reply to what it is asked next."""
        connection, _ = self._socket.accept()
        connection.settimeout(60)
        self._given.append(Reply(connection))
        return self._given[-1]

    def replies(self, text: str) -> Reply:
        """A whole reply, given at once."""
        reply = self.reply()
        reply.say(text)
        reply.done()
        return reply

    def calls(self, tool: str, **arguments: Any) -> Reply:
        """A reply that is nothing but a call."""
        reply = self.reply()
        reply.call(tool, **arguments)
        reply.done()
        return reply

    def close(self) -> None:
        self._socket.close()
        for reply in self._given:
            reply.done()
