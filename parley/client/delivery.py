"""Sees to it that every message in the outbox ends stored, or refused with a reason.

Owns: what to send next, what each answer does to an entry, and asking again when none comes.
Never: the states of entries (`parley.client.outbox`), cursors, sockets, the clock.

In each room one `send` is unanswered at a time, so that messages keep their order; other rooms
go on meanwhile. A `send` names the generation in which the room is known: if the room has begun
another, the server refuses it, and what was lost goes first.
"""

from parley.client.backoff import RETRY
from parley.client.cursors import Following
from parley.client.events import Accepted, SendRefused, Stored
from parley.client.outbox import Entry, Lane, Outbox, State
from parley.client.outputs import DropEntry, Emit, Output, Save, SaveEntry, SaveRefusal
from parley.client.questions import Checking, Questions, Sending
from parley.protocol.commands import MessageStatus, Send, Sent, Status
from parley.protocol.entry import Position
from parley.protocol.events import Error, Event, Refused
from parley.protocol.refusals import GenerationChanged, RightsChanged, SetAside

# An accepted entry whose room's watermark does not come is asked about after so many heartbeats.
CHECK_HEARTBEATS = 4
# In a room that is not followed no watermark comes: the first question is asked after so many
# seconds, each later one after twice as many.
FIRST_CHECK_SECONDS = 0.25


class Delivery:
    """The outbox on its way."""

    def __init__(self, outbox: Outbox, questions: Questions, following: Following) -> None:
        self._outbox, self._questions, self._following = outbox, questions, following
        # The number of the rights that one has in each room, as far as the server has told it.
        self._rights: dict[str, int] = {}
        self.check_after = 20.0
        """Seconds after which an accepted entry is asked about."""

    def post(self, entry: Entry) -> list[Output]:
        """Take a message into the outbox."""
        self._outbox.add(entry)
        return [Save(SaveEntry(entry.cmid, entry.room, entry.content))]

    def may_speak_since(self, room: str, rights: int) -> None:
        """Note the number of the rights that one has in a room."""
        self._rights[room] = rights

    def forget_rights(self) -> None:
        """They were another account's."""
        self._rights.clear()

    # --- what to send ----------------------------------------------------------------------

    def pump(self, now: float) -> list[Output]:
        """Send and ask whatever may be sent and asked now."""
        outputs: list[Output] = []
        for lane in self._outbox.lanes.values():
            if self._may_send(lane) and lane.not_before <= now:
                outputs += self._send(lane, now)
            if lane.check_at is not None and lane.check_at <= now and not lane.checking:
                outputs += self._check(lane, now)
        return outputs

    def deadline(self) -> float | None:
        """Return when `pump` has something to do, if nothing else happens."""
        times = [lane.not_before for lane in self._outbox.lanes.values() if self._may_send(lane)]
        times += [
            lane.check_at
            for lane in self._outbox.lanes.values()
            if lane.check_at is not None and not lane.checking
        ]
        return min(times, default=None)

    def _may_send(self, lane: Lane) -> bool:
        is_known = lane.room not in self._following or self._following.live(lane.room)
        return lane.asked is None and is_known and lane.next() is not None

    def _send(self, lane: Lane, now: float) -> list[Output]:
        entry = lane.next()
        if entry is None:
            return []
        known = self._following.generation(lane.room)
        command = Send(
            ref=0,
            room=entry.room,
            cmid=entry.cmid,
            content=entry.content,
            generation=lane.generation() if known is None else known,
            rights=self._rights.get(entry.room, 0),
            resend=entry.tried,
        )
        self._outbox.transmitted(entry)
        return [self._questions.ask(command, Sending(entry.room, entry.cmid), now)]

    def _check(self, lane: Lane, now: float) -> list[Output]:
        accepted = lane.accepted()
        if not accepted:
            lane.check_at, lane.checks = None, 0
            return []
        # The newest that has had time to be stored: if it is, so are those accepted before it.
        due = [entry for entry in accepted if entry.accepted_at + FIRST_CHECK_SECONDS <= now]
        cmid = (due or accepted[:1])[-1].cmid
        lane.checking = True
        lane.checks += 1
        command = Status(ref=0, room=lane.room, cmid=cmid)
        return [self._questions.ask(command, Checking(lane.room, cmid), now)]

    # --- answers to `send` -----------------------------------------------------------------

    def sent(self, asked: Sending, answer: Sent, now: float) -> list[Output]:
        """Note that a message was taken."""
        self._answered(asked.room)
        position = Position(answer.generation, answer.seq)
        if answer.stored:
            return self._settle(asked.cmid, position)
        return self._accept(asked.cmid, position, now)

    def send_failed(self, asked: Sending, error: Error, now: float, chance: float) -> list[Output]:
        """Refuse a message that the server will not take, or send it again later."""
        found = self._outbox.find(asked.cmid)
        lane = self._outbox.lanes.get(asked.room)
        if error.code == RightsChanged.code and error.rights > self._rights.get(asked.room, 0):
            self.may_speak_since(asked.room, error.rights)  # sent again at once, with the number
        elif lane is not None and error.retry:
            lane.not_before = now + max(
                RETRY.delay(lane.tries, chance), error.retry_after_ms / 1000
            )
            lane.tries += 1
        outputs: list[Output] = []
        # An entry whose event has come meanwhile was taken by an earlier try.
        if found and found[1].state is State.IN_FLIGHT:
            if error.retry:
                self._outbox.put_back(found[1])
            else:
                outputs = self._refuse(asked.cmid, error.code, error.message)
        if error.code == GenerationChanged.code:
            self._catch_up(asked.room, now, chance)
        self._answered(asked.room, keep_tries=error.retry)
        return outputs

    def _catch_up(self, room: str, now: float, chance: float) -> None:
        if room in self._following:
            self._following.must_resume(room, now, chance)
        else:
            # What survived is known by its `cmid`; what did not has to go first.
            self._put_back_accepted(room)

    def _answered(self, room: str, *, keep_tries: bool = False) -> None:
        lane = self._outbox.lanes.get(room)
        if lane is not None:
            lane.tries = lane.tries if keep_tries else 0
            self._outbox.answered(lane)

    # --- answers to `status` ---------------------------------------------------------------

    def checked(self, asked: Checking, answer: MessageStatus, now: float) -> list[Output]:
        """Do what a message's state on the server asks for."""
        self._rest(asked.room, now, is_progress=answer.state == "stored")
        position = Position(answer.generation, answer.seq)
        match answer.state:
            case "stored":
                return [*self._stored_before(asked, position), *self._settle(asked.cmid, position)]
            case "accepted":
                return self._accept(asked.cmid, position, now)
            case "refused":
                return self._refuse(asked.cmid, SetAside.code, answer.reason)
            case "unknown":
                self._put_back_accepted(asked.room)
        return []

    def _stored_before(self, asked: Checking, position: Position) -> list[Output]:
        """Take out what was accepted before a message that is stored where it was accepted.

        The answer may carry a later generation, in which the message has survived; that it has,
        with its number, is true of all before it as well.
        """
        found = self._outbox.find(asked.cmid)
        accepted = found[1].position if found else None
        if accepted is None or accepted.seq != position.seq:
            return []
        return self.stored_up_to(asked.room, accepted)

    def check_failed(self, asked: Checking, error: Error, now: float) -> None:
        """Ask again later; or, if the server will not say, send the messages again."""
        self._rest(asked.room, now)
        if not error.retry:
            self._put_back_accepted(asked.room)

    def _rest(self, room: str, now: float, *, is_progress: bool = False) -> None:
        lane = self._outbox.lanes.get(room)
        if lane is not None:
            lane.checks = 0 if is_progress else lane.checks
            lane.checking, lane.check_at = False, now + self._patience(lane)

    def _patience(self, lane: Lane) -> float:
        if lane.room in self._following:
            return self.check_after
        return min(self.check_after, FIRST_CHECK_SECONDS * 2.0 ** min(lane.checks, 32))

    def _put_back_accepted(self, room: str) -> None:
        lane = self._outbox.lanes.get(room)
        for entry in lane.accepted() if lane else ():
            self._outbox.put_back(entry)

    # --- what the server tells unasked -----------------------------------------------------

    def saw(self, event: Event, now: float) -> list[Output]:
        """Note that an own message has come back as an event."""
        if event.cmid is None:
            return []
        return self._accept(event.cmid, Position(event.generation, event.seq), now)

    def stored_up_to(self, room: str, mark: Position) -> list[Output]:
        """Take out what a watermark covers."""
        settled = self._outbox.settle_up_to(room, mark)
        return [output for entry in settled for output in _stored(entry, entry.position or mark)]

    def generation_began(self, room: str, generation: int) -> None:
        """Send again what an earlier generation had accepted."""
        self._outbox.put_back_older(room, generation)

    def set_aside(self, refused: Refused) -> list[Output]:
        """Refuse a message that had been accepted and could not be stored."""
        return self._refuse(refused.cmid, SetAside.code, refused.reason)

    def disconnected(self) -> None:
        """Let what was under way be sent again."""
        self._outbox.disconnected()

    # --- outcomes --------------------------------------------------------------------------

    def _accept(self, cmid: str, position: Position, now: float) -> list[Output]:
        found = self._outbox.find(cmid)
        if found is None:
            return []
        lane, entry = found
        if entry.position is not None and position.generation <= entry.position.generation:
            return []
        known = self._following.generation(entry.room)
        if known is not None and position.generation < known:  # lost before we heard of it
            self._outbox.put_back(entry)
            return []
        self._outbox.accept(entry, position, now)
        if lane.check_at is None:
            lane.check_at = now + self._patience(lane)
        mark = self._following.stored(entry.room)
        return [
            Emit(Accepted(entry.room, cmid, *position)),
            *(self.stored_up_to(entry.room, mark) if mark else ()),
        ]

    def _settle(self, cmid: str, position: Position) -> list[Output]:
        entry = self._outbox.settle(cmid)
        return _stored(entry, position) if entry else []

    def _refuse(self, cmid: str, code: str, message: str) -> list[Output]:
        entry = self._outbox.refuse(cmid, code, message)
        if entry is None:
            return []
        return [
            Save(SaveRefusal(cmid, code, message)),
            Emit(refusal(entry)),
        ]


def refusal(entry: Entry) -> SendRefused:
    """Return what the application is told of a refused entry."""
    return SendRefused(entry.room, entry.cmid, entry.content, entry.code, entry.message)


def _stored(entry: Entry, position: Position) -> list[Output]:
    return [Save(DropEntry(entry.cmid)), Emit(Stored(entry.room, entry.cmid, *position))]
