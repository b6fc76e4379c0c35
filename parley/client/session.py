"""A client's side of the protocol, without I/O: values in, values out.

Owns: the connection's phases, who we are, and when to give up, reconnect or stop.
Never: sockets, files, the clock, randomness. The time (`now`, monotonic seconds) and a number
drawn evenly from [0, 1) (`chance`) arrive as arguments.

    OFFLINE ──connected──▶ SIGNING_IN ──welcome──▶ READY
       ▲                       │                     │
       └──── disconnected ─────┴─────────────────────┘      any of them ──▶ STOPPED
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from msgspec import DecodeError
from msgspec.json import decode

from parley.client.backoff import RECONNECT
from parley.client.conversation import Conversation
from parley.client.delivery import refusal
from parley.client.errors import OutboxOfAnother, ParleyError, SignedOut, SignInFailed
from parley.client.events import (
    Offline,
    Online,
    PeopleChanged,
    PresenceChanged,
    TypingShown,
)
from parley.client.outbox import Entry, Outbox
from parley.client.outputs import Close, Emit, Output, Reconnect, Save, SaveIdentity, Stop
from parley.client.questions import Asking, Questions, SigningIn
from parley.client.showing import HistoryPage
from parley.protocol import events
from parley.protocol.codec import decode_server_message
from parley.protocol.commands import (
    AnyCommand,
    DeleteAccount,
    EditProfile,
    Hello,
    Person,
    SignIn,
    SignOut,
    SignUp,
    Welcome,
)
from parley.protocol.content import Sendable
from parley.protocol.entry import Position
from parley.protocol.refusals import CloseCode, SignInRefused, TokenRefused

# A gateway that misses so many heartbeats is gone.
MISSED_HEARTBEATS = 3
# A command that is unanswered for so many seconds, on a connection that seems alive, never will be.
ANSWER_SECONDS = 30.0
# A connection that lasted so many seconds was a good one: the next wait is short again.
STABLE_SECONDS = 10.0


class Phase(Enum):
    """How far the present connection has come; the picture is at the top of the module."""

    OFFLINE = auto()
    SIGNING_IN = auto()
    READY = auto()
    STOPPED = auto()


@dataclass(frozen=True, slots=True)
class Kept:
    """What an earlier session of the same person has left behind."""

    person: Person | None = None
    token: str | None = field(default=None, repr=False)
    entries: tuple[Entry, ...] = ()
    """In the order in which they were written."""
    cursors: Mapping[str, Position] = field(default_factory=dict)


class Session:
    """One person's conversation with the server, over any number of connections."""

    def __init__(
        self,
        kept: Kept,
        introduction: SignUp | SignIn | None = None,
        *,
        delivers: bool = False,
    ) -> None:
        """Continue what was kept; without a token there, begin by the introduction.

        `delivers`: what comes is marked as received by this device.
        """
        self.phase = Phase.OFFLINE
        self.person = kept.person
        self.outbox = Outbox(kept.entries)
        self._token, self._introduction = kept.token, introduction
        self._questions = Questions()
        self._conversation = Conversation(
            self._questions, self.outbox, kept.cursors, delivers=delivers
        )
        self._tries = 0
        self._heartbeat = 0.0
        self._heard = 0.0
        self._ready_since: float | None = None
        self._leave_at: float | None = None

    # --- what the application wants --------------------------------------------------------

    def start(self) -> list[Output]:
        """Tell again what was refused earlier and has not been dismissed."""
        return [Emit(refusal(entry)) for entry in self.outbox.refused.values()]

    def post(self, room: str, content: Sendable, cmid: str, now: float) -> list[Output]:
        """Say something: it is saved first, and sent as soon as it may be."""
        return [*self._conversation.post(Entry(cmid, room, content)), *self._pump(now)]

    def dismiss(self, cmid: str) -> list[Output]:
        """Forget a refused message: its reason has been seen."""
        return self._conversation.dismiss(cmid)

    def follow(self, rooms: Iterable[str], now: float) -> list[Output]:
        """Follow rooms, each from where it was left, or from now on."""
        self._conversation.follow(rooms)
        return self._pump(now)

    def unfollow(self, room: str) -> list[Output]:
        """Stop following a room and forget where it was left."""
        return self._conversation.unfollow(room)

    def is_live(self, room: str) -> bool:
        """Return whether a room is followed and its standing known."""
        return self._conversation.is_live(room)

    def mark_read(self, room: str, seq: int | None, now: float) -> list[Output]:
        """Note that a followed room was read up to an entry; None: all that has come."""
        return [*self._conversation.mark_read(room, seq), *self._pump(now)]

    def read_up_to(self, room: str) -> int:
        """Return how far a room is known to have been read here."""
        return self._conversation.read_up_to(room)

    def brought_up(self, page: HistoryPage) -> HistoryPage:
        """Return a page of history with what has happened to its messages since it was read.

        Who asked takes this last, with nothing awaited between it and the use of the page: an event
        may come right behind the page and be told before who asked goes on.
        """
        return self._conversation.brought_up(page)

    def ask(self, command: AnyCommand, ticket: int, now: float) -> list[Output]:
        """Ask something now, or once there is a connection; `ticket` comes with the answer."""
        self._conversation.ask(Asking(ticket, command))
        return self._pump(now)

    # --- the connection --------------------------------------------------------------------

    def connected(self, now: float) -> list[Output]:
        """Introduce ourselves on a connection that has just been made."""
        command = Hello(ref=0, token=self._token) if self._token else self._introduction
        if command is None:
            return self._stop(SignedOut("no token is kept"))
        self.phase = Phase.SIGNING_IN
        return [self._questions.ask(command, SigningIn(), now)]

    def disconnected(
        self, code: int | None, reason: str, now: float, chance: float
    ) -> list[Output]:
        """Wait and connect again, unless the server has ended the session.

        `code` is the socket's close code; None if there was no socket, or no closing handshake.
        """
        if self.phase is Phase.STOPPED:
            return []
        if code == CloseCode.SIGNED_OUT:
            return self._signed_out(reason or "the session was ended")
        if code == CloseCode.SIGN_IN_REFUSED:
            return self._stop(SignInFailed(SignInRefused.code, reason or str(SignInRefused())))
        self.phase = Phase.OFFLINE
        lost = self._conversation.lost()
        after = self._wait(now, chance)
        return [*lost, Emit(Offline(reason, after)), Reconnect(after)]

    def _wait(self, now: float, chance: float) -> float:
        was_stable = self._ready_since is not None and now - self._ready_since >= STABLE_SECONDS
        leave_at, self._leave_at, self._ready_since = self._leave_at, None, None
        if leave_at is not None:
            return max(0.0, leave_at - now)
        if was_stable:
            self._tries = 0
        delay = RECONNECT.delay(self._tries, chance)
        self._tries += 1
        return delay

    def _give_up(self, reason: str, now: float, chance: float) -> list[Output]:
        return [Close(reason), *self.disconnected(None, reason, now, chance)]

    def _stop(self, error: ParleyError) -> list[Output]:
        self.phase = Phase.STOPPED
        return [Close(str(error)), Stop(error)]

    def _signed_out(self, reason: str) -> list[Output]:
        forget = [Save(SaveIdentity(self.person, None))] if self.person else []
        return [*forget, *self._stop(SignedOut(reason))]

    # --- time ------------------------------------------------------------------------------

    def tick(self, now: float, chance: float) -> list[Output]:
        """Do what is due. Call it at `deadline`, or at any time."""
        if self.phase in (Phase.OFFLINE, Phase.STOPPED):
            return []
        asked = self._questions.oldest()
        if asked is not None and now >= asked + ANSWER_SECONDS:
            return self._give_up(f"no answer for {ANSWER_SECONDS:.0f} s", now, chance)
        if self.phase is Phase.READY and now >= self._dead_at():
            return self._give_up("no heartbeat from the server", now, chance)
        if self._leave_at is not None and now >= self._leave_at:
            return self._give_up("the server asked to reconnect", now, chance)
        return self._pump(now)

    def deadline(self) -> float | None:
        """Return when `tick` has something to do, if nothing else happens."""
        if self.phase in (Phase.OFFLINE, Phase.STOPPED):
            return None
        asked = self._questions.oldest()
        times = [None if asked is None else asked + ANSWER_SECONDS, self._leave_at]
        if self.phase is Phase.READY:
            times += [self._dead_at(), self._conversation.deadline()]
        return min((time for time in times if time is not None), default=None)

    def _dead_at(self) -> float:
        return self._heard + MISSED_HEARTBEATS * self._heartbeat

    def _pump(self, now: float) -> list[Output]:
        return self._conversation.pump(now) if self.phase is Phase.READY else []

    # --- what the server says --------------------------------------------------------------

    def received(self, frame: str | bytes, now: float, chance: float) -> list[Output]:
        """Take a frame of the present connection."""
        if self.phase in (Phase.OFFLINE, Phase.STOPPED):
            return []
        try:
            message = decode_server_message(frame)
            outputs = self._take(message, now, chance) if message is not None else []
        except (DecodeError, RecursionError, ValueError) as error:
            return self._give_up(f"the server sent what is not parley.v1: {error}", now, chance)
        return [*outputs, *self._pump(now)]

    def _take(self, message: events.ServerMessage, now: float, chance: float) -> list[Output]:
        match message:
            case events.Ok():
                return self._ok(message, now, chance)
            case events.Error() if self.phase is Phase.SIGNING_IN:
                return self._not_signed_in(message, now, chance)
            case events.Error():
                purpose = self._questions.answered(message.ref)
                return self._conversation.refused(purpose, message, now, chance)
            case events.Heartbeat():
                self._heard = now
            case events.Reconnect(after_ms=after_ms):
                self._leave_at = now + after_ms / 1000 + chance * RECONNECT.base
            case events.PeopleChanged(people=people):
                mine = [person for person in people if self._is_me(person)]
                renamed = [output for person in mine for output in self._renamed(person)]
                return [*renamed, Emit(PeopleChanged(tuple(people)))]
            case events.TypingShown(room=room, person=who, for_ms=for_ms):
                return [Emit(TypingShown(room, who, for_ms))]
            case events.PresenceChanged(people=presences):
                return [Emit(PresenceChanged(tuple(presences)))]
            case _ if self.phase is Phase.READY:
                return self._conversation.take(message, now, chance)
        return []

    def _ok(self, message: events.Ok, now: float, chance: float) -> list[Output]:
        match purpose := self._questions.answered(message.ref):
            case SigningIn():
                return self._welcome(decode(message.result, type=Welcome), now)
            case Asking(command=SignOut() | DeleteAccount() as command):
                answer = self._conversation.answered(purpose, message.result, now, chance)
                is_left = isinstance(command, SignOut)
                reason = "by this device" if is_left else "the account is deleted"
                return [*answer, *self._signed_out(reason)]
            case Asking(command=EditProfile()):
                answer = self._conversation.answered(purpose, message.result, now, chance)
                return [*self._renamed(decode(message.result, type=Person)), *answer]
        return self._conversation.answered(purpose, message.result, now, chance)

    def _welcome(self, welcome: Welcome, now: float) -> list[Output]:
        owner, person = self.person, welcome.person
        is_another = owner is not None and owner.id != person.id
        if owner is not None and is_another and len(self.outbox):
            return self._stop(OutboxOfAnother(owner.user_name, len(self.outbox)))
        self.phase, self.person = Phase.READY, person
        self._token = welcome.token or self._token
        self._heartbeat = welcome.heartbeat_ms / 1000
        self._heard = self._ready_since = now
        self._conversation.begin(person, self._heartbeat)
        return [
            *(self._conversation.forget_cursors() if is_another else ()),
            Save(SaveIdentity(person, self._token)),
            Emit(Online(person)),
        ]

    def _is_me(self, person: Person) -> bool:
        return self.person is not None and person.id == self.person.id

    def _renamed(self, person: Person) -> list[Output]:
        self.person = person
        return [Save(SaveIdentity(person, self._token))]

    def _not_signed_in(self, error: events.Error, now: float, chance: float) -> list[Output]:
        # Somebody who signs in is not left waiting for longer than any other failure would take.
        if error.retry and error.retry_after_ms <= RECONNECT.cap * 1000:
            return self._give_up(error.message, now, chance)
        if error.code == TokenRefused.code:
            return self._signed_out(error.message)
        return self._stop(SignInFailed(error.code, error.message))
