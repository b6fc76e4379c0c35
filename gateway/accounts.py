"""Who somebody is: signing up, signing in, and continuing a device's session.

Owns: tokens, and the order of checks that tells a stranger nothing about who has an account.
Never: a connection; whose session was revoked is found out by `gateway.service`.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from gateway.passwords import Passwords
from parley.domain import names
from parley.protocol.commands import Hello, Person, SignIn, SignUp
from parley.protocol.ids import new_id
from parley.protocol.refusals import (
    InvalidUserName,
    SignInRefused,
    SignUpClosed,
    TokenRefused,
)
from parley.store.api import Directory
from parley.store.records import Credentials, NewAccount, NewSession

# A device's token: a secret that cannot be guessed.
_TOKEN_BITS = 256


@dataclass(frozen=True)
class Identity:
    """Who a connection speaks for. `token` is set where one was made just now."""

    session: str
    person: Person
    token: str | None


class Accounts:
    """The door. `clock` gives Unix milliseconds, `random_bits` unguessable bits."""

    def __init__(
        self,
        directory: Directory,
        passwords: Passwords,
        sign_up: Literal["open", "invite", "closed"],
        clock: Callable[[], int],
        random_bits: Callable[[int], int],
    ) -> None:
        self._directory, self._passwords, self._sign_up = directory, passwords, sign_up
        self._clock, self._random_bits = clock, random_bits

    async def identify(self, command: Hello | SignIn | SignUp, address: str) -> Identity:
        """Return who it is.

        Raises TokenRefused, SignInRefused, SignUpClosed, InvalidUserName, InvalidDisplayName,
        InvalidPassword, UserNameTaken, TooManyRequests, and StoreUnavailable.
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
        return Identity(signed.session_id, signed.person, None)

    async def _enter(self, command: SignIn, address: str) -> Identity:
        credentials = await self._credentials(command.user_name)
        stored = credentials.password_hash if credentials is not None else None
        # An unknown name takes as long as a wrong password.
        matches = await self._passwords.verify(stored, command.password)
        if credentials is None or not matches:
            raise SignInRefused()
        token, session = self._new_session(command.device, address)
        await self._directory.open_session(credentials.person.id, session)
        return Identity(session.id, credentials.person, token)

    async def _credentials(self, raw_name: str) -> Credentials | None:
        try:
            return await self._directory.credentials(names.user_name(raw_name))
        except InvalidUserName:
            return None  # nobody is called so

    async def _join(self, command: SignUp, address: str) -> Identity:
        if self._sign_up != "open":
            raise SignUpClosed(self._sign_up)
        user_name = names.user_name(command.user_name)
        display_name = names.display_name(command.display_name, user_name)
        names.password(command.password)
        account = NewAccount(
            id=self._new_id(),
            user_name=user_name,
            skeleton=names.skeleton(user_name),
            display_name=display_name,
            password_hash=await self._passwords.hash(command.password),
        )
        token, session = self._new_session(command.device, address)
        person = await self._directory.sign_up(account, session)
        return Identity(session.id, person, token)

    def _new_session(self, device: str, address: str) -> tuple[str, NewSession]:
        secret = self._random_bits(_TOKEN_BITS).to_bytes(_TOKEN_BITS // 8)
        token = base64.urlsafe_b64encode(secret).rstrip(b"=").decode()
        return token, NewSession(self._new_id(), _hashed(token), names.device_name(device), address)

    def _new_id(self) -> str:
        return new_id(self._clock(), self._random_bits(32))


def _hashed(token: str) -> bytes:
    return sha256(token.encode()).digest()
