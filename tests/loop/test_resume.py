"""A killed session goes on from its file: nothing is lost, unanswered, or begun twice."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncGenerator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from doubles import Tone
from talks import (
    Bench,
    JobBench,
    Talker,
    calls,
    check,
    ended,
    heard,
    results,
    says,
    studio_at_work,
    talk,
)

from dj_agent.journal import Journal, JournalTrouble, Kind, find, sessions
from dj_agent.loop import turn
from dj_agent.messages import Message, Part, Usage, message_from
from dj_agent.session import Session
from dj_agent.toolbox import Answer
from engine import Settings

pytestmark = pytest.mark.anyio

TRACK = ("generate_music", {"caption": "house", "duration_s": 10})
LINES = 18
"""In the journal of the whole conversation of `sensible`."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def sensible(messages: Sequence[Message]) -> AsyncGenerator[Part]:
    """A model that goes by what it is told: looks, makes one thing, and calls nothing again but
    what it is told was never called."""
    said = [one for one in messages if one.role == "assistant"]
    last = messages[-1]
    if last.role == "tool" and last.tool_results[0].text.startswith("Not called"):
        reply = calls((last.tool_results[0].name, {}))
    elif not said:
        reply = calls(("look", {}), ("search_library", {}))
    elif len(said) == 1:
        reply = says("An empty studio.")
    elif not any(call.name == "make" for one in said for call in one.tool_calls):
        reply = calls(("make", {}))
    else:
        reply = says("There it is.")
    for part in reply:
        yield part


async def play(session: Session, words: Sequence[str]) -> None:
    """The rest of the conversation in which a person says these words."""
    if session.unfinished:
        await heard(session, None)
    said = [one.text for one in session.history if one.role == "user"]
    for text in words[len(said) :]:
        await heard(session, text)


class _Killed(JournalTrouble):
    pass


def dies_after(journal: Journal, lines: int) -> None:
    """From its line number `lines` on, the journal's process is no more."""
    write, left = journal.write, [lines - 1]

    def last_words(kind: Kind, data: Any) -> None:
        if not left[0]:
            raise _Killed("Killed.")
        left[0] -= 1
        write(kind, data)

    journal.write = last_words


WORDS = ("What is there?", "Make something.")


async def test_the_conversation_has_so_many_lines(tmp_path: Path):
    async with talk(tmp_path, Talker(sensible), JobBench()) as session:
        await play(session, WORDS)
    lines = session.journal.path.read_text("utf-8").splitlines()
    kinds = [json.loads(line)["kind"] for line in lines]
    assert len(kinds) == LINES, kinds
    assert set(kinds) == {"opened", "message", "usage", "calling", "job"}


@pytest.mark.parametrize("lines", range(1, LINES))
async def test_a_session_killed_after_any_line_goes_on_and_starts_no_job_twice(
    tmp_path: Path, lines: int
):
    bench = JobBench()
    async with talk(tmp_path, Talker(sensible), bench) as session:
        dies_after(session.journal, lines)
        with pytest.raises(_Killed):
            await play_unchecked(session)
    async with talk(tmp_path, Talker(sensible), bench) as session:
        await play(session, WORDS)
        check(session.history)
        assert session.history[-1].text == "There it is."
        said = [one.text for one in session.history if one.role == "user"]
        assert said == list(WORDS)
        assert session.job_ids == {}
    assert len(bench.jobs) == 1


async def play_unchecked(session: Session) -> None:
    for text in WORDS:
        async for _ in turn(session, text):
            pass


def _cuts(written: bytes) -> Iterator[bytes]:
    """The file after each of its lines, and torn in the middle of each."""
    end = 0
    for line in written.splitlines(keepends=True):
        yield written[: end + len(line) // 2]
        yield written[: end + len(line) - 1]
        end += len(line)
        yield written[:end]


async def test_a_file_cut_anywhere_opens_with_every_call_answered(tmp_path: Path):
    script = [calls(("look", {}), ("make", {"what": "é😀"})), says("Made."), says("Bye.")]
    async with talk(tmp_path, script) as session:
        await heard(session)
        await heard(session)
        session.rename("Friday night")
        whole = session.history
    written = session.journal.path.read_bytes()
    for number, cut in enumerate(_cuts(written)):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "talk.jsonl").write_bytes(cut)
        async with talk(folder, [says("On we go.")] * 2) as session:
            kept = session.history
            if session.unfinished:
                await heard(session, None)
            await heard(session, "Go on")
            check(session.history)
        for before, after in zip(whole, kept, strict=False):
            assert before == after or after.role == "tool"
        async with talk(folder, []) as again:
            assert again.history == session.history


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (4, "Not called: the DJ was stopped before."),
        (5, "The DJ was stopped while this was called, and it isn't known whether it began."),
        (6, "The DJ was stopped while this ran; the job went on. Done: "),
    ],
)
async def test_what_became_of_a_job_is_asked_of_the_studio(
    tmp_path: Path, settings: Settings, lines: int, told: str
):
    tone = Tone()
    async with studio_at_work(settings, tone) as toolbox:
        async with talk(tmp_path, [calls(TRACK)], toolbox) as session:
            dies_after(session.journal, lines)
            with pytest.raises(_Killed):
                await play_unchecked(session)
        async with talk(tmp_path, [says("There.")], toolbox) as session:
            (text,) = results(session)
            assert ended(await heard(session, None)).reason == "done"
    assert text.startswith(told)
    assert ("job_" in text) == (lines > 4)
    assert len(tone.seeds) == (lines > 4)


async def test_usage_names_and_the_set_are_kept(tmp_path: Path, settings: Settings):
    script = [calls(("plan_set", {"brief": "20 minutes of techno"})), says("There.")]
    async with studio_at_work(settings, Tone()) as toolbox:
        async with talk(tmp_path, script, toolbox) as session:
            await heard(session)
            session.rename("  Friday\nnight ")
        async with talk(tmp_path, [], toolbox) as again:
            assert again.state == session.state
            assert again.state.plan is not None
            assert again.usage == session.usage == Usage(2000, 100, 0, 0.5)
            assert again.name == "Friday night"
            assert again.turn_start == session.turn_start


async def test_sessions_are_listed_newest_first_and_found_by_name(tmp_path: Path):
    for number, name in enumerate(("one", "two")):
        (tmp_path / name).mkdir()
        async with talk(tmp_path / name, [says("Hi.")]) as session:
            await heard(session, f"Words of {name}")
            session.rename(f"Name {name}")
        moved = session.journal.path.rename(tmp_path / f"{name}.jsonl")
        os.utime(moved, (number, number))
    (tmp_path / "broken.jsonl").write_text("no session")
    (tmp_path / "other.jsonl").write_text('{"kind": "polka", "data": 1}\n')
    assert [kept.begins for kept in sessions(tmp_path)] == ["Words of two", "Words of one"]
    assert sessions(tmp_path)[0].turns == 1
    assert find(tmp_path, "Name one") == tmp_path / "one.jsonl"
    assert find(tmp_path, "two") == tmp_path / "two.jsonl"
    with pytest.raises(JournalTrouble, match="nowhere"):
        find(tmp_path, "nowhere")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('{"kind": "opened", "data": 9}\n', "no session of this version"),
        ('{"kind": "message", "data": {}}\n', "no session of this version"),
        ('{"kind": "opened", "data": 1}\nrubbish\n{"kind": "calling", "data": "a"}\n', "line 2"),
        ('{"kind": "opened", "data": 1}\n{"kind": "message", "data": {"role": "x"}}\n', "line 2"),
        ('{"kind": "opened", "data": 1}\n{"kind": "job", "data": 3}\n', "line 2"),
    ],
)
async def test_a_file_that_is_no_session_is_one_sentence(tmp_path: Path, text: str, part: str):
    file = tmp_path / "talk.jsonl"
    file.write_text(text)
    with pytest.raises(JournalTrouble) as error:
        async with talk(tmp_path, []):
            pass
    assert part in error.value.message
    assert file.read_text() == text


async def test_two_cannot_go_on_with_one_session(tmp_path: Path):
    async with talk(tmp_path, [says("Hi.")]) as one, talk(tmp_path, [says("Hi.")]) as other:
        await heard(one)
        with pytest.raises(JournalTrouble, match="Another DJ"):
            await heard(other)
    async with talk(tmp_path, []) as again:
        assert again.history == one.history


async def test_every_line_is_in_the_file_before_it_is_acted_on(tmp_path: Path):
    seen: list[list[str]] = []

    def kinds() -> list[str]:
        lines = (tmp_path / "talk.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line)["kind"] for line in lines]

    async def watched(messages: Sequence[Message]) -> AsyncGenerator[Part]:
        lines = (tmp_path / "talk.jsonl").read_text("utf-8").splitlines()
        said = [json.loads(line) for line in lines]
        kept = [message_from(line["data"]) for line in said if line["kind"] == "message"]
        assert tuple(kept) == tuple(messages[1:])
        seen.append(kinds())
        parts = calls(("make", {})) if len(seen) == 1 else says("There.")
        for part in parts:
            yield part

    def answer(name: str, arguments: Any) -> Any:
        seen.append(kinds())
        return Answer("fine")

    async with talk(tmp_path, Talker(watched), Bench(answer)) as session:
        await heard(session)
    assert [one[-1] for one in seen] == ["message", "calling", "message"]
