"""`dj-agent` as its own process, with a model that the test plays over a socket, and a studio that
does what captions say (`agent.scripted_studio`). The socket's path is in PUPPET."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from agent.scripted_studio import Answer, ScriptedStudio
from mcp.server import MCPServer

from dj_agent.messages import (
    Finished,
    Message,
    Part,
    TextDelta,
    ThinkingDelta,
    ToolCall,
    ToolSpec,
    Usage,
)

TRACKS = [
    {"id": f"trk_{n}", "title": title, "path": f"/nowhere/{title}.flac", "duration_s": 61.0 + n,
     "bpm": 120.0, "key": "A minor"}
    for n, title in enumerate(("Doors", "Rain"))
]  # fmt: skip


class Puppet:
    """Says what comes over the socket, a JSON line for each part."""

    name, model, context_tokens = "scripted", "puppet", 32_000

    async def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[Part]:
        reader, writer = await asyncio.open_unix_connection(os.environ["PUPPET"])
        text, calls = "", []
        try:
            asked = {"last": messages[-1].text, "results": [
                one.text for one in messages[-1].tool_results
            ], "messages": len(messages)}  # fmt: skip
            writer.write(json.dumps(asked).encode() + b"\n")
            while line := await reader.readline():
                said: dict[str, Any] = json.loads(line)
                if "think" in said:
                    yield ThinkingDelta(said["think"])
                if "say" in said:
                    text += said["say"]
                    yield TextDelta(said["say"])
                if "call" in said:
                    raw = json.dumps(said["arguments"])
                    calls.append(ToolCall.written(f"call_{len(messages)}", said["call"], raw))
            yield Finished(
                Message("assistant", text, tuple(calls)), Usage(1200, 34, cost_usd=0.002),
                "tool_calls" if calls else "done",
            )  # fmt: skip
        finally:
            writer.close()


class ChatStudio(ScriptedStudio):
    def server(self) -> MCPServer:
        server = super().server()
        server.add_tool(self.search_library)
        return server

    async def search_library(self, query: str = "", track: str = "", limit: int = 10) -> Answer:
        found = [one for one in TRACKS if query.lower() in str(one["title"]).lower()]
        message = f"{len(found)} of {len(found)} tracks, newest first."
        if not found:
            message = "No track matches; use fewer words or a wider bpm range."
        return {"message": message, "tracks": found, "total": len(found), "jobs": []}


def main() -> int:
    from dj_agent import toolbox
    from dj_agent.__main__ import main as run
    from dj_agent.providers.scripted import Scripted

    folder = Path(os.environ["DJ_HOME"]) / "studio"
    folder.mkdir(parents=True, exist_ok=True)
    studio = ChatStudio(folder)
    toolbox.open_app = studio.open_app  # ty: ignore[invalid-assignment]
    Scripted.read = lambda path: Puppet()  # ty: ignore[invalid-assignment]
    code = run()
    opened = Path(os.environ["DJ_HOME"]) / "readable.txt"
    opened.write_text("\n".join(map(str, studio.readable)))
    return code


if __name__ == "__main__":
    sys.exit(main())
