"""No language model: a marker for those who plan without one."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from dj_agent.messages import Message, Part, ToolSpec
from dj_agent.providers.errors import NoModel


class Offline:
    """A provider that has nobody to ask."""

    name, model, context_tokens = "offline", "", 0

    async def stream(
        self,
        messages: Sequence[Message],  # noqa: ARG002
        tools: Sequence[ToolSpec],  # noqa: ARG002
    ) -> AsyncGenerator[Part]:
        """Raises `NoModel`."""
        raise NoModel(
            "There is no language model to talk to; set OPENROUTER_API_KEY, ANTHROPIC_API_KEY or "
            "GEMINI_API_KEY, or start Ollama."
        )
        yield  # makes it a stream
