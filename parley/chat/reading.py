"""What both ways of talking ask the server for.

Owns: finding and entering a room, its last entries, and the names of people.
Never: printing.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from parley.client import Chat, NoticeShown, ParleyError, Person, Room, RoomEntry
from parley.protocol.limits import PAGE_ENTRIES

# A line that waits longer for the name of who said it, in seconds, is printed without.
NAME_SECONDS = 3.0


async def enter(chat: Chat, typed: str) -> Room:
    """Return the room that a person means, joined if need be. Raises RoomNotFound, Refused."""
    room = await chat.resolve_room(typed)
    return room if room.role is not None else await chat.join(room.id)


async def last_entries(chat: Chat, room: str, count: int) -> list[RoomEntry]:
    """Return the last `count` entries of a room that can be shown, oldest first."""
    entries: list[RoomEntry] = []
    before, more = None, True
    while more and len(entries) < count:
        limit = min(PAGE_ENTRIES, count - len(entries))
        page = await chat.history(room, before=before, limit=limit)
        entries = [*page.entries, *entries]
        before, more = page.first, page.more and page.first > 1
    return entries


async def people_in(chat: Chat, entries: Iterable[RoomEntry]) -> dict[str, Person]:
    """Return the people that the entries name, as far as they can be had soon."""
    ids = {person for entry in entries for person in _named(entry) if person is not None}
    with suppress(ParleyError, TimeoutError):
        async with asyncio.timeout(NAME_SECONDS):
            return await chat.people(sorted(ids))
    return {}


def _named(entry: RoomEntry) -> tuple[str | None, ...]:
    return (entry.author, entry.who) if isinstance(entry, NoticeShown) else (entry.author,)
