"""The command line: `dj-agent` for a conversation, `-p TEXT` for one turn, and the commands.

Knows arguments, the environment and exit codes: 0 done, 1 failed, 2 wrong use, 130 interrupted.
Everything heavy is imported once it is clear what to do, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
_ARCS = ("build", "wave", "peak", "wind_down", "journey", "static")
"""Those of a setlist; named here so that help needs nothing that is slow to import."""

_DESCRIPTION = "The DJ: talk to it; it plans sets, makes their music, and mixes them."
_EPILOG = """\
try:
  dj-agent
  dj-agent play examples/sunset.toml
  dj-agent plan "an hour of deep house, sunny, 118 to 124 bpm" -o friday.toml

The studio that makes the music is also an MCP server for Claude and other
hosts; see dj-mcp --help."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code. `SystemExit` for wrong use, as argparse does it."""
    sys.excepthook = _report_crash
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without UTF-8 still shows the rest
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.version:
        from importlib.metadata import version  # takes longer than all of the help

        sys.stdout.write(f"dj-agent {version('dj-agent')}\n")
        parser.exit()
    if asked.text is not None and asked.command not in (None, "chat"):
        parser.error(f"-p and {asked.command} don't go together")
    if asked.json and asked.text is None:
        parser.error("--json goes with -p TEXT")
    if asked.command is None and asked.text is None and not sys.stdin.isatty():
        parser.print_help()  # nobody is there to talk; `dj-agent chat` reads what is piped in
        return DONE
    from dotenv import find_dotenv, load_dotenv

    load_dotenv(find_dotenv(usecwd=True))
    try:
        return _run(asked)
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(asked: argparse.Namespace) -> int:
    if asked.command in (None, "chat"):
        return _talk(asked)
    if asked.command == "doctor":
        from dj_agent.doctor import doctor

        return doctor(asked.mcp, os.environ)
    if asked.command == "models":
        from dj_agent.models import models

        return models(asked.action, asked.name, asked.yes, os.environ)
    if asked.command == "plan":
        from dj_agent.plan import Wishes, plan

        return plan(Wishes(asked.brief, asked.minutes, asked.arc), asked.out, os.environ)
    from dj_agent.play import play

    return play(asked.file, asked.out, asked.mcp, os.environ)


def _talk(asked: argparse.Namespace) -> int:
    from dj_agent.desk import Wanted

    wanted = Wanted(asked.provider, asked.model, asked.mcp, asked.max_cost, asked.goes_on)
    if asked.text is not None:
        from dj_agent.say import say

        return say(asked.text, asked.json, wanted, os.environ)
    from dj_agent.chat import chat

    return chat(wanted, os.environ)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dj-agent",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="say which version this is")
    _add_one_turn(parser)
    _add_talk(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_talk(commands.add_parser(
        "chat",
        help="talk to the DJ (what dj-agent does by itself)",
        description="Talk to the DJ. A language model is found by the keys that are set, or in "
        "Ollama; without one a few rules answer.",
    ), again=True)  # fmt: skip
    _add_play(commands.add_parser(
        "play",
        help="make a mixed set from a setlist file",
        description="Make every track of a setlist file, mix them, and say how it came out. "
        "Tracks made by an earlier run are found again.",
    ))  # fmt: skip
    _add_plan(commands.add_parser(
        "plan",
        help="plan a set from words, as a setlist file",
        description="Plan a set from a description in words. Nothing is made yet: the plan is a "
        "setlist file to look at, to change, and to play.",
    ))  # fmt: skip
    _add_models(commands.add_parser(
        "models",
        help="list, fetch, check, unload and remove models",
        description="Models that make the studio better. None is needed; none comes unasked.",
    ))  # fmt: skip
    doctor = commands.add_parser(
        "doctor",
        help="see what is here, what works, and how to mend what doesn't",
        description="Look at this installation, the studio and the language models.",
    )
    doctor.add_argument("--mcp", metavar="URL", type=_url, help="a running studio's address")
    return parser


def _add_one_turn(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-p", "--print", dest="text", metavar="TEXT", nargs="?", const="",
        help="say one thing to the DJ, and what is piped in; its answer is on stdout",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="with -p: the answer as JSON")


def _add_talk(parser: argparse.ArgumentParser, again: bool = False) -> None:
    """Arguments of a conversation. Said `again` after the command, they win."""
    unset = argparse.SUPPRESS if again else None
    talk = parser.add_argument_group("the conversation")
    talk.add_argument(
        "--provider", metavar="NAME", default=unset,
        help="who is talked to: openrouter, anthropic, gemini, ollama, openai or offline",
    )  # fmt: skip
    talk.add_argument("--model", metavar="NAME", default=unset, help="the provider's model")
    talk.add_argument(
        "--continue", dest="goes_on", action="store_true", default=unset or False,
        help="go on with the last conversation",
    )  # fmt: skip
    talk.add_argument(
        "--mcp", metavar="URL", type=_url, default=unset,
        help="a running studio's address, instead of one's own",
    )  # fmt: skip
    talk.add_argument(
        "--max-cost", metavar="USD", type=_dollars, default=unset,
        help="what one turn may cost, as far as the provider says (default: 5)",
    )  # fmt: skip


def _add_play(play: argparse.ArgumentParser) -> None:
    play.add_argument("file", metavar="FILE", type=Path, help="a setlist, in TOML or JSON")
    play.add_argument(
        "--out", metavar="DIR", type=Path, help="where the set is put (default: sets/<its title>)"
    )
    play.add_argument(
        "--mcp", metavar="URL", type=_url, help="a running studio's address, instead of one's own"
    )


def _add_plan(plan: argparse.ArgumentParser) -> None:
    plan.add_argument(
        "brief", metavar="BRIEF", type=_brief, help="minutes, styles, tempos, moods, how it ends"
    )
    plan.add_argument(
        "-o", "--out", metavar="FILE", type=Path,
        help="the file to write, in JSON if its name ends so, else TOML (default: print it)",
    )  # fmt: skip
    plan.add_argument("--minutes", metavar="N", type=_minutes, help="how long the mix is to be")
    plan.add_argument(
        "--arc", metavar="NAME", type=_arc, help=f"how the energy goes: {', '.join(_ARCS)}"
    )


def _add_models(models: argparse.ArgumentParser) -> None:
    models.set_defaults(action="list", name=None, yes=False)
    actions = models.add_subparsers(dest="action", metavar="ACTION", title="actions")
    actions.add_parser("list", help="what there is, how large it is, and whether it is here")
    unload = actions.add_parser("unload", help="free the memory that loaded models take")
    unload.add_argument("--yes", action="store_true", help="don't ask, even if a job is running")
    for action, help_ in (
        ("get", "fetch a model, or the rest of it; its size and terms are shown first"),
        ("verify", "read a model's files and compare them with what they must be"),
        ("remove", "delete a model's files"),
    ):
        one = actions.add_parser(action, help=help_)
        one.add_argument("name", metavar="NAME", help="as `dj-agent models list` shows it")
        if action != "verify":
            one.add_argument("--yes", action="store_true", help="don't ask")


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not an address; write it like http://127.0.0.1:8000/mcp"
        )
    return text


def _dollars(text: str) -> float:
    try:
        amount = float(text.removeprefix("$"))
    except ValueError:
        amount = -1.0
    if not 0.0 < amount < 10_000.0:
        raise argparse.ArgumentTypeError(f"{text!r} is no amount; write dollars, like 0.50")
    return amount


def _brief(text: str) -> str:
    from dj_agent.setlist import MAX_BRIEF

    words = " ".join(text.split())
    if not 0 < len(words) <= MAX_BRIEF:
        raise argparse.ArgumentTypeError(
            f"say in up to {MAX_BRIEF} characters what the set should be"
        )
    return words


def _minutes(text: str) -> float:
    from dj_agent.setlist import MAX_MINUTES

    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0.0 < minutes <= MAX_MINUTES:
        raise argparse.ArgumentTypeError(f"{text!r} is no length; write minutes, like 60")
    return minutes


def _arc(text: str) -> str:
    from dj_agent.slot import underscored

    name = underscored(text)
    if name not in _ARCS:
        raise argparse.ArgumentTypeError(f"{text!r} is none; write one of {', '.join(_ARCS)}")
    return name


def _report_crash(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """A bug ends in one sentence; the traceback goes into a file."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="dj-agent-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exception(kind, error, trace, file=log)
    sys.stderr.write(f"dj-agent stopped on a bug of its own ({kind.__name__}); see {log.name}\n")


if __name__ == "__main__":
    sys.exit(main())
