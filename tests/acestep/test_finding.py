"""Finding checkpoints on disk, and what is said of those that aren't there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.errors import ModelUnusable, NotFound
from engine.renderers.acestep.checkpoints import ABILITIES, CHECKPOINTS, able, named, unlisted
from engine.renderers.acestep.finding import find, require

BASE, TURBO = "acestep-v15-base", "acestep-v15-turbo"
DIFFUSERS = "acestep-v15-xl-turbo-diffusers"


def lay(folder: Path, *files: str) -> Path:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    return folder


def lay_native(folder: Path) -> Path:
    return lay(folder, "config.json", "model.safetensors", "silence_latent.pt")


def lay_shared(folder: Path) -> Path:
    return lay(folder, "vae/config.json", "Qwen3-Embedding-0.6B/config.json")


def lay_diffusers(folder: Path) -> Path:
    parts = ("transformer", "condition_encoder", "vae", "text_encoder", "tokenizer")
    return lay(folder, *(f"{part}/config.json" for part in parts))


def snapshot(cache: Path, repository: str, revision: str) -> Path:
    return cache / f"models--{repository.replace('/', '--')}" / "snapshots" / revision


def test_a_folder_of_checkpoints_is_searched_by_name(tmp_path: Path):
    lay_native(tmp_path / BASE)
    lay_shared(tmp_path)
    found = find([tmp_path / "nothing here", tmp_path], BASE)
    assert found
    assert (found.layout, found.folder) == ("native", tmp_path / BASE)
    assert found.vae == tmp_path / "vae"
    assert found.text_encoder == found.tokenizer == tmp_path / "Qwen3-Embedding-0.6B"


def test_somebodys_own_checkpoint_is_found_by_its_folders_name(tmp_path: Path):
    lay_native(tmp_path / "my-finetune")
    lay_shared(tmp_path)
    assert find([tmp_path], "my-finetune")


def test_a_root_may_be_the_checkpoint_itself(tmp_path: Path):
    lay_native(tmp_path / BASE)
    lay_shared(tmp_path)
    lay_diffusers(tmp_path / DIFFUSERS)
    for name in (BASE, DIFFUSERS):
        found = find([tmp_path / name], name)
        assert found
        assert found.folder == tmp_path / name


def test_the_cache_of_hugging_face_is_searched_by_repository(tmp_path: Path):
    main = lay_shared(snapshot(tmp_path, "ACE-Step/Ace-Step1.5", "abc"))
    lay_native(main / TURBO)
    other = lay_native(snapshot(tmp_path, "ACE-Step/acestep-v15-base", "def"))
    for name, folder in ((TURBO, main / TURBO), (BASE, other)):
        found = find([tmp_path], name)
        assert found
        assert found.folder == folder
        assert found.vae == main / "vae"


def test_a_repository_in_diffusers_layout_has_all_in_itself(tmp_path: Path):
    folder = lay_diffusers(snapshot(tmp_path, f"ACE-Step/{DIFFUSERS}", "abc"))
    found = find([tmp_path], DIFFUSERS)
    assert found
    assert (found.layout, found.folder) == ("diffusers", folder)
    assert found.tokenizer == folder / "tokenizer"


def test_of_several_snapshots_the_main_revision_is_taken_and_else_the_newest(tmp_path: Path):
    lay_shared(tmp_path)
    old, new = (
        lay_native(snapshot(tmp_path, f"ACE-Step/{BASE}", revision)) for revision in ("bbb", "aaa")
    )
    os.utime(old, (1, 1))

    def folder() -> Path | None:
        found = find([tmp_path], BASE)
        return found.folder if found else None

    assert folder() == new
    lay(old.parents[1], "refs/main")
    (old.parents[1] / "refs" / "main").write_text("bbb\n")
    assert folder() == old


@pytest.mark.parametrize("lost", ["config.json", "model.safetensors", "silence_latent.pt"])
def test_half_a_checkpoint_is_none(tmp_path: Path, lost: str):
    lay_shared(tmp_path)
    (lay_native(tmp_path / BASE) / lost).unlink()
    assert find([tmp_path], BASE) is None


@pytest.mark.parametrize("lost", ["vae", "Qwen3-Embedding-0.6B"])
def test_a_checkpoint_without_what_it_shares_is_none(tmp_path: Path, lost: str):
    lay_native(tmp_path / BASE)
    (lay_shared(tmp_path) / lost / "config.json").unlink()
    assert find([tmp_path], BASE) is None


def test_a_missing_model_is_one_sentence_with_size_and_command(tmp_path: Path):
    with pytest.raises(ModelUnusable) as refused:
        require([tmp_path], BASE)
    assert "6.3 GB" in refused.value.message
    assert f"`dj-agent models get {BASE}`" in refused.value.message


def test_a_name_that_nobody_knows_is_answered_with_those_there_are(tmp_path: Path):
    with pytest.raises(NotFound, match=TURBO):
        require([tmp_path], "acestep-v16")


def test_parts_are_for_base_and_edits_for_all_but_turbo():
    for checkpoint in CHECKPOINTS.values():
        assert ("extract" in checkpoint.abilities) == ("base" in checkpoint.name)
        assert ("edit" in checkpoint.abilities) == ("turbo" not in checkpoint.name)
        assert checkpoint.variant in checkpoint.name
        assert checkpoint.xl == ("-xl-" in checkpoint.name)
        assert checkpoint.name.startswith(checkpoint.repository.partition("/")[2]) or (
            checkpoint.folder == checkpoint.name
        )
    assert able("add_parts")[0] == BASE
    assert set(able("generate")) == set(CHECKPOINTS)


def test_turbo_runs_in_eight_steps_and_unguided():
    for checkpoint in CHECKPOINTS.values():
        assert (checkpoint.steps == 8) == (checkpoint.guidance == 1.0)
        assert (checkpoint.steps == 8) == (checkpoint.variant == "turbo")
    assert named("acestep-v15-turbo-shift1").shift == 1.0


def test_an_unlisted_checkpoint_is_what_its_config_and_name_say():
    for name, turbo, variant in (
        ("mine", True, "turbo"),
        ("mine", False, "sft"),
        ("My-Base", False, "base"),
    ):
        checkpoint = unlisted(name, layout="native", turbo=turbo, xl=False)
        assert checkpoint.variant == variant
        assert checkpoint.abilities == ABILITIES[checkpoint.variant]
