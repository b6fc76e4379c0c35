"""The pages about the open room.

Owns: what stands on them, and which parts somebody of one's role is shown.
Never: what the server allows: it decides again.
"""

from datetime import date

from desktop_client.layout.words import called, day_name, header_line, moment, name_of, one_line
from desktop_client.pages.parts import (
    Button,
    Choice,
    Copy,
    Field,
    Heading,
    Note,
    Page,
    Part,
    Row,
    Submit,
    coming,
)
from desktop_client.state.model import Dialog, State
from desktop_client.state.talk import Talk
from desktop_client.update.events import (
    AddedMember,
    Banned,
    ChosePerson,
    ClosedForAll,
    GaveRole,
    HandedOver,
    LiftedBan,
    MadeInvite,
    MarkedUnread,
    OpenedPage,
    PressedBlock,
    PressedLeave,
    RemovedMember,
    RenamedRoom,
    RevokedInvite,
    SetHowIHaveIt,
    SetReadOnly,
    TypedDate,
)
from parley.client import Invite, Member, Room
from parley.domain.permissions import Action, may, may_act_on
from parley.protocol.ids import LOBBY
from parley.protocol.shapes import Notify, Role

_BACK = OpenedPage(Dialog.ROOM)
_DAY_MS = 24 * 60 * 60 * 1000
_NOTIFY: dict[Notify, str] = {
    "all": "Tell me of every message",
    "mentions": "Tell me when I am named",
    "nothing": "Tell me of nothing",
}
_ROLES: dict[Role, str] = {"owner": "owner", "admin": "admin", "member": ""}


def room(state: State, talk: Talk) -> Page:
    """Return the room's own page."""
    here = talk.room
    other = state.people.get(here.other or "")
    below = header_line(here, state.details.get(here.id)) if other is None else called(other)
    parts: list[Part] = [
        Row("room", one_line(here.name) or here.id, below, avatar=here.id),
        *_mine(state, here),
        Heading("In this room"),
        Button("Who is in it", OpenedPage(Dialog.MEMBERS), "open_members", icon="users"),
        Button("Pinned messages", OpenedPage(Dialog.PINS), "open_pins", icon="pin"),
        Button("Go to a day", OpenedPage(Dialog.DATE), "open_date", icon="calendar-days"),
    ]
    if _may(Action.INVITE, here):
        parts.append(
            Button("Invitations", OpenedPage(Dialog.INVITES), "open_invites", icon="ticket")
        )
    if _may(Action.BAN, here) and here.id != LOBBY:
        parts.append(Button("Banned people", OpenedPage(Dialog.BANS), "open_bans", icon="ban"))
    return Page("About this room", (*parts, *_whole(state, here)))


def _mine(state: State, here: Room) -> list[Part]:
    """How one has the room oneself."""
    is_muted = here.muted_until > state.now
    return [
        Choice(
            "notify_room",
            tuple((words, SetHowIHaveIt(notify=way)) for way, words in _NOTIFY.items()),
            _NOTIFY[here.notify],
        ),
        Button(
            "Unmute" if is_muted else "Mute",
            SetHowIHaveIt(muted=not is_muted),
            "mute_room",
            icon="bell" if is_muted else "bell-off",
        ),
        Button(
            "Do not keep it at the top" if here.pinned else "Keep it at the top of the list",
            SetHowIHaveIt(pinned=not here.pinned),
            "pin_room",
            icon="arrow-up-to-line",
        ),
        Button("Mark as unread", MarkedUnread(here.id, True), "mark_unread", icon="mail"),
    ]


def _whole(state: State, here: Room) -> list[Part]:
    """What changes the room for everybody, and what ends it for oneself."""
    parts: list[Part] = []
    if _may(Action.EDIT, here) and here.id != LOBBY:
        parts.append(
            Button("Name and topic", OpenedPage(Dialog.EDIT_ROOM), "open_edit", icon="pencil")
        )
    if _may(Action.SET_READ_ONLY, here):
        words = "Let everyone write" if here.read_only else "Let only owners and admins write"
        parts.append(Button(words, SetReadOnly(not here.read_only), "read_only", icon="megaphone"))
    if here.other is not None and here.other != state.my_id:
        is_blocked = here.other in state.blocked
        words = "Unblock" if is_blocked else "Block"
        parts.append(Button(words, PressedBlock(is_blocked), "block_person", icon="user-x"))
    if _may(Action.LEAVE, here) and here.id != LOBBY:
        parts.append(Button("Leave this room", PressedLeave(), "leave_room", icon="log-out"))
    if _may(Action.CLOSE, here) and here.id != LOBBY:
        words = "Close it for everybody …"
        parts.append(Button(words, OpenedPage(Dialog.CLOSE_ROOM), "open_close", icon="trash-2"))
    return parts


def edit(talk: Talk) -> Page:
    """Return the page that changes what the room is called and what it is about."""
    here, fields = talk.room, ("edit_name", "edit_topic")
    return Page(
        "Name and topic",
        (
            Field("edit_name", "Name", here.name),
            Field("edit_topic", "Topic", here.topic),
            Submit("Change them for everybody", RenamedRoom, fields, "save_room"),
        ),
        _BACK,
    )


def members(state: State, talk: Talk) -> Page:
    """Return the page of those who are in the room."""
    here, parts = talk.room, list[Part]()
    if _may(Action.ADD_MEMBERS, here) and here.id != LOBBY:
        parts += [
            Field("added_name", "Add by user name"),
            Submit("Add", AddedMember, ("added_name",), "add_member"),
        ]
    if state.members is None:
        parts.append(coming(online=state.link.online))
    parts += [_member(each, state, here) for each in state.members or ()]
    return Page("Who is in it", tuple(parts), _BACK)


def _member(member: Member, state: State, here: Room) -> Row:
    person, role = member.person, _ROLES[member.role]
    name = name_of(person.id, {**state.people, person.id: person})
    below = f"{role} · {called(person)}" if role else called(person)
    does = _done_to(member, state, here)
    chat = None if person.id == state.my_id else ChosePerson(person.id)
    return Row(person.id, name, below, avatar=person.id, emits=chat, does=does)


def _done_to(member: Member, state: State, here: Room) -> tuple[Button, ...]:
    """Return what somebody of one's role may do to a member."""
    id = member.person.id
    is_below = id != state.my_id and may_act_on(here.role, member.role)
    if not is_below or here.id == LOBBY:
        return ()
    does = []
    if _may(Action.SET_ROLE, here):
        to: Role = "member" if member.role == "admin" else "admin"
        does.append(Button(f"Make {to}", GaveRole(id, to), f"role_{id}"))
    if _may(Action.TRANSFER, here) and member.role == "admin":
        does.append(Button("Hand over", HandedOver(id), f"own_{id}"))
    if _may(Action.REMOVE_MEMBER, here):
        does.append(Button("Remove", RemovedMember(id), f"remove_{id}"))
    if _may(Action.BAN, here):
        does.append(Button("Ban", Banned(id), f"ban_{id}"))
    return tuple(does)


def invites(state: State) -> Page:
    """Return the page of the invitations to the room."""
    parts: list[Part] = [
        Note("Whoever has the code may come in: give it only to those whom you mean."),
        Button("Make one for a week", MadeInvite(7 * _DAY_MS), "make_invite", is_main=True),
        Button("Make one without an end", MadeInvite(0), "make_lasting_invite"),
    ]
    known = state.pages.invites
    if known is None:
        parts.append(coming(online=state.link.online))
    elif not known:
        parts.append(Note("There is none now"))
    parts += [_invite(each, state) for each in known or ()]
    return Page("Invitations", tuple(parts), _BACK)


def _invite(invite: Invite, state: State) -> Row:
    until = "for good"
    if invite.expires_at:
        end = moment(invite.expires_at, None)
        until = f"until {end.day} {end:%B}, {end:%H:%M}"
    left = "" if invite.uses_left is None else f" · {invite.uses_left} times more"
    below = f"{until}{left} · by {name_of(invite.made_by, state.people)}"
    revoke = Button("Revoke", RevokedInvite(invite.code), f"revoke_{invite.code}")
    return Row(invite.code, invite.code, below, does=(Copy("Copy", invite.code), revoke))


def bans(state: State, today: date) -> Page:
    """Return the page of those who may not come in."""
    known = state.pages.bans
    if known is None:
        return Page("Banned people", (coming(online=state.link.online),), _BACK)
    rows = [
        Row(
            each.person.id,
            name_of(each.person.id, {**state.people, each.person.id: each.person}),
            f"by {name_of(each.by, state.people)},"
            f" {day_name(moment(each.time, None).date(), today)}",
            avatar=each.person.id,
            does=(Button("Lift", LiftedBan(each.person.id), f"lift_{each.person.id}"),),
        )
        for each in known
    ]
    return Page("Banned people", tuple(rows) or (Note("Nobody is banned"),), _BACK)


def close(talk: Talk) -> Page:
    """Return the page that asks whether the room is really to be closed."""
    name = one_line(talk.room.name)
    words = f"{name} ends for everybody, for good. Nobody can read it or write there any more."
    return Page(
        "Close this room",
        (Note(words), Button("Close it for everybody", ClosedForAll(), "close_room", is_main=True)),
        _BACK,
    )


def day(today: date) -> Page:
    """Return the page that asks for a day."""
    return Page(
        "Go to a day",
        (
            Field("day", f"The day, such as {today.isoformat()}"),
            Submit("Go", TypedDate, ("day",), "go_to_day"),
        ),
        _BACK,
    )


def _may(action: Action, here: Room) -> bool:
    return may(action, here.role, here.kind)
