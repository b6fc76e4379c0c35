"""One client's connection: the session's steps carried out.

Owns: the order of what one client is answered and delivered, which rooms it follows, and the
limit of what a slow one may hold.
Never: other connections, and the socket itself (`gateway.peer`).
"""

import asyncio
from bisect import insort
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from itertools import count
from operator import itemgetter
from typing import assert_never

import structlog
from msgspec.structs import replace

from gateway.accounts import Accounts, Identity
from gateway.appender import AuthorityStale, Placed
from gateway.authorising import no_member
from gateway.commands import Commands
from gateway.frames import frame, message_frame
from gateway.hub import Hub
from gateway.hub_room import Joined
from gateway.limits import Allowance, Limiter
from gateway.marking import Marking
from gateway.peer import Peer
from gateway.presence import Whereabouts
from gateway.roster import Roster
from gateway.sending import Sender, sent
from gateway.session import Answer, Authenticate, Close, Perform, Phase, Session, Step
from gateway.tasks import Tasks
from parley.domain.permissions import Action, may
from parley.observe.metrics import GatewayMetrics
from parley.protocol import codec
from parley.protocol.commands import (
    AnyCommand,
    BeAway,
    Block,
    CloseRoom,
    CreateRoom,
    Cursor,
    EditRoom,
    Hello,
    JoinByInvite,
    JoinRoom,
    LeaveRoom,
    Mark,
    Nothing,
    NotResumed,
    OpenDirect,
    Presences,
    Resume,
    ResumedRooms,
    Send,
    Sent,
    SetRole,
    SignIn,
    SignUp,
    TransferOwnership,
    Unblock,
    Watch,
    Welcome,
)
from parley.protocol.entry import Position
from parley.protocol.events import DirectoryChanged, RoomLost
from parley.protocol.refusals import (
    CloseCode,
    InternalError,
    Refusal,
    TooManyRequests,
    Unavailable,
)
from parley.store.api import Directory
from parley.store.errors import StoreUnavailable
from parley.stream.log import Fenced, LogUnavailable

log = structlog.get_logger()

# What may change where the person may speak.
_CHANGES = (
    Block,
    CloseRoom,
    CreateRoom,
    EditRoom,
    JoinByInvite,
    JoinRoom,
    LeaveRoom,
    OpenDirect,
    SetRole,
    TransferOwnership,
    Unblock,
)
# Messages of one client that may be on their way to Redis at a time; more wait in its socket.
_SENDS_UNDER_WAY = 64
# Who goes on beyond a limit is read this much more slowly, in seconds.
_REFUSED_PAUSE = 0.1


@dataclass(frozen=True)
class ConnectionLimits:
    """What one client may cost."""

    slow_reader_bytes: int
    """Of the gateway's memory, beyond which a reader is written no more."""
    resume_bytes: int
    """Of missed events in the answer to one `resume`."""
    heartbeat_ms: int


@dataclass(frozen=True)
class Services:
    """What connections share."""

    accounts: Accounts
    commands: Commands
    directory: Directory
    hub: Hub
    marking: Marking
    roster: Roster
    whereabouts: Whereabouts
    limiter: Limiter
    new_sender: Callable[[Identity], Sender]
    metrics: GatewayMetrics
    clock: Callable[[], int]


class Connection:
    """One client. Feed `receive` one frame at a time, and call `close` at the end."""

    def __init__(self, peer: Peer, services: Services, limits: ConnectionLimits) -> None:
        self.identity: Identity | None = None
        self._peer, self._services, self._limits = peer, services, limits
        self._session = Session()
        self._sender: Sender
        self._allowance: Allowance
        self._following: set[str] = set()
        # Events of rooms that are being resumed, until the answer that they follow is written.
        self._held: list[bytes] | None = None
        self._sends = asyncio.Semaphore(_SENDS_UNDER_WAY)
        # Messages on their way to Redis; and those whose author has to be authorised again, with
        # those received behind them. Both by the order in which they were received.
        self._under_way: set[asyncio.Future[Placed]] = set()
        self._stale: list[tuple[int, Send]] = []
        self._received = count()
        self._rechecks = 0
        self._tasks = Tasks()

    @property
    def account(self) -> str:
        """Return whose connection it is; known from the welcome on."""
        assert self.identity is not None
        return self.identity.person.id

    @property
    def is_ready(self) -> bool:
        return self._session.phase is Phase.READY

    # --- from the client ---------------------------------------------------------------

    async def receive(self, data: str | bytes) -> None:
        """Carry out what one frame asks for."""
        await self._carry_out(self._session.receive(data), size=len(data))

    def hello_overdue(self) -> None:
        """The time for the first command is over."""
        for step in self._session.hello_overdue():
            assert isinstance(step, Close)
            self._peer.close(step.code, step.reason)

    async def _carry_out(self, steps: Iterable[Step], size: int = 0) -> None:
        for step in steps:
            match step:
                case Answer(message):
                    # Past `_write`: it may be the last word of a session that has ended.
                    self._peer.write(frame(message))
                case Authenticate(command):
                    await self._authenticate(command)
                case Perform(command):
                    if await self._may_spend(command, size):
                        await self._perform(command)
                case Close(code, reason):
                    self._peer.close(code, reason)
                case _:
                    assert_never(step)

    async def _authenticate(self, command: Hello | SignIn | SignUp) -> None:
        services = self._services
        try:
            self.identity = await services.accounts.identify(command, self._peer.address)
        except Exception as error:
            refusal = _refusal_of(error)
            services.metrics.signed_in(refusal.code)
            await self._carry_out(self._session.turned_away(command.ref, refusal))
        else:
            if not self._session.welcomed():
                return
            services.metrics.signed_in("welcomed")
            self._sender = services.new_sender(self.identity)
            self._allowance = services.limiter.allowance(
                self.identity.person.id, self.identity.session, self._peer.address
            )
            services.roster.add(self, self.identity)
            services.whereabouts.come(self, self.identity.session)
            self._write(frame(codec.encode_ok(command.ref, self._welcome(self.identity))))

    def _welcome(self, identity: Identity) -> Welcome:
        return Welcome(
            person=identity.person,
            session=identity.session,
            time=self._services.clock(),
            heartbeat_ms=self._limits.heartbeat_ms,
            token=identity.token,
        )

    async def _may_spend(self, command: AnyCommand, size: int) -> bool:
        try:
            self._allowance.spend(size, is_message=isinstance(command, Send))
        except TooManyRequests as refusal:
            self._refuse(command.ref, refusal)
            await asyncio.sleep(_REFUSED_PAUSE)
            return False
        return True

    async def _perform(self, command: AnyCommand) -> None:
        try:
            match command:
                case Send():
                    await self._send(command)
                case Resume():
                    await self._resume(command)
                case Mark():
                    await self._mark(command)
                case Watch() | BeAway():
                    await self._perform_presence(command)
                case _:
                    assert self.identity is not None
                    answer = await self._services.commands.perform(self.identity, command)
                    self._take_effect(command)
                    self._write(frame(answer))
        except Exception as error:
            self._refuse(command.ref, _refusal_of(error))

    async def _mark(self, command: Mark) -> None:
        """Take marks in the rooms that are followed; of others the client hears in other ways."""
        assert self.identity is not None
        marks = [mark for mark in command.rooms if mark.room in self._following]
        await self._services.marking.mark(self.identity, marks)
        self._write(frame(codec.encode_ok(command.ref, Nothing())))

    async def _perform_presence(self, command: Watch | BeAway) -> None:
        whereabouts = self._services.whereabouts
        answer: Presences | Nothing
        if isinstance(command, Watch):
            answer = Presences(await whereabouts.watch(self, command.people))
        else:
            whereabouts.be_away(self, away=command.away)
            answer = Nothing()
        self._write(frame(codec.encode_ok(command.ref, answer)))

    def _take_effect(self, command: AnyCommand) -> None:
        """Apply to this connection what its own command has changed; others hear within 2 s."""
        if isinstance(command, _CHANGES):
            self._sender.forget()
        if isinstance(command, LeaveRoom | CloseRoom):
            self._stop_following(command.room)

    # --- sending -----------------------------------------------------------------------

    async def _send(self, command: Send) -> None:
        await self._sends.acquire()
        number = next(self._received)
        try:
            prepared = await self._sender.prepare(command)
        except BaseException:
            self._sends.release()
            raise
        if isinstance(prepared, Sent):
            self._sends.release()
            self._sent(command, prepared)
        elif self._stale:
            self._stale.append((number, command))
        else:
            placed = self._sender.append(command, prepared)
            self._under_way.add(placed)
            placed.add_done_callback(lambda placed: self._answer_send(number, command, placed))

    def _answer_send(self, number: int, command: Send, placed: asyncio.Future[Placed]) -> None:
        self._under_way.discard(placed)
        error = None if placed.cancelled() else placed.exception()
        if isinstance(error, AuthorityStale):
            insort(self._stale, (number, command), key=itemgetter(0))
            if len(self._stale) == 1:
                self._tasks.spawn(self._send_stale(), name="authorise again")
            return
        self._sends.release()
        match error:
            case None if not placed.cancelled():
                self._sent(command, sent(command, placed.result()))
            case Refusal():
                self._refuse(command.ref, error)

    async def _send_stale(self) -> None:
        """Ask the database whether the person may still speak, and send if so, one by one."""
        self._sender.forget()
        while self._under_way:  # some of them may be stale as well
            await asyncio.wait(self._under_way)
        while self._stale:
            _, command = self._stale[0]
            try:
                answer = await self._prepared_and_sent(command)
            except Exception as error:
                self._sender.forget()
                self._refuse(command.ref, _refusal_of(error))
            else:
                self._sent(command, answer)
            del self._stale[0]
            self._sends.release()

    async def _prepared_and_sent(self, command: Send) -> Sent:
        prepared = await self._sender.prepare(command)
        if isinstance(prepared, Sent):
            return prepared
        return sent(command, await self._sender.append(command, prepared))

    def _sent(self, command: Send, answer: Sent) -> None:
        self._services.metrics.events_in.inc()
        self._write(frame(codec.encode_ok(command.ref, answer)))

    # --- following ---------------------------------------------------------------------

    async def _resume(self, command: Resume) -> None:
        assert self.identity is not None
        rechecks = self._rechecks
        memberships = await self._services.directory.memberships(self.identity.person.id)
        asked = {cursor.room for cursor in command.rooms}
        self._sender.remember(held for held in memberships if held.room_id in asked)
        mine = {
            held.room_id: held.rights
            for held in memberships
            if may(Action.READ, held.role, held.kind)
        }
        joined: list[Joined] = []
        refused: list[NotResumed] = []
        self._held = []
        try:
            budget = self._limits.resume_bytes
            for cursor in command.rooms:
                outcome = await self._follow(cursor, mine, budget)
                if isinstance(outcome, NotResumed):
                    refused.append(outcome)
                else:
                    joined.append(outcome)
                    budget = max(0, budget - sum(map(len, outcome.frames)))
            stand = [replace(one.resumed, rights=mine[one.resumed.room]) for one in joined]
            resumed = ResumedRooms(stand, refused)
            missed = [each for one in joined for each in one.frames]
            self._write(b"".join((frame(codec.encode_ok(command.ref, resumed)), *missed)))
        finally:
            held, self._held = self._held, None
            self._write(b"".join(held))
        if self._rechecks != rechecks:
            # What has changed meanwhile may concern a room that was not followed yet.
            await self.recheck()

    async def _follow(
        self, cursor: Cursor, mine: Container[str], budget: int
    ) -> Joined | NotResumed:
        assert self.identity is not None
        room = cursor.room
        self._stop_following(room)
        position = None
        if cursor.generation is not None:
            position = Position(cursor.generation, cursor.seq)
        try:
            if room not in mine:
                account = self.identity.person.id
                raise await no_member(self._services.directory, account, room)
            joined = await self._services.hub.follow(room, self, position, budget)
        except Exception as error:
            return _not_resumed(room, _refusal_of(error))
        self._following.add(room)
        self._services.metrics.resumed(recovered=joined.resumed.recovered)
        return joined

    def _stop_following(self, room: str) -> None:
        if room in self._following:
            self._following.discard(room)
            self._services.hub.leave(room, self)

    # --- to the client -----------------------------------------------------------------

    def deliver(self, frames: bytes) -> None:
        """Take whole frames; a client that is too slow for them is told to come back."""
        if self._held is None:
            self._write(frames)
        elif sum(map(len, self._held)) > self._limits.slow_reader_bytes:
            self._give_up()
        else:
            self._held.append(frames)

    async def recheck(self) -> None:
        """Something in the person's rooms has changed: stop what is no longer theirs."""
        assert self.identity is not None
        self._rechecks += 1
        self._sender.forget()
        memberships = await self._services.directory.memberships(self.identity.person.id)
        self._sender.remember(held for held in memberships if held.room_id in self._following)
        for room in self._following - {membership.room_id for membership in memberships}:
            self._stop_following(room)
            self._write(message_frame(RoomLost(room)))
        self._write(message_frame(DirectoryChanged()))

    def beat(self, heartbeat: bytes) -> None:
        """Show that the gateway is there, and see whether the client is."""
        if self.is_ready:  # before that the server says nothing, and the hello has a deadline
            self._write(heartbeat)
            self._peer.ping()

    def end(self, code: CloseCode, reason: str, last_words: bytes = b"") -> None:
        """End the connection from this side, after some last frames."""
        self._write(last_words)
        self._session.ended()
        self._leave_rooms()
        self._peer.close(code, reason)

    async def close(self) -> None:
        """The socket has gone: leave nothing behind."""
        self._session.ended()
        self._leave_rooms()
        if self.identity is not None:
            self._services.roster.discard(self, self.identity)
            self._services.whereabouts.go(self)
        await self._tasks.close()

    def _refuse(self, ref: int, refusal: Refusal) -> None:
        self._services.metrics.refused(refusal.code)
        self._write(frame(codec.encode_error(ref, refusal)))

    def _write(self, frames: bytes) -> None:
        if not frames or self._session.phase is Phase.CLOSED:
            return
        if self._peer.buffered() > self._limits.slow_reader_bytes:
            self._give_up()
        else:
            self._peer.write(frames)

    def _give_up(self) -> None:
        self._services.metrics.slow_readers.inc()
        self._session.ended()
        self._leave_rooms()
        self._peer.close(CloseCode.SLOW_READER, "too slow: reconnect and resume")

    def _leave_rooms(self) -> None:
        for room in tuple(self._following):
            self._stop_following(room)


def _refusal_of(error: Exception) -> Refusal:
    """Return what a client is told of an error; a mistake of ours goes into the log as well."""
    match error:
        case Refusal():
            return error
        case Fenced() | LogUnavailable() | AuthorityStale():
            return Unavailable("the room's log")
        case StoreUnavailable():
            return Unavailable("the database")
    log.error("command_failed", exc_info=error)
    return InternalError()


def _not_resumed(room: str, refusal: Refusal) -> NotResumed:
    return NotResumed(room, refusal.code, str(refusal), refusal.retry)
