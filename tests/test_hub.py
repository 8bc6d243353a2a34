"""What is believed of a hub: its lists, its digests, and nothing that leads out of a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.downloads import fetch
from engine.errors import DownloadFailed, InvalidRequest
from engine.hub import Hub, is_inside
from engine.models import is_intact
from engine.shelf import is_taken
from tests.loopback import COMMIT, PlayedHub, Visit, playing, serving

REPOSITORY = "Band/Songs"
FILES = {f"part{index}/config.json": b"{%d}" % index for index in range(7)}
WEIGHTS = bytes(range(251)) * 999


@pytest.fixture
def hub() -> Iterator[PlayedHub]:
    with playing(PlayedHub({REPOSITORY: {**FILES, "model.safetensors": WEIGHTS}})) as opened:
        yield opened


def everything(path: str) -> bool:
    return bool(path)


def test_every_page_of_the_list_is_read(hub: PlayedHub):
    published = Hub(hub.address).published(REPOSITORY, "main", everything)
    assert published.commit == COMMIT
    assert {file.name for file in published.files} == {*FILES, "model.safetensors"}
    assert len([path for path in hub.asked if "/tree/" in path]) > 3


def test_large_files_are_held_to_sha256_and_small_ones_to_gits_digest(
    hub: PlayedHub, tmp_path: Path
):
    published = Hub(hub.address).published(REPOSITORY, "main", everything)
    assert {file.digest.kind for file in published.files} == {"sha256", "git"}
    for file in published.files:
        assert is_intact(fetch(file, tmp_path), file)
    assert (tmp_path / "model.safetensors").read_bytes() == WEIGHTS
    assert (tmp_path / "part3" / "config.json").read_bytes() == b"{3}"


@pytest.mark.parametrize("path", ["model.safetensors", "part1/config.json"])
def test_other_bytes_than_the_list_promised_are_thrown_away(
    hub: PlayedHub, tmp_path: Path, path: str
):
    published = Hub(hub.address).published(REPOSITORY, "main", lambda one: one == path)
    (file,) = published.files
    content = hub.repositories[REPOSITORY][path]
    hub.served_instead[path] = content[:-1] + b"?"
    with pytest.raises(DownloadFailed, match="other bytes"):
        fetch(file, tmp_path)
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]


def test_a_mirror_gives_the_rest_and_is_held_to_the_same_digest(hub: PlayedHub, tmp_path: Path):
    kept = WEIGHTS

    class Mirror(Visit):
        def do_GET(self) -> None:
            self.send(kept, first=self.first_byte())

    with serving(Mirror) as address:
        asked = Hub(hub.address, (f"{address}/{{repository}}/{{path}}",))
        (file,) = asked.published(REPOSITORY, "main", lambda one: one == "model.safetensors").files
        hub.cut_after["model.safetensors"] = 1000
        assert fetch(file, tmp_path / "one").read_bytes() == WEIGHTS
        kept = WEIGHTS[:-1] + b"?"
        with pytest.raises(DownloadFailed, match="other bytes"):
            fetch(file, tmp_path / "two")


def test_a_hub_that_is_not_there_is_a_sentence_with_what_to_do():
    with pytest.raises(DownloadFailed, match=r"127\.0\.0\.1:9 \(no connection.*HF_ENDPOINT"):
        Hub("http://127.0.0.1:9").published(REPOSITORY, "main", everything)


def test_a_repository_that_is_not_there_is_a_sentence(hub: PlayedHub):
    with pytest.raises(DownloadFailed, match=r"Nothing's files .*answered 404.* in a browser"):
        Hub(hub.address).published("Band/Nothing", "main", everything)


@pytest.mark.parametrize(
    "path",
    ["../config.json", "a/../../config.json", "/etc/config.json", "..\\config.json",
     "C:/config.json", "a//config.json", "./config.json", "a\n/config.json", ""],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_refused(hub: PlayedHub, path: str):
    hub.repositories[REPOSITORY][path] = b"{}"
    assert not is_inside(path)
    with pytest.raises(DownloadFailed, match="no file within it; nothing was fetched"):
        Hub(hub.address).published(REPOSITORY, "main", lambda _: True)


@pytest.mark.parametrize(
    "wrong",
    [{"oid": "123"}, {"size": -1}, {"size": "many"}, {"lfs": {"oid": "f" * 63, "size": 1}},
     {"type": "link"}],
)  # fmt: skip
def test_a_list_that_is_not_as_a_hubs_is_refused(
    hub: PlayedHub, wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    line = hub.line("config.json", b"{}")
    monkeypatch.setattr(hub, "tree", lambda _: [line | wrong])
    with pytest.raises(DownloadFailed, match="isn't understood"):
        Hub(hub.address).published(REPOSITORY, "main", everything)


def test_a_list_without_an_end_is_given_up(hub: PlayedHub):
    hub.page_length = 0
    with pytest.raises(DownloadFailed, match="more files than a model can have"):
        Hub(hub.address).published(REPOSITORY, "main", everything)


def test_later_pages_come_from_the_address_that_was_asked(hub: PlayedHub):
    address, hub.address = hub.address, "http://127.0.0.1:9"  # where its links lead to now
    assert len(Hub(address).published(REPOSITORY, "main", everything).files) == len(FILES) + 1


def test_an_address_of_ones_own_is_asked_alone():
    own = Hub.read({"HF_ENDPOINT": "https://mirror.example/"})
    assert own.sources("A/B", "c", "d e") == ("https://mirror.example/A/B/resolve/c/d%20e",)
    first, second = Hub.read({}).sources("A/B", "c", "d")
    assert first == "https://huggingface.co/A/B/resolve/c/d"
    assert second == "https://modelscope.cn/models/A/B/resolve/master/d"
    with pytest.raises(InvalidRequest, match="HF_ENDPOINT"):
        Hub.read({"HF_ENDPOINT": "file:///etc"})


def test_weights_configs_and_words_are_taken_and_nothing_else():
    taken = [
        "model.safetensors", "transformer/diffusion_pytorch_model-00001-of-00004.safetensors",
        "model.safetensors.index.json", "acestep-v15-turbo/silence_latent.pt", "a/config.json",
        "model_index.json", "scheduler/scheduler_config.json", "generation_config.json",
        "q/tokenizer.json", "q/tokenizer_config.json", "q/vocab.json", "q/merges.txt",
        "q/special_tokens_map.json", "q/added_tokens.json", "q/chat_template.jinja",
    ]  # fmt: skip
    left = [
        "modeling_acestep_v15_turbo.py", "a/config.py", "model.bin", "model.pt", "README.md",
        "safetensors", "scheduler_config.json", "a/silence_latent.pth", "config.json.py",
        "notaconfig.json", ".safetensors",
    ]  # fmt: skip
    assert [path for path in (*taken, *left) if is_taken(path)] == taken
