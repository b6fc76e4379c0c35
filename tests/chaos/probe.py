"""How long it takes until all is well again, as a stranger at every gateway finds out.

Owns: the probe: a message that is stored, and seen at every gateway.
Never: the people of a round; they may wait longer, since they come back after growing pauses.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

from parley.protocol.ids import LOBBY
from tests.chaos.raw import Frame, RawClient, RawFailed, raw_client

# One try, after which another message is sent, and the pause before it, in seconds.
_TRY_SECONDS = 2.0
_PAUSE_SECONDS = 0.05


class NotRecovered(Exception):
    """No message came through within the time; `reason` is what the last try met."""

    def __init__(self, seconds: float, reason: str) -> None:
        super().__init__(seconds, reason)
        self.seconds, self.reason = seconds, reason

    def __str__(self) -> str:
        return f"no message came through within {self.seconds:.0f} s; at last: {self.reason}"


async def came_through(ports: Sequence[int], token: str, within: float) -> None:
    """Return once a message sent at the first gateway is stored and seen at all of them.

    Raises NotRecovered.
    """
    deadline = time.monotonic() + within
    reason = "it was not tried"
    while time.monotonic() < deadline:
        try:
            async with asyncio.timeout(_TRY_SECONDS):
                await _try(ports, token)
                return
        except TimeoutError:
            reason = "no answer in time"
        except RawFailed as error:
            reason = str(error)
        await asyncio.sleep(_PAUSE_SECONDS)
    raise NotRecovered(within, reason)


async def _try(ports: Sequence[int], token: str) -> None:
    async with AsyncExitStack() as stack:
        places = [Place() for _ in ports]
        clients: list[RawClient] = []
        for port, place in zip(ports, places, strict=True):
            client = await stack.enter_async_context(raw_client(port, token, place.hear))
            await client.follow(LOBBY)
            clients.append(client)
        sent = await clients[0].say(LOBBY, "probe")
        await asyncio.gather(*(place.sees(sent["cmid"]) for place in places))
        if not sent["stored"]:
            await places[0].has_stored(sent["generation"], sent["seq"])


class Place:
    """What was heard at one gateway."""

    def __init__(self) -> None:
        self._seen: set[str | None] = set()
        self._stored = (0, 0)
        self._changed = asyncio.Event()

    def hear(self, frame: Frame) -> None:
        """Take a frame that came unasked."""
        match frame:
            case {"type": "event", "cmid": cmid}:
                self._seen.add(cmid)
            case {"type": "stored", "generation": generation, "seq": seq}:
                self._stored = max(self._stored, (generation, seq))
            case {"type": "position", "generation": generation, "stored": stored}:
                self._stored = max(self._stored, (generation, stored))
        self._changed.set()

    async def sees(self, cmid: str) -> None:
        """Return once the message was heard."""
        while cmid not in self._seen:
            await self._change()

    async def has_stored(self, generation: int, seq: int) -> None:
        """Return once the place is known to be stored; never, if its generation has ended."""
        while not (self._stored[0] == generation and self._stored[1] >= seq):
            await self._change()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()
