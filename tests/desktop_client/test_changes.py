"""What becomes of messages: edits, deletions, reactions, and pages that tell of them."""

from dataclasses import replace

import pytest
from msgspec import structs

from desktop_client.state.changes import (
    missing_quotes,
    state_of,
    touched_after,
    with_change,
    with_page,
)
from desktop_client.state.talk import Talk
from parley.client import DeletedMessage, HistoryPage, State, Target
from tests.desktop_client.parts import (
    ANN,
    BOB,
    LOBBY,
    deleted,
    edited,
    page,
    reacted,
    said,
    with_entries,
)

MESSAGE = said(1, "frist", by=BOB)


@pytest.fixture
def talk() -> Talk:
    return with_entries(Talk(LOBBY), [MESSAGE])


def told(text: str) -> State:
    """What a page says the message says now."""
    return State(1, 1, MESSAGE.time, BOB.id, MESSAGE.cmid, text, edited_at=1)


def paged(as_of: int, **states: State) -> HistoryPage:
    """A page with the message, and what has become of it up to a place in the log."""
    told_of = {state.seq: state for state in states.values()}
    return structs.replace(page(MESSAGE), as_of=as_of, states=told_of)


def test_an_edit_gives_a_message_other_words(talk: Talk) -> None:
    state = state_of(with_change(talk, edited(2, MESSAGE, "first")), MESSAGE.target)

    assert state is not None
    assert (state.text, bool(state.edited_at)) == ("first", True)


def test_nothing_of_a_deleted_message_is_kept(talk: Talk) -> None:
    after = with_change(with_change(talk, edited(2, MESSAGE, "first")), deleted(3, MESSAGE))

    assert isinstance(after.entries[0], DeletedMessage)
    assert "first" not in str(after).replace("first=", "")
    assert "frist" not in str(after)


def test_a_reaction_comes_and_goes(talk: Talk) -> None:
    on = with_change(talk, reacted(2, MESSAGE, "🔥", by=ANN))
    off = with_change(on, reacted(3, MESSAGE, "🔥", by=ANN, on=False))

    assert list(on.states[MESSAGE.target].reactions) == ["🔥"]
    assert list(off.states[MESSAGE.target].reactions) == []


def test_a_change_of_a_message_that_was_not_fetched_changes_nothing(talk: Talk) -> None:
    assert with_change(talk, edited(9, said(7), "other")) is talk


def test_a_page_tells_what_has_become_of_its_messages(talk: Talk) -> None:
    after = with_page(talk, paged(4, now=told("first")), ANN.id)

    assert after.states[MESSAGE.target].text == "first"


def test_a_change_that_is_newer_than_a_page_stays(talk: Talk) -> None:
    live = with_change(talk, edited(9, MESSAGE, "newest"))

    after = with_page(live, paged(4, now=told("older")), ANN.id)

    assert after.states[MESSAGE.target].text == "newest"


def test_what_a_page_no_longer_tells_of_is_as_it_was_said(talk: Talk) -> None:
    """A reaction that was taken back while we were away leaves no trace in a page."""
    live = with_change(talk, reacted(2, MESSAGE, "🔥", by=ANN))

    assert with_page(live, paged(9), ANN.id).states == {}


def test_what_changed_since_a_place_in_the_log_is_known_by_name(talk: Talk) -> None:
    live = with_change(talk, edited(5, MESSAGE, "first"))

    assert (touched_after(live, 4), touched_after(live, 5)) == ((MESSAGE.target,), ())


def test_a_message_that_is_answered_and_not_here_is_missing(talk: Talk) -> None:
    old = Target(BOB.id, "cmid-old")
    answer = replace(said(2), reply_to=old)
    other = replace(said(3), reply_to=MESSAGE.target)

    assert missing_quotes(with_entries(talk, [answer, other]), [answer, other]) == (old,)
