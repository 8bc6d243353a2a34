"""Who is talked to: what was asked for, or what there is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from loopback import Visit, serving
from wires import SECRET, heard

from dj_agent.providers import PROVIDERS, ProviderError, choose
from dj_agent.providers.catalogue import KNOWN
from dj_agent.providers.errors import Misconfigured, Unreachable
from dj_agent.providers.local_models import ollama_address, preferred

NOWHERE = {"OLLAMA_HOST": "http://127.0.0.1:9"}
OPENROUTER = {"OPENROUTER_API_KEY": SECRET}
ANTHROPIC = {"ANTHROPIC_API_KEY": SECRET}
GEMINI = {"GEMINI_API_KEY": SECRET}


@contextmanager
def an_ollama(*models: str, answer: bytes | None = None) -> Generator[dict[str, str]]:
    """The setting that leads to an Ollama with these models."""

    class Tags(Visit):
        def do_GET(self) -> None:
            listed = {"models": [{"name": name} for name in models]}
            self.send(json.dumps(listed).encode() if answer is None else answer)

    with serving(Tags) as address:
        yield {"OLLAMA_HOST": address.removeprefix("http://")}


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        (GEMINI | ANTHROPIC | OPENROUTER, "openrouter"),
        (GEMINI | ANTHROPIC, "anthropic"),
        (GEMINI, "gemini"),
        ({"ANTHROPIC_AUTH_TOKEN": SECRET}, "anthropic"),
        (GEMINI | {"OPENROUTER_API_KEY": "  "}, "gemini"),
        ({"OPENAI_API_KEY": SECRET}, "offline"),
        ({}, "offline"),
        (OPENROUTER | {"DJ_PROVIDER": "offline"}, "offline"),
        (OPENROUTER | {"DJ_PROVIDER": "auto"}, "openrouter"),
        (OPENROUTER | GEMINI | {"DJ_PROVIDER": " Gemini "}, "gemini"),
    ],
)
def test_a_key_is_enough_and_openrouters_comes_first(environ: dict[str, str], name: str):
    choice = choose(NOWHERE | environ)
    assert choice.name == name
    assert choice.make().name == name
    assert choice.sentence.endswith(".")
    assert "\n" not in choice.sentence


def test_a_flag_is_more_than_a_setting():
    choice = choose(OPENROUTER | GEMINI | {"DJ_PROVIDER": "gemini", "DJ_MODEL": "x"}, "openrouter")
    assert (choice.name, choice.model) == ("openrouter", "x")
    assert choose(GEMINI | {"DJ_MODEL": "x"}, model="y").model == "y"


def test_the_sentence_says_who_and_why():
    assert choose(OPENROUTER).sentence == (
        f"Talking to {KNOWN['openrouter'].model} at OpenRouter (OPENROUTER_API_KEY is set)."
    )
    assert "OPENROUTER_API_KEY" in choose(NOWHERE).sentence


def test_a_model_that_somebody_named_has_no_known_window():
    assert choose(OPENROUTER).make().context_tokens == 1_000_000
    assert choose(OPENROUTER, model="x/y").make().context_tokens == 128_000


def test_a_running_ollama_is_found_with_its_best_model():
    with an_ollama("nomic-embed-text:latest", "gemma:2b", "qwen3:8b") as environ:
        choice = choose(environ)
        assert (choice.name, choice.model) == ("ollama", "qwen3:8b")
        assert choice.make().context_tokens == 16_384
        bigger = choose(environ | {"OLLAMA_CONTEXT_LENGTH": "32768"})
        assert bigger.make().context_tokens == 32_768
        assert choose(environ, "ollama", "gemma:2b").model == "gemma:2b"


def test_an_ollama_without_models_says_how_to_get_one():
    with an_ollama("nomic-embed-text") as environ:
        assert choose(environ).name == "offline"
        assert "ollama pull" in choose(environ).sentence
        with pytest.raises(Misconfigured, match="ollama pull"):
            choose(environ, "ollama")


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"models": 3}', b'{"models": [{}]}'])
def test_something_else_at_ollamas_address_is_no_ollama(answer: bytes):
    with an_ollama(answer=answer) as environ:
        assert choose(environ).name == "offline"


def test_an_ollama_that_was_asked_for_and_is_not_there_is_an_error():
    with pytest.raises(Unreachable, match="ollama serve"):
        choose(NOWHERE, "ollama")


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8000", "http://127.0.0.1:8000"),
        ("studio.local", "http://studio.local:11434"),
        ("http://studio.local/", "http://studio.local:80"),
        ("https://studio.local/ollama", "https://studio.local:443/ollama"),
        ("[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_ollamas_host_may_be_short(value: str, address: str):
    assert ollama_address(value, KNOWN["ollama"].address) == address


def test_a_model_from_elsewhere_is_known_by_its_last_name():
    assert preferred(["a", "hf.co/unsloth/qwen3:latest", "b"]) == "hf.co/unsloth/qwen3:latest"
    assert preferred(["a", "b"]) == "a"


@pytest.mark.parametrize(
    ("environ", "wanted", "named"),
    [
        ({}, "openrouter", "OPENROUTER_API_KEY"),
        ({}, "anthropic", "ANTHROPIC_API_KEY"),
        ({}, "gemini", "GEMINI_API_KEY"),
        ({}, "openai", "OPENAI_API_KEY"),
        ({"OPENAI_API_KEY": SECRET}, "openai", "DJ_MODEL"),
        ({"OPENAI_BASE_URL": "localhost:1234", "DJ_MODEL": "x"}, "openai", "OPENAI_BASE_URL"),
        ({"OPENAI_BASE_URL": f"https://me:{SECRET}@x/v1"}, "openai", "OPENAI_BASE_URL"),
        ({"OPENAI_BASE_URL": f"https://x/v1?key={SECRET}"}, "openai", "OPENAI_BASE_URL"),
        (ANTHROPIC | {"ANTHROPIC_BASE_URL": "http://x:port"}, "anthropic", "ANTHROPIC_BASE_URL"),
        ({"OPENROUTER_API_KEY": f"{SECRET} {SECRET}"}, "openrouter", "OPENROUTER_API_KEY"),
        ({"OPENROUTER_API_KEY": f"{SECRET}é"}, "openrouter", "OPENROUTER_API_KEY"),
        ({}, "chatgpt", "chatgpt"),
        (OPENROUTER, "openrouter,gemini", "GEMINI_API_KEY"),
    ],
)
def test_what_is_missing_or_wrong_is_named(environ: dict[str, str], wanted: str, named: str):
    with pytest.raises(Misconfigured) as caught:
        choose(NOWHERE | environ, wanted)
    assert named in caught.value.message
    assert SECRET not in caught.value.message


def test_a_window_that_is_no_number_is_named():
    with (
        an_ollama("qwen3:8b") as environ,
        pytest.raises(Misconfigured, match="OLLAMA_CONTEXT_LENGTH"),
    ):
        choose(environ | {"OLLAMA_CONTEXT_LENGTH": "lots"})


def test_a_compatible_server_needs_an_address_and_a_model_only():
    environ = {"OPENAI_BASE_URL": "http://localhost:1234/v1/", "DJ_MODEL": "local"}
    choice = choose(environ, "openai")
    assert choice.sentence == "Talking to local at localhost:1234 (as asked)."
    assert choice.make().model == "local"


def test_several_names_are_a_failover():
    choice = choose(OPENROUTER | GEMINI | {"DJ_MODEL": "x/y"}, "gemini, openrouter,offline")
    assert choice.sentence.endswith("If that fails: openrouter, then offline.")
    assert (choice.make().name, choice.make().model) == ("gemini", "x/y")


def test_there_is_a_default_for_everybody_who_has_one_model_to_offer():
    assert set(PROVIDERS) == {*KNOWN, "offline"}
    assert [name for name, known in KNOWN.items() if not known.model] == ["ollama", "openai"]
    assert all(":online" not in known.model for known in KNOWN.values())  # it costs extra


def test_a_script_is_chosen_by_its_path(tmp_path: Path):
    script = tmp_path / "demo.json"
    script.write_text('[{"text": "Hi"}]')
    assert choose({"DJ_PROVIDER": "scripted", "DJ_MODEL": str(script)}).make().model == "demo.json"


SDKS = ("openai", "anthropic", "ollama", "httpx", "httpx2")


@pytest.mark.parametrize(
    ("code", "loaded"),
    [
        ("choose({'OPENROUTER_API_KEY': 'k'}), choose({}, 'offline').make()", set()),
        ("choose({'OPENROUTER_API_KEY': 'k'}).make()", {"openai", "httpx2"}),
    ],
)
def test_only_what_is_used_is_loaded(code: str, loaded: set[str]):
    script = f"import sys\nfrom dj_agent.providers import choose\n{code}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=100
    )
    assert loaded == set(done.stdout.split()) & set(SDKS)


def test_nobody_is_an_error_only_when_asked():
    with pytest.raises(ProviderError, match="no language model"):
        heard(choose(NOWHERE).make())
