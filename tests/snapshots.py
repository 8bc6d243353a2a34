"""Writes down what the server lists: run it after a change that is meant, and review the diff."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mcp_server.manual import tools_page
from mcp_server.tools import TOOLS

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests/golden/tools.json"
MANUAL = ROOT / "docs/tools.md"


def listed() -> list[dict[str, Any]]:
    """The tool list as it goes over the wire."""
    return [
        tool.listed().model_dump(mode="json", by_alias=True, exclude_none=True) for tool in TOOLS
    ]


def main() -> None:
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(json.dumps(listed(), indent=2) + "\n", "utf-8")
    MANUAL.write_text(tools_page(TOOLS), "utf-8")


if __name__ == "__main__":
    main()
