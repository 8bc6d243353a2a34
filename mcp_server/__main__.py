"""`dj-mcp`: serve the studio by stdio (default) or HTTP, or print what a host needs to know.

Standard output carries the protocol and nothing else; everything there is to say goes to standard
error. Exit codes: 0 done, 1 failed (a bug), 2 wrong use or settings, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
from contextlib import closing, redirect_stdout
from importlib.metadata import version

from dotenv import find_dotenv, load_dotenv

from engine import Settings, Studio, StudioError
from mcp_server.hosts import HOSTS, host_config

LOOPBACK = "127.0.0.1"
DONE, WRONG_USE, INTERRUPTED = 0, 2, 130


def main(arguments: list[str] | None = None) -> int:
    """Run `dj-mcp` with these arguments (default: the command line's); the exit code."""
    parser = _parser()
    wanted = parser.parse_args(arguments)
    if wanted.host and wanted.http is None:
        parser.error("--host: only with --http; stdio has no address")
    load_dotenv(find_dotenv(usecwd=True))
    _log_to_stderr()
    try:
        settings = Settings.read()
        if wanted.print_tools:
            sys.stdout.write(_tools_page())
            return DONE
        if wanted.print_config:
            sys.stdout.write(
                json.dumps(host_config(wanted.print_config, settings), indent=2) + "\n"
            )
            return DONE
        with closing(Studio(settings)) as studio:
            return _serve(studio, wanted)
    except StudioError as error:
        sys.stderr.write(f"dj-mcp: {error.message}\n")
        return WRONG_USE
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dj-mcp", description="A music studio for language models, as an MCP server on stdio."
    )
    parser.add_argument(
        "--http", type=_port, metavar="PORT", help="serve HTTP instead; 0: any port"
    )
    parser.add_argument("--host", help="address for --http (default: 127.0.0.1)")
    parser.add_argument(
        "--print-config", choices=HOSTS, metavar="HOST",
        help=f"print the settings to paste into an MCP host: {', '.join(HOSTS)}",
    )  # fmt: skip
    parser.add_argument(
        "--print-tools", action="store_true", help="print the tools' reference page"
    )
    parser.add_argument("--version", action="version", version=f"dj-mcp {version('dj-agent')}")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; use 0 to 65535")
    return int(text)


def _serve(studio: Studio, wanted: argparse.Namespace) -> int:
    # Whatever a library may print while it is imported must not reach the protocol's stream.
    with redirect_stdout(sys.stderr):
        from mcp_server.app import build_app

        app = build_app(studio)
    if wanted.http is None:
        # Python's own way to stop would wait for the next line on standard input.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        app.run("stdio")
        return DONE
    from mcp_server.web import serve_http

    serve_http(app, wanted.host or LOOPBACK, wanted.http, studio.settings.http_token)
    return DONE


def _tools_page() -> str:
    from mcp_server.manual import tools_page
    from mcp_server.tools import TOOLS

    return tools_page(TOOLS)


def _log_to_stderr() -> None:
    """Notes as lines of text, the audit as one line of JSON per call."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for chatty in ("mcp", "uvicorn.access", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    audit = logging.getLogger("mcp_server.audit")
    audit.addHandler(logging.StreamHandler())
    audit.propagate = False


if __name__ == "__main__":
    sys.exit(main())
