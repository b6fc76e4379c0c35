"""What is said once the server knows who we are: rooms, messages, questions and answers.

Owns: which part of the client each message of the server belongs to, and the order in which
waiting things are asked: rooms first, then the application's commands, then messages.
Never: who we are and whether there is a connection (`parley.client.session`).
"""

from collections.abc import Iterable, Mapping

from msgspec import DecodeError, Raw
from msgspec.json import decode

from parley.client.cursors import Following
from parley.client.delivery import CHECK_HEARTBEATS, Delivery
from parley.client.errors import ConnectionLost, Refused
from parley.client.events import DirectoryChanged, Withdrawn
from parley.client.outbox import Entry, Outbox
from parley.client.outputs import DropEntry, Emit, Output, Resolve, Save
from parley.client.progress import Progress
from parley.client.questions import (
    Asking,
    Checking,
    Counting,
    Marking,
    Purpose,
    Questions,
    Resuming,
    Sending,
)
from parley.client.recent_changes import RecentChanges
from parley.client.showing import HistoryPage, read_page
from parley.protocol import events
from parley.protocol.codec import decode_result
from parley.protocol.commands import (
    AnyCommand,
    CountUnread,
    ExplainUnread,
    FindPeople,
    History,
    ListBans,
    ListBlocks,
    ListDrafts,
    ListInvites,
    ListMembers,
    ListPins,
    ListReactions,
    ListRooms,
    ListSessions,
    ListStarred,
    LookUp,
    MessageInfo,
    MessageStatus,
    NotResumed,
    OpenDirect,
    Overview,
    Person,
    ReadMessages,
    ReadVersions,
    Result,
    Resume,
    Resumed,
    ResumedRooms,
    RevokeInvite,
    RevokeSession,
    RoomInfo,
    RoomOverviews,
    RoomStanding,
    Sent,
    ShowReceipts,
    SignOut,
    Standings,
    Status,
)
from parley.protocol.entry import Position
from parley.protocol.refusals import NotAMember, NotUnderstood

# Questions, and what has the effect of once however often it is asked. Of any other command it is
# not known whether it was carried out if the answer was lost, and somebody, on another device
# perhaps, may have wished otherwise since.
_REPEATABLE = (
    FindPeople,
    History,
    ListBans,
    ListBlocks,
    ListInvites,
    ListMembers,
    ListRooms,
    ListSessions,
    LookUp,
    OpenDirect,
    CountUnread,
    ExplainUnread,
    ListDrafts,
    ListStarred,
    MessageInfo,
    Overview,
    RevokeInvite,
    RevokeSession,
    ListPins,
    ListReactions,
    ReadMessages,
    ReadVersions,
    RoomInfo,
    ShowReceipts,
    SignOut,
    Status,
)


class Conversation:
    """Everything between a welcome and the end of the connection; what is open outlives it."""

    def __init__(
        self,
        questions: Questions,
        outbox: Outbox,
        cursors: Mapping[str, Position],
        *,
        delivers: bool = False,
    ) -> None:
        self.outbox = outbox
        self._questions = questions
        self._following = Following(dict(cursors))
        self._delivery = Delivery(outbox, questions, self._following)
        self._progress = Progress(questions, self._following, delivers=delivers)
        self._changes = RecentChanges()
        self._queued: list[Asking] = []
        self._me: str | None = None

    def begin(self, person: Person, heartbeat: float) -> None:
        """Take up a conversation as this person, with a heartbeat every so many seconds."""
        self._me = person.id
        self._delivery.check_after = CHECK_HEARTBEATS * heartbeat
        self._progress.begin(person.id)

    def forget_cursors(self) -> list[Output]:
        """Begin every room anew: the cursors were another account's."""
        self._delivery.forget_rights()
        self._progress.forget()
        return self._following.forget_cursors()

    def lost(self) -> list[Output]:
        """Let everything that is unanswered be asked again, where twice has the effect of once."""
        self._delivery.disconnected()
        self._following.disconnected()
        self._progress.disconnected()
        asked = [purpose for purpose in self._questions.drop() if isinstance(purpose, Asking)]
        once_only = [asking for asking in asked if not isinstance(asking.command, _REPEATABLE)]
        self._queued = [*(asking for asking in asked if asking not in once_only), *self._queued]
        return [
            Resolve(asking.ticket, ConnectionLost(str(asking.command.__struct_config__.tag)))
            for asking in once_only
        ]

    # --- what the application wants --------------------------------------------------------

    def post(self, entry: Entry) -> list[Output]:
        """Say something."""
        return self._delivery.post(entry)

    def dismiss(self, cmid: str) -> list[Output]:
        """Forget a refused message."""
        return [Save(DropEntry(cmid))] if self.outbox.dismiss(cmid) else []

    def follow(self, rooms: Iterable[str]) -> None:
        """Follow rooms, each from where it was left, or from now on."""
        self._following.follow(rooms)

    def unfollow(self, room: str) -> list[Output]:
        """Stop following a room and forget where it was left."""
        self._changes.forget(room)
        return self._following.unfollow(room)

    def is_live(self, room: str) -> bool:
        """Return whether a room is followed and its standing known."""
        return room in self._following and self._following.live(room)

    def mark_read(self, room: str, seq: int | None) -> list[Output]:
        """Note that a followed room was read up to an entry; None: all that has come."""
        return self._progress.mark_read(room, seq)

    def read_up_to(self, room: str) -> int:
        """Return how far a room is known to have been read here."""
        return self._progress.read_up_to(room)

    def ask(self, asking: Asking) -> None:
        """Ask something as soon as there is a connection."""
        self._queued.append(asking)

    # --- what is asked ---------------------------------------------------------------------

    def pump(self, now: float) -> list[Output]:
        """Ask whatever may be asked now."""
        outputs: list[Output] = [
            self._questions.ask(
                Resume(ref=0, rooms=cursors), Resuming(tuple(c.room for c in cursors)), now
            )
            for cursors in self._following.due(now)
        ]
        outputs += [self._questions.ask(asking.command, asking, now) for asking in self._queued]
        self._queued.clear()
        return [*outputs, *self._delivery.pump(now), *self._progress.pump(now)]

    def deadline(self) -> float | None:
        """Return when `pump` has something to do, if nothing else happens."""
        parts = (self._following, self._delivery, self._progress)
        times = (part.deadline() for part in parts)
        return min((time for time in times if time is not None), default=None)

    # --- what the server tells unasked -----------------------------------------------------

    def take(self, message: events.ServerMessage, now: float, chance: float) -> list[Output]:
        """Take a message that answers nothing."""
        match message:
            case events.Event():
                return self._event(message, now, chance)
            case events.Reset():
                return self._stands(message, now, chance)
            case events.Stored(room=room, generation=generation, seq=seq):
                return self._stored_up_to(room, Position(generation, seq))
            case events.Position(room=room, generation=generation, top=top, stored=stored):
                self._following.stands_at(room, Position(generation, top), now, chance)
                return self._stored_up_to(room, Position(generation, stored))
            case events.Refused():
                return self._set_aside(message)
            case events.RoomLost(room=room):
                lost = "you are no longer in this room"
                return self._following.lost(room, NotAMember.code, lost)
            case events.DirectoryChanged():
                return [Emit(DirectoryChanged())]
            case (
                events.Marked()
                | events.Receipts()
                | events.Hidden()
                | events.StarChanged()
                | events.DraftChanged()
            ):
                return self._progress.take(message)
        return []

    def _event(self, event: events.Event, now: float, chance: float) -> list[Output]:
        outputs = self._following.apply(event, now, chance)
        if outputs:
            self._changes.add(event)
        outputs += self._progress.happened(event, is_shown=bool(outputs))
        if event.author == self._me:
            outputs += self._delivery.saw(event, now)
        return outputs

    def _stands(self, answer: events.Reset | Resumed, now: float, chance: float) -> list[Output]:
        answer = self._following.surviving(answer)
        outputs = self._following.resumed(answer, now, chance)
        self._delivery.generation_began(answer.room, answer.generation)
        self._changes.take_back(answer.room, answer.generation, answer.since)
        self._progress.resumed(
            answer.room, answer.generation, answer.since, recovered=answer.recovered
        )
        mark = Position(answer.generation, answer.stored)
        return [*outputs, *self._delivery.stored_up_to(answer.room, mark)]

    def _stored_up_to(self, room: str, mark: Position) -> list[Output]:
        self._progress.stored_up_to(room, mark)
        return [
            *self._following.stored_up_to(room, mark),
            *self._delivery.stored_up_to(room, mark),
        ]

    def _set_aside(self, refused: events.Refused) -> list[Output]:
        shown = Withdrawn(
            refused.room,
            refused.generation,
            refused.seq,
            refused.author,
            refused.cmid,
            refused.reason,
        )
        is_own = refused.author == self._me
        return [Emit(shown), *(self._delivery.set_aside(refused) if is_own else ())]

    # --- answers ---------------------------------------------------------------------------

    def brought_up(self, page: HistoryPage) -> HistoryPage:
        """Return a page with what has happened since it was read."""
        return self._changes.brought_up(page, self._me or "")

    def answered(
        self, purpose: Purpose | None, result: Raw, now: float, chance: float
    ) -> list[Output]:
        """Take the result of a command. Raises msgspec.DecodeError if it is none."""
        match purpose:
            case Resuming():
                return self._resumed(decode(result, type=ResumedRooms), now, chance)
            case Sending():
                return self._delivery.sent(purpose, decode(result, type=Sent), now)
            case Checking():
                return self._delivery.checked(purpose, decode(result, type=MessageStatus), now)
            case Marking():
                self._progress.marked(purpose)
            case Counting():
                return self._progress.stand(decode(result, type=Standings).rooms)
            case Asking(ticket=ticket, command=command):
                answer = _read(command, result)
                if isinstance(answer, HistoryPage):
                    page, withdrawn = self._following.read(answer)
                    return [*withdrawn, Resolve(ticket, page)]
                return [Resolve(ticket, answer), *self._progress.stand(_standings(answer))]
        return []

    def _resumed(self, answer: ResumedRooms, now: float, chance: float) -> list[Output]:
        outputs: list[Output] = []
        for room in answer.rooms:
            self._delivery.may_speak_since(room.room, room.rights)
            outputs += self._stands(room, now, chance)
        for refused in answer.refused:
            outputs += self._following.not_resumed(refused, now, chance)
        return outputs

    def refused(
        self, purpose: Purpose | None, error: events.Error, now: float, chance: float
    ) -> list[Output]:
        """Take the refusal of a command."""
        match purpose:
            case Resuming(rooms=rooms):
                one_each = [
                    NotResumed(room, error.code, error.message, error.retry) for room in rooms
                ]
                return self._resumed(ResumedRooms([], one_each), now, chance)
            case Sending():
                return self._delivery.send_failed(purpose, error, now, chance)
            case Checking():
                self._delivery.check_failed(purpose, error, now)
            case Marking() | Counting():
                self._progress.refused(purpose, now, retry=error.retry)
            case Asking(ticket=ticket):
                return [Resolve(ticket, Refused(error.code, error.message, error.retry))]
        return []


def _standings(answer: object) -> list[RoomStanding]:
    """Return how one stands in rooms, as far as an answer says."""
    match answer:
        case Standings(rooms=rooms):
            return rooms
        case RoomOverviews(rooms=overviews):
            return [each.standing for each in overviews]
        case _:
            return []


def _read(command: AnyCommand, result: Raw) -> Result | HistoryPage | Refused:
    try:
        if isinstance(command, History):
            return read_page(result)
        return decode_result(result, command.Result)
    except DecodeError as error:
        # Only who asked is concerned; the connection is as good as before.
        explanation = f"the server's answer has a form that this version does not know: {error}"
        return Refused(NotUnderstood.code, explanation, retry=False)
