"""The checker of real faults finds what is wrong: in people's notes, and in a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from parley.client.events import ChatEvent, Message, Retracted, SendRefused, Stored, StoredUpTo
from parley.protocol.content import Text
from parley.store.database import Database, open_database
from parley.store.directory import SqlDirectory
from parley.store.logs import SqlLogs
from parley.store.migrate import migrate
from tests.chaos.evidence import BUFFER_LIMIT, Evidence, judge, read_rooms
from tests.chaos.journal import Note, Saw, Stands, Writes, Wrote
from tests.chaos.tally import Line, Strike, Tally
from tests.simulation.reading import Rows
from tests.simulation.screen import Line as ScreenLine
from tests.simulation.screen import RoomScreen
from tests.store.samples import change, cmid, said, sign_up, write

ROOM = "red12"


class Story:
    """Ann writes in a room, and sees it; the database says whatever a test puts there."""

    def __init__(self, database: Database, ann: str) -> None:
        self._database, self.ann = database, ann
        self.evidence = Evidence()
        self.evidence.witness("phone", ann)
        self._clock = 0.0
        self._seq = 0
        self._screen = RoomScreen(generation=1, base=0, is_loaded=True)

    @property
    def _now(self) -> float:
        self._clock += 1.0
        return self._clock

    def notes(self, *notes: Note) -> None:
        self.evidence.add(notes)

    def writes(self, text: str) -> None:
        self.notes(
            Writes("phone", self._now, ROOM, text), Wrote("phone", text, cmid(self._number(text)))
        )

    def _number(self, text: str) -> int:
        return int(text.split()[-1])

    async def stores(self, text: str, *, number: int | None = None) -> None:
        """Put a message into the database, as the logger does."""
        self._seq += 1
        name = number or self._number(text)
        entry = said(self._seq, text, room=ROOM, author=self.ann, name=name)
        await write(SqlLogs(self._database), entry)

    def sees(self, text: str, seq: int, *, number: int | None = None) -> None:
        name = cmid(number or self._number(text))
        self.notes(Saw("phone", self._now, 1, Message(ROOM, 1, seq, seq, 0, self.ann, name, text)))
        self._screen.show(ScreenLine(1, seq, self.ann, name, text))

    async def loses(self, seq: int) -> None:
        await change(self._database, "DELETE FROM messages WHERE seq = :seq", seq=seq)

    def is_told(self, event: ChatEvent) -> None:
        self.notes(Saw("phone", self._now, 1, event))

    async def outcome(self) -> tuple[set[str], Line]:
        """Return the promises that were broken, and the counts."""
        stands = Stands("phone", self._now, 1, 1, True, {}, {ROOM: self._screen})
        self.notes(stands)
        data, wrong = await read_rooms(self._database, [ROOM])
        broken = {each.promise for each in judge(self.evidence, data, wrong)}
        tally = Tally()
        tally.take(self.evidence.record, Rows(data), [Strike("a fault", 0.0, 1.0)])
        return broken, tally.lines["a fault"]


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    database = open_database(f"sqlite:///{tmp_path / 'parley.db'}", clock=lambda: 0)
    await migrate(database)
    await SqlLogs(database).fix_shards(1)
    directory = SqlDirectory(database)
    await directory.ensure_lobby()
    (ann,) = await sign_up(directory, "ann")
    await directory.create_channel(ROOM, "Red", ann, cmid(999))
    await change(database, "DELETE FROM notices")
    yield Story(database, ann)
    await database.close()


async def test_a_message_that_is_written_stored_and_seen_breaks_nothing(story: Story) -> None:
    story.writes("says 1")
    await story.stores("says 1")
    story.sees("says 1", 1)

    broken, line = await story.outcome()

    assert broken == set()
    assert (line.sent, line.accepted, line.stored, line.lost) == (1, 1, 1, 0)


async def test_a_message_that_is_lost_is_found(story: Story) -> None:
    story.writes("says 1")

    broken, line = await story.outcome()

    assert "2 no message lost" in broken
    assert (line.sent, line.stored, line.lost) == (1, 0, 1)


async def test_a_message_that_was_told_to_be_stored_and_is_not_is_found(story: Story) -> None:
    story.writes("says 1")
    story.is_told(Stored(ROOM, cmid(1), 1, 1))

    broken, line = await story.outcome()

    assert "1 stored stays" in broken
    assert (line.accepted, line.lost) == (1, 1)


async def test_a_message_that_was_refused_is_not_lost(story: Story) -> None:
    story.writes("says 1")
    story.is_told(
        SendRefused(ROOM, cmid(1), Text("says 1"), "not_a_member", "you are not in the room")
    )

    broken, line = await story.outcome()

    assert broken == set()
    assert (line.refused, line.lost) == (1, 0)


async def test_a_message_that_was_refused_and_is_stored_is_found(story: Story) -> None:
    story.writes("says 1")
    await story.stores("says 1")
    story.sees("says 1", 1)
    story.is_told(
        SendRefused(ROOM, cmid(1), Text("says 1"), "text_too_long", "the text is too long")
    )

    broken, _ = await story.outcome()

    assert broken == {"8 refused has no effect"}


async def test_a_message_that_is_stored_twice_is_found(story: Story) -> None:
    story.writes("says 1")
    await story.stores("says 1")
    await story.stores("says 1", number=2)

    broken, line = await story.outcome()

    assert "3 once" in broken
    assert line.doubled == 1


async def test_a_message_that_is_shown_twice_is_found(story: Story) -> None:
    story.writes("says 1")
    await story.stores("says 1")
    story.sees("says 1", 1)
    story.sees("says 1", 2, number=2)

    broken, line = await story.outcome()

    assert "5 every screen catches up" in broken
    assert line.doubled == 1


async def test_messages_that_changed_places_are_found(story: Story) -> None:
    story.writes("says 1")
    story.writes("says 2")
    await story.stores("says 2")
    await story.stores("says 1")

    broken, line = await story.outcome()

    assert "4 each sender's order" in broken
    assert line.out_of_order == 1


async def test_a_message_that_nobody_wrote_is_found(story: Story) -> None:
    await story.stores("says 1")
    story.sees("says 1", 1)

    broken, _ = await story.outcome()

    assert broken == {"3 nothing invented"}


async def test_a_hole_in_the_database_is_found(story: Story) -> None:
    for text in ("says 1", "says 2", "says 3"):
        story.writes(text)
        await story.stores(text)
    await story.loses(2)

    broken, _ = await story.outcome()

    assert "4 no holes" in broken


async def test_a_screen_that_lacks_a_message_is_found(story: Story) -> None:
    story.writes("says 1")
    await story.stores("says 1")

    broken, _ = await story.outcome()

    assert broken == {"5 every screen catches up"}


async def test_a_stored_message_that_is_taken_back_is_found(story: Story) -> None:
    story.writes("says 1")
    await story.stores("says 1")
    story.sees("says 1", 1)
    story.is_told(StoredUpTo(ROOM, 1, 1))
    story.is_told(Retracted(ROOM, 2, 0, ()))

    broken, _ = await story.outcome()

    assert "7 only what was lost is taken back" in broken


async def test_a_gateway_that_holds_too_much_for_a_slow_reader_is_found(story: Story) -> None:
    story.evidence.held(BUFFER_LIMIT + 1)

    broken, _ = await story.outcome()

    assert broken == {"9 slow readers"}


async def test_a_message_that_may_not_have_reached_the_outbox_is_not_missed(story: Story) -> None:
    """Its process was killed between the two notes."""
    story.notes(Writes("phone", 1.0, ROOM, "says 1"))

    broken, line = await story.outcome()

    assert broken == set()
    assert line.sent == 0
