"""Who and what there is on the server: rooms and people, read as needed.

Owns: paging through listings, remembering people, and finding a room by what a person types.
Never: changes; joining and making rooms are `Chat`'s.
"""

from collections.abc import Iterable
from typing import Literal, Protocol, TypeVar

from parley.client.errors import RoomNotFound
from parley.domain.names import room_key
from parley.protocol.commands import AnyCommand, ListRooms, LookUp, People, Person, Room, Rooms
from parley.protocol.limits import PAGE_PEOPLE, PAGE_ROOMS

# People who are remembered; past it, all of them are asked for again.
REMEMBERED_PEOPLE = 10_000

Answer = TypeVar("Answer")


class Ask(Protocol):
    """Asks the server something."""

    async def __call__(self, command: AnyCommand, answer: type[Answer]) -> Answer:
        """Return the answer. Raises Refused, or what ended the chat."""


class Directory:
    """The server's rooms and people, as this person may see them."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._people: dict[str, Person] = {}

    def forget_people(self) -> None:
        """Ask for everyone again: who has changed meanwhile is not known."""
        self._people.clear()

    def learn(self, people: Iterable[Person]) -> None:
        """Remember how people look now."""
        news = {person.id: person for person in people}
        if len(self._people) + len(news) > REMEMBERED_PEOPLE:
            self._people.clear()
        self._people |= news

    async def rooms(self, scope: Literal["mine", "public"]) -> list[Room]:
        """Return one's own rooms, or the channels that are open to all, by name."""
        rooms: list[Room] = []
        after: str | None = ""
        while after is not None:
            command = ListRooms(ref=0, scope=scope, after=after, limit=PAGE_ROOMS)
            page = await self._ask(command, Rooms)
            rooms += page.rooms
            after = page.next
        return rooms

    async def find(self, typed: str) -> Room:
        """Return the room of this id or name; one's own come first. Raises RoomNotFound."""
        own = await self.rooms("mine")
        found = _find(own, typed) or _find(await self.rooms("public"), typed)
        if found is None:
            raise RoomNotFound(typed)
        return found

    async def people(self, ids: Iterable[str]) -> dict[str, Person]:
        """Return those of the people that exist, by id."""
        wanted = list(dict.fromkeys(ids))
        missing = [person for person in wanted if person not in self._people]
        if len(self._people) + len(missing) > REMEMBERED_PEOPLE:
            self._people.clear()
            missing = wanted
        for start in range(0, len(missing), PAGE_PEOPLE):
            command = LookUp(ref=0, ids=missing[start : start + PAGE_PEOPLE])
            answer = await self._ask(command, People)
            for person in answer.people:
                # What was learnt since the question is newer than its answer.
                self._people.setdefault(person.id, person)
        return {person: self._people[person] for person in wanted if person in self._people}


def _find(rooms: Iterable[Room], typed: str) -> Room | None:
    rooms, key = list(rooms), room_key(typed)
    by_id = (room for room in rooms if room.id == typed)
    by_name = (room for room in rooms if room_key(room.name) == key)
    return next(by_id, None) or next(by_name, None)
