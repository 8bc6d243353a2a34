"""What every provider of a language model is."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from dj_agent.messages import Message, Part, ToolSpec


class ChatProvider(Protocol):
    """A language model that can be talked to. It keeps nothing of a conversation."""

    @property
    def name(self) -> str:
        """The provider, as DJ_PROVIDER has it."""
        ...

    @property
    def model(self) -> str: ...

    @property
    def context_tokens(self) -> int:
        """How much the model can read and write in one go."""
        ...

    def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[Part]:
        """The model's reply to the messages, part by part; the last one is `Finished`.

        Every call in the messages must be followed by its result. Close the generator to stop the
        reply; cancelling the task that reads it does that, too. Raises `ProviderError`: before the
        first part, after the provider has been asked again as often as makes sense; later, at once.
        """
        ...
