"""The pages about one's own account: what stands there, and what is done with what is typed."""

from dataclasses import replace

import pytest
from msgspec import structs

from desktop_client.layout.words import clock, day_name, moment
from desktop_client.pages import page_of
from desktop_client.pages.parts import Button, Field, Note, Page, Row, Submit
from desktop_client.state.model import Dialog, EntryForm, State
from desktop_client.state.pages import Listed
from desktop_client.state.talk import Talk
from desktop_client.update import effects, events, update
from parley.client import Quiet, SessionInfo, Settings, TotpSecret, Version
from tests.desktop_client.parts import ANN, BOB, LOBBY, NOON, PLANS, TODAY, said, signed_in

# Where the test runs it may be another hour, or another day.
WHEN = f"{day_name(moment(NOON, None).date(), TODAY)}, {clock(NOON, None)}"
HERE = SessionInfo("here", "Parley desktop", "10.0.0.1", NOON, NOON, True)
PHONE = SessionInfo("phone", "A phone", "", NOON, NOON, False)


def after(state: State, *happened: events.Event) -> State:
    for event in happened:
        state, _ = update(state, event)
    return state


def asked(event: events.Event, state: State | None = None) -> list[effects.Effect]:
    return update(state or signed_in(), event)[1]


def shown(state: State) -> Page:
    """The page that is open."""
    page = page_of(state, TODAY)
    assert page is not None
    return page


def notes(state: State) -> list[str]:
    return [part.text for part in shown(state).parts if isinstance(part, Note)]


def buttons(page: Page) -> list[str]:
    """Everything that can be pressed on a page, by its label."""
    rows = [button.label for part in page.parts if isinstance(part, Row) for button in part.does]
    whole = [part.label for part in page.parts if isinstance(part, Button | Submit)]
    return [*whole, *rows]


# --- what is typed -------------------------------------------------------------------------


def test_a_profile_is_saved_without_the_spaces_around_it() -> None:
    event = events.EditedProfile(" Ann ", "about me ", " Europe/Vienna")

    assert asked(event) == [effects.EditProfile("Ann", "about me", "Europe/Vienna")]


@pytest.mark.parametrize(
    ("since", "until", "minutes"),
    [("22:00", "7:30", (1320, 450)), (" 0.05", "23:59 ", (5, 1439))],
)
def test_quiet_hours_are_typed_as_times_of_day(
    since: str, until: str, minutes: tuple[int, int]
) -> None:
    assert asked(events.TypedQuiet(since, until)) == [effects.EditSettings(quiet=Quiet(*minutes))]


def test_two_empty_times_end_the_quiet_hours() -> None:
    assert asked(events.TypedQuiet("", " ")) == [effects.EditSettings(no_quiet=True)]


@pytest.mark.parametrize(
    ("since", "until"), [("22", "7:00"), ("24:00", "7:00"), ("22:00", ""), ("22:60", "7:00")]
)
def test_what_is_no_time_of_day_is_said_and_not_sent(since: str, until: str) -> None:
    state = replace(signed_in(), dialog=Dialog.QUIET)

    state, done = update(state, events.TypedQuiet(since, until))

    assert done == []
    assert notes(state)[0].startswith("Give both times as hours and minutes")


def test_a_new_password_must_be_typed_twice_alike() -> None:
    state = replace(signed_in(), dialog=Dialog.PASSWORD)

    state, done = update(state, events.TypedPasswords("old", "new one", "new two"))

    assert done == []
    assert notes(state)[0] == "The two new passwords are not the same"
    alike = events.TypedPasswords("old", "new one", "new one")
    assert asked(alike, state) == [effects.ChangePassword("old", "new one")]


def test_no_password_is_shown_in_what_is_logged_of_an_event_or_an_effect() -> None:
    for each in (
        events.TypedPasswords("secret", "secret", "secret"),
        events.BeganSecondFactor("secret"),
        events.EndedSecondFactor("secret"),
        events.DeletedAccount("secret"),
        events.GotSecret(TotpSecret("secret", "otpauth://secret")),
        events.GotCodes(("secret",)),
        effects.ChangePassword("secret", "secret"),
        effects.StartTotp("secret"),
        effects.DisableTotp("secret"),
        effects.DeleteAccount("secret"),
    ):
        assert "secret" not in repr(each)


def test_a_code_may_be_typed_with_spaces() -> None:
    assert asked(events.TypedCode("123 456")) == [effects.ConfirmTotp("123456")]


# --- what is shown -------------------------------------------------------------------------


def test_what_was_saved_is_said_until_another_page_is_opened() -> None:
    state = after(signed_in(), events.OpenedPage(Dialog.PROFILE))

    state = after(state, events.GotProfile(structs.replace(ANN, display_name="Anna")))
    assert notes(state) == ["Saved"]
    assert Field("display_name", "Name", "Anna") in shown(state).parts

    state = after(state, events.OpenedPage(Dialog.PASSWORD))
    assert "Saved" not in notes(state)


def test_what_had_no_effect_is_said_on_the_page() -> None:
    state = after(signed_in(), events.OpenedPage(Dialog.PASSWORD))

    state = after(state, events.Failed("the password is wrong"))

    assert shown(state).parts[0] == Note("The password is wrong", is_fault=True)


def test_what_a_page_has_said_of_a_fault_goes_with_it() -> None:
    state = after(signed_in(), events.OpenedPage(Dialog.PASSWORD), events.Failed("wrong"))

    assert after(state, events.ClosedDialog()).notice == ""


def test_this_device_cannot_be_signed_out_from_the_list_of_devices() -> None:
    state = after(signed_in(), events.OpenedPage(Dialog.DEVICES), events.GotDevices((HERE, PHONE)))

    rows = {row.id: row.does for row in shown(state).parts if isinstance(row, Row)}
    assert rows == {
        "here": (),
        "phone": (Button("Sign out", events.RevokedDevice("phone"), "phone"),),
    }
    assert "Sign out all others" in buttons(shown(state))


def test_with_one_device_there_are_no_others_to_sign_out() -> None:
    state = after(signed_in(), events.OpenedPage(Dialog.DEVICES), events.GotDevices((HERE,)))

    assert buttons(shown(state)) == []


def test_a_page_asks_for_what_it_shows_and_shows_nothing_old_meanwhile() -> None:
    state = after(signed_in(), events.OpenedPage(Dialog.DEVICES), events.GotDevices((HERE,)))

    state, done = update(state, events.OpenedPage(Dialog.DEVICES))

    assert done == [effects.LoadDevices()]
    assert notes(state) == ["One moment …"]


def test_the_quiet_hours_stand_in_their_fields() -> None:
    settings = Settings(True, Quiet(1320, 450))

    state = after(signed_in(), events.OpenedPage(Dialog.QUIET), events.GotSettings(settings))

    values = [part.value for part in shown(state).parts if isinstance(part, Field)]
    assert values == ["22:00", "7:30"]


@pytest.mark.parametrize("tells", [True, False])
def test_each_of_the_settings_can_be_turned_over(tells: bool) -> None:
    settings = Settings(tells, None, tells)

    state = after(signed_in(), events.OpenedPage(Dialog.QUIET), events.GotSettings(settings))

    emitted = [part.emits for part in shown(state).parts if isinstance(part, Button)]
    assert emitted == [
        events.EditedSettings(read_receipts=not tells),
        events.EditedSettings(show_last_seen=not tells),
    ]


def test_a_second_factor_is_set_up_in_three_steps() -> None:
    state = after(signed_in(), events.OpenedPage(Dialog.SECOND_FACTOR))
    assert buttons(shown(state)) == ["Set it up", "Turn it off"]

    state = after(state, events.GotSecret(TotpSecret("ABCD", "otpauth://x")))
    assert buttons(shown(state))[0] == "Turn it on"

    state = after(state, events.GotCodes(("one", "two")))
    assert [row.title for row in shown(state).parts if isinstance(row, Row)] == ["one", "two"]


def test_the_recovery_codes_are_not_shown_again() -> None:
    state = after(
        signed_in(),
        events.OpenedPage(Dialog.SECOND_FACTOR),
        events.GotCodes(("one", "two")),
        events.OpenedPage(Dialog.SECOND_FACTOR),
    )

    assert state.pages.codes == ()


# --- starred -------------------------------------------------------------------------------


def test_a_click_on_a_starred_message_leads_there() -> None:
    message = said(5, "the plan", room=PLANS)
    listed = Listed(PLANS.id, message.target, 5, NOON, "the plan")
    talks = {LOBBY.id: Talk(LOBBY), PLANS.id: Talk(PLANS, (message,), first=5)}
    state = after(
        signed_in(talks=talks), events.OpenedPage(Dialog.STARRED), events.GotStarred((listed,))
    )
    [row] = shown(state).parts
    assert row == Row(
        message.cmid, "the plan", f"bob in Plans, {WHEN}", emits=events.ChoseListed(listed)
    )

    state = after(state, events.ChoseListed(listed, "half"))

    assert (state.opened, state.found, state.dialog) == (PLANS.id, message.target, Dialog.NONE)
    assert state.drafts == {LOBBY.id: "half"}


def test_what_is_starred_is_marked_in_its_room() -> None:
    listed = Listed(LOBBY.id, said(1).target, 1, NOON, "hello")

    assert after(signed_in(), events.GotStarred((listed,))).starred == {said(1).target}


def test_a_starred_message_of_a_room_that_was_left_is_said_to_be_out_of_reach() -> None:
    listed = Listed("gone", said(1).target, 1, NOON, "hello")

    state = after(signed_in(), events.ChoseListed(listed))

    assert state.notice == "You are not in that room any more"


def test_what_a_message_has_said_is_listed_with_the_last_version_first() -> None:
    state = signed_in(talks={LOBBY.id: Talk(LOBBY, (said(1),), first=1)})
    state = after(state, events.PressedVersions(said(1).target))

    versions = (Version(1, NOON, "at one"), Version(4, NOON, "at two"))
    state = after(state, events.GotVersions(said(1).target, versions))

    rows = [(row.title, row.below) for row in shown(state).parts if isinstance(row, Row)]
    assert rows == [("at two", WHEN), ("at one", WHEN)]


def test_what_is_pinned_is_listed_and_leads_there() -> None:
    listed = Listed(LOBBY.id, said(1).target, 1, NOON, "the plan")

    state = after(signed_in(), events.OpenedPage(Dialog.PINS), events.GotPins(LOBBY.id, (listed,)))

    [row] = shown(state).parts
    assert isinstance(row, Row)
    assert (row.title, row.emits) == ("the plan", events.ChoseListed(listed))


def test_the_versions_of_another_message_are_not_shown() -> None:
    state = signed_in(talks={LOBBY.id: Talk(LOBBY, (said(1), said(2)), first=1)})
    state, done = update(state, events.PressedVersions(said(1).target))
    assert done == [effects.LoadVersions(LOBBY.id, said(1).target)]

    state = after(state, events.GotVersions(said(2).target, ()))

    assert notes(state) == ["One moment …"]


def test_somebody_is_called_by_the_user_name_who_has_no_other() -> None:
    state = after(replace(signed_in(), me=BOB), events.OpenedPage(Dialog.ACCOUNT))

    assert shown(state).parts[0] == Row(
        "me", "bob", "@bob", avatar=BOB.id, emits=events.OpenedPage(Dialog.PROFILE)
    )


# --- signing in with a second factor -------------------------------------------------------


def test_a_code_is_asked_for_once_the_server_wants_one_and_sent_along() -> None:
    state = State(form=EntryForm("http://127.0.0.1:8080"))
    state = after(state, events.NotSignedIn("this account has a second factor", asks_code=True))
    assert state.form.asks_code
    state = after(state, events.NotSignedIn("too many attempts just now"))
    assert state.form.asks_code

    entered = events.PressedEnter("http://127.0.0.1:8080", "ann", "secret", "123456")
    [connect] = asked(entered, state)

    assert isinstance(connect, effects.Connect)
    assert connect.code == "123456"


def test_who_is_signed_in_is_asked_for_no_code_the_next_time() -> None:
    state = State(form=EntryForm("http://127.0.0.1:8080", asks_code=True))

    state = after(state, events.SignedIn(ANN))

    assert not state.form.asks_code
