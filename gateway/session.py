"""A connection's conversation, as values: frames in, steps out.

Owns: the phases NEW, CHECKING, READY and CLOSED, and which commands each of them takes.
Never: a socket, a clock, or the carrying out of a command (`gateway.connection` does what the
steps say).
"""

from dataclasses import dataclass
from enum import Enum

from parley.protocol import codec, limits
from parley.protocol.codec import BadFrame
from parley.protocol.commands import AnyCommand, Command, Hello, SignIn, SignUp
from parley.protocol.refusals import (
    AlreadySignedIn,
    CloseCode,
    NotSignedIn,
    Refusal,
)

# What cannot be understood, one after the other, before a client is taken to speak no parley.v1.
_BAD_FRAMES = 20


class Phase(Enum):
    """Nobody yet, somebody who is being looked up, somebody, or no longer."""

    NEW = "new"
    CHECKING = "checking"
    READY = "ready"
    CLOSED = "closed"


@dataclass(frozen=True)
class Answer:
    """Write this message."""

    message: bytes


@dataclass(frozen=True)
class Authenticate:
    """Find out who this is, then call `welcomed` or `turned_away`."""

    command: Hello | SignIn | SignUp


@dataclass(frozen=True)
class Perform:
    """Carry out a command of somebody who is known."""

    command: AnyCommand


@dataclass(frozen=True)
class Close:
    """End the connection."""

    code: CloseCode
    reason: str


Step = Answer | Authenticate | Perform | Close


class Session:
    """One connection's conversation."""

    def __init__(self) -> None:
        self.phase = Phase.NEW
        self._bad_frames = 0

    def receive(self, frame: str | bytes) -> list[Step]:
        """Take a frame; text comes as str or as the bytes of it, binary as `bytes`."""
        match self.phase:
            case Phase.NEW:
                return self._first(frame)
            case Phase.READY:
                return self._next(frame)
            case Phase.CHECKING | Phase.CLOSED:
                return []

    def welcomed(self) -> bool:
        """The client is somebody now. False if the connection has ended meanwhile."""
        if self.phase is not Phase.CHECKING:
            return False
        self.phase = Phase.READY
        return True

    def turned_away(self, ref: int, refusal: Refusal) -> list[Step]:
        """Nobody is let in: one connection has one try."""
        code = CloseCode.TRY_LATER if refusal.retry else CloseCode.SIGN_IN_REFUSED
        return [Answer(codec.encode_error(ref, refusal)), self._close(code, refusal.code)]

    def hello_overdue(self) -> list[Step]:
        """The time for the first command is over."""
        if self.phase is not Phase.NEW:
            return []
        return [self._close(CloseCode.HELLO_TIMEOUT, "no hello, sign_in or sign_up in time")]

    def ended(self) -> None:
        """The connection is over; nothing more is taken."""
        self.phase = Phase.CLOSED

    def _first(self, frame: str | bytes) -> list[Step]:
        if isinstance(frame, bytes):
            return [self._binary()]
        if len(frame.encode(errors="replace")) > limits.FIRST_FRAME_BYTES:
            limit = f"the first frame has at most {limits.FIRST_FRAME_BYTES} bytes"
            return [self._close(CloseCode.TOO_BIG, limit)]
        try:
            command = codec.decode_command(frame)
        except BadFrame as bad:
            return [_error(bad.ref, bad.refusal), self._not_understood()]
        if isinstance(command, Hello | SignIn | SignUp):
            self.phase = Phase.CHECKING
            return [Authenticate(command)]
        return [_error(command.ref, NotSignedIn(_type(command))), self._not_understood()]

    def _next(self, frame: str | bytes) -> list[Step]:
        if isinstance(frame, bytes):
            return [self._binary()]
        try:
            command = codec.decode_command(frame)
        except BadFrame as bad:
            self._bad_frames += 1
            steps: list[Step] = [_error(bad.ref, bad.refusal)]
            return steps if self._bad_frames < _BAD_FRAMES else [*steps, self._not_understood()]
        self._bad_frames = 0
        if isinstance(command, Hello | SignIn | SignUp):
            return [_error(command.ref, AlreadySignedIn(_type(command)))]
        return [Perform(command)]

    def _binary(self) -> Close:
        return self._close(CloseCode.BINARY_FRAME, "parley.v1 is JSON in text frames")

    def _not_understood(self) -> Close:
        return self._close(CloseCode.NOT_UNDERSTOOD, "not parley.v1")

    def _close(self, code: CloseCode, reason: str) -> Close:
        self.phase = Phase.CLOSED
        return Close(code, reason)


def _error(ref: int | None, refusal: Refusal) -> Answer:
    return Answer(codec.encode_error(ref, refusal))


def _type(command: Command) -> str:
    return str(command.__struct_config__.tag)
