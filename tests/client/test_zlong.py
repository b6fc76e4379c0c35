"""The client's promises, held against a server and a network that break in every way at once.

Hypothesis writes the story: posts, lost connections and events, refusals, rewinds of the log,
watermarks, crashes of the client. At its end everything heals, and then:

- every message has ended stored or refused, once, and in the order in which it was written;
- what was shown as stored is in the database;
- the screen shows exactly the room's log.
"""

from __future__ import annotations

import asyncio

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from parley.client.events import (
    ChatEvent,
    Message,
    Retracted,
    RoomLive,
    RoomRestarted,
    SendRefused,
    Stored,
)
from parley.client.outputs import (
    Close,
    Emit,
    Output,
    Reconnect,
    Save,
    SaveCursor,
    Stop,
    Transmit,
)
from parley.client.session import Kept, Session
from parley.client.vault import MemoryVault
from parley.protocol.content import Text
from parley.protocol.entry import Position
from tests.client.model import ANN, TOKEN, ModelServer, RoomLog
from tests.client.talk import cmid

FOLLOWED, OTHER = "lobby", "other"
ROOMS = st.sampled_from([FOLLOWED, OTHER])
# More than any chain of waits that a healing client goes through.
HEALING_SECONDS = 400


class Screen:
    """What a person sees of one room: what was shown, less what was taken back."""

    def __init__(self, log: RoomLog) -> None:
        self._log = log
        self.lines: list[tuple[int, str]] = []

    def show(self, event: ChatEvent) -> None:
        match event:
            case Message(room=self._log.id):
                self.lines.append((event.seq, event.cmid))
            case Retracted(room=self._log.id, after=after):
                self.lines = [line for line in self.lines if line[0] <= after]
            case RoomRestarted(room=self._log.id, seq=seq):
                self.read_history(seq)

    def read_history(self, up_to: int) -> None:
        entries = self._log.entries[:up_to]
        self.lines = [(seq, entry.cmid) for seq, entry in enumerate(entries, start=1)]


class Client:
    """A session, what it keeps, and the frames on their way to the server."""

    def __init__(self, server: ModelServer, vault: MemoryVault) -> None:
        kept = asyncio.run(vault.load())
        self.session = Session(Kept(kept.person, TOKEN, kept.entries, kept.cursors))
        self.server, self.vault = server, vault
        self.screen = Screen(server.rooms[FOLLOWED])
        self.to_server: list[bytes] = []
        self.stored: list[str] = []
        self.refused: list[str] = []
        self.now = 0.0
        self.connect_at: float | None = 0.0
        self.do(self.session.start())
        self.do(self.session.follow([FOLLOWED], self.now))

    def do(self, outputs: list[Output]) -> None:
        for output in outputs:
            match output:
                case Save(change=change):
                    asyncio.run(self.vault.write([change]))
                case Transmit(frame=frame):
                    self.to_server.append(frame)
                case Emit(event=event):
                    self.take(event)
                case Close():
                    self.hang_up()
                case Reconnect(after=after):
                    self.connect_at = self.now + after
                case Stop(error=error):
                    raise error

    def take(self, event: ChatEvent) -> None:
        self.screen.show(event)
        match event:
            case Stored():
                self.stored.append(event.cmid)
            case SendRefused():
                self.refused.append(event.cmid)
            case Message() | RoomLive() | RoomRestarted():
                at = Position(event.generation, event.seq)
                asyncio.run(self.vault.write([SaveCursor(event.room, at)]))
            case Retracted():
                at = Position(event.generation, event.after)
                asyncio.run(self.vault.write([SaveCursor(event.room, at)]))

    def hang_up(self) -> None:
        self.to_server.clear()
        self.server.disconnect()

    def connect(self) -> None:
        if not self.server.connected:
            self.connect_at = None
            self.server.connect()
            self.do(self.session.connected(self.now))

    def lose_connection(self) -> None:
        if self.server.connected:
            self.hang_up()
            self.do(self.session.disconnected(None, "gone", self.now, 0.5))

    def let_through(self) -> bool:
        """Deliver one frame in each direction. Returns whether there was one."""
        moved = bool(self.to_server or self.server.to_client)
        if self.to_server:
            self.server.receive(self.to_server.pop(0))
        if self.server.to_client:
            frame = self.server.to_client.pop(0)
            self.do(self.session.received(frame, self.now, 0.5))
        return moved

    def wait(self, seconds: float) -> None:
        self.now += seconds
        if self.connect_at is not None and self.now >= self.connect_at:
            self.connect()
        self.do(self.session.tick(self.now, 0.5))


class Promises(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.server = ModelServer(FOLLOWED, OTHER)
        self.vault = MemoryVault()
        self.client = Client(self.server, self.vault)
        self.posted: dict[str, list[str]] = {FOLLOWED: [], OTHER: []}
        self.stored: list[str] = []
        self.names = 0

    def new_name(self) -> str:
        self.names += 1
        return cmid(self.names)

    # --- the client ------------------------------------------------------------------------

    @rule(room=ROOMS)
    def post(self, room: str) -> None:
        name = self.new_name()
        self.posted[room].append(name)
        content = Text(f"text {name}")
        self.client.do(self.client.session.post(room, content, name, self.client.now))

    @rule(frames=st.integers(1, 8))
    def network_works(self, frames: int) -> None:
        for _ in range(frames):
            self.client.let_through()

    @rule(seconds=st.sampled_from([0.3, 2.0, 11.0]))
    def time_passes(self, seconds: float) -> None:
        self.server.heartbeat()
        while self.client.let_through():
            pass
        self.client.wait(seconds)

    @rule()
    def connection_is_lost(self) -> None:
        self.client.lose_connection()

    @rule()
    def client_crashes(self) -> None:
        self.stored += self.client.stored
        self.client.hang_up()
        self.client = Client(self.server, self.vault)
        # A new screen begins with what was there when the old one was left.
        kept = asyncio.run(self.vault.load()).cursors.get(FOLLOWED)
        log = self.server.rooms[FOLLOWED]
        self.client.screen.read_history(min(log.survived(kept.generation), kept.seq) if kept else 0)

    # --- the server ------------------------------------------------------------------------

    @rule(is_heard=st.booleans())
    def someone_else_speaks(self, is_heard: bool) -> None:
        self.server.someone_says(self.server.rooms[FOLLOWED], self.new_name(), is_heard=is_heard)

    @rule(room=ROOMS, more=st.integers(1, 4), is_heard=st.booleans())
    def logger_stores(self, room: str, more: int, is_heard: bool) -> None:
        log = self.server.rooms[room]
        self.server.store(log, log.stored + more, is_heard=is_heard)

    @rule(room=ROOMS, is_heard=st.booleans())
    def redis_is_emptied(self, room: str, is_heard: bool) -> None:
        self.server.rewind(self.server.rooms[room], is_heard=is_heard)

    @rule(retry=st.booleans())
    @precondition(lambda self: len(self.server.next_refusals) < 3)
    def next_message_is_refused(self, retry: bool) -> None:
        self.server.next_refusals.append(retry)

    @rule()
    @precondition(lambda self: self.server.to_client)
    def answers_are_lost_with_the_connection(self) -> None:
        self.server.to_client.clear()
        self.client.lose_connection()

    # --- the promises ----------------------------------------------------------------------

    @invariant()
    def stored_is_stored(self) -> None:
        if not hasattr(self, "client"):
            return
        in_database = {
            entry.cmid for log in self.server.rooms.values() for entry in log.entries[: log.stored]
        }
        assert set(self.client.stored) <= in_database

    def teardown(self) -> None:
        if not hasattr(self, "client"):
            return
        self.heal()
        self.stored += self.client.stored
        for room, posted in self.posted.items():
            self.check_room(self.server.rooms[room], posted)
        self.check_screen()

    def heal(self) -> None:
        self.server.next_refusals.clear()
        until = self.client.now + HEALING_SECONDS
        while self.client.now < until:
            while self.client.let_through():
                pass
            for log in self.server.rooms.values():
                self.server.store(log, log.top, is_heard=True)
            self.server.heartbeat()
            while self.client.let_through():
                pass
            self.client.wait(1.0)

    def check_room(self, log: RoomLog, posted: list[str]) -> None:
        mine = [entry.cmid for entry in log.entries if entry.author == ANN.id]
        refused = set(self.client.session.outbox.refused)
        assert mine == [name for name in posted if name not in refused]
        assert refused <= self.server.refused
        waiting = [e.cmid for e in self.client.session.outbox.entries() if e.cmid not in refused]
        assert waiting == []
        assert not set(mine) & refused

    def check_screen(self) -> None:
        log = self.server.rooms[FOLLOWED]
        expected = [(seq, entry.cmid) for seq, entry in enumerate(log.entries, start=1)]
        shown = self.client.screen.lines
        # The room may have been followed from the middle of its log on.
        first = shown[0][0] if shown else log.top + 1
        assert shown == expected[first - 1 :]


TestPromises = Promises.TestCase
TestPromises.settings = settings(max_examples=1500, stateful_step_count=40)
