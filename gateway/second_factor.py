"""What somebody has beside a password, shown when they sign in.

Owns: whether a code is taken: that of the moment, once, or a recovery code, once.
Never: setting it up (`gateway.commands.account`).
"""

from collections.abc import Callable

from parley.domain import totp
from parley.protocol.refusals import CodeNeeded, CodeRefused
from parley.store.account_api import SessionDirectory
from parley.store.records import Credentials


class SecondFactor:
    """`clock` gives Unix milliseconds."""

    def __init__(self, directory: SessionDirectory, clock: Callable[[], int]) -> None:
        self._directory, self._clock = directory, clock

    async def check(self, credentials: Credentials, code: str) -> None:
        """Return if the account needs no code, or if this is one. Raises CodeNeeded, CodeRefused.

        Call it once the password is known to be right: it tells that there is a second factor.
        """
        account, secret = credentials.person.id, credentials.totp_secret
        if secret is None:
            return
        if not code.strip():
            raise CodeNeeded()
        step = totp.matching_step(secret, code, self._clock() / 1000)
        if step is not None:
            is_taken = await self._directory.use_totp_step(account, step)
        else:
            is_taken = await self._directory.use_recovery_code(account, totp.recovery_hash(code))
        if not is_taken:
            raise CodeRefused()
