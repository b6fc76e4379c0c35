"""Pages of history around a place: an entry, a date, where one has not read on."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.service import Gateway
from parley.protocol.commands import Cursor, Hide, History, Mark, Page, Resume, RoomMark, Send
from parley.protocol.content import React, Target
from tests.gateway.parts import Client, client, identity
from tests.recovery.ground import LOBBY, Ground
from tests.stream.homes import AUTHOR, cmid, draft


async def history(reader: Client, **which: Any) -> Page:
    page = await reader.ask(History(ref=0, room=LOBBY, **which))
    assert isinstance(page, Page), page
    return page


def seqs(page: Page) -> list[int]:
    return [event.seq for event in page.events]


@pytest.fixture
async def times(ground: Ground) -> list[int]:
    """When each of 20 things was said in the lobby: 12 of them are stored, and 8 are not."""
    times = []
    for number in range(1, 21):
        ground.clock.now += 1000
        times.append(ground.clock())
        say = ground.say_stored if number <= 12 else ground.say
        await say(draft(number))
    return times


@pytest.fixture
async def ann(times: list[int], gateway: Gateway) -> Client:
    return await client(gateway, "ann")


# --- around an entry -----------------------------------------------------------------------


@pytest.mark.parametrize("seq", [5, 12, 13, 16])
async def test_a_page_around_an_entry_has_it_in_the_middle(ann: Client, seq: int) -> None:
    page = await history(ann, around=seq, limit=6)

    assert seqs(page) == list(range(seq - 3, seq + 3))
    assert (page.around, page.more, page.more_after) == (seq, True, True)
    assert (page.first, page.last) == (seq - 3, seq + 2)


async def test_a_page_around_the_first_entry_begins_with_it(ann: Client) -> None:
    page = await history(ann, around=1, limit=6)

    assert (seqs(page), page.more, page.more_after) == ([1, 2, 3], False, True)


async def test_a_page_around_what_is_not_there_yet_is_the_end(ann: Client) -> None:
    page = await history(ann, around=100, limit=6)

    assert (seqs(page), page.more, page.more_after) == ([18, 19, 20], True, False)


async def test_one_goes_on_from_both_ends_of_such_a_page(ann: Client) -> None:
    page = await history(ann, around=10, limit=4)
    before = await history(ann, before=page.first, limit=20)
    after = await history(ann, after=page.last, limit=20)

    assert seqs(before) + seqs(page) + seqs(after) == list(range(1, 21))


# --- at a date -----------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2, 7, 12, 13, 17, 20])
@pytest.mark.parametrize("early", [0, 1, 999])
async def test_a_date_leads_to_the_first_entry_since(
    ann: Client, times: list[int], number: int, early: int
) -> None:
    page = await history(ann, at=times[number - 1] - early, limit=6)

    assert page.around == number


async def test_a_date_before_all_leads_to_the_beginning(ann: Client) -> None:
    assert (await history(ann, at=0, limit=6)).around == 1


async def test_a_date_after_all_leads_to_the_end(ann: Client, times: list[int]) -> None:
    page = await history(ann, at=times[-1] + 1, limit=6)

    assert (seqs(page), page.more_after) == ([18, 19, 20], False)


# --- where one has not read on -------------------------------------------------------------


async def test_the_first_unread_message_is_in_the_middle(ann: Client, ground: Ground) -> None:
    """What was said before one joined was never unread."""
    await ground.store()
    resumed = await ann.ask(Resume(ref=0, rooms=[Cursor(LOBBY)]))
    mark = RoomMark(LOBBY, resumed.rooms[0].generation, read=14)
    await ann.ask(Mark(ref=0, rooms=[mark]))

    page = await history(ann, first_unread=True, limit=4)

    assert (seqs(page), page.around) == ([13, 14, 15, 16], 15)


async def test_with_nothing_unread_the_latest_is_shown(ann: Client) -> None:
    resumed = await ann.ask(Resume(ref=0, rooms=[Cursor(LOBBY)]))
    mark = RoomMark(LOBBY, resumed.rooms[0].generation, read=20)
    await ann.ask(Mark(ref=0, rooms=[mark]))

    page = await history(ann, first_unread=True, limit=4)

    assert (seqs(page), page.around) == ([17, 18, 19, 20], 0)


# --- what is left out ----------------------------------------------------------------------


async def test_what_one_has_hidden_is_in_no_page_of_one_s_own(
    ann: Client, gateway: Gateway
) -> None:
    await ann.ask(Hide(ref=0, room=LOBBY, target=Target(AUTHOR, cmid(10))))
    bob = await client(gateway, "bob")

    mine, theirs = await history(ann, around=10, limit=4), await history(bob, around=10, limit=4)

    assert (seqs(mine), seqs(theirs)) == ([8, 9, 11, 12], [8, 9, 10, 11])


async def test_what_one_has_hidden_is_in_no_page_while_redis_takes_it_for_unstored(
    ann: Client, ground: Ground
) -> None:
    await ground.directory.hide(identity("ann").person.id, LOBBY, 16)

    assert seqs(await history(ann, around=16, limit=4)) == [14, 15, 17, 18]


# --- what has become of what is on it ------------------------------------------------------


async def test_a_page_tells_of_a_change_that_is_not_stored_yet(ann: Client) -> None:
    target = Target(AUTHOR, cmid(5))
    await ann.ask(Send(ref=0, room=LOBBY, cmid=cmid(100), content=React(target, "👍")))

    page = await history(ann, before=8, limit=4)

    assert [(state.seq, len(state.reactions)) for state in page.states] == [(5, 1)]


# --- how much a page holds -----------------------------------------------------------------


@pytest.mark.parametrize("is_stored", [True, False])
async def test_pages_of_large_messages_are_shorter_and_leave_none_out(
    gateway: Gateway, ground: Ground, is_stored: bool
) -> None:
    await ground.sign_up("zoe")
    zoe = await client(gateway, "zoe")
    for number in range(1, 25):
        await zoe.send(1000 + number, "x" * 15_000)
    if is_stored:
        await ground.store()
    last = (await history(zoe, limit=1)).last

    page = await history(zoe, limit=100)
    back = seqs(page)
    while page.more:
        page = await history(zoe, before=page.first, limit=100)
        back = [*seqs(page), *back]
    page = await history(zoe, after=0, limit=100)
    forth = seqs(page)
    while page.more:
        page = await history(zoe, after=page.last, limit=100)
        forth += seqs(page)

    assert back == forth == list(range(last - 23, last + 1))
