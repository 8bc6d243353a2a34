"""A conversation in a terminal: what is seen, when, and how it is stopped."""

from __future__ import annotations

import json
import time

import pytest

from chat.conftest import Open
from chat.puppets import Model

pytestmark = pytest.mark.slow

PLAN = json.dumps(
    {
        "version": 1,
        "title": "Night",
        "slots": [{"title": "Doors", "caption": "deep house"}, {"title": "Rain", "caption": "x"}],
    }
)
STUCK = json.dumps({"version": 1, "title": "Night", "slots": [{"caption": "stuck"}]})


def test_words_are_shown_as_they_come_and_thoughts_are_dim(terminal: Open, model: Model) -> None:
    seen = terminal()
    seen.type("something warm\r")
    reply = model.reply()
    assert reply.last == "something warm"
    reply.think("They want warmth.")
    seen.wait_for("They want warmth.")
    assert "\x1b[2mThey want warmth." in seen.raw
    delays: list[float] = []
    for word in ("Warm ", "it ", "is, ", "then. "):
        sent = reply.say(word)
        seen.wait_for(word.strip(), 10, after=len(seen.plain) - 1)
        delays.append(seen.marks[-1][0] - sent)
        time.sleep(0.05)
    assert sorted(delays)[1] < 0.1, delays
    reply.done()
    seen.wait_for("1.2k tokens in, 34 out · $0.0020")
    assert "Warm it is, then." in seen.screen.text
    seen.type("\x04")
    assert seen.leave() == 0
    assert "puppet" in seen.screen.text.splitlines()[0]


def test_a_set_is_rendered_with_one_line_that_moves_and_a_table(
    terminal: Open, model: Model
) -> None:
    seen = terminal()
    seen.type("two tracks\r")
    model.calls("plan_set", brief="two tracks")
    model.calls("render_set", plan=PLAN)
    model.replies("There it is.")
    seen.wait_for("There it is.")
    seen.wait_for("›", after=seen.plain.rindex("There it is."))
    text = seen.screen.text
    assert "▸" not in text, "lines of running tools stay"
    assert text.count("✓ plan_set") == 1
    assert text.count("✓ render_set") == 1
    assert "▸ render_set  track 1 of 2: mixing down" in seen.plain
    assert "90 s left" in seen.plain
    assert "Doors" in text
    assert "1 → 2  echo out, 16 bars at 2:20" in text
    assert "Mix  7:32, -14.0 LUFS, -1.0 dBTP" in text
    assert "/Night.flac" in text.replace("\n", "")


def test_ctrl_c_stops_the_reply_and_keeps_what_was_said(terminal: Open, model: Model) -> None:
    seen = terminal()
    seen.type("go\r")
    reply = model.reply()
    reply.say("Halfway there")
    seen.wait_for("Halfway there")
    seen.interrupt()
    seen.wait_for("Stopped on request")
    assert reply.was_stopped()
    seen.wait_for("›", after=seen.plain.rindex("Stopped on request"))
    time.sleep(2.1)  # a second Ctrl-C would leave until then
    seen.type("and now?\r")
    after = model.replies("Now we go on.")
    assert after.messages == 4, "the partial reply is part of the conversation"
    seen.wait_for("Now we go on.")
    assert "Halfway there" in seen.screen.text


def test_ctrl_c_in_a_tool_cancels_its_job(terminal: Open, model: Model) -> None:
    seen = terminal()
    seen.type("go\r")
    model.calls("render_set", plan=STUCK)
    seen.wait_for("▸ render_set  queued")
    seen.interrupt()
    seen.wait_for("✗ render_set  Cancelled by the user.")
    seen.wait_for("Stopped on request")
    seen.wait_for("›", after=seen.plain.rindex("Stopped on request"))
    seen.type("\x04")
    assert seen.leave() == 0


def test_ctrl_c_twice_leaves(terminal: Open, model: Model) -> None:
    seen = terminal()
    seen.type("go\r")
    reply = model.reply()
    reply.say("Well")
    seen.wait_for("Well")
    seen.interrupt()
    seen.wait_for("Stopped on request")
    seen.interrupt()
    assert seen.leave() == 130


def test_ctrl_c_at_the_prompt_clears_the_line_and_then_leaves(terminal: Open) -> None:
    seen = terminal()
    seen.type("never mind")
    seen.wait_for("never mind")
    seen.interrupt()
    time.sleep(0.3)
    while seen.read(0.2):
        pass
    assert "never mind" not in seen.screen.text
    seen.interrupt()
    assert seen.leave() == 130


def test_what_is_typed_while_the_dj_talks_waits_for_its_turn(terminal: Open, model: Model) -> None:
    seen = terminal()
    seen.type("first\r")
    reply = model.reply()
    reply.say("One")
    seen.wait_for("One")
    seen.type("second\r")
    time.sleep(0.3)
    while seen.read(0.1):
        pass
    assert "second" not in seen.screen.text, "it would be in the middle of the reply"
    reply.done()
    assert model.replies("Two").last == "second"
    seen.wait_for("Two")


def test_alt_enter_begins_a_new_line(terminal: Open, model: Model) -> None:
    seen = terminal()
    seen.type("one\x1b\rtwo\r")
    assert model.replies("Two lines.").last == "one\ntwo"
    seen.wait_for("Two lines.")


def test_without_colours_nothing_is_coloured_and_nothing_moves(
    terminal: Open, model: Model
) -> None:
    seen = terminal(NO_COLOR="1")
    seen.type("two tracks\r")
    model.calls("render_set", plan=PLAN)
    model.replies("There it is.")
    seen.wait_for("There it is.")
    shown = seen.raw[seen.raw.index("▸ render_set") : seen.raw.index("There it is.")]
    assert "\x1b" not in shown
    assert "· track 1 of 2\r\n" in shown


def test_words_move_to_the_next_line_whole(terminal: Open, model: Model) -> None:
    seen = terminal(width=40)
    seen.type("hm\r")
    reply = model.reply()
    for piece in ("The longest night needs a pa", "tient open", "ing and a slow rise."):
        reply.say(piece)
        time.sleep(0.1)
    reply.done()
    seen.wait_for("tokens in")
    lines = seen.screen.text.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("The longest"))
    assert lines[first : first + 2] == [
        "The longest night needs a patient",
        "opening and a slow rise.",
    ]


def test_escape_codes_of_a_model_do_nothing(terminal: Open, model: Model) -> None:
    seen = terminal()
    seen.type("hm\r")
    reply = model.reply()
    reply.say("a\x1b[2J\x1b]0;owned\x07b")
    reply.done()
    seen.wait_for("tokens in")
    assert "\x1b[2J" not in seen.raw
    assert "\x1b]0;" not in seen.raw


def test_a_conversation_goes_on_where_a_killed_one_stopped(terminal: Open, model: Model) -> None:
    seen = terminal()
    seen.type("call it Night Ferry\r")
    model.replies("Night Ferry it is.")
    seen.wait_for("tokens in")
    seen.type("and now\r")
    half = model.reply()
    half.say("half of")
    seen.wait_for("half of")
    seen.process.kill()
    seen.process.wait()
    half.done()
    again = terminal("--continue")
    again.wait_for("an empty line goes on with it")
    text = again.screen.text
    assert "2 turns" in text
    assert "› and now" in text
    assert "Night Ferry it is." not in text, "that was the answer to something else"
    again.type("\r")
    reply = model.replies("the whole of it.")
    assert reply.messages == 4  # system, two from the person, one from the DJ
    again.wait_for("the whole of it.")
