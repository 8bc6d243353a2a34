"""Fetching a model's file from a server that cuts off, lies, or has nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from engine.downloads import fetch
from engine.errors import DownloadFailed
from engine.models import MODELS, Digest, ModelFile, is_intact
from tests.loopback import Visit, serving

CONTENT = np.random.default_rng(1).bytes(700_000)
HALF = 300_001


@dataclass
class Shop:
    """A server on this machine. It says what it was asked for, and ends early while told to."""

    address: str = ""
    content: bytes = CONTENT
    cut_after: int | None = None
    knows_ranges: bool = True
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def url(self, name: str = "weights") -> str:
        return f"{self.address}/{name}"


@pytest.fixture
def shop() -> Iterator[Shop]:
    """Serves `weights`; `elsewhere` leads there; it has nothing else."""
    opened = Shop()

    class Counter(Visit):
        def do_GET(self) -> None:
            opened.asked.append((self.path, self.headers.get("Range")))
            if self.path == "/elsewhere":
                self.send_response(302)
                self.send_header("Location", "/weights")
                self.end_headers()
            elif self.path == "/weights":
                first = self.first_byte() if opened.knows_ranges else 0
                self.send(opened.content, first=first, cut_after=opened.cut_after)
            else:
                self.send_error(404)

    with serving(Counter) as opened.address:
        yield opened


def wanted(*urls: str, content: bytes = CONTENT) -> ModelFile:
    digest = Digest("sha256", hashlib.sha256(content).hexdigest())
    return ModelFile("net.safetensors", len(content), digest, urls)


def test_a_file_arrives_whole_under_its_name(shop: Shop, tmp_path: Path):
    heard: list[int] = []
    path = fetch(wanted(shop.url()), tmp_path / "models" / "net", heard.append)
    assert path.read_bytes() == CONTENT
    assert [one.name for one in path.parent.iterdir()] == ["net.safetensors"]
    assert heard == sorted(heard)
    assert (heard[0], heard[-1]) == (0, len(CONTENT))


def test_a_file_that_is_here_is_not_asked_for(shop: Shop, tmp_path: Path):
    for _ in range(2):
        fetch(wanted(shop.url()), tmp_path)
    assert len(shop.asked) == 1


def test_a_cut_is_told_and_the_next_call_asks_for_the_rest_only(shop: Shop, tmp_path: Path):
    file = wanted(shop.url())
    shop.cut_after = HALF
    with pytest.raises(DownloadFailed, match="goes on from there"):
        fetch(file, tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["net.safetensors.part"]
    shop.cut_after = None
    heard: list[int] = []
    assert is_intact(fetch(file, tmp_path, heard.append), file)
    assert shop.asked[-1] == ("/weights", f"bytes={HALF}-")
    assert heard[0] == HALF


def test_a_person_who_stops_it_keeps_what_has_come(shop: Shop, tmp_path: Path):
    def stop(have: int) -> None:
        if have > HALF:
            raise KeyboardInterrupt

    file = wanted(shop.url())
    with pytest.raises(KeyboardInterrupt):
        fetch(file, tmp_path, stop)
    kept = (tmp_path / "net.safetensors.part").stat().st_size
    assert kept > HALF
    assert is_intact(fetch(file, tmp_path), file)
    assert shop.asked[-1] == ("/weights", f"bytes={kept}-")


def test_a_server_without_ranges_sends_the_whole_again(shop: Shop, tmp_path: Path):
    file = wanted(shop.url())
    (tmp_path / "net.safetensors.part").write_bytes(CONTENT[:HALF])
    shop.knows_ranges = False
    assert is_intact(fetch(file, tmp_path), file)


def test_other_bytes_are_refused_and_thrown_away(shop: Shop, tmp_path: Path):
    shop.content = CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])
    with pytest.raises(DownloadFailed, match="other bytes"):
        fetch(wanted(shop.url()), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_file_that_does_not_end_is_cut_off_and_refused(shop: Shop, tmp_path: Path):
    shop.content = CONTENT * 20
    heard: list[int] = []
    with pytest.raises(DownloadFailed, match="other bytes"):
        fetch(wanted(shop.url()), tmp_path, heard.append)
    assert max(heard) == len(CONTENT) + 1
    assert not list(tmp_path.iterdir())


def test_a_damaged_file_under_the_right_name_is_fetched_again(shop: Shop, tmp_path: Path):
    file = wanted(shop.url())
    (tmp_path / file.name).write_bytes(bytes(len(CONTENT)))
    assert is_intact(fetch(file, tmp_path), file)


def test_a_page_that_is_not_there_is_a_sentence(shop: Shop, tmp_path: Path):
    with pytest.raises(DownloadFailed, match="answered 404") as refused:
        fetch(wanted(shop.url("nothing")), tmp_path)
    assert shop.url("nothing") in refused.value.message
    assert "\n" not in refused.value.message


def test_nobody_at_home_is_a_sentence(tmp_path: Path):
    with pytest.raises(DownloadFailed, match="no connection"):
        fetch(wanted("http://127.0.0.1:9/weights"), tmp_path)


def test_the_second_server_goes_on_where_the_first_stopped(shop: Shop, tmp_path: Path):
    file = wanted(shop.url("nothing"), shop.url("elsewhere"))
    (tmp_path / "net.safetensors.part").write_bytes(CONTENT[:HALF])
    assert is_intact(fetch(file, tmp_path), file)
    assert shop.asked[-1] == ("/weights", f"bytes={HALF}-")  # through the redirection, too


def test_a_server_with_a_file_of_another_length_cannot_spoil_what_is_here(
    shop: Shop, tmp_path: Path
):
    file = wanted(shop.url())
    part = tmp_path / "net.safetensors.part"
    part.write_bytes(CONTENT[:HALF])
    shop.content = CONTENT + b"more"
    with pytest.raises(DownloadFailed, match="another length"):
        fetch(file, tmp_path)
    assert part.read_bytes() == CONTENT[:HALF]
    shop.content = CONTENT
    assert is_intact(fetch(file, tmp_path), file)


def test_a_file_may_be_known_by_what_git_calls_it(shop: Shop, tmp_path: Path):
    # `printf 'what is up, doc?' | git hash-object --stdin`, as Git's book has it.
    (tmp_path / "doc").write_bytes(b"what is up, doc?")
    name = Digest("git", "bd9dbf5aae1a3862dd1526723246b20206e5fc37")
    assert Digest.of(tmp_path / "doc", "git") == name
    shop.content = b"what is up, doc?"
    file = ModelFile("words/doc", 16, name, (shop.url(),))
    assert fetch(file, tmp_path / "models").read_bytes() == b"what is up, doc?"
    shop.content = b"what's wrong, pa"
    with pytest.raises(DownloadFailed, match="git's SHA-1"):
        fetch(file, tmp_path / "others")


def test_every_known_file_says_exactly_what_it_is():
    for model in MODELS.values():
        assert model.terms
        for file in model.files:
            assert file.digest.kind == "sha256"
            assert len(bytes.fromhex(file.digest.hex)) == 32
            assert file.size_bytes > 0
            assert file.urls
            assert all(url.startswith("https://") for url in file.urls)
