"""A chat as one person sees it: what is printed when, and what typed lines do.

Owns: the present room, one's own lines until they are stored, and the words of the toolbar.
Never: the terminal itself (`parley.chat.terminal`): lines leave through `say`; and what the
commands about rooms and people do (`doing_rooms`, `doing_members`, `doing_people`,
`doing_account`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from msgspec.structs import replace

from parley.chat import slash
from parley.chat.cleaning import clean_line
from parley.chat.doing_account import AccountCommands
from parley.chat.doing_members import MemberCommands
from parley.chat.doing_messages import MessageCommands
from parley.chat.doing_own import OwnCommands, Ticks
from parley.chat.doing_people import PeopleCommands
from parley.chat.doing_rooms import RoomCommands
from parley.chat.doing_search import SearchCommands
from parley.chat.lines import Lines, People, name_of, reacted, short_name
from parley.chat.moments import Moments
from parley.chat.reading import Past, enter, in_words, last_entries, people_in
from parley.chat.stage import Handlers, Misused, whole
from parley.client import (
    Chat,
    ChatEvent,
    ConnectionLost,
    DeletedMessage,
    DirectoryChanged,
    FolderRenewed,
    Message,
    MessageChange,
    Offline,
    Online,
    Overrun,
    ParleyError,
    PeopleChanged,
    Person,
    PersonNotFound,
    PresenceChanged,
    ReceiptsChanged,
    Refused,
    Retracted,
    Room,
    RoomEntry,
    RoomLost,
    RoomNotFound,
    RoomRestarted,
    SendRefused,
    Stored,
    Target,
    TypingShown,
    Withdrawn,
)
from parley.domain.formatting import with_shortcodes_replaced
from parley.protocol.content import Text
from parley.protocol.ids import LOBBY

# Earlier lines that a room begins with on the screen.
_FIRST_LINES = 20
# Earlier lines of a room that somebody has brought the person into.
_NEWS_LINES = 5
# Lines looked through for who has spoken lately.
_LATELY = 200

Ask = Callable[[str, bool], Awaitable[str]]
"""Asks the person something; the second argument says whether the answer must not be seen."""


@dataclass(frozen=True, slots=True)
class _Posted:
    """A line of one's own that is not stored yet."""

    room: str
    text: str


class Screen:
    """One person at a terminal. `clock` gives Unix milliseconds."""

    def __init__(
        self,
        chat: Chat,
        say: Callable[[str], None],
        ask: Ask,
        clock: Callable[[], int],
        lines: Lines,
    ) -> None:
        self.chat = chat
        self._say, self._ask, self._clock, self._lines = say, ask, clock, lines
        self.room = Room(LOBBY, "channel", LOBBY, None)
        self._rooms: dict[str, Room] = {}
        self._visited: set[str] = set()
        # What comes of a room while its last lines are being read.
        self._held: dict[str, list[RoomEntry | MessageChange]] = {}
        self._offline: str | None = None
        # The last entry of each room that came from its history: its event is no news.
        self._read_up_to: dict[str, int] = {}
        # Own lines are printed when they are stored: what has been printed cannot change.
        self._posted = {
            entry.cmid: _Posted(entry.room, entry.content.text)
            for entry in chat.outbox()
            if isinstance(entry.content, Text)
        }

        self._messages = MessageCommands(self)
        self._own = OwnCommands(self, self._messages.counted)
        self._ticks = Ticks(chat)
        self.moments = Moments(self)
        self._handlers: Handlers = {
            "help": self._help,
            "who": self._who,
            "history": self._history,
            **RoomCommands(self).handlers(),
            **MemberCommands(self).handlers(),
            **PeopleCommands(self).handlers(),
            **AccountCommands(self).handlers(),
            **SearchCommands(self).handlers(),
            **self._messages.handlers(),
            **self._own.handlers(),
            **self.moments.handlers(),
        }

    # --- what commands work with -----------------------------------------------------------

    def now(self) -> int:
        """Return the time, Unix milliseconds."""
        return self._clock()

    def say(self, lines: str) -> None:
        """Print lines. Others' text in them has been cleaned."""
        self._say(lines)

    def note(self, sentence: str) -> None:
        """Print a sentence about what has happened."""
        self._say(f"— {clean_line(sentence)} —")

    async def ask(self, question: str, *, secret: bool = False) -> str:
        """Ask the person something. Raises Misused if there is no answer."""
        answer = await self._ask(question, secret)
        if not answer:
            raise Misused("nothing has changed")
        return answer

    def toolbar(self) -> str:
        """Return where we are, in words."""
        where = f"{clean_line(self.room.name)} · {clean_line(self.chat.person.user_name)}"
        state = "connected" if self._offline is None else f"not connected: {self._offline}"
        waiting = len(self._posted)
        if waiting:
            return f"{where} · {state} · {waiting} {'line' if waiting == 1 else 'lines'} on the way"
        typing = self.moments.words(self.room.id)
        parts = (where, state, self._ticks.words(self.room.id), typing)
        return " · ".join(filter(None, parts))

    @property
    def waiting(self) -> int:
        """How many of one's own lines are not stored yet."""
        return len(self._posted)

    async def go_to(self, room: Room) -> None:
        """Make a room the present one, and follow it."""
        self.room = self._rooms[room.id] = room
        self.say(f"—— {clean_line(room.name)} ——")
        if room.id not in self._visited:
            await self._open(room, _FIRST_LINES)
            self._visited.add(room.id)

    async def _open(self, room: Room, lines: int) -> None:
        """Follow a room, and show how it ends; what comes meanwhile is shown after that."""
        self._rooms[room.id] = room
        held = self._held[room.id] = []
        try:
            await self.chat.follow(room.id)
            await self._show_history(room, lines)
        finally:
            del self._held[room.id]
        for event in held:
            await self.show(event)
        if room.id == self.room.id:
            self.chat.mark_read(room.id)

    async def tell_unread(self) -> None:
        """Say what is unread in the person's rooms."""
        with suppress(ParleyError):  # what ended the chat is told by the next event
            await self._own.tell_unread()

    async def follow_all(self) -> None:
        """Follow every other room of the person's."""
        await asyncio.gather(*(self._follow(room) for room in await self._new_rooms()))

    async def _new_rooms(self) -> list[Room]:
        rooms = await self.chat.rooms()
        for room in rooms:
            if room.id in self._rooms:
                self.renew(room)
        return [room for room in rooms if room.id not in self._rooms]

    async def _follow(self, room: Room) -> None:
        self._rooms[room.id] = room
        await self.chat.follow(room.id)

    def renew(self, room: Room) -> None:
        """Take what is new about a room."""
        self._rooms[room.id] = room
        if room.id == self.room.id:
            self.room = room

    async def go_home(self) -> None:
        """Leave the present room behind, for the lobby."""
        self._forget(self.room.id)
        await self.go_to(await enter(self.chat, LOBBY))

    def _forget(self, room: str) -> Room | None:
        self._visited.discard(room)
        return self._rooms.pop(room, None)

    # --- what is typed ---------------------------------------------------------------------

    async def do(self, typed: slash.Typed) -> bool:
        """Do what was typed. Returns whether to go on."""
        try:
            match typed:
                case slash.Say(text=text):
                    await self.post(text)
                case slash.Do(name="quit"):
                    return False
                case slash.Do(name=name, argument=argument):
                    await self._handlers[name](argument)
                case slash.Unclear(why=why):
                    self.note(why)
        except Refused as refused:
            self.note(await in_words(self.chat, refused.message, self._rooms))
        except (ConnectionLost, Misused, PersonNotFound, RoomNotFound) as error:
            self.note(str(error))
        return True

    async def post(self, text: str, *, reply_to: Target | None = None) -> None:
        """Say something in the present room, in answer to a message perhaps."""
        outgoing = await self.chat.post(self.room.id, text, reply_to=reply_to)
        self._posted[outgoing.cmid] = _Posted(self.room.id, text)

    async def _help(self, _: str) -> None:
        self.say(slash.HELP)

    async def _who(self, _: str) -> None:
        entries = (await last_entries(self.chat, self.room.id, _LATELY)).entries
        people = await people_in(self.chat, entries)
        lately = {name_of(e.author, people) for e in entries if isinstance(e, Message)}
        self.say(f"Spoke here lately: {', '.join(sorted(lately)) or 'nobody'}")

    async def _history(self, typed: str) -> None:
        lines = whole(typed, "lines") if typed else slash.HISTORY_LINES
        await self._show_history(self.room, lines)

    async def _show_history(self, room: Room, count: int) -> None:
        past = await last_entries(self.chat, room.id, count)
        shown = [entry for entry in past.entries if not self._is_waiting(entry)]
        people = await people_in(self.chat, shown)
        for entry in past.entries:
            if isinstance(entry, Message | DeletedMessage):
                self._messages.saw(entry)
        for entry in shown:
            await self._show_past(entry, past, people)
        if past.entries:
            self._read_up_to[room.id] = past.entries[-1].seq

    async def _show_past(self, entry: RoomEntry, past: Past, people: People) -> None:
        """Print an entry between what it answers and what was put to it."""
        above = below = ""
        if isinstance(entry, Message):
            above = await self._messages.answered(entry, past.quoted)
            state = past.states.get(entry.seq)
            below = reacted(state) if state is not None else ""
        stored, where = self._is_own(entry), self._where(entry.room)
        line = self._lines.entry(entry, people, where=where, stored=stored)
        for each in filter(None, (above, line, below)):
            self.say(each)

    # --- what happens ----------------------------------------------------------------------

    async def listen(self) -> None:
        """Print what happens, until the chat ends."""
        async for event in self.chat.events():
            await self.show(event)

    async def show(self, event: ChatEvent) -> None:
        """Print an event, if it is for a person."""
        if isinstance(event, RoomEntry | MessageChange):
            await self._show_in_room(event)
            return
        match event:
            case Stored(cmid=cmid):
                self._show_stored(cmid)
                self._ticks.stored(event.room, event.seq)
            case ReceiptsChanged(receipts=receipts):
                self._ticks.told(receipts)
            case TypingShown() | PresenceChanged():
                await self.moments.shown(event)
            case SendRefused(cmid=cmid, message=message):
                self._show_refused(cmid, message)
            case Online():
                self._offline = None
            case Offline(reason=reason):
                self._offline = clean_line(reason)
            case RoomLost():
                with suppress(ParleyError):
                    await self._show_lost(event)
            case DirectoryChanged():
                with suppress(ParleyError):  # what ended the chat is told by the next event
                    await self._show_new_rooms()
            case _:
                self._show_change(event)

    async def _show_in_room(self, event: RoomEntry | MessageChange) -> None:
        if event.room in self._held:
            self._held[event.room].append(event)
        elif isinstance(event, MessageChange):
            if not self._is_read(event):
                await self._show_message_change(event)
        else:
            if isinstance(event, Message | DeletedMessage):
                self._messages.saw(event)
            if isinstance(event, Message):
                self.moments.said(event)
            if not self._is_waiting(event) and not self._is_read(event):
                await self._show_entry(event)

    async def _show_entry(self, entry: RoomEntry) -> None:
        if entry.room == self.room.id:
            self.chat.mark_read(entry.room, entry.seq)
        if self._is_muted(entry.room):
            return
        people = await people_in(self.chat, [entry])
        answered = await self._messages.answered(entry) if isinstance(entry, Message) else ""
        if answered:
            self.say(answered)
        self.say(self._lines.entry(entry, people, where=self._where(entry.room)))

    async def _show_message_change(self, change: MessageChange) -> None:
        if not self._is_muted(change.room):
            people = await people_in(self.chat, [change])
            where = self._where(change.room)
            place = f"{where}: " if where else ""
            self.note(f"{place}{self._messages.told(change, people)}")
        self._messages.note_change(change)

    def _rename(self, people: Iterable[Person]) -> None:
        """Call the direct rooms with these people by their present names."""
        names = {person.id: person.display_name for person in people}
        for room in tuple(self._rooms.values()):
            if room.other in names:
                self.renew(replace(room, name=names[room.other]))

    async def _show_new_rooms(self) -> None:
        """Tell of rooms that others, or other devices, have brought the person into."""
        for room in await self._new_rooms():
            name = clean_line(room.name)
            self.note(f"{name} talks to you" if room.kind == "direct" else f"you are in {name} now")
            await self._open(room, _NEWS_LINES)

    async def _show_lost(self, event: RoomLost) -> None:
        lost = self._forget(event.room)
        self.note(f"{lost.name if lost else event.room}: {event.message}")
        if event.room == self.room.id and event.room != LOBBY:
            await self.go_home()

    def _show_stored(self, cmid: str) -> None:
        posted = self._posted.pop(cmid, None)
        if posted is not None:
            name, where = short_name(self.chat.person), self._where(posted.room)
            now = self.now()
            text = with_shortcodes_replaced(posted.text)  # as the others see it
            self.say(self._lines.said(now, name, text, where=where, stored=True))

    def _show_refused(self, cmid: str, message: str) -> None:
        posted = self._posted.pop(cmid, None)
        text = clean_line(posted.text) if posted else "an earlier message"
        self.note(f"not sent: {text} ({clean_line(message)})")
        self.chat.dismiss(cmid)

    def _show_change(self, event: ChatEvent) -> None:
        match event:
            case Retracted(room=room, after=after, entries=entries):
                self._read_up_to[room] = min(after, self._read_up_to.get(room, after))
                if entries:
                    self.note(f"the last {len(entries)} lines were lost and are being sent again")
            case PeopleChanged(people=people):
                self._rename(people)
            case RoomRestarted() | Overrun():
                self.note("some lines were missed: /history shows the last ones")
            case Withdrawn(reason=reason):
                self.note(f"a line was withdrawn by the server: {clean_line(reason)}")
            case FolderRenewed(path=path):
                self.note(f"what was kept here was damaged; it is now in {path}")

    def _is_waiting(self, entry: RoomEntry) -> bool:
        return isinstance(entry, Message) and entry.cmid in self._posted

    def _is_read(self, entry: RoomEntry | MessageChange) -> bool:
        return entry.seq <= self._read_up_to.get(entry.room, 0)

    def _is_muted(self, room: str) -> bool:
        known = self._rooms.get(room)
        return known is not None and room != self.room.id and known.muted_until > self.now()

    def _is_own(self, entry: RoomEntry) -> bool:
        return isinstance(entry, Message) and entry.author == self.chat.person.id

    def _where(self, room: str) -> str:
        if room == self.room.id:
            return ""
        return self._rooms[room].name if room in self._rooms else room
