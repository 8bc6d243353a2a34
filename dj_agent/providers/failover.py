"""Several providers as one: where one fails, the next takes over the conversation.

Knows our own types only. That no provider is sent what only another could read is the adapters'
own concern: see `Extra`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from dj_agent.messages import Message, Notice, Part, ToolSpec
from dj_agent.providers.errors import ProviderError
from dj_agent.providers.protocol import ChatProvider


class Failover:
    """The providers in the order in which they are asked. Whoever answered last is asked first."""

    def __init__(self, providers: Sequence[ChatProvider]) -> None:
        if not providers:
            raise ValueError("a failover needs a provider")
        self._providers = tuple(providers)
        self._now = 0

    @property
    def name(self) -> str:
        return self._providers[self._now].name

    @property
    def model(self) -> str:
        return self._providers[self._now].model

    @property
    def context_tokens(self) -> int:
        return self._providers[self._now].context_tokens

    async def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[Part]:
        """The parts of the reply of whoever can give one. Raises the first provider's error if none
        can, or an error that all would have."""
        first: ProviderError | None = None
        begun = False
        for step in range(len(self._providers)):
            try:
                async with aclosing(self._providers[self._now].stream(messages, tools)) as parts:
                    async for part in parts:
                        begun = begun or not isinstance(part, Notice)
                        yield part
                return
            except ProviderError as error:
                first = first or error
                if not error.elsewhere or step == len(self._providers) - 1:
                    self._now = (self._now + 1) % len(self._providers)
                    raise first from None
                sentence = error.message
            self._now = (self._now + 1) % len(self._providers)
            yield Notice(f"{sentence} {self.name} takes over, with {self.model}.", restarts=begun)
            begun = False
