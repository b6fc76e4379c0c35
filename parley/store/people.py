"""People: finding them, what they say of themselves, and whom they keep away.

Owns: profiles and the table `blocks`.
Never: how somebody signs in, and how they go (`deletion.py`).
"""

from typing import Any

import sqlalchemy as sa

from parley.domain.names import room_key, search_key
from parley.protocol.commands import People, Person
from parley.protocol.refusals import CannotBlock, UnknownPerson
from parley.store.direct_rooms import direct_room
from parley.store.members import give_rights, raise_authority, touch
from parley.store.part import SqlPart, page_end
from parley.store.persons import IS_ACTIVE, PERSON, has_in_name, person
from parley.store.records import Profile
from parley.store.schema import accounts, blocks

_BY_NAME = (accounts.c.name_key, accounts.c.id)


class SqlPeople(SqlPart):
    """The part of a `Directory` that is about people."""

    async def find_people(self, asker: str, query: str, *, after: str, limit: int) -> People:
        keeps_away = sa.exists().where(
            blocks.c.account_id == accounts.c.id, blocks.c.blocked_id == asker
        )
        found = sa.select(*PERSON).where(IS_ACTIVE, accounts.c.kind == "person", ~keeps_away)
        if query.strip():
            found = found.where(has_in_name(query))
        return await self._page_of_people(found, after, limit)

    async def _page_of_people(self, listed: sa.Select[Any], after: str, limit: int) -> People:
        # One more than is shown tells whether there is a next page.
        page = listed.order_by(*_BY_NAME).limit(limit + 1)
        if after:
            shown = accounts.alias()
            last = sa.select(shown.c.name_key, shown.c.id).where(shown.c.id == page_end(after))
            page = page.where(sa.tuple_(*_BY_NAME) > last.scalar_subquery())
        found = [person(row) for row in await self._rows(page)]
        more = len(found) > limit
        return People(found[:limit], next=found[limit - 1].id if more else None)

    async def edit_profile(self, account_id: str, profile: Profile) -> Person:
        async with self._database.write() as connection:
            await touch(self._database, connection, [account_id], personal=True)
            names = sa.select(accounts.c.user_name, accounts.c.display_name).where(
                accounts.c.id == account_id, accounts.c.deleted_at.is_(None)
            )
            before = (await connection.execute(names)).first()
            if before is None:
                raise UnknownPerson(account_id)
            display_name = profile.display_name or before.display_name
            values: dict[str, Any] = {
                "display_name": display_name,
                "name_key": room_key(display_name),
                "search_key": search_key(display_name, before.user_name),
                "profile_changed_at": self._database.now_ms(),
            }
            if profile.about is not None:
                values["about"] = profile.about
            if profile.time_zone is not None:
                values["time_zone"] = profile.time_zone
            changed = await connection.execute(
                sa.update(accounts)
                .where(accounts.c.id == account_id)
                .values(**values)
                .returning(*PERSON)
            )
            return person(changed.one())

    # --- blocks ----------------------------------------------------------------------------

    async def block(self, account_id: str, other_id: str) -> None:
        if account_id == other_id:
            raise CannotBlock
        async with self._database.write() as connection:
            known = sa.select(accounts.c.id).where(
                accounts.c.id == other_id,
                accounts.c.kind == "person",
                accounts.c.deleted_at.is_(None),
            )
            if await connection.scalar(known) is None:
                raise UnknownPerson(other_id)
            added = await connection.execute(
                self._database.insert(blocks)
                .values(
                    account_id=account_id,
                    blocked_id=other_id,
                    created_at=self._database.now_ms(),
                )
                .on_conflict_do_nothing()
                .returning(blocks.c.account_id)
            )
            if added.first() is not None:
                room = await direct_room(connection, account_id, other_id)
                if room is not None:
                    await raise_authority(connection, room)
                # The other's clients are told, too, lest they go on under what they remember.
                await touch(self._database, connection, [account_id, other_id], personal=True)

    async def unblock(self, account_id: str, other_id: str) -> None:
        async with self._database.write() as connection:
            lifted = await connection.execute(
                sa.delete(blocks)
                .where(blocks.c.account_id == account_id, blocks.c.blocked_id == other_id)
                .returning(blocks.c.account_id)
            )
            if lifted.first() is not None:
                room = await direct_room(connection, account_id, other_id)
                if room is not None:
                    await give_rights(connection, room)
                await touch(self._database, connection, [account_id, other_id], personal=True)

    async def blocks(self, account_id: str, *, after: str, limit: int) -> People:
        kept_away = (
            sa.select(*PERSON)
            .join_from(blocks, accounts, blocks.c.blocked_id == accounts.c.id)
            .where(blocks.c.account_id == account_id)
        )
        return await self._page_of_people(kept_away, after, limit)
