"""A room's entries as rows: by author, by day, with a line where a day begins.

Owns: which rows there are, and which messages belong together.
Never: their size.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, tzinfo

from desktop_client.layout.words import clock, day_name, moment, name_of, notice
from desktop_client.state.talk import Entry, Gone, Outgoing, Progress, Talk
from parley.client import Message, NoticeShown, Person, UnsupportedShown

# Messages of one author that follow within so many milliseconds stand together.
TOGETHER_MS = 5 * 60 * 1000


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day begins."""

    text: str


@dataclass(frozen=True, slots=True)
class NoteRow:
    """Something happened that nobody said."""

    text: str


@dataclass(frozen=True, slots=True)
class BubbleRow:
    """A message. `progress` is of one's own alone."""

    cmid: str
    author: str
    name: str
    text: str
    clock: str
    is_own: bool
    is_first: bool
    """Whether it begins a group of its author."""
    progress: Progress | None = None
    reason: str = ""


Row = DayRow | NoteRow | BubbleRow


@dataclass(frozen=True, slots=True)
class Scene:
    """What the rows depend on besides the room."""

    me: str
    people: dict[str, Person]
    today: date
    zone: tzinfo | None = None


def rows_of(talk: Talk, scene: Scene) -> tuple[Row, ...]:
    """Return the rows of a room, oldest first."""
    return tuple(_rows(talk, scene))


def _rows(talk: Talk, scene: Scene) -> Iterator[Row]:
    day: date | None = None
    author, said = "", 0
    for entry in (*talk.entries, *talk.outgoing):
        if (today := moment(entry.time, scene.zone).date()) != day and entry.time:
            day, author = today, ""
            yield DayRow(day_name(day, scene.today))
        if not isinstance(entry, Message | Outgoing):
            author = ""
            yield NoteRow(_note(entry, scene))
            continue
        writer = entry.author if isinstance(entry, Message) else scene.me
        is_first = writer != author or entry.time - said > TOGETHER_MS
        author, said = writer, entry.time
        yield _bubble(talk, entry, writer, is_first, scene)


def _bubble(
    talk: Talk, entry: Message | Outgoing, writer: str, is_first: bool, scene: Scene
) -> BubbleRow:
    is_own = writer == scene.me
    return BubbleRow(
        entry.cmid,
        writer,
        name_of(writer, scene.people),
        entry.text,
        clock(entry.time, scene.zone),
        is_own,
        is_first,
        talk.progress(entry) if is_own else None,
        entry.reason if isinstance(entry, Outgoing) else "",
    )


def _note(entry: Entry, scene: Scene) -> str:
    match entry:
        case NoticeShown():
            return notice(entry, scene.people)
        case Gone(reason=reason):
            return reason
        case UnsupportedShown(author=author):
            who = name_of(author, scene.people)
            return f"{who} sent something that this version cannot show"
    return ""
