"""What is deleted for everyone is gone from Redis, and leaves stones, not holes."""

from parley.protocol.content import Delete, Edit, React, Stone, Target
from parley.protocol.entry import (
    Entry,
    content_digest,
    decode_body,
    decode_content,
    encode_body,
    encode_content,
)
from parley.stream import keys
from parley.stream.log import Appended, Draft, Gone
from tests.stream.homes import AUTHOR, KEPT, NOW, ROOM, Home, cmid, draft

KINDS = {Edit: "edit", Delete: "delete", React: "change"}


def about(number: int, content: Edit | Delete | React, target: int) -> Draft:
    encoded = encode_content(content)
    return draft(number)._replace(
        counts=False,
        digest=content_digest(encoded),
        body=encode_body(AUTHOR, cmid(number), encoded),
        kind=KINDS[type(content)],  # type: ignore[arg-type]
        target=target,
    )


def edit(number: int, of: int) -> Draft:
    return about(number, Edit(cmid(of), "secret too"), of)


def delete(number: int, of: int) -> Draft:
    return about(number, Delete(Target(AUTHOR, cmid(of))), of)


def react(number: int, to: int) -> Draft:
    return about(number, React(Target(AUTHOR, cmid(to)), "👍"), to)


def stone_of(entry: Entry) -> Stone | None:
    content = decode_content(decode_body(entry.body).content)
    return content if isinstance(content, Stone) else None


async def everything(home: Home) -> bytes:
    """Return all that the room's keys hold, but for what is on its way to the database."""
    found = []
    for key in keys.room_keys(0, home.fence.generation, ROOM):
        match await home.clients.commands.type(key):
            case b"hash":
                found.append(repr(await home.clients.commands.hgetall(key)))
            case b"stream":
                found.append(repr(await home.clients.commands.xrange(key)))
    return "".join(found).encode()


async def test_a_deleted_message_and_its_edits_leave_stones_in_their_places(home: Home) -> None:
    await home.place(draft(1, "secret"), draft(2), edit(3, of=1), draft(4))

    await home.place(delete(5, of=1))

    entries = await home.entries()
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
    assert [stone_of(entry) for entry in entries] == [
        Stone("deleted"),
        None,
        Stone("withdrawn"),
        None,
        None,
    ]
    assert [(entry.n, entry.time) for entry in entries[:3]] == [(1, NOW), (2, NOW), (2, NOW)]


async def test_a_stone_keeps_its_author_and_name(home: Home) -> None:
    await home.place(draft(1), delete(2, of=1))

    body = decode_body((await home.entries())[0].body)

    assert (body.author, body.cmid) == (AUTHOR, cmid(1))


async def test_no_word_of_it_is_left(home: Home) -> None:
    said = draft(1, "secret")
    await home.place(said, edit(2, of=1), draft(3))

    await home.place(delete(4, of=1))

    held = await everything(home)
    assert b"secret" not in held
    assert said.digest.encode() not in held


async def test_what_was_deleted_and_is_sent_again_has_its_first_place(home: Home) -> None:
    said = draft(1, "secret")
    await home.place(said, delete(2, of=1))

    assert await home.append(said) == [Appended(1, 1, NOW, new=False)]


async def test_a_second_deletion_has_the_place_of_the_first(home: Home) -> None:
    await home.place(draft(1), delete(2, of=1))

    assert await home.append(delete(3, of=1)) == [Appended(2, 1, NOW, new=False)]


async def test_what_would_change_a_deleted_message_is_not_taken(home: Home) -> None:
    await home.place(draft(1), delete(2, of=1))

    assert await home.append(edit(3, of=1), react(4, to=1)) == [Gone(), Gone()]
    assert await home.seqs() == [1, 2]


async def test_a_page_that_ends_between_stones_has_as_many_entries_as_were_asked_for(
    home: Home,
) -> None:
    await home.place(draft(1), draft(2), draft(3), delete(4, of=1), delete(5, of=2))

    assert [entry.seq for entry in (await home.recent(limit=3)).entries] == [1, 2, 3]
    assert [entry.seq for entry in (await home.recent(after=1, limit=1)).entries] == [2]
    assert [entry.seq for entry in (await home.recent(after=2, limit=9)).entries] == [3, 4, 5]


async def test_a_stone_goes_when_its_entry_would(home: Home) -> None:
    await home.place(draft(1), delete(2, of=1), *(draft(number) for number in range(3, 9)))

    await home.stored(8, **{ROOM: 8})

    assert len(await home.seqs()) == KEPT
    redacted = keys.redacted(0, home.fence.generation, ROOM)
    assert await home.clients.commands.exists(redacted) == 0
    assert await home.log.find(ROOM, home.fence, AUTHOR, cmid(1)) is None


async def test_the_deletion_of_what_has_left_redis_is_known_as_long_as_it_is_there_itself(
    home: Home,
) -> None:
    await home.place(*(draft(number) for number in range(1, 8)))
    await home.stored(7, **{ROOM: 7})
    await home.place(delete(8, of=1))

    assert await home.append(react(9, to=1)) == [Gone()]
    assert await home.seqs() == [5, 6, 7, 8]


async def test_a_room_that_is_dropped_leaves_no_stones(home: Home) -> None:
    await home.place(draft(1), delete(2, of=1))
    await home.stored(2, **{ROOM: 2})

    assert await home.log.drop(ROOM, home.fence)

    names = keys.room_keys(0, home.fence.generation, ROOM)
    assert await home.clients.commands.exists(*names) == 0


async def test_who_appended_an_entry_is_told_to_the_logger(home: Home) -> None:
    home.log._name = "gateway-7"
    await home.place(draft(1))

    read = await home.log.read_ingest({0: (home.fence.generation, 0)}, 10, block_ms=0)

    assert [entry.gateway for entry in read[0]] == ["gateway-7"]
