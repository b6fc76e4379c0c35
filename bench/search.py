"""How long a search takes: `python -m bench.search sqlite:////tmp/bench.db --messages 1000000`.

Owns: made-up messages in a database of its own, and the times of some searches among them.
Never: a database with anybody's messages in it: it must be empty.

What it cannot show: a machine whose memory does not hold the index, several people searching at
once, and texts that are not made of words drawn by Zipf's law.
"""

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import Iterator
from itertools import accumulate

import sqlalchemy as sa

from parley.protocol.content import Text
from parley.protocol.entry import content_digest, encode_content
from parley.protocol.ids import new_cmid
from parley.store.batch import MessageRow
from parley.store.database import Database, open_database
from parley.store.directory import SqlDirectory
from parley.store.migrate import migrate
from parley.store.records import NewAccount, NewRoom, NewSession
from parley.store.schema import messages
from parley.store.search.api import SearchQuery
from parley.store.search.rows import SearchWriter

ANN, BOB = "benchann", "benchbob"
ROOMS = 100
# Ann is in every tenth room.
ANNS = 10
BEGIN_MS = 1_735_689_600_000
YEAR_MS = 365 * 24 * 3_600_000
BATCH = 500
RUNS = 20
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


async def fill(database: Database, count: int) -> float:
    """Write so many messages, and return how many a second were written."""
    random_ = random.Random(7)
    lines = texts(random_)
    seqs = [0] * ROOMS
    began = time.perf_counter()
    for first in range(0, count, BATCH):
        rows = []
        for number in range(first, min(first + BATCH, count)):
            room = min(int(random_.expovariate(0.05)), ROOMS - 1)
            seqs[room] += 1
            at = BEGIN_MS + YEAR_MS * number // count
            content = encode_content(Text(next(lines)))
            rows.append(
                MessageRow(
                    room_id=f"room{room:05}",
                    seq=seqs[room],
                    generation=1,
                    n=seqs[room],
                    time=at,
                    author_id=f"author{random_.randrange(50):03}",
                    cmid=new_cmid(at, random_.getrandbits(80)),
                    digest=content_digest(content),
                    kind="text",
                    content=content.decode(),
                )
            )
        async with database.write() as connection:
            await connection.execute(sa.insert(messages), [row._asdict() for row in rows])
            await SearchWriter(connection, 0).write(rows)
    return count / (time.perf_counter() - began)


async def people(directory: SqlDirectory) -> None:
    """Make Ann, Bob and their rooms."""
    for name in (ANN, BOB):
        session = NewSession(f"ses{name}", name.encode(), "bench", "192.0.2.1")
        await directory.sign_up(NewAccount(name, name, name, name, ""), session)
    for number in range(ROOMS):
        members = (ANN,) if number % (ROOMS // ANNS) == 0 else ()
        room = NewRoom(f"room{number:05}", "group", f"Room {number}", BOB, members=members)
        await directory.create_room(room, new_cmid(BEGIN_MS, number))


async def measure(directory: SqlDirectory) -> None:
    """Print how long each search takes, in milliseconds."""
    print("| search | hits | median ms | slowest ms |\n| --- | --- | --- | --- |")
    for name, query in QUERIES:
        times, hits = [], 0
        for _ in range(RUNS):
            began = time.perf_counter()
            hits = len((await directory.search(query)).messages)
            times.append(1000 * (time.perf_counter() - began))
        print(f"| {name} | {hits} | {statistics.median(times):.1f} | {max(times):.1f} |")


async def bench(url: str, count: int) -> None:
    database = open_database(url, clock=lambda: BEGIN_MS)
    await migrate(database)
    directory = SqlDirectory(database)
    await directory.ensure_lobby()
    await people(directory)
    rate = await fill(database, count)
    print(f"{count} messages, written at {rate:.0f} a second")
    if url.startswith("postgresql"):
        async with database.write() as connection:
            await connection.execute(sa.text("ANALYZE"))
    await measure(directory)
    await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("url", help="an empty database")
    parser.add_argument("--messages", type=int, default=1_000_000)
    options = parser.parse_args()
    asyncio.run(bench(options.url, options.messages))


if __name__ == "__main__":
    main()
