"""One session with a server, from the effect that asks for it.

Owns: opening what keeps the session, and the words for what can go wrong there.
Never: what is done with the chat.
"""

import platform
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from desktop_client.network.session_vault import SessionVault
from desktop_client.network.system_keyring import Keyring
from desktop_client.profile import Profile
from desktop_client.refusals import in_words
from desktop_client.update.effects import Connect
from desktop_client.update.events import Waiting
from parley.client import Chat, FileVault, FolderInUse, connect
from parley.client.transport import websocket_url
from parley.domain import names
from parley.protocol.content import Text
from parley.protocol.refusals import Refusal


class CannotBegin(Exception):
    """There can be no session as things are; `str()` is for the person, and may be empty."""


@asynccontextmanager
async def hold_session(
    profile: Profile, wanted: Connect, keyring: Keyring
) -> AsyncIterator[tuple[Chat, str]]:
    """Chat with a server until the block ends; with the words for where the session is kept.

    Without a password the session that is kept is taken up, with or without a connection.
    Raises CannotBegin and ParleyError.
    """
    websocket_url(wanted.url)  # a wrong address is said before a folder is made for it
    try:
        user = names.user_name(wanted.user) if wanted.password is not None else None
    except Refusal as refusal:
        raise CannotBegin(str(refusal)) from None
    try:
        file = await FileVault.open(profile.server_folder(wanted.url))
    except FolderInUse:
        raise CannotBegin(
            f"The profile {profile.name!r} is open in another window."
            " Use that one, or start another profile: parley desktop --profile NAME"
        ) from None
    vault = SessionVault(file, keyring, str(file.folder.absolute()))
    if wanted.password is None and (await vault.load()).token is None:
        await vault.close()
        raise CannotBegin(vault.missing or _damaged(file.set_aside))
    async with connect(
        wanted.url,
        user=user,
        password=wanted.password,
        sign_up=wanted.sign_up,
        code=wanted.code,
        device=names.device_name(f"Parley desktop on {platform.node()}"),
        vault=vault,
        wait=wanted.password is not None,
    ) as chat:
        yield chat, await vault.where()


def _damaged(set_aside: Path | None) -> str:
    """Return what to say of a session that is gone with a damaged file; empty: none was there."""
    if set_aside is None:
        return ""
    return f"What was kept here was damaged. It was set aside as {set_aside.name}: sign in again"


def waiting_in(chat: Chat) -> tuple[Waiting, ...]:
    """Return the messages of the outbox, each with the time that its name tells."""
    return tuple(
        Waiting(
            entry.room,
            entry.cmid,
            entry.content.text,
            time_of(entry.cmid),
            in_words(entry.code, entry.message or entry.code),
            entry.content.reply_to,
            entry.content.forwarded,
        )
        for entry in chat.outbox()
        if isinstance(entry.content, Text)
    )


def time_of(cmid: str) -> int:
    """Return when a message was written: a UUIDv7 begins with it, in Unix milliseconds."""
    return int(cmid.replace("-", "")[:12], 16)
