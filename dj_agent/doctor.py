"""`dj-agent doctor`: what is here, what works, and how to mend what doesn't.

Asks the studio through its tools, language models by a question that costs nothing, and the system.
Keys are looked for and used, never shown.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dj_agent.home import home
from dj_agent.inquiries import studio_status
from dj_agent.player import players
from dj_agent.probing import Answered, Probe, probe_ollama, probes
from dj_agent.providers import ProviderError, choose
from dj_agent.toolbox import Toolbox, open_toolbox
from dj_agent.transcript import screen
from dj_agent.trouble import Trouble

_DONE, _FAILED = 0, 1

Level = Literal["ok", "warn", "bad"]
_STYLES: dict[Level, str] = {"ok": "green", "warn": "yellow", "bad": "red"}

_PYTHONS = ((3, 11), (3, 14))
"""From, and before."""
_EXTRAS = {
    "ace": (("torch", "diffusers", "transformers", "safetensors"), "real songs"),
    "stems": (("torch", "demucs", "safetensors"), "vocals out of any mix"),
}
_NEEDED = ("anyio", "mcp", "numpy", "prompt_toolkit", "pydantic", "rich", "scipy", "soundfile")
_SCARCE_GB, _TOO_LITTLE_GB = 5.0, 0.5


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one thing."""

    level: Level
    about: str
    says: str
    fix: str = ""


def doctor(url: str | None, environ: Mapping[str, str]) -> int:
    """Look at everything and say what was found, a line each; the exit code."""
    console = screen(environ)
    return asyncio.run(_examine(console, url, environ))


async def _examine(console: Console, url: str | None, environ: Mapping[str, str]) -> int:
    worst_is_bad = False
    async for finding in _findings(url, environ):
        worst_is_bad |= finding.level == "bad"
        if console.is_terminal:
            console.print(_row(finding))
        else:  # a line each, for whoever searches in them
            told = f"{finding.says} {finding.fix}".rstrip()
            console.print(f"{finding.level:4}  {finding.about:10}  {told}", soft_wrap=True)
    return _FAILED if worst_is_bad else _DONE


async def _findings(url: str | None, environ: Mapping[str, str]) -> AsyncGenerator[Finding]:
    yield _python(sys.version_info[:3])
    for finding in _packages():
        yield finding
    async for finding in _studio(url, environ):
        yield finding
    async for finding in _models(environ):
        yield finding
    yield _players(environ)


def _row(finding: Finding) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=4)
    grid.add_column(width=10, no_wrap=True, overflow="ellipsis")
    grid.add_column(overflow="fold")
    fix = Text(f" {finding.fix}", style="" if finding.level == "ok" else "bold")
    says = Text.assemble(finding.says, fix if finding.fix else "")
    grid.add_row(Text(finding.level, style=_STYLES[finding.level]), finding.about, says)
    return grid


# This installation


def _python(found: tuple[int, ...]) -> Finding:
    first, beyond = _PYTHONS
    said = ".".join(map(str, found))
    if first <= found[:2] < beyond:
        return Finding("ok", "python", said)
    fits = f"{'.'.join(map(str, first))} to {beyond[0]}.{beyond[1] - 1}"
    return Finding("bad", "python", f"{said} isn't one that this runs on.", f"Use {fits}.")


def _packages() -> Iterator[Finding]:
    if missing := [name for name in _NEEDED if not _installed(name)]:
        says = f"{', '.join(missing)} can't be found."
        yield Finding("bad", "packages", says, "Install them with `uv sync`.")
    else:
        yield Finding("ok", "packages", "All that is needed is here.")
    for extra, (names, purpose) in _EXTRAS.items():
        missing = [name for name in names if not _installed(name)]
        if missing:
            says = f"{extra} isn't installed, which gives you {purpose}."
            yield Finding("warn", "extra", says, f"Get it with `uv sync --extra {extra}`.")
        else:
            yield Finding("ok", "extra", f"{extra} is installed: {purpose}.")


def _installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False


# The studio


async def _studio(url: str | None, environ: Mapping[str, str]) -> AsyncGenerator[Finding]:
    try:
        async with open_toolbox(url, environ) as toolbox:
            findings = await _asked(toolbox, url is None, environ)
    except Trouble as error:
        where = "" if url else "Set DJ_HOME to a folder that you may write to."
        findings = [Finding("bad", "studio", error.message, where)]
    for finding in findings:
        yield finding


async def _asked(toolbox: Toolbox, own: bool, environ: Mapping[str, str]) -> list[Finding]:
    status = await studio_status(toolbox)
    findings = [Finding("ok", "studio", status.message)]
    if own:
        folder = home(environ)
        findings += [_writable(folder), _room(status.free_gb, folder)]
    findings += [_worker(status.worker_alive, status.queue.running, status.queue.queued)]
    findings += [_device(status.device, environ)]
    for one in status.renderers:
        level: Level = "ok" if one.ready else "warn"
        note = one.note if one.ready else f"Not ready. {one.note}"
        findings.append(Finding(level, "renderer", f"{one.name}: {note}"))
    return [*findings, Finding("ok", "stems", status.stems)]


def _writable(folder: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Finding("ok", "library", f"{folder} can be written to.")
    except OSError as error:
        says = f"{folder} can't be written to: {error.strerror}."
        fix = "Set DJ_HOME to a folder of yours, or give yourself the right to write there."
        return Finding("bad", "library", says, fix)


def _room(free_gb: float, folder: Path) -> Finding:
    says = f"{free_gb:.1f} GB free where {folder} is."
    if free_gb >= _SCARCE_GB:
        return Finding("ok", "disk", says)
    fix = "A set of an hour takes about 1.5 GB: make room, or set DJ_HOME to another disk."
    return Finding("bad" if free_gb < _TOO_LITTLE_GB else "warn", "disk", says, fix)


def _worker(alive: bool | None, running: int, queued: int) -> Finding:
    if alive is None:
        return Finding("ok", "worker", f"{running} jobs running, {queued} waiting.")
    if alive:
        return Finding("ok", "worker", f"At work: {running} running, {queued} waiting.")
    if running or queued:
        fix = "It is called in with the next job; if it doesn't come, see worker.log in DJ_HOME."
        return Finding("warn", "worker", f"{running + queued} jobs and nobody at work.", fix)
    return Finding("ok", "worker", "None now; one comes with the next job.")


def _device(device: str, environ: Mapping[str, str]) -> Finding:
    if device == "cpu" and not environ.get("DJ_DEVICE", "").strip() and shutil.which("nvidia-smi"):
        fix = "Set DJ_DEVICE=auto for neural music on it."
        return Finding("warn", "device", "cpu, but there is an NVIDIA card.", fix)
    return Finding("ok", "device", device)


# Language models


async def _models(environ: Mapping[str, str]) -> AsyncGenerator[Finding]:
    """The one that would be talked to, and each that there is a key for."""
    yield await asyncio.to_thread(_chosen, environ)
    tasks = [asyncio.to_thread(probe.ask) for probe in probes(environ)]
    for probe, answer in zip(probes(environ), await asyncio.gather(*tasks), strict=True):
        yield _answered(probe, answer)
    names = await asyncio.to_thread(probe_ollama, environ)
    yield _ollama(names)


def _chosen(environ: Mapping[str, str]) -> Finding:
    try:
        choice = choose(environ)
    except ProviderError as error:
        return Finding("bad", "model", error.message)
    return Finding("warn" if choice.name == "offline" else "ok", "model", choice.sentence)


def _answered(probe: Probe, answer: Answered) -> Finding:
    about = f"{probe.label} ({probe.key_name} is set)" if probe.key_name else probe.label
    return Finding("ok" if answer.ok else "warn", "provider", f"{about}: {answer.says}", answer.fix)


def _ollama(names: list[str] | None) -> Finding:
    if names is None:
        fix = "For models on this computer get it from ollama.com and start it: `ollama serve`."
        return Finding("ok", "ollama", "Not running.", fix)
    if not names:
        return Finding("warn", "ollama", "Runs, but has no model.", "`ollama pull qwen3`.")
    return Finding("ok", "ollama", f"Runs, with {', '.join(names[:5])}.")


def _players(environ: Mapping[str, str]) -> Finding:
    if found := players(environ):
        return Finding("ok", "player", f"{found[0].program} plays what /play names.")
    fix = "Install ffmpeg or mpv; until then the DJ says where the files are."
    return Finding("warn", "player", "No program to play music with.", fix)
