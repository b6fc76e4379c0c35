"""Accounts and their devices' sessions, in SQL.

Owns: the tables `accounts` and `sessions`.
Never: a password or a token; only their hashes come here.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.protocol.commands import Person
from parley.protocol.ids import LOBBY
from parley.protocol.refusals import UserNameTaken
from parley.store.database import Database
from parley.store.members import enter
from parley.store.records import Changes, Credentials, NewAccount, NewSession, Signed
from parley.store.schema import accounts, sessions

# A device's "last seen" is for people to read, who need no seconds.
_LAST_SEEN_MS = 60_000

_PERSON = (accounts.c.id, accounts.c.user_name, accounts.c.display_name)
_IS_ACTIVE = accounts.c.disabled_at.is_(None) & accounts.c.deleted_at.is_(None)


class SqlAccounts:
    """The part of a `Directory` that is about accounts and sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sign_up(self, account: NewAccount, session: NewSession) -> Person:
        async with self._database.write() as connection:
            if not await self._add_account(connection, account):
                raise UserNameTaken(account.user_name)
            await self._add_session(connection, account.id, session)
            await enter(self._database, connection, LOBBY, account.id, "member")
        return Person(account.id, account.user_name, account.display_name)

    async def _add_account(self, connection: AsyncConnection, account: NewAccount) -> bool:
        now = self._database.now_ms()
        added = await connection.execute(
            self._database.insert(accounts)
            .values(
                id=account.id,
                user_name=account.user_name,
                skeleton=account.skeleton,
                display_name=account.display_name,
                password_hash=account.password_hash,
                created_at=now,
                changed_at=now,
            )
            .on_conflict_do_nothing(index_elements=[accounts.c.user_name])
            .returning(accounts.c.id)
        )
        return added.first() is not None

    async def _add_session(
        self, connection: AsyncConnection, account_id: str, session: NewSession
    ) -> None:
        now = self._database.now_ms()
        await connection.execute(
            sa.insert(sessions).values(
                id=session.id,
                account_id=account_id,
                token_hash=session.token_hash,
                device=session.device,
                address=session.address,
                created_at=now,
                last_seen_at=now,
            )
        )

    async def credentials(self, user_name: str) -> Credentials | None:
        by_name = sa.select(*_PERSON, accounts.c.password_hash).where(
            accounts.c.user_name == user_name, accounts.c.password_hash.is_not(None), _IS_ACTIVE
        )
        row = await self._first(by_name)
        return row and Credentials(Person(*row[:3]), row.password_hash)

    async def open_session(self, account_id: str, session: NewSession) -> None:
        async with self._database.write() as connection:
            await self._add_session(connection, account_id, session)

    async def session(self, token_hash: bytes) -> Signed | None:
        unseen_ms = self._database.now_ms() - sessions.c.last_seen_at
        by_token = (
            sa.select(*_PERSON, sessions.c.id, (unseen_ms >= _LAST_SEEN_MS).label("is_due"))
            .join_from(sessions, accounts)
            .where(sessions.c.token_hash == token_hash, sessions.c.revoked_at.is_(None), _IS_ACTIVE)
        )
        row = await self._first(by_token)
        if row is None:
            return None
        signed = Signed(row[3], Person(*row[:3]))
        if row.is_due:
            await self._note_seen(signed.session_id)
        return signed

    async def _note_seen(self, session_id: str) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                sa.update(sessions)
                .where(sessions.c.id == session_id)
                .values(last_seen_at=self._database.now_ms())
            )

    async def revoke_session(self, session_id: str) -> None:
        await self._revoke(sessions.c.id == session_id)

    async def revoke_sessions(
        self, account_id: str, *, except_session: str | None = None
    ) -> list[str]:
        of_account = sessions.c.account_id == account_id
        if except_session is not None:
            of_account &= sessions.c.id != except_session
        return await self._revoke(of_account)

    async def _revoke(self, which: sa.ColumnElement[bool]) -> list[str]:
        async with self._database.write() as connection:
            ended = await connection.scalars(
                sa.update(sessions)
                .where(which, sessions.c.revoked_at.is_(None))
                .values(revoked_at=self._database.now_ms())
                .returning(sessions.c.id)
            )
            return list(ended)

    async def people(self, ids: Collection[str]) -> list[Person]:
        known = sa.select(*_PERSON).where(accounts.c.id.in_(ids), accounts.c.deleted_at.is_(None))
        async with self._database.read() as connection:
            return [Person(*row) for row in await connection.execute(known)]

    async def changes(self, window_ms: int) -> Changes:
        since = self._database.now_ms() - window_ms
        stamps = {
            sessions.c.revoked_at: ("revoked", sa.literal(0)),
            accounts.c.changed_at: ("changed", accounts.c.directory_version),
            accounts.c.disabled_at: ("disabled", sa.literal(0)),
            accounts.c.deleted_at: ("disabled", sa.literal(0)),
        }
        stamped = sa.union_all(
            *(
                sa.select(sa.literal_column(f"'{kind}'"), stamp.table.c.id, version).where(
                    stamp >= since
                )
                for stamp, (kind, version) in stamps.items()
            )
        )
        found: defaultdict[str, dict[str, int]] = defaultdict(dict)
        async with self._database.read() as connection:
            for kind, changed_id, version in await connection.execute(stamped):
                found[kind][changed_id] = version
        return Changes(
            revoked_sessions=frozenset(found["revoked"]),
            changed_accounts=found["changed"],
            disabled_accounts=frozenset(found["disabled"]),
        )

    async def _first(self, query: sa.Select[Any]) -> Any:
        async with self._database.read() as connection:
            return (await connection.execute(query)).first()
