"""The DJ's hands: the studio's MCP tools, called through an MCP client.

Knows how to reach a server (its own, in this process, or one at a URL) and turns what the tools
answer into typed values. Knows nothing about sets. The only module that may import `mcp_server`.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from mcp import Client, MCPError
from mcp.client import Transport
from mcp.client.streamable_http import streamable_http_client
from mcp.server import MCPServer
from mcp.shared.dispatcher import ProgressFnT
from mcp.types import CallToolResult, Implementation, TextContent
from pydantic import BaseModel, ValidationError

from dj_agent.answers import Job, Planned, Status
from dj_agent.messages import ToolSpec
from dj_agent.text import clean
from dj_agent.trouble import Trouble
from mcp_server import StudioError, open_app

R = TypeVar("R", bound=BaseModel)

# An error and a progress line have no structure, only text; these are the studio's own words.
_QUEUE_IS_FULL = "The queue is full"
_JOB_LINE = re.compile(
    r"(?P<job>job_\w+)(?: (?P<stage>.*?) \d+%)?(?:, about (?P<left>\d+) s left)?"
)

_US = Implementation(name="dj-agent", version=version("dj-agent"))


class NoStudio(Trouble):
    """There is no studio to work in."""


class ToolFailed(Trouble):
    """A tool said no."""


class QueueFull(ToolFailed):
    """The studio takes no more jobs until one is finished."""


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """A tool as the server lists it."""

    spec: ToolSpec
    reads: bool
    """Whether a call changes nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool says, for a model and as data."""

    text: str
    data: Mapping[str, Any] | None = None
    is_error: bool = False

    @property
    def job(self) -> Job | None:
        """The job that it is about, if it is about one."""
        try:
            return Job.model_validate(self.data)
        except ValidationError:
            return None


class Toolbox:
    """Calls tools. Build it with `open_toolbox`, or on a connected client in tests."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def tools(self) -> tuple[OfferedTool, ...]:
        """The tools there are, in the server's order. Raises `ToolFailed`."""
        found: list[OfferedTool] = []
        cursor: str | None = None
        while True:
            try:
                page = await self._client.list_tools(cursor=cursor)
            except MCPError as error:
                raise _no_answer("what tools it has", error) from error
            for tool in page.tools:
                spec = ToolSpec(tool.name, tool.description or "", dict(tool.input_schema))
                hints = tool.annotations
                found.append(OfferedTool(spec, bool(hints and hints.read_only_hint)))
            cursor = page.next_cursor
            if not cursor:
                return tuple(found)

    async def call(
        self, name: str, arguments: Mapping[str, Any], news: Callable[[Job], None] | None = None
    ) -> Answer:
        """What any tool answers, refusals included. A job may go on after the server stopped
        waiting for it; `news` hears of it until then. Raises `ToolFailed` if no answer comes."""
        result = await self._result(name, arguments, news)
        if result.is_error:
            return Answer(_sentence(result, name), is_error=True)
        return Answer(_text(result) or f"{name} is done.", result.structured_content)

    async def plan_set(self, wishes: Mapping[str, Any]) -> Planned:
        """A set planned from words. Raises `ToolFailed`."""
        return await self._call("plan_set", Planned, wishes)

    async def render_set(self, plan: str, news: Callable[[Job], None]) -> Job:
        """Ask for the set of this plan, as JSON. Returns once the server stops waiting for it; the
        job goes on.

        `news` hears of the job while the server waits. Raises `QueueFull` or `ToolFailed`.
        """

        return await self._call("render_set", Job, {"plan": plan}, news)

    async def job(self, job_id: str, wait_s: float) -> Job:
        """The job once it is finished, or as it is after `wait_s` seconds."""
        return await self._call("get_job", Job, {"job_id": job_id, "wait_s": wait_s})

    async def cancel(self, job_id: str) -> Job:
        return await self._call("cancel_job", Job, {"job_id": job_id})

    async def status(self) -> Status:
        """What the studio can do now."""
        return await self._call("studio_status", Status, {})

    async def _call(
        self,
        tool: str,
        answer: type[R],
        arguments: Mapping[str, Any],
        news: Callable[[Job], None] | None = None,
    ) -> R:
        result = await self._result(tool, arguments, news)
        if result.is_error:
            sentence = _sentence(result, tool)
            full = sentence.startswith(_QUEUE_IS_FULL)
            raise QueueFull(sentence) if full else ToolFailed(sentence)
        try:
            return answer.model_validate(result.structured_content)
        except ValidationError as error:
            raise ToolFailed(
                f"The studio's answer to {tool} can't be read; is it another version of dj-agent?"
            ) from error

    async def _result(
        self, tool: str, arguments: Mapping[str, Any], news: Callable[[Job], None] | None
    ) -> CallToolResult:
        progress = None if news is None else _progress(news)
        try:
            return await self._client.call_tool(tool, dict(arguments), progress_callback=progress)
        except MCPError as error:
            raise _no_answer(tool, error) from error


def _progress(news: Callable[[Job], None]) -> ProgressFnT:
    """Turns the server's lines about a job into news of it."""

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        if line := _JOB_LINE.match(message or ""):
            news(
                Job(
                    job_id=line["job"],
                    status="queued" if line["stage"] == "queued" else "running",
                    stage=line["stage"] or "",
                    progress=min(progress / (total or 1.0), 1.0),
                    eta_s=None if line["left"] is None else float(line["left"]),
                )
            )

    return hear


def _no_answer(asked: str, error: MCPError) -> ToolFailed:
    return ToolFailed(f"The studio didn't answer {asked}: {clean(str(error))}.")


@asynccontextmanager
async def open_toolbox(
    url: str | None, environ: Mapping[str, str], media_dirs: Sequence[Path] = ()
) -> AsyncGenerator[Toolbox]:
    """A toolbox on the server at `url`, or on one that runs in this process.

    `environ` holds the studio's settings; `media_dirs` are folders that the server in this process
    may read besides. Raises `NoStudio`. `Trouble` leaves it as it is, not in the group that the
    client's tasks would put it into.
    """
    trouble: Trouble | None = None
    async with AsyncExitStack() as stack:
        if url is None:
            server = await _own(stack, environ, media_dirs)
        else:
            server = await stack.enter_async_context(_remote(url, environ.get("DJ_HTTP_TOKEN")))
        toolbox = Toolbox(await _connect(stack, server, url))
        try:
            yield toolbox
        except Trouble as error:
            trouble = error
    if trouble:
        raise trouble


async def _own(
    stack: AsyncExitStack, environ: Mapping[str, str], media_dirs: Sequence[Path]
) -> MCPServer:
    try:
        return await stack.enter_async_context(open_app(environ, extra_media_dirs=media_dirs))
    except StudioError as error:
        raise NoStudio(error.message) from error


async def _connect(stack: AsyncExitStack, server: MCPServer | Transport, url: str | None) -> Client:
    nowhere = NoStudio(
        f"No studio answers at {url}; start one with `dj-mcp --http PORT`, give its address, like "
        "http://127.0.0.1:8000/mcp, and its DJ_HTTP_TOKEN if it has one."
    )
    try:
        return await stack.enter_async_context(Client(server, client_info=_US))
    except MCPError as error:
        raise nowhere from error
    except ExceptionGroup as group:
        if group.split((MCPError, httpx2.HTTPError, httpx2.InvalidURL, OSError))[1]:
            raise
        raise nowhere from group


@asynccontextmanager
async def _remote(url: str, token: str | None) -> AsyncGenerator[Transport]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    timeout = httpx2.Timeout(30.0, read=None)  # a job may take as long as it takes
    async with httpx2.AsyncClient(headers=headers, timeout=timeout) as http:
        yield streamable_http_client(url, http_client=http)


def _sentence(result: CallToolResult, tool: str) -> str:
    """The error's text without the prefix that the MCP library puts before it."""
    return _text(result).removeprefix(f"Error executing tool {tool}: ") or f"{tool} failed."


def _text(result: CallToolResult) -> str:
    return clean(" ".join(block.text for block in result.content if isinstance(block, TextContent)))
