"""Who may do what in a room.

Owns: the one table of actions, roles and kinds of room; and who may act on whom.
Never: who has which role; the store knows, and asks here inside the transaction of a change.

Who is in no room, or no longer in it, reads nothing of it: neither what is said now nor what was
said while they were there. The history is the room's; what a device has kept is its owner's.
"""

from enum import StrEnum

from parley.protocol.commands import Role, RoomKind


class Action(StrEnum):
    """Something that somebody does in a room; the value completes "you may not ..."."""

    VIEW = "see it"
    READ = "read it"
    SEND = "say something"
    REACT = "react to what was said"
    MENTION_ALL = "name everyone who is in it"
    PIN = "pin what was said"
    DELETE_OTHERS = "delete what others have said"
    JOIN = "join it"
    LEAVE = "leave it"
    LIST_MEMBERS = "list who is in it"
    SET_PREFERENCES = "set how you have it"
    ADD_MEMBERS = "add people"
    REMOVE_MEMBER = "remove this person"
    BAN = "ban people, or see and lift bans"
    INVITE = "invite people, or see and revoke invitations"
    EDIT = "change its name, topic or description"
    SET_READ_ONLY = "make it read-only or writable"
    SET_ROLE = "give this role"
    TRANSFER = "hand it over"
    CLOSE = "close it"


_Roles = frozenset[Role | None]
_NOBODY: _Roles = frozenset()
_OWNERS: _Roles = frozenset({"owner"})
_ADMINS: _Roles = _OWNERS | {"admin"}
_MEMBERS: _Roles = _ADMINS | {"member"}
_EVERYONE: _Roles = _MEMBERS | {None}

TABLE: dict[Action, dict[RoomKind, _Roles]] = {
    action: {"direct": direct, "group": group, "channel": channel}
    for action, direct, group, channel in (
        (Action.VIEW, _MEMBERS, _MEMBERS, _EVERYONE),
        (Action.READ, _MEMBERS, _MEMBERS, _MEMBERS),
        (Action.SEND, _MEMBERS, _MEMBERS, _MEMBERS),
        (Action.REACT, _MEMBERS, _MEMBERS, _MEMBERS),
        (Action.MENTION_ALL, _MEMBERS, _MEMBERS, _ADMINS),
        (Action.PIN, _MEMBERS, _MEMBERS, _ADMINS),
        (Action.DELETE_OTHERS, _NOBODY, _ADMINS, _ADMINS),
        (Action.JOIN, _NOBODY, _NOBODY, _EVERYONE),
        (Action.LEAVE, _NOBODY, _MEMBERS, _MEMBERS),
        (Action.LIST_MEMBERS, _MEMBERS, _MEMBERS, _MEMBERS),
        (Action.SET_PREFERENCES, _MEMBERS, _MEMBERS, _MEMBERS),
        (Action.ADD_MEMBERS, _NOBODY, _ADMINS, _ADMINS),
        (Action.REMOVE_MEMBER, _NOBODY, _ADMINS, _ADMINS),
        (Action.BAN, _NOBODY, _ADMINS, _ADMINS),
        (Action.INVITE, _NOBODY, _ADMINS, _ADMINS),
        (Action.EDIT, _NOBODY, _ADMINS, _ADMINS),
        (Action.SET_READ_ONLY, _NOBODY, _NOBODY, _ADMINS),
        (Action.SET_ROLE, _NOBODY, _OWNERS, _OWNERS),
        (Action.TRANSFER, _NOBODY, _OWNERS, _OWNERS),
        (Action.CLOSE, _NOBODY, _OWNERS, _OWNERS),
    )
}
"""Those who may, by action and kind of room; None stands for who is not in the room."""

_RANK: dict[Role | None, int] = {None: 0, "member": 1, "admin": 2, "owner": 3}


def may(action: Action, role: Role | None, kind: RoomKind, *, read_only: bool = False) -> bool:
    """Return whether somebody of that role (None: not in the room) may do it."""
    if action is Action.SEND and read_only:
        return role in _ADMINS
    return role in TABLE[action][kind]


def may_act_on(role: Role | None, other: Role | None) -> bool:
    """Return whether the one ranks above the other, and so may remove, ban, raise or lower them."""
    return rank(role) > rank(other)


def rank(role: Role | None) -> int:
    """Return the role's place: the higher one may do all that the lower one may."""
    return _RANK[role]
