"""Who is in which room: the rows themselves, inside somebody else's transaction.

Owns: how a member's row is made, and the stamp on an account whose rooms have changed.
Never: a transaction of its own, and the decision whether somebody may enter.
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.protocol.commands import Role
from parley.store.database import Database
from parley.store.schema import accounts, members, room_logs


async def enter(
    database: Database, connection: AsyncConnection, room_id: str, account_id: str, role: Role
) -> bool:
    """Put an account into a room, its log read as far as it is stored.

    Return False, and change nothing, if it is in already.
    """
    new = database.insert(members).values(
        room_id=room_id,
        account_id=account_id,
        role=role,
        joined_seq=_log_end(room_logs.c.seq, room_id),
        joined_n=_log_end(room_logs.c.n, room_id),
        joined_at=database.now_ms(),
    )
    renewed = ("role", "joined_seq", "joined_n", "joined_at", "left_at")
    entered = new.on_conflict_do_update(
        index_elements=[members.c.room_id, members.c.account_id],
        set_={name: new.excluded[name] for name in renewed},
        where=members.c.left_at.is_not(None),
    ).returning(members.c.account_id)
    return (await connection.execute(entered)).first() is not None


def _log_end(column: sa.Column[int], room_id: str) -> sa.ColumnElement[int]:
    end = sa.select(column).where(room_logs.c.room_id == room_id).scalar_subquery()
    return sa.func.coalesce(end, 0)


async def touch(database: Database, connection: AsyncConnection, account_id: str) -> None:
    """Stamp an account as changed, so that its clients read it again."""
    await connection.execute(
        sa.update(accounts)
        .where(accounts.c.id == account_id)
        .values(
            directory_version=accounts.c.directory_version + 1,
            changed_at=database.now_ms(),
        )
    )
