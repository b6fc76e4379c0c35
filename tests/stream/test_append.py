"""Appending: one atomic call that numbers, remembers, publishes, and refuses what it must."""

from collections.abc import Sequence

import pytest

from parley.protocol.content import Text
from parley.protocol.entry import Entry, IngestEntry, format_record
from parley.stream import keys
from parley.stream.log import (
    Appended,
    Batch,
    BatchOutcome,
    Conflicting,
    Draft,
    Seed,
    Stale,
    Unseeded,
)
from tests.stream.homes import (
    AUTHOR,
    NOW,
    ROOM,
    ROOM_CHANNEL,
    Home,
    cmid,
    draft,
    listening,
    notice,
)


async def authority(home: Home) -> int:
    """Return the room's authority, as only Redis knows it."""
    held = await home.clients.commands.hget(keys.room(0, home.fence.generation, ROOM), "authority")
    return int(held)


# --- numbers -------------------------------------------------------------------------------


async def test_entries_are_numbered_without_a_hole(home: Home) -> None:
    first = await home.append(draft(1), draft(2))
    second = await home.append(draft(3), now=NOW + 5)

    assert [*first, *second] == [
        Appended(1, 1, NOW, new=True),
        Appended(2, 2, NOW, new=True),
        Appended(3, 3, NOW + 5, new=True),
    ]


async def test_a_room_goes_on_where_it_was_seeded(home: Home) -> None:
    await home.seed("attic", seq=40, n=30)

    assert await home.append(draft(1), room="attic") == [Appended(41, 31, NOW, new=True)]


async def test_only_messages_raise_the_count_of_messages(home: Home) -> None:
    outcomes = await home.append(draft(1), notice(2), draft(3))

    assert [(each.seq, each.n) for each in outcomes if isinstance(each, Appended)] == [
        (1, 1),
        (2, 1),
        (3, 2),
    ]


async def test_an_entry_is_logged_as_it_was_drafted(home: Home) -> None:
    said = draft(1, "one two")
    await home.place(said)

    logged = Entry(home.fence.generation, 1, 1, NOW, said.body)
    assert await home.entries() == [logged]
    assert await home.log.read_ingest({0: (1, 0)}, 10, block_ms=0) == {
        0: [IngestEntry(1, ROOM, AUTHOR, cmid(1), format_record(logged))]
    }


async def test_rooms_of_a_shard_share_the_ingest_stream_in_order(home: Home) -> None:
    await home.seed("attic")

    await home.place(draft(1))
    await home.place(draft(2), room="attic")
    await home.place(draft(3))

    read = (await home.log.read_ingest({0: (1, 0)}, 10, block_ms=0))[0]
    assert [(entry.ingest_id, entry.room) for entry in read] == [(1, ROOM), (2, "attic"), (3, ROOM)]


# --- batches -------------------------------------------------------------------------------


async def test_each_batch_has_its_own_outcome_in_order(home: Home) -> None:
    await home.seed("attic")
    batches = [
        Batch(ROOM, [draft(1)]),
        Batch("nowhere", [draft(2), draft(3)]),
        Batch("attic", [draft(4), draft(5)]),
    ]

    first, second, third = await home.log.append(0, home.fence, batches, NOW)

    assert seqs(first) == [1]
    assert isinstance(second, Unseeded)
    assert seqs(third) == [1, 2]


async def test_a_batch_keeps_its_order_around_what_is_refused(home: Home) -> None:
    await home.place(draft(1, "first"))

    outcomes = await home.append(draft(2), draft(1, "another"), draft(3))

    assert outcomes == [
        Appended(2, 2, NOW, new=True),
        Conflicting(),
        Appended(3, 3, NOW, new=True),
    ]


async def test_nothing_to_append_is_nothing_appended(home: Home) -> None:
    assert await home.append() == []
    assert await home.log.append(0, home.fence, [], NOW) == []


def seqs(outcome: BatchOutcome) -> Sequence[int]:
    assert isinstance(outcome, list)
    return [each.seq for each in outcome if isinstance(each, Appended)]


# --- the same again ------------------------------------------------------------------------


async def test_what_is_sent_again_has_its_first_place(home: Home) -> None:
    await home.place(draft(1, "first"), draft(2))

    again = await home.append(draft(1, "first"), now=NOW + 99)

    assert again == [Appended(1, 1, NOW, new=False)]
    assert await home.seqs() == [1, 2]


async def test_what_is_twice_in_one_batch_is_there_once(home: Home) -> None:
    outcomes = await home.append(draft(1), draft(1))

    assert outcomes == [Appended(1, 1, NOW, new=True), Appended(1, 1, NOW, new=False)]


async def test_another_message_under_the_same_id_is_a_conflict(home: Home) -> None:
    await home.place(draft(1, "first"))

    assert await home.append(draft(1, "second")) == [Conflicting()]
    assert await home.seqs() == [1]


async def test_an_id_is_its_author_s_own(home: Home) -> None:
    await home.place(draft(1))

    assert await home.place(draft(1, author="0000000000bob")) == [2]


async def test_what_is_sent_again_is_known_however_long_it_is_unstored(home: Home) -> None:
    await home.place(*(draft(number) for number in range(1, 40)))

    assert await home.append(draft(1)) == [Appended(1, 1, NOW, new=False)]


async def test_what_is_sent_again_is_known_under_any_authority(home: Home) -> None:
    await home.place(draft(1))
    await home.place(notice(2, authority=7))

    assert await home.append(draft(1, authority=1)) == [Appended(1, 1, NOW, new=False)]


# --- authority -----------------------------------------------------------------------------


async def test_who_was_authorised_before_a_removal_is_stale(home: Home) -> None:
    await home.place(notice(1, authority=2))

    assert await home.append(draft(2, authority=1)) == [Stale(2)]
    assert await home.seqs() == [1]


async def test_who_is_authorised_afresh_may_speak(home: Home) -> None:
    await home.place(notice(1, authority=2))

    assert await home.place(draft(2, authority=2)) == [2]


async def test_a_fact_is_never_stale(home: Home) -> None:
    await home.place(notice(1, authority=5))

    assert await home.place(notice(2, authority=3)) == [2]
    assert await authority(home) == 5


async def test_a_newer_authority_is_taken_from_whoever_brings_it(home: Home) -> None:
    """Its notice may still be on its way; what was authorised before it must not land."""
    await home.place(draft(1, authority=4))

    assert await authority(home) == 4
    assert await home.append(draft(2, authority=3)) == [Stale(4)]


async def test_a_removal_counts_for_the_rest_of_its_batch(home: Home) -> None:
    outcomes = await home.append(notice(1, authority=2), draft(2, authority=1))

    assert outcomes == [Appended(1, 0, NOW, new=True), Stale(2)]


async def test_a_stale_draft_raises_nothing(home: Home) -> None:
    await home.place(notice(1, authority=2))
    await home.append(draft(2, authority=1))

    assert await home.place(draft(2, authority=2)) == [2]
    assert await home.ingest_ids() == [1, 2]


# --- seeding -------------------------------------------------------------------------------


async def test_nothing_is_appended_to_a_room_that_is_not_seeded(home: Home) -> None:
    assert isinstance(await home.outcome(draft(1), room="attic"), Unseeded)
    assert await home.ingest_ids() == []


async def test_a_seeded_room_is_not_seeded_again(home: Home) -> None:
    await home.place(draft(1), draft(2))

    assert await home.log.seed(ROOM, home.fence, Seed(0, 0, 0, 1))
    assert (await home.recent()).position.seq == 2


async def test_a_second_seed_raises_the_authority_and_never_lowers_it(home: Home) -> None:
    await home.place(draft(1, authority=3))

    for authority, answer in ((2, [Stale(3)]), (5, [Stale(5)])):
        assert await home.log.seed(ROOM, home.fence, Seed(0, 0, 0, authority))
        assert await home.outcome(draft(2, authority=2)) == answer


async def test_a_seeded_room_is_live_and_stored(home: Home) -> None:
    await home.seed("attic", seq=40, n=30)

    assert await home.log.live_rooms(0, 1) == {ROOM, "attic"}
    assert (await home.recent("attic")).position == (40, 30, 40)


async def test_a_seed_that_is_older_than_a_drop_is_refused(home: Home) -> None:
    """What it read of the database may be from before the room's last entries."""
    await home.seed("attic", seq=4)
    read_before = (await home.log.positions(0, home.fence, ())).drops
    assert await home.log.drop("attic", home.fence)

    assert not await home.log.seed("attic", home.fence, Seed(read_before, 4, 4, 1))
    assert await home.log.live_rooms(0, 1) == {ROOM}


# --- publishing ----------------------------------------------------------------------------


async def test_what_is_published_is_what_was_logged(home: Home) -> None:
    async with listening(home.clients, ROOM_CHANNEL) as listener:
        await home.place(draft(1), draft(2))

        heard = [await listener.published(), await listener.published()]

    assert heard == list(await home.entries())


async def test_what_is_not_appended_is_not_published(home: Home) -> None:
    await home.place(draft(1))
    await home.place(notice(2, authority=2))
    async with listening(home.clients, ROOM_CHANNEL) as listener:
        await home.append(draft(1), draft(1, "another"), draft(3, authority=1))
        await home.place(draft(4, authority=2))

        heard = await listener.published()

        assert isinstance(heard, Entry)
        assert heard.seq == 3
        assert listener.is_silent()


@pytest.mark.parametrize(
    "said",
    [
        draft(1, "x" * 16_384),
        draft(1, "\N{CJK UNIFIED IDEOGRAPH-8A71} \U0001f600 \r\n \x00"),
        draft(1, content=Text("%s %d {0} \\ ' \"")),
    ],
    ids=["long", "unicode", "marks"],
)
async def test_a_body_comes_through_untouched(home: Home, said: Draft) -> None:
    await home.place(said)

    assert (await home.entries())[0].body == said.body
