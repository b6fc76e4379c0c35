"""Who may do what in a room: the whole table, written down a second time."""

import re
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from parley.domain.permissions import TABLE, Action, may, may_act_on, rank
from parley.protocol.commands import Role, RoomKind

KINDS: tuple[RoomKind, ...] = get_args(RoomKind)
ROLES: tuple[Role | None, ...] = (*get_args(Role), None)

# Who may, in a direct room, a group and a channel: o(wner), a(dmin), m(ember), s(tranger).
ALLOWED = {
    Action.VIEW: ("oam", "oam", "oams"),
    Action.READ: ("oam", "oam", "oam"),
    Action.SEND: ("oam", "oam", "oam"),
    Action.REACT: ("oam", "oam", "oam"),
    Action.MENTION_ALL: ("oam", "oam", "oa"),
    Action.PIN: ("oam", "oam", "oa"),
    Action.DELETE_OTHERS: ("", "oa", "oa"),
    Action.JOIN: ("", "", "oams"),
    Action.LEAVE: ("", "oam", "oam"),
    Action.LIST_MEMBERS: ("oam", "oam", "oam"),
    Action.SET_PREFERENCES: ("oam", "oam", "oam"),
    Action.ADD_MEMBERS: ("", "oa", "oa"),
    Action.REMOVE_MEMBER: ("", "oa", "oa"),
    Action.BAN: ("", "oa", "oa"),
    Action.INVITE: ("", "oa", "oa"),
    Action.EDIT: ("", "oa", "oa"),
    Action.SET_READ_ONLY: ("", "", "oa"),
    Action.SET_ROLE: ("", "o", "o"),
    Action.TRANSFER: ("", "o", "o"),
    Action.CLOSE: ("", "o", "o"),
}


def letter(role: Role | None) -> str:
    return "s" if role is None else role[0]


def test_the_table_says_of_every_action_in_every_kind_of_room_who_may() -> None:
    assert list(TABLE) == list(Action) == list(ALLOWED)
    assert all(set(row) == set(KINDS) for row in TABLE.values())


@pytest.mark.parametrize("action", Action, ids=lambda action: action.name.lower())
def test_who_may_do_it_is_as_documented(action: Action) -> None:
    by_kind = dict(zip(("direct", "group", "channel"), ALLOWED[action], strict=True))

    for kind, role in product(KINDS, ROLES):
        assert may(action, role, kind) == (letter(role) in by_kind[kind]), (kind, role)


@pytest.mark.parametrize("role", ROLES)
def test_where_it_is_read_only_those_who_run_it_speak_and_nothing_else_is_different(
    role: Role | None,
) -> None:
    assert may(Action.SEND, role, "channel", read_only=True) == (role in ("owner", "admin"))
    for action in set(Action) - {Action.SEND}:
        assert may(action, role, "channel", read_only=True) == may(action, role, "channel")


def test_nobody_acts_on_their_equals_or_betters() -> None:
    acts_on = {(a, b) for a, b in product(ROLES, ROLES) if may_act_on(a, b)}

    assert acts_on == {
        ("owner", "admin"),
        ("owner", "member"),
        ("owner", None),
        ("admin", "member"),
        ("admin", None),
        ("member", None),
    }


def test_who_ranks_above_may_do_all_that_those_below_may() -> None:
    for action, kind in product(Action, KINDS):
        may_by_rank = [may(action, role, kind) for role in sorted(ROLES, key=rank)]
        assert may_by_rank == sorted(may_by_rank), (action, kind)


# --- the page ------------------------------------------------------------------------------

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
WORDS = {
    "nobody": "",
    "by invitation": "",
    "owners": "o",
    "owners and admins": "oa",
    "members": "oam",
    "members; where it is read-only, owners and admins": "oam",
    "everyone": "oams",
}
ROWS = {
    "see the room and its name": [Action.VIEW],
    "read, list members, keep own preferences": [
        Action.READ,
        Action.LIST_MEMBERS,
        Action.SET_PREFERENCES,
    ],
    "say something, edit it": [Action.SEND],
    "react": [Action.REACT],
    "name all at once, with `@all`": [Action.MENTION_ALL],
    "pin": [Action.PIN],
    "delete what others have said": [Action.DELETE_OTHERS],
    "join": [Action.JOIN],
    "leave": [Action.LEAVE],
    "add, remove, ban; edit; invite": [
        Action.ADD_MEMBERS,
        Action.REMOVE_MEMBER,
        Action.BAN,
        Action.EDIT,
        Action.INVITE,
    ],
    "make read-only": [Action.SET_READ_ONLY],
    "give roles, transfer, close": [Action.SET_ROLE, Action.TRANSFER, Action.CLOSE],
}


def test_the_page_for_those_who_write_clients_says_the_same() -> None:
    (body,) = re.findall(
        r"^\| action \| direct \| group \| channel \|\n\|[ |-]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE
    )
    told = {}
    for line in body.splitlines():
        words, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        for action in ROWS[words]:
            told[action] = tuple(WORDS[cell] for cell in cells)

    assert told == ALLOWED
