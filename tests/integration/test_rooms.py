"""Groups, direct rooms and channels over two gateways: who hears what, and who no longer does."""

import asyncio

import pytest

import parley
from tests.integration.deployment import PATIENCE, Deployment, Someone
from tests.integration.places import each_kind_and_a_cluster

pytestmark = each_kind_and_a_cluster


async def group_of(owner: Someone, *others: Someone) -> str:
    """Make a group, with all of them in it and following it."""
    people = [other.chat.person.id for other in others]
    room = (await owner.chat.create_room("Plans", kind="group", members=people)).id
    for each in (owner, *others):
        await each.chat.follow(room)
    return room


async def notices(someone: Someone, room: str) -> list[tuple[str, str]]:
    """What the room's notices say, oldest first: what, and about whom."""
    page = await someone.chat.history(room, limit=200)
    return [(e.what, e.who) for e in page.entries if isinstance(e, parley.NoticeShown)]


async def refused(what: object) -> str:
    """Return the code with which something is refused."""
    with pytest.raises(parley.Refused) as error:
        await what  # type: ignore[misc]
    return error.value.code


async def test_who_is_removed_loses_the_room_at_every_gateway_with_what_races_it(
    deployment: Deployment,
) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    phone = await deployment.person(first.url, "bob")
    laptop = await deployment.person(second.url, "bob", sign_up=False)
    room = await group_of(ann, phone, laptop)

    racing = [await laptop.chat.post(room, f"message {i}") for i in range(20)]
    await ann.chat.remove_member(room, phone.chat.person.id)
    async with asyncio.timeout(PATIENCE):
        lost = [await device.until(parley.RoomLost) for device in (phone, laptop)]
    outcomes = await asyncio.gather(*(each.stored() for each in racing), return_exceptions=True)

    assert [each.room for each in lost] == [room, room]
    page = await ann.chat.history(room, limit=200)
    shown = [getattr(entry, "what", "message") for entry in page.entries]
    assert "message" not in shown[shown.index("removed") :]
    kept = sum(isinstance(outcome, parley.Delivery) for outcome in outcomes)
    assert shown.count("message") == kept
    assert await refused(laptop.chat.send(room, "one last thing")) == "unknown_room"
    assert await refused(laptop.chat.history(room)) == "unknown_room"


async def test_two_people_have_one_room_whoever_opens_it(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")

    both = await asyncio.gather(
        ann.chat.open_direct(bob.chat.person.id), bob.chat.open_direct(ann.chat.person.id)
    )
    assert {room.id for room in both} == {both[0].id}
    assert [room.name for room in both] == ["bob", "ann"]
    for each in (ann, bob):
        await each.chat.follow(both[0].id)
    await ann.says("psst", room=both[0].id)

    await bob.hears("psst")


async def test_somebody_who_is_added_hears_of_it_and_what_is_said_from_then_on(
    deployment: Deployment,
) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")
    room = await group_of(ann)

    await ann.chat.add_members(room, [bob.chat.person.id])
    await bob.until(parley.DirectoryChanged)
    assert room in [each.id for each in await bob.chat.rooms()]
    await bob.chat.follow(room)
    await ann.says("welcome", room=room)

    await bob.hears("welcome")
    bob_id = bob.chat.person.id
    assert await notices(bob, room) == [("created", ann.chat.person.id), ("added", bob_id)]


async def test_who_is_banned_does_not_come_back_before_the_ban_is_lifted(
    deployment: Deployment,
) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")
    room = (await ann.chat.create_room("Garden")).id
    await bob.chat.join(room)

    await ann.chat.ban(room, bob.chat.person.id)
    assert await refused(bob.chat.join(room)) == "banned"
    invite = await ann.chat.create_invite(room)
    assert await refused(bob.chat.join_by_invite(invite.code)) == "banned"
    assert [banned.person.user_name async for banned in ann.chat.bans(room)] == ["bob"]

    await ann.chat.unban(room, bob.chat.person.id)
    assert (await bob.chat.join(room)).role == "member"


async def test_an_invitation_lets_so_many_in_and_no_more(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    others = [await deployment.person(gateway.url, name) for name in ("bob", "cyd", "dan")]
    room = await group_of(ann)
    invite = await ann.chat.create_invite(room, uses=2)

    joining = (other.chat.join_by_invite(invite.code) for other in others)
    outcomes = await asyncio.gather(*joining, return_exceptions=True)

    codes = [outcome.code for outcome in outcomes if isinstance(outcome, parley.Refused)]
    assert codes == ["invalid_invitation"]
    assert (await ann.chat.room_info(room)).members == 3
    assert await ann.chat.invites(room) == []


async def test_a_lowered_role_counts_at_once_at_another_gateway(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")
    room = (await ann.chat.create_room("News", read_only=True)).id
    await bob.chat.join(room)
    await ann.chat.set_role(room, bob.chat.person.id, "admin")
    await bob.says("I may", room=room)

    await ann.chat.set_role(room, bob.chat.person.id, "member")

    assert await refused(bob.chat.send(room, "I may no longer")) == "not_allowed"


async def test_ownership_is_handed_over_before_its_owner_leaves(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")
    room = await group_of(ann, bob)

    assert await refused(ann.chat.leave(room)) == "last_owner"
    await ann.chat.transfer_ownership(room, bob.chat.person.id)
    await ann.chat.leave(room)

    members = [(m.person.user_name, m.role) async for m in bob.chat.members(room)]
    assert members == [("bob", "owner")]
    told = [what for what, _ in await notices(bob, room)]
    assert told[-1] == "left"
    assert "made_owner" in told


async def test_a_closed_room_is_lost_by_everybody(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")
    room = await group_of(ann, bob)

    await ann.chat.close_room(room)
    async with asyncio.timeout(PATIENCE):
        await bob.until(parley.RoomLost)

    assert await refused(bob.chat.send(room, "anyone here?")) == "unknown_room"


async def test_how_one_has_a_room_is_the_same_on_every_device(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    phone = await deployment.person(first.url, "ann")
    laptop = await deployment.person(second.url, "ann", sign_up=False)

    await phone.chat.set_room_preferences("lobby", muted_until=5_000, pinned=True)
    await laptop.until(parley.DirectoryChanged)

    (lobby,) = await laptop.chat.rooms()
    assert (lobby.muted_until, lobby.pinned, lobby.archived) == (5_000, True, False)
