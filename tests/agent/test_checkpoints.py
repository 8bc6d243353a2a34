"""`dj-agent models` with checkpoints of ACE-Step, which a hub on this machine pretends to have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dj_agent.__main__ import main
from engine.renderers import statuses
from engine.renderers.acestep.checkpoints import CHECKPOINTS
from engine.renderers.acestep.finding import find
from engine.settings import Settings
from engine.shelf import about
from tests.loopback import COMMIT, PlayedHub, playing

TURBO, BASE = "acestep-v15-turbo", "acestep-v15-base"
DIFFUSERS = "acestep-v15-xl-turbo-diffusers"
TEXT = "Qwen3-Embedding-0.6B"
WEIGHTS = bytes(range(256)) * 4000
NATIVE = {
    "config.json": b'{"is_turbo": true}',
    "model.safetensors": WEIGHTS,
    "silence_latent.pt": b"silence" * 99,
    "modeling_acestep_v15_turbo.py": b"raise SystemExit",
}
PARTED = ("transformer", "condition_encoder", "vae", "text_encoder")


def beneath(folder: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{path}": content for path, content in files.items()}


@pytest.fixture
def hub() -> Iterator[PlayedHub]:
    main_repository = {
        **beneath(TURBO, NATIVE),
        **beneath("vae", {"config.json": b"{}", "diffusion_pytorch_model.safetensors": WEIGHTS}),
        **beneath(TEXT, {
            "config.json": b"{}", "model.safetensors": WEIGHTS, "tokenizer.json": b"{}",
            "merges.txt": b"", "README.md": b"read me",
        }),
        **beneath("acestep-5Hz-lm-1.7B", {"config.json": b"{}", "model.safetensors": WEIGHTS}),
        "README.md": b"# ACE-Step",
    }  # fmt: skip
    parted = {
        "model_index.json": b"{}",
        "scheduler/scheduler_config.json": b"{}",
        **{f"{part}/config.json": b"{}" for part in PARTED},
        **{f"{part}/model.safetensors": WEIGHTS for part in PARTED},
    }
    repositories = {
        "ACE-Step/Ace-Step1.5": main_repository,
        f"ACE-Step/{BASE}": NATIVE | {"config.json": b"{}"},
        f"ACE-Step/{DIFFUSERS}": parted,
    }
    with playing(PlayedHub(repositories)) as opened:
        yield opened


@pytest.fixture
def shelf(hub: PlayedHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DJ_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ACESTEP_CHECKPOINTS", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home" / "models" / "acestep"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit code, and what was said in one line."""
    code = main(["models", *arguments])
    return code, " ".join(capsys.readouterr().out.split())


def row(capsys: pytest.CaptureFixture[str], name: str) -> str:
    """Its size and whether it is here, as the list has it."""
    _, text = run(capsys, "list")
    return re.split(r" (?:turbo|sft|base)\b", text.partition(f" {name} ")[2])[0]


def files(folder: Path) -> set[str]:
    return {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}


def test_a_fetched_checkpoint_is_found_with_what_it_shares_and_without_code(
    shelf: Path, capsys: pytest.CaptureFixture[str]
):
    code, text = run(capsys, "get", TURBO, "--yes")
    assert code == 0
    assert text.index("MIT") < text.index("Fetch 3 MB into") < text.index("is here")
    found = find(Settings.read().checkpoints, TURBO)
    assert found
    assert (found.folder, found.vae, found.text_encoder) == (
        shelf / TURBO, shelf / "vae", shelf / TEXT,
    )  # fmt: skip
    assert (found.folder / "model.safetensors").read_bytes() == WEIGHTS
    assert files(shelf) == {
        f"{TURBO}/config.json", f"{TURBO}/model.safetensors", f"{TURBO}/silence_latent.pt",
        "vae/config.json", "vae/diffusion_pytorch_model.safetensors",
        f"{TEXT}/config.json", f"{TEXT}/model.safetensors", f"{TEXT}/tokenizer.json",
        f"{TEXT}/merges.txt",
        f"{TURBO}/dj-agent.json", "vae/dj-agent.json", f"{TEXT}/dj-agent.json",
    }  # fmt: skip
    neural = next(one for one in statuses(Settings.read().workplace) if one.name == "acestep")
    assert TURBO in neural.note


def test_where_no_checkpoint_is_the_renderer_names_the_command(shelf: Path):
    assert not shelf.exists()
    neural = next(one for one in statuses(Settings.read().workplace) if one.name == "acestep")
    assert f"dj-agent models get {TURBO}" in neural.note


def test_what_is_shared_is_fetched_once_and_stays_while_it_is_used(
    shelf: Path, hub: PlayedHub, capsys: pytest.CaptureFixture[str]
):
    for name in (TURBO, BASE):
        assert run(capsys, "get", name, "--yes")[0] == 0
    assert hub.fetched().count("vae/diffusion_pytorch_model.safetensors") == 1
    (shelf / BASE / "mine.txt").write_text("a note", encoding="utf-8")
    assert run(capsys, "remove", BASE, "--yes") == (
        0,
        f"Delete 1 MB in {shelf / BASE}. {BASE} is gone; 1 MB are free again.",
    )
    assert files(shelf / BASE) == {"mine.txt"}
    assert find([shelf], TURBO)
    assert run(capsys, "remove", TURBO, "--yes")[0] == 0
    assert files(shelf) == {f"{BASE}/mine.txt"}


def test_somebody_elses_checkpoint_keeps_what_it_shares(
    shelf: Path, capsys: pytest.CaptureFixture[str]
):
    run(capsys, "get", TURBO, "--yes")
    own = shelf / "my-finetune"
    own.mkdir()
    for name in ("config.json", "model.safetensors", "silence_latent.pt"):
        (own / name).write_bytes(NATIVE[name])
    run(capsys, "remove", TURBO, "--yes")
    assert not (shelf / TURBO).exists()
    assert find([shelf], "my-finetune")


def test_what_lies_elsewhere_is_not_fetched_again_nor_removed(
    shelf: Path, hub: PlayedHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    snapshot = tmp_path / "cache" / "models--ACE-Step--Ace-Step1.5" / "snapshots" / "abc"
    for path, content in hub.repositories["ACE-Step/Ace-Step1.5"].items():
        (snapshot / path).parent.mkdir(parents=True, exist_ok=True)
        (snapshot / path).write_bytes(content)
    assert run(capsys, "get", BASE, "--yes")[0] == 0
    assert {path.name for path in shelf.iterdir()} == {BASE}
    found = find(Settings.read().checkpoints, BASE)
    assert found
    assert found.vae == snapshot / "vae"
    assert "is here already" in run(capsys, "get", TURBO, "--yes")[1]
    for action in ("verify", "remove"):
        code, text = run(capsys, action, TURBO)
        assert code == 1
        assert "wasn't fetched by" in text
    assert (snapshot / TURBO / "model.safetensors").exists()


def test_a_checkpoint_in_parts_of_its_own_is_whole(shelf: Path, capsys: pytest.CaptureFixture[str]):
    assert run(capsys, "get", DIFFUSERS, "--yes")[0] == 0
    found = find([shelf], DIFFUSERS)
    assert found
    assert found.vae == shelf / DIFFUSERS / "vae"
    assert run(capsys, "verify", DIFFUSERS)[0] == 0
    assert run(capsys, "remove", DIFFUSERS, "--yes")[0] == 0
    assert not list(shelf.iterdir())


def test_a_cut_leaves_a_part_that_is_not_taken_for_a_checkpoint_and_is_gone_on_with(
    shelf: Path, hub: PlayedHub, capsys: pytest.CaptureFixture[str]
):
    weights = f"{TURBO}/model.safetensors"
    hub.cut_after[weights] = 500_000
    code, text = run(capsys, "get", TURBO, "--yes")
    assert code == 1
    assert "goes on from there" in text
    assert row(capsys, TURBO).endswith("in part")
    assert find([shelf], TURBO) is None
    hub.cut_after.clear()
    hub.asked.clear()
    assert run(capsys, "get", TURBO, "--yes")[0] == 0
    assert not [path for path in hub.asked if path.startswith("/api/")]  # it knows what it began
    assert f"/store/ACE-Step/Ace-Step1.5/{weights}+500000" in hub.asked
    assert find([shelf], TURBO)
    assert row(capsys, TURBO).endswith("yes")


def test_what_was_begun_can_be_removed(
    shelf: Path, hub: PlayedHub, capsys: pytest.CaptureFixture[str]
):
    hub.cut_after["vae/diffusion_pytorch_model.safetensors"] = 1000
    assert run(capsys, "get", TURBO, "--yes")[0] == 1
    assert run(capsys, "remove", TURBO, "--yes")[0] == 0
    assert not list(shelf.iterdir())


def test_checking_needs_no_network_and_finds_damage(
    shelf: Path, hub: PlayedHub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert run(capsys, "verify", TURBO) == (1, f"{TURBO} isn't here.")
    run(capsys, "get", TURBO, "--yes")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert run(capsys, "verify", TURBO)[0] == 0
    (shelf / TURBO / "config.json").write_bytes(b'{"is_turbo": 1234}')
    (shelf / "vae" / "diffusion_pytorch_model.safetensors").unlink()
    code, text = run(capsys, "verify", TURBO)
    assert code == 1
    assert f"{TURBO}/config.json: damaged" in text
    assert "vae/diffusion_pytorch_model.safetensors: not here" in text
    assert row(capsys, TURBO).endswith("in part")
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    assert run(capsys, "get", TURBO, "--yes")[0] == 0
    assert run(capsys, "verify", TURBO)[0] == 0


def test_another_makers_conversion_says_whose_it_is():
    of_others = [one for one in CHECKPOINTS.values() if one.repository.startswith("Runware/")]
    assert of_others
    assert all("Runware converted them" in about(one).terms for one in of_others)
    assert "converted" not in about(CHECKPOINTS[TURBO]).terms


def test_nothing_is_written_unless_somebody_agrees(shelf: Path, capsys: pytest.CaptureFixture[str]):
    code, text = run(capsys, "get", TURBO)
    assert code == 1
    assert f"ACE-Step/Ace-Step1.5 at {COMMIT[:12]}" in text
    assert "add --yes" in text
    assert not shelf.exists()
    assert row(capsys, TURBO) == "~6.3 GB no"


def test_other_bytes_than_the_hub_lists_never_get_a_name(
    shelf: Path, hub: PlayedHub, capsys: pytest.CaptureFixture[str]
):
    weights = f"{TURBO}/model.safetensors"
    hub.served_instead[weights] = WEIGHTS[:-1] + b"?"
    code, text = run(capsys, "get", TURBO, "--yes")
    assert code == 1
    assert "other bytes" in text
    assert not list((shelf / TURBO).glob("model*"))


def test_a_repository_that_lists_a_file_outside_itself_gives_nothing(
    shelf: Path, hub: PlayedHub, capsys: pytest.CaptureFixture[str]
):
    hub.repositories["ACE-Step/Ace-Step1.5"][f"{TURBO}/../../../config.json"] = b"{}"
    code, text = run(capsys, "get", TURBO, "--yes")
    assert code == 1
    assert "nothing was fetched" in text
    assert not shelf.exists()


def test_without_the_hub_it_is_one_sentence_with_what_to_do(
    shelf: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    code, text = run(capsys, "get", TURBO, "--yes")
    assert code == 1
    assert "no connection" in text
    assert "set HF_ENDPOINT to a mirror" in text
    assert not shelf.exists()


def test_a_folder_for_checkpoints_is_where_they_go(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("ACESTEP_CHECKPOINTS", str(tmp_path / "disk"))
    assert run(capsys, "get", BASE, "--yes")[0] == 0
    assert find([tmp_path / "disk"], BASE)
    assert not shelf.exists()


@pytest.mark.parametrize("path", ["../../../../keep.txt", "/keep.txt"])
def test_a_list_that_was_tampered_with_deletes_nothing(
    shelf: Path, tmp_path: Path, path: str, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "keep.txt").write_text("mine", encoding="utf-8")
    run(capsys, "get", TURBO, "--yes")
    listed = shelf / TURBO / "dj-agent.json"
    words = json.loads(listed.read_text(encoding="utf-8"))
    assert (words["repository"], words["commit"]) == ("ACE-Step/Ace-Step1.5", COMMIT)
    words["files"][0]["path"] = path
    listed.write_text(json.dumps(words), encoding="utf-8")
    code, text = run(capsys, "remove", TURBO, "--yes")
    assert code == 1
    assert "can't be read; delete it" in text
    assert (tmp_path / "keep.txt").exists()
    assert find([shelf], TURBO)
