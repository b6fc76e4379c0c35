"""Who talks: the session of an earlier time, or a password, or a new account.

Owns: the order in which these are tried, and what a person is asked meanwhile.
Never: what is done once the server has let us in.
"""

import asyncio
import platform
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

from parley.chat.asking import Asker
from parley.chat.options import ChatOptions
from parley.chat.profiles import Profiles
from parley.client import Chat, FileVault, SignedOut, SignInFailed, connect
from parley.client.transport import websocket_url
from parley.domain import names
from parley.protocol.refusals import (
    CodeNeeded,
    CodeRefused,
    InvalidInvitation,
    SignInRefused,
    SignUpClosed,
)

# Answers to "who are you" that may be wrong before we give up.
_TRIES = 4

Work = Callable[[Chat], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class _Account:
    user: str
    password: str | None = field(repr=False)
    sign_up: bool
    code: str = field(repr=False)
    """An invitation, or what the second factor shows."""


class _PasswordNeeded(Exception):
    """There is no session of an earlier time."""


class _NotLetIn(Exception):
    """The server did not let us in. Nothing has been said yet, so it may be tried again."""

    def __init__(self, error: SignInFailed | SignedOut) -> None:
        super().__init__(error)
        self.error = error


class SigningIn:
    """Signs in and then works. Questions are asked while no event loop is kept waiting."""

    def __init__(self, options: ChatOptions, asker: Asker) -> None:
        self._options, self._asker = options, asker
        self._profiles = Profiles(options.data_dir, options.url)

    def run(self, work: Work) -> int:
        """Sign in, and return what the work returns.

        Raises ParleyError, CannotAsk, and refusals of names that cannot be.
        """
        websocket_url(self._options.url)  # a wrong address is said before anything is asked
        options = self._options
        account = _Account(self._user(), options.password, options.sign_up, options.code)
        refused = 0
        while True:
            try:
                return asyncio.run(self._work_as(account, work))
            except _PasswordNeeded:
                password = self._asker.password(account.user, new=account.sign_up)
                account = replace(account, password=password)
            except _NotLetIn as not_let_in:
                refused += 1
                account = self._another_try(account, not_let_in.error, refused)

    def _user(self) -> str:
        if self._options.user is not None:
            return names.user_name(self._options.user)
        known = self._profiles.users()
        if len(known) == 1 and not self._options.sign_up:
            return known[0]
        return names.user_name(self._asker.user_name(known))

    async def _work_as(self, account: _Account, work: Work) -> int:
        vault = await self._open_vault(account.user)
        if (await vault.load()).token is None and account.password is None:
            await vault.close()
            raise _PasswordNeeded
        async with AsyncExitStack() as stack:
            chat = connect(
                self._options.url,
                user=account.user,
                password=account.password,
                sign_up=account.sign_up,
                code=account.code,
                device=names.device_name(f"parley chat on {platform.node()}"),
                vault=vault,
                wait=True,
            )
            try:
                connected = await stack.enter_async_context(chat)
            except (SignInFailed, SignedOut) as error:
                raise _NotLetIn(error) from None
            return await work(connected)

    async def _open_vault(self, user: str) -> FileVault:
        if self._options.folder is not None:
            return await FileVault.open(self._options.folder)
        return await self._profiles.open(user)

    def _another_try(
        self, account: _Account, error: SignInFailed | SignedOut, refused: int
    ) -> _Account:
        if refused == _TRIES:
            raise error
        if isinstance(error, SignedOut):  # the kept session is void, and has been forgotten
            return account
        if error.code == CodeNeeded.code:
            return replace(account, code=self._asker.code(account.user))
        if not self._asker.is_patient:
            raise error
        self._asker.tell(str(error))
        if error.code == CodeRefused.code:
            return replace(account, code=self._asker.code(account.user))
        if error.code == SignInRefused.code and self._wants_account(account.user):
            return replace(account, sign_up=True, password=None)
        if error.code in (SignUpClosed.code, InvalidInvitation.code):
            return replace(account, code=self._invitation(error))
        if account.sign_up:
            return replace(account, user=names.user_name(self._asker.user_name([])), password=None)
        return replace(account, password=None)

    def _invitation(self, error: SignInFailed) -> str:
        code = self._asker.invitation()
        if not code:
            raise error
        return code

    def _wants_account(self, user: str) -> bool:
        return self._asker.confirms(f"Make a new account named {user} on this server?")
