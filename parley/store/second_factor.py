"""The second factor of an account, and what is used up of it.

Owns: that each code counts once, however many try it at the same time.
Never: what a code is (`parley.domain.totp`).

The secret is kept as it is: a code cannot be checked against a hash. Who reads the database can
make codes, and still needs the password.
"""

from collections.abc import Collection

import sqlalchemy as sa

from parley.protocol.refusals import NoSecondFactor, SecondFactorSet
from parley.store.part import SqlPart
from parley.store.schema import accounts, recovery_codes

_IS_ON = accounts.c.totp_enabled_at.is_not(None)


class SqlSecondFactor(SqlPart):
    """The part of a `Directory` that is about second factors."""

    async def start_totp(self, account_id: str, secret: bytes) -> None:
        async with self._database.write() as connection:
            begun = await connection.execute(
                sa.update(accounts)
                .where(accounts.c.id == account_id, ~_IS_ON)
                .values(totp_secret=secret)
                .returning(accounts.c.id)
            )
            if begun.first() is None:
                raise SecondFactorSet

    async def pending_totp(self, account_id: str) -> bytes | None:
        row = await self._first(
            sa.select(accounts.c.totp_secret).where(accounts.c.id == account_id, ~_IS_ON)
        )
        return None if row is None else row.totp_secret

    async def confirm_totp(
        self, account_id: str, secret: bytes, step: int, recovery_hashes: Collection[bytes]
    ) -> None:
        async with self._database.write() as connection:
            confirmed = await connection.execute(
                sa.update(accounts)
                .where(accounts.c.id == account_id, accounts.c.totp_secret == secret, ~_IS_ON)
                .values(totp_enabled_at=self._database.now_ms(), totp_step=step)
                .returning(accounts.c.id)
            )
            if confirmed.first() is None:
                is_on = await connection.scalar(
                    sa.select(_IS_ON).where(accounts.c.id == account_id)
                )
                raise SecondFactorSet if is_on else NoSecondFactor
            await connection.execute(
                sa.insert(recovery_codes),
                [{"account_id": account_id, "code_hash": each} for each in recovery_hashes],
            )

    async def use_totp_step(self, account_id: str, step: int) -> bool:
        async with self._database.write() as connection:
            used = await connection.execute(
                sa.update(accounts)
                .where(accounts.c.id == account_id, _IS_ON, accounts.c.totp_step < step)
                .values(totp_step=step)
                .returning(accounts.c.id)
            )
            return used.first() is not None

    async def use_recovery_code(self, account_id: str, code_hash: bytes) -> bool:
        async with self._database.write() as connection:
            used = await connection.execute(
                sa.delete(recovery_codes)
                .where(
                    recovery_codes.c.account_id == account_id,
                    recovery_codes.c.code_hash == code_hash,
                )
                .returning(recovery_codes.c.account_id)
            )
            return used.first() is not None

    async def disable_totp(self, account_id: str) -> None:
        async with self._database.write() as connection:
            # The step stays: what was used up before counts no more if the same secret returns.
            await connection.execute(
                sa.update(accounts)
                .where(accounts.c.id == account_id)
                .values(totp_secret=None, totp_enabled_at=None)
            )
            await connection.execute(
                sa.delete(recovery_codes).where(recovery_codes.c.account_id == account_id)
            )
