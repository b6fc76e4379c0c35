"""A session with a hand on every side of it.

Owns: carrying out a session's outputs in plain lists, so that a test reads what was sent, shown
and saved.
Never: a real connection, a clock that moves by itself.
"""

from __future__ import annotations

from typing import TypeVar

from msgspec import Struct

from parley.client.errors import ParleyError
from parley.client.events import ChatEvent
from parley.client.outputs import (
    Change,
    Close,
    Emit,
    Output,
    Reconnect,
    Resolve,
    Save,
    Stop,
    Transmit,
)
from parley.client.session import Kept, Session
from parley.protocol import events
from parley.protocol.codec import decode_command, encode
from parley.protocol.commands import (
    AnyCommand,
    Resume,
    Resumed,
    ResumedRooms,
    SignIn,
    SignUp,
    Welcome,
)
from parley.protocol.content import Text
from parley.protocol.ids import new_cmid
from tests.client.model import ANN, HEARTBEAT_MS, TOKEN, ok

AnyOne = TypeVar("AnyOne", bound=AnyCommand)
Kind = TypeVar("Kind")


def cmid(number: int) -> str:
    """The name of a message."""
    return new_cmid(number, number)


def event(room: str, seq: int, *, generation: int = 1, author: str, cmid: str) -> events.Event:
    """An entry that somebody said."""
    return events.Event(room, generation, seq, seq, seq, author, cmid, Text(f"text {seq}"))


class Talk:
    """What a session does, by kind."""

    def __init__(
        self, kept: Kept | None = None, introduction: SignIn | SignUp | None = None
    ) -> None:
        self.session = Session(kept or Kept(token=TOKEN), introduction)
        self.now = 100.0
        self.chance = 0.5
        self.commands: list[AnyCommand] = []
        self.shown: list[ChatEvent] = []
        self.saved: list[Change] = []
        self.resolved: list[Resolve] = []
        self.reconnects: list[float] = []
        self.closed: list[str] = []
        self.stopped: ParleyError | None = None
        self.outputs: list[Output] = []

    def do(self, outputs: list[Output]) -> None:
        """Take note of outputs."""
        self.outputs += outputs
        for output in outputs:
            match output:
                case Transmit(frame=frame):
                    self.commands.append(decode_command(frame))
                case Emit(event=shown):
                    self.shown.append(shown)
                case Save(change=change):
                    self.saved.append(change)
                case Resolve():
                    self.resolved.append(output)
                case Reconnect(after=after):
                    self.reconnects.append(after)
                case Close(reason=reason):
                    self.closed.append(reason)
                case Stop(error=error):
                    self.stopped = error

    # --- the client's side -----------------------------------------------------------------

    def post(self, room: str, number: int) -> str:
        """Say something, and return its name."""
        name = cmid(number)
        self.do(self.session.post(room, Text(f"text {number}"), name, self.now))
        return name

    def follow(self, *rooms: str) -> None:
        self.do(self.session.follow(rooms, self.now))

    def connect(self) -> None:
        """Connect, and be known."""
        self.do(self.session.connected(self.now))
        self.answer(Welcome(ANN, "0000000000ses", 0, HEARTBEAT_MS, TOKEN))

    def lose_connection(self, code: int | None = None, reason: str = "gone") -> None:
        self.do(self.session.disconnected(code, reason, self.now, self.chance))

    def wait(self, seconds: float) -> None:
        """Let time pass, with the heartbeats of a server that is there."""
        until = self.now + seconds
        while self.now < until:
            self.now = min(until, self.now + HEARTBEAT_MS / 1000)
            self.tell(events.Heartbeat(0))
            self.do(self.session.tick(self.now, self.chance))

    def tick_after(self, seconds: float) -> None:
        """Let time pass in silence."""
        self.now += seconds
        self.do(self.session.tick(self.now, self.chance))

    # --- the server's side -----------------------------------------------------------------

    def tell(self, message: events.ServerMessage) -> None:
        self.receive(encode(message))

    def receive(self, frame: bytes) -> None:
        self.do(self.session.received(frame, self.now, self.chance))

    def answer(self, result: Struct, command: AnyCommand | None = None) -> None:
        """Carry out a command; by default the latest one."""
        self.receive(ok((command or self.commands[-1]).ref, result))

    def refuse(
        self, code: str, *, retry: bool, command: AnyCommand | None = None, after_ms: int = 0
    ) -> None:
        ref = (command or self.commands[-1]).ref
        self.tell(events.Error(ref, code, f"because of {code}", retry, after_ms))

    def resume(
        self,
        room: str,
        *,
        generation: int = 1,
        since: int = 0,
        top: int | None = None,
        stored: int = 0,
        recovered: bool = True,
    ) -> None:
        """Answer the latest `resume` with where a room stands."""
        at = since if top is None else top
        resumed = Resumed(room, generation, since, at, stored, at, recovered)
        self.answer(ResumedRooms([resumed], []), self.last(Resume))

    # --- what came of it -------------------------------------------------------------------

    def of(self, kind: type[AnyOne]) -> list[AnyOne]:
        """The commands of a kind, oldest first."""
        return [command for command in self.commands if isinstance(command, kind)]

    def last(self, kind: type[AnyOne]) -> AnyOne:
        return self.of(kind)[-1]

    def all_shown(self, kind: type[Kind]) -> list[Kind]:
        """The events of a kind, oldest first."""
        return [shown for shown in self.shown if isinstance(shown, kind)]
