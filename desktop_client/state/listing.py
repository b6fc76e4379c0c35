"""Which rooms the list shows, and in what order.

Owns: the filters, the search by name, and the order.
Never: what is on a card.
"""

from collections.abc import Callable

from desktop_client.state.model import Shown, State
from desktop_client.state.talk import Talk

_KINDS: dict[Shown, Callable[[Talk], bool]] = {
    "all": lambda _: True,
    "unread": lambda talk: talk.standing.is_unread,
    "direct": lambda talk: talk.room.kind == "direct",
    "groups": lambda talk: talk.room.kind == "group",
    "channels": lambda talk: talk.room.kind == "channel",
}


def listed(state: State) -> list[Talk]:
    """Return the rooms that are left: those that are pinned, then the latest first.

    The open room stays among the unread ones: it would vanish under one's eyes by being read. Who
    searches by name searches all rooms.
    """
    wanted = " ".join(state.filter.casefold().split())
    if wanted:
        talks = [talk for talk in state.talks.values() if wanted in _name(talk)]
    else:
        is_shown = _KINDS[state.shown]
        talks = [talk for talk in state.talks.values() if is_shown(talk) or _stays(talk, state)]
    return sorted(talks, key=_place)


def _stays(talk: Talk, state: State) -> bool:
    return state.shown == "unread" and talk.room.id == state.opened


def _name(talk: Talk) -> str:
    return " ".join(talk.room.name.casefold().split())


def _place(talk: Talk) -> tuple[bool, int]:
    last = talk.last()
    return not talk.room.pinned, -last.time if last is not None else 0
