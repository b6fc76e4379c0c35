"""The one room that two people have.

Owns: that there is one at most, however many ask for it at once.
Never: what is said in it; who has blocked whom is in `people.py`.
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.protocol.refusals import CannotMessage, UnknownPerson
from parley.store import members
from parley.store.part import SqlPart
from parley.store.records import Changed
from parley.store.room_rows import shown_room
from parley.store.schema import blocks, direct_rooms, rooms


class _MadeByAnother(Exception):
    """Somebody else has made the room at the same time."""


class SqlDirectRooms(SqlPart):
    """The part of a `Directory` that is about direct rooms."""

    async def open_direct(self, room_id: str, account_id: str, other_id: str) -> Changed:
        async with self._database.write() as connection:
            known = await direct_room(connection, account_id, other_id)
            if known is None:
                known = await self._make(connection, room_id, account_id, other_id)
            return Changed(await shown_room(connection, account_id, known), notice=None)

    async def _make(
        self, connection: AsyncConnection, room_id: str, account_id: str, other_id: str
    ) -> str:
        """Make the room, or find that another has made it meanwhile. Return its id."""
        people = {account_id, other_id}
        for missing in sorted(people - await members.lock_accounts(connection, people)):
            raise UnknownPerson(missing)
        if await _is_blocked(connection, account_id, other_id):
            raise CannotMessage(other_id)
        await members.refuse_too_many(connection, account_id, self._limits.rooms_per_user)
        try:
            async with connection.begin_nested():
                await self._add(connection, room_id, account_id, other_id)
        except _MadeByAnother:
            made = await direct_room(connection, account_id, other_id)
            assert made is not None, "what is in the way of an insert is there"
            return made
        await members.enter(self._database, connection, room_id, people, "member")
        await members.touch(self._database, connection, people)
        return room_id

    async def _add(
        self, connection: AsyncConnection, room_id: str, account_id: str, other_id: str
    ) -> None:
        await connection.execute(
            sa.insert(rooms).values(
                id=room_id,
                kind="direct",
                name="",
                name_key="",
                created_by=account_id,
                created_at=self._database.now_ms(),
            )
        )
        low, high = sorted((account_id, other_id))
        added = await connection.execute(
            self._database.insert(direct_rooms)
            .values(low_id=low, high_id=high, room_id=room_id)
            .on_conflict_do_nothing(index_elements=[direct_rooms.c.low_id, direct_rooms.c.high_id])
            .returning(direct_rooms.c.room_id)
        )
        if added.first() is None:
            raise _MadeByAnother


async def direct_room(connection: AsyncConnection, account_id: str, other_id: str) -> str | None:
    """Return the room that two people have; None if they have none."""
    low, high = sorted((account_id, other_id))
    found: str | None = await connection.scalar(
        sa.select(direct_rooms.c.room_id).where(
            direct_rooms.c.low_id == low, direct_rooms.c.high_id == high
        )
    )
    return found


async def _is_blocked(connection: AsyncConnection, account_id: str, other_id: str) -> bool:
    either = sa.tuple_(blocks.c.account_id, blocks.c.blocked_id).in_(
        [(account_id, other_id), (other_id, account_id)]
    )
    return bool(await connection.scalar(sa.select(sa.exists().where(either))))
