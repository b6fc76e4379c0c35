"""Carrying out effects on the SDK.

Owns: the chat, the tasks that ask something of it, and the file of the screen's settings.
Never: threads (`desktop_client.network.thread`), decisions (`desktop_client.update`).
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from pathlib import Path

from desktop_client.network.answers import answer
from desktop_client.network.draft_file import DraftFile
from desktop_client.network.drafts import DraftKeeper
from desktop_client.network.memory import Memory, remembered
from desktop_client.network.pages import pages
from desktop_client.network.session import CannotBegin, hold_session, waiting_in
from desktop_client.network.system_keyring import Keyring
from desktop_client.profile import Kept, Profile, remembering
from desktop_client.update import effects, events
from parley.client import (
    Chat,
    ConnectionFailed,
    Draft,
    DraftSaved,
    ParleyError,
    SignedOut,
    SignInFailed,
)
from parley.client.transport import dial_websocket
from parley.protocol.refusals import CodeNeeded, CodeRefused, InvalidInvitation

_ASKING_FOR_A_CODE = {CodeNeeded.code, CodeRefused.code, InvalidInvitation.code}


class Worker:
    """Everything that happens on the network's event loop."""

    def __init__(
        self, profile: Profile, tell: Callable[[events.Event], None], keyring: Keyring
    ) -> None:
        self._profile, self._tell, self._keyring = profile, tell, keyring
        self._chat: Chat | None = None
        self._memory: Memory | None = None
        self._drafts: DraftKeeper | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._kept: Kept | None = None
        self._is_leaving = False
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until `stop`; then let go of the connection."""
        await self._stopping.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def stop(self) -> None:
        """End `run`."""
        self._stopping.set()

    def begin(self, effect: effects.NetworkEffect | effects.Remember) -> None:
        """Begin to carry out an effect."""
        match effect:
            case effects.Remember():
                self._keep(effect)
            case effects.FindServer(url=url):
                self._start(self._find(url))
            case effects.Connect():
                self._start(self._connected(effect))
            case effects.SignOut():
                self._start(self._sign_out())
            case _:
                self._start(self._answered(effect))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _keep(self, new: effects.Remember) -> None:
        self._kept = remembering(self._kept or self._profile.load(), new)
        try:
            self._profile.keep(self._kept)
        except OSError as error:
            self._tell(events.Failed(f"The settings could not be kept: {error}"))

    async def _find(self, url: str) -> None:
        with suppress(ConnectionFailed):
            transport = await dial_websocket(url)
            await transport.close("only looking")
            self._tell(events.FoundServer(url))

    # --- the session -----------------------------------------------------------------------

    async def _connected(self, connect: effects.Connect) -> None:
        try:
            async with hold_session(self._profile, connect, self._keyring) as (chat, where):
                self._chat = chat
                self._tell(events.SignedIn(chat.person, waiting_in(chat), where))
                folder = self._profile.server_folder(connect.url)
                self._take_up_drafts(chat, folder)
                async with remembered(folder, chat.person.id) as self._memory:
                    await self._listen(chat, self._memory)
        except (ParleyError, CannotBegin) as error:
            asks_code = isinstance(error, SignInFailed) and error.code in _ASKING_FOR_A_CODE
            # Whoever signs out here need not be told that they have.
            reason = "" if self._is_leaving else str(error)
            self._tell(events.NotSignedIn(reason, asks_code))
        finally:
            if self._drafts is not None:
                await self._drafts.close()
            self._chat = self._memory = self._drafts = None
            self._is_leaving = False

    def _take_up_drafts(self, chat: Chat, folder: Path) -> None:
        file = DraftFile(folder, chat.person.id)
        self._drafts = DraftKeeper(partial(_save_draft, chat), self._tell_draft, file=file)
        if begun := self._drafts.recall():
            self._tell(events.GotDrafts(begun))

    async def _listen(self, chat: Chat, memory: Memory) -> None:
        recalled = await memory.recall()
        if recalled is not None:
            self._tell(recalled)
        try:
            async for event in chat.events():
                if isinstance(event, DraftSaved) and not self._is_news(event.draft):
                    continue
                happened = events.Happened(event, _now())
                memory.note(happened)
                self._tell(happened)
        except SignedOut:
            memory.erase()
            if self._drafts is not None:
                self._drafts.forget()
            raise

    async def _sign_out(self) -> None:
        if self._chat is None:
            return
        self._is_leaving = True
        try:
            await self._chat.sign_out()
        except ParleyError as error:
            self._is_leaving = False
            self._tell(events.Failed(f"Not signed out: {error}"))

    async def _answered(self, effect: effects.NetworkEffect) -> None:
        if self._chat is None:
            return
        if isinstance(effect, effects.SaveDraft):
            if self._drafts is not None:
                self._drafts.want(effect)
            return
        if isinstance(effect, effects.LoadHistory):
            async for event in pages(self._chat, self._memory, effect):
                self._note(event)
            return
        for event in await answer(self._chat, effect):
            self._note(event)

    def _tell_draft(self, draft: Draft) -> None:
        self._tell(events.GotDrafts((draft,)))

    def _is_news(self, draft: Draft) -> bool:
        return self._drafts is not None and self._drafts.drafts.is_news(draft)

    def _note(self, event: events.Event) -> None:
        """Keep what an event tells, and tell it."""
        if isinstance(event, events.GotOverview):
            begun = (each.draft for each in event.rooms if each.draft is not None)
            if news := tuple(draft for draft in begun if self._is_news(draft)):
                self._tell(events.GotDrafts(news))
        if self._memory is not None:
            self._memory.note(event)
        self._tell(event)


async def _save_draft(chat: Chat, save: effects.SaveDraft, version: int) -> Draft:
    return await chat.save_draft(save.room, save.text, reply_to=save.reply_to, version=version)


def _now() -> int:
    return time.time_ns() // 1_000_000
