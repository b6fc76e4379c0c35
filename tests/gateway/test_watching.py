"""What was changed elsewhere reaches the connections here."""

from __future__ import annotations

import asyncio

import pytest

from gateway import watching
from gateway.service import Gateway
from parley.protocol.commands import CreateRoom, Room
from parley.protocol.events import DirectoryChanged, PeopleChanged, RoomLost
from parley.store.errors import StoreUnavailable
from parley.store.records import Membership, Profile
from tests.gateway.parts import Client, client, identity
from tests.recovery.ground import Ground
from tests.store.samples import change, cmid

HOUR_MS = 3_600_000
# No test waits as long as this, unless it has failed.
PATIENCE = 10.0
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


async def test_who_came_in_while_their_account_was_shut_out_is_ended_as_well(
    gateway: Gateway, ground: Ground, ann: Client, bob: Client
) -> None:
    """Their session is newer than the end of all the others."""
    stamp = "UPDATE accounts SET disabled_at = :now WHERE id = :id"
    await change(ground.database, stamp, now=ground.clock.now, id=ANN)

    await gateway._watch.look()

    assert ann.peer.closed is not None
    assert bob.peer.closed is None


async def test_what_was_changed_while_the_database_could_not_be_asked_is_found_afterwards(
    gateway: Gateway, ground: Ground, ann: Client
) -> None:
    await ground.directory.revoke_session(identity("ann").session)
    minute = 60
    ground.clock.now += minute * 1000
    gateway._watch._asked -= minute

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


CHANGE = "UPDATE accounts SET directory_version = directory_version + 1"


async def test_who_has_just_come_need_not_look_again(gateway: Gateway, ann: Client) -> None:
    await gateway._watch.go_round()

    assert ann.heard(DirectoryChanged) == []


async def test_what_changes_after_somebody_has_come_is_told(
    gateway: Gateway, ground: Ground, ann: Client
) -> None:
    await change(ground.database, CHANGE)

    await gateway._watch.go_round()

    assert len(ann.heard(DirectoryChanged)) == 1


async def test_a_device_that_comes_after_a_change_leaves_it_to_be_told_to_the_others(
    gateway: Gateway, ground: Ground, ann: Client
) -> None:
    await change(ground.database, CHANGE)
    await client(gateway, "ann")

    await gateway._watch.go_round()

    assert len(ann.heard(DirectoryChanged)) == 1


async def test_who_comes_back_need_not_look_again_for_what_changed_meanwhile(
    gateway: Gateway, ground: Ground, ann: Client
) -> None:
    await gateway.disconnect(ann.connection)
    await change(ground.database, CHANGE)
    ann = await client(gateway, "ann")

    await gateway._watch.go_round()

    assert ann.heard(DirectoryChanged) == []


async def test_nothing_is_remembered_of_who_left_while_they_looked_again(
    gateway: Gateway, ground: Ground, ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    memberships = ground.directory.memberships

    async def leaving(account: str) -> list[Membership]:
        await gateway.disconnect(ann.connection)
        return await memberships(account)

    await change(ground.database, CHANGE)
    monkeypatch.setattr(ground.directory, "memberships", leaving)

    await gateway._watch.go_round()

    assert gateway._roster._heard == {}


async def test_those_whose_rooms_have_changed_look_again_side_by_side(
    gateway: Gateway, ground: Ground, ann: Client, bob: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is then asked once for all of them."""
    memberships, looking, both = ground.directory.memberships, [], asyncio.Event()

    async def memberships_of_both(account: str) -> list[Membership]:
        looking.append(account)
        if len(looking) == 2:
            both.set()
        await both.wait()
        return await memberships(account)

    await change(ground.database, CHANGE)
    monkeypatch.setattr(ground.directory, "memberships", memberships_of_both)

    async with asyncio.timeout(PATIENCE):
        await gateway._watch.go_round()

    assert sorted(looking) == sorted([ANN, BOB])


async def test_who_could_not_look_again_does_so_the_next_time(
    gateway: Gateway, ground: Ground, bob: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(ground.directory, "memberships", unavailable)
        with pytest.raises(StoreUnavailable):
            await gateway._watch.go_round()

    await gateway._watch.go_round()

    assert len(bob.heard(RoomLost)) == 1


async def test_a_new_name_is_told_to_everybody_once(gateway: Gateway, ground: Ground) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    changed = await ground.directory.edit_profile(ANN, Profile(display_name="Ann Lee"))

    for _ in range(3):
        await gateway._watch.look()

    for each in (ann, bob):
        assert each.heard(PeopleChanged) == [PeopleChanged([changed])]


async def test_whoever_changes_their_name_again_is_told_of_again(
    gateway: Gateway, ground: Ground, bob: Client
) -> None:
    for name in ("Ann Lee", "Ann"):
        ground.clock.now += 1
        await ground.directory.edit_profile(ANN, Profile(display_name=name))
        await gateway._watch.look()

    told = [person.display_name for news in bob.heard(PeopleChanged) for person in news.people]
    assert told == ["Ann Lee", "Ann"]


async def test_however_many_change_their_names_a_second_brings_a_bounded_number(
    gateway: Gateway, ground: Ground, bob: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_PEOPLE_AT_ONCE", 2)
    names = [f"person{number}" for number in range(5)]
    await ground.sign_up(*names)
    for name in names:
        await ground.directory.edit_profile(identity(name).person.id, Profile(about="new"))

    for _ in range(4):
        await gateway._watch.look()

    assert [len(news.people) for news in bob.heard(PeopleChanged)] == [2, 2, 1]


async def test_a_new_name_is_told_later_if_it_could_not_be_read(
    gateway: Gateway, ground: Ground, bob: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ground.directory.edit_profile(ANN, Profile(display_name="Ann Lee"))
    with monkeypatch.context() as broken:
        broken.setattr(ground.directory, "people", unavailable)
        with pytest.raises(StoreUnavailable):
            await gateway._watch.look()

    await gateway._watch.look()

    assert len(bob.heard(PeopleChanged)) == 1


async def unavailable(_: object) -> None:
    raise StoreUnavailable("it is away")


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
