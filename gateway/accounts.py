"""Who somebody is: signing up, signing in, and continuing a device's session.

Owns: tokens, and the order of checks that tells a stranger nothing about who has an account.
Never: a connection; whose session was revoked is found out by `gateway.service`.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from gateway.audit import Audit
from gateway.limits import Limiter
from gateway.passwords import Passwords
from gateway.second_factor import SecondFactor
from parley.domain import names
from parley.protocol.commands import Hello, Person, SignIn, SignUp
from parley.protocol.ids import new_id
from parley.protocol.refusals import (
    CodeRefused,
    InvalidUserName,
    SignInRefused,
    SignUpClosed,
    TokenRefused,
    TooManyRequests,
)
from parley.store.api import FullDirectory
from parley.store.records import NewAccount, NewSession

# Who has too many connections may try again when one of them has ended.
_TOO_MANY_CONNECTIONS_MS = 10_000
# Why a server takes no new account, in the words of a refusal.
_POLICIES = {"closed": "closed", "invite": "by invitation alone"}
# A device's token: a secret that cannot be guessed.
_TOKEN_BITS = 256


@dataclass(frozen=True)
class Identity:
    """Who a connection speaks for. `token` is set where one was made just now.

    `directory_version` is that of the account when its session was looked up, where it was.
    """

    session: str
    person: Person
    token: str | None
    directory_version: int | None = None


class Accounts:
    """The door. `clock` gives Unix milliseconds, `random_bits` unguessable bits.

    `has_room` tells whether an account may have one more connection.
    """

    def __init__(
        self,
        directory: FullDirectory,
        passwords: Passwords,
        sign_up: Literal["open", "invite", "closed"],
        clock: Callable[[], int],
        random_bits: Callable[[int], int],
        limiter: Limiter,
        has_room: Callable[[str], bool],
    ) -> None:
        self._directory, self._passwords, self._sign_up = directory, passwords, sign_up
        self._clock, self._random_bits = clock, random_bits
        self._limiter, self._has_room = limiter, has_room
        self._second_factor = SecondFactor(directory, clock)
        self._audit = Audit(directory)

    async def identify(self, command: Hello | SignIn | SignUp, address: str) -> Identity:
        """Return who it is.

        Raises TokenRefused, SignInRefused, CodeNeeded, CodeRefused, SignUpClosed, InvalidUserName,
        InvalidDisplayName, InvalidPassword, InvalidInvitation, UserNameTaken, TooManyRequests, and
        StoreUnavailable.
        """
        match command:
            case Hello():
                return await self._continue(command)
            case SignIn():
                return await self._enter(command, address)
            case SignUp():
                return await self._join(command, address)

    async def _continue(self, command: Hello) -> Identity:
        signed = await self._directory.session(_hashed(command.token))
        if signed is None:
            raise TokenRefused()
        self._make_sure_of_room(signed.person)
        return Identity(signed.session_id, signed.person, None, signed.directory_version)

    async def _enter(self, command: SignIn, address: str) -> Identity:
        name = _canonical(command.user_name)
        # Of a name that nobody has as well: who is told to wait learns nothing from it.
        await self._limiter.sign_in(address, name or command.user_name)
        credentials = await self._directory.credentials(name) if name is not None else None
        stored = credentials.password_hash if credentials is not None else None
        # An unknown name takes as long as a wrong password.
        matches = await self._passwords.verify(stored, command.password)
        if credentials is None or not matches:
            await self._audit.refused("password_refused", credentials, address)
            raise SignInRefused()
        try:
            await self._second_factor.check(credentials, command.code)
        except CodeRefused:
            await self._audit.refused("code_refused", credentials, address)
            raise
        await self._limiter.signed_in(credentials.person.user_name)
        self._make_sure_of_room(credentials.person)
        token, session = self._new_session(command.device, address)
        await self._directory.open_session(credentials.person.id, session)
        await self._audit.entered("signed_in", credentials.person, session)
        return Identity(session.id, credentials.person, token)

    def _make_sure_of_room(self, person: Person) -> None:
        if not self._has_room(person.id):
            raise TooManyRequests(
                "connections of this account", retry_after_ms=_TOO_MANY_CONNECTIONS_MS
            )

    async def _join(self, command: SignUp, address: str) -> Identity:
        code = command.code.strip()
        if self._sign_up == "closed" or (self._sign_up == "invite" and not code):
            raise SignUpClosed(_POLICIES[self._sign_up])
        await self._limiter.sign_up(address)
        user_name = names.user_name(command.user_name)
        display_name = names.display_name(command.display_name, user_name)
        names.password(command.password)
        account = NewAccount(
            id=self._new_id(),
            user_name=user_name,
            skeleton=names.skeleton(user_name),
            display_name=display_name,
            password_hash=await self._passwords.hash(command.password),
            code_hash=_hashed(code) if code else None,
        )
        token, session = self._new_session(command.device, address)
        person = await self._directory.sign_up(account, session)
        await self._audit.entered("signed_up", person, session)
        return Identity(session.id, person, token)

    def _new_session(self, device: str, address: str) -> tuple[str, NewSession]:
        secret = self._random_bits(_TOKEN_BITS).to_bytes(_TOKEN_BITS // 8)
        token = base64.urlsafe_b64encode(secret).rstrip(b"=").decode()
        return token, NewSession(self._new_id(), _hashed(token), names.device_name(device), address)

    def _new_id(self) -> str:
        return new_id(self._clock(), self._random_bits(32))


def _canonical(raw_name: str) -> str | None:
    try:
        return names.user_name(raw_name)
    except InvalidUserName:
        return None  # nobody is called so


def _hashed(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
