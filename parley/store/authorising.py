"""The refusal that meets whoever may not do something in a room.

Owns: which one it is, so that nobody learns of a room that they may not see.
Never: the table itself (`parley.domain.permissions`).
"""

from parley.domain.permissions import TABLE, Action, may
from parley.protocol.commands import Role, RoomKind
from parley.protocol.refusals import NotAllowed, NotAMember, UnknownRoom


def require(action: Action, room_id: str, kind: RoomKind, role: Role | None) -> None:
    """Raise UnknownRoom, NotAMember or NotAllowed, unless somebody of that role may."""
    if may(action, role, kind):
        return
    if not may(Action.VIEW, role, kind):
        raise UnknownRoom(room_id)
    if role is None:
        raise NotAMember(room_id)
    raise NotAllowed(room_id, action.value)


def require_possible(action: Action, room_id: str, kind: RoomKind) -> None:
    """Raise NotAllowed for what nobody does in such a room, not even the server's operator."""
    if not TABLE[action][kind]:
        raise NotAllowed(room_id, action.value)
