"""Open an exported set with other people's software, and say what each of them saw.

    uv run python tests/open_with_others.py

Not a test that pytest collects: what is asked are programs from a distribution (`ffmpeg`,
`cuetools`, `liquidsoap`, `libxml2-utils`, `xvfb` and `mixxx` in Debian). Those that aren't here are
skipped; it fails if one that is here sees something else than what was written. Mixxx is started
without a screen and scans the folder: with Liquidsoap's start that is most of the two minutes that
all of it takes.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from pathlib import Path

TESTS = Path(__file__).parent
sys.path[:0] = [str(TESTS), str(TESTS / "sets")]

from sounds import music  # noqa: E402

from engine.audio import files  # noqa: E402
from engine.sets.exports import chapters, write_exports  # noqa: E402
from engine.text import one_line  # noqa: E402

STARTS_S = [0.0, 185.0, 375.0]
_TIMELINE, _REPORT = import_module("export_sets").small_set()
TITLES = [one_line(slot.title, 200) for slot in _REPORT.slots]
MIXXX_LIMIT_S = 120.0


def put_set(folder: Path) -> None:
    """A set of three tracks with its mix, eight minutes long."""
    (folder / "tracks").mkdir()
    for slot, play in zip(_REPORT.slots, _TIMELINE.plays, strict=True):
        deck = play.deck
        tags = files.Tags(
            title=slot.title,
            artist="dj-agent",
            bpm=deck.grid.bpm if deck.grid else None,
            key=str(deck.key) if deck.key else "",
        )
        second = music(1)
        seconds = (second for _ in range(round(deck.duration_s)))
        files.write_blocks(folder / (slot.file or ""), seconds, tags, "flac")
    tags = files.Tags(title=_REPORT.title, chapters=chapters(_TIMELINE))
    second = music(1)
    files.write_blocks(folder / "The Mix.flac", (second for _ in range(475)), tags, "flac")
    write_exports(folder, _TIMELINE, _REPORT)


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        raise ValueError(f"it said {(done.stdout + done.stderr)[-500:]}")
    return done.stdout


def ffprobe(folder: Path) -> str:
    seen = json.loads(
        run("ffprobe", "-v", "error", "-show_chapters", "-of", "json", folder / "The Mix.flac")
    )
    found = [(float(one["start_time"]), one["tags"]["title"]) for one in seen["chapters"]]
    expect(found, list(zip(STARTS_S, TITLES, strict=True)))
    return f"{len(found)} chapters in the mix"


def cuebreakpoints(folder: Path) -> str:
    lines = run("cuebreakpoints", next(folder.glob("*.cue"))).split()
    expect(lines, ["3:05.00", "6:15.00"])
    return f"the cue sheet's breaks at {' and '.join(lines)}"


def xmllint(folder: Path) -> str:
    run("xmllint", "--noout", folder / "rekordbox.xml", folder / "traktor.nml")
    return "both libraries are well-formed"


def liquidsoap(folder: Path) -> str:
    script = folder / "ask.liq"
    playlist, sheet = next(folder.glob("*.m3u8")), next(folder.glob("*.cue"))
    script.write_text(
        f"""
settings.init.allow_root.set(true)
settings.log.level.set(1)
def ask(name)
  def show(entry)
    metadata = fst(entry)
    print("#{{snd(entry)}}\\t#{{metadata['title']}}\\t#{{metadata['liq_cue_in']}}")
    single = request.create(snd(entry))
    print("resolved\\t#{{request.resolve(single)}}")
  end
  list.iter(show, playlist.parse(path={json.dumps(str(folder) + "/")}, name))
end
ask({json.dumps(str(playlist), ensure_ascii=False)})
ask({json.dumps(str(sheet), ensure_ascii=False)})
exit(0)
""",
        encoding="utf-8",
    )
    lines = [line.split("\t") for line in run("liquidsoap", script).splitlines() if "\t" in line]
    script.unlink()
    expect([line[1] for line in lines if line[0] == "resolved"], ["true"] * 6)
    entries = [line for line in lines if line[0] != "resolved"]
    singles = [str(folder / (slot.file or "")) for slot in _REPORT.slots]
    expect([line[0] for line in entries], [*singles, *[str(folder / "The Mix.flac")] * 3])
    expect([line[1] for line in entries[3:]], [title.replace('"', "'") for title in TITLES])
    expect([float(line[2]) for line in entries[3:]], STARTS_S)
    return "3 tracks in the playlist, 3 in the cue sheet; all of them decode"


def mixxx(folder: Path) -> str:
    """Mixxx scans folders that its database knows, so its first start makes one."""
    with tempfile.TemporaryDirectory() as home:
        database = Path(home) / ".mixxx" / "mixxxdb.sqlite"
        begin = _mixxx(home)
        wait_for(database, "select 1 from directories union select 1 from settings", begin)
        with closing(sqlite3.connect(database)) as made:
            made.execute("insert into directories (directory) values (?)", [f"{folder}/tracks"])
            made.commit()
        (Path(home) / ".mixxx" / "mixxx.cfg").write_text("[Library]\nRescanOnStartup 1\n")
        again = _mixxx(home)
        question = "select title, round(bpm, 3), key from library"
        rows = wait_for(database, question, again, count=3)
    expect(set(rows), {(TITLES[0], 125.0, "F♯m"), (TITLES[1], 123.456, "B♭"), (TITLES[2], 0, None)})
    return "3 tracks with their titles, tempos and keys"


def _mixxx(home: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["xvfb-run", "-a", "mixxx", "--settingsPath", f"{home}/.mixxx"],
        env=os.environ | {"HOME": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def wait_for(
    database: Path, question: str, program: subprocess.Popen[bytes], count: int = 1
) -> list[tuple[object, ...]]:
    """The answer once it has so many rows; the program is ended then."""
    until = time.monotonic() + MIXXX_LIMIT_S
    rows: list[tuple[object, ...]] = []
    try:
        while len(rows) < count and time.monotonic() < until:
            time.sleep(1)
            if database.exists():
                with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as seen:
                    try:
                        rows = seen.execute(question).fetchall()
                    except sqlite3.OperationalError:  # the table is still to come
                        continue
    finally:
        os.killpg(program.pid, signal.SIGTERM)
        program.wait()
    return rows


def expect(found: object, expected: object) -> None:
    if found != expected:
        raise ValueError(f"it saw {found}, not {expected}")


READERS: tuple[tuple[str, tuple[str, ...], Callable[[Path], str]], ...] = (
    ("ffprobe", ("ffprobe",), ffprobe),
    ("cuetools", ("cuebreakpoints",), cuebreakpoints),
    ("xmllint", ("xmllint",), xmllint),
    ("Liquidsoap", ("liquidsoap",), liquidsoap),
    ("Mixxx", ("mixxx", "xvfb-run"), mixxx),
)


def main() -> int:
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "Set #1 (100% ü)"
        folder.mkdir()
        put_set(folder)
        for reader, programs, ask in READERS:
            missing = [program for program in programs if not shutil.which(program)]
            if missing:
                sys.stdout.write(f"{reader}: skipped, {', '.join(missing)} isn't here\n")
                continue
            begun = time.monotonic()
            try:
                said = ask(folder)
            except (ValueError, subprocess.SubprocessError) as error:
                failed += 1
                said = f"FAILED: {error}"
            sys.stdout.write(f"{reader}: {said} ({time.monotonic() - begun:.1f} s)\n")
            sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
