"""A room with many messages, as an earlier start of the client has left it in its cache.

Owns: made-up people and talk, and the profile that holds them.
Never: a server: the client begins without a connection, as it can.
"""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

from desktop_client.network.cache import Cache
from desktop_client.profile import Kept, Profile
from desktop_client.state.history import LATEST, Before, Place
from desktop_client.update.events import GotHistory, GotPeople, GotRooms
from parley.client import FileVault, HistoryPage, Message, Person, Room
from parley.client.outputs import SaveIdentity
from parley.protocol import commands

# Nobody listens there.
URL = "http://127.0.0.1:9"
PROFILE = "bench"
ROOM = Room("benchroom", "channel", "A long conversation", "member")
BEGIN_MS = 1_735_689_600_000
# Between two messages, on average.
PAUSE_MS = 180_000
_PAGE = 500
_ME = Person("benchme", "me", "Me")
_OTHERS = [Person(f"bench{name}", name, name.title()) for name in ("ann", "bob", "chidi", "priya")]
_TALK = """the of and to in is you that it for was on are as with they at be this have from or had
by word but what some we can out other were all there when use your how said each she which
time release tests meeting tomorrow lunch branch server question answer maybe thanks"""
_WORDS = _TALK.split()
_EMOJI = "👍🔥😂🎉🙏"


def said(seq: int, random_: random.Random, time: int) -> Message:
    """Return a message as people write them: short, at times long, with emoji and links."""
    author = random_.choice([_ME, *_OTHERS])
    count = random_.choice([1, 3, 5, 8, 12, 20, 60])
    text = " ".join(random_.choices(_WORDS, k=count))
    if random_.random() < 0.2:
        text += f" {random_.choice(_EMOJI)}"
    if random_.random() < 0.05:
        text += " https://example.org/notes"
    return Message(ROOM.id, 1, seq, seq, time, author.id, f"bench-{seq}", text)


def fill(folder: Path, messages: int) -> None:
    """Write a profile whose room has so many messages, all of them in its cache."""
    profile = Profile(folder, PROFILE)
    profile.keep(Kept(url=URL, user=_ME.user_name))
    server = profile.server_folder(URL)
    server.mkdir(mode=0o700, parents=True)
    asyncio.run(_sign_in(server))
    cache = Cache.open(server, _ME.id)
    cache.note(GotRooms((ROOM,)))
    cache.note(GotPeople({person.id: person for person in (_ME, *_OTHERS)}))
    for page, place in _pages(messages):
        cache.note(GotHistory(page, place))
    cache.close()


async def _sign_in(folder: Path) -> None:
    vault = await FileVault.open(folder)
    me = commands.Person(_ME.id, _ME.user_name, _ME.display_name)
    await vault.write([SaveIdentity(me, "a token that no server has given")])
    await vault.close()


def _pages(messages: int) -> Iterator[tuple[HistoryPage, Place]]:
    random_, time = random.Random(7), BEGIN_MS
    for first in range(1, messages + 1, _PAGE):
        last = min(messages, first + _PAGE - 1)
        entries: list[Message] = []
        for seq in range(first, last + 1):
            time += random_.randrange(2 * PAUSE_MS)
            entries.append(said(seq, random_, time))
        page = HistoryPage(ROOM.id, 1, tuple(entries), first, last, more=first > 1, as_of=messages)
        yield page, LATEST if last == messages else Before(last + 1)
