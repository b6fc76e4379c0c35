"""When people were there, and who is kept from whom, in SQL.

Owns: `sessions.last_seen_at`, but for the note that signing in makes.
Never: who is there now.
"""

from collections.abc import Collection

import sqlalchemy as sa

from parley.store.part import SqlPart
from parley.store.schema import accounts, blocks, sessions


class SqlWhereabouts(SqlPart):
    """`WhereaboutsDirectory` on a `Database`."""

    async def kept_apart(self, account_id: str) -> set[str]:
        theirs = sa.select(blocks.c.blocked_id).where(blocks.c.account_id == account_id)
        others = sa.select(blocks.c.account_id).where(blocks.c.blocked_id == account_id)
        return {row[0] for row in await self._rows(theirs.union(others))}

    async def note_seen(self, session_ids: Collection[str]) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                sa.update(sessions)
                .where(sessions.c.id.in_(session_ids))
                .values(last_seen_at=self._database.now_ms())
            )

    async def last_seen(self, account_ids: Collection[str]) -> dict[str, int]:
        last = (
            sa.select(sessions.c.account_id, sa.func.max(sessions.c.last_seen_at).label("at"))
            .join(accounts, accounts.c.id == sessions.c.account_id)
            .where(sessions.c.account_id.in_(account_ids), accounts.c.show_last_seen)
            .group_by(sessions.c.account_id)
        )
        return {row.account_id: row.at for row in await self._rows(last)}
