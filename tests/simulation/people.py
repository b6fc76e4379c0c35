"""People's devices: the real SDK with an application on top of it, and a disk that survives both.

Owns: what a device keeps through a crash, what its application does with each event, and what a
person does with it.
Never: when something is done or breaks (`scenario.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from functools import partial
from random import Random

from parley.client import Chat, connect
from parley.client.errors import ParleyError, Refused, SignInFailed
from parley.client.events import (
    ChatEvent,
    Deleted,
    DeletedMessage,
    DirectoryChanged,
    Edited,
    Message,
    NoticeShown,
    Online,
    Reacted,
    Retracted,
    RoomLive,
    RoomLost,
    RoomRestarted,
    UnreadChanged,
    UnsupportedShown,
    Withdrawn,
)
from parley.client.outbox import State
from parley.client.outgoing import Outgoing
from parley.client.outputs import Change as VaultChange
from parley.client.session import Kept
from parley.client.transport import Transport
from parley.client.vault import MemoryVault
from parley.protocol.content import Target
from tests.simulation.clock import Process
from tests.simulation.screen import RoomScreen, line_of
from tests.simulation.witness import Alteration, Change, Post, Read, Record, Seen, Witness, edited
from tests.simulation.words import in_words

_URL = "http://parley.example"
_PASSWORD = "a password"
# A write to the disk takes up to so long, in seconds.
_DISK_SECONDS = 0.003
# Lines in one page of history: few, so that there are several pages.
_PAGE_LINES = 20
_AGAIN_SECONDS = 0.5
_THUMB = "👍"


class Disk(MemoryVault):
    """What a device keeps. Each write is whole or not there at all."""

    def __init__(self, dice: Random) -> None:
        super().__init__()
        self._dice = dice

    async def load(self) -> Kept:
        await self._spin()
        return await super().load()

    async def write(self, changes: Sequence[VaultChange]) -> None:
        await self._spin()
        await super().write(changes)
        await self._spin()

    async def _spin(self) -> None:
        await asyncio.sleep(self._dice.random() * _DISK_SECONDS)


class Device:
    """One device of one person, through all its runs."""

    def __init__(
        self,
        name: str,
        user: str,
        record: Record,
        dice: Random,
        clock: Callable[[], int],
        trace: Callable[[str, str], None],
    ) -> None:
        self.name, self.user = name, user
        self.witness = record.witnesses.setdefault(name, Witness(name))
        self.online = asyncio.Event()
        self.run = 0
        self.follows: dict[str, None] = {}
        self.clock_offset = 0
        """How wrong its clock is, in milliseconds."""
        self.ready = asyncio.Event()
        self._record, self._dice, self._clock, self._trace = record, dice, clock, trace
        self._disk = Disk(dice)
        self._chat: Chat | None = None
        self._closing = asyncio.Event()
        self._process: Process
        self._is_known = False
        """Whether there is an account already."""

    # --- running ---------------------------------------------------------------------------

    async def live(self, process: Process, dial: Callable[[str], Awaitable[Transport]]) -> None:
        """Run until asked to close; who was signed out signs in again."""
        self._process = process
        self._closing.clear()
        while not self._closing.is_set():
            self._begin_run()
            try:
                async with connect(
                    _URL,
                    user=self.user,
                    password=_PASSWORD,
                    sign_up=not self._is_known,
                    device=self.name,
                    rooms=list(self.follows),
                    dial=dial,
                    clock=lambda: self._clock() + self.clock_offset,
                    random=self._dice,
                    vault=self._disk,
                ) as chat:
                    self._chat = chat
                    self.ready.set()
                    await self._use(chat)
                    return
            except SignInFailed as error:
                self._trace(self.name, f"sign in failed: {error}")
                self._is_known = True
            except ParleyError as error:
                self._trace(self.name, f"ended: {error}")
            finally:
                self._chat = None
            await asyncio.sleep(_AGAIN_SECONDS)

    def _begin_run(self) -> None:
        self.run += 1
        self._chat = None
        self.online.clear()
        self.ready.clear()
        self.witness.run = self.run
        self.witness.screens, self.witness.counts = {}, {}

    async def _use(self, chat: Chat) -> None:
        reading = asyncio.create_task(self._read(chat), name="read")
        closing = asyncio.create_task(self._closing.wait(), name="closing")
        await asyncio.wait([reading, closing], return_when=asyncio.FIRST_COMPLETED)
        for task in (reading, closing):
            task.cancel()
        await asyncio.gather(reading, closing, return_exceptions=True)
        if reading.done() and not reading.cancelled() and (error := reading.exception()):
            raise error

    def close(self) -> None:
        """Close the application in an orderly way."""
        self._closing.set()

    async def _read(self, chat: Chat) -> None:
        async for event in chat.events():
            self._see(chat, event)

    def _see(self, chat: Chat, event: ChatEvent) -> None:
        self.witness.seen.append(Seen(asyncio.get_running_loop().time(), self.run, event))
        self._trace(self.name, f"sees {in_words(event)}")
        self._take(chat, event)

    # --- the application -------------------------------------------------------------------

    def _take(self, chat: Chat, event: ChatEvent) -> None:
        match event:
            case Online():
                self.online.set()
                self._is_known = True
                self.witness.person = event.person.id
                self._spawn(self._follow_all(chat), "follow all")
            case DirectoryChanged():
                self._spawn(self._follow_all(chat), "follow all")
            case RoomLost():
                self.witness.screens.pop(event.room, None)
                self.witness.counts.pop(event.room, None)
                self.follows.pop(event.room, None)
            case _:
                self._show(chat, event)

    def _show(self, chat: Chat, event: ChatEvent) -> None:
        match event:
            case Message() | DeletedMessage() | NoticeShown() | UnsupportedShown():
                self.screen(event.room).show(line_of(event))
            case Edited() | Deleted() | Reacted():
                self.screen(event.room).alter(event)
            case UnreadChanged():
                self.witness.counts[event.room] = event
            case RoomLive():
                self._spawn(self._count(chat, event.room), "count")
                if self.screen(event.room).go_live(event.generation, event.seq):
                    self._spawn(self._load(chat, event.room), "load")
            case Retracted():
                # What was taken back may have changed lines that stay: they are read again.
                if self.screen(event.room).take_back(event.generation, event.after):
                    self._spawn(self._load(chat, event.room), "load again")
            case RoomRestarted():
                self.screen(event.room).begin_afresh(event.generation)
            case Withdrawn():
                self.screen(event.room).withdraw(event.generation, event.seq)

    def screen(self, room: str) -> RoomScreen:
        """Return what is shown of a room."""
        return self.witness.screens.setdefault(room, RoomScreen())

    def _spawn(self, work: Coroutine[None, None, None], name: str) -> None:
        self._process.spawn(_quietly(work), name)

    async def _follow_all(self, chat: Chat) -> None:
        while True:
            try:
                for room in await chat.rooms():
                    if room.id not in self.follows:
                        self.follows[room.id] = None
                        await chat.follow(room.id)
                return
            except Refused as refused:
                if not refused.retry:
                    raise
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _load(self, chat: Chat, room: str) -> None:
        """Read a room's history up to where it is followed from, as long as it is shown."""
        screen = self.screen(room)
        while not screen.is_loaded and self.witness.screens.get(room) is screen:
            # Refused for good, too: who has left on another device may be back in a moment.
            with suppress(Refused):
                await screen.load(partial(chat.history, room, limit=_PAGE_LINES))
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _count(self, chat: Chat, room: str) -> None:
        """Ask how much is unread in a room; from then on events tell."""
        while room in self.witness.screens:
            try:
                await chat.count_unread([room])
                return
            except Refused as refused:
                if not refused.retry:
                    return
            await asyncio.sleep(_AGAIN_SECONDS)

    # --- the person ------------------------------------------------------------------------

    async def post(self, room: str, text: str) -> None:
        """Say something."""
        await self.ready.wait()
        if self._chat is None:
            return
        post = Post(self.name, room, text, asyncio.get_running_loop().time())
        self._record.posts.append(post)
        self._trace(self.name, f"writes {text!r} in {room}")
        try:
            post.cmid = (await self._chat.post(room, text)).cmid
        except Refused:
            post.is_impossible = True
        except ParleyError as error:
            self._trace(self.name, f"could not write: {error}")

    async def alter(self, what: str, room: str) -> None:
        """Edit or delete what was last posted here, or react to what is last shown."""
        await self.ready.wait()
        post = self._last_shown(room) if what == "react" else self._last_posted(room)
        if self._chat is None or post is None or post.cmid is None:
            return
        altered = Alteration(self.name, what, post)
        self._record.alterations.append(altered)
        self._trace(self.name, f"asks to {what} {post.text!r} in {room}")
        try:
            match what:
                case "edit":
                    outgoing = await self._chat.edit(room, post.cmid, edited(post.text))
                case "delete":
                    target = Target(self.witness.person, post.cmid)
                    outgoing = await self._chat.delete(room, target)
                case _:
                    outgoing = await self._react(self._chat, room, post.cmid)
            altered.cmid = outgoing.cmid
        except ParleyError as error:
            self._trace(self.name, f"could not {what}: {error}")

    async def _react(self, chat: Chat, room: str, cmid: str) -> Outgoing:
        """Put a thumb to a line, or take it back."""
        line = next(each for each in self.screen(room).lines.values() if each.cmid == cmid)
        is_on = (self.witness.person, _THUMB) in line.reactions
        return await chat.react(room, Target(line.author or "", cmid), _THUMB, on=not is_on)

    def _last_posted(self, room: str) -> Post | None:
        posts = [p for p in self._record.posts if (p.device, p.room) == (self.name, room)]
        return posts[-1] if posts else None

    def _last_shown(self, room: str) -> Post | None:
        screen = self.witness.screens.get(room)
        named = [line.cmid for line in screen.in_order() if line.cmid] if screen else []
        posts = {post.cmid: post for post in self._record.posts}
        return posts.get(named[-1]) if named else None

    async def read(self, room: str) -> None:
        """Read all that is shown of a room."""
        await self.ready.wait()
        screen = self.witness.screens.get(room)
        if self._chat is None or screen is None or not screen.lines:
            return
        now, seq = asyncio.get_running_loop().time(), max(screen.lines)
        read = Read(now, self.name, self.run, room, screen.lines[seq].generation, seq)
        self._record.reads.append(read)
        self._trace(self.name, f"reads {room} up to {read.generation}/{seq}")
        self._chat.mark_read(room, seq)

    async def change(self, what: str, room: str) -> None:
        """Join or leave a room."""
        await self.ready.wait()
        chat = self._chat
        if chat is None:
            return
        loop = asyncio.get_running_loop()
        change = Change(self.name, self.witness.person, what, room, loop.time())
        self._record.changes.append(change)
        self._trace(self.name, f"asks to {what} {room}")
        try:
            if what == "join":
                await chat.join(room)
            else:
                await chat.leave(room)
            change.ok = True
        except Refused as refused:
            # "Try again" leaves open whether it was done.
            change.ok = None if refused.retry else False
            self._trace(self.name, f"may not {what} {room}: {refused.code}")
        except ParleyError as error:
            self._trace(self.name, f"does not know about {what} {room}: {error}")
            return
        change.answered_at = loop.time()
        await self._take_change(chat, change)

    async def _take_change(self, chat: Chat, change: Change) -> None:
        if not change.ok:
            return
        self._trace(self.name, f"has done: {change.what} {change.room}")
        if change.what == "join":
            self.follows[change.room] = None
            await chat.follow(change.room)
        else:
            self._see(chat, RoomLost(change.room, "left", "by this device"))

    async def sign_out(self) -> None:
        """End this device's session; the application then signs in again."""
        await self.ready.wait()
        if self._chat is not None:
            self._trace(self.name, "signs out")
            await _quietly(self._chat.sign_out())

    async def create(self, name: str) -> str:
        """Make a room, and return its id."""
        await self.ready.wait()
        assert self._chat is not None
        room = await self._chat.create_room(name)
        return room.id

    # --- the end ---------------------------------------------------------------------------

    def look(self) -> None:
        """Note what is in the outbox."""
        if self._chat is not None:
            self.witness.waiting = {
                entry.cmid: entry.code if entry.state is State.REFUSED else ""
                for entry in self._chat.outbox()
            }


async def _quietly(work: Awaitable[None]) -> None:
    """Do something for which an end of the chat, or a refusal, is a good end as well."""
    try:
        await work
    except ParleyError:
        return
