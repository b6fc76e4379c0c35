"""Lists of messages as the network fetches them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import cast

from desktop_client.network.listing import read
from desktop_client.state.pages import Listed
from desktop_client.update import effects, events
from parley.client import Chat, State, Target
from parley.protocol.content import Text
from parley.protocol.events import Event
from tests.desktop_client.parts import BOB, LOBBY, NOON, PLANS


class Starring:
    """A server on which three messages of two rooms are starred, one of them edited since."""

    def __init__(self) -> None:
        self._starred = [("one", PLANS.id), ("two", LOBBY.id), ("gone", LOBBY.id)]
        self._now = {"one": "one, edited", "two": "two"}

    async def starred(self) -> AsyncIterator[Event]:
        for cmid, room in self._starred:
            yield Event(room, 1, 1, 1, NOON, BOB.id, cmid, Text(cmid))

    async def messages(self, room: str, targets: Sequence[Target]) -> list[State]:
        asked = [target.cmid for target in targets if (target.cmid, room) in self._starred]
        known = [cmid for cmid in asked if cmid in self._now]
        return [State(1, 1, NOON, BOB.id, cmid, self._now[cmid]) for cmid in known]


def test_what_is_starred_is_listed_in_its_order_as_it_reads_now() -> None:
    answers = asyncio.run(_answers(cast("Chat", Starring()), effects.LoadStarred()))

    assert answers == [
        events.GotStarred(
            (
                Listed(PLANS.id, Target(BOB.id, "one"), 1, NOON, "one, edited"),
                Listed(LOBBY.id, Target(BOB.id, "two"), 1, NOON, "two"),
            )
        )
    ]


async def _answers(chat: Chat, effect: effects.NetworkEffect) -> list[events.Event]:
    return list(await read(chat, effect))
