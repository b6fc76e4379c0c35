"""A crowd that connects at once, twice: the second time after all its connections were cut.

    python -m tests.chaos.crowd PORTS CLIENTS    prints the seconds that the second time took

It then stays until its standard input ends. Nobody waits before the first try, which is worse
than any real crowd; who fails waits as the SDK does.

Owns: a process of light clients, so that none of this costs the run's own event loop anything.
Never: a message. A crowd listens.
"""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import AsyncExitStack, suppress
from random import random

from parley.client.backoff import RECONNECT
from parley.protocol.ids import LOBBY
from tests.chaos.accounts import crowd_name, token_of
from tests.chaos.raw import RawFailed, raw_client

# Who is not inside by then begins anew, in seconds.
_ENTER_SECONDS = 30.0


class Crowd:
    """So many clients, spread over the ports."""

    def __init__(self, ports: list[int], clients: int) -> None:
        self._ports, self._clients = ports, clients
        self._inside = 0
        self._all_inside, self._cut = asyncio.Event(), asyncio.Event()

    async def come(self) -> None:
        """Connect all, cut all, connect all; print the seconds that the last step took."""
        async with asyncio.TaskGroup() as group:
            clients = [group.create_task(self._live(i)) for i in range(self._clients)]
            await self._all_inside.wait()
            self._all_inside.clear()
            began, self._inside = time.monotonic(), 0
            self._cut.set()
            self._cut = asyncio.Event()
            await self._all_inside.wait()
            print(time.monotonic() - began, flush=True)
            await asyncio.to_thread(sys.stdin.read)
            for client in clients:
                client.cancel()

    async def _live(self, number: int) -> None:
        tries = 0
        while True:
            port = self._ports[(number + tries) % len(self._ports)]
            with suppress(RawFailed, TimeoutError):
                async with AsyncExitStack() as connected:
                    async with asyncio.timeout(_ENTER_SECONDS):
                        client = raw_client(port, token_of(crowd_name(number)))
                        me = await connected.enter_async_context(client)
                        await me.follow(LOBBY)
                    cut = self._cut
                    self._enter()
                    tries = -1
                    await cut.wait()
            tries += 1
            if tries:
                await asyncio.sleep(RECONNECT.delay(tries - 1, random()))

    def _enter(self) -> None:
        self._inside += 1
        if self._inside == self._clients:
            self._all_inside.set()


def main() -> None:
    """Let the crowd come."""
    ports, clients = [int(port) for port in sys.argv[1].split(",")], int(sys.argv[2])
    asyncio.run(Crowd(ports, clients).come())


if __name__ == "__main__":
    main()
