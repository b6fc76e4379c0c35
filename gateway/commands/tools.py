"""What several commands need.

Owns: new ids and codes, telling a room what has changed in it, and writing down what concerns the
safety of an account or a room.
Never: a command.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import structlog

from gateway.accounts import Identity
from gateway.appender import Appender, Placed
from parley.protocol.commands import Command, Result, Room
from parley.protocol.ids import new_cmid, new_id
from parley.recovery.notices import notice_draft
from parley.store.api import FullDirectory
from parley.store.errors import StoreUnavailable
from parley.store.records import Changed, NoticeRow

log = structlog.get_logger()

# An invitation's code: a secret that cannot be guessed, and that people can copy.
_CODE_BITS = 160

Handler = Callable[[Identity, Any], Awaitable[Result | bytes]]
"""Carries out a command; bytes are the whole answer, encoded already."""
Handlers = dict[type[Command], Handler]


class Tools:
    """`clock` gives Unix milliseconds, `random_bits` unguessable bits."""

    def __init__(
        self,
        directory: FullDirectory,
        appender: Appender,
        clock: Callable[[], int],
        random_bits: Callable[[int], int],
    ) -> None:
        self._directory, self._appender = directory, appender
        self.clock, self.random_bits = clock, random_bits

    def new_id(self) -> str:
        """Return an id for a room."""
        return new_id(self.clock(), self.random_bits(32))

    def new_cmid(self) -> str:
        """Return an id for a notice."""
        return new_cmid(self.clock(), self.random_bits(80))

    def new_code(self) -> str:
        """Return an invitation's code."""
        return base64.b32encode(self.random_bits(_CODE_BITS).to_bytes(_CODE_BITS // 8)).decode()

    def told(self, changed: Changed) -> Room:
        """Tell the room of a change, and return it."""
        self.tell(changed.notices)
        return changed.room

    def tell(self, notices: Iterable[NoticeRow]) -> None:
        """Append notices at once; what fails is found by the logger, who does it."""
        for notice in notices:
            placed = self._appender.submit(notice.room_id, notice_draft(notice))
            placed.add_done_callback(_note_failure)

    async def record(
        self, who: Identity, event: str, subject: str | None = None, **detail: str | int | None
    ) -> None:
        """Write down what somebody has done. What is done stays done if that fails."""
        try:
            await self._directory.record(
                event, actor=who.person.id, subject=subject, detail=dict(detail)
            )
        except StoreUnavailable as error:
            log.warning("not_recorded", event_=event, actor=who.person.id, error=str(error))


def _note_failure(placed: asyncio.Future[Placed]) -> None:
    if not placed.cancelled() and placed.exception() is not None:
        log.info("notice_delayed", error=str(placed.exception()))
