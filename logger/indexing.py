"""Making messages findable that were stored before there was a search.

Owns: doing it in small steps beside the storing, until nothing is left.
Never: how a step is done, and how far it has come; the store keeps that, over every restart.
"""

import asyncio
from contextlib import suppress

import structlog

from parley.store.errors import StoreUnavailable
from parley.store.search.api import SearchBacklog

log = structlog.get_logger()

# Entries in one transaction: no message waits for long behind them.
_ENTRIES = 200
# Between two steps, in seconds: what is said now has precedence.
_REST_SECONDS = 0.05
_RETRY_SECONDS = 5.0


class OldMessages:
    """The old messages of a database. Several loggers may work on them at once."""

    def __init__(self, backlog: SearchBacklog) -> None:
        self._backlog = backlog
        self._stopping = asyncio.Event()
        self._indexed = 0

    async def run(self) -> None:
        """Work until nothing is left, or until `stop`."""
        while not self._stopping.is_set():
            try:
                indexed = await self._backlog.index_some(_ENTRIES)
            except StoreUnavailable as error:
                log.warning("not_reached", work="old_messages", error=str(error))
                await self._pause(_RETRY_SECONDS)
                continue
            if indexed is None:
                break
            self._indexed += indexed
            await self._pause(_REST_SECONDS)
        if self._indexed:
            log.info("old_messages_indexed", messages=self._indexed)

    def stop(self) -> None:
        """Finish the step under way, and end."""
        self._stopping.set()

    async def _pause(self, seconds: float) -> None:
        """Wait, but no longer than until the stop."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
