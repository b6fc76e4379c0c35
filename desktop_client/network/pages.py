"""Pages of a room's past, first from the cache and then from the server.

Owns: which of the two is asked, and what is told of it.
Never: what is kept (`desktop_client.network.cache`).
"""

from collections.abc import AsyncIterator

from desktop_client.network.memory import Memory
from desktop_client.state.history import After, Around, At, Before, Place
from desktop_client.update import events
from desktop_client.update.effects import LoadHistory
from parley.client import Chat, HistoryPage, ParleyError

# Entries that are fetched at once: two or three screens of them.
PAGE = 60
# What is kept comes within a frame or two: so few that laying them out is not felt.
_KEPT = 12


async def pages(
    chat: Chat, memory: Memory | None, load: LoadHistory
) -> AsyncIterator[events.Event]:
    """Yield what is kept of a page at once; and the server's, unless what is kept is as new."""
    kept = await _kept(memory, load) if memory is not None else None
    if kept is not None:
        yield kept
        if kept.is_sure:
            return
    try:
        page = await _asked(chat, load.room, load.place)
    except ParleyError:
        if kept is None:
            yield events.NoHistory(load.room)
        return
    yield events.GotHistory(page, load.place)


async def _kept(memory: Memory, load: LoadHistory) -> events.GotKept | None:
    is_jump = isinstance(load.place, Around | At)
    return await memory.page(load.room, load.place, PAGE if is_jump else _KEPT)


async def _asked(chat: Chat, room: str, place: Place) -> HistoryPage:
    match place:
        case Before(seq=seq):
            return await chat.history(room, before=seq, limit=PAGE)
        case After(seq=seq):
            return await chat.history(room, after=seq, limit=PAGE)
        case Around(seq=seq):
            return await chat.history(room, around=seq, limit=PAGE)
        case At(time=time):
            return await chat.history(room, at=time, limit=PAGE)
        case _:
            return await chat.history(room, limit=PAGE)
