"""The pages about the open room, the list of rooms, and what is done there."""

from dataclasses import replace
from datetime import datetime

import pytest
from msgspec import structs

from desktop_client.layout.filters import filter_at, filters_height, place_filters
from desktop_client.layout.words import day_name, header_line, moment
from desktop_client.pages import page_of
from desktop_client.pages.parts import Button, Field, Note, Page, Row, Submit
from desktop_client.state.history import At
from desktop_client.state.listing import listed
from desktop_client.state.model import Dialog, Link, Shown, State
from desktop_client.state.talk import Standing, Talk
from desktop_client.update import effects, events, update
from parley import client
from parley.protocol.shapes import Role, RoomKind
from tests.desktop_client.parts import ANN, BOB, LOBBY, METRICS, NOON, PLANS, TODAY, said, signed_in

DIRECT = client.Room("direct", "direct", "bob", "member", other=BOB.id)
INVITE = client.Invite("code", PLANS.id, ANN.id, NOON, 0, None)


def after(state: State, *happened: events.Event) -> State:
    for event in happened:
        state, _ = update(state, event)
    return state


def asked(state: State, event: events.Event) -> list[effects.Effect]:
    return update(state, event)[1]


def in_plans(role: Role = "owner", kind: RoomKind = "group", page: Dialog = Dialog.ROOM) -> State:
    """Ann has a page of the plans open."""
    talk = Talk(structs.replace(PLANS, role=role, kind=kind))
    talks = {LOBBY.id: Talk(LOBBY), PLANS.id: talk}
    return after(signed_in(talks=talks, opened=PLANS.id), events.OpenedPage(page))


def shown(state: State) -> Page:
    """The page that is open."""
    page = page_of(state, TODAY)
    assert page is not None
    return page


def names(state: State) -> set[str]:
    """What can be pressed and filled in on the open page, by its name."""
    parts = shown(state).parts
    rows = {button.name for row in parts if isinstance(row, Row) for button in _buttons(row)}
    return rows | {part.name for part in parts if isinstance(part, Button | Field | Submit)}


def _buttons(row: Row) -> list[Button]:
    return [each for each in row.does if isinstance(each, Button)]


# --- the room's own page -------------------------------------------------------------------


def test_an_owner_may_do_everything() -> None:
    assert names(in_plans("owner", "channel")) >= {
        "mute_room",
        "mark_unread",
        "open_members",
        "open_invites",
        "open_bans",
        "open_edit",
        "read_only",
        "leave_room",
        "open_close",
    }


def test_a_member_is_shown_nothing_that_would_be_refused() -> None:
    assert names(in_plans("member", "channel")) == {
        "mute_room",
        "pin_room",
        "mark_unread",
        "open_members",
        "open_pins",
        "open_date",
        "leave_room",
    }


def test_the_lobby_can_be_neither_left_nor_closed_nor_renamed() -> None:
    lobby = Talk(structs.replace(LOBBY, role="owner"))
    state = after(signed_in(talks={LOBBY.id: lobby}), events.OpenedPage(Dialog.ROOM))

    assert names(state).isdisjoint({"leave_room", "open_close", "open_edit", "open_bans"})


def test_a_room_needs_a_name() -> None:
    state, done = update(in_plans(), events.RenamedRoom(" ", "topic"))

    assert done == []
    assert shown(state).parts[0] == Note("Give the room a name", is_fault=True)


def test_who_is_in_it_is_counted_in_the_header_once_it_is_known() -> None:
    assert header_line(PLANS, None) == "Channel, open to all"
    one = client.RoomDetail(structs.replace(PLANS, topic="next week"), "", ANN.id, NOON, 1)
    assert header_line(one.room, one) == "1 person · next week"
    assert header_line(one.room, structs.replace(one, members=7)) == "7 people · next week"


def test_the_page_of_a_direct_room_tells_who_the_other_is() -> None:
    bob = structs.replace(BOB, about="in the garden")
    state = signed_in(talks={DIRECT.id: Talk(DIRECT)}, opened=DIRECT.id, people={BOB.id: bob})

    state = after(state, events.OpenedPage(Dialog.ROOM))

    assert shown(state).parts[0] == Row("room", "bob", "@bob · in the garden", avatar=DIRECT.id)
    assert "block_person" in names(state)


def test_the_number_of_people_is_read_again_when_somebody_comes() -> None:
    came = client.NoticeShown(PLANS.id, 1, 1, NOON, BOB.id, "joined", BOB.id)

    assert effects.LoadDetail(PLANS.id) in asked(in_plans(), events.Happened(came, NOON))


def test_a_room_that_is_left_takes_its_page_with_it() -> None:
    state, done = update(in_plans(), events.PressedLeave())

    assert (state.dialog, done) == (Dialog.NONE, [effects.Leave(PLANS.id)])


def test_a_room_is_closed_only_after_a_question() -> None:
    state = after(in_plans(), events.OpenedPage(Dialog.CLOSE_ROOM))
    assert names(state) == {"close_room"}

    state, done = update(state, events.ClosedForAll())

    assert (state.dialog, done) == (Dialog.NONE, [effects.CloseRoom(PLANS.id)])


# --- who is in it --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mine", "theirs", "does"),
    [
        ("owner", "member", ["Make admin", "Remove", "Ban"]),
        ("owner", "admin", ["Make member", "Hand over", "Remove", "Ban"]),
        ("owner", "owner", []),
        ("admin", "member", ["Remove", "Ban"]),
        ("admin", "admin", []),
        ("member", "member", []),
    ],
)
def test_what_may_be_done_to_a_member_depends_on_both_roles(
    mine: Role, theirs: Role, does: list[str]
) -> None:
    state = in_plans(mine, page=Dialog.MEMBERS)

    state = after(state, events.GotMembers(PLANS.id, (client.Member(BOB, theirs, NOON),)))

    [row] = [part for part in shown(state).parts if isinstance(part, Row)]
    assert [button.label for button in row.does] == does


def test_a_user_name_must_be_given_to_add_somebody() -> None:
    state, done = update(in_plans(page=Dialog.MEMBERS), events.AddedMember(" "))

    assert (done, state.notice) == ([], "Give a user name")
    assert asked(in_plans(), events.AddedMember(" bob")) == [effects.AddMember(PLANS.id, "bob")]


def test_a_ban_can_be_lifted() -> None:
    banned = client.BannedPerson(BOB, ANN.id, NOON)

    state = after(in_plans(page=Dialog.BANS), events.GotBans(PLANS.id, (banned,)))

    assert shown(state).parts == (
        Row(
            BOB.id,
            "bob",
            f"by Ann, {day_name(moment(NOON, None).date(), TODAY)}",
            BOB.id,
            does=(Button("Lift", events.LiftedBan(BOB.id), f"lift_{BOB.id}"),),
        ),
    )
    assert asked(state, events.LiftedBan(BOB.id)) == [effects.Unban(PLANS.id, BOB.id)]


def test_where_nobody_is_banned_the_page_says_so() -> None:
    state = after(in_plans(page=Dialog.BANS), events.GotBans(PLANS.id, ()))

    assert shown(state).parts == (Note("Nobody is banned"),)


def test_what_is_told_of_another_room_is_not_shown() -> None:
    state = after(in_plans(page=Dialog.INVITES), events.GotInvites(LOBBY.id, (INVITE,)))

    assert state.pages.invites is None


def test_an_invitation_can_be_copied_and_revoked() -> None:
    state = after(in_plans(page=Dialog.INVITES), events.GotInvites(PLANS.id, (INVITE,)))

    [row] = [part for part in shown(state).parts if isinstance(part, Row)]
    assert [each.label for each in row.does] == ["Copy", "Revoke"]
    assert asked(state, events.RevokedInvite("code")) == [effects.RevokeInvite(PLANS.id, "code")]


def test_an_invitation_is_used_without_the_spaces_around_it() -> None:
    assert asked(signed_in(), events.UsedInvite(" code\n")) == [effects.UseInvite("code")]
    assert asked(signed_in(), events.UsedInvite(" ")) == []


# --- days ----------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["2026-11-03", " 3.11.2026", "03.11.2026 "])
def test_a_day_is_gone_to_from_its_first_minute(typed: str) -> None:
    state, done = update(in_plans(page=Dialog.DATE), events.TypedDate(typed))

    [load] = done
    assert isinstance(load, effects.LoadHistory)
    begin = datetime(2026, 11, 3).astimezone().timestamp() * 1000
    assert getattr(load.place, "time", None) == begin
    assert state.dialog is Dialog.NONE


@pytest.mark.parametrize("typed", ["", "yesterday", "2026-13-01", "31.2.2026", "0001-01-01"])
def test_what_is_no_day_is_said(typed: str) -> None:
    state, done = update(in_plans(page=Dialog.DATE), events.TypedDate(typed))

    assert done == []
    assert state.notice == "Give a day such as 2026-11-23 or 23.11.2026"


def test_the_first_message_of_the_day_is_shown_once_its_page_has_come() -> None:
    state = replace(in_plans(), sought_day=NOON + 2_500)
    before, of_the_day = said(2, room=PLANS), said(3, room=PLANS)
    around = client.HistoryPage(PLANS.id, 1, (before, of_the_day), 2, 3, False)

    state = after(state, events.GotHistory(around, At(NOON + 2_500)))

    assert (state.found, state.sought_day) == (of_the_day.target, None)


def test_a_day_after_everything_shows_the_last_message() -> None:
    state = replace(in_plans(), sought_day=NOON + 9_000)
    around = client.HistoryPage(PLANS.id, 1, (said(2, room=PLANS),), 2, 2, False)

    state = after(state, events.GotHistory(around, At(NOON + 9_000)))

    assert state.found == said(2).target


def test_a_page_of_another_room_is_not_the_day_that_was_gone_to() -> None:
    state = replace(in_plans(), sought_day=NOON)
    around = client.HistoryPage(LOBBY.id, 1, (said(2),), 2, 2, False)

    state = after(state, events.GotHistory(around, At(NOON)))

    assert (state.found, state.sought_day) == (None, NOON)


# --- without a connection ------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        events.Banned(BOB.id),
        events.SetHowIHaveIt(muted=True),
        events.PressedLeave(),
        events.UsedInvite("code"),
        events.EditedProfile("Anna", "", ""),
        events.TypedPasswords("old", "new", "new"),
    ],
)
def test_what_would_be_done_only_later_is_not_done_without_a_connection(
    event: events.Event,
) -> None:
    state, done = update(replace(in_plans(), link=Link(reason="it is gone")), event)

    assert done == []
    assert state.notice == "That needs a connection to the server, and there is none now"


def test_messages_are_written_without_a_connection() -> None:
    state = replace(in_plans(), link=Link(reason="it is gone"))

    assert effects.Post(PLANS.id, "hi") in asked(state, events.PressedSend("hi"))


def test_a_list_says_that_it_comes_with_the_connection() -> None:
    state = replace(in_plans(page=Dialog.PINS), link=Link(reason="it is gone"))

    assert shown(state).parts == (Note("This comes once there is a connection"),)


# --- the list ------------------------------------------------------------------------------

GROUP = client.Room("group", "group", "Group", "member")


def four_rooms(shown: Shown, **changes: object) -> State:
    """Four rooms, of which the group has something unread."""
    talks = [Talk(LOBBY), Talk(PLANS), Talk(DIRECT), Talk(GROUP, standing=Standing(0, 2))]
    state = signed_in(talks={talk.room.id: talk for talk in talks}, opened=None)
    return after(replace(state, **changes), events.ChoseFilter(shown))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("filter", "left"),
    [
        ("all", {"lobby", "plans", "direct", "group"}),
        ("unread", {"group"}),
        ("direct", {"direct"}),
        ("groups", {"group"}),
        ("channels", {"lobby", "plans"}),
    ],
)
def test_a_filter_leaves_rooms_of_its_kind(filter: Shown, left: set[str]) -> None:
    assert {talk.room.id for talk in listed(four_rooms(filter))} == left


def test_the_open_room_stays_among_the_unread_ones() -> None:
    state = four_rooms("unread", opened=PLANS.id)

    assert {talk.room.id for talk in listed(state)} == {"plans", "group"}


def test_who_searches_by_name_searches_all_rooms() -> None:
    state = four_rooms("groups", filter=" PLA")

    assert [talk.room.id for talk in listed(state)] == ["plans"]


def test_pinned_rooms_come_first_and_then_the_latest() -> None:
    old, new = Talk(LOBBY, (said(1),)), Talk(PLANS, (said(9, room=PLANS),))
    pinned = Talk(structs.replace(GROUP, pinned=True))
    talks = {talk.room.id: talk for talk in (old, new, pinned)}

    order = [talk.room.id for talk in listed(signed_in(talks=talks))]

    assert order == ["group", "plans", "lobby"]


def test_a_click_on_a_filter_chooses_it() -> None:
    placed = place_filters(360, METRICS)

    for each in placed:
        assert filter_at(placed, each.x + 3, each.y + 3) == each.shown
    assert filter_at(placed, 359.9, 10) is None


@pytest.mark.parametrize("width", [130, 240, 380])
def test_every_filter_stands_within_the_list_however_narrow_it_is(width: float) -> None:
    placed = place_filters(width, METRICS)

    assert [each.shown for each in placed] == ["all", "unread", "direct", "groups", "channels"]
    assert all(each.x + each.width <= width for each in placed)
    assert filters_height(placed) > placed[-1].y
    assert len({(each.x, each.y) for each in placed}) == len(placed)


# --- unread --------------------------------------------------------------------------------


def test_a_room_that_is_marked_as_unread_is_closed_since_who_looks_has_seen_it() -> None:
    state, done = update(signed_in(), events.MarkedUnread(LOBBY.id, True, "half"))

    assert (state.opened, done[-1]) == (None, effects.MarkUnread(LOBBY.id, on=True))
    assert state.drafts == {LOBBY.id: "half"}


def test_another_room_is_marked_as_unread_without_leaving_this_one() -> None:
    state, done = update(in_plans(), events.MarkedUnread(LOBBY.id, True, "half"))

    assert (state.opened, done) == (PLANS.id, [effects.MarkUnread(LOBBY.id, on=True)])


def test_a_room_that_is_marked_as_read_has_nothing_unread() -> None:
    state = signed_in(talks={LOBBY.id: Talk(LOBBY, standing=Standing(3, 5, 1))}, opened=None)

    state, done = update(state, events.MarkedUnread(LOBBY.id, False))

    assert state.talks[LOBBY.id].standing == Standing(3)
    assert done == [effects.MarkRead(LOBBY.id, was_marked=True)]
