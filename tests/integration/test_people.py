"""People, their devices and their second factor, over real sockets."""

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable

import pytest

import parley
from parley.domain.totp import code_at
from tests.integration.deployment import PASSWORD, PATIENCE, Deployment, Someone, Switchboard
from tests.integration.places import each_kind
from tests.integration.test_rooms import refused

pytestmark = each_kind


async def end_of(someone: Someone) -> parley.ParleyError:
    """Listen until the chat is over, and return why."""
    async with asyncio.timeout(PATIENCE):
        try:
            await someone.until(parley.FolderRenewed)  # which does not come
        except parley.ParleyError as error:
            return error
    raise AssertionError("the chat goes on")


async def comes_to(answer: str, ask: Callable[[], Awaitable[object]]) -> None:
    """Ask until the answer is this one: what changed at one gateway, another soon knows."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if await answer_to(ask) == answer:
                return
            await asyncio.sleep(0.05)


async def answer_to(ask: Callable[[], Awaitable[object]]) -> str:
    """Return "ok", or the code of the refusal."""
    try:
        await ask()
    except parley.Refused as refused:
        return refused.code
    return "ok"


async def test_a_device_that_is_signed_out_elsewhere_is_cut_off(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    laptop = await deployment.person(first.url, "ann", device="laptop")
    phone = await deployment.person(second.url, "ann", sign_up=False, device="phone")

    listed = await laptop.chat.sessions()
    assert {(s.device, s.is_this) for s in listed} == {("laptop", True), ("phone", False)}
    await laptop.chat.revoke_session(next(s.id for s in listed if not s.is_this))

    assert isinstance(await end_of(phone), parley.SignedOut)
    assert [s.device for s in await laptop.chat.sessions()] == ["laptop"]


async def test_another_password_signs_the_other_devices_out(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    laptop = await deployment.person(first.url, "ann")
    phone = await deployment.person(second.url, "ann", sign_up=False)

    assert await refused(laptop.chat.change_password("a guess", "new password")) == "wrong_password"
    await laptop.chat.change_password(PASSWORD, "new password")

    assert isinstance(await end_of(phone), parley.SignedOut)
    await laptop.chat.rooms()
    with pytest.raises(parley.SignInFailed):
        await deployment.person(first.url, "ann", sign_up=False)


async def test_no_session_of_somebody_else_can_be_ended(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")
    (session,) = await bob.chat.sessions()

    assert await refused(ann.chat.revoke_session(session.id)) == "unknown_session"
    await bob.chat.rooms()


async def test_a_second_factor_is_asked_for_once_it_is_set_up(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    ann = await deployment.person(gateway.url, "ann")
    set_up = await ann.chat.start_totp(PASSWORD)
    assert await refused(ann.chat.confirm_totp("000000x")) == "code_refused"
    code, next_code = codes(set_up.secret)
    recovery = await ann.chat.confirm_totp(code)

    async def sign_in(code: str) -> str:
        try:
            await deployment.person(gateway.url, "ann", sign_up=False, code=code)
        except parley.SignInFailed as failed:
            return failed.code
        return "welcome"

    assert await sign_in("") == "code_needed"
    assert await sign_in("nonsense") == "code_refused"
    assert await sign_in(code) == "code_refused"  # it was used to confirm
    assert await sign_in(next_code) == "welcome"
    assert await sign_in(next_code) == "code_refused"
    assert await sign_in(recovery[0].upper()) == "welcome"
    assert await sign_in(recovery[0]) == "code_refused"

    await ann.chat.disable_totp(PASSWORD)
    assert await sign_in("") == "welcome"


async def test_what_is_blocked_does_not_pass(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")
    cyd = await deployment.person(second.url, "cyd")
    room = (await ann.chat.open_direct(bob.chat.person.id)).id
    await bob.says("hello", room=room)

    for other in (bob, cyd):
        await ann.chat.block(other.chat.person.id)
    assert [p.user_name for p in await ann.chat.blocks()] == ["bob", "cyd"]

    await comes_to("cannot_message", lambda: bob.chat.send(room, "are you there?"))
    assert await refused(cyd.chat.open_direct(ann.chat.person.id)) == "cannot_message"
    adding = cyd.chat.create_room("Trap", kind="group", members=[ann.chat.person.id])
    assert await refused(adding) == "cannot_message"
    assert [p.user_name async for p in cyd.chat.find_people("ann")] == []

    await ann.chat.unblock(bob.chat.person.id)
    await comes_to("ok", lambda: bob.chat.send(room, "at last"))


async def test_people_are_found_by_part_of_either_name(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    ann = await deployment.person(gateway.url, "ann")
    await deployment.person(gateway.url, "bob", display_name="Róbert the Great")

    for query in ("bob", "ROBERT", "great"):
        assert [p.user_name async for p in ann.chat.find_people(query)] == ["bob"]
    assert (await ann.chat.resolve_person("BOB")).display_name == "Róbert the Great"


async def test_a_profile_is_what_others_see(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")

    assert await refused(ann.chat.edit_profile(time_zone="Narnia")) == "invalid_profile"
    await ann.chat.edit_profile(display_name="Annie", about="tea", time_zone="Europe/Vienna")

    ids = [ann.chat.person.id]
    (seen,) = (await bob.chat.people(ids)).values()
    assert (seen.display_name, seen.about, seen.time_zone) == ("Annie", "tea", "Europe/Vienna")


async def test_who_deletes_the_account_is_gone_and_what_was_said_stays(
    deployment: Deployment,
) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    phone = await deployment.person(second.url, "ann", sign_up=False)
    bob = await deployment.person(second.url, "bob")
    room = (await ann.chat.create_room("Plans", kind="group")).id
    await ann.chat.add_members(room, [bob.chat.person.id])
    await ann.says("remember me", room=room)
    ann_id = ann.chat.person.id

    assert await refused(ann.chat.delete_account("a guess")) == "wrong_password"
    await ann.chat.delete_account(PASSWORD)

    assert isinstance(await end_of(phone), parley.SignedOut)
    page = await bob.chat.history(room)
    assert [e.text for e in page.entries if isinstance(e, parley.Message)] == ["remember me"]
    assert (await bob.chat.people([ann_id]))[ann_id].is_deleted
    members = [(m.person.user_name, m.role) async for m in bob.chat.members(room)]
    assert members == [("bob", "owner")]
    with pytest.raises(parley.SignInFailed):
        await deployment.person(first.url, "ann", sign_up=False)


def codes(secret: str) -> tuple[str, str]:
    """What an authenticator app shows now, and next."""
    padded = secret + "=" * (-len(secret) % 8)
    step = int(time.time() // 30)
    key = base64.b32decode(padded)
    return code_at(key, step), code_at(key, step + 1)


async def test_another_name_is_seen_by_those_who_know_the_old_one(
    deployment: Deployment,
) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")
    me = ann.chat.person.id
    assert (await bob.chat.people([me]))[me].display_name == "ann"

    changed = await ann.chat.edit_profile(display_name="Ann Lee")

    news = await bob.until(parley.PeopleChanged)
    assert news.people == (changed,)
    assert (await bob.chat.people([me]))[me] == changed


async def test_a_deleted_account_is_seen_so_by_those_who_knew_its_name(
    deployment: Deployment,
) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")
    me = ann.chat.person.id
    await bob.chat.people([me])

    await ann.chat.delete_account(PASSWORD)
    await bob.until(parley.PeopleChanged)

    assert (await bob.chat.people([me]))[me].is_deleted


async def test_a_name_that_changed_while_one_was_away_is_asked_for_again(
    deployment: Deployment,
) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob", dial=Switchboard(second.url, first.url).dial)
    me = ann.chat.person.id
    await bob.chat.people([me])
    await second.stop()
    await bob.until(parley.Offline)

    changed = await ann.chat.edit_profile(display_name="Ann Lee")
    await bob.until(parley.Online)

    assert (await bob.chat.people([me]))[me] == changed
