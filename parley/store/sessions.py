"""Devices' sessions.

Owns: the table `sessions`, and the password that they are opened with.
Never: a token or a password; only their hashes come here.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.protocol.commands import SessionInfo
from parley.protocol.refusals import UnknownPerson, UnknownSession
from parley.store.database import Database
from parley.store.errors import StoreUnavailable
from parley.store.gathering import Gathering
from parley.store.part import SqlPart
from parley.store.persons import IS_ACTIVE, PERSON, person
from parley.store.records import DirectoryLimits, NewSession, Signed
from parley.store.schema import accounts, sessions

# A device's "last seen" is for people to read, who need no seconds.
_LAST_SEEN_MS = 60_000
# Devices of one account: a program that signs in anew at each start shall not fill the table. One
# more signs out the device that was unseen for longest.
MOST_SESSIONS = 100

_IS_GOOD = sessions.c.revoked_at.is_(None)


class _Found(NamedTuple):
    """A session, and whether it is time to note that its device was seen."""

    signed: Signed
    is_due: bool


class SqlSessions(SqlPart):
    """The part of a `Directory` that is about sessions."""

    def __init__(self, database: Database, limits: DirectoryLimits | None = None) -> None:
        super().__init__(database, limits)
        self._by_token = Gathering(self._sessions_with)
        self._unnoted: set[str] = set()
        self._is_noting = False

    async def open_session(self, account_id: str, session: NewSession) -> None:
        async with self._database.write() as connection:
            await add_session(self._database, connection, account_id, session)

    async def session(self, token_hash: bytes) -> Signed | None:
        found = await self._by_token.get(token_hash)
        if found is None:
            return None
        if found.is_due:
            await self._note_seen(found.signed.session_id)
        return found.signed

    async def _sessions_with(self, token_hashes: Sequence[bytes]) -> Mapping[bytes, _Found]:
        unseen_ms = self._database.now_ms() - sessions.c.last_seen_at
        rows = await self._rows(
            sa.select(
                *PERSON,
                sessions.c.id.label("session_id"),
                sessions.c.token_hash,
                accounts.c.directory_version,
                (unseen_ms >= _LAST_SEEN_MS).label("is_due"),
            )
            .join_from(sessions, accounts)
            .where(sessions.c.token_hash.in_(token_hashes), _IS_GOOD, IS_ACTIVE)
        )
        return {
            row.token_hash: _Found(
                Signed(row.session_id, person(row), row.directory_version), row.is_due
            )
            for row in rows
        }

    async def _note_seen(self, session_id: str) -> None:
        """Note that a device was seen, with all that came while the last such note was written.

        It is for people to read: a thousand devices that come back together must not queue before
        what the logger stores, and none is refused because it could not be noted.
        """
        self._unnoted.add(session_id)
        if self._is_noting:
            return
        self._is_noting = True
        noted, self._unnoted = self._unnoted, set()
        try:
            async with self._database.write() as connection:
                await connection.execute(
                    sa.update(sessions)
                    .where(sessions.c.id.in_(noted))
                    .values(last_seen_at=self._database.now_ms())
                )
        except StoreUnavailable:
            self._unnoted |= noted
        finally:
            self._is_noting = False

    async def sessions_of(self, account_id: str, this: str = "") -> list[SessionInfo]:
        columns = ("id", "device", "address", "created_at", "last_seen_at")
        own = (
            sa.select(*(sessions.c[name] for name in columns), sessions.c.id == this)
            .where(sessions.c.account_id == account_id, _IS_GOOD)
            .order_by(sessions.c.last_seen_at.desc(), sessions.c.id.desc())
        )
        return [SessionInfo(*row) for row in await self._rows(own)]

    async def standings(self, sessions_: Collection[str]) -> Mapping[str, int]:
        good = (
            sa.select(sessions.c.id, accounts.c.directory_version)
            .join_from(sessions, accounts)
            .where(sessions.c.id.in_(sessions_), _IS_GOOD, IS_ACTIVE)
        )
        return {row.id: row.directory_version for row in await self._rows(good)}

    # --- ending ----------------------------------------------------------------------------

    async def revoke_session(self, session_id: str) -> None:
        async with self._database.write() as connection:
            await revoke(self._database, connection, sessions.c.id == session_id)

    async def revoke_own_session(self, account_id: str, session_id: str) -> None:
        own = (sessions.c.id == session_id) & (sessions.c.account_id == account_id)
        async with self._database.write() as connection:
            if not await revoke(self._database, connection, own):
                raise UnknownSession(session_id)

    async def revoke_sessions(
        self, account_id: str, *, except_session: str | None = None
    ) -> list[str]:
        async with self._database.write() as connection:
            return await revoke(self._database, connection, _others(account_id, except_session))

    async def purge_sessions(self, older_than_ms: int, limit: int) -> int:
        ended_before = sessions.c.revoked_at < self._database.now_ms() - older_than_ms
        old = sa.select(sessions.c.id).where(ended_before).limit(limit)
        async with self._database.write() as connection:
            gone = await connection.execute(sa.delete(sessions).where(sessions.c.id.in_(old)))
            return gone.rowcount

    async def change_password(
        self, account_id: str, password_hash: str, *, keep_session: str | None = None
    ) -> list[str]:
        async with self._database.write() as connection:
            changed = await connection.execute(
                sa.update(accounts)
                .where(accounts.c.id == account_id, accounts.c.deleted_at.is_(None))
                .values(password_hash=password_hash)
                .returning(accounts.c.id)
            )
            if changed.first() is None:
                raise UnknownPerson(account_id)
            return await revoke(self._database, connection, _others(account_id, keep_session))


async def add_session(
    database: Database, connection: AsyncConnection, account_id: str, session: NewSession
) -> None:
    """Make a session inside somebody else's transaction; end what is too many by it."""
    now = database.now_ms()
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
    others = (sessions.c.account_id == account_id) & (sessions.c.id != session.id)
    latest = (
        sa.select(sessions.c.id)
        .where(others, _IS_GOOD)
        .order_by(sessions.c.last_seen_at.desc(), sessions.c.id.desc())
        .limit(MOST_SESSIONS - 1)
    )
    await revoke(database, connection, others & sessions.c.id.not_in(latest))


async def revoke(
    database: Database, connection: AsyncConnection, which: sa.ColumnElement[bool]
) -> list[str]:
    """End sessions inside somebody else's transaction; return the ids of those that ended."""
    ended = await connection.scalars(
        sa.update(sessions)
        .where(which, _IS_GOOD)
        .values(revoked_at=database.now_ms())
        .returning(sessions.c.id)
    )
    return list(ended)


def _others(account_id: str, kept: str | None) -> sa.ColumnElement[bool]:
    of_account = sessions.c.account_id == account_id
    return of_account if kept is None else of_account & (sessions.c.id != kept)
