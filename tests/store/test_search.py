"""What people find among what was said."""

from collections.abc import Sequence
from typing import Any

import pytest

from parley.protocol.content import Delete, Edit, Target, Text
from parley.protocol.derived import Derived
from parley.protocol.entry import (
    Entry,
    IngestEntry,
    encode_body,
    encode_content,
    encode_derived,
    format_record,
)
from parley.protocol.formatting import Bold, Link, Paragraph, TextRun
from parley.protocol.ids import LOBBY
from parley.protocol.refusals import NotUnderstood
from parley.store.api import FullDirectory, Logs
from parley.store.database import Database
from parley.store.search import slices
from parley.store.search.api import FoundPage, SearchQuery
from parley.store.search.tokens import STRETCHES
from tests.store.samples import change, cmid, rows, said, sign_up, write

ANN, BOB = "idann", "idbob"
HOUR = 3_600_000


def entry(
    seq: int,
    content: Text | Edit | Delete,
    derived: Derived | None = None,
    *,
    room: str = LOBBY,
    author: str = ANN,
    time: int | None = None,
    shard: int = 0,
) -> IngestEntry:
    """Return an ingest entry with all that a gateway may say beside it."""
    beside = encode_derived(derived or Derived())
    name = cmid(seq + 1000 * shard)
    body = encode_body(author, name, encode_content(content), beside)
    record = format_record(Entry(1, seq, seq, 1000 + seq if time is None else time, body))
    return IngestEntry(seq, room, author, name, record)


def texts(*said: str, **where: Any) -> list[IngestEntry]:
    return [entry(seq, Text(text), **where) for seq, text in enumerate(said, start=1)]


async def found(directory: FullDirectory, text: str = "", **filters: Any) -> list[int]:
    """Return the seqs of what Ann finds."""
    page = await directory.search(SearchQuery(ANN, text, **filters))
    return [message.seq for message in page.messages]


@pytest.fixture
async def directory(directory: FullDirectory) -> FullDirectory:
    await sign_up(directory, "ann", "bob")
    return directory


async def test_a_part_of_a_text_finds_it_the_latest_first(
    directory: FullDirectory, logs: Logs
) -> None:
    await write(logs, *texts("good morning", "evening", "mornings are good"))

    assert await found(directory, "morning") == [3, 1]
    assert await found(directory, "ornin") == [3, 1]
    assert await found(directory, "mornin g") == []


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Élève à la gare", "eleve"),
        ("eleve", "ÉLÈVE"),
        ("東京タワーに行く", "東京"),
        ("東京タワーに行く", "京"),
        ("東京タワーに行く", "タワ"),
        ("ﾀﾜｰ", "タワー"),
        ("STRASSE", "straße"),
        ("Привет, мир", "привет"),
        ("안녕하세요", "녕하"),
        ("สวัสดีครับ", "สวัสดี"),
        ("שָׁלוֹם", "שלום"),
        ("नमस्ते दुनिया", "दुनिया"),
        ("good 👍🏽 job", "👍"),
        ("a\nb", "a b"),
        ("100% sure_thing", "% sure_"),
        ('say "no"', '"no"'),
        ("q", "q"),
        ("東q京", "q"),
        ("iraq", "q"),
        ("x + y", "+"),
        ("l'été", "l'ete"),
    ],
)
async def test_any_script_is_found_by_any_part(
    directory: FullDirectory, logs: Logs, text: str, query: str
) -> None:
    await write(logs, *texts("something else", text, "and more of it"))

    assert await found(directory, query) == [2]


@pytest.mark.parametrize(
    ("text", "query"),
    [("がぎぐ", "か"), ("कि", "कु"), ("ที่", "ที้"), ("cat", "at c"), ("ab ba", "aba"), ("%", "_")],
)
async def test_what_is_another_letter_is_not_found(
    directory: FullDirectory, logs: Logs, text: str, query: str
) -> None:
    await write(logs, *texts(text))

    assert await found(directory, query) == []


async def test_only_rooms_that_one_is_in_are_searched(directory: FullDirectory, logs: Logs) -> None:
    mine = (await directory.create_channel("roomann", "Mine", ANN, cmid(900))).room.id
    other = (await directory.create_channel("roombob", "Bob's", BOB, cmid(901))).room.id
    await write(logs, *texts("secret", room=mine))
    await write(logs, *texts("secret", room=other, author=BOB), shard=1)

    page = await directory.search(SearchQuery(ANN, "secret"))
    alone = await directory.search(SearchQuery(ANN, "secret", room_id=other))

    assert [message.room_id for message in page.messages] == [mine]
    assert alone == FoundPage([], None)


async def test_a_search_that_stops_early_says_where_to_go_on(
    directory: FullDirectory, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "_ENOUGH_SECONDS", 1e-9)  # one slice is enough
    days = [entry(seq, Text(text), time=seq * 24 * HOUR) for seq, text in enumerate("abacad", 1)]
    await write(logs, *days)

    pages, after = [], ""
    while True:
        page = await directory.search(SearchQuery(ANN, "a", after=after))
        pages.append([message.seq for message in page.messages])
        if page.next is None:
            break
        after = page.next

    assert [seq for page in pages for seq in page] == [5, 3, 1]
    assert [] in pages


async def test_what_was_said_at_the_end_of_a_slice_s_last_millisecond_is_found(
    directory: FullDirectory, logs: Logs
) -> None:
    last = (1 << STRETCHES[0]) - 1
    # More than a millisecond has ids for: the later ones get those of the next.
    many = [entry(seq, Text(f"said {seq}"), time=last) for seq in range(1, 1032)]
    await write(logs, *many)

    assert await found(directory, "said 1031") == [1031]


async def test_a_room_that_was_left_is_searched_no_more(
    directory: FullDirectory, logs: Logs
) -> None:
    room = (await directory.create_channel("roombob", "Bob's", BOB, cmid(901))).room.id
    await directory.join(ANN, room, cmid(902))
    await write(logs, *texts("secret", room=room))
    assert await found(directory, "secret") == [1]

    await directory.leave(ANN, room, cmid(903))

    assert await found(directory, "secret") == []


async def test_an_edited_message_is_found_by_its_new_words_alone(
    directory: FullDirectory, logs: Logs
) -> None:
    await write(logs, *texts("the old words", "between"))
    edit = entry(3, Edit(cmid(1), "quite new"), Derived(seq=1))
    await write(logs, edit)

    assert await found(directory, "old words") == []
    page = await directory.search(SearchQuery(ANN, "quite"))
    assert [(message.seq, message.text) for message in page.messages] == [(1, "quite new")]


async def test_what_is_edited_within_one_batch_is_found_by_its_new_words(
    directory: FullDirectory, logs: Logs
) -> None:
    edit = entry(2, Edit(cmid(1), "quite new"), Derived(seq=1))
    await write(logs, *texts("the old words"), edit)

    assert await found(directory, "old words") == []
    assert await found(directory, "quite") == [1]


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_deleted_message_is_gone_from_everything_that_is_searched(
    directory: FullDirectory, logs: Logs, database: Database, at_once: bool
) -> None:
    gone = entry(2, Delete(Target(ANN, cmid(1))), Derived(seq=1))
    batches: Sequence[list[IngestEntry]]
    batches = [[*texts("canary"), gone]] if at_once else [texts("canary"), [gone]]
    for batch in batches:
        await write(logs, *batch)

    assert await found(directory, "canary") == []
    assert await rows(database, "SELECT count(*) FROM search") == [(0,)]


async def test_what_one_has_hidden_is_not_found(
    directory: FullDirectory, logs: Logs, database: Database
) -> None:
    await write(logs, *texts("here", "here too"))
    await change(database, f"INSERT INTO hidden VALUES ('{ANN}', '{LOBBY}', 1)")

    assert await found(directory, "here") == [2]


async def test_marks_are_not_in_the_way(directory: FullDirectory, logs: Logs) -> None:
    tree = Derived(tree=[Paragraph([TextRun("un"), Bold([TextRun("bel")]), TextRun("ievable")])])
    await write(logs, entry(1, Text("un*bel*ievable"), tree))

    page = await directory.search(SearchQuery(ANN, "unbelievable"))

    assert [message.text for message in page.messages] == ["unbelievable"]


# --- filters -------------------------------------------------------------------------------


async def test_an_author_s_messages_are_found(directory: FullDirectory, logs: Logs) -> None:
    await write(logs, entry(1, Text("one")), entry(2, Text("one"), author=BOB))

    assert await found(directory, "one", author_id=BOB) == [2]
    assert await found(directory, author_id=BOB) == [2]


async def test_messages_with_links_are_found(directory: FullDirectory, logs: Logs) -> None:
    url = "https://example.org"
    linked = Derived(tree=[Paragraph([Link(url, [TextRun(url)])])])
    await write(logs, entry(1, Text("no link")), entry(2, Text(url), linked))

    assert await found(directory, has_link=True) == [2]
    assert await found(directory, "example", has_link=True) == [2]


async def test_messages_that_mention_one_or_everyone_are_found(
    directory: FullDirectory, logs: Logs
) -> None:
    await write(
        logs,
        entry(1, Text("@ann"), Derived(mentions=[ANN])),
        entry(2, Text("@bob"), Derived(mentions=[BOB])),
        entry(3, Text("@all"), Derived(everyone=True)),
    )
    await write(logs, entry(4, Edit(cmid(1), "never mind"), Derived(seq=1)))

    assert await found(directory, mentions_me=True) == [3, 1]
    assert await found(directory, "never", mentions_me=True) == [1]


async def test_dates_bound_what_is_found(directory: FullDirectory, logs: Logs) -> None:
    times = (0, HOUR, 1000 * HOUR, 20_000 * HOUR)
    await write(logs, *(entry(at, Text("hi"), time=time) for at, time in enumerate(times, start=1)))

    assert await found(directory, "hi", since=HOUR, until=20_000 * HOUR) == [3, 2]
    assert await found(directory, "hi", since=HOUR + 1) == [4, 3]
    assert await found(directory, "hi", until=HOUR) == [1]


# --- pages ---------------------------------------------------------------------------------


async def test_pages_hold_every_hit_once_whatever_the_times_are(
    directory: FullDirectory, logs: Logs
) -> None:
    """Some at one millisecond, some hours apart, some years."""
    room = (await directory.create_channel("roomann", "Mine", ANN, cmid(900))).room.id
    steps = [0, 0, 0, 1, 5_000, HOUR, 9 * HOUR, 500 * HOUR, 9_000 * HOUR, 40_000 * HOUR]
    for shard, where in enumerate((LOBBY, room)):
        batch = [
            entry(seq, Text("hit"), room=where, time=sum(steps[:seq]), shard=shard)
            for seq in range(1, 11)
        ]
        await write(logs, *batch, shard=shard)

    seen: list[tuple[int, str, int]] = []
    after: str | None = ""
    while after is not None:
        page = await directory.search(SearchQuery(ANN, "hit", after=after, limit=3))
        seen += [(each.time, each.room_id, each.seq) for each in page.messages]
        after = page.next

    assert len(seen) == len(set(seen)) == 20
    assert [time for time, _, _ in seen] == sorted((time for time, _, _ in seen), reverse=True)


async def test_the_latest_come_first_however_many_there_were_shortly_before(
    directory: FullDirectory, logs: Logs
) -> None:
    """Two in the latest stretch of five hours, many in the one before it."""
    stretch = 1 << 24
    times = [99 * stretch + at for at in range(10)] + [100 * stretch, 100 * stretch + 1]
    await write(
        logs, *(entry(at, Text("hit"), time=time) for at, time in enumerate(times, start=1))
    )

    assert await found(directory, "hit", limit=3) == [12, 11, 10]


async def test_a_page_that_ends_with_the_last_hit_is_the_last(
    directory: FullDirectory, logs: Logs
) -> None:
    await write(logs, *texts("hit", "hit"))

    page = await directory.search(SearchQuery(ANN, "hit", limit=2))

    assert page.next is None


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "9" * 40, "٣"])
async def test_what_continues_no_search_is_refused(directory: FullDirectory, after: str) -> None:
    with pytest.raises(NotUnderstood):
        await directory.search(SearchQuery(ANN, "hit", after=after))


async def test_many_messages_of_one_millisecond_are_all_found(
    directory: FullDirectory, logs: Logs
) -> None:
    """More than the places that a millisecond has."""
    await write(logs, *(entry(seq, Text("burst"), time=5) for seq in range(1, 1500)))
    await write(logs, *(entry(seq, Text("burst"), time=5) for seq in range(1500, 2100)))

    assert sorted(await found(directory, "burst", limit=3000)) == list(range(1, 2100))


async def test_a_text_of_which_nothing_can_be_searched_is_stored(
    directory: FullDirectory, logs: Logs, database: Database
) -> None:
    await write(logs, said(1, "\u0301", room=LOBBY), said(2, "a\x00b", room=LOBBY))

    assert await found(directory, "ab") == [2]
