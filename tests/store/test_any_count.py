"""However a room goes, the store counts what is unread as the one rule does, and a client too."""

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley.domain.unread import Tally, tally_of, with_event
from parley.protocol.content import Content, Delete, Notice, React, Target, Text
from parley.protocol.derived import Derived
from parley.protocol.entry import (
    Entry,
    IngestEntry,
    encode_body,
    encode_content,
    encode_derived,
    format_record,
)
from parley.protocol.events import Event
from parley.store.api import FullDirectory, Logs
from parley.store.database import Database
from tests.databases import remove_rows
from tests.store.samples import cmid, write
from tests.store.scenes import ROOM, make_room

ME = "idmia"
PEOPLE = (ME, "idbob", "idcyd")


@dataclass(frozen=True)
class Course:
    """What happens in a room, how far it is read, what is hidden, and when a client looks."""

    events: list[Event]
    read: int
    hidden: frozenset[int]
    looked_after: int


@st.composite
def courses(draw: st.DrawFn) -> Course:
    events: list[Event] = []
    standing: dict[int, Event] = {}
    for seq in range(1, draw(st.integers(1, 14)) + 1):
        author = draw(st.sampled_from(PEOPLE))
        content, derived = draw(contents(author, standing))
        event = Event(ROOM, 1, seq, seq, 1000 + seq, author, cmid(seq), content, derived or None)
        events.append(event)
        if isinstance(content, Text):
            standing[seq] = event
        if isinstance(content, Delete) and derived is not None:
            del standing[derived.seq]
    texts = [event.seq for event in events if isinstance(event.content, Text)]
    return Course(
        events,
        # Early, so that most of it is unread.
        read=draw(st.integers(0, len(events) // 2)),
        hidden=frozenset(seq for seq in texts if draw(st.integers(0, 3)) == 0),
        looked_after=draw(st.integers(len(events) // 3, len(events))),
    )


@st.composite
def contents(
    draw: st.DrawFn, author: str, standing: dict[int, Event]
) -> tuple[Content, Derived | None]:
    """What somebody says, or does to a message that stands."""
    kind = draw(st.sampled_from(("text", "text", "delete", "react", "notice")))
    if kind == "notice":
        return Notice("renamed", author, text="Plans"), None
    if kind == "text" or not standing:
        named = draw(st.lists(st.sampled_from(PEOPLE), unique=True, max_size=2))
        return Text("hello"), Derived(mentions=named, everyone=draw(st.booleans()))
    event = standing[draw(st.sampled_from(sorted(standing)))]
    assert event.author is not None
    assert event.cmid is not None
    target = Target(event.author, event.cmid)
    if kind == "react":
        return React(target, "👍"), Derived(seq=event.seq)
    derived = event.derived or Derived()
    return Delete(target), Derived(
        mentions=derived.mentions, everyone=derived.everyone, seq=event.seq
    )


def ingested(event: Event) -> IngestEntry:
    derived = encode_derived(event.derived) if event.derived is not None else b""
    body = encode_body(event.author, event.cmid, encode_content(event.content), derived)
    record = format_record(Entry(1, event.seq, event.n, event.time, body))
    return IngestEntry(event.seq, ROOM, event.author, event.cmid, record)


async def stored_tally(directory: FullDirectory, read: int) -> Tally:
    (standing,) = await directory.room_standings(ME, {ROOM: read})
    return standing.tally


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(course=courses())
async def test_a_count_that_goes_on_from_any_moment_is_that_of_a_fresh_look(
    database: Database, directory: FullDirectory, logs: Logs, course: Course
) -> None:
    await remove_rows(database)
    await logs.fix_shards(1)
    await directory.ensure_lobby()
    await make_room(directory, mia="owner", bob="member", cyd="member")
    entries = [ingested(event) for event in course.events]
    early = [seq for seq in course.hidden if seq <= course.looked_after]

    await write(logs, *entries[: course.looked_after])
    for seq in early:
        await directory.hide(ME, ROOM, seq)
    tally = await stored_tally(directory, course.read)
    for event in course.events[course.looked_after :]:
        tally = with_event(tally, event, ME)
    await write(logs, *entries[course.looked_after :])
    fresh = await stored_tally(directory, course.read)

    expected = tally_of(course.events, ME, course.read, frozenset(early))
    assert (fresh.unread, fresh.mentions) == (expected.unread, expected.mentions)
    assert (tally.unread, tally.mentions) == (fresh.unread, fresh.mentions)
    explained = await directory.unread_entries(ME, ROOM, after=course.read, limit=100)
    assert len(explained) == fresh.unread
    assert fresh.hidden == expected.hidden
