"""Whole texts with a set in them, as language models and people write them, and some without.

Each has the captions that must come out, in order; `...` stands for any.
"""

# ruff: noqa: E501  (a case a line)

from __future__ import annotations

from typing import Any

_TWO = '{"slots": [{"caption": "one", "bpm": 120}, {"caption": "two", "bpm": 122}]}'
_TOML = """version = 1
title = "Friday"
[[slots]]
caption = "one"
bpm = 120
[[slots]]
caption = "two"
"""

TEXTS: dict[str, tuple[str, list[Any]]] = {
    "plain": (_TWO, ["one", "two"]),
    "a mark at the start": ("\ufeff" + _TWO, ["one", "two"]),
    "prose before and after": (f"Sure! Here's your set:\n\n{_TWO}\n\nEnjoy the night!", ["one", "two"]),
    "a fence": (f"Here you go:\n```json\n{_TWO}\n```\nLet me know!", ["one", "two"]),
    "a fence without a name": (f"```\n{_TWO}\n```", ["one", "two"]),
    "a fence that stays open": (f"```json\n{_TWO}", ["one", "two"]),
    "tildes": (f"~~~json\n{_TWO}\n~~~", ["one", "two"]),
    "several fences": (
        f'Install:\n```sh\npip install uv\n```\nAn example: ```{{"a": 1}}```\n```json\n{_TWO}\n```\n'
        '```json\n{"note": "bring water"}\n```', ["one", "two"]),
    "a draft, then the set": (
        f'First idea:\n```json\n{{"slots": [{{"caption": "old"}}]}}\n```\nBetter:\n```json\n{_TWO}\n```',
        ["one", "two"]),
    "a thought": (f'<think>maybe {{"slots": [{{"caption": "no"}}]}}</think>{_TWO}', ["one", "two"]),
    "braces in prose": (f"I like {{warm}} sets [see notes].\n{_TWO}", ["one", "two"]),
    "a bare list": ('[{"caption": "one"}, {"caption": "two"}]', ["one", "two"]),
    "a list of strings": ('{"tracks": ["deep warm house", "dark, slow techno"]}',
                          ["deep warm house", "dark, slow techno"]),
    "trailing commas": ('{"slots": [{"caption": "one",}, {"caption": "two",},],}', ["one", "two"]),
    "missing commas": ('{"slots": [{"caption": "one"\n"bpm": 120}\n{"caption": "two"}]}', ["one", "two"]),
    "comments": ('{"slots": [ // the set\n{"caption": "one"}, # two\n/* and */ {"caption": "two"}]}',
                 ["one", "two"]),
    "single quotes": ("{'slots': [{'caption': 'it\\'s one'}, {'caption': 'don't stop'}]}",
                      ["it's one", "don't stop"]),
    "Python": ("{'slots': [{'caption': 'one', 'instrumental': True, 'key': None, 'bpm': (120, 124)}]}",
               ["one"]),
    "smart quotes": ("{“slots”: [{“caption”: “one”}, {„caption“: „two“}]}", ["one", "two"]),
    "unquoted names": ("{slots: [{caption: one, bpm: 128 BPM}, {caption: two}]}", ["one", "two"]),
    "quotes in strings": ('{"slots": [{"caption": "a "warm" pad"}]}', ['a "warm" pad']),
    "line breaks in strings": ('{"slots": [{"caption": "one\nand two"}]}', ["one and two"]),
    "not a number": ('{"slots": [{"caption": "one", "bpm": NaN, "energy": Infinity}]}', ["one"]),
    "a huge number": ('{"slots": [{"caption": "one", "bpm": 1e999, "seed": ' + "9" * 5000 + "}]}", ["one"]),
    "names twice": ('{"slots": [{"caption": "no", "caption": "one", "bpm": 120, "bpm": null}]}', ["one"]),
    "cut in a string": ('{"slots": [{"caption": "one"}, {"caption": "tw', ["one"]),
    "cut after a name": ('{"slots": [{"caption": "one"}, {"caption"', ["one"]),
    "cut in a number": ('{"slots": [{"caption": "one"}, {"caption": "two", "bpm": 12', ["one", "two"]),
    "cut between slots": ('{"slots": [{"caption": "one"}, ', ["one"]),
    "cut in a fence": ('```json\n{"title": "Friday", "slots": [{"caption": "one"}, {"ti', ["one"]),
    "without braces": ('"title": "Friday", "slots": [{"caption": "one"}]', ["one"]),
    "a string of JSON": ('"{\\"slots\\": [{\\"caption\\": \\"one\\"}]}"', ["one"]),
    "a tool call": ('{"name": "plan_set", "arguments": "{\\"slots\\": [{\\"caption\\": \\"one\\"}]}"}', ["one"]),
    "wrapped": ('{"result": {"dj_set": {"title": "x", "setlist": [{"caption": "one"}]}}}', ["one"]),
    "wrapped twice": ('{"setlist": {"title": "x", "tracks": [{"caption": "one"}]}}', ["one"]),
    "numbered slots": ('{"track_1": {"caption": "one"}, "track_2": {"caption": "two"}}', ["one", "two"]),
    "slots by number": ('{"slots": {"1": {"caption": "one"}, "2": {"caption": "two"}}}', ["one", "two"]),
    "groups": ('{"sections": [{"name": "warm up", "tracks": [{"caption": "one"}]}, '
               '{"name": "peak", "tracks": [{"caption": "two"}]}]}', ["one", "two"]),
    "an object a line": ('{"title": "A", "caption": "one"}\n{"title": "B", "caption": "two"}', ["one", "two"]),
    "one slot alone": ('{"title": "A", "caption": "one"}', ["one"]),
    "upper case": ('{"SLOTS": [{"CAPTION": "one", "BPM": 120}]}', ["one"]),
    "an ellipsis": ('{"slots": [{"caption": "one"}, {"caption": "two"}, ...]}', ["one", "two"]),
    "TOML": (_TOML, ["one", "two"]),
    "TOML in a fence": (f"```toml\n{_TOML}```", ["one", "two"]),
    "TOML in prose": (f"Your set:\n\n{_TOML}\nHave fun!", ["one", "two"]),
    "broken TOML": ('[[slots]]\ncaption = one\nbpm = 128 BPM\nminutes = 3:30\n\n[[slots]]\ncaption = "two"\n',
                    ["one", "two"]),
    "TOML with smart quotes": ("[[slots]]\ncaption = “one”\n[[slots]]\ncaption = ‘two’\n", ["one", "two"]),
    "cut TOML": ('[[slots]]\ncaption = "one"\n[[slots]]\ncaption = "tw', ["one", ...]),
    "YAML": ("title: Friday\nminutes: 20\nslots:\n  - title: A\n    caption: one\n    bpm: 120\n"
             "    lyrics: |\n      [Verse]\n      la la\n  - title: B\n    caption: two\n", ["one", "two"]),
    "YAML in a fence": ("```yaml\nslots:\n- caption: one\n  bpm: 120\n- caption: two\n```", ["one", "two"]),
    "a Markdown list": ("Here's the set:\n\n1. **Night Drive** – dark techno, acid\n   - BPM: 128\n"
                        "   - Key: A minor\n2. **Dawn** – slow, warm house\n   - BPM: 124\n\nEnjoy!",
                        ["dark techno, acid", "slow, warm house"]),
    "a list of lines": ("1. Deep warm house, rhodes (120 BPM, Am)\n2. Rolling techno, hats (124 BPM, 9A)\n",
                        ["Deep warm house, rhodes", "Rolling techno, hats"]),
    "headings": ("### Track 1: Doors\n- Caption: one\n- BPM: 120\n\n### Track 2: Out\n- Caption: two\n",
                 ["one", "two"]),
    "a table": ("| # | Title | Style | BPM | Key |\n|---|---|---|---|---|\n| 1 | A | house | 120 | Am |\n"
                "| 2 | B | techno | 122 | Em |\n", ["house", "techno"]),
    "German": ('{"titel": "Freitag", "lieder": [{"titel": "Eins", "beschreibung": "warmer House", '
               '"tonart": "h-moll", "dauer": "3 Minuten", "energie": "hoch"}]}', ["warmer House"]),
    "German in prose": ("Klar! Hier ist dein Set:\n```json\n{\"tracks\": [{\"caption\": \"eins\", "
                        "\"sprache\": \"Deutsch\", \"lyrics\": \"Über den Wolken\"}]}\n```", ["eins"]),
}  # fmt: skip

NOTHING: dict[str, str] = {
    "nothing": "",
    "blanks": " \n\t ",
    "a refusal": "I'm sorry, but I can't help with that.",
    "questions": "Happy to help!\n1. Which genre do you like?\n2. How long should it be?",
    "a number": "42",
    "null": "null",
    "an empty table": "{}",
    "an empty list": '{"slots": []}',
    "slots of nothing": '{"slots": [{}, null, {"bpm": 120}, {"caption": ""}]}',
    "another table": '{"error": {"code": 429, "message": "slow down"}}',
    "code": "```python\nprint([1, 2, 3])\n```",
    "only brackets": "[[[[]]]]",
    "too deep": "[" * 60 + "]" * 60,
    "too deep in a slot": '{"slots": [{"caption": "x", "a": ' + "[" * 60 + "]" * 60 + "}]}",
    "too long": '{"slots": [{"caption": "' + "x" * 1_000_001 + '"}]}',
}
"""Texts that hold no set that could be played."""
