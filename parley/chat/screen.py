"""A chat as one person sees it: what is printed when, and what typed lines do.

Owns: the present room, one's own lines until they are stored, and the words of the toolbar.
Never: the terminal itself (`parley.chat.terminal`): lines leave through `say`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from parley.chat import slash
from parley.chat.cleaning import clean_line
from parley.chat.lines import Lines, name_of
from parley.chat.reading import enter, last_entries, people_in
from parley.client import (
    Chat,
    ChatEvent,
    FolderRenewed,
    Message,
    NoticeShown,
    Offline,
    Online,
    Overrun,
    Refused,
    Retracted,
    Room,
    RoomEntry,
    RoomLost,
    RoomNotFound,
    RoomRestarted,
    SendRefused,
    Stored,
    UnsupportedShown,
    Withdrawn,
)
from parley.protocol.ids import LOBBY

# Earlier lines that a room begins with on the screen.
_FIRST_LINES = 20
# Lines looked through for who has spoken lately.
_LATELY = 200


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
        clock: Callable[[], int],
        lines: Lines,
    ) -> None:
        self._chat, self._say, self._clock, self._lines = chat, say, clock, lines
        self._room = Room(LOBBY, "channel", LOBBY, None)
        self._rooms: dict[str, Room] = {}
        self._offline: str | None = None
        # The last entry of each room that came from its history: its event is no news.
        self._read_up_to: dict[str, int] = {}
        # Own lines are printed when they are stored: what has been printed cannot change.
        self._posted = {
            entry.cmid: _Posted(entry.room, entry.content.text) for entry in chat.outbox()
        }

    def toolbar(self) -> str:
        """Return where we are, in words."""
        where = f"{clean_line(self._room.name)} · {clean_line(self._chat.person.user_name)}"
        state = "connected" if self._offline is None else f"not connected: {self._offline}"
        waiting = len(self._posted)
        if not waiting:
            return f"{where} · {state}"
        return f"{where} · {state} · {waiting} {'line' if waiting == 1 else 'lines'} on the way"

    @property
    def waiting(self) -> int:
        """How many of one's own lines are not stored yet."""
        return len(self._posted)

    async def go_to(self, room: Room) -> None:
        """Make a room the present one, and follow it."""
        is_new = room.id not in self._rooms
        self._room = self._rooms[room.id] = room
        self._say(f"—— {clean_line(room.name)} ——")
        if is_new:
            await self._chat.follow(room.id)
            await self._show_history(_FIRST_LINES)

    # --- what is typed ---------------------------------------------------------------------

    async def do(self, typed: slash.Typed) -> bool:
        """Do what was typed. Returns whether to go on."""
        try:
            return await self._do(typed)
        except (Refused, RoomNotFound) as error:
            self._note(str(error))
            return True

    async def _do(self, typed: slash.Typed) -> bool:
        match typed:
            case slash.Say(text=text):
                await self._post(text)
            case slash.Join(room=name):
                await self.go_to(await enter(self._chat, name))
            case slash.Create(name=name):
                await self.go_to(await self._chat.create_room(name))
            case slash.ShowHistory(lines=lines):
                await self._show_history(lines)
            case slash.Unclear(why=why):
                self._note(why)
            case slash.Plain(name="quit"):
                return False
            case slash.Plain(name=name):
                await self._plain(name)
        return True

    async def _plain(self, name: str) -> None:
        match name:
            case "help":
                self._say(slash.HELP)
            case "rooms":
                await self._list_rooms()
            case "who":
                await self._list_people()
            case "leave":
                await self._leave()

    async def _post(self, text: str) -> None:
        outgoing = await self._chat.post(self._room.id, text)
        self._posted[outgoing.cmid] = _Posted(self._room.id, text)

    async def _list_rooms(self) -> None:
        own = await self._chat.rooms()
        mine = {room.id for room in own}
        others = [room for room in await self._chat.public_rooms() if room.id not in mine]
        self._say(f"Your rooms:  {_names(own)}")
        if others:
            self._say(f"Open to all: {_names(others)}")

    async def _list_people(self) -> None:
        entries = await last_entries(self._chat, self._room.id, _LATELY)
        people = await people_in(self._chat, entries)
        lately = {name_of(e.author, people) for e in entries if isinstance(e, Message)}
        self._say(f"Spoke here lately: {', '.join(sorted(lately)) or 'nobody'}")

    async def _leave(self) -> None:
        left = self._room
        await self._chat.leave(left.id)
        self._rooms.pop(left.id, None)
        self._note(f"you have left {clean_line(left.name)}")
        await self.go_to(await enter(self._chat, LOBBY))

    async def _show_history(self, count: int) -> None:
        entries = await last_entries(self._chat, self._room.id, count)
        shown = [entry for entry in entries if not self._is_waiting(entry)]
        people = await people_in(self._chat, shown)
        for entry in shown:
            self._say(self._lines.entry(entry, people, stored=self._is_own(entry)))
        if entries:
            self._read_up_to[self._room.id] = entries[-1].seq

    # --- what happens ----------------------------------------------------------------------

    async def listen(self) -> None:
        """Print what happens, until the chat ends."""
        async for event in self._chat.events():
            await self.show(event)

    async def show(self, event: ChatEvent) -> None:
        """Print an event, if it is for a person."""
        match event:
            case Message() | NoticeShown() | UnsupportedShown():
                if not self._is_waiting(event) and not self._is_read(event):
                    await self._show_entry(event)
            case Stored(cmid=cmid):
                self._show_stored(cmid)
            case SendRefused(cmid=cmid, message=message):
                self._show_refused(cmid, message)
            case Online():
                self._offline = None
            case Offline(reason=reason):
                self._offline = clean_line(reason)
            case _:
                self._show_change(event)

    async def _show_entry(self, entry: RoomEntry) -> None:
        people = await people_in(self._chat, [entry])
        self._say(self._lines.entry(entry, people, where=self._where(entry.room)))

    def _show_stored(self, cmid: str) -> None:
        posted = self._posted.pop(cmid, None)
        if posted is not None:
            name, where = clean_line(self._chat.person.user_name), self._where(posted.room)
            now = self._clock()
            self._say(self._lines.said(now, name, posted.text, where=where, stored=True))

    def _show_refused(self, cmid: str, message: str) -> None:
        posted = self._posted.pop(cmid, None)
        text = clean_line(posted.text) if posted else "an earlier message"
        self._note(f"not sent: {text} ({clean_line(message)})")
        self._chat.dismiss(cmid)

    def _show_change(self, event: ChatEvent) -> None:
        match event:
            case Retracted(room=room, after=after, entries=entries):
                self._read_up_to[room] = min(after, self._read_up_to.get(room, after))
                if entries:
                    self._note(f"the last {len(entries)} lines were lost and are being sent again")
            case RoomRestarted() | Overrun():
                self._note("some lines were missed: /history shows the last ones")
            case Withdrawn(reason=reason):
                self._note(f"a line was withdrawn by the server: {clean_line(reason)}")
            case RoomLost(room=room, message=message):
                lost = self._rooms.pop(room, None)
                self._note(f"{clean_line(lost.name) if lost else room}: {clean_line(message)}")
            case FolderRenewed(path=path):
                self._note(f"what was kept here was damaged; it is now in {path}")

    def _is_waiting(self, entry: RoomEntry) -> bool:
        return isinstance(entry, Message) and entry.cmid in self._posted

    def _is_read(self, entry: RoomEntry) -> bool:
        return entry.seq <= self._read_up_to.get(entry.room, 0)

    def _is_own(self, entry: RoomEntry) -> bool:
        return isinstance(entry, Message) and entry.author == self._chat.person.id

    def _where(self, room: str) -> str:
        if room == self._room.id:
            return ""
        return self._rooms[room].name if room in self._rooms else room

    def _note(self, sentence: str) -> None:
        self._say(f"— {sentence} —")


def _names(rooms: list[Room]) -> str:
    return ", ".join(clean_line(room.name) for room in rooms) or "none"
