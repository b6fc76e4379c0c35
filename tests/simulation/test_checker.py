"""The checker names each promise that a record does not keep, and no other."""

from __future__ import annotations

import pytest

from parley.client.events import (
    ChatEvent,
    Message,
    NoticeShown,
    Retracted,
    RoomLive,
    SendRefused,
    Stored,
    StoredUpTo,
)
from parley.protocol.content import Content, Notice, Stone, Text
from parley.protocol.entry import encode_content
from parley.store.batch import Head, MessageRow
from tests.simulation.checker import Checker
from tests.simulation.screen import Line, RoomScreen
from tests.simulation.store_data import LogRows, MemberRow, RoomRow, StoreData
from tests.simulation.witness import Change, Post, Record, Seen, Witness

ANN, BOB, ROOM = "annie", "bobby", "red"


class Story:
    """A record and a database, with Annie and Bobby in one room."""

    def __init__(self) -> None:
        self.data = StoreData(lambda: 0)
        self.data.rooms[ROOM] = RoomRow(ROOM, ROOM, ROOM)
        self.record = Record(buffer_limit=1000)
        for person in (ANN, BOB):
            self.data.members[ROOM, person] = MemberRow("member")
            self.record.witnesses[person] = Witness(person, person)
        self.clock = 0.0

    def writes(self, person: str, text: str) -> None:
        self.clock += 1
        self.record.posts.append(Post(person, ROOM, text, self.clock, cmid=f"c {text}"))

    def stores(
        self, author: str | None, content: Content, *, generation: int = 1, cmid: str | None = None
    ) -> None:
        log = self.data.logs.setdefault(ROOM, LogRows())
        seq = len(log.messages) + 1
        if isinstance(content, Text):
            cmid = f"c {content.text}"
        kind = str(content.__struct_config__.tag)
        json = encode_content(content).decode()
        row = MessageRow(ROOM, seq, generation, seq, 0, author, cmid, "", kind, json)
        log.messages.append(row)
        log.head = Head(generation, seq, seq)
        if author is not None and cmid is not None:
            self.data.names.setdefault((author, cmid), row)

    def said(self, person: str, text: str, *, generation: int = 1) -> None:
        """Somebody writes something, and it is stored."""
        self.writes(person, text)
        self.stores(person, Text(text), generation=generation)

    def sees(self, person: str, *events: ChatEvent, run: int = 1) -> None:
        for event in events:
            self.clock += 1
            self.record.witnesses[person].seen.append(Seen(self.clock, run, event))

    def asks(self, person: str, what: str, *, ok: bool | None = True) -> Change:
        self.clock += 1
        change = Change(person, person, what, ROOM, self.clock, self.clock, ok)
        self.record.changes.append(change)
        return change

    @property
    def broken(self) -> set[str]:
        return {each.promise for each in Checker(self.record, self.data).broken()}

    @property
    def unsettled(self) -> set[str]:
        return {each.promise for each in Checker(self.record, self.data).unsettled()}


@pytest.fixture
def story() -> Story:
    return Story()


def live(seq: int = 0, generation: int = 1) -> RoomLive:
    return RoomLive(ROOM, generation, seq, 0)


def message(seq: int, author: str, text: str, *, generation: int = 1) -> Message:
    return Message(ROOM, generation, seq, seq, 0, author, f"c {text}", text)


def left(seq: int, who: str) -> NoticeShown:
    return NoticeShown(ROOM, 1, seq, 0, who, "left", who)


def test_a_plain_conversation_breaks_nothing(story: Story) -> None:
    story.said(ANN, "one")
    story.said(BOB, "two")
    for person in (ANN, BOB):
        story.sees(person, live(), message(1, ANN, "one"), message(2, BOB, "two"))
    story.sees(ANN, StoredUpTo(ROOM, 1, 2), Stored(ROOM, "c one", 1, 1))

    assert story.broken == set()


def test_a_message_told_as_stored_is_missing(story: Story) -> None:
    story.writes(ANN, "one")
    story.sees(ANN, Stored(ROOM, "c one", 1, 1))

    assert "1 stored stays" in story.broken


def test_a_message_that_a_watermark_covered_is_missing(story: Story) -> None:
    story.writes(ANN, "one")
    story.sees(BOB, live(), message(1, ANN, "one"), StoredUpTo(ROOM, 1, 1))

    assert "1 stored stays" in story.broken


def test_a_message_in_an_outbox_ends_nowhere(story: Story) -> None:
    story.writes(ANN, "one")

    assert story.broken == {"2 no message lost"}


def test_a_refused_message_has_ended(story: Story) -> None:
    story.writes(ANN, "one")
    story.sees(ANN, SendRefused(ROOM, "c one", Text("one"), "not_a_member", ""))

    assert story.broken == set()


def test_a_message_that_never_reached_the_outbox_may_be_gone(story: Story) -> None:
    story.writes(ANN, "one")
    story.record.posts[0].cmid = None

    assert story.broken == set()


def test_a_message_is_stored_twice(story: Story) -> None:
    story.said(ANN, "one")
    story.stores(ANN, Text("one"))

    assert "3 once" in story.broken


def test_a_message_is_shown_twice(story: Story) -> None:
    story.said(ANN, "one")
    story.stores(None, Stone("duplicate"))
    story.sees(BOB, live(), message(1, ANN, "one"), message(2, ANN, "one"))

    assert "3 once" in story.broken


def test_a_message_that_was_taken_back_may_be_shown_again(story: Story) -> None:
    story.said(ANN, "one", generation=2)
    story.sees(BOB, live(), message(1, ANN, "one"))
    story.sees(BOB, Retracted(ROOM, 2, 0, ()), message(1, ANN, "one", generation=2))

    assert story.broken == set()


def test_a_message_nobody_wrote(story: Story) -> None:
    story.stores(ANN, Text("one"))

    assert story.broken == {"3 nothing invented"}


def test_two_people_see_different_messages_at_one_place(story: Story) -> None:
    story.writes(ANN, "one")
    story.writes(BOB, "two")
    story.sees(ANN, live(), message(1, ANN, "one"))
    story.sees(BOB, live(), message(1, BOB, "two"))

    assert "4 one order" in story.broken


def test_a_screen_shows_what_is_not_stored_there(story: Story) -> None:
    story.said(ANN, "one")
    story.writes(BOB, "two")
    story.sees(BOB, live(), message(1, BOB, "two"))

    assert "4 one order" in story.broken


def test_messages_are_shown_out_of_order(story: Story) -> None:
    story.said(ANN, "one")
    story.said(ANN, "two")
    story.sees(BOB, live(), message(2, ANN, "two"), message(1, ANN, "one"))

    assert "4 one order" in story.broken


def test_a_message_is_left_out(story: Story) -> None:
    story.said(ANN, "one")
    story.said(ANN, "two")
    story.sees(BOB, live(), message(2, ANN, "two"))

    assert story.broken == {"4 no holes"}


def test_a_stone_may_be_left_out(story: Story) -> None:
    story.stores(None, Stone("set_aside"))
    story.said(ANN, "two")
    story.sees(BOB, live(), message(2, ANN, "two"))

    assert story.broken == set()


def test_a_new_run_of_the_application_begins_where_it_likes(story: Story) -> None:
    story.said(ANN, "one")
    story.said(ANN, "two")
    story.sees(BOB, live(), message(1, ANN, "one"))
    story.sees(BOB, live(1), message(2, ANN, "two"), run=2)

    assert story.broken == set()


def test_a_senders_messages_change_places(story: Story) -> None:
    story.writes(ANN, "one")
    story.writes(ANN, "two")
    story.stores(ANN, Text("two"))
    story.stores(ANN, Text("one"))

    assert story.broken == {"4 each sender's order"}


def test_what_was_shown_as_stored_is_taken_back(story: Story) -> None:
    story.said(ANN, "one")
    story.sees(BOB, live(), message(1, ANN, "one"), StoredUpTo(ROOM, 1, 1))
    story.sees(BOB, Retracted(ROOM, 2, 0, ()))

    assert story.broken == {"7 only what was lost is taken back"}


def test_a_refused_message_is_stored_all_the_same(story: Story) -> None:
    story.said(ANN, "one")
    story.sees(ANN, SendRefused(ROOM, "c one", Text("one"), "not_a_member", ""))

    assert story.broken == {"8 refused has no effect"}


def test_somebody_has_left_who_was_refused_to(story: Story) -> None:
    story.asks(ANN, "leave", ok=False)
    story.stores(ANN, Notice("left", ANN))

    assert story.broken == {"8 refused has no effect"}


def test_a_gateway_holds_too_much_for_one_client(story: Story) -> None:
    story.record.most_buffered = 1001

    assert story.broken == {"9 slow readers"}


def test_a_message_lands_behind_its_authors_leaving(story: Story) -> None:
    story.asks(ANN, "leave")
    story.stores(ANN, Notice("left", ANN))
    story.said(ANN, "one")

    assert story.broken == {"10 nothing after removal"}


def test_who_has_joined_again_may_speak_before_it_is_told(story: Story) -> None:
    story.asks(ANN, "leave")
    story.stores(ANN, Notice("left", ANN))
    story.asks(ANN, "join")
    story.said(ANN, "one")
    story.stores(ANN, Notice("joined", ANN))

    assert story.broken == set()


def test_who_has_left_is_shown_no_more_on_the_same_device(story: Story) -> None:
    story.said(BOB, "one")
    story.asks(ANN, "leave")
    story.sees(ANN, message(1, BOB, "one"))

    assert "10 nothing after removal" in story.broken


def test_another_device_may_be_shown_more_for_two_seconds(story: Story) -> None:
    story.said(BOB, "one")
    story.said(BOB, "two")
    story.record.witnesses["ann's other"] = Witness("ann's other", ANN)
    story.asks(ANN, "leave")
    story.sees("ann's other", live(), message(1, BOB, "one"))
    assert story.broken == set()

    story.sees("ann's other", message(2, BOB, "two"))
    assert story.broken == {"10 nothing after removal"}


def test_an_outbox_is_not_empty_at_the_end(story: Story) -> None:
    story.record.witnesses[ANN].waiting = {"c one": ""}

    assert "2 outboxes are emptied" in story.unsettled


def test_a_refused_message_may_stay_in_the_outbox(story: Story) -> None:
    story.record.witnesses[ANN].waiting = {"c one": "not_a_member"}

    assert story.unsettled == set()


def test_a_screen_lacks_a_message_at_the_end(story: Story) -> None:
    story.said(BOB, "one")
    line = Line(1, 1, BOB, "c one", "one")
    story.record.witnesses[BOB].screens[ROOM] = RoomScreen(lines={1: line})

    assert story.unsettled == {"5 every screen catches up"}
    story.record.witnesses[ANN].screens[ROOM] = RoomScreen(lines={1: line})
    assert story.unsettled == set()


def test_a_room_that_was_left_is_still_shown(story: Story) -> None:
    story.data.members[ROOM, ANN].has_left = True
    story.record.witnesses[ANN].screens[ROOM] = RoomScreen(
        lines={1: Line(1, 1, BOB, "c one", "one")}
    )

    assert story.unsettled == {"5 every screen catches up"}
