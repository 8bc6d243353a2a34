"""The shape of the house: who may import whom, how long things may get, what nothing is called.

The rule about imports is the table in `docs/architecture.md`.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("engine", "mcp_server", "dj_agent", "prompts")

DRAWN = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
TABLE = next(block for block in DRAWN.split("```") if block.startswith("text\npackage ")).strip()

BROAD_EXCEPTS = {
    "engine/worker.py": "a job ends there: whatever a renderer raises becomes a failed job",
    "mcp_server/app.py": "a tool call ends there: a model gets a sentence, the log a traceback",
}

HEAVY = ("torch", "numpy", "scipy", "soundfile", "soxr", "librosa", "matplotlib", "numba")
LIGHT_MODULES = ("engine", "mcp_server", "mcp_server.app", "mcp_server.__main__")

MAX_FILE_LINES, MAX_FUNCTION_LINES, MAX_PARAMETERS = 400, 60, 8
UNSAID = re.compile(r"(manager|handler|helper|util|mixin)s?", re.IGNORECASE)
SETTING = re.compile(r"(DJ|ACESTEP|OLLAMA|OPENAI|OPENROUTER|ANTHROPIC|GEMINI)_[A-Z_]+", re.ASCII)
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(*folders: str) -> list[str]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


SHIPPED = python_files(*PACKAGES)
EVERYTHING = python_files(*PACKAGES, "tests", "benchmarks")


@cache
def tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"), file)


def imports(file: str) -> Iterator[str]:
    """Every module that the file imports, anywhere in it, as `package.module`."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno} imports relatively"
            module = node.module or ""
            for name in node.names:
                inner = f"{module}.{name.name}"
                is_module = (ROOT / inner.replace(".", "/")).with_suffix(".py").exists()
                yield inner if is_module else module


def rows(heading: str) -> list[tuple[str, set[str]]]:
    """The rows of one of the table's three parts: a file pattern and modules."""
    parts = TABLE.removeprefix("text\n").split("\n\n")
    part = next(part for part in parts if part.startswith(heading))
    cells = [line.split() for line in part.splitlines()[1:]]
    return [(pattern, set(modules)) for pattern, *modules in cells]


def may_import(file: str, module: str) -> bool:
    top = module.partition(".")[0]
    forbidden = {
        one for p, modules in rows("these files may not") if matches(file, p) for one in modules
    }
    if any(f"{module}.".startswith(f"{one}.") for one in forbidden):
        return False
    if top in sys.stdlib_module_names or top == "_typeshed":
        return True
    allowed = rows("package") + rows("these files may also")
    return any(top in modules for pattern, modules in allowed if matches(file, pattern))


def matches(file: str, pattern: str) -> bool:
    """A pattern is a folder (`engine/`), or a path whose `*` stands for anything."""
    expression = re.escape(pattern).replace(r"\*", ".*") + (".*" if pattern.endswith("/") else "")
    return re.fullmatch(expression, file) is not None


def functions(file: str) -> Iterator[Function]:
    for node in ast.walk(tree(file)):
        if isinstance(node, Function):
            yield node


@pytest.mark.parametrize("file", SHIPPED)
def test_imports_keep_to_the_table(file: str):
    wrong = sorted({module for module in imports(file) if not may_import(file, module)})
    assert not wrong, f"{file} imports {', '.join(wrong)}; the rule is\n\n{TABLE}"


def test_the_table_would_catch_a_wrong_import():
    assert may_import("dj_agent/toolbox.py", "mcp_server")
    assert may_import("engine/renderers/acestep/dit.py", "torch")
    for file, module in [
        ("dj_agent/play.py", "mcp_server"),
        ("dj_agent/play.py", "engine.keys"),
        ("engine/studio.py", "mcp"),
        ("engine/studio.py", "torch"),
        ("engine/studio.py", "engine.worker"),
        ("engine/renderers/sketch/renderer.py", "engine.settings"),
        ("mcp_server/tools/create.py", "engine.library"),
        ("mcp_server/tools/create.py", "numpy"),
        ("prompts/__init__.py", "pydantic"),
    ]:
        assert not may_import(file, module), (file, module)


@pytest.mark.parametrize("module", [*LIGHT_MODULES, "dj_agent.__main__"])
def test_importing_the_front_doors_loads_nothing_heavy(module: str):
    script = f"import json, sys, {module}; print(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(json.loads(done.stdout))
    assert module in loaded
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("file", EVERYTHING)
def test_files_and_functions_stay_short(file: str):
    lines = len((ROOT / file).read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_FILE_LINES, f"{file} has {lines} lines; give its second subject a file"
    for function in functions(file):
        length = (function.end_lineno or 0) - function.lineno + 1
        assert length <= MAX_FUNCTION_LINES, f"{file}: {function.name} has {length} lines"


@pytest.mark.parametrize("file", SHIPPED)
def test_functions_take_few_parameters(file: str):
    for function in functions(file):
        taken = function.args
        names = [one.arg for one in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)]
        count = len(names) - (names[:1] in (["self"], ["cls"]))
        assert count <= MAX_PARAMETERS, f"{file}: {function.name} takes {count} parameters"


@pytest.mark.parametrize("file", EVERYTHING)
def test_things_are_named_for_what_they_are(file: str):
    defined = [
        node.name for node in ast.walk(tree(file)) if isinstance(node, ast.ClassDef | Function)
    ]
    for name in (*defined, *file.removesuffix(".py").split("/")):
        vague = [word for word in WORD.findall(name) if UNSAID.fullmatch(word)]
        assert not vague, f"{file}: {name} says {vague[0]}; name it for what it knows or does"


def test_everything_is_caught_only_where_a_job_or_a_call_ends():
    broad = {
        file: handler.lineno
        for file in SHIPPED
        for handler in ast.walk(tree(file))
        if isinstance(handler, ast.ExceptHandler) and is_broad(handler)
    }
    places = "\n".join(f"{file}: {reason}" for file, reason in BROAD_EXCEPTS.items())
    assert set(broad) == set(BROAD_EXCEPTS), f"{broad}; everything may be caught only in\n{places}"


def is_broad(handler: ast.ExceptHandler) -> bool:
    """Whether it catches everything and doesn't pass it on."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    catches_all = any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException"))
        for kind in kinds
    )
    last = handler.body[-1]
    return catches_all and not (isinstance(last, ast.Raise) and last.exc is None)


def test_the_example_settings_are_the_settings_there_are():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    shown = re.findall(r"^# ([A-Z_]+)=", example, re.MULTILINE)
    providers = python_files("dj_agent/providers")
    read = {
        node.value
        for file in ("engine/settings.py", *providers)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Constant) and SETTING.fullmatch(str(node.value))
    }
    assert set(shown) == read
    assert len(shown) == len(read)
