"""What was refused after it had been in the outbox: where the reason is shown, and until when."""

from dataclasses import replace

import pytest

from desktop_client.layout.bubble import draw, measure
from desktop_client.layout.marks import ReasonHit
from desktop_client.layout.rows import BubbleRow, rows_of
from desktop_client.state.model import State
from desktop_client.state.talk import Talk
from desktop_client.update import effects, events, update
from parley.client import SendRefused
from parley.protocol.content import Delete, Edit, Pin, React, Sendable, Text
from tests.desktop_client.parts import ANN, LOBBY, METRICS, NOON, PLANS, SCENE, said, signed_in

OWN = said(1, "lunch at one", by=ANN)
OTHER = said(2, "gladly")
WHY = "it is too old"


@pytest.fixture
def state() -> State:
    """Ann is in the lobby, where two messages were said."""
    return signed_in(talks={LOBBY.id: Talk(LOBBY, (OWN, OTHER), first=1)})


def refuse(content: Sendable, room: str = LOBBY.id) -> events.Happened:
    """The server refuses something of Ann's."""
    return events.Happened(SendRefused(room, "change", content, "too_late", WHY), NOON)


def reasons(state: State) -> list[str]:
    """What stands below each message of the open room."""
    assert state.talk is not None
    rows = rows_of(state.talk, SCENE)
    return [row.reason for row in rows if isinstance(row, BubbleRow)]


@pytest.mark.parametrize(
    ("content", "below"),
    [
        (
            Edit(OWN.cmid, "lunch at two"),
            ["Not changed to “lunch at two”: it is too old  ×", ""],
        ),
        (Delete(OTHER.target), ["", "Not deleted: it is too old  ×"]),
        (React(OTHER.target, "🔥"), ["", "🔥 was not added: it is too old  ×"]),
        (React(OTHER.target, "🔥", on=False), ["", "🔥 was not taken back: it is too old  ×"]),
        (Pin(OTHER.target), ["", "Not pinned: it is too old  ×"]),
        (Pin(OTHER.target, on=False), ["", "Not unpinned: it is too old  ×"]),
    ],
)
def test_a_refused_change_is_told_at_its_message_with_what_it_was(
    state: State, content: Sendable, below: list[str]
) -> None:
    state, done = update(state, refuse(content))

    assert reasons(state) == below
    assert state.notice == ""
    assert done == []


def test_a_refused_change_leaves_no_bubble_of_its_own(state: State) -> None:
    state, _ = update(state, refuse(Edit(OWN.cmid, "lunch at two")))

    assert state.talk is not None
    assert state.talk.outgoing == ()


def test_a_refused_change_is_shown_until_somebody_has_seen_why(state: State) -> None:
    state, _ = update(state, refuse(Delete(OTHER.target)))

    state, done = update(state, events.DismissedRefusals(OTHER.target))

    assert reasons(state) == ["", ""]
    assert done == [effects.Dismiss("change")]


def test_the_reason_of_another_message_stays(state: State) -> None:
    state, _ = update(state, refuse(Delete(OTHER.target)))

    state, done = update(state, events.DismissedRefusals(OWN.target))

    assert reasons(state) == ["", "Not deleted: it is too old  ×"]
    assert done == []


def test_the_same_refusal_told_again_is_shown_once(state: State) -> None:
    state, _ = update(state, refuse(Pin(OTHER.target)))
    state, _ = update(state, refuse(Pin(OTHER.target)))

    assert reasons(state) == ["", "Not pinned: it is too old  ×"]


@pytest.mark.parametrize("room", [LOBBY.id, "unknown"])
def test_a_refused_change_of_a_message_that_is_not_here_is_told_above_all(
    state: State, room: str
) -> None:
    far = replace(OTHER, cmid="far").target

    state, done = update(state, refuse(Delete(far), room))

    assert state.notice == "Not deleted: it is too old"
    assert done == [effects.Dismiss("change")]


def test_the_words_of_a_refused_message_are_kept_with_its_reason(state: State) -> None:
    state, _ = update(state, refuse(Text("dinner?")))

    assert state.talk is not None
    [waiting] = state.talk.outgoing
    assert (waiting.text, waiting.reason) == ("dinner?", WHY)


def test_a_message_to_a_room_that_one_is_not_in_is_shown_with_its_reason_until_it_was_seen(
    state: State,
) -> None:
    state, _ = update(state, refuse(Text("dinner?"), PLANS.id))

    [waiting] = state.talks[PLANS.id].outgoing
    assert (waiting.text, waiting.reason) == ("dinner?", WHY)

    state, done = update(state, events.Dismissed(waiting.cmid))

    assert (set(state.talks), done) == ({LOBBY.id}, [effects.Dismiss(waiting.cmid)])


def test_a_long_edit_that_was_refused_is_shown_by_its_beginning(state: State) -> None:
    state, _ = update(state, refuse(Edit(OWN.cmid, "x" * 1000)))

    assert state.talk is not None
    assert state.talk.refusals[0].what == f"Not changed to “{'x' * 120} …”"


def test_a_click_on_the_reason_of_a_refused_change_is_a_click_on_it(state: State) -> None:
    state, _ = update(state, refuse(Delete(OTHER.target)))
    assert state.talk is not None
    shape = measure(rows_of(state.talk, SCENE)[-1], 800, METRICS)

    drawing = draw(shape, METRICS)

    assert drawing.hit_at(400, drawing.height - 3) == ReasonHit()


def test_a_message_that_was_not_sent_is_not_lost_by_a_click(state: State) -> None:
    state, _ = update(state, refuse(Text("dinner?")))
    assert state.talk is not None
    shape = measure(rows_of(state.talk, SCENE)[-1], 800, METRICS)

    drawing = draw(shape, METRICS)

    assert drawing.hit_at(400, drawing.height - 3) is None
