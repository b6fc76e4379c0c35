"""What was changed elsewhere reaches the connections here."""

from __future__ import annotations

import pytest

from gateway import watching
from gateway.service import Gateway
from parley.protocol.commands import CreateRoom, Room
from parley.protocol.events import DirectoryChanged, RoomLost
from tests.gateway.parts import Client, client, identity
from tests.recovery.ground import Ground
from tests.store.samples import change, cmid

HOUR_MS = 3_600_000
ANN = identity("ann").person.id
BOB = identity("bob").person.id


@pytest.fixture
async def ann(gateway: Gateway) -> Client:
    return await client(gateway, "ann")


@pytest.fixture
async def bob(gateway: Gateway, ground: Ground, ann: Client) -> Client:
    """Bob, who follows a room from which he was removed while the database's clock was wrong."""
    room: Room = await ann.ask(CreateRoom(ref=0, name="Garden"))
    await ground.directory.join(BOB, room.id, cmid(1))
    bob = await client(gateway, "bob")
    await bob.resume(room.id)
    await gateway._watch.look()
    await gateway._watch.go_round()
    ground.clock.now -= HOUR_MS
    await ground.directory.remove_member(ANN, room.id, BOB, cmid(2))
    ground.clock.now += HOUR_MS
    return bob


async def test_what_was_changed_lately_is_found_within_a_second(
    gateway: Gateway, ground: Ground, ann: Client
) -> None:
    await ground.directory.revoke_session(identity("ann").session)

    await gateway._watch.look()

    assert ann.peer.closed is not None


async def test_a_change_that_a_wrong_clock_hides_is_found_by_the_round(
    gateway: Gateway, bob: Client
) -> None:
    await gateway._watch.look()
    assert bob.heard(RoomLost) == []

    await gateway._watch.go_round()

    assert len(bob.heard(RoomLost)) == 1


async def test_a_session_whose_end_a_wrong_clock_hides_is_ended_by_the_round(
    gateway: Gateway, ground: Ground, ann: Client, bob: Client
) -> None:
    session = identity("ann").session
    await change(ground.database, "UPDATE sessions SET revoked_at = 1 WHERE id = :id", id=session)
    await gateway._watch.look()
    assert ann.peer.closed is None

    await gateway._watch.go_round()

    assert ann.peer.closed is not None
    assert bob.peer.closed is None


async def test_who_has_heard_of_a_change_is_not_told_again(gateway: Gateway, bob: Client) -> None:
    await gateway._watch.go_round()
    told = len(bob.heard(DirectoryChanged))

    await gateway._watch.look()
    await gateway._watch.go_round()

    assert len(bob.heard(DirectoryChanged)) == told


async def test_a_round_reaches_everybody_portion_by_portion(
    gateway: Gateway, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_PORTION", 2)
    monkeypatch.setattr(watching, "_SPREAD_SECONDS", 0.0)
    names = [f"person{number}" for number in range(5)]
    await ground.sign_up(*names)
    present = [await client(gateway, name) for name in names]
    await change(ground.database, "UPDATE sessions SET revoked_at = 1")

    await gateway._watch.go_round()

    assert all(each.peer.closed is not None for each in present)
