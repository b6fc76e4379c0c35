"""What an application holds: a chat that is connected, or will be again.

Owns: `Chat`: talking and listening, and matching answers and outcomes with who waits for them.
Never: the protocol's rules (`parley.client.session`), sockets (`parley.client.connection`), and
what may be asked about rooms and people (the modules of its base classes).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from random import Random
from typing import TypeVar

from parley.client.account_calls import AccountCalls
from parley.client.connection import Connection, Dial
from parley.client.directory import Directory
from parley.client.drafts import checked_content, checked_room
from parley.client.errors import ChatClosed, ParleyError, Refused
from parley.client.events import (
    Accepted,
    ChatEvent,
    MessageChange,
    Offline,
    Online,
    PeopleChanged,
    PresenceChanged,
    Retracted,
    RoomEntry,
    RoomLive,
    RoomLost,
    RoomRestarted,
    SendRefused,
    Stored,
)
from parley.client.mailbox import Mailbox, MailboxClosed
from parley.client.mark_calls import MarkCalls
from parley.client.member_calls import MemberCalls
from parley.client.message_calls import MessageCalls
from parley.client.outbox import Entry
from parley.client.outgoing import Delivery, Outgoing
from parley.client.outputs import Resolve, Save, SaveCursor
from parley.client.people_calls import PeopleCalls
from parley.client.personal_calls import PersonalCalls
from parley.client.room_calls import RoomCalls
from parley.client.search_calls import SearchCalls
from parley.client.session import Session
from parley.client.showing import HistoryPage
from parley.client.signal_calls import SignalCalls
from parley.client.vault import Vault
from parley.protocol.commands import (
    AnyCommand,
    History,
    LeaveRoom,
    MessageStatus,
    Nothing,
    Person,
    Room,
    Status,
)
from parley.protocol.content import Sendable, Target, Text
from parley.protocol.entry import Position
from parley.protocol.ids import new_cmid

# How far rooms were read is kept so many seconds later: what is read twice after a crash is known
# by its name, so it need not be durable for every event.
CURSOR_SECONDS = 1.0
_CMID_BITS = 74

Answer = TypeVar("Answer")


class Chat(
    RoomCalls,
    MemberCalls,
    PeopleCalls,
    AccountCalls,
    MarkCalls,
    PersonalCalls,
    MessageCalls,
    SearchCalls,
    SignalCalls,
):
    """One person's chat with a server; `parley.connect` makes it.

    Rooms are named by their ids; `resolve_room` finds the one that a person means. Every method
    that asks the server something waits for a connection if there is none just now, and raises
    Refused, ConnectionLost, or what ended the chat.
    """

    def __init__(
        self,
        url: str,
        session: Session,
        vault: Vault,
        *,
        dial: Dial,
        clock: Callable[[], int],
        random: Random,
    ) -> None:
        """Prepare a chat. `clock` gives Unix milliseconds."""
        super().__init__()
        self._session, self._clock, self._random = session, clock, random
        self._connection = Connection(url, session, vault, self, dial=dial, random=random)
        self._mailbox = Mailbox()
        self._directory = Directory(self._ask)
        self._last_ticket = 0
        self._asked: dict[int, asyncio.Future[object]] = {}
        self._outgoing: dict[str, Outgoing] = {}
        self._following: dict[str, list[asyncio.Future[ParleyError | None]]] = {}
        self._first: asyncio.Future[Online | Offline | ParleyError] = _future()
        self._read: dict[str, Position] = {}
        self._saving_read: asyncio.TimerHandle | None = None
        self._ended: ParleyError | None = None
        self._signalling: asyncio.Future[None] | None = None

    @property
    def person(self) -> Person:
        """Who we are."""
        # Known before `connect` yields: by the first welcome, or with the token that was kept.
        assert self._session.person is not None
        return self._session.person

    # --- talking ---------------------------------------------------------------------------

    async def send(
        self,
        room: str,
        text: str,
        *,
        reply_to: Target | None = None,
        forwarded: bool = False,
        silent: bool = False,
    ) -> Delivery:
        """Say something, and return once it is stored. Raises Refused.

        Who gives up waiting leaves the message in the outbox: it is sent all the same.
        """
        outgoing = await self.post(
            room, text, reply_to=reply_to, forwarded=forwarded, silent=silent
        )
        return await outgoing.stored()

    async def post(
        self,
        room: str,
        text: str,
        *,
        reply_to: Target | None = None,
        forwarded: bool = False,
        silent: bool = False,
    ) -> Outgoing:
        """Say something, and return once it is in the outbox, from where it will be sent.

        `reply_to` is the message that it answers; `forwarded` says that it was said elsewhere
        before; of what is `silent` nobody is notified.
        Raises Refused for what no server can take, and FolderError if it cannot be kept.
        """
        return await self._say(room, Text(text, reply_to, forwarded, silent))

    async def _say(self, room: str, content: Sendable) -> Outgoing:
        self._must_be_open()
        cmid = new_cmid(self._clock(), self._random.getrandbits(_CMID_BITS))
        content = checked_content(room, cmid, content)
        outgoing = self._outgoing[cmid] = Outgoing(room, cmid, self.dismiss)
        self._connection.apply(self._session.post(room, content, cmid, self._connection.now))
        await self._connection.saved()
        return outgoing

    def outbox(self) -> list[Entry]:
        """Return what is not known to be stored: the refused, then room by room in order."""
        return self._session.outbox.entries()

    def dismiss(self, cmid: str) -> None:
        """Forget a refused message: its reason has been seen."""
        if self._ended is None:
            self._connection.apply(self._session.dismiss(cmid))

    # --- listening -------------------------------------------------------------------------

    async def events(self) -> AsyncIterator[ChatEvent]:
        """Yield what happens, until the chat is closed; for one reader at a time.

        An event counts as read when the next one is asked for; with a folder, what was not read
        comes again after a restart. Raises what ended the chat, if it was not `close`.
        """
        while True:
            try:
                event = await self._mailbox.take()
            except MailboxClosed as closed:
                if closed.error is not None:
                    raise closed.error from None
                return
            yield event
            self._note_read(event)

    async def follow(self, room: str) -> None:
        """Receive what is said in a room from where it was left, or from now on.

        Raises Refused if one is not in it, and RoomNotFound if `room` is no id at all.
        """
        self._must_be_open()
        checked_room(room)
        if self._session.is_live(room):
            return
        live: asyncio.Future[ParleyError | None] = _future()
        self._following.setdefault(room, []).append(live)
        self._connection.apply(self._session.follow([room], self._connection.now))
        error = await live
        if error is not None:
            raise error

    def mark_read(self, room: str, seq: int | None = None) -> None:
        """Note that one has read a followed room up to an entry; None: all that has come of it.

        It is told within a second, and again after a reconnect; the furthest counts.
        """
        self._must_be_open()
        self._connection.apply(self._session.mark_read(room, seq, self._connection.now))

    def read_up_to(self, room: str) -> int:
        """Return the `seq` up to which a room is known to have been read on this device."""
        return self._session.read_up_to(room)

    async def history(
        self,
        room: str,
        *,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        at: int | None = None,
        first_unread: bool = False,
        limit: int = 50,
    ) -> HistoryPage:
        """Return a page of entries: at most 200, and the latest if no place is named.

        Name one: `before` or `after` a seq, `around` one, `at` a time (Unix milliseconds), or
        around the `first_unread` message. The page is right as of the return: what comes as an
        event afterwards goes on top of it.
        """
        command = History(
            ref=0,
            room=room,
            before=before,
            after=after,
            around=around,
            at=at,
            first_unread=first_unread,
            limit=limit,
        )
        return self._session.brought_up(await self._ask(command, HistoryPage))

    # --- rooms and people ------------------------------------------------------------------

    async def rooms(self) -> list[Room]:
        """Return the rooms that one is in, by name."""
        return await self._directory.rooms("mine")

    async def public_rooms(self) -> list[Room]:
        """Return the channels that are open to all, by name."""
        return await self._directory.rooms("public")

    async def resolve_room(self, typed: str) -> Room:
        """Return the room that a person means by an id or a name. Raises RoomNotFound."""
        return await self._directory.find(typed)

    async def leave(self, room: str) -> None:
        """Leave a room and stop following it."""
        await self._ask(LeaveRoom(ref=0, room=room), Nothing)
        self._connection.apply(self._session.unfollow(room))

    async def people(self, ids: Iterable[str]) -> dict[str, Person]:
        """Return those of the people that exist, by id. They are remembered."""
        return await self._directory.people(ids)

    async def status(self, room: str, cmid: str) -> MessageStatus:
        """Return what became of a message of one's own."""
        return await self._ask(Status(ref=0, room=room, cmid=cmid), MessageStatus)

    # --- the end ---------------------------------------------------------------------------

    async def close(self) -> None:
        """Disconnect. What waits in the outbox stays there, if it has a folder."""
        self._save_read()
        if self._signalling is not None:
            self._signalling.cancel()
        self._end(ChatClosed())
        self._mailbox.close(None)
        await self._connection.close()

    # --- connecting ------------------------------------------------------------------------

    def start(self, rooms: Iterable[str]) -> None:
        """Begin to connect, and to follow rooms. Raises RoomNotFound for what is no id."""
        followed = [checked_room(room) for room in rooms]
        self._connection.apply(self._session.start())
        self._connection.apply(self._session.follow(followed, self._connection.now))
        self._connection.start()

    async def first_outcome(self) -> Online | Offline | ParleyError:
        """Return what came of the first try to connect."""
        return await asyncio.shield(self._first)

    def emitted(self, event: ChatEvent) -> None:
        """Take an event of the session, and pass it on."""
        match event:
            case Accepted() | Stored() | SendRefused():
                self._note_outcome(event)
            case Online():
                _settle(self._first, event)
                self._directory.forget_people()
                if self._has_signalled:
                    self._signalling = asyncio.ensure_future(self._show_presence_again())
            case Offline():
                _settle(self._first, event)
            case RoomLive(room=room):
                self._followed(room, None)
            case RoomLost(room=room, code=code, message=message):
                self._followed(room, Refused(code, message, retry=False))
            case PeopleChanged(people=people):
                self._directory.learn(people)
        self._mailbox.put(event)

    async def _show_presence_again(self) -> None:
        people = await self._signal_again()
        if people:
            self._mailbox.put(PresenceChanged(tuple(people)))

    def resolved(self, resolve: Resolve) -> None:
        """Take the answer to a command."""
        asked = self._asked.pop(resolve.ticket, None)
        if asked is not None:
            _settle(asked, resolve.answer)

    def stopped(self, error: ParleyError) -> None:
        """Take the news that there will be no further connection."""
        self._mailbox.close(error)
        self._end(error)

    # --- inside ----------------------------------------------------------------------------

    def _must_be_open(self) -> None:
        if self._ended is not None:
            raise self._ended

    async def _ask(self, command: AnyCommand, answer: type[Answer]) -> Answer:
        self._must_be_open()
        self._last_ticket += 1
        ticket = self._last_ticket
        asked: asyncio.Future[object] = _future()
        self._asked[ticket] = asked
        self._connection.apply(self._session.ask(command, ticket, self._connection.now))
        try:
            outcome = await asked
        finally:
            self._asked.pop(ticket, None)
        if isinstance(outcome, ParleyError):
            raise outcome
        assert isinstance(outcome, answer)
        return outcome

    def _note_outcome(self, event: Accepted | Stored | SendRefused) -> None:
        outgoing = self._outgoing.get(event.cmid)
        if outgoing is not None:
            outgoing.note(event)
        if not isinstance(event, Accepted):
            self._outgoing.pop(event.cmid, None)

    def _followed(self, room: str, error: ParleyError | None) -> None:
        for live in self._following.pop(room, ()):
            _settle(live, error)

    def _note_read(self, event: ChatEvent) -> None:
        position = _read_up_to(event)
        if position is None:
            return
        self._read[position[0]] = position[1]
        if self._saving_read is None:
            loop = asyncio.get_running_loop()
            self._saving_read = loop.call_later(CURSOR_SECONDS, self._save_read)

    def _save_read(self) -> None:
        if self._saving_read is not None:
            self._saving_read.cancel()
            self._saving_read = None
        read, self._read = self._read, {}
        self._connection.apply([Save(SaveCursor(room, at)) for room, at in read.items()])

    def _end(self, error: ParleyError) -> None:
        if self._ended is not None:
            return
        self._ended = error
        _settle(self._first, error)
        for asked in self._asked.values():
            _settle(asked, error)
        for outgoing in self._outgoing.values():
            outgoing.end(error)
        for room in list(self._following):
            self._followed(room, error)


def _read_up_to(event: ChatEvent) -> tuple[str, Position] | None:
    match event:
        case Retracted():
            return event.room, Position(event.generation, event.after)
    if isinstance(event, RoomEntry | MessageChange | RoomLive | RoomRestarted):
        return event.room, Position(event.generation, event.seq)
    return None


Value = TypeVar("Value")


def _future() -> asyncio.Future[Value]:
    return asyncio.get_running_loop().create_future()


def _settle(future: asyncio.Future[Value], value: Value) -> None:
    if not future.done():
        future.set_result(value)
