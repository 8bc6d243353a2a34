"""`dj-agent models`: what people see and are asked, and what is on disk then."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dj_agent.__main__ import main
from engine.models import MODELS, Digest
from tests.loopback import Visit, serving

CONTENT = bytes(range(256)) * 8000


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The model `stems` is a file on a server of this machine; the folder where it will lie."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "net.safetensors").write_bytes(CONTENT)

    class Counter(Visit):
        def do_GET(self) -> None:
            file = shelf / self.path.removeprefix("/")
            if file.is_file():
                self.send(file.read_bytes())
            else:
                self.send_error(404)

    with serving(Counter) as address:
        (known,) = MODELS["stems"].files
        file = replace(
            known,
            name="net.safetensors",
            size_bytes=len(CONTENT),
            digest=Digest("sha256", hashlib.sha256(CONTENT).hexdigest()),
            urls=(f"{address}/net.safetensors",),
        )
        monkeypatch.setitem(MODELS, "stems", replace(MODELS["stems"], files=(file,)))
        monkeypatch.setenv("DJ_HOME", str(tmp_path / "home"))
        monkeypatch.chdir(tmp_path)
        yield tmp_path / "home" / "models" / "stems"


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_the_list_shows_name_size_and_whether_it_is_here(
    served: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models"]) == 0
    assert "stems 2 MB no" in said(capsys)
    assert main(["models", "get", "stems", "--yes"]) == 0
    capsys.readouterr()
    assert main(["models", "list"]) == 0
    assert "stems 2 MB yes" in said(capsys)
    assert served.parent.exists()


def test_getting_shows_size_and_terms_first_and_checks_what_came(
    served: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "get", "stems", "--yes"]) == 0
    text = said(capsys)
    assert text.index("scientific purposes") < text.index("Fetch 2 MB into") < text.index("is here")
    assert (served / "net.safetensors").read_bytes() == CONTENT
    assert main(["models", "get", "stems"]) == 0  # nothing to ask: it is all here
    assert "Fetch" not in said(capsys)


def test_nothing_is_fetched_or_deleted_unless_somebody_agrees(
    served: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "get", "stems"]) == 1
    assert "add --yes" in said(capsys)
    assert not served.exists()
    assert main(["models", "get", "stems", "--yes"]) == 0
    assert main(["models", "remove", "stems"]) == 1
    assert (served / "net.safetensors").exists()


def test_damage_is_found_and_mended(served: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "verify", "stems"]) == 1
    assert "not here" in said(capsys)
    assert main(["models", "get", "stems", "--yes"]) == 0
    assert main(["models", "verify", "stems"]) == 0
    assert "intact" in said(capsys)
    (served / "net.safetensors").write_bytes(b"\0" * len(CONTENT))
    assert main(["models", "verify", "stems"]) == 1
    text = said(capsys)
    assert "damaged" in text
    assert "dj-agent models get stems" in text
    assert main(["models", "get", "stems", "--yes"]) == 0
    assert main(["models", "verify", "stems"]) == 0


def test_removing_leaves_nothing_behind_but_what_is_not_its_own(
    served: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "get", "stems", "--yes"]) == 0
    (served / "net.safetensors.part").write_bytes(b"x")
    (served / "notes.txt").write_text("mine", encoding="utf-8")
    assert main(["models", "remove", "stems", "--yes"]) == 0
    assert [path.name for path in served.iterdir()] == ["notes.txt"]
    assert main(["models", "remove", "stems", "--yes"]) == 0
    assert "isn't here" in said(capsys)


def test_a_download_that_fails_is_one_sentence_and_exit_code_1(
    served: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (served.parents[2] / "shelf" / "net.safetensors").unlink()
    assert main(["models", "get", "stems", "--yes"]) == 1
    text = said(capsys)
    assert "answered 404" in text
    assert "Traceback" not in text


def test_an_unknown_model_is_refused_with_those_there_are(
    served: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "get", "drums"]) == 1
    assert "there are: stems" in said(capsys)


def test_a_wrong_action_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["models", "eat"])
    assert exit_.value.code == 2
    assert "eat" in capsys.readouterr().err
