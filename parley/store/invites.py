"""Invitations to a room.

Owns: making, showing and revoking them.
Never: coming in by one (`room_changes.py`), and a log line with a code in it.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.domain.permissions import Action
from parley.protocol.commands import Invite
from parley.protocol.refusals import TooManyInvites
from parley.store.part import SqlPart, now_ms
from parley.store.records import NewInvite
from parley.store.room_change import change_room
from parley.store.schema import room_invites

# Of a room, at one time: they are listed in one answer.
MOST_INVITES = 100


class SqlInvites(SqlPart):
    """The part of a `Directory` that is about invitations to rooms."""

    async def create_invite(self, actor: str, invite: NewInvite) -> Invite:
        async with change_room(self._database, actor, invite.room_id, Action.INVITE) as change:
            now = await now_ms(self._database, change.connection)
            await change.connection.execute(
                sa.delete(room_invites).where(
                    room_invites.c.room_id == invite.room_id, ~self._is_valid()
                )
            )
            await _refuse_too_many(change.connection, invite.room_id)
            added = await change.connection.execute(
                sa.insert(room_invites)
                .values(
                    code=invite.code,
                    room_id=invite.room_id,
                    made_by=actor,
                    created_at=now,
                    expires_at=now + invite.expires_in_ms if invite.expires_in_ms else 0,
                    uses_left=invite.uses,
                )
                .returning(*room_invites.c)
            )
            return _invite(added.one())

    async def invites(self, actor: str, room_id: str) -> list[Invite]:
        valid = (
            sa.select(*room_invites.c)
            .where(room_invites.c.room_id == room_id, self._is_valid())
            .order_by(room_invites.c.created_at.desc(), room_invites.c.code)
        )
        async with change_room(self._database, actor, room_id, Action.INVITE) as change:
            return [_invite(row) for row in await change.connection.execute(valid)]

    async def revoke_invite(self, actor: str, room_id: str, code: str) -> None:
        async with change_room(self._database, actor, room_id, Action.INVITE) as change:
            await change.connection.execute(
                sa.delete(room_invites).where(
                    room_invites.c.room_id == room_id, room_invites.c.code == code
                )
            )

    def _is_valid(self) -> sa.ColumnElement[bool]:
        lasts = (room_invites.c.expires_at == 0) | (
            room_invites.c.expires_at > self._database.now_ms()
        )
        return lasts & (room_invites.c.uses_left.is_(None) | (room_invites.c.uses_left > 0))


async def _refuse_too_many(connection: AsyncConnection, room_id: str) -> None:
    there = sa.select(sa.func.count()).where(room_invites.c.room_id == room_id)
    if (await connection.execute(there)).scalar_one() >= MOST_INVITES:
        raise TooManyInvites(room_id, MOST_INVITES)


def _invite(row: sa.Row[Any]) -> Invite:
    return Invite(row.code, row.room_id, row.made_by, row.created_at, row.expires_at, row.uses_left)
