"""Whom to chat with, who is in a room, what is found, and what somebody is told who is away."""

from dataclasses import replace

import pytest
from msgspec import structs

from desktop_client.state.model import Dialog, State
from desktop_client.state.talk import Standing, Talk
from desktop_client.update import effects, events, update
from desktop_client.update.telling import unread_of
from parley import client
from parley.protocol.derived import Derived
from parley.protocol.limits import INTEGER_MAX
from tests.desktop_client.parts import ANN, BOB, LOBBY, NOON, PLANS, said, signed_in, with_entries


def after(state: State, *happened: events.Event) -> State:
    for event in happened:
        state, _ = update(state, event)
    return state


def asked(state: State, event: events.Event) -> list[effects.Effect]:
    return update(state, event)[1]


# --- people --------------------------------------------------------------------------------


def test_a_single_letter_looks_for_nobody() -> None:
    assert asked(signed_in(), events.TypedPerson(" b ")) == []
    assert asked(signed_in(), events.TypedPerson(" bo")) == [effects.FindPeople("bo")]


def test_one_does_not_find_oneself() -> None:
    state = after(signed_in(), events.GotFound("n", (ANN, BOB)))

    assert state.found_people == (BOB,)


def test_somebody_who_was_chosen_is_chatted_with() -> None:
    opened = after(signed_in(), events.OpenedNewRoom())

    state, done = update(opened, events.ChosePerson(BOB.id))

    assert (state.dialog, done) == (Dialog.NONE, [effects.OpenDirect(BOB.id)])


def test_who_is_in_a_room_is_asked_when_its_page_is_opened() -> None:
    state, done = update(signed_in(), events.OpenedPage(Dialog.MEMBERS))
    assert done == [effects.LoadMembers(LOBBY.id)]

    member = client.Member(BOB, "member", NOON)
    assert after(state, events.GotMembers(PLANS.id, (member,))).members is None
    assert after(state, events.GotMembers(LOBBY.id, (member,))).members == (member,)


def test_a_muted_room_is_so_until_it_is_taken_back() -> None:
    muted, loud = events.SetHowIHaveIt(muted=True), events.SetHowIHaveIt(muted=False)

    assert asked(signed_in(), muted) == [effects.SetPreferences(LOBBY.id, INTEGER_MAX)]
    assert asked(signed_in(), loud) == [effects.SetPreferences(LOBBY.id, 0)]


def test_who_is_blocked_is_unblocked_by_the_same_button() -> None:
    direct = client.Room("direct", "direct", "bob", "member", other=BOB.id)
    state = signed_in(talks={"direct": Talk(direct)}, opened="direct")

    assert asked(state, events.PressedBlock(False)) == [effects.Block(BOB.id, on=True)]
    assert asked(state, events.PressedBlock(True)) == [effects.Block(BOB.id, on=False)]


# --- search --------------------------------------------------------------------------------

HIT = client.Hit(PLANS.id, 5, 5, NOON, BOB.id, "cmid-bob00-5", "the plan", [(4, 8)], False, False)


def test_an_answer_to_an_earlier_search_is_not_shown() -> None:
    state = after(signed_in(), events.TypedSearch("pl"), events.TypedSearch("plan"))

    assert after(state, events.GotHits("pl", (HIT,))).hits is None
    assert after(state, events.GotHits("plan", (HIT,))).hits == (HIT,)


def test_a_message_that_was_found_is_shown_in_its_room_and_the_draft_stays_behind() -> None:
    plans = replace(with_entries(Talk(PLANS), [said(5, room=PLANS)]), first=1)
    state = signed_in(talks={LOBBY.id: Talk(LOBBY), PLANS.id: plans})

    state = after(state, events.OpenedSearch(), events.ChoseHit(HIT, "half"))

    assert (state.opened, state.dialog, state.drafts) == (PLANS.id, Dialog.NONE, {"lobby": "half"})
    assert state.found is not None
    assert state.found.cmid == HIT.cmid


# --- telling -------------------------------------------------------------------------------


def told(state: State, message: client.Message) -> list[effects.Effect]:
    done = asked(state, events.Happened(message, message.time))
    return [effect for effect in done if isinstance(effect, effects.Tell)]


def test_who_looks_elsewhere_is_told_who_said_what_and_where() -> None:
    away = replace(signed_in(), is_focused=False)

    assert told(away, said(1, "news")) == [effects.Tell("bob in Lobby", "news")]
    assert told(replace(away, opened=None, is_focused=True), said(1, "news")) != []


def test_of_somebody_whose_name_is_not_known_yet_the_room_is_told_alone() -> None:
    away = replace(signed_in(), is_focused=False, people={ANN.id: ANN})

    assert told(away, said(1, "news")) == [effects.Tell("Lobby", "news")]


@pytest.mark.parametrize(
    "state",
    [
        signed_in(),
        signed_in(is_focused=False, blocked=frozenset({BOB.id})),
        signed_in(is_focused=False, settings=client.Settings(True, client.Quiet(0, 1439))),
        signed_in(
            is_focused=False,
            talks={LOBBY.id: Talk(structs.replace(LOBBY, muted_until=INTEGER_MAX))},
        ),
    ],
    ids=["in view", "blocked", "quiet hours", "muted"],
)
def test_who_does_not_want_it_is_not_told(state: State) -> None:
    assert told(state, said(1, "news")) == []


def test_what_was_missed_is_counted_and_not_told_one_by_one() -> None:
    away = replace(signed_in(), is_focused=False)

    late = events.Happened(said(1, "news"), NOON + 3_600_000)

    assert not any(isinstance(effect, effects.Tell) for effect in asked(away, late))


def test_the_number_in_the_title_leaves_out_what_is_muted_unless_it_names_me() -> None:
    muted = Talk(structs.replace(PLANS, muted_until=INTEGER_MAX), standing=Standing(0, 9, 1))
    state = signed_in(talks={LOBBY.id: Talk(LOBBY, standing=Standing(0, 2)), PLANS.id: muted})

    assert unread_of(state) == 3


def test_a_mention_is_told_of_in_a_muted_room() -> None:
    lobby = Talk(structs.replace(LOBBY, muted_until=INTEGER_MAX))
    state = signed_in(is_focused=False, talks={LOBBY.id: lobby})

    named = replace(said(1, "@ann news"), derived=Derived(mentions=[ANN.id]))

    assert told(state, named) == [effects.Tell("bob in Lobby", "@ann news")]
