"""Ten seconds of music at full size, as an MCP client gets them: the stages' times, and memory.

    uv run --group dev python -m benchmarks.fullsize [--base] [--seconds 10]

A checkpoint of the real sizes with random weights is laid out in a temporary folder (6.3 GB), and
`dj-mcp` is started on it. The first render finds no worker and no model in memory, the second one
both. Stages are told apart by what `get_job` says of a running job: a step or tile is told of when
it is done, so reading ends one step before the first one is.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters, stdio_client

from benchmarks.random_checkpoint import BASE, LINE, TURBO

_LOOK_EVERY_S = 0.03
_PATIENCE_S = 1800.0
_GOAL_S = 15.0
"""All stages of ten seconds, with the model in memory."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What was to be seen of a job at a moment, by a clock of its own."""

    at_s: float
    stage: str
    progress: float


@dataclass(frozen=True, slots=True)
class Take:
    """A finished job: what was seen of it, and how long all of it took."""

    sights: tuple[Sight, ...]
    total_s: float
    warnings: tuple[str, ...]


async def take(client: Client, **asked: Any) -> Take:
    """Ask for a track and look on until it is there."""
    started = time.perf_counter()
    answer = await called(client, "generate_music", **asked)
    sights: list[Sight] = []
    while answer["status"] in ("queued", "running"):
        at_s = time.perf_counter() - started
        if at_s > _PATIENCE_S:
            raise SystemExit(f"not finished after {_PATIENCE_S:.0f} s")
        seen = Sight(at_s, answer.get("stage", answer["status"]), answer["progress"])
        if not sights or (seen.stage, seen.progress) != (sights[-1].stage, sights[-1].progress):
            sights.append(seen)
        await asyncio.sleep(_LOOK_EVERY_S)
        answer = await called(client, "get_job", job_id=answer["job_id"], wait_s=0)
    if answer["status"] != "done":
        raise SystemExit(f"the job ended as {answer['status']}: {answer.get('error')}")
    return Take(tuple(sights), time.perf_counter() - started, tuple(answer.get("warnings", ())))


async def called(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    if result.is_error or result.structured_content is None:
        raise SystemExit(f"{tool}: {result.content}")
    return result.structured_content


def stages(seen: Take) -> dict[str, float]:
    """Seconds of each stage; `step` is one of denoising's."""
    starts = {sight.stage: sight.at_s for sight in reversed(seen.sights)}
    steps = [sight.at_s for sight in seen.sights if sight.stage == "denoising"]
    step = (steps[-1] - steps[0]) / (len(steps) - 1)
    decoded = starts.get("decoding", seen.total_s)
    loading = starts["reading"] - starts["loading"] if "loading" in starts else 0.0
    reading = steps[0] - step - starts["reading"]
    return {
        "worker starts": starts["reading"] - loading,
        "loading": loading,
        "reading": reading,
        "denoising": len(steps) * step,
        "  of which a step": step,
        "decoding": decoded - steps[-1],
        "track is finished": seen.total_s - decoded,
        "all": seen.total_s,
        "all but start and loading": seen.total_s - starts["reading"],
    }


def high_water_gb(process: int) -> float:
    """The most memory that a process has had, the pages of mapped files included."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e9


async def measure(checkpoints: Path, home: Path, seconds: float) -> tuple[list[Take], float]:
    """Two takes, and the most memory the worker had."""
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "mcp_server"],
        env=os.environ
        | {
            "DJ_HOME": str(home),
            "DJ_RENDERER": "acestep",
            "DJ_WAIT_S": "0",
            "ACESTEP_CHECKPOINTS": str(checkpoints),
        },
    )
    with Path(os.devnull).open("w") as nowhere:
        async with Client(stdio_client(server, errlog=nowhere)) as client:
            asked = {"caption": "warm deep house", "lyrics": LINE, "duration_s": seconds}
            try:
                takes = [await take(client, **asked, seed=seed) for seed in (1, 2)]
                return takes, high_water_gb(worker_of(home))
            finally:
                await leave(worker_of(home))


def worker_of(home: Path) -> int:
    return int((home / "worker-cpu.lock").read_text(encoding="ascii"))


async def leave(process: int) -> None:
    """Have a worker leave, and wait until it has: its files are about to be deleted."""
    os.kill(process, signal.SIGTERM)
    for _ in range(200):
        if not Path(f"/proc/{process}").exists():
            return
        await asyncio.sleep(0.05)


def lay_elsewhere(root: Path, name: str) -> None:
    """Lay the checkpoint in a process of its own, whose 5 GB go with it."""
    code = "import sys, pathlib, benchmarks.random_checkpoint as random_checkpoint;"
    code += "random_checkpoint.lay(pathlib.Path(sys.argv[1]), sys.argv[2:])"
    subprocess.run([sys.executable, "-c", code, str(root), name], check=True)


def main(show: Callable[[str], None] = print) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", action="store_true", help="base, 50 steps with guidance")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--checkpoints", type=Path, help="those laid out earlier")
    given = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="fullsize-"))
    name = BASE if given.base else TURBO
    try:
        if given.checkpoints is None:
            lay_elsewhere(work / "checkpoints", name)
        checkpoints = given.checkpoints or work / "checkpoints"
        load = os.getloadavg()[0]
        (cold, warm), peak_gb = asyncio.run(measure(checkpoints, work / "home", given.seconds))
    finally:
        shutil.rmtree(work)
    show(f"{name}, {given.seconds:g} s of music; load average {load:.1f} before")
    show(f"{'seconds':26}{'first':>8}{'second':>8}")
    first, second = stages(cold), stages(warm)
    for stage, seconds in first.items():
        show(f"{stage:26}{seconds:8.2f}{second[stage]:8.2f}")
    show(f"the worker's peak memory: {peak_gb:.2f} GB; goal for 10 s, all stages: {_GOAL_S:g} s")
    for warning in dict.fromkeys((*cold.warnings, *warm.warnings)):
        show(f"warning: {warning}")


if __name__ == "__main__":
    main()
