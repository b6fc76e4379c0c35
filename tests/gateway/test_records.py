"""What concerns the safety of an account or a room is written down."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.service import Gateway
from parley.protocol.commands import (
    AnyCommand,
    Ban,
    CloseRoom,
    CreateRoom,
    RemoveMember,
    RevokeOtherSessions,
    RevokeSession,
    Room,
    SetRole,
    SignOut,
    TransferOwnership,
    Unban,
)
from parley.protocol.events import Error
from parley.store.errors import StoreUnavailable
from tests.gateway.parts import client, identity
from tests.recovery.ground import Ground, session_of

ANN, BOB = identity("ann").person.id, identity("bob").person.id
ROOM = "room00001"  # stands for the room that the test makes


@pytest.mark.parametrize(
    ("command", "event", "subject"),
    [
        (SetRole(ref=0, room=ROOM, person=BOB, role="admin"), "role_changed", BOB),
        (TransferOwnership(ref=0, room=ROOM, person=BOB), "ownership_transferred", BOB),
        (RemoveMember(ref=0, room=ROOM, person=BOB), "member_removed", BOB),
        (Ban(ref=0, room=ROOM, person=BOB), "member_banned", BOB),
        (Unban(ref=0, room=ROOM, person=BOB), "member_unbanned", BOB),
        (CloseRoom(ref=0, room=ROOM), "room_closed", None),
        (RevokeSession(ref=0, session=session_of("ann").id), "session_revoked", ANN),
        (RevokeOtherSessions(ref=0), "sessions_revoked", ANN),
        (SignOut(ref=0), "signed_out", ANN),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_is_done_is_written_down(
    gateway: Gateway, ground: Ground, command: AnyCommand, event: str, subject: str | None
) -> None:
    ann = await client(gateway, "ann")
    room: Room = await ann.ask(CreateRoom(ref=0, name="Garden", members=[BOB]))

    answer = await ann.ask(in_room(command, room.id))

    assert not isinstance(answer, Error), answer
    (row,) = [row for row in await ground.directory.audit(limit=10) if row.event == event]
    assert (row.actor, row.subject) == (ANN, subject or room.id)


async def test_what_is_done_stays_done_if_it_cannot_be_written_down(
    gateway: Gateway, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("it is away")

    monkeypatch.setattr(ground.directory, "record", away)
    ann = await client(gateway, "ann")
    room: Room = await ann.ask(CreateRoom(ref=0, name="Garden", members=[BOB]))

    answer = await ann.ask(Ban(ref=0, room=room.id, person=BOB))

    assert isinstance(answer, Room)


def in_room(command: AnyCommand, room: str) -> AnyCommand:
    """The command, about the room that was made."""
    return replace(command, room=room) if hasattr(command, "room") else command
