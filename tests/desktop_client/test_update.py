"""What follows from each event: the next state, and what is to be done."""

from dataclasses import replace

import pytest

from desktop_client.state.history import LATEST, Before
from desktop_client.state.model import Dialog, EntryForm, Link, Stage, State
from desktop_client.state.talk import Outgoing, Talk, with_outgoing
from desktop_client.update import effects, events, update
from parley import client
from parley.client import Person
from tests.desktop_client.parts import (
    ANN,
    BOB,
    LOBBY,
    NOON,
    PLANS,
    URL,
    page,
    said,
    signed_in,
    texts,
)


def after(state: State, *happened: events.Event) -> State:
    for event in happened:
        state, _ = update(state, event)
    return state


def told(event: client.ChatEvent) -> events.Happened:
    return events.Happened(event, NOON)


# --- signing in ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "user", "password", "missing"),
    [("", "ann", "secret", "address"), (URL, "", "secret", "user name"), (URL, "ann", "", "pass")],
)
def test_a_form_that_is_not_full_says_what_is_missing(
    url: str, user: str, password: str, missing: str
) -> None:
    start = State(EntryForm(URL))

    state, asked = update(start, events.PressedEnter(url, user, password))

    assert (missing in state.form.error, asked) == (True, [])


def test_a_full_form_connects_once() -> None:
    pressed = events.PressedEnter(URL, "ann", "secret")

    state, asked = update(State(EntryForm(URL, sign_up=True)), pressed)

    assert asked == [effects.Connect(URL, "ann", "secret", sign_up=True)]
    assert update(state, pressed) == (state, [])


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("localhost:8080", "http://localhost:8080"),
        ("chat.example.org", "https://chat.example.org"),
        ("http://chat.example.org", "http://chat.example.org"),
    ],
)
def test_an_address_without_a_scheme_gets_the_safe_one(typed: str, address: str) -> None:
    pressed = events.PressedEnter(typed, "ann", "secret")

    state, asked = update(State(EntryForm(URL)), pressed)

    assert state.form.url == address
    assert asked == [effects.Connect(address, "ann", "secret")]


def test_a_refusal_brings_the_form_back_with_its_reason() -> None:
    state = after(State(EntryForm(URL, busy=True)), events.NotSignedIn("wrong password"))

    assert (state.form.busy, state.form.error) == (False, "wrong password")


def test_the_password_is_in_no_state_and_no_printed_event() -> None:
    pressed = events.PressedEnter(URL, "ann", "top secret")

    state, asked = update(State(EntryForm(URL)), pressed)

    assert "top secret" not in f"{state}{asked}{pressed}"


def test_signing_in_opens_the_main_screen_and_asks_for_the_rooms() -> None:
    state, asked = update(State(EntryForm(URL)), events.SignedIn(ANN))

    assert state.stage is Stage.MAIN
    assert effects.LoadRooms() in asked
    assert effects.Remember(url=URL, user="ann") in asked


def test_what_waits_in_the_outbox_is_on_the_screen_before_there_is_a_connection() -> None:
    waiting = events.Waiting(LOBBY.id, "cmid", "typed offline", NOON)

    state = after(State(EntryForm(URL)), events.SignedIn(ANN, (waiting,)))

    assert [message.text for message in state.talks[LOBBY.id].outgoing] == ["typed offline"]


def test_the_end_of_the_session_forgets_what_belonged_to_the_account() -> None:
    state = after(signed_in(), events.NotSignedIn("signed out"))

    assert (state.stage, state.talks, state.me) == (Stage.ENTRY, {}, None)
    assert state.form.error == "signed out"


def test_who_has_made_an_account_signs_in_with_it_the_next_time() -> None:
    made = after(State(EntryForm(URL, sign_up=True)), events.SignedIn(ANN))

    state = after(made, events.NotSignedIn(""))

    assert state.form == EntryForm(URL, "ann")


def test_signing_out_asks_the_server() -> None:
    assert update(signed_in(), events.PressedSignOut())[1] == [effects.SignOut()]


def test_signing_out_without_a_connection_is_said_to_be_impossible() -> None:
    state, asked = update(signed_in(link=Link()), events.PressedSignOut())

    assert ("needs a connection" in state.notice, asked) == (True, [])


# --- rooms ---------------------------------------------------------------------------------


def test_every_room_of_ones_own_is_followed_once() -> None:
    rooms = events.GotRooms((LOBBY, PLANS))

    state, asked = update(signed_in(talks={}, opened=None), rooms)

    assert asked == [
        effects.Follow(LOBBY.id),
        effects.Follow(PLANS.id),
        effects.LoadOverview(),
    ]
    assert update(state, rooms)[1] == [effects.LoadOverview()]


def test_a_room_that_is_left_elsewhere_disappears() -> None:
    state = after(signed_in(), events.GotRooms((PLANS,)))

    assert (list(state.talks), state.opened) == ([PLANS.id], None)


def test_a_draft_stays_with_its_room() -> None:
    state = signed_in(talks={LOBBY.id: Talk(LOBBY), PLANS.id: Talk(PLANS)})

    state = after(state, events.OpenedRoom(PLANS.id, draft="half a sent"))

    assert (state.opened, state.drafts) == (PLANS.id, {LOBBY.id: "half a sent"})


def test_the_lobby_cannot_be_left() -> None:
    state, asked = update(signed_in(), events.PressedLeave())

    assert (bool(state.notice), asked) == (True, [])


def test_making_a_room_needs_a_name() -> None:
    assert update(signed_in(), events.MadeRoom("  "))[1] == []
    assert update(signed_in(), events.MadeRoom(" plans "))[1] == [effects.MakeRoom("plans")]


def test_a_room_that_was_entered_is_opened_and_followed() -> None:
    state, asked = update(signed_in(), events.Entered(PLANS))

    assert (state.opened, effects.Follow(PLANS.id) in asked) == (PLANS.id, True)


# --- talking -------------------------------------------------------------------------------


def test_sending_posts_to_the_open_room() -> None:
    assert update(signed_in(), events.PressedSend("hi"))[1][0] == effects.Post(LOBBY.id, "hi")


def test_blank_text_is_not_sent() -> None:
    assert update(signed_in(), events.PressedSend(" \n"))[1] == []


def test_a_text_that_could_not_be_kept_returns_to_the_composer() -> None:
    state = after(signed_in(), events.NotPosted(LOBBY.id, "too long a text", "too long"))

    assert (state.drafts, state.notice) == ({LOBBY.id: "too long a text"}, "too long")


def test_a_live_room_asks_for_its_latest_page_once() -> None:
    live = told(client.RoomLive(LOBBY.id, 1, 9, 9))

    state, asked = update(signed_in(), live)

    assert asked == [effects.LoadHistory(LOBBY.id), effects.LoadReceipts(LOBBY.id)]
    assert update(state, live)[1] == [effects.LoadReceipts(LOBBY.id)]


def test_events_and_pages_make_one_list() -> None:
    state = after(
        signed_in(),
        told(client.RoomLive(LOBBY.id, 1, 2, 2)),
        told(said(3, "three")),
        events.GotHistory(page(said(1, "one"), said(2, "two"), said(3, "three")), LATEST),
        told(said(4, "four")),
    )

    assert texts(state.talks[LOBBY.id]) == ["one", "two", "three", "four"]


def test_nearing_the_top_fetches_what_was_before_once() -> None:
    state = after(signed_in(), events.GotHistory(page(said(61), first=61, more=True), LATEST))

    state, asked = update(state, events.NearedTop())

    assert asked == [effects.LoadHistory(LOBBY.id, Before(61))]
    assert update(state, events.NearedTop())[1] == []


def test_there_is_nothing_to_fetch_above_the_first_message() -> None:
    state = after(signed_in(), events.GotHistory(page(said(1)), LATEST))

    assert update(state, events.NearedTop())[1] == []


def test_a_page_that_was_asked_for_before_the_room_began_afresh_is_dropped() -> None:
    state = after(
        signed_in(),
        events.GotHistory(page(said(61), more=True), LATEST),
        events.NearedTop(),
        told(client.RoomRestarted(LOBBY.id, 1, 500)),
        events.GotHistory(page(said(1)), Before(61)),
    )

    assert state.talks[LOBBY.id].entries == ()


def test_seeing_the_end_marks_the_room_as_read_once() -> None:
    state = after(signed_in(), told(client.UnreadChanged(LOBBY.id, 2, 1, 5, False)))

    state, asked = update(state, events.SawEnd())

    assert not state.talks[LOBBY.id].standing.is_unread
    assert asked == [effects.MarkRead(LOBBY.id)]
    assert update(state, events.SawEnd())[1] == []


def test_a_room_that_was_opened_shows_where_the_unread_begins_until_another_is() -> None:
    state = after(signed_in(opened=None), told(client.UnreadChanged(LOBBY.id, 2, 0, 5, False)))

    state = after(state, events.OpenedRoom(LOBBY.id), events.SawEnd())
    assert state.unread_after == 5

    assert after(state, events.ClosedRoom()).unread_after is None


def test_a_person_who_is_not_known_is_looked_up_once() -> None:
    stranger = client.Person("zoe00", "zoe", "")

    state, asked = update(signed_in(), told(said(1, by=stranger)))

    assert asked == [effects.LookUp(("zoe00",))]
    assert update(state, told(said(2, by=stranger)))[1] == []


# --- what the SDK tells --------------------------------------------------------------------


def test_losing_the_connection_is_told_and_its_return_as_well() -> None:
    state = after(signed_in(), told(client.Offline("the server is gone", 3.0)))
    assert state.link.reason == "the server is gone"

    state, asked = update(state, told(client.Online(ANN)))
    assert (state.link.online, asked[0]) == (True, effects.LoadRooms())


def test_who_is_known_is_looked_up_again_after_a_time_away() -> None:
    _, asked = update(signed_in(), told(client.Online(ANN)))

    assert effects.LookUp((BOB.id,)) in asked


def test_people_are_shown_as_they_look_now_and_their_direct_rooms_as_well() -> None:
    ann, bob = Person("ann00", "ann", "Ann Lee"), Person("bob00", "bob", "Bobby")
    direct = client.Room("direct", "direct", "bob", "member", other=BOB.id)
    state = signed_in(talks={LOBBY.id: Talk(LOBBY), "direct": Talk(direct)})

    state = after(state, told(client.PeopleChanged((ann, bob))))

    assert (state.me, state.people[BOB.id]) == (ann, bob)
    assert [talk.room.name for talk in state.talks.values()] == ["Lobby", "Bobby"]


def test_an_overrun_begins_every_room_afresh() -> None:
    state = after(signed_in(), told(said(1)))

    state, asked = update(state, told(client.Overrun(5)))

    assert (state.talks[LOBBY.id].entries, asked) == ((), [effects.LoadHistory(LOBBY.id)])


def test_a_room_that_was_lost_goes_with_its_reason() -> None:
    state = after(signed_in(), told(client.RoomLost(LOBBY.id, "not_a_member", "removed")))

    assert (state.talks, state.notice) == ({}, "Lobby: you are no longer in this room")


def test_a_room_that_was_lost_stays_while_something_of_ones_own_waits_there() -> None:
    waiting = Outgoing("mine", "for nobody", NOON)
    state = signed_in(talks={LOBBY.id: with_outgoing(Talk(LOBBY, (said(1),)), waiting)})

    state = after(state, told(client.RoomLost(LOBBY.id, "not_a_member", "removed")))

    talk = state.talks[LOBBY.id]
    assert (talk.room.name, talk.entries, talk.outgoing) == ("Lobby", (), (waiting,))


def test_an_event_of_an_unknown_room_changes_nothing() -> None:
    state = signed_in()

    assert update(state, told(said(1, room=PLANS))) == (replace(state, now=NOON), [])


# --- the rest of the screen ----------------------------------------------------------------


def test_the_theme_goes_round_and_is_remembered() -> None:
    state, asked = update(signed_in(), events.PressedTheme())

    assert (state.theme, asked) == ("dark", [effects.Remember(theme="dark")])
    state = after(state, events.PressedTheme())
    assert (state.theme, state.theme_choice) == ("light", "light")
    assert after(state, events.PressedTheme()).theme_choice == "system"


def test_the_theme_follows_the_system_until_one_is_chosen() -> None:
    state = after(signed_in(), events.SawSystemTheme("light"))
    assert state.theme == "light"

    chosen = after(replace(state, theme_choice="dark"), events.SawSystemTheme("light"))
    assert chosen.theme == "dark"


def test_the_system_is_asked_for_its_theme_when_somebody_comes_back() -> None:
    _, asked = update(signed_in(is_focused=False), events.Focused(True))

    assert asked == [effects.LookAtTheme()]


def test_an_emoji_that_was_chosen_is_the_first_of_those_used_lately() -> None:
    state = signed_in(recent_emoji=("🔥", "👋"), dialog=Dialog.EMOJI)

    state = after(state, events.ChoseEmoji("👋"))

    assert (state.recent_emoji, state.dialog) == (("👋", "🔥"), Dialog.NONE)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "ssh://host"])
def test_a_link_that_is_no_page_is_not_opened(url: str) -> None:
    assert update(signed_in(), events.ClickedLink(url))[1] == []


def test_a_page_is_opened() -> None:
    clicked = events.ClickedLink("https://example.org")

    assert update(signed_in(), clicked)[1] == [effects.OpenLink("https://example.org")]


def test_a_notice_stays_until_it_is_clicked_away() -> None:
    state = after(signed_in(), events.Failed("that room is closed"), told(said(1, by=BOB)))
    assert state.notice == "that room is closed"

    assert after(state, events.DismissedNotice()).notice == ""


def test_states_are_never_changed_in_place() -> None:
    before = signed_in()
    kept = replace(before, talks=dict(before.talks))

    after(before, told(said(1)), events.OpenedRoom(PLANS.id), events.PressedTheme())

    assert before == kept
