"""That somebody is typing, passed on to those who look at the room.

Owns: how often it is passed on, to whom it is not, and for how long it holds.
Never: a store of it: who comes too late hears it the next time.
"""

from collections.abc import Callable
from typing import NamedTuple

from gateway.accounts import Identity
from gateway.authorising import authorise
from parley.domain.permissions import Action
from parley.observe.metrics import GatewayMetrics
from parley.protocol.limits import TYPING_PEOPLE
from parley.store.api import FullDirectory
from parley.stream.keys import room_channel, shard_of
from parley.stream.log import RoomLog
from parley.stream.published import TypingTold, format_typing

# Of one person in one room, passed on no more often than so many seconds.
PAUSE_SECONDS = 3.0
# How long it holds: a client tells it again every few seconds, and one of them may be lost.
HOLDS_MS = 7_000
# Before so many are remembered, those whose pause is over are forgotten.
_REMEMBERED = 10_000


class _Told(NamedTuple):
    """When a person was last passed on as typing in a room, and whether that still holds."""

    at: float
    is_on: bool


class TypingSignals:
    """The signals of one gateway's clients. `timer` gives seconds that never go back."""

    def __init__(
        self,
        directory: FullDirectory,
        room_log: RoomLog,
        metrics: GatewayMetrics,
        timer: Callable[[], float],
    ) -> None:
        self._directory, self._room_log = directory, room_log
        self._metrics, self._timer = metrics, timer
        self._told: dict[tuple[str, str], _Told] = {}

    async def tell(self, who: Identity, room: str, *, on: bool) -> None:
        """Tell a room that somebody is typing, or no longer.

        Raises UnknownRoom, NotAMember, NotAllowed, LogUnavailable and StoreUnavailable.
        """
        account, now = who.person.id, self._timer()
        held = await authorise(self._directory, account, room, Action.SEND)
        last = self._told.get((account, room), _Told(-PAUSE_SECONDS, is_on=False))
        is_too_soon = on and now < last.at + PAUSE_SECONDS
        is_known = not on and not (last.is_on and now < last.at + HOLDS_MS / 1000)
        if held.is_mute or is_too_soon or is_known:
            return
        if (await self._directory.room_detail(account, room)).members > TYPING_PEOPLE:
            return
        self._remember((account, room), _Told(now if on else last.at, on), now)
        hidden_from = sorted(await self._directory.kept_apart(account))
        told = TypingTold(account, HOLDS_MS if on else 0, hidden_from)
        channel = room_channel(shard_of(room, self._room_log.shards), room)
        await self._room_log.publish(channel, format_typing(told))
        self._metrics.typing_told.inc()

    def _remember(self, key: tuple[str, str], told: _Told, now: float) -> None:
        if len(self._told) >= _REMEMBERED:
            late = now - HOLDS_MS / 1000
            self._told = {key: told for key, told in self._told.items() if told.at > late}
        self._told[key] = told
