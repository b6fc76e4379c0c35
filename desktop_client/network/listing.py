"""Lists of messages: those that are pinned or starred, and the versions of one.

Owns: one call of the SDK for each, as events.
Never: pages of history (`desktop_client.network.pages`).
"""

from collections.abc import Sequence

from desktop_client.state.pages import Listed
from desktop_client.update import effects, events
from parley.client import Chat, State, Target

# Starred messages that are known by their stars.
_STARRED = 500


async def read(chat: Chat, effect: effects.NetworkEffect) -> Sequence[events.Event]:
    """Read a list."""
    match effect:
        case effects.LoadPins(room=room):
            pins = tuple(_listed(room, state) for state in await chat.pins(room))
            return (events.GotPins(room, pins),)
        case effects.LoadStarred():
            return (events.GotStarred(await _starred(chat)),)
        case effects.LoadVersions(room=room, target=target):
            return (events.GotVersions(target, tuple(await chat.versions(room, target))),)
    return ()


async def _starred(chat: Chat) -> tuple[Listed, ...]:
    """Return what one has starred as it is now, the latest star first."""
    found: list[tuple[str, Target]] = []
    async for event in chat.starred():
        if event.author is not None and event.cmid is not None:
            found.append((event.room, Target(event.author, event.cmid)))
        if len(found) == _STARRED:
            break
    by_room: dict[str, list[Target]] = {}
    for room, target in found:
        by_room.setdefault(room, []).append(target)
    now = {
        (room, listed.target): listed
        for room, targets in by_room.items()
        for listed in [_listed(room, state) for state in await chat.messages(room, targets)]
    }
    return tuple(now[place] for place in found if place in now)


def _listed(room: str, state: State) -> Listed:
    target = Target(state.author, state.cmid)
    return Listed(room, target, state.seq, state.time, state.text)
