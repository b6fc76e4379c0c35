"""One's account: its password, its second factor, and its end.

Owns: the steps of these commands, each of which needs the password once more.
Never: signing in (`gateway.accounts`).
"""

from gateway.accounts import Identity
from gateway.commands.tools import Handlers, Tools
from gateway.limits import Limiter
from gateway.passwords import Passwords
from parley.domain import names, totp
from parley.protocol.commands import (
    ChangePassword,
    ConfirmTotp,
    DeleteAccount,
    DisableTotp,
    Nothing,
    RecoveryCodes,
    StartTotp,
    TotpSecret,
)
from parley.protocol.refusals import CodeRefused, NoSecondFactor, WrongPassword
from parley.store.api import FullDirectory

_RECOVERY_BITS = 64
# What an authenticator app shows beside the user name.
_ISSUER = "Parley"


class AccountCommands:
    """Commands about one's account."""

    def __init__(
        self, directory: FullDirectory, passwords: Passwords, limiter: Limiter, tools: Tools
    ) -> None:
        self._directory, self._passwords = directory, passwords
        self._limiter, self._tools = limiter, tools

    def handlers(self) -> Handlers:
        """Return what carries out each command."""
        return {
            ChangePassword: self._change_password,
            DeleteAccount: self._delete,
            StartTotp: self._start_totp,
            ConfirmTotp: self._confirm_totp,
            DisableTotp: self._disable_totp,
        }

    async def _require_password(self, who: Identity, password: str) -> None:
        # Whoever finds a device signed in may guess no faster than a stranger at the door.
        await self._limiter.prove(who.person.user_name)
        credentials = await self._directory.credentials_of(who.person.id)
        stored = credentials.password_hash if credentials is not None else None
        if not await self._passwords.verify(stored, password):
            await self._tools.record(who, "password_refused", who.person.id)
            raise WrongPassword()
        await self._limiter.signed_in(who.person.user_name)

    async def _change_password(self, who: Identity, command: ChangePassword) -> Nothing:
        new = names.password(command.new_password)
        await self._require_password(who, command.password)
        await self._directory.change_password(
            who.person.id, await self._passwords.hash(new), keep_session=who.session
        )
        await self._tools.record(who, "password_changed", who.person.id)
        return Nothing()

    async def _delete(self, who: Identity, command: DeleteAccount) -> Nothing:
        await self._require_password(who, command.password)
        departure = await self._directory.delete_account(who.person.id, self._tools.new_cmid)
        self._tools.tell(departure.notices)
        await self._tools.record(who, "account_deleted", who.person.id)
        return Nothing()

    # --- second factor ---------------------------------------------------------------------

    async def _start_totp(self, who: Identity, command: StartTotp) -> TotpSecret:
        await self._require_password(who, command.password)
        size = totp.SECRET_BYTES
        secret = self._tools.random_bits(8 * size).to_bytes(size)
        await self._directory.start_totp(who.person.id, secret)
        uri = totp.uri(secret, who.person.user_name, _ISSUER)
        return TotpSecret(totp.base32(secret), uri)

    async def _confirm_totp(self, who: Identity, command: ConfirmTotp) -> RecoveryCodes:
        secret = await self._directory.pending_totp(who.person.id)
        if secret is None:
            raise NoSecondFactor()
        step = totp.matching_step(secret, command.code, self._tools.clock() / 1000)
        if step is None:
            raise CodeRefused()
        codes = [
            totp.recovery_code(self._tools.random_bits(_RECOVERY_BITS))
            for _ in range(totp.RECOVERY_CODES)
        ]
        hashes = [totp.recovery_hash(code) for code in codes]
        await self._directory.confirm_totp(who.person.id, secret, step, hashes)
        await self._tools.record(who, "second_factor_on", who.person.id)
        return RecoveryCodes(codes)

    async def _disable_totp(self, who: Identity, command: DisableTotp) -> Nothing:
        await self._require_password(who, command.password)
        await self._directory.disable_totp(who.person.id)
        await self._tools.record(who, "second_factor_off", who.person.id)
        return Nothing()
