"""A page comes from the cache at once, and from the server unless what is kept is as new."""

from typing import cast

import pytest

from desktop_client.network.memory import Memory
from desktop_client.network.pages import pages
from desktop_client.state.history import LATEST, After, Around, At, Before, Place, Stretch
from desktop_client.update import events
from desktop_client.update.effects import LoadHistory
from parley.client import Chat, HistoryPage, ParleyError
from tests.desktop_client.parts import LOBBY, page, said

KEPT = Stretch((said(1),), 1, 1, more_before=False, more_after=True)
TOLD = page(said(1, "as it is now"))


class Keeping:
    """A cache that has one page."""

    def __init__(self, kept: events.GotKept | None) -> None:
        self._kept = kept

    async def page(self, room: str, place: Place, limit: int) -> events.GotKept | None:
        return self._kept


class Answering:
    """A chat that notes where it was asked for history."""

    def __init__(self, *, online: bool = True) -> None:
        self.asked: list[dict[str, int]] = []
        self._online = online

    async def history(self, room: str, *, limit: int, **place: int) -> HistoryPage:
        self.asked.append(place)
        if not self._online:
            raise ParleyError("there is no connection")
        return TOLD


async def told(
    chat: Answering, kept: events.GotKept | None, place: Place = LATEST
) -> list[events.Event]:
    memory = cast(Memory, Keeping(kept))
    return [e async for e in pages(cast(Chat, chat), memory, LoadHistory(LOBBY.id, place))]


def kept(place: Place, *, is_sure: bool) -> events.GotKept:
    return events.GotKept(LOBBY.id, place, KEPT, is_sure=is_sure)


async def test_what_is_kept_is_told_at_once_and_then_what_the_server_has() -> None:
    page = kept(Before(2), is_sure=False)

    assert await told(Answering(), page, Before(2)) == [page, events.GotHistory(TOLD, Before(2))]


async def test_the_server_is_not_asked_for_what_is_as_new_as_it_has() -> None:
    chat = Answering()

    await told(chat, kept(Before(2), is_sure=True), Before(2))

    assert chat.asked == []


async def test_without_a_connection_what_is_kept_is_all_there_is() -> None:
    page = kept(Before(2), is_sure=False)

    assert await told(Answering(online=False), page, Before(2)) == [page]


async def test_what_is_neither_kept_nor_to_be_had_is_told_to_be_so() -> None:
    assert await told(Answering(online=False), None) == [events.NoHistory(LOBBY.id)]


@pytest.mark.parametrize(
    ("place", "asked"),
    [
        (LATEST, {}),
        (Before(7), {"before": 7}),
        (After(7), {"after": 7}),
        (Around(7), {"around": 7}),
        (At(7), {"at": 7}),
    ],
)
async def test_the_server_is_asked_for_the_place(place: Place, asked: dict[str, int]) -> None:
    chat = Answering()

    await told(chat, None, place)

    assert chat.asked == [asked]
