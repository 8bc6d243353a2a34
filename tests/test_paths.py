"""Paths that strangers wrote: inside the open folders they name a file, outside nothing."""

from __future__ import annotations

import os
import re
import socket
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import AccessRefused, NotFound, StudioError
from engine.paths import MAX_SLUG, readable, slug

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX special files")


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """An open folder `music` beside a closed one whose name begins the same."""
    folder = tmp_path / "music"
    for path in (
        folder / "sunset.flac",
        folder / "sunrise.flac",
        folder / "sub" / "a b%2F #1?.wav",
        folder / "mix: part 1.wav",
        tmp_path / "music-private" / "secret.wav",
        tmp_path / "secret.wav",
    ):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"sound")
    return folder


@pytest.mark.parametrize(
    ("ref", "name"),
    [
        ("{music}/sunset.flac", "sunset.flac"),
        ("{music}/sub/../sunset.flac", "sunset.flac"),
        ("{music}/./sub//a b%2F #1?.wav", "a b%2F #1?.wav"),
        ("file://{music}/sunset.flac", "sunset.flac"),
        ("FILE://localhost{music}/sunset.flac", "sunset.flac"),
        ("file://{music}/sub/a%20b%252F%20%231%3F.wav", "a b%2F #1?.wav"),
        ("sunset.flac", "sunset.flac"),
        ("sub/a b%2F #1?.wav", "a b%2F #1?.wav"),
        ("mix: part 1.wav", "mix: part 1.wav"),
        ("~/sunset.flac", "sunset.flac"),
    ],
)
@posix
def test_a_file_in_an_open_folder_is_found_however_it_is_written(
    music: Path, monkeypatch: pytest.MonkeyPatch, ref: str, name: str
):
    monkeypatch.setenv("HOME", str(music))
    found = readable(ref.format(music=music), [music.parent / "elsewhere", music])
    assert found.name == name
    assert found.is_relative_to(music.resolve())


ATTACKS = [
    "/etc/passwd",
    "/etc/shadow",
    "/dev/zero",
    "/proc/self/environ",
    "/",
    "..",
    ".",
    "../secret.wav",
    "sub/../../secret.wav",
    "../music-private/secret.wav",
    "{music}/../secret.wav",
    "{music}/sub/../../secret.wav",
    "{music}-private/secret.wav",
    "{music}/../music-private/secret.wav",
    "{music}/sub",
    "{music}",
    "{music}/out.wav",
    "{music}/door/secret.wav",
    "{music}/chain.wav",
    "{music}/pipe.wav",
    "{music}/socket.wav",
    "{music}/door/missing.wav",
    "~/secret.wav",
    "~root/.ssh/id_ed25519",
    "~nobody-has-this-name/x.wav",
    "file:///etc/passwd",
    "file://{music}/../secret.wav",
    "file://{music}/%2e%2e/secret.wav",
    "file://{music}%2F..%2Fsecret.wav",
    "file://server/share/a.wav",
    "file:////server/share/a.wav",
    "file://{music}/sunset.flac%00.wav",
    "http://127.0.0.1/a.wav",
    "HTTPS://example.org/a.wav",
    "ftp://example.org/a.wav",
    "smb://server/share/a.wav",
    "data://text/plain,x",
    "http:/\\example.org/a.wav",
    "//server/share/a.wav",
    "\\\\server\\share\\a.wav",
    "\\\\?\\C:\\a.wav",
    "\\\\.\\pipe\\a",
    "",
    "   ",
    "\n",
    "\0",
    "{music}/sunset.flac\0",
]


@posix
@pytest.mark.parametrize("ref", ATTACKS, ids=repr)
def test_nothing_outside_the_open_folders_is_reached(
    music: Path, monkeypatch: pytest.MonkeyPatch, ref: str
):
    monkeypatch.setenv("HOME", str(music.parent))
    monkeypatch.chdir(music.parent)
    (music / "out.wav").symlink_to(music.parent / "secret.wav")
    (music / "door").symlink_to(music.parent / "music-private")
    (music / "chain.wav").symlink_to("out.wav")
    os.mkfifo(music / "pipe.wav")
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(music)  # a socket's whole path may be too long
        listener.bind("socket.wav")
    with pytest.raises(AccessRefused) as refused:
        readable(ref.format(music=music), [music])
    assert refused.value.field == "path"
    assert refused.value.message.startswith("path: ")
    assert "\n" not in refused.value.message


@pytest.mark.parametrize(
    "ref",
    ["{music}/loop.wav", "x" * 5000, "{music}/" + "x" * 300, "sunset.flac/more", "C:\\a.wav"],
)
@posix
def test_what_cannot_exist_is_a_typed_error(music: Path, ref: str):
    (music / "loop.wav").symlink_to("loop.wav")
    with pytest.raises((AccessRefused, NotFound)):
        readable(ref.format(music=music), [music])


@given(ref=st.text())
def test_no_text_gets_out_or_ends_in_a_traceback(ref: str):
    root = Path(__file__).parent
    try:
        found = readable(ref, [root])
    except StudioError:
        return
    assert found.is_relative_to(root.resolve())


def test_the_refusal_names_the_open_folders_and_how_to_open_another(music: Path):
    with pytest.raises(AccessRefused) as refused:
        readable("/etc/passwd", [music], field="track")
    assert refused.value.field == "track"
    assert refused.value.message == (
        f"track: '/etc/passwd' is outside the folders that may be read ({music.resolve()}); "
        "move the file into one of them, or add its folder to DJ_MEDIA_DIRS."
    )


def test_without_an_open_folder_nothing_is_read(music: Path):
    with pytest.raises(AccessRefused, match=r"may be read \(none\)"):
        readable(str(music / "sunset.flac"), [])


def test_a_missing_file_inside_is_not_found_with_the_names_that_come_closest(music: Path):
    with pytest.raises(NotFound) as missing:
        readable(str(music / "Sunsett.flac"), [music])
    assert missing.value.message.endswith("; did you mean 'sunset.flac' or 'sunrise.flac'?")
    with pytest.raises(NotFound, match=r"check the spelling\.$"):
        readable("qqqq", [music])


def test_a_missing_file_outside_is_refused_like_one_that_is_there(music: Path):
    messages = []
    for name in ("secret.wav", "secre1.wav"):
        with pytest.raises(AccessRefused) as refused:
            readable(str(music.parent / name), [music])
        messages.append(refused.value.message.replace("secre1", "secret"))
    assert messages[0] == messages[1]


@posix
def test_an_open_folder_may_itself_be_a_link(music: Path):
    link = music.parent / "usb"
    link.symlink_to(music)
    assert readable(str(link / "sunset.flac"), [link]) == (music / "sunset.flac").resolve()


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Café del Mar", "cafe-del-mar"),
        ("  Warm   Deep House!! (120 BPM) ", "warm-deep-house-120-bpm"),
        ("Don't Stop", "dont-stop"),
        ("Straße & Smørrebrød æther Łódź", "strasse-smorrebrod-aether-lodz"),
        ("ＦＵＬＬ ｗｉｄｔｈ ™ ①", "full-width-tm-1"),
        ("../../etc/passwd", "etc-passwd"),
        ("日没", "track"),
        ("", "track"),
        ("---", "track"),
        ("CON", "con-track"),
        ("lpt1", "lpt1-track"),
        ("a" * 100, "a" * 48),
        ("x" * 47 + " y", "x" * 47),
    ],
)
def test_a_title_becomes_a_file_name_that_a_person_recognises(title: str, name: str):
    assert slug(title) == name


@given(title=st.text())
def test_every_title_becomes_a_safe_file_name(title: str):
    name = slug(title)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert len(name) <= MAX_SLUG
    assert not re.fullmatch(r"con|prn|aux|nul|com\d|lpt\d", name)
    assert slug(name) == name
