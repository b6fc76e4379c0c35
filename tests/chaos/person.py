"""A device: the real SDK, with its outbox in a folder, and an application on top of it.

Owns: what the application does with each event, and what its person does: writes, leaves, joins.
Never: its end. The process it is in may be killed between any two steps.

The rules that the application follows are those of `tests/simulation/screen.py`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

import parley
from parley.client.outbox import State
from tests.chaos.journal import Answered, Asks, Journal, Saw, Stands, Writes, Wrote
from tests.simulation.screen import RoomScreen, line_of

# After the application has ended, or could not read a page, in seconds.
_AGAIN_SECONDS = 0.5
_PAGE_LINES = 200
_LONG_TEXT = 2000
# Shares of what a person does that are something else than to write a short text.
_LONG_SHARE, _CHANGE_SHARE = 0.05, 0.015


@dataclass(frozen=True)
class Habits:
    """Who a device belongs to, and how it is used."""

    name: str
    token: str
    folder: str
    rooms: tuple[str, ...]
    messages_per_second: float


class Device:
    """One run of a device: from the start of its process to its end."""

    def __init__(self, url: str, habits: Habits, run: int, journal: Journal, seed: int) -> None:
        self._url, self._habits, self._run, self._journal = url, habits, run, journal
        self._dice = Random(f"{seed} {habits.name} {run}")
        self._chat: parley.Chat | None = None
        self._is_online = False
        self._follows: dict[str, None] = {}
        self._screens: dict[str, RoomScreen] = {}
        self._written = self._asked = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_silent = False
        """Whether the person has stopped talking."""

    # --- running ---------------------------------------------------------------------------

    async def live(self) -> None:
        """Run until the process ends."""
        talking = asyncio.create_task(self._talk())
        try:
            while True:
                try:
                    await self._be_connected()
                except parley.ParleyError as error:
                    print(f"{self._habits.name}, run {self._run}: {error}", flush=True)
                self._is_online = False
                self._run += 1
                self._screens = {}
                await asyncio.sleep(_AGAIN_SECONDS)
        finally:
            talking.cancel()

    async def _be_connected(self) -> None:
        habits = self._habits
        async with parley.connect(
            self._url,
            token=habits.token,
            device=habits.name,
            folder=Path(habits.folder),
            rooms=list(self._follows),
        ) as chat:
            self._chat = chat
            try:
                async for event in chat.events():
                    self._see(chat, event)
            finally:
                self._chat = None
                for task in tuple(self._tasks):
                    task.cancel()

    def _see(self, chat: parley.Chat, event: parley.ChatEvent) -> None:
        self._journal.add(Saw(self._habits.name, time.monotonic(), self._run, event))
        self._take(chat, event)

    # --- the application -------------------------------------------------------------------

    def _take(self, chat: parley.Chat, event: parley.ChatEvent) -> None:
        match event:
            case parley.Online() | parley.DirectoryChanged():
                self._is_online = self._is_online or isinstance(event, parley.Online)
                self._spawn(self._follow_all(chat))
            case parley.Offline():
                self._is_online = False
            case parley.Message() | parley.NoticeShown() | parley.UnsupportedShown():
                self._screen(event.room).show(line_of(event))
            case parley.RoomLive():
                if self._screen(event.room).go_live(event.generation, event.seq):
                    self._spawn(self._load(chat, event.room))
            case parley.Retracted():
                self._screen(event.room).take_back(event.generation, event.after)
            case parley.RoomRestarted():
                self._screen(event.room).begin_afresh(event.generation)
            case parley.Withdrawn():
                self._screen(event.room).withdraw(event.generation, event.seq)
            case parley.RoomLost():
                self._screens.pop(event.room, None)
                self._follows.pop(event.room, None)

    def _screen(self, room: str) -> RoomScreen:
        return self._screens.setdefault(room, RoomScreen())

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _follow_all(self, chat: parley.Chat) -> None:
        """Follow those of the rooms that the person is in."""
        while True:
            try:
                mine = {room.id for room in await chat.rooms()}
                for room in mine.intersection(self._habits.rooms) - self._follows.keys():
                    self._follows[room] = None
                    await chat.follow(room)
                return
            except parley.Refused as refused:
                if not refused.retry:
                    raise
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _load(self, chat: parley.Chat, room: str) -> None:
        """Read a room's history up to where it is followed from, as long as it is shown."""
        screen = self._screen(room)
        while not screen.is_loaded and self._screens.get(room) is screen:
            # Refused for good, too: who has left on another device may be back in a moment.
            with suppress(parley.Refused, parley.ConnectionLost):
                await screen.load(partial(chat.history, room, limit=_PAGE_LINES))
            await asyncio.sleep(_AGAIN_SECONDS)

    # --- the person ------------------------------------------------------------------------

    async def _talk(self) -> None:
        while True:
            await asyncio.sleep(self._dice.expovariate(self._habits.messages_per_second))
            chat = self._chat
            if chat is None or self.is_silent or not self._follows:
                continue
            room = self._dice.choice(list(self._follows))
            if self._dice.random() < _CHANGE_SHARE:
                await self._leave_and_return(chat, room)
            else:
                await self._write(chat, room)

    async def _write(self, chat: parley.Chat, room: str) -> None:
        self._written += 1
        length = _LONG_TEXT if self._dice.random() < _LONG_SHARE else 0
        text = f"{self._habits.name} says {self._run}.{self._written}{'.' * length}"
        name = self._habits.name
        self._journal.add(Writes(name, time.monotonic(), room, text))
        try:
            cmid = (await chat.post(room, text)).cmid
        except parley.Refused:
            self._journal.add(Wrote(name, text, None))
        except parley.ParleyError:
            return  # nobody knows whether it was kept
        else:
            self._journal.add(Wrote(name, text, cmid))

    async def _leave_and_return(self, chat: parley.Chat, room: str) -> None:
        if await self._change("leave", room, chat.leave(room)):
            self._see(chat, parley.RoomLost(room, "left", "by this device"))
        await asyncio.sleep(self._dice.uniform(0, 3))
        if self._chat is chat and await self._change("join", room, chat.join(room)):
            self._follows[room] = None
            self._spawn(chat.follow(room))

    async def _change(self, what: str, room: str, asking: Awaitable[object]) -> bool:
        """Ask for a change; return whether it was carried out for sure."""
        self._asked += 1
        name, number, run = self._habits.name, self._asked, self._run
        self._journal.add(Asks(name, time.monotonic(), what, room, number, run))
        ok: bool | None = True
        try:
            await asking
        except parley.Refused as refused:
            # "Try again" leaves open whether it was done.
            ok = None if refused.retry else False
        except parley.ParleyError:
            return False
        self._journal.add(Answered(name, time.monotonic(), number, run, ok))
        return bool(ok)

    # --- looking ---------------------------------------------------------------------------

    def look(self, question: int) -> None:
        """Note how things stand."""
        waiting = {}
        if self._chat is not None:
            waiting = {
                entry.cmid: entry.code if entry.state is State.REFUSED else ""
                for entry in self._chat.outbox()
            }
        name, is_online = self._habits.name, self._is_online and self._chat is not None
        at, screens = time.monotonic(), self._screens
        self._journal.add(Stands(name, at, self._run, question, is_online, waiting, screens))


async def _quietly(work: Awaitable[None]) -> None:
    """Do something for which an end of the chat, or a refusal, is a good end as well."""
    with suppress(parley.ParleyError):
        await work
