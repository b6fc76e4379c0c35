"""How far one has come in rooms: counts, receipts, and the list of rooms that is made of them.

Owns: the steps of these commands, but for `mark`, which is the connection's.
Never: how a mark travels (`gateway.marking`).
"""

from collections.abc import Callable

from gateway.accounts import Identity
from gateway.authorising import authorise
from gateway.commands.finding import Finder, event_of, fitting
from gateway.commands.tools import Handlers
from gateway.marking import Marking
from gateway.states import StateReader
from parley.domain.permissions import Action
from parley.domain.receipts import Reach
from parley.protocol import limits
from parley.protocol.commands import (
    CountUnread,
    ExplainUnread,
    MarkUnread,
    MessageInfo,
    MessageReceipts,
    Nothing,
    Overview,
    Recipient,
    RoomOverview,
    RoomOverviews,
    RoomReceipts,
    RoomStanding,
    ShowReceipts,
    Standings,
    Unread,
)
from parley.recovery.fences import Fences
from parley.store.api import FullDirectory
from parley.store.mark_records import OverviewRow, RecipientRow, Standing
from parley.stream.keys import shard_of

# To one who lets nobody know what they have read, nobody does.
_NOT_TOLD = -1


class MarkCommands:
    """Commands about marks. `shards` is their number, `clock` gives Unix milliseconds."""

    def __init__(
        self,
        directory: FullDirectory,
        marking: Marking,
        finder: Finder,
        states: StateReader,
        fences: Fences,
        shards: int,
        clock: Callable[[], int],
    ) -> None:
        self._directory, self._marking, self._finder = directory, marking, finder
        self._states = states
        self._fences, self._shards, self._clock = fences, shards, clock

    def handlers(self) -> Handlers:
        """Return what carries out each command."""
        return {
            MarkUnread: self._mark_unread,
            CountUnread: self._count,
            ExplainUnread: self._explain,
            ShowReceipts: self._receipts,
            MessageInfo: self._message_info,
            Overview: self._overview,
        }

    async def _mark_unread(self, who: Identity, command: MarkUnread) -> Nothing:
        await authorise(self._directory, who.person.id, command.room, Action.READ)
        await self._directory.set_marked_unread(who.person.id, command.room, command.on)
        return Nothing()

    # --- counts ----------------------------------------------------------------------------

    async def _count(self, who: Identity, command: CountUnread) -> Standings:
        reads = await self._marking.reads(who.person.id, command.rooms)
        found = await self._directory.room_standings(who.person.id, reads)
        return Standings([await self._standing(each) for each in found])

    async def _explain(self, who: Identity, command: ExplainUnread) -> Unread:
        account, room = who.person.id, command.room
        await authorise(self._directory, account, room, Action.READ)
        reads = await self._marking.reads(account, [room])
        (standing,) = await self._directory.room_standings(account, reads)
        entries = await self._directory.unread_entries(
            account,
            room,
            after=max(command.after, standing.tally.read),
            limit=command.limit + 1,
        )
        generation = await self._generation(room)
        shown = entries[: fitting(entries[: command.limit])]
        events = [event_of(room, entry, generation) for entry in shown]
        return Unread(await self._standing(standing), events, len(events) < len(entries))

    # --- receipts --------------------------------------------------------------------------

    async def _receipts(self, who: Identity, command: ShowReceipts) -> RoomReceipts:
        await authorise(self._directory, who.person.id, command.room, Action.READ)
        told = await self._marking.receipts(command.room, who.person.id)
        return RoomReceipts(told.room, told.generation, told.delivered, told.read)

    async def _message_info(self, who: Identity, command: MessageInfo) -> MessageReceipts:
        room, author = command.room, command.target.author
        await authorise(self._directory, who.person.id, room, Action.READ)
        seq = await self._finder.seq(room, command.target)
        counted = await self._directory.count_recipients(who.person.id, room, author, seq)
        if counted.people > limits.RECEIPTS_PEOPLE:
            read = counted.read if counted.asker_tells else _NOT_TOLD
            return MessageReceipts(counted.people, counted.delivered, read, [])
        rows = await self._directory.recipients(room, author, seq)
        reached = await self._marking.reached(room)
        fence = await self._fences.current(shard_of(room, self._shards))
        versions = await self._states.versions(room, fence, command.target, seq)
        seqs, now = [seq, *(each.seq for each in versions[1:])], self._clock()
        people = []
        for row in rows:
            told = _recipient(row, reached.get(row.account_id, Reach(0, 0)), seqs, now)
            is_told = row.tells and counted.asker_tells
            people.append(told if is_told else Recipient(told.person, told.delivered_at, 0))
        return MessageReceipts(
            len(people),
            sum(1 for each in people if each.delivered_at),
            sum(1 for each in people if each.read_at) if counted.asker_tells else _NOT_TOLD,
            people,
        )

    # --- the list of rooms -----------------------------------------------------------------

    async def _overview(self, who: Identity, command: Overview) -> RoomOverviews:
        account = who.person.id
        rows = await self._directory.overview(account, after=command.after, limit=command.limit + 1)
        shown = rows[: fitting([row.last for row in rows[: command.limit]])]
        more = len(shown) < len(rows)
        return RoomOverviews(
            [await self._room_overview(row) for row in shown],
            self._directory.overview_cursor(shown[-1]) if more else None,
        )

    async def _room_overview(self, row: OverviewRow) -> RoomOverview:
        generation = await self._generation(row.room.id)
        last, edit = (
            None if entry is None else event_of(row.room.id, entry, generation)
            for entry in (row.last, row.edit)
        )
        standing = await self._standing(row.standing)
        return RoomOverview(row.room, standing, last, edit, row.first_unread, row.draft)

    async def _standing(self, standing: Standing) -> RoomStanding:
        tally = standing.tally
        return RoomStanding(
            standing.room_id,
            await self._generation(standing.room_id),
            *tally[:4],
            sorted(tally.hidden),
            standing.marked_unread,
        )

    async def _generation(self, room: str) -> int:
        """Return the present generation, in which what is stored stands now."""
        return (await self._fences.current(shard_of(room, self._shards))).generation


def _recipient(row: RecipientRow, lately: Reach, versions: list[int], now: int) -> Recipient:
    """Return how far somebody has come with a message whose versions stand at these seqs.

    `lately` is what is not written yet, and so counts as marked now.
    """
    seq, read = versions[0], max(row.read, lately.read)
    return Recipient(
        row.account_id,
        row.delivered_at or (now if lately.delivered >= seq else 0),
        row.read_at or (now if lately.read >= seq else 0),
        sum(1 for each in versions if each <= read),
    )
