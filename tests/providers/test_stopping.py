"""A reply that nobody wants to hear to its end."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress

import pytest
from model_servers import playing
from wires import HELLO, WIRES, Said, Wire

from dj_agent.messages import TextDelta

every_wire = pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)


@every_wire
@pytest.mark.parametrize("how", ["cancelled", "closed"])
def test_it_is_left_at_once(wire: Wire, how: str):
    frames = wire.frames(Said(text="Hello there, how long shall it be?"))[:5]

    async def listen(address: str) -> None:
        begun = asyncio.Event()

        async def turn() -> None:
            async with aclosing(wire.provider(address).stream(HELLO, [])) as parts:
                async for part in parts:
                    if isinstance(part, TextDelta):
                        begun.set()
                        if how == "closed":
                            return

        task = asyncio.create_task(turn())
        await begun.wait()
        if how == "cancelled":
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, 3)

    with playing(wire.raw(*frames, hangs=True)) as played:
        asyncio.run(asyncio.wait_for(listen(played.address), 6))
