"""Names, times and days as people write them, and text that cannot steer the screen.

Owns: the words around messages, and the removal of characters that would mislead or cannot show.
Never: where the words stand.
"""

import re
import zlib
from datetime import UTC, date, datetime, timedelta, tzinfo

from parley.client import NoticeShown, Person, Presence, Room, RoomDetail
from parley.domain.notices import notice_sentence
from parley.protocol.ids import LOBBY

# Controls but the line feed; Unicode's line ends; marks, embeddings, overrides and isolates.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# What joins or selects within an emoji has done so by the time that this is applied.
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f]")
HUES = 8


def readable(text: str) -> str:
    """Return others' text without what would steer the screen; emoji are still whole."""
    return _DIRECTIONS.sub("", _CONTROLS.sub(" ", text)).replace("\t", "    ")


def visible(text: str) -> str:
    """Return a piece of readable text without what has no width of its own."""
    return _UNSEEN.sub("", text)


def one_line(text: str) -> str:
    """Return readable text as one line."""
    return " ".join(readable(text).split())


def sentence(text: str) -> str:
    """Return what a part of Parley says of a fault, as a sentence begins."""
    return text[:1].upper() + text[1:]


def name_of(person: str | None, people: dict[str, Person]) -> str:
    """Return what a person is called; somebody unknown by the id."""
    if person is None:
        return "The server"
    known = people.get(person)
    if known is None:
        return person
    return one_line(known.display_name or known.user_name) or person


def called(person: Person) -> str:
    """Return somebody's user name, and what they say of themselves."""
    about = one_line(person.about)
    return f"@{person.user_name} · {about}" if about else f"@{person.user_name}"


def initials(name: str) -> str:
    """Return the one or two letters of an avatar."""
    words = [word for word in re.split(r"[\W_]+", visible(name)) if word]
    return "".join(word[0] for word in words[:2]).upper() or "#"


def hue_of(id: str) -> int:
    """Return the number of somebody's colour, the same on every computer."""
    return zlib.crc32(id.encode()) % HUES


def moment(time: int, zone: tzinfo | None) -> datetime:
    """Return a time where the person is; what no calendar has becomes its beginning."""
    try:
        return datetime.fromtimestamp(time / 1000, UTC).astimezone(zone)
    except (OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(0, UTC)


def clock(time: int, zone: tzinfo | None) -> str:
    """Return the time of day."""
    return f"{moment(time, zone):%H:%M}"


def day_name(day: date, today: date) -> str:
    """Return a day as a separator says it."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    if today - timedelta(days=7) < day < today:
        return f"{day:%A}"
    return f"{day.day} {day:%B %Y}"


def short_time(time: int, today: date, zone: tzinfo | None) -> str:
    """Return when something was said, as the list of rooms has room for."""
    said = moment(time, zone)
    if said.date() == today:
        return f"{said:%H:%M}"
    name = day_name(said.date(), today)
    return name if len(name) <= len("Wednesday") else f"{said:%d.%m.%y}"


def notice(entry: NoticeShown, people: dict[str, Person]) -> str:
    """Return a change of the room as a sentence."""
    who = [name_of(person, people) for person in (entry.who, *entry.more)]
    return notice_sentence(entry.what, name_of(entry.author, people), who, one_line(entry.text))


def typing(people: list[str], known: dict[str, Person]) -> str:
    """Return who is typing."""
    names = [name_of(person, known) for person in people]
    if len(names) == 1:
        return f"{names[0]} is typing …"
    return f"{names[0]} and {names[1]} are typing …" if len(names) == 2 else "Several are typing …"


def presence(there: Presence, today: date) -> str:
    """Return whether somebody is there, or when they were."""
    if there.state != "offline":
        return "Online" if there.state == "online" else "Away"
    if not there.last_seen:
        return "Not here"
    seen = moment(there.last_seen, None)
    if seen.date() == today:
        return f"Last seen at {seen:%H:%M}"
    return f"Last seen {day_name(seen.date(), today)}"


def about(room: Room) -> str:
    """Return what stands below a room's name: its topic, or what kind of room it is."""
    if room.id == LOBBY:
        return "Everyone on this server"
    return one_line(room.topic) or _KINDS.get(room.kind, "")


def header_line(room: Room, detail: RoomDetail | None) -> str:
    """Return that with the number of those who are in it, as far as it is known."""
    if detail is None or room.kind == "direct" or room.id == LOBBY:
        return about(room)
    count = "1 person" if detail.members == 1 else f"{detail.members} people"
    return f"{count} · {about(room)}"


_KINDS = {"channel": "Channel, open to all", "group": "Group", "direct": "Direct messages"}
