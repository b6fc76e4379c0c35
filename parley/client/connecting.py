"""How a chat begins.

Owns: `connect`: who we are, where what must not be forgotten is kept, and the first connection.
Never: what happens afterwards (`parley.client.chat`).
"""

import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random, SystemRandom

from parley.client.chat import Chat
from parley.client.connection import Dial
from parley.client.errors import ConnectionFailed, ParleyError, SignInFailed
from parley.client.events import FolderRenewed, Offline
from parley.client.session import Kept, Session
from parley.client.transport import dial_websocket, websocket_url
from parley.client.vault import MemoryVault, Vault
from parley.client.vault_file import FileVault
from parley.protocol.commands import SignIn, SignUp


def unix_ms() -> int:
    """Return the wall clock, in Unix milliseconds."""
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def connect(
    url: str,
    *,
    user: str | None = None,
    password: str | None = None,
    sign_up: bool = False,
    code: str = "",
    display_name: str = "",
    device: str = "",
    token: str | None = None,
    folder: Path | str | None = None,
    rooms: Iterable[str] = (),
    wait: bool = False,
    dial: Dial = dial_websocket,
    clock: Callable[[], int] = unix_ms,
    random: Random | None = None,
    vault: Vault | None = None,
) -> AsyncIterator[Chat]:
    """Chat with the server at `url`, such as http://127.0.0.1:8080, until the block ends.

    Who we are is `user` and `password`, for an account that is made now with `sign_up`; or the
    `token` of an earlier session; or the one that `folder` keeps, which comes before a password.
    `code` is the invitation, where the server asks for one to sign up; to sign in, that of the
    account's second factor, if it has one.

    `folder` is for one account on one server. It keeps the outbox, so that what was said without
    a connection is sent after a restart, and how far the followed `rooms` were read. Without it,
    all that lasts as long as the block.

    The first connection has to succeed; later ones are tried until they do. With a session that
    `folder` keeps, the chat begins without a connection, unless `wait` is set.

    `vault` takes the place of `folder`, for a program that keeps things its own way; it is closed
    at the end. `dial`, `clock` (Unix milliseconds) and `random` are there to be replaced in tests.

    Raises ConnectionFailed, SignInFailed, SignedOut, OutboxOfAnother, FolderError, RoomNotFound.
    """
    introduction = _introduction(user, password, sign_up, code, display_name, device)
    async with AsyncExitStack() as stack:
        vault = vault or await _vault(folder)
        stack.push_async_callback(vault.close)
        address = websocket_url(url)
        kept = await vault.load()
        may_begin_offline = kept.token is not None and not wait
        session = Session(_with_token(kept, token, introduction), introduction, delivers=True)
        random = random or SystemRandom()
        chat = Chat(address, session, vault, dial=dial, clock=clock, random=random)
        if vault.set_aside is not None:
            chat.emitted(FolderRenewed(vault.set_aside))
        chat.start(rooms)
        stack.push_async_callback(chat.close)
        if not may_begin_offline:
            await _first_connection(chat, url)
        yield chat


def _with_token(kept: Kept, token: str | None, introduction: SignUp | SignIn | None) -> Kept:
    kept = replace(kept, token=token or kept.token)
    if kept.token is None and introduction is None:
        raise SignInFailed("not_signed_in", "give a user name and a password, or a token")
    return kept


def _introduction(
    user: str | None,
    password: str | None,
    sign_up: bool,
    code: str,
    display_name: str,
    device: str,
) -> SignUp | SignIn | None:
    if user is None or password is None:
        return None
    if not sign_up:
        return SignIn(ref=0, user_name=user, password=password, device=device, code=code)
    return SignUp(
        ref=0,
        user_name=user,
        password=password,
        display_name=display_name,
        device=device,
        code=code,
    )


async def _vault(folder: Path | str | None) -> Vault:
    return MemoryVault() if folder is None else await FileVault.open(Path(folder))


async def _first_connection(chat: Chat, url: str) -> None:
    outcome = await chat.first_outcome()
    if isinstance(outcome, Offline):
        raise ConnectionFailed(url, outcome.reason)
    if isinstance(outcome, ParleyError):
        raise outcome
