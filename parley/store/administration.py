"""What the server's operator does: all accounts, all rooms, and the ways to sign up.

Owns: those listings and changes.
Never: what is said in a room; the record of what was done (`audit.py`).
"""

from typing import Any

import sqlalchemy as sa

from parley.domain.names import search_key
from parley.protocol.content import Notice, NoticeOf
from parley.protocol.ids import LOBBY
from parley.protocol.refusals import UnknownPerson
from parley.store.accounts import ADMINISTRATOR_CODE
from parley.store.part import SqlPart, now_ms
from parley.store.persons import PERSON, has_in_name, person
from parley.store.records import AccountRow, Invitation, NoticeRow, RoomRow
from parley.store.room_change import lock
from parley.store.schema import accounts, invitations, rooms, server, sessions
from parley.store.sessions import revoke

_ACCOUNT = (
    *PERSON,
    accounts.c.created_at,
    accounts.c.disabled_at,
    accounts.c.totp_enabled_at.is_not(None).label("has_totp"),
)
_IS_PERSON = (accounts.c.kind == "person") & accounts.c.deleted_at.is_(None)
# What the lobby is told of an administrator, or of somebody who is one no more.
_MADE: dict[bool, NoticeOf] = {True: "made_owner", False: "made_member"}
_ROOM = (
    rooms.c.id,
    rooms.c.kind,
    rooms.c.name,
    rooms.c.member_count,
    rooms.c.created_by,
    rooms.c.created_at,
    rooms.c.closed_at,
)
_INVITATION = (
    invitations.c.id,
    invitations.c.made_by,
    invitations.c.created_at,
    invitations.c.expires_at,
    invitations.c.uses_left,
)


class SqlAdministration(SqlPart):
    """The part of a `Directory` that is the operator's."""

    # --- accounts --------------------------------------------------------------------------

    async def account(self, user_name: str) -> AccountRow | None:
        row = await self._first(
            sa.select(*_ACCOUNT).where(_IS_PERSON, accounts.c.user_name == user_name)
        )
        return None if row is None else _account(row)

    async def accounts(self, query: str = "", *, after: str, limit: int) -> list[AccountRow]:
        page = sa.select(*_ACCOUNT).where(_IS_PERSON, accounts.c.user_name > after)
        if query.strip():
            page = page.where(has_in_name(query))
        rows = await self._rows(page.order_by(accounts.c.user_name).limit(limit))
        return [_account(row) for row in rows]

    async def set_disabled(self, account_id: str, disabled: bool) -> None:
        async with self._database.write() as connection:
            now = self._database.now_ms()
            changed = await connection.execute(
                sa.update(accounts)
                .where(accounts.c.id == account_id, _IS_PERSON)
                .values(disabled_at=now if disabled else None, changed_at=now)
                .returning(accounts.c.id)
            )
            if changed.first() is None:
                raise UnknownPerson(account_id)
            if disabled:
                await revoke(self._database, connection, sessions.c.account_id == account_id)

    async def set_admin(
        self, account_id: str, is_admin: bool, notice_id: str
    ) -> tuple[NoticeRow, ...]:
        async with self._database.write() as connection:
            change = await lock(self._database, connection, None, LOBBY)
            await change.touch(account_id)
            changed = await connection.execute(
                sa.update(accounts)
                .where(accounts.c.id == account_id, _IS_PERSON, accounts.c.is_admin != is_admin)
                .values(is_admin=is_admin, profile_changed_at=self._database.now_ms())
                .returning(accounts.c.id)
            )
            if changed.first() is None:
                known = sa.select(accounts.c.id).where(accounts.c.id == account_id, _IS_PERSON)
                if await connection.scalar(known) is None:
                    raise UnknownPerson(account_id)
                return ()
            await change.set_role(account_id, "owner" if is_admin else "member")
            if not is_admin:
                await change.raise_authority()
            await change.note(notice_id, Notice(_MADE[is_admin], account_id))
            return (await change.result()).notices

    # --- rooms -----------------------------------------------------------------------------

    async def all_rooms(self, query: str = "", *, after: str, limit: int) -> list[RoomRow]:
        page = sa.select(*_ROOM).where(rooms.c.id > after)
        if query.strip():
            part = search_key(query.strip())
            page = page.where(rooms.c.search_key.contains(part, autoescape=True))
        return [RoomRow(*row) for row in await self._rows(page.order_by(rooms.c.id).limit(limit))]

    async def any_room(self, room_id: str) -> RoomRow | None:
        row = await self._first(sa.select(*_ROOM).where(rooms.c.id == room_id))
        return None if row is None else RoomRow(*row)

    # --- ways to sign up -------------------------------------------------------------------

    async def offer_administrator_code(self, code_hash: bytes) -> bool:
        async with self._database.write() as connection:
            there_is_one = sa.select(accounts.c.id).where(_IS_PERSON, accounts.c.is_admin).limit(1)
            if await connection.scalar(there_is_one) is not None:
                return False
            kept = await connection.execute(
                self._database.insert(server)
                .values(key=ADMINISTRATOR_CODE, value=code_hash.hex())
                .on_conflict_do_nothing()
                .returning(server.c.key)
            )
            return kept.first() is not None

    async def add_invitation(
        self, invitation_id: str, code_hash: bytes, *, made_by: str | None, lasts_ms: int, uses: int
    ) -> Invitation:
        async with self._database.write() as connection:
            now = await now_ms(self._database, connection)
            added = await connection.execute(
                sa.insert(invitations)
                .values(
                    id=invitation_id,
                    code_hash=code_hash,
                    made_by=made_by,
                    created_at=now,
                    expires_at=now + lasts_ms if lasts_ms else 0,
                    uses_left=uses,
                )
                .returning(*_INVITATION)
            )
            return Invitation(*added.one())

    async def invitations(self) -> list[Invitation]:
        valid = (
            sa.select(*_INVITATION)
            .where(self._can_be_used())
            .order_by(invitations.c.created_at.desc(), invitations.c.id.desc())
        )
        return [Invitation(*row) for row in await self._rows(valid)]

    async def revoke_invitation(self, invitation_id: str) -> bool:
        async with self._database.write() as connection:
            revoked = await connection.execute(
                sa.delete(invitations)
                .where(invitations.c.id == invitation_id, self._can_be_used())
                .returning(invitations.c.id)
            )
            return revoked.first() is not None

    def _can_be_used(self) -> sa.ColumnElement[bool]:
        lasts = (invitations.c.expires_at == 0) | (
            invitations.c.expires_at > self._database.now_ms()
        )
        return lasts & (invitations.c.uses_left > 0)


def _account(row: sa.Row[Any]) -> AccountRow:
    return AccountRow(person(row), *row[len(PERSON) :])
