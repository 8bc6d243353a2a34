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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
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
    memory_gb: float
    """The most that the worker has had since this stage began."""


@dataclass(frozen=True, slots=True)
class Take:
    """A finished job: what was seen of it, and how long all of it took."""

    sights: tuple[Sight, ...]
    total_s: float
    warnings: tuple[str, ...]


async def take(client: Client, home: Path, **asked: Any) -> Take:
    """Ask for a track and look on until it is there."""
    started = time.perf_counter()
    answer = await called(client, "generate_music", **asked)
    sights: list[Sight] = []
    while answer["status"] in ("queued", "running"):
        at_s = time.perf_counter() - started
        if at_s > _PATIENCE_S:
            raise SystemExit(f"not finished after {_PATIENCE_S:.0f} s")
        stage = answer.get("stage", answer["status"])
        memory_gb = high_water_gb(home, anew=not sights or sights[-1].stage != stage)
        sights.append(Sight(at_s, stage, answer["progress"], memory_gb))
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
    steps = [
        after.at_s
        for before, after in pairwise(seen.sights)
        if after.stage == "denoising"
        and (before.stage, before.progress) != (after.stage, after.progress)
    ]
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


def memory(takes: Sequence[Take]) -> dict[str, float]:
    """The most memory in each stage."""
    sights = sorted((one for seen in takes for one in seen.sights), key=lambda one: one.memory_gb)
    return {one.stage: one.memory_gb for one in sights}


def high_water_gb(home: Path, *, anew: bool) -> float:
    """The most memory that the worker has had, the pages of mapped files included; `anew` begins
    to count from now on. Nought if nobody is there."""
    try:
        process = Path(f"/proc/{worker_of(home)}")
        if anew:
            (process / "clear_refs").write_text("5", encoding="ascii")
        status = (process / "status").read_text(encoding="ascii")
    except (OSError, ValueError):
        return 0.0
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e9


async def measure(checkpoints: Path, home: Path, seconds: float) -> list[Take]:
    """Two takes."""
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
                return [await take(client, home, **asked, seed=seed) for seed in (1, 2)]
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
        cold, warm = asyncio.run(measure(checkpoints, work / "home", given.seconds))
    finally:
        shutil.rmtree(work)
    show(f"{name}, {given.seconds:g} s of music; load average {load:.1f} before")
    show(f"{'seconds':26}{'first':>8}{'second':>8}")
    first, second = stages(cold), stages(warm)
    for stage, seconds in first.items():
        show(f"{stage:26}{seconds:8.2f}{second[stage]:8.2f}")
    show(f"goal for 10 s, all stages: {_GOAL_S:g} s")
    show(f"{'the worker, most memory':26}{'GB':>8}")
    for stage, most_gb in memory((cold, warm)).items():
        show(f"{stage:26}{most_gb:8.2f}")
    for warning in dict.fromkeys((*cold.warnings, *warm.warnings)):
        show(f"warning: {warning}")


if __name__ == "__main__":
    main()
