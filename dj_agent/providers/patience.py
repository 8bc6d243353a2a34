"""How long a provider is waited for, and how often it is asked again.

Knows time and our own errors; knows no format. The SDKs have retries of their own, which are
switched off: their waits can't be chosen, one of them obeys a server that says "come back in a
week", and none of them tells the person why nothing happens.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeVar

import anyio

from dj_agent.messages import Notice, Part
from dj_agent.providers.errors import ProviderError, TimedOut

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what. A test waits for nothing."""

    waits_s: tuple[float, ...] = (1.0, 4.0, 15.0)
    """Before each new attempt, unless the provider names a time."""
    longest_wait_s: float = 60.0
    """A provider that wants more than that isn't waited for."""
    connect_s: float = 10.0
    silence_s: float = 180.0
    """For the next event of a stream. Models may think that long before they say anything; bytes
    that only keep the connection alive are no event."""

    def pause_s(self, error: ProviderError, attempt: int) -> float | None:
        """How long to wait after the failed attempt, counted from 0; None: give up."""
        if not error.again or attempt >= len(self.waits_s):
            return None
        pause = self.waits_s[attempt] if error.retry_after_s is None else error.retry_after_s
        return pause if pause <= self.longest_wait_s else None


async def patient(
    ask: Callable[[], AsyncGenerator[Part]], patience: Patience
) -> AsyncGenerator[Part]:
    """The parts of the first attempt that gets as far as one. What fails later isn't repeated:
    the person has read the beginning. Raises `ProviderError`."""
    attempt = 0
    while True:
        begun = False
        try:
            async with aclosing(ask()) as parts:
                async for part in parts:
                    begun = True
                    yield part
            return
        except ProviderError as error:
            pause_s = patience.pause_s(error, attempt)
            if begun or pause_s is None:
                raise
            sentence = error.message
        yield Notice(f"{sentence} Trying again in {pause_s:.0f} s.")
        await anyio.sleep(pause_s)
        attempt += 1


async def within(events: AsyncIterator[T], silence_s: float, label: str) -> AsyncGenerator[T]:
    """The events, as long as each comes in time. Raises `TimedOut`."""
    while True:
        try:
            with anyio.fail_after(silence_s):
                event = await anext(events)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise TimedOut(
                f"{label} said nothing for {silence_s:.0f} s; try again, or another model."
            ) from None
        yield event
