"""Sending: one message however often it is sent, and an answer that says where it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from gateway.sending import Sender
from gateway.service import Gateway
from parley.protocol import limits
from parley.protocol.commands import CreateRoom, JoinRoom, LeaveRoom, Sent, Status
from parley.protocol.content import Notice
from parley.protocol.events import Error, Event
from parley.protocol.refusals import Overloaded
from parley.store.directory import SqlDirectory
from parley.store.errors import StoreUnavailable
from parley.store.records import Membership
from parley.stream.log import Batch, Draft, Stale
from tests.conftest import RedisHome
from tests.databases import copy_of
from tests.gateway.parts import client, gateway_on, identity, message
from tests.gateway.stopped import Stopped, StoppedLog
from tests.recovery.ground import LOBBY, Ground, next_generation, process
from tests.store.samples import change
from tests.stream.homes import cmid, draft, until


def code(answer: object) -> str:
    """Return a refusal's code."""
    assert isinstance(answer, Error), answer
    return answer.code


# --- once ----------------------------------------------------------------------------------


async def test_a_message_is_answered_with_its_place(gateway: Gateway, ground: Ground) -> None:
    ann = await client(gateway, "ann")

    sent = await ann.send(1)

    assert sent == Sent(LOBBY, cmid(1), 1, 1, 1, ground.clock.now, stored=False)


async def test_a_message_is_heard_by_those_who_follow(gateway: Gateway) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    await bob.resume()

    await ann.send(1, "hello")

    (event,) = await bob.hears(Event)
    assert (event.author, event.cmid) == (identity("ann").person.id, cmid(1))
    assert event.content == message(1, "hello").content


async def test_who_has_resumed_a_room_may_speak_in_it_though_the_database_has_gone(
    gateway: Gateway, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await client(gateway, "ann")
    await ann.resume()
    monkeypatch.setattr(ground.directory, "membership", gone)

    assert isinstance(await ann.send(1), Sent)


async def test_who_has_looked_again_may_speak_though_the_database_has_gone(
    gateway: Gateway, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await client(gateway, "ann")
    await ann.resume()
    await ann.connection.recheck()
    monkeypatch.setattr(ground.directory, "membership", gone)

    assert isinstance(await ann.send(1), Sent)


async def gone(*_: object) -> None:
    raise StoreUnavailable("it is away")


async def test_messages_of_one_connection_keep_their_order(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")

    refs = [await ann.say(message(number)) for number in range(1, 61)]

    answers = [await ann.answer(ref) for ref in refs]
    assert not any(isinstance(answer, Error) for answer in answers)
    assert [(await ann.send(number, resend=True)).seq for number in (1, 30, 60)] == [1, 30, 60]


async def test_a_text_is_logged_in_one_form(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")
    await ann.resume()

    await ann.send(1, "one\r\ntwo\x07 \n")

    (event,) = await ann.hears(Event)
    assert event.content == message(1, "one\ntwo").content


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (" \n\t ", "empty_text"),
        ("\u200b\u2066", "empty_text"),
        ("\N{EURO SIGN}" * (limits.TEXT_BYTES // 3 + 1), "text_too_long"),
    ],
    ids=["spaces", "nothing visible", "too many bytes"],
)
async def test_a_text_that_cannot_be_is_refused(
    gateway: Gateway, ground: Ground, text: str, refusal: str
) -> None:
    ann = await client(gateway, "ann")

    assert code(await ann.send(1, text)) == refusal
    assert (await ann.send(2)).seq == 1


# --- where one may speak -------------------------------------------------------------------


async def test_nobody_speaks_in_a_room_that_does_not_exist(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")

    assert code(await ann.send(1, room="nowhere")) == "unknown_room"


async def test_nobody_speaks_in_a_room_that_he_is_not_in(gateway: Gateway) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    garden = await ann.ask(CreateRoom(ref=0, name="Garden"))

    assert code(await bob.send(1, room=garden.id)) == "not_a_member"

    await bob.ask(JoinRoom(ref=0, room=garden.id))
    assert isinstance(await bob.send(1, room=garden.id), Sent)


async def test_nobody_speaks_in_a_room_that_he_has_left(gateway: Gateway) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    garden = await ann.ask(CreateRoom(ref=0, name="Garden"))
    await bob.ask(JoinRoom(ref=0, room=garden.id))
    await bob.send(1, room=garden.id)
    phone = await client(gateway, "bob")
    await phone.send(2, room=garden.id)

    await phone.ask(LeaveRoom(ref=0, room=garden.id))

    # The laptop has not heard of it, and Redis refuses what it was authorised for before.
    assert code(await bob.send(3, room=garden.id)) == "not_a_member"


async def test_a_removal_of_others_is_not_noticed_by_who_stays(gateway: Gateway) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    garden = await ann.ask(CreateRoom(ref=0, name="Garden"))
    await bob.ask(JoinRoom(ref=0, room=garden.id))
    await ann.send(1, room=garden.id)

    await bob.ask(LeaveRoom(ref=0, room=garden.id))

    assert isinstance(await ann.send(2, room=garden.id), Sent)


async def test_a_full_redis_takes_no_new_messages(ground: Ground) -> None:
    await ground.sign_up("ann")
    async with gateway_on(ground) as gateway:
        sender = Sender(
            identity("ann"),
            ground.directory,
            ground.logs,
            ground.room_log,
            ground.fences,
            gateway._appender,
            lambda: True,
            gateway._preparer,
        )

        with pytest.raises(Overloaded):
            await sender.prepare(message(1))


# --- again ---------------------------------------------------------------------------------


@pytest.mark.parametrize("resend", [False, True])
async def test_what_is_sent_again_has_its_first_place(gateway: Gateway, resend: bool) -> None:
    ann = await client(gateway, "ann")
    first = await ann.send(1)

    assert await ann.send(1, resend=resend) == first
    assert (await ann.send(2)).seq == 2


async def test_what_is_sent_again_after_it_was_stored_is_said_to_be(
    gateway: Gateway, ground: Ground
) -> None:
    ann = await client(gateway, "ann")
    first = await ann.send(1)
    await ground.store()
    assert await ground.room_log.drop(LOBBY, await ground.fence())

    again = await ann.send(1, resend=True)

    assert (again.seq, again.stored) == (first.seq, True)


async def test_what_is_sent_again_after_redis_was_lost_is_there_once(
    gateway: Gateway, ground: Ground
) -> None:
    ann = await client(gateway, "ann")
    await ann.send(1)
    await ground.store()
    await ann.send(2)
    await ground.lose_redis()
    await ground.fences.refresh(0)

    stored, lost = await ann.send(1, resend=True), await ann.send(2, resend=True)
    await ground.store()

    assert (stored.generation, stored.seq, stored.stored) == (2, 1, True)
    assert (lost.generation, lost.seq, lost.stored) == (2, 2, False)
    assert await ground.stored_texts() == ["message 1", "message 2"]


async def test_what_is_in_the_log_is_said_to_be_though_one_has_left_since(
    gateway: Gateway, ground: Ground
) -> None:
    """Or a message would be refused, and stored all the same."""
    ann = await client(gateway, "ann")
    garden = await ann.ask(CreateRoom(ref=0, name="Garden"))
    first = await ann.send(1, room=garden.id)
    await ann.ask(LeaveRoom(ref=0, room=garden.id))

    assert await ann.send(1, room=garden.id, resend=True) == first


# --- refused for good ----------------------------------------------------------------------


async def test_a_first_try_that_comes_late_is_not_taken_though_its_author_is_back(
    gateway: Gateway,
) -> None:
    """It lay unread in a frozen gateway while its resend was refused elsewhere (promise 8)."""
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    garden = (await ann.ask(CreateRoom(ref=0, name="Garden"))).id
    await bob.ask(JoinRoom(ref=0, room=garden))
    (stands,) = (await bob.resume(garden)).rooms
    phone = await client(gateway, "bob")
    await phone.ask(LeaveRoom(ref=0, room=garden))
    assert code(await phone.send(1, room=garden, rights=0, resend=True)) == "not_a_member"
    await phone.ask(JoinRoom(ref=0, room=garden))

    late = await bob.send(1, room=garden, rights=stands.rights)

    assert (code(late), late.retry) == ("rights_changed", True)
    assert isinstance(await bob.send(2, room=garden, rights=late.rights), Sent)


async def test_who_was_never_in_a_room_names_no_number_that_holds_after_joining(
    gateway: Gateway,
) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    garden = (await ann.ask(CreateRoom(ref=0, name="Garden"))).id
    assert code(await bob.send(1, room=garden, rights=0)) == "not_a_member"
    await bob.ask(JoinRoom(ref=0, room=garden))

    assert code(await bob.send(1, room=garden, rights=0)) == "rights_changed"


async def test_in_the_lobby_a_message_needs_no_second_try(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")

    assert isinstance(await ann.send(1, rights=0), Sent)


async def test_what_is_on_its_way_to_redis_when_its_resend_is_refused_does_not_land(
    gateway: Gateway, ground: Ground
) -> None:
    """Though nobody has told the room yet that its author left."""
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    garden = (await ann.ask(CreateRoom(ref=0, name="Garden"))).id
    await bob.ask(JoinRoom(ref=0, room=garden))
    author, fence = identity("bob").person.id, await ground.fence(garden)
    held = await ground.directory.membership(author, garden)
    assert held is not None
    on_its_way = Batch(garden, [draft(1, author=author, authority=held.authority)])
    await ground.directory.leave(author, garden, cmid(900))

    assert code(await bob.send(1, room=garden, resend=True)) == "not_a_member"

    shard = ground.shard(garden)
    (outcomes,) = await ground.room_log.append(shard, fence, [on_its_way], ground.clock.now)
    assert outcomes == [Stale(held.authority + 1)]


class AuthorisedLate(SqlDirectory):
    """A directory that lets something happen just before it says that nobody is in a room."""

    meanwhile: Callable[[], Awaitable[object]]

    async def membership(self, account_id: str, room_id: str) -> Membership | None:
        await self.meanwhile()
        return await super().membership(account_id, room_id)


async def test_a_first_try_that_lands_while_its_resend_is_refused_is_what_counts(
    ground: Ground,
) -> None:
    await ground.sign_up("ann")
    author = identity("ann").person.id
    async with gateway_on(ground) as gateway:
        ann = await client(gateway, "ann")
        garden = (await ann.ask(CreateRoom(ref=0, name="Garden"))).id
        directory = AuthorisedLate(ground.database)
        sender = Sender(
            identity("ann"),
            directory,
            ground.logs,
            ground.room_log,
            ground.fences,
            gateway._appender,
            lambda: False,
            gateway._preparer,
        )

        async def meanwhile() -> None:
            await ann.send(1, room=garden)
            await ground.directory.leave(author, garden, cmid(900))

        directory.meanwhile = meanwhile

        answer = await sender.prepare(message(1, room=garden, resend=True))

    assert isinstance(answer, Sent)


@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize("resend", [False, True])
async def test_another_text_under_the_same_id_is_a_conflict(
    gateway: Gateway, ground: Ground, stored: bool, resend: bool
) -> None:
    ann = await client(gateway, "ann")
    await ann.send(1, "first")
    if stored:
        await ground.store()

    assert code(await ann.send(1, "second", resend=resend)) == "conflict"


async def test_the_same_id_in_another_room_is_a_conflict(gateway: Gateway, ground: Ground) -> None:
    ann = await client(gateway, "ann")
    garden = await ann.ask(CreateRoom(ref=0, name="Garden"))
    await ann.send(1)
    await ground.store()

    assert code(await ann.send(1, room=garden.id, resend=True)) == "conflict"


async def test_what_was_set_aside_is_refused_for_good(gateway: Gateway, ground: Ground) -> None:
    ann = await client(gateway, "ann")
    await poison(ground, 1)

    assert code(await ann.send(1, resend=True)) == "set_aside"


async def poison(ground: Ground, number: int) -> None:
    """Log an entry of ann's that nobody can read, and have it set aside."""
    damaged = draft(number, author=identity("ann").person.id)._replace(body=b"{damaged")
    await ground.say(damaged)
    await ground.store()


# --- generations ---------------------------------------------------------------------------


async def test_a_message_for_an_earlier_generation_is_refused(
    gateway: Gateway, ground: Ground
) -> None:
    ann = await client(gateway, "ann")
    await ann.send(1, generation=1)
    await ground.fences.renew(0)

    refused = await ann.send(2, generation=1)

    assert (code(refused), refused.retry) == ("generation_changed", True)
    assert (await ann.send(3, generation=2)).seq == 2


async def test_a_generation_that_the_gateway_has_not_seen_is_looked_up(
    gateway: Gateway, ground: Ground
) -> None:
    ann = await client(gateway, "ann")
    await ann.send(1)
    await ground.store()
    async with next_generation(ground):
        pass

    assert (await ann.send(2, generation=2)).generation == 2


async def test_a_generation_that_nobody_has_seen_is_refused(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")

    assert code(await ann.send(1, generation=9)) == "generation_changed"


# --- how many at once ----------------------------------------------------------------------


async def test_of_one_client_s_messages_only_so_many_are_under_way(stopped: Stopped) -> None:
    async with gateway_on(stopped.ground) as gateway:
        await stopped.ground.sign_up("ann")
        ann = await client(gateway, "ann")
        refs = [await ann.say(message(number)) for number in range(64)]

        waits = asyncio.create_task(ann.say(message(64)))
        await until(lambda: len(stopped.log.calls) > 0)
        assert not waits.done()

        stopped.log.let_through()
        answers = [await ann.answer(ref) for ref in (*refs, await waits)]
        assert not any(isinstance(answer, Error) for answer in answers)


@pytest.mark.parametrize("what", ["placed", "repeated", "refused", "authorised again"])
async def test_what_has_its_answer_is_no_longer_under_way(
    gateway: Gateway, ground: Ground, what: str
) -> None:
    ann = await client(gateway, "ann")
    await ann.send(0)
    for number in range(1, 100):
        match what:
            case "placed":
                await ann.send(number)
            case "repeated":
                await ann.send(0, resend=True)
            case "refused":
                await ann.ask(message(number, room="nowhere"))
            case "authorised again" if number % 10 == 0:
                await ground.say(removal(number + 1))
                await change(ground.database, "UPDATE rooms SET authority = :a", a=number + 1)
                refs = [await ann.say(message(100 * number + each)) for each in range(10)]
                assert not any([isinstance(await ann.answer(ref), Error) for ref in refs])

    assert isinstance(await ann.send(100), Sent)


def removal(authority: int) -> Draft:
    """Return the notice of a removal, which raises the lobby's authority."""
    left = Notice("left", "removed")
    return draft(1000 + authority, author="removed", authority=authority, fact=True, content=left)


# --- order, after somebody has left --------------------------------------------------------


async def test_messages_keep_their_order_though_each_must_be_authorised_again(
    template: Path, tmp_path: Path
) -> None:
    """Two calls are on their way when the authority is raised, and a message comes between."""
    home = RedisHome("fakeredis", url=None)
    async with process(home, copy_of(template, tmp_path), log=StoppedLog) as ground:
        log = ground.room_log
        assert isinstance(log, StoppedLog)
        await ground.sign_up("ann")
        async with gateway_on(ground) as gateway:
            ann = await client(gateway, "ann")
            log.let_through(2)
            await ann.send(1)  # it is known now where ann may speak
            await raise_authority(ground, log)
            log.calls.clear()

            refs = [await ann.say(message(2))]
            await until(lambda: len(log.calls) == 1)
            refs.append(await ann.say(message(3)))
            log.let_through(1)
            await until(lambda: len(log.calls) == 2)
            for _ in range(3):  # until the connection has heard that 2 is stale, and 3 is under way
                await asyncio.sleep(0)
            refs.append(await ann.say(message(4)))
            log.let_through()

            for ref in refs:
                assert not isinstance(await ann.answer(ref), Error)
            places = [await ann.ask(Status(ref=0, room=LOBBY, cmid=cmid(n))) for n in (2, 3, 4)]

    assert [place.seq for place in places] == [3, 4, 5]


async def raise_authority(ground: Ground, log: StoppedLog) -> None:
    """Let somebody be removed from the lobby, as an operator might."""
    await change(ground.database, "UPDATE rooms SET authority = authority + 1")
    log.let_through(1)
    await log.append(0, await ground.fence(), [Batch(LOBBY, [removal(2)])], ground.clock())
