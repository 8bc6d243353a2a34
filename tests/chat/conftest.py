"""A conversation in a real pseudo-terminal, with a model and a studio that the test plays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chat.puppets import Model
from chat.terminals import CHILD, Terminal, bare_environment

Open = Callable[..., Terminal]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def model(tmp_path: Path) -> Iterator[Model]:
    model = Model(tmp_path / "m")
    yield model
    model.close()


@pytest.fixture
def environment(home: Path, tmp_path: Path) -> dict[str, str]:
    """What `dj-agent` runs in, so that it talks to `model`."""
    return bare_environment(
        home, DJ_PROVIDER="scripted", DJ_MODEL="puppet", PUPPET=str(tmp_path / "m")
    )


@pytest.fixture
def terminal(environment: dict[str, str], model: Model, tmp_path: Path) -> Iterator[Open]:
    """Opens `dj-agent` with these arguments in a terminal, and waits for its prompt."""
    opened: list[Terminal] = []

    def open(*arguments: str, width: int = 100, **more: str) -> Terminal:
        one = Terminal([*CHILD, *arguments], {**environment, **more}, tmp_path, width)
        opened.append(one)
        one.wait_for("›", 60)
        return one

    yield open
    for one in opened:
        one.close()
