"""The seam between Parley and its database: two interfaces, and nothing of SQL.

Owns: what the gateway, the logger and recovery may ask of a store. Every method may raise
`StoreUnavailable`; other errors are named where they belong. Of the directory, the core is here,
which every connection needs; `room_api.py`, `account_api.py` and `administration_api.py` have the
rest.
Never: how it is done (`directory.py` and `logs.py` do it in SQL).

Ids and token hashes are made by the caller. Times are Unix milliseconds by the store's own clock.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from parley.protocol.commands import Person, Room, Rooms
from parley.protocol.entry import Entry, IngestEntry
from parley.store.account_api import PeopleDirectory, SessionDirectory
from parley.store.administration_api import Administration
from parley.store.batch import Readings
from parley.store.mark_records import NewMark
from parley.store.marks_api import Marks
from parley.store.message_states_api import MessageStates
from parley.store.personal_api import Personal
from parley.store.records import (
    Changed,
    Changes,
    Credentials,
    Found,
    Membership,
    NewAccount,
    NewSession,
    NoticeRow,
    RoomSeed,
    ShardRow,
    Signed,
    Written,
)
from parley.store.room_api import RoomDirectory
from parley.store.search.api import MessageSearch
from parley.store.whereabouts_api import WhereaboutsDirectory


class Directory(Protocol):
    """Accounts, sessions, rooms and members.

    A change is one transaction: the rows, the accounts' `directory_version`, and the notice that
    the room is to see.
    """

    async def ensure_lobby(self) -> None:
        """Make the room that everyone is in, unless it is there already."""

    async def sign_up(self, account: NewAccount, session: NewSession) -> Person:
        """Make an account with its first session, and put it in the lobby.

        With a code, count its use; the administrator's code makes an administrator, who owns the
        lobby. Whether one may sign up without is not decided here. Raises UserNameTaken, also for
        a name that looks like somebody's, and InvalidInvitation.
        """

    async def credentials(self, user_name: str) -> Credentials | None:
        """Return what to check a password against; None if nobody may sign in by that name."""

    async def open_session(self, account_id: str, session: NewSession) -> None:
        """Make a session for another device of the account.

        Of more than a hundred, the one last seen longest ago ends.
        """

    async def session(self, token_hash: bytes) -> Signed | None:
        """Return whose token it is; None if it never was one, or no longer is.

        Notes that the device was seen, at most once a minute.
        """

    async def revoke_session(self, session_id: str) -> None:
        """End a session: its token opens nothing any more. Ending it again changes nothing."""

    async def revoke_sessions(
        self, account_id: str, *, except_session: str | None = None
    ) -> list[str]:
        """End all of an account's sessions but one, and return the ids of those that ended."""

    async def membership(self, account_id: str, room_id: str) -> Membership | None:
        """Return the account's membership; None if it is not, or no longer, in an open room."""

    async def memberships(self, account_id: str) -> list[Membership]:
        """Return every open room that the account is in."""

    async def room(self, account_id: str, room_id: str) -> Room | None:
        """Return an open room, as far as the asker may see it: a channel, or one of its own."""

    async def rooms_of(self, account_id: str, *, query: str = "", after: str, limit: int) -> Rooms:
        """Return a page of the account's own rooms, by name; those whose name or topic has `query`.

        `after` is a previous page's `next`, or empty. Raises NotUnderstood if it is neither.
        """

    async def public_rooms(
        self, account_id: str, *, query: str = "", after: str, limit: int
    ) -> Rooms:
        """Return a page of the open channels, by name, with the asker's role in each.

        `query` and `after` as in `rooms_of`. Raises NotUnderstood.
        """

    async def create_channel(self, room_id: str, name: str, owner: str, notice_id: str) -> Changed:
        """Make a channel with its owner in it. Raises RoomNameTaken."""

    async def join(self, account_id: str, room_id: str, notice_id: str) -> Changed:
        """Put an account into a channel. Who is in already stays so, and no notice is given.

        Raises UnknownRoom, Banned, RoomFull, TooManyRooms.
        """

    async def leave(self, account_id: str, room_id: str, notice_id: str) -> Changed:
        """Take an account out of a room, and raise the room's authority by one.

        A group that is then empty is closed. Raises NotAMember, LastOwner, NotAllowed for a direct
        room, and CannotLeave for the lobby.
        """

    async def people(self, ids: Collection[str]) -> list[Person]:
        """Return those of the people that exist, or did, in no particular order."""

    async def changes(self, window_ms: int) -> Changes:
        """Return what was stamped within the last `window_ms`.

        A stamp is made before its transaction commits: ask for a window well longer than the
        time between two questions and the longest transaction together.
        """

    async def due_notices(self, older_than_ms: int, limit: int) -> list[NoticeRow]:
        """Return the notices that have waited longer than that, the oldest first."""

    async def purge_sessions(self, older_than_ms: int, limit: int) -> int:
        """Remove sessions that ended longer ago than that.

        Return how many rows are gone, at most `limit`.
        """

    async def purge_audit(self, older_than_ms: int, limit: int) -> int:
        """Remove what was written down longer ago than that, the oldest first.

        Return how many rows are gone, at most `limit`.
        """

    async def write_marks(self, marks: Sequence[NewMark]) -> list[NewMark]:
        """Write how far rooms were received and read, as far as it is stored; the greatest counts.

        Return those that need not be written again. A mark of another generation than its shard's
        covers what may have been lost, and is passed over.
        """


class FullDirectory(
    Directory,
    MessageStates,
    RoomDirectory,
    PeopleDirectory,
    SessionDirectory,
    Administration,
    Marks,
    Personal,
    MessageSearch,
    WhereaboutsDirectory,
    Protocol,
):
    """The directory as a whole."""


class HeldShard(Protocol):
    """A shard's row under lock, inside one transaction.

    Leave the context to commit everything done here at once; raise to undo it all.
    """

    @property
    def row(self) -> ShardRow:
        """The row as it now is: compare generation, checkpoint and owner before writing."""

    async def write(self, entries: Sequence[IngestEntry]) -> Written:
        """Store entries of this shard's rooms, in the order of the ingest stream.

        A room's log stays contiguous. Reading entries again is harmless. What cannot be stored
        leaves a stone and is set aside; what clashes with a different message, or would leave a
        hole, is set aside with the rest of its room in this batch, and is an alarm.
        """

    async def advance(self, checkpoint: int) -> None:
        """Record that all ingest entries up to `checkpoint` are stored."""

    async def begin_generation(self, identity: str, *, above: int = 0) -> int:
        """Begin the next generation, on the Redis server of that identity, and return its number.

        It is higher than `above` as well: Redis is ahead of a database restored from a backup.
        The checkpoint starts at 0 again.
        """


class HeldShards(Protocol):
    """The rows of some shards under lock, inside one transaction, as with `HeldShard`."""

    @property
    def rows(self) -> Mapping[int, ShardRow]:
        """The rows as they now are, by number: compare each before writing."""

    async def write(self, batches: Mapping[int, Readings]) -> dict[int, Written]:
        """Store a batch of each of these shards, as `HeldShard.write` does with one."""

    async def advance(self, checkpoints: Mapping[int, int]) -> None:
        """Record how far the ingest entries of each of these shards are stored."""


class Logs(Protocol):
    """The stored logs of all rooms, and the shards through which they are written."""

    async def fix_shards(self, count: int) -> None:
        """Make the shards at first use; afterwards, only check. Raises ShardCountMismatch."""

    async def shards(self) -> list[ShardRow]:
        """Return every shard's row, by number."""

    async def lease(
        self, shard: int, owner: str, duration_ms: int, *, force: bool = False
    ) -> ShardRow | None:
        """Take or renew a shard's lease; None if somebody else holds it.

        It is free if nobody holds it, or the holder's time is up, or further away than any lease
        is long: the clock has been put back. `force` takes it regardless:
        the former holder finds out in the row that it holds next.
        """

    async def release(self, shard: int, owner: str) -> None:
        """Give the lease up, if it is still the owner's."""

    async def attend(self, logger: str, duration_ms: int) -> list[str]:
        """Say that a logger is at work for so long; return all that are, in no particular order.

        It is for dividing the shards alone: who has one, its row says.
        """

    async def depart(self, logger: str) -> None:
        """Say that a logger is at work no longer."""

    def hold(self, shard: int) -> AbstractAsyncContextManager[HeldShard]:
        """Lock a shard's row for one transaction. Entering raises UnknownShard."""

    def hold_some(
        self, shards: Collection[int], *, wait: bool
    ) -> AbstractAsyncContextManager[HeldShards]:
        """Lock the rows of some shards for one transaction.

        A row that is locked by somebody else is waited for, or else left out.
        """

    async def seed(self, room: str) -> RoomSeed | None:
        """Return where the room's log continues; None if there is no such room.

        None too for one that is closed, unless a notice still waits to be told in it.
        """

    async def page(
        self,
        room: str,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int,
        max_bytes: int,
        shown: bool = False,
        reader: str | None = None,
    ) -> list[Entry]:
        """Return stored entries, ascending: those next above `after`, else those next below
        `before`, else the latest.

        At most `limit`, and no more than fit in `max_bytes` of bodies; but one, if there is any.
        With `shown` only what there is to read, none that changes a message; with `reader` none
        that this person has hidden.
        With both bounds: those above `after`, as far as they are below `before`.
        """

    async def survived(self, room: str, generation: int) -> int:
        """Return the last seq stored in that generation or an earlier one; 0 if none."""

    async def find(self, author: str, cmid: str) -> Found | None:
        """Return where a message of that author is stored."""

    async def set_aside_reason(self, author: str, cmid: str) -> str | None:
        """Return why a message was refused by the store; None if it was not."""
