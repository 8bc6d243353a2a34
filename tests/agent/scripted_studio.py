"""A studio that does what a test tells it to: a real MCP server, no engine behind it.

A caption says how its job goes: `fails`, `stuck` (never ends by itself), `slow` (many looks),
`vanishes` (finished, but its file is not there), `interrupts` (Ctrl-C is pressed while it runs);
anything else is done at the first look.
"""

from __future__ import annotations

import signal
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

Answer = dict[str, Any]


@dataclass
class ScriptedJob:
    job_id: str
    tool: str
    request: Answer
    looks: int = 0
    status: str = "queued"
    track: Answer | None = None


@dataclass
class ScriptedStudio:
    """Remembers what was asked of it. `room` is how many unfinished jobs it takes."""

    folder: Path
    room: int = 64
    forgetful: bool = False
    """Whether the library has lost its tracks."""
    jobs: list[ScriptedJob] = field(default_factory=list)
    refused: int = 0
    most_at_once: int = 0
    opened_with: list[Mapping[str, str]] = field(default_factory=list)
    readable: list[Path] = field(default_factory=list)

    @property
    def captions(self) -> list[str]:
        return [job.request["caption"] for job in self.jobs]

    @asynccontextmanager
    async def open_app(
        self, environ: Mapping[str, str], extra_media_dirs: Sequence[Path] = ()
    ) -> AsyncGenerator[MCPServer]:
        self.opened_with.append(dict(environ))
        self.readable += extra_media_dirs
        server: MCPServer[Any] = MCPServer("scripted studio", log_level="CRITICAL")
        for tool in (
            self.generate_music, self.cover_track, self.repaint_section, self.extend_track,
            self.get_job, self.cancel_job, self.search_library, self.studio_status,
        ):  # fmt: skip
            server.add_tool(tool)
        yield server

    async def generate_music(
        self,
        caption: str,
        seed: int,
        title: str = "",
        duration_s: float | None = None,
        bpm: float | None = None,
        key: str | None = None,
        time_signature: str | None = None,
        lyrics: str | None = None,
        language: str | None = None,
        instrumental: bool | None = None,
    ) -> Answer:
        given = {name: value for name, value in locals().items() if name != "self"}
        return self._start("generate_music", given)

    async def cover_track(
        self,
        track: str,
        caption: str,
        seed: int,
        similarity: float | None = None,
        lyrics: str | None = None,
    ) -> Answer:
        given = {name: value for name, value in locals().items() if name != "self"}
        return self._start("cover_track", given)

    async def repaint_section(
        self,
        track: str,
        windows: list[dict[str, float]],
        seed: int,
        caption: str = "",
        strength: float | None = None,
        snap_to_bars: bool | None = None,
        lyrics: str | None = None,
    ) -> Answer:
        given = {name: value for name, value in locals().items() if name != "self"}
        return self._start("repaint_section", given)

    async def extend_track(
        self,
        track: str,
        seconds: float,
        seed: int,
        side: str | None = None,
        caption: str = "",
        lyrics: str | None = None,
    ) -> Answer:
        given = {name: value for name, value in locals().items() if name != "self"}
        return self._start("extend_track", given)

    def _start(self, tool: str, request: Answer) -> Answer:
        unfinished = [job for job in self.jobs if job.status in ("queued", "running")]
        if len(unfinished) >= self.room:
            self.refused += 1
            raise ToolError(f"The queue is full ({self.room} jobs); wait for one with get_job.")
        if request["caption"] == "refused":
            raise ToolError("caption: has no music in it; say a style.")
        job = ScriptedJob(f"job_{len(self.jobs) + 1}", tool, request)
        self.jobs.append(job)
        self.most_at_once = max(self.most_at_once, len(unfinished) + 1)
        return _told(job)

    async def get_job(self, job_id: str, wait_s: float) -> Answer:
        job = self._job(job_id)
        job.looks += 1
        caption = job.request["caption"]
        if "interrupts" in caption:
            signal.raise_signal(signal.SIGINT)
            await anyio.sleep_forever()
        if "stuck" in caption:
            with anyio.move_on_after(wait_s):
                await anyio.sleep_forever()
            job.status = "running"
        elif job.looks >= (60 if "slow" in caption else 1):
            self._end(job)
        else:
            job.status = "running"
        return _told(job)

    async def cancel_job(self, job_id: str) -> Answer:
        job = self._job(job_id)
        if "nearly done" in job.request["caption"]:
            self._end(job)
        elif job.status != "done":
            job.status = "cancelled"
        return _told(job)

    async def search_library(self, track: str) -> Answer:
        made = [job.track for job in self.jobs if job.track and job.track["id"] == track]
        if made and not self.forgetful:
            return {"message": "Found.", "total": 1, "tracks": made}
        path = Path(track)
        if not path.is_file():
            raise ToolError(f"track: there is no track {track!r}; search the library for its id.")
        return {"message": "Found.", "total": 1, "tracks": [
            {"id": track, "title": path.stem, "path": track, "duration_s": 61.5}
        ]}  # fmt: skip

    async def studio_status(self) -> Answer:
        return {"message": "Ready.", "renderers": [
            {"name": "sketch", "ready": True, "note": "A composer and a synthesiser."},
            {"name": "acestep", "ready": False, "note": "Get it with `dj-agent models get turbo`."},
        ]}  # fmt: skip

    def _job(self, job_id: str) -> ScriptedJob:
        return next(job for job in self.jobs if job.job_id == job_id)

    def _end(self, job: ScriptedJob) -> None:
        request = job.request
        if "fails" in request["caption"]:
            job.status = "failed"
            return
        job.status = "done"
        title = request.get("title") or request["caption"].title() or job.tool
        path = self.folder / f"trk_{request['seed']}.flac"
        if "vanishes" not in request["caption"]:
            path.write_bytes(f"fLaC {title}".encode())
        made = {"duration_s": 180.0, "bpm": 120.0, "key": "A minor", "time_signature": "4/4"}
        asked = {name: request[name] for name in made if request.get(name) is not None}
        job.track = {
            "id": f"trk_{request['seed']}", "title": title, "path": str(path), **made, **asked,
            "asked": asked, "seed": request["seed"], "renderer": "sketch", "loudness_lufs": -14.0,
        }  # fmt: skip


def _told(job: ScriptedJob) -> Answer:
    answer: Answer = {
        "job_id": job.job_id, "status": job.status, "progress": min(job.looks / 60, 1.0),
        "title": job.request.get("title", ""), "renderer": "sketch", "message": f"{job.status}.",
        "tracks": [job.track] if job.track else [], "warnings": [],
    }  # fmt: skip
    if job.status == "running":
        answer |= {"stage": "mixing", "eta_s": 60.0 - job.looks}
    if job.status == "failed":
        answer["error"] = {"code": "render_failed", "message": "The renderer lost its drumsticks."}
    if "choir" in job.request["caption"]:
        answer["warnings"] = ["caption: the sketch renderer has no choir."]
    return answer
