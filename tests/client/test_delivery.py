"""The outbox: what is sent when, and how each message ends."""

import pytest

from parley.client.events import Accepted, SendRefused, Stored
from parley.client.outbox import Entry, State
from parley.client.outputs import DropEntry, Save, SaveEntry, SaveRefusal, Transmit
from parley.client.session import Kept
from parley.protocol import events
from parley.protocol.commands import (
    MessageStatus,
    Resume,
    Resumed,
    ResumedRooms,
    Send,
    Sent,
    Status,
)
from parley.protocol.content import Edit, Text
from tests.client.model import ANN, BOB, TOKEN
from tests.client.talk import Talk, cmid, event

ROOM, OTHER = "lobby", "other"


@pytest.fixture
def talk() -> Talk:
    """Connected, and following nothing."""
    talk = Talk()
    talk.connect()
    return talk


def sent(
    name: str, seq: int, *, room: str = ROOM, generation: int = 1, stored: bool = False
) -> Sent:
    return Sent(room, name, generation, seq, seq, 0, stored)


def names(commands: list[Send]) -> list[str]:
    return [command.cmid for command in commands]


def test_a_message_is_saved_before_it_is_transmitted(talk: Talk) -> None:
    name = talk.post(ROOM, 1)

    saved = talk.outputs.index(Save(SaveEntry(name, ROOM, Text("text 1"))))
    transmitted = next(
        i for i, output in enumerate(talk.outputs) if isinstance(output, Transmit) and i > 1
    )
    assert saved < transmitted
    assert names(talk.of(Send)) == [name]


def test_a_message_without_a_connection_waits_for_one() -> None:
    talk = Talk()

    name = talk.post(ROOM, 1)
    assert talk.commands == []
    talk.connect()

    assert names(talk.of(Send)) == [name]


def test_a_message_that_is_stored_at_once_leaves_the_outbox(talk: Talk) -> None:
    name = talk.post(ROOM, 1)

    talk.answer(sent(name, 7, stored=True))

    assert talk.all_shown(Stored) == [Stored(ROOM, name, 1, 7)]
    assert talk.saved[-1] == DropEntry(name)
    assert talk.session.outbox.entries() == []


def test_a_message_is_accepted_first_and_stored_when_the_watermark_covers_it(live: Talk) -> None:
    name = live.post(ROOM, 1)
    live.answer(sent(name, 1))
    assert live.all_shown(Accepted) == [Accepted(ROOM, name, 1, 1)]
    assert live.all_shown(Stored) == []

    live.tell(events.Stored(ROOM, 1, 1))

    assert live.all_shown(Stored) == [Stored(ROOM, name, 1, 1)]


def test_a_watermark_that_came_before_the_answer_counts(live: Talk) -> None:
    name = live.post(ROOM, 1)
    live.tell(events.Stored(ROOM, 1, 3))

    live.answer(sent(name, 2))

    assert live.all_shown(Stored) == [Stored(ROOM, name, 1, 2)]


def test_a_watermark_in_the_heartbeat_counts(live: Talk) -> None:
    name = live.post(ROOM, 1)
    live.answer(sent(name, 1))

    live.tell(events.Position(ROOM, 1, top=1, stored=1))

    assert live.all_shown(Stored) == [Stored(ROOM, name, 1, 1)]


def test_a_watermark_below_a_message_leaves_it_accepted(live: Talk) -> None:
    name = live.post(ROOM, 1)
    live.answer(sent(name, 2))

    live.tell(events.Stored(ROOM, 1, 1))

    assert live.all_shown(Stored) == []


def test_a_watermark_of_another_generation_says_nothing(live: Talk) -> None:
    name = live.post(ROOM, 1)
    live.answer(sent(name, 1))

    live.tell(events.Stored(ROOM, 2, 5))

    assert live.all_shown(Stored) == []


def test_an_own_event_shows_that_a_message_was_accepted(live: Talk) -> None:
    name = live.post(ROOM, 1)

    live.tell(event(ROOM, 1, author=ANN.id, cmid=name))

    assert live.all_shown(Accepted) == [Accepted(ROOM, name, 1, 1)]


def test_somebody_elses_event_with_the_same_name_says_nothing(live: Talk) -> None:
    name = live.post(ROOM, 1)

    live.tell(event(ROOM, 1, author=BOB.id, cmid=name))

    assert live.all_shown(Accepted) == []


# --- order ---------------------------------------------------------------------------------


def test_a_room_has_one_unanswered_message_at_a_time(talk: Talk) -> None:
    first, second = talk.post(ROOM, 1), talk.post(ROOM, 2)
    assert names(talk.of(Send)) == [first]

    talk.answer(sent(first, 1))

    assert names(talk.of(Send)) == [first, second]


def test_rooms_do_not_wait_for_one_another(talk: Talk) -> None:
    first, second = talk.post(ROOM, 1), talk.post(OTHER, 2)

    assert names(talk.of(Send)) == [first, second]


def test_a_message_waits_until_its_followed_room_is_resumed() -> None:
    talk = Talk()
    talk.follow(ROOM)
    name = talk.post(ROOM, 1)
    talk.connect()
    assert talk.of(Send) == []

    talk.resume(ROOM, generation=3, since=9)

    assert names(talk.of(Send)) == [name]
    assert talk.last(Send).generation == 3


# --- trying again --------------------------------------------------------------------------


def test_the_first_try_is_no_resend_and_the_second_is_one(talk: Talk) -> None:
    talk.post(ROOM, 1)
    talk.lose_connection()
    talk.connect()

    assert [command.resend for command in talk.of(Send)] == [False, True]


def test_a_message_from_an_earlier_process_is_a_resend() -> None:
    kept = Entry(cmid(1), ROOM, Text("kept"), tried=True)
    talk = Talk(Kept(ANN, TOKEN, (kept,)))

    talk.connect()

    assert [command.resend for command in talk.of(Send)] == [True]


def test_try_again_waits_and_keeps_the_order(talk: Talk) -> None:
    first, second = talk.post(ROOM, 1), talk.post(ROOM, 2)

    talk.refuse("overloaded", retry=True)
    assert names(talk.of(Send)) == [first]
    talk.wait(1)
    assert names(talk.of(Send)) == [first, first]
    talk.answer(sent(first, 1))

    assert names(talk.of(Send)) == [first, first, second]


def test_each_try_again_waits_longer(talk: Talk) -> None:
    talk.chance = 1.0
    talk.post(ROOM, 1)
    waits = []
    for _ in range(7):
        talk.refuse("overloaded", retry=True)
        due = talk.session.deadline()
        assert due is not None
        waits.append(due - talk.now)
        talk.wait(waits[-1])

    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_try_again_waits_for_as_long_as_the_server_says(talk: Talk) -> None:
    talk.chance = 0.0
    first = talk.post(ROOM, 1)

    talk.refuse("too_many_requests", retry=True, after_ms=30_000)
    talk.wait(29.9)
    assert names(talk.of(Send)) == [first]
    talk.wait(0.1)

    assert names(talk.of(Send)) == [first, first]


def test_what_was_accepted_in_a_lost_generation_is_sent_again_before_what_is_newer(
    live: Talk,
) -> None:
    first, second = live.post(ROOM, 1), live.post(ROOM, 2)
    live.answer(sent(first, 1))  # now the second is under way
    live.refuse("generation_changed", retry=True)
    live.resume(ROOM, generation=2)
    live.wait(1)

    assert names(live.of(Send)) == [first, second, first]
    assert live.last(Send).generation == 2


def test_a_message_names_the_rights_that_the_answer_to_resume_has_told(talk: Talk) -> None:
    talk.follow(ROOM)
    talk.answer(ResumedRooms([Resumed(ROOM, 1, 0, 0, 0, 0, recovered=True, rights=7)], []))

    talk.post(ROOM, 1)

    assert talk.last(Send).rights == 7


def test_rights_that_have_changed_are_named_at_once(talk: Talk) -> None:
    """In a room that is not followed the number comes with the refusal."""
    name = talk.post(OTHER, 1)
    assert talk.last(Send).rights == 0

    talk.tell(events.Error(talk.last(Send).ref, "rights_changed", "again", True, rights=4))

    assert names(talk.of(Send)) == [name, name]
    assert (talk.last(Send).rights, talk.last(Send).resend) == (4, True)


def test_a_server_that_says_the_same_again_is_not_asked_at_once(talk: Talk) -> None:
    talk.post(OTHER, 1)
    for _ in range(2):
        talk.tell(events.Error(talk.last(Send).ref, "rights_changed", "again", True, rights=4))

    assert len(talk.of(Send)) == 2
    talk.wait(1)
    assert len(talk.of(Send)) == 3


def test_a_reset_sends_again_what_was_accepted(live: Talk) -> None:
    name = live.post(ROOM, 1)
    live.answer(sent(name, 1))

    live.tell(events.Reset(ROOM, 2, since=0, top=0, stored=0, n=0, recovered=True))

    assert names(live.of(Send)) == [name, name]
    assert live.last(Send).resend


def test_what_was_accepted_in_an_older_generation_than_the_room_has_is_sent_again(
    live: Talk,
) -> None:
    name = live.post(ROOM, 1)
    live.tell(events.Reset(ROOM, 2, since=0, top=0, stored=0, n=0, recovered=True))

    live.answer(sent(name, 1, generation=1))

    assert live.all_shown(Accepted) == []
    assert names(live.of(Send)) == [name, name]


def test_a_room_that_starts_afresh_in_a_new_generation_proves_nothing_stored(live: Talk) -> None:
    """With `recovered` false, `since` is the room's end and not what survived."""
    name = live.post(ROOM, 1)
    live.answer(sent(name, 1))

    live.tell(events.Reset(ROOM, 2, since=50, top=50, stored=50, n=50, recovered=False))

    assert live.all_shown(Stored) == []
    assert names(live.of(Send)) == [name, name]


# --- refusals ------------------------------------------------------------------------------


def test_a_refused_message_is_kept_with_its_reason_and_the_next_goes_on(talk: Talk) -> None:
    first, second = talk.post(ROOM, 1), talk.post(ROOM, 2)

    talk.refuse("text_too_long", retry=False)

    because = "because of text_too_long"
    told = SendRefused(ROOM, first, Text("text 1"), "text_too_long", because)
    assert talk.all_shown(SendRefused) == [told]
    assert SaveRefusal(first, "text_too_long", because) in talk.saved
    assert talk.session.outbox.entries()[0].state is State.REFUSED
    assert names(talk.of(Send)) == [first, second]


def test_who_is_told_of_a_refusal_learns_what_was_refused(talk: Talk) -> None:
    edit = Edit(cmid(7), "other words")
    talk.do(talk.session.post(ROOM, edit, cmid(1), talk.now))

    talk.refuse("too_late", retry=False)

    assert [told.content for told in talk.all_shown(SendRefused)] == [edit]


def test_a_refused_message_is_forgotten_when_it_is_dismissed(talk: Talk) -> None:
    name = talk.post(ROOM, 1)
    talk.refuse("conflict", retry=False)

    talk.do(talk.session.dismiss(name))

    assert talk.saved[-1] == DropEntry(name)
    assert talk.session.outbox.entries() == []


def test_a_message_that_is_not_refused_cannot_be_dismissed(talk: Talk) -> None:
    name = talk.post(ROOM, 1)

    assert talk.session.dismiss(name) == []


def test_a_refusal_of_an_earlier_run_is_told_again() -> None:
    kept = Entry(cmid(1), ROOM, Text("kept"), State.REFUSED, code="conflict", message="why")
    talk = Talk(Kept(ANN, TOKEN, (kept,)))

    talk.do(talk.session.start())

    told = SendRefused(ROOM, cmid(1), Text("kept"), "conflict", "why")
    assert talk.all_shown(SendRefused) == [told]


def test_a_message_that_was_set_aside_is_refused(live: Talk) -> None:
    name = live.post(ROOM, 1)
    live.answer(sent(name, 1))

    live.tell(events.Refused(ROOM, 1, 1, ANN.id, name, "it has no form"))

    told = SendRefused(ROOM, name, Text("text 1"), "set_aside", "it has no form")
    assert live.all_shown(SendRefused) == [told]


def test_a_refusal_after_the_event_has_come_does_not_count(live: Talk) -> None:
    name = live.post(ROOM, 1)
    command = live.last(Send)
    live.tell(event(ROOM, 1, author=ANN.id, cmid=name))

    live.refuse("not_a_member", retry=False, command=command)

    assert live.all_shown(SendRefused) == []


# --- asking what became of it --------------------------------------------------------------


def test_a_message_in_a_followed_room_is_asked_about_when_no_watermark_comes(live: Talk) -> None:
    name = live.post(ROOM, 1)
    live.answer(sent(name, 4))
    live.wait(19.9)
    assert live.of(Status) == []

    live.wait(0.1)
    live.answer(MessageStatus(ROOM, name, "stored", 1, 4))

    assert live.all_shown(Stored) == [Stored(ROOM, name, 1, 4)]


def test_a_message_in_another_room_is_asked_about_soon_and_then_less_often(talk: Talk) -> None:
    name = talk.post(OTHER, 1)
    talk.answer(sent(name, 4, room=OTHER))
    waits = []
    for _ in range(6):
        due = talk.session.deadline()
        assert due is not None
        waits.append(due - talk.now)
        talk.wait(waits[-1])
        talk.answer(MessageStatus(OTHER, name, "accepted", 1, 4), talk.last(Status))

    assert waits == [0.25, 0.5, 1, 2, 4, 8]


@pytest.mark.parametrize("generation", [1, 2])
def test_the_newest_accepted_message_answers_for_the_older_ones(
    talk: Talk, generation: int
) -> None:
    """Also if it has survived into another generation, since what stood before it has as well."""
    first, second = talk.post(OTHER, 1), talk.post(OTHER, 2)
    talk.answer(sent(first, 4, room=OTHER))
    talk.answer(sent(second, 5, room=OTHER))
    talk.wait(1)
    assert [command.cmid for command in talk.of(Status)] == [second]

    talk.answer(MessageStatus(OTHER, second, "stored", generation, 5))

    assert {stored.cmid for stored in talk.all_shown(Stored)} == {first, second}


def test_after_an_answer_that_helped_the_next_question_comes_soon(talk: Talk) -> None:
    first, second = talk.post(OTHER, 1), talk.post(OTHER, 2)
    talk.answer(sent(first, 4, room=OTHER))
    talk.tick_after(0.25)
    talk.answer(sent(second, 5, room=OTHER), talk.last(Send))

    talk.answer(MessageStatus(OTHER, first, "stored", 1, 4), talk.last(Status))

    assert talk.session.deadline() == talk.now + 0.25


def test_a_message_that_is_stored_elsewhere_says_nothing_of_the_older_ones(talk: Talk) -> None:
    first, second = talk.post(OTHER, 1), talk.post(OTHER, 2)
    talk.answer(sent(first, 4, room=OTHER))
    talk.answer(sent(second, 5, room=OTHER))
    talk.wait(1)

    talk.answer(MessageStatus(OTHER, second, "stored", 1, 2))

    assert [stored.cmid for stored in talk.all_shown(Stored)] == [second]


def test_a_message_that_the_server_does_not_know_is_sent_again(talk: Talk) -> None:
    name = talk.post(OTHER, 1)
    talk.answer(sent(name, 4, room=OTHER))
    talk.wait(1)

    talk.answer(MessageStatus(OTHER, name, "unknown"))

    assert names(talk.of(Send)) == [name, name]
    assert talk.last(Send).resend


def test_a_message_that_is_still_only_accepted_is_asked_about_again(talk: Talk) -> None:
    name = talk.post(OTHER, 1)
    talk.answer(sent(name, 4, room=OTHER))
    talk.wait(1)
    talk.answer(MessageStatus(OTHER, name, "accepted", 1, 4))
    talk.wait(1)

    assert len(talk.of(Status)) == 2


def test_a_status_that_is_refused_for_good_sends_the_message_again(talk: Talk) -> None:
    name = talk.post(OTHER, 1)
    talk.answer(sent(name, 4, room=OTHER))
    talk.wait(1)

    talk.refuse("not_a_member", retry=False)

    assert names(talk.of(Send)) == [name, name]


def test_a_room_that_is_not_followed_sends_again_before_it_sends_into_a_new_generation(
    talk: Talk,
) -> None:
    """The lost message goes first, though nobody has told of the loss."""
    first = talk.post(OTHER, 1)
    talk.answer(sent(first, 4, room=OTHER))
    second = talk.post(OTHER, 2)
    assert talk.last(Send).generation == 1

    talk.refuse("generation_changed", retry=True)
    talk.wait(1)
    assert talk.last(Send).generation is None
    talk.answer(sent(first, 4, room=OTHER, generation=2), talk.last(Send))

    assert names(talk.of(Send)) == [first, second, first, second]
    assert talk.last(Send).generation == 2


def test_a_message_that_was_accepted_just_now_is_not_asked_about_yet(talk: Talk) -> None:
    """Otherwise, while more and more is said, the answer would always be "not yet"."""
    first, second = talk.post(OTHER, 1), talk.post(OTHER, 2)
    talk.answer(sent(first, 4, room=OTHER))
    talk.now += 0.2
    talk.answer(sent(second, 5, room=OTHER))
    talk.tick_after(0.1)

    assert [command.cmid for command in talk.of(Status)] == [first]


def test_a_generation_that_changed_resumes_a_followed_room_first(live: Talk) -> None:
    live.post(ROOM, 1)

    live.refuse("generation_changed", retry=True)

    assert len(live.of(Resume)) == 2
