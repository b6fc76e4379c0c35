"""What both ways of talking ask the server for.

Owns: finding and entering a room, its last entries, and the names of people.
Never: printing.
"""

import asyncio
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from parley.chat.cleaning import clean_line
from parley.chat.lines import DELETED, full_name, words_of
from parley.chat.options import ChatOptions
from parley.client import (
    Chat,
    DeletedMessage,
    Message,
    MessageChange,
    NoticeShown,
    ParleyError,
    Person,
    Room,
    RoomEntry,
    State,
    Target,
)
from parley.protocol.limits import PAGE_ENTRIES

# A line that waits longer for the name of who said it, in seconds, is printed without.
NAME_SECONDS = 3.0

_QUOTED_ID = re.compile(r"'([0-9a-z]{5,13})'")


async def enter(chat: Chat, typed: str) -> Room:
    """Return the room that a person means, joined if need be. Raises RoomNotFound, Refused."""
    room = await chat.resolve_room(typed)
    return room if room.role is not None else await chat.join(room.id)


async def conversation(chat: Chat, options: ChatOptions) -> Room:
    """Return where the options say to talk. Raises RoomNotFound, PersonNotFound, Refused."""
    if options.dm is None:
        return await enter(chat, options.room)
    person = await chat.resolve_person(options.dm)
    return await chat.open_direct(person.id)


class Past(NamedTuple):
    """The end of a room: its entries, oldest first, with the words that they have now.

    `states`, by seq, are what has become of those that are no longer as they were sent; `quoted`,
    the messages that they answer and that stood in another page.
    """

    entries: list[RoomEntry]
    states: dict[int, State]
    quoted: dict[Target, State]

    def answered_by(self, message: Message) -> str:
        """Return what a message answers, as it reads now; empty if it answers none."""
        target = message.reply_to
        if target is None:
            return ""
        if target in self.quoted:
            return words_of(self.quoted[target])
        for entry in self.entries:
            if isinstance(entry, Message | DeletedMessage) and _target(entry) == target:
                return clean_line(entry.text) if isinstance(entry, Message) else DELETED
        return "an earlier message"


async def last_entries(chat: Chat, room: str, count: int) -> Past:
    """Return the last `count` entries of a room that can be shown."""
    past = Past([], {}, {})
    before, more = None, True
    while more and len(past.entries) < count:
        limit = min(PAGE_ENTRIES, count - len(past.entries))
        page = await chat.history(room, before=before, limit=limit)
        quoted = {Target(state.author, state.cmid): state for state in page.quoted.values()}
        past = Past(
            [*(_as_it_is(entry, page.states) for entry in page.entries), *past.entries],
            {**page.states, **past.states},
            {**quoted, **past.quoted},
        )
        before, more = page.first, page.more and page.first > 1
    return past


async def people_in(chat: Chat, entries: Iterable[RoomEntry | MessageChange]) -> dict[str, Person]:
    """Return the people that the entries name, as far as they can be had soon."""
    return await _people(chat, {p for e in entries for p in _named(e) if p is not None})


async def _people(chat: Chat, ids: Collection[str]) -> dict[str, Person]:
    with suppress(ParleyError, TimeoutError):
        async with asyncio.timeout(NAME_SECONDS):
            return await chat.people(sorted(ids))
    return {}


async def in_words(chat: Chat, sentence: str, rooms: Mapping[str, Room]) -> str:
    """Return a refusal's sentence with names in place of ids, as far as they can be had soon."""
    ids = set(_QUOTED_ID.findall(sentence))
    people = await _people(chat, ids - rooms.keys())
    names = {room: rooms[room].name for room in ids & rooms.keys()}
    names |= {person.id: full_name(person) for person in people.values()}
    return _QUOTED_ID.sub(lambda quoted: names.get(quoted[1], quoted[0]), sentence)


def _as_it_is(entry: RoomEntry, states: Mapping[int, State]) -> RoomEntry:
    """Return an entry with the words that it has now."""
    state = states.get(entry.seq)
    if not isinstance(entry, Message) or state is None:
        return entry
    if state.deleted:
        place = (entry.room, entry.generation, entry.seq, entry.n, entry.time)
        return DeletedMessage(*place, entry.author, entry.cmid)
    return replace(entry, text=state.text, derived=state.derived)


def _target(message: Message | DeletedMessage) -> Target:
    return Target(message.author, message.cmid)


def _named(entry: RoomEntry | MessageChange) -> tuple[str | None, ...]:
    if isinstance(entry, NoticeShown):
        return (entry.author, entry.who, *entry.more)
    return (entry.author,)
