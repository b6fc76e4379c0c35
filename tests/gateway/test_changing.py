"""Edits, deletions, reactions and pins: who may, until when, and what is answered."""

import pytest

from gateway.service import Gateway
from parley.protocol.commands import CreateRoom, JoinRoom, Room, Send, Sent, SetRole
from parley.protocol.content import Delete, Edit, Pin, React, Sendable, Target, Text
from parley.protocol.events import Error, Event
from parley.protocol.formatting import Bold, Paragraph, TextRun
from tests.gateway.parts import Client, client, identity
from tests.recovery.ground import LOBBY, Ground
from tests.stream.homes import cmid

HOUR = 3_600_000
ANN = identity("ann").person.id


async def says(who: Client, number: int, content: Sendable, room: str = LOBBY) -> Sent | Error:
    answer = await who.ask(Send(ref=0, room=room, cmid=cmid(number), content=content))
    assert isinstance(answer, Sent | Error)
    return answer


def code(answer: Sent | Error) -> str | None:
    """Return the code with which something was refused; None if it was not."""
    return answer.code if isinstance(answer, Error) else None


def name(number: int, author: str = ANN) -> Target:
    return Target(author, cmid(number))


async def channel(*people: Client) -> str:
    """Return a channel of the first, in which the others are."""
    owner, *others = people
    room = await owner.ask(CreateRoom(ref=0, name="Garden"))
    assert isinstance(room, Room)
    for other in others:
        await other.ask(JoinRoom(ref=0, room=room.id))
    return room.id


async def test_a_change_says_where_its_message_stands(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")
    await ann.resume()
    await says(ann, 1, Text("zero"))
    await says(ann, 2, Text("one"))

    await says(ann, 3, React(name(2), "👍"))

    *_, event = await ann.hears(Event, 3)
    assert event.derived is not None
    assert (event.n, event.derived.seq) == (2, 2)


async def test_a_message_can_be_edited_for_a_day_and_deleted_for_two(
    gateway: Gateway, ground: Ground
) -> None:
    ann = await client(gateway, "ann")
    await says(ann, 1, Text("early"))

    ground.clock.now += 24 * HOUR
    assert code(await says(ann, 2, Edit(cmid(1), "late"))) is None
    ground.clock.now += 1
    assert code(await says(ann, 3, Edit(cmid(1), "too late"))) == "too_late"
    ground.clock.now += 24 * HOUR - 1
    assert code(await says(ann, 4, Delete(name(1)))) is None


async def test_who_runs_a_channel_deletes_what_others_have_said_at_any_time(
    gateway: Gateway, ground: Ground
) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    room = await channel(bob, ann)
    await says(ann, 1, Text("hello"), room)
    ground.clock.now += 1000 * HOUR

    assert code(await says(ann, 2, Delete(name(1)), room)) == "too_late"
    assert code(await says(bob, 3, Delete(name(1)), room)) is None


async def test_whose_role_was_lowered_deletes_nothing_of_others_any_more(
    gateway: Gateway, ground: Ground
) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    room = await channel(ann, bob)
    them = identity("bob").person.id
    await ann.ask(SetRole(ref=0, room=room, person=them, role="admin"))
    await says(ann, 1, Text("one"), room)
    await says(ann, 2, Text("two"), room)
    assert code(await says(bob, 3, Delete(name(1)), room)) is None

    await ann.ask(SetRole(ref=0, room=room, person=them, role="member"))

    assert code(await says(bob, 4, Delete(name(2)), room)) == "not_allowed"


async def test_nobody_edits_what_others_have_said(gateway: Gateway) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    await says(ann, 1, Text("mine"))

    assert code(await says(bob, 2, Edit(cmid(1), "yours"))) == "unknown_message"


CHANGES = (Edit(cmid(1), "x"), React(name(1), "👍"), Pin(name(1)))


@pytest.mark.parametrize("content", CHANGES, ids=["edit", "react", "pin"])
async def test_what_was_deleted_is_not_changed_any_more(
    gateway: Gateway, content: Sendable
) -> None:
    ann = await client(gateway, "ann")
    room = await channel(ann)
    await says(ann, 1, Text("hello"), room)
    await says(ann, 2, Delete(name(1)), room)

    assert code(await says(ann, 3, content, room)) == "unknown_message"


async def test_a_message_of_another_room_is_unknown_here(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")
    room = await channel(ann)
    await says(ann, 1, Text("there"), room)

    assert code(await says(ann, 2, React(name(1), "👍"))) == "unknown_message"


async def test_what_changes_a_message_is_no_message_to_be_changed(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")
    await says(ann, 1, Text("hello"))
    await says(ann, 2, React(name(1), "👍"))

    assert code(await says(ann, 3, Delete(name(2)))) == "unknown_message"


async def test_a_reply_to_what_is_not_there_is_taken_and_answers_nothing(
    gateway: Gateway,
) -> None:
    ann = await client(gateway, "ann")
    await ann.resume()

    assert code(await says(ann, 1, Text("yes", reply_to=name(99)))) is None

    (event,) = await ann.hears(Event)
    assert event.derived is None


async def test_a_deletion_tells_whom_its_message_named(gateway: Gateway, ground: Ground) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    room = await channel(ann, bob)
    await ann.resume(room=room)
    await says(ann, 1, Text("@bob @all"), room)

    await says(ann, 2, Delete(name(1)), room)

    *_, event = await ann.hears(Event, 2)
    assert event.derived is not None
    assert event.derived.mentions == [identity("bob").person.id]
    assert event.derived.everyone


async def test_all_are_named_by_those_who_may_and_for_others_it_is_plain_words(
    gateway: Gateway,
) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    room = await channel(ann, bob)
    await ann.resume(room=room)

    await says(ann, 1, Text("@all"), room)
    await says(bob, 2, Text("@all"), room)
    await says(bob, 3, Edit(cmid(2), "*now* @all"), room)

    by_ann, by_bob, edited = (event.derived for event in await ann.hears(Event, 3))
    assert by_ann is not None
    assert by_ann.everyone
    assert by_bob is None
    assert edited is not None
    assert edited.tree == [Paragraph([Bold([TextRun("now")]), TextRun(" @all")])]


async def test_the_deletion_of_what_is_deleted_is_answered_with_the_first(
    gateway: Gateway,
) -> None:
    ann = await client(gateway, "ann")
    await says(ann, 1, Text("hello"))
    first = await says(ann, 2, Delete(name(1)))

    second = await says(ann, 3, Delete(name(1)))

    assert isinstance(first, Sent)
    assert isinstance(second, Sent)
    assert second.seq == first.seq
    assert not second.stored


async def test_something_that_is_no_emoji_is_no_reaction(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")
    await says(ann, 1, Text("hello"))

    assert code(await says(ann, 2, React(name(1), "yes"))) == "invalid_emoji"
