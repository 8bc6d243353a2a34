"""What the MCP server costs on top of the protocol library: start, calls, memory.

    uv run python benchmarks/server.py

The baseline, measured in the same run, is a bare `MCPServer` with one tool that returns a typed
constant, started and called the same way over HTTP on loopback. Cold start is the time from
starting the process to the answer of `tools/list` over stdio; calls are `studio_status`, which
asks the database and the disk, from 8 clients at once.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from mcp import Client, StdioServerParameters, stdio_client

CLIENTS, CALLS, STARTS = 8, 60, 5

_BARE = """
import sys
from pydantic import BaseModel
from mcp.server import MCPServer
class Answer(BaseModel):
    message: str
server = MCPServer("bare")
@server.tool()
def studio_status() -> Answer:
    return Answer(message="ready")
if sys.argv[1:]:
    server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[1]))
else:
    server.run("stdio")
"""
_PORT = 18_931


def command(name: str, port: int | None) -> list[str]:
    """How to start the server called `name`, by HTTP if there is a port."""
    if name == "bare":
        return [sys.executable, "-c", _BARE, *([str(port)] if port else [])]
    return [sys.executable, "-m", "mcp_server", *(["--http", str(port)] if port else [])]


async def cold_start_s(name: str, home: str) -> float:
    first, *rest = command(name, None)
    server = StdioServerParameters(command=first, args=rest, env=os.environ | {"DJ_HOME": home})
    started = time.perf_counter()
    with Path(os.devnull).open("w") as nowhere:
        async with Client(stdio_client(server, errlog=nowhere)) as client:
            await client.list_tools()
            return time.perf_counter() - started


@contextmanager
def serving(name: str, home: str, port: int) -> Generator[int]:
    """The process id of a server on that port."""
    with subprocess.Popen(
        command(name, port), env=os.environ | {"DJ_HOME": home},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            yield process.pid
        finally:
            process.terminate()


async def latencies_s(url: str) -> list[float]:
    """How long each call took, from all clients."""

    async def one() -> list[float]:
        async with Client(url) as client:
            await client.call_tool("studio_status", {})
            times = []
            for _ in range(CALLS):
                started = time.perf_counter()
                await client.call_tool("studio_status", {})
                times.append(time.perf_counter() - started)
            return times

    return [
        seconds
        for times in await asyncio.gather(*(one() for _ in range(CLIENTS)))
        for seconds in times
    ]


async def reachable(url: str) -> None:
    for _ in range(200):
        try:
            async with Client(url):
                return
        except (OSError, ExceptionGroup):
            await asyncio.sleep(0.05)
    raise SystemExit(f"no server at {url}")


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return float("nan")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


async def measure(name: str, home: str, port: int) -> dict[str, float]:
    starts = [await cold_start_s(name, home) for _ in range(STARTS)]
    url = f"http://127.0.0.1:{port}/mcp"
    with serving(name, home, port) as pid:
        await reachable(url)
        times = await latencies_s(url)
        memory = resident_mb(pid)
    cuts = statistics.quantiles(times, n=100)
    return {
        "cold start, s": statistics.median(starts),
        "call p50, ms": cuts[49] * 1000,
        "call p99, ms": cuts[98] * 1000,
        "memory, MB": memory,
    }


async def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        bare = await measure("bare", home, _PORT)
        ours = await measure("dj-mcp", home, _PORT + 1)
    print(f"{CLIENTS} clients at once, {CALLS} calls each; median of {STARTS} starts")
    print(f"{'':16} {'dj-mcp':>8} {'bare':>8} {'ratio':>6}")
    for row, value in ours.items():
        print(f"{row:16} {value:8.2f} {bare[row]:8.2f} {value / bare[row]:6.2f}")


if __name__ == "__main__":
    asyncio.run(main())
