"""Prompts that a person can start from, in hosts that show them."""

from __future__ import annotations

from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from pydantic import Field

from prompts import load


def add_prompts(app: MCPServer[Any]) -> None:
    @app.prompt(
        title="Write a song",
        description="Turn an idea into a caption and lyrics, and have the song made.",
    )
    def write_a_song(
        idea: Annotated[str, Field(description="What the song is about, and how it should feel.")],
    ) -> str:
        return load("write_a_song", idea=idea)

    @app.prompt(
        title="Prepare a DJ set",
        description="Plan a set from a brief, then find or make its tracks.",
    )
    def dj_set(
        brief: Annotated[str, Field(description="The occasion, the mood, the styles.")],
        minutes: Annotated[str, Field(description="Length of the set; default 30.")] = "30",
    ) -> str:
        return load("dj_set", brief=brief, minutes=minutes)
