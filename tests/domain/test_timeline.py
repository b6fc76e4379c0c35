"""What becomes of a message: one fold, and what it never does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.domain.timeline import MessageState, Reactors, apply, begin, fold, seen, view
from parley.protocol.content import Content, Delete, Edit, Pin, React, Stone, Target, Text
from parley.protocol.derived import Derived
from parley.protocol.events import Event

ANN, BOB = "0000000000ann", "0000000000bob"
CMID = "00000000-0000-7000-8000-000000000001"
MESSAGE = Target(ANN, CMID)


def event(seq: int, content: Content, author: str = ANN, derived: Derived | None = None) -> Event:
    cmid = CMID if seq == 1 else f"00000000-0000-7000-8000-{seq:012x}"
    return Event("lobby", 1, seq, 1, 1000 + seq, author, cmid, content, derived)


def said(text: str = "hello", derived: Derived | None = None) -> MessageState:
    state = begin(event(1, Text(text), derived=derived))
    assert state is not None
    return state


contents = st.one_of(
    st.builds(Edit, st.just(CMID), st.sampled_from(["one", "two"])),
    st.just(Delete(MESSAGE)),
    st.builds(React, st.just(MESSAGE), st.sampled_from(["👍", "❤️"]), st.booleans()),
    st.builds(Pin, st.just(MESSAGE), st.booleans()),
    st.just(React(Target(BOB, CMID), "👍")),
)
changes = st.lists(st.tuples(contents, st.sampled_from([ANN, BOB])), max_size=8).map(
    lambda chosen: [event(seq, content, who) for seq, (content, who) in enumerate(chosen, 2)]
)


@given(changes)
def test_an_event_counts_once_however_often_it_comes(events: list[Event]) -> None:
    state = fold(said(), events)

    assert fold(state, events) == state


@given(changes, st.integers(0, 8))
def test_what_was_told_in_between_goes_on_from_there(events: list[Event], at: int) -> None:
    """A snapshot and the events after it are the same as all events."""
    snapshot = fold(said(), events[:at])
    as_told = seen(view(snapshot, ANN), ANN, snapshot.as_of)

    assert view(fold(as_told, events), ANN) == view(fold(said(), events), ANN)


@given(changes)
def test_of_a_deleted_message_nothing_is_left(events: list[Event]) -> None:
    state = fold(said(), [*events, event(20, Delete(MESSAGE), BOB), event(21, Edit(CMID, "x"))])

    assert (state.deleted, state.text, state.derived, state.versions) == (True, "", None, 1)
    assert not state.reactions
    assert not state.pinned


def test_an_edit_changes_the_words_and_not_whom_they_name() -> None:
    first = said("hi @bob", Derived(mentions=[BOB], seq=7))

    edited = apply(first, event(2, Edit(CMID, "hi all"), derived=Derived(everyone=True, seq=1)))

    assert (edited.text, edited.edited_at, edited.versions) == ("hi all", 1002, 2)
    assert edited.derived == Derived(mentions=[BOB], seq=7)


def test_the_edit_of_another_author_is_about_another_message() -> None:
    assert apply(said(), event(2, Edit(CMID, "mine"), BOB)).text == "hello"


def test_who_reacts_twice_is_counted_once() -> None:
    twice = [event(seq, React(MESSAGE, "👍"), BOB) for seq in (2, 3)]

    (reaction,) = view(fold(said(), twice), BOB).reactions

    assert (reaction.count, reaction.people, reaction.mine) == (1, [BOB], True)


def test_only_the_first_people_are_told_by_name_and_all_are_counted() -> None:
    people = [f"person{number:02}" for number in range(30)]
    events = [event(seq, React(MESSAGE, "👍"), who) for seq, who in enumerate(people, 2)]

    (reaction,) = view(fold(said(), events), people[-1]).reactions

    assert (reaction.count, reaction.people, reaction.mine) == (30, people[:20], True)


def test_who_is_not_known_to_have_reacted_is_believed_to_have() -> None:
    told = Reactors(count=25, people=tuple(f"person{number:02}" for number in range(20)))

    assert told.minus(BOB).count == 24


@pytest.mark.parametrize("reason", ["duplicate", "set_aside"])
def test_a_stone_of_what_was_never_there_is_no_message(reason: str) -> None:
    assert begin(event(1, Stone(reason))) is None  # type: ignore[arg-type]
