"""Who may read and say something in a room.

Owns: the questions that are asked before anything is read or appended. Changes are authorised
by the store, inside their transactions; both look into the one table in
`parley.domain.permissions`.
Never: the table itself.
"""

from parley.domain.permissions import Action, may
from parley.protocol.refusals import NotAllowed, NotAMember, Refusal, UnknownRoom
from parley.store.api import Directory
from parley.store.records import Membership


async def authorise(directory: Directory, account: str, room: str, action: Action) -> Membership:
    """Return the membership under which somebody may do it.

    Raises UnknownRoom, NotAMember, NotAllowed.
    """
    held = await directory.membership(account, room)
    if held is None:
        raise await no_member(directory, account, room)
    if not may(action, held.role, held.kind, read_only=held.read_only):
        raise NotAllowed(room, action.value)
    return held


async def no_member(directory: Directory, account: str, room: str) -> Refusal:
    """Return what is told to somebody who is not in a room: no more than they may know."""
    seen = await directory.room(account, room)
    return UnknownRoom(room) if seen is None else NotAMember(room)
