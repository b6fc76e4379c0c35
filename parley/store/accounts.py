"""Accounts: signing up, what a password is checked against, and what has changed.

Owns: how an account is made, by whom it may be, and when a name is free again.
Never: a password or a code; only their hashes come here.
"""

from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.domain.names import room_key, search_key
from parley.protocol.commands import Person, Role
from parley.protocol.ids import LOBBY
from parley.protocol.refusals import InvalidInvitation, UserNameTaken
from parley.store.members import enter, lock_room
from parley.store.part import SqlPart
from parley.store.persons import IS_ACTIVE, PERSON, person
from parley.store.records import Changes, Credentials, NewAccount, NewSession
from parley.store.schema import accounts, invitations, server, sessions
from parley.store.sessions import add_session

ADMINISTRATOR_CODE = "administrator_code"
"""The key of the row that has the hash of the first administrator's code, in hexadecimal digits;
empty once it was used."""


class SqlAccounts(SqlPart):
    """The part of a `Directory` that is about accounts."""

    async def sign_up(self, account: NewAccount, session: NewSession) -> Person:
        async with self._database.write() as connection:
            signed_up = await self._add_account(connection, account)
            await add_session(self._database, connection, account.id, session)
        return signed_up

    async def add_account(self, account: NewAccount) -> Person:
        async with self._database.write() as connection:
            return await self._add_account(connection, account)

    async def _add_account(self, connection: AsyncConnection, account: NewAccount) -> Person:
        await lock_room(connection, LOBBY)
        is_admin = await self._use_code(connection, account.code_hash)
        await self._free_name(connection, account)
        now = self._database.now_ms()
        added = await connection.execute(
            self._database.insert(accounts)
            .values(
                id=account.id,
                user_name=account.user_name,
                skeleton=account.skeleton,
                display_name=account.display_name,
                name_key=room_key(account.display_name),
                search_key=search_key(account.display_name, account.user_name),
                password_hash=account.password_hash,
                is_admin=is_admin,
                created_at=now,
                changed_at=now,
            )
            .on_conflict_do_nothing()  # on the name, or on what it looks like
            .returning(*PERSON)
        )
        row = added.first()
        if row is None:
            raise UserNameTaken(account.user_name)
        role: Role = "owner" if is_admin else "member"
        await enter(self._database, connection, LOBBY, [account.id], role)
        return person(row)

    async def _use_code(self, connection: AsyncConnection, code_hash: bytes | None) -> bool:
        """Count the use of an invitation; return whether it makes an administrator.

        Raises InvalidInvitation.
        """
        if code_hash is None:
            return False
        first = await connection.execute(
            sa.update(server)
            .where(server.c.key == ADMINISTRATOR_CODE, server.c.value == code_hash.hex())
            .values(value="")
            .returning(server.c.key)
        )
        if first.first() is not None:
            return True
        used = await connection.execute(
            sa.update(invitations)
            .where(
                invitations.c.code_hash == code_hash,
                invitations.c.uses_left > 0,
                (invitations.c.expires_at == 0)
                | (invitations.c.expires_at > self._database.now_ms()),
            )
            .values(uses_left=invitations.c.uses_left - 1)
            .returning(invitations.c.id)
        )
        if used.first() is None:
            raise InvalidInvitation
        return False

    async def _free_name(self, connection: AsyncConnection, account: NewAccount) -> None:
        """Take the name from an account that was deleted long enough ago, if one has it."""
        # Nobody's name begins with a space.
        nobodys = sa.literal(" ") + accounts.c.id
        await connection.execute(
            sa.update(accounts)
            .where(
                (accounts.c.user_name == account.user_name)
                | (accounts.c.skeleton == account.skeleton),
                accounts.c.deleted_at <= self._database.now_ms() - self._limits.name_kept_ms,
            )
            .values(user_name=nobodys, skeleton=nobodys)
        )

    # --- reading ---------------------------------------------------------------------------

    async def credentials(self, user_name: str) -> Credentials | None:
        return await self._credentials(accounts.c.user_name == user_name)

    async def credentials_of(self, account_id: str) -> Credentials | None:
        return await self._credentials(accounts.c.id == account_id)

    async def _credentials(self, which: sa.ColumnElement[bool]) -> Credentials | None:
        secret = sa.case((accounts.c.totp_enabled_at.is_not(None), accounts.c.totp_secret))
        row = await self._first(
            sa.select(*PERSON, accounts.c.password_hash, secret.label("totp_secret")).where(
                which, accounts.c.password_hash.is_not(None), IS_ACTIVE
            )
        )
        return row and Credentials(person(row), row.password_hash, row.totp_secret)

    async def people(self, ids: Collection[str]) -> list[Person]:
        known = sa.select(*PERSON).where(accounts.c.id.in_(ids))
        return [person(row) for row in await self._rows(known)]

    async def changes(self, window_ms: int) -> Changes:
        since = self._database.now_ms() - window_ms
        stamps = {
            sessions.c.revoked_at: ("revoked", sa.literal(0)),
            accounts.c.changed_at: ("changed", accounts.c.directory_version),
            accounts.c.profile_changed_at: ("profile", accounts.c.profile_changed_at),
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
        for kind, changed_id, version in await self._rows(stamped):
            found[kind][changed_id] = version
        return Changes(
            revoked_sessions=frozenset(found["revoked"]),
            changed_accounts=found["changed"],
            disabled_accounts=frozenset(found["disabled"]),
            changed_profiles=found["profile"],
        )
