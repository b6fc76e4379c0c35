"""The rows of a room, kept from one state to the next: only what has changed is laid out."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.layout.conversation import Conversation, Slot
from desktop_client.layout.rows import BubbleRow, GapRow, TypingRow, rows_of
from desktop_client.state.changes import with_change
from desktop_client.state.history import Before, Stretch, with_stretch
from desktop_client.state.talk import Outgoing, Talk, with_outgoing
from parley.client import Message, Person
from parley.protocol.events import Extent, Receipts
from tests.desktop_client.parts import (
    ANN,
    BOB,
    LOBBY,
    METRICS,
    NOON,
    SCENE,
    deleted,
    edited,
    reacted,
    said,
    with_entries,
)

WIDTH, HEIGHT = 700, 500


@pytest.fixture
def talk() -> Talk:
    messages = [said(seq, by=(ANN, BOB)[seq % 2]) for seq in range(1, 9)]
    return with_entries(Talk(LOBBY, first=1, more=False), messages)


@pytest.fixture
def shown(talk: Talk) -> Conversation:
    conversation = Conversation(METRICS)
    conversation.lay_out(talk, SCENE, WIDTH, HEIGHT)
    return conversation


def after(conversation: Conversation, talk: Talk, scene: object = SCENE) -> set[str]:
    """Lay a room out once more; which messages were laid out anew."""
    before = set(conversation.slots)
    conversation.lay_out(talk, scene, WIDTH, HEIGHT)  # type: ignore[arg-type]
    return {cmid(slot) for slot in conversation.slots if slot not in before}


def cmid(slot: Slot) -> str:
    return slot.row.cmid if isinstance(slot.row, BubbleRow) else type(slot.row).__name__


def name(seq: int) -> str:
    return said(seq, by=(ANN, BOB)[seq % 2]).cmid


def test_nothing_is_laid_out_again_when_nothing_has_changed(
    talk: Talk, shown: Conversation
) -> None:
    assert after(shown, replace(talk, fetching=True)) == set()


def test_a_message_that_comes_is_the_only_one_laid_out(talk: Talk, shown: Conversation) -> None:
    assert after(shown, with_entries(talk, [said(9, by=BOB)])) == {name(9)}


def test_a_page_that_comes_before_leaves_the_others_as_they_are(shown: Conversation) -> None:
    first = with_entries(Talk(LOBBY, first=5), [said(n) for n in range(5, 9)])
    conversation = Conversation(METRICS)
    conversation.lay_out(first, SCENE, WIDTH, HEIGHT)
    earlier = Stretch(tuple(said(n, by=ANN) for n in range(2, 5)), 2, 4, True, True)

    anew = after(conversation, with_stretch(first, earlier, Before(5)))

    # The day begins further up now.
    assert anew == {"DayRow", *(said(n, by=ANN).cmid for n in range(2, 5))}


@pytest.mark.parametrize("change", [edited, deleted], ids=["edited", "deleted"])
def test_a_message_that_changes_is_laid_out_with_those_that_answer_it(change: object) -> None:
    first = said(1, "first")
    answer = replace(said(3, "yes"), reply_to=first.target)
    talk = with_entries(Talk(LOBBY, first=1, more=False), [first, said(2), answer])
    shown = Conversation(METRICS)
    shown.lay_out(talk, SCENE, WIDTH, HEIGHT)
    event = edited(9, first, "other") if change is edited else deleted(9, first)

    assert after(shown, with_change(talk, event)) == {first.cmid, answer.cmid}


def test_a_reaction_is_laid_out_with_its_message(talk: Talk, shown: Conversation) -> None:
    message = talk.entries[3]
    assert isinstance(message, Message)

    assert after(shown, with_change(talk, reacted(9, message, "🔥", by=ANN))) == {message.cmid}


def test_ticks_are_laid_out_where_they_have_changed(talk: Talk, shown: Conversation) -> None:
    assert after(shown, replace(talk, stored=(1, 4))) == {name(2), name(4)}
    reached = Extent(2, BOB.id, 9)
    receipts = Receipts(LOBBY.id, 1, reached, reached)

    assert after(shown, replace(talk, stored=(1, 4), receipts=receipts)) == {name(2)}


def test_a_star_is_laid_out_with_its_message(talk: Talk, shown: Conversation) -> None:
    message = talk.entries[0]
    assert isinstance(message, Message)

    starred = replace(SCENE, starred=frozenset({message.target}))

    assert after(shown, talk, starred) == {message.cmid}


def test_a_new_name_is_laid_out_where_it_stands(talk: Talk, shown: Conversation) -> None:
    people = {**SCENE.people, BOB.id: Person(BOB.id, "bob", "Robert")}

    anew = after(shown, talk, replace(SCENE, people=people))

    assert anew == {name(seq) for seq in (1, 3, 5, 7)}


def test_what_is_on_its_way_stands_at_the_end_until_it_is_there(
    talk: Talk, shown: Conversation
) -> None:
    waiting = Outgoing("cmid-ann00-9", "hello", NOON + 9000)

    assert after(shown, with_outgoing(talk, waiting)) == {waiting.cmid}
    assert after(shown, with_entries(with_outgoing(talk, waiting), [said(9, by=ANN)])) == {
        waiting.cmid
    }
    assert len([slot for slot in shown.slots if cmid(slot) == waiting.cmid]) == 1


def test_somebody_typing_is_the_last_row_and_the_only_one_laid_out(
    talk: Talk, shown: Conversation
) -> None:
    assert after(shown, talk, replace(SCENE, typing=(BOB.id,))) == {"TypingRow"}
    assert isinstance(shown.slots[-1].row, TypingRow)


def test_nobody_is_typing_at_the_end_of_what_is_past(talk: Talk, shown: Conversation) -> None:
    past = replace(talk, is_past=True)

    assert "TypingRow" not in after(shown, past, replace(SCENE, typing=(BOB.id,)))


def test_another_width_lays_everything_out(talk: Talk, shown: Conversation) -> None:
    before = set(shown.slots)

    shown.lay_out(talk, SCENE, WIDTH + 1, HEIGHT)

    assert not before & set(shown.slots)


def test_a_place_where_something_is_missing_is_told(talk: Talk) -> None:
    conversation = Conversation(METRICS)

    conversation.lay_out(replace(talk, more=True, is_past=True), SCENE, WIDTH, HEIGHT)

    first, last = conversation.slots[0].row, conversation.slots[-1].row
    assert isinstance(first, GapRow)
    assert isinstance(last, GapRow)


def test_a_short_conversation_stands_at_the_bottom(talk: Talk, shown: Conversation) -> None:
    shown.lay_out(talk, SCENE, WIDTH, 4000)

    assert shown.heights.tops[0] > 3000
    assert shown.heights.total == pytest.approx(4000 - 10)


@given(
    st.lists(
        st.tuples(st.sampled_from(["say", "edit", "react", "store", "delete"]), st.integers(1, 12)),
        max_size=25,
    )
)
def test_what_was_kept_is_what_would_be_laid_out_afresh(steps: list[tuple[str, int]]) -> None:
    talk, conversation = Talk(LOBBY, first=1), Conversation(METRICS)
    for number, (step, seq) in enumerate(steps):
        message = said(seq, by=(ANN, BOB)[seq % 2])
        match step:
            case "say":
                talk = with_entries(talk, [message])
            case "edit":
                talk = with_change(talk, edited(100 + number, message, f"words {number}"))
            case "react":
                talk = with_change(talk, reacted(100 + number, message, "👋", by=BOB))
            case "delete":
                talk = with_change(talk, deleted(100 + number, message))
            case _:
                talk = replace(talk, stored=(1, seq))
        conversation.lay_out(talk, SCENE, WIDTH, HEIGHT)

        assert tuple(slot.row for slot in conversation.slots) == rows_of(talk, SCENE)
