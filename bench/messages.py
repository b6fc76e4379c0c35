"""Very many messages, made up, and what may be looked for among them.

Owns: the messages, their rooms and authors, the two people who ask, and the questions.
Never: a measurement; a database with anybody's messages in it: it must be empty.

What they cannot show: texts that are not made of words drawn by Zipf's law.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate

import sqlalchemy as sa

from bench.contenders.people import session
from parley.protocol.content import Text
from parley.protocol.entry import content_digest, encode_content
from parley.protocol.ids import new_cmid
from parley.store.batch import MessageRow
from parley.store.database import Database
from parley.store.directory import SqlDirectory
from parley.store.records import NewAccount, NewRoom
from parley.store.schema import messages, room_logs
from parley.store.search.api import SearchQuery
from parley.store.search.rows import SearchWriter, findable

ANN, BOB = "benchann", "benchbob"
ROOMS = 100
# Ann is in every tenth room.
ANNS = 10
BEGIN_MS = 1_735_689_600_000
YEAR_MS = 365 * 24 * 3_600_000
BATCH = 500
_LETTERS = "eeeeeeeeeeeetttttttttaaaaaaaaooooooooiiiiiiinnnnnnnsssssshhhhhhrrrrrrddddllll"
_LETTERS += "cccuuummmwwffggyyppbbvkjxqz"
_KANJI = [chr(code) for code in range(0x4E00, 0x4E00 + 2_000)]


def _vocabulary(size: int) -> list[str]:
    """Return words of letters as frequent as in English; the longer ones are the rarer."""
    random_ = random.Random(11)
    lengths = [2 + min(8, rank // 500) for rank in range(size)]
    return ["".join(random_.choices(_LETTERS, k=random_.randint(2, n))) for n in lengths]


_WORDS = _vocabulary(20_000)

QUERIES: tuple[tuple[str, SearchQuery], ...] = (
    ("a frequent word", SearchQuery(ANN, _WORDS[1])),
    ("a frequent word, one room", SearchQuery(ANN, _WORDS[1], room_id="room00000")),
    ("a rare word", SearchQuery(ANN, _WORDS[-3])),
    ("a rare word, in everybody's rooms", SearchQuery(BOB, _WORDS[-3])),
    ("part of a word", SearchQuery(BOB, _WORDS[-7][2:6])),
    ("one letter", SearchQuery(BOB, "e")),
    ("a character that nobody wrote", SearchQuery(BOB, "%")),
    ("what nobody said", SearchQuery(BOB, " ".join(_WORDS[1:6]))),
    ("frequent pairs that nobody said", SearchQuery(BOB, "eteeteet")),
    ("one kanji", SearchQuery(BOB, _KANJI[7])),
    ("two kanji", SearchQuery(BOB, _KANJI[1] + _KANJI[2])),
    ("a month in the past", SearchQuery(BOB, _WORDS[77], until=BEGIN_MS + YEAR_MS // 12)),
    ("one author", SearchQuery(BOB, _WORDS[5], author_id="author003")),
)


def texts(random_: random.Random) -> Iterator[str]:
    """Yield lines: most of words, drawn by Zipf's law, every tenth of kanji."""
    weights = list(accumulate(1 / rank for rank in range(1, len(_WORDS) + 1)))
    while True:
        if random_.random() < 0.1:
            length = random_.randint(4, 30)
            yield "".join(random_.choices(_KANJI, cum_weights=weights[: len(_KANJI)], k=length))
        else:
            yield " ".join(random_.choices(_WORDS, cum_weights=weights, k=random_.randint(2, 20)))


async def fill(database: Database, count: int) -> list[int]:
    """Write so many messages, and return how many are in each room, the longest first."""
    random_ = random.Random(7)
    lines = texts(random_)
    tops = [0] * ROOMS
    for first in range(0, count, BATCH):
        rows = []
        for number in range(first, min(first + BATCH, count)):
            room = min(int(random_.expovariate(0.05)), ROOMS - 1)
            tops[room] += 1
            at = BEGIN_MS + YEAR_MS * number // count
            rows.append(_row(random_, room, tops[room], at, next(lines)))
        columns = [messages.c[name] for name in MessageRow._fields]
        async with database.write() as connection:
            inserted = database.insert_rows(messages, columns)
            await connection.execute(inserted, database.row_parameters(columns, rows))
            await SearchWriter(database, connection).write(findable(0, rows))
    await _stand(database, tops)
    return tops


def _row(random_: random.Random, room: int, seq: int, at: int, line: str) -> MessageRow:
    content = encode_content(Text(line))
    return MessageRow(
        room_id=room_id(room),
        seq=seq,
        generation=1,
        n=seq,
        time=at,
        author_id=f"author{random_.randrange(50):03}",
        cmid=new_cmid(at, random_.getrandbits(80)),
        digest=content_digest(content),
        kind="text",
        content=content.decode(),
    )


async def _stand(database: Database, tops: list[int]) -> None:
    """Say how far each room has come, as the logger does, and count for the planner."""
    rows = [
        {"room_id": room_id(room), "generation": 1, "seq": top, "n": top}
        for room, top in enumerate(tops)
    ]
    async with database.write() as connection:
        await connection.execute(sa.insert(room_logs), rows)
        await connection.execute(sa.text("ANALYZE"))


async def people(directory: SqlDirectory) -> None:
    """Make Ann, Bob and their rooms."""
    for name in (ANN, BOB):
        await directory.sign_up(NewAccount(name, name, name, name, ""), session(name))
    for number in range(ROOMS):
        members = (ANN,) if number % (ROOMS // ANNS) == 0 else ()
        room = NewRoom(room_id(number), "group", f"Room {number}", BOB, members=members)
        await directory.create_room(room, new_cmid(BEGIN_MS, number))


def room_id(number: int) -> str:
    """Return the id of a room; the lower the number, the more is said there."""
    return f"room{number:05}"
