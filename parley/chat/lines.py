"""What is printed of a chat: a line for a person, or an object for a program.

Owns: both forms. Others' text is cleaned here, whichever way it leaves.
Never: the terminal or the network: names and times arrive as arguments.
"""

import json
from datetime import UTC, date, datetime, tzinfo

from parley.chat.cleaning import clean, clean_line
from parley.client import (
    Deleted,
    DeletedMessage,
    Edited,
    Message,
    MessageChange,
    NoticeShown,
    Person,
    PinChanged,
    Reacted,
    Retracted,
    Room,
    RoomEntry,
    RoomRestarted,
    State,
    UnsupportedShown,
    Withdrawn,
)
from parley.domain.notices import notice_sentence
from parley.domain.profiles import DELETED_NAME
from parley.protocol.events import Receipts

TICK = "✓"
# Before each further line of a message, so that none can pass for a message of its own.
_MORE = "      │ "
_QUOTED_CHARACTERS = 60
# What stands in the place of words that are gone.
DELETED = "a deleted message"

People = dict[str, Person]


class Lines:
    """Lines for a person, with a separator wherever a day begins.

    `zone` is where the person is; None: where the computer says it is. A `stored` line has its
    tick.
    """

    def __init__(self, zone: tzinfo | None = None) -> None:
        self._zone = zone
        self._day: date | None = None

    def entry(
        self, entry: RoomEntry, people: People, *, where: str = "", stored: bool = False
    ) -> str:
        """Return what is printed of an entry; `where` names its room if that is not plain."""
        match entry:
            case Message(time=time, author=author, text=text):
                return self.said(time, name_of(author, people), text, where=where, stored=stored)
            case DeletedMessage(author=author):
                gone = f"{name_of(author, people)} — this message was deleted —"
                return self._at(entry.time, f"{_place(where)}{gone}")
            case NoticeShown():
                return self._at(entry.time, f"{_place(where)}— {_notice(entry, people)} —")
            case UnsupportedShown(kind=kind):
                what = f"something that this version cannot show ({clean_line(kind)})"
                author_name = name_of(entry.author, people)
                return self._at(entry.time, f"{_place(where)}{author_name} — {what} —")

    def said(
        self, time: int, name: str, text: str, *, where: str = "", stored: bool = False
    ) -> str:
        """Return the lines of a message said at `time` (Unix milliseconds)."""
        first, *more = clean(text).split("\n")
        tick = f" {TICK}" if stored else ""
        begin = self._at(time, f"{_place(where)}{name}{tick} {first}")
        return "\n".join([begin, *(_MORE + line for line in more)])

    def _at(self, time: int, line: str) -> str:
        moment = _moment(time).astimezone(self._zone)
        day, self._day = self._day, moment.date()
        separator = "" if day == self._day else f"—— {moment:%A, %d %B %Y} ——\n"
        return f"{separator}{moment:%H:%M} {line}"


def answering(words: str) -> str:
    """Return the line above a message that answers these words."""
    return f"      ┌ {shortened(words)}"


def words_of(state: State) -> str:
    """Return what a message says now."""
    return DELETED if state.deleted else clean_line(state.text)


def shortened(words: str) -> str:
    """Return as much of the words as it takes to know them again."""
    is_long = len(words) > _QUOTED_CHARACTERS
    return f"{words[: _QUOTED_CHARACTERS - 1]}…" if is_long else words


def reacted(state: State) -> str:
    """Return the line below a message to which people have put emoji; empty if nobody has."""
    counted = [f"{clean_line(each.emoji)} {each.count}" for each in state.reactions]
    return f"      └ {'  '.join(counted)}" if counted else ""


def name_of(author: str | None, people: People) -> str:
    """Return what a person is called; somebody unknown by the id, nobody as the server."""
    if author is None:
        return "the server"
    return short_name(people[author]) if author in people else author


def short_name(person: Person) -> str:
    """Return what a person is called where the line is short."""
    return DELETED_NAME if person.is_deleted else clean_line(person.display_name)


def full_name(person: Person) -> str:
    """Return what a person is called, with the user name that nobody else has."""
    if person.is_deleted or person.display_name == person.user_name:
        return short_name(person)
    return f"{short_name(person)} ({clean_line(person.user_name)})"


def _place(where: str) -> str:
    return f"[{clean_line(where)}] " if where else ""


def _notice(notice: NoticeShown, people: People) -> str:
    who = [name_of(person, people) for person in (notice.who, *notice.more)]
    by, text = name_of(notice.author, people), clean_line(notice.text)
    return notice_sentence(notice.what, by, who, text)


def moment_of(time: int) -> datetime:
    """Return a time (Unix milliseconds) as it is here."""
    return _moment(time).astimezone()


def _moment(time: int) -> datetime:
    # A time that no calendar has is the server's fault, and no reason to end.
    try:
        return datetime.fromtimestamp(time / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(0, UTC)


# --- for programs --------------------------------------------------------------------------


def message_change_json(change: MessageChange, room: Room, people: People) -> str:
    """Return what somebody did to a message as one line of JSON, in ASCII."""
    line = _place_json(change, room, people)
    line |= {"target": {"author": change.target.author, "cmid": change.target.cmid}}
    line |= {"target_seq": change.target_seq}
    match change:
        case Edited(text=text):
            line |= {"type": "edited", "text": text}
        case Deleted():
            line |= {"type": "message_deleted"}
        case Reacted(emoji=emoji, on=on):
            line |= {"type": "reacted", "emoji": emoji, "on": on}
        case PinChanged(on=on):
            line |= {"type": "pin_changed", "on": on}
    return json.dumps(line)


def receipts_json(receipts: Receipts, room: Room) -> str:
    """Return how far all have come in the room as one line of JSON, in ASCII."""
    extents = {"delivered": receipts.delivered, "read": receipts.read}
    told = {
        name: None if each is None else {"lowest": each.lowest, "who": each.who, "next": each.next}
        for name, each in extents.items()
    }
    where = {"room": room.id, "room_name": clean_line(room.name)}
    return json.dumps({"type": "receipts"} | where | {"generation": receipts.generation} | told)


def entry_json(entry: RoomEntry, room: Room, people: People) -> str:
    """Return an entry as one line of JSON, in ASCII."""
    line = {"type": "message"} | _place_json(entry, room, people)
    match entry:
        case Message(n=n, cmid=cmid, text=text):
            line |= {"n": n, "cmid": cmid, "text": text}
            if entry.reply_to is not None:
                line |= {"reply_to": {"author": entry.reply_to.author, "cmid": entry.reply_to.cmid}}
        case DeletedMessage(n=n, cmid=cmid):
            line |= {"type": "deleted", "n": n, "cmid": cmid}
        case NoticeShown(what=what, who=who, more=more, text=text):
            line |= {"type": "notice", "what": what, "who": who, "more": more, "text": text}
        case UnsupportedShown(kind=kind):
            line |= {"type": "unsupported", "kind": kind}
    return json.dumps(line)


def _place_json(entry: RoomEntry | MessageChange, room: Room, people: People) -> dict[str, object]:
    author = entry.author
    return {
        "room": room.id,
        "room_name": room.name,
        "generation": entry.generation,
        "seq": entry.seq,
        "time": _moment(entry.time).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "author": author,
        "user_name": people[author].user_name if author in people else None,
        "display_name": people[author].display_name if author in people else None,
    }


def change_json(change: Retracted | RoomRestarted | Withdrawn, room: Room) -> str:
    """Return what happened to earlier lines as one line of JSON, in ASCII."""
    line: dict[str, object] = {
        "type": "restarted",
        "room": room.id,
        "room_name": room.name,
        "generation": change.generation,
    }
    match change:
        case Retracted(after=after):
            line |= {"type": "retracted", "after": after}
        case RoomRestarted(seq=seq):
            line |= {"seq": seq}
        case Withdrawn(seq=seq, cmid=cmid, reason=reason):
            line |= {"type": "withdrawn", "seq": seq, "cmid": cmid, "reason": reason}
    return json.dumps(line)
