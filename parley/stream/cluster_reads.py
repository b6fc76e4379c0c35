"""Reading several shards' streams of a Redis Cluster, where one read may not ask for two slots.

Owns: reads that wait side by side, each at the server that has its stream.
Never: what was read.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

# A read that has failed rests for so many seconds, while those at other servers go on.
_REST_SECONDS = 0.5


class WaitingReads:
    """XREAD of streams in any slots, as one server would do it.

    Each stream's read waits at its own server. Those that have found nothing go on waiting when
    the call returns, and are asked for by the next one. One caller at a time may wait; any number
    may read without waiting.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        # For each stream: the position that is read after, and the read.
        self._under_way: dict[str, tuple[str, asyncio.Task[list[Any]]]] = {}

    async def xread(
        self, streams: Mapping[str, str], count: int | None = None, block: int | None = None
    ) -> list[Any]:
        """Return what comes first, within `block` milliseconds; None does not wait.

        A server that fails holds up nobody who waits at another: its error is raised if nothing
        else has come.
        """
        if block is None:
            reads = (self._read(name, at, count, None) for name, at in streams.items())
            return [item for found in await asyncio.gather(*reads) for item in found]
        return await self._wait(streams, count, block)

    async def aclose(self) -> None:
        """End what still waits."""
        await asyncio.gather(*self._forget_all_but({}), return_exceptions=True)
        await self._client.aclose()

    async def _wait(self, streams: Mapping[str, str], count: int | None, block: int) -> list[Any]:
        loop = asyncio.get_running_loop()
        until = loop.time() + block / 1000
        failure: BaseException | None = None
        self._forget_all_but(streams)
        while (left := until - loop.time()) > 0:
            for name, position in streams.items():
                if name not in self._under_way:
                    reading = self._read(name, position, count, block)
                    self._under_way[name] = position, asyncio.create_task(reading)
            reads = [read for _, read in self._under_way.values()]
            await asyncio.wait(reads, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            found, failed = self._take_ended()
            if found:
                return found
            failure = failed or failure
        if failure is not None:
            raise failure
        return []

    async def _read(
        self, name: str, position: str, count: int | None, block: int | None
    ) -> list[Any]:
        answer: list[Any] = await self._client.xread({name: position}, count, block)
        return answer

    def _take_ended(self) -> tuple[list[Any], BaseException | None]:
        """Return what the reads have found that have ended; one that failed rests first."""
        found: list[Any] = []
        failure: BaseException | None = None
        for name, (position, read) in list(self._under_way.items()):
            if not read.done():
                continue
            del self._under_way[name]
            failed = read.exception()
            if failed is None:
                found += read.result()
            else:
                failure = failed
                self._under_way[name] = position, asyncio.create_task(_rest())
        return found, failure

    def _forget_all_but(self, streams: Mapping[str, str]) -> list[asyncio.Task[list[Any]]]:
        """End the reads of other streams, and from other positions; return them."""
        ending = []
        for name, (position, read) in list(self._under_way.items()):
            if streams.get(name) != position:
                del self._under_way[name]
                read.cancel()
                read.add_done_callback(_take_no_notice)
                ending.append(read)
        return ending


def _take_no_notice(read: asyncio.Task[Any]) -> None:
    """It may have failed before it could be cancelled, and nobody asks any more."""
    if not read.cancelled():
        read.exception()


async def _rest() -> list[Any]:
    await asyncio.sleep(_REST_SECONDS)
    return []
