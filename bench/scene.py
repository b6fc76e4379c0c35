"""Who is where, in a run: the same for every contender.

Owns: rooms, their sizes, and who of them speaks.
Never: a server.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

# What is said around the stamp, so that a message has the length of an ordinary one.
WORDS = "the quick brown fox jumps over the lazy dog "


@dataclass(frozen=True)
class Scene:
    """Rooms of one size, each person in one of them.

    `speakers`: how many in each room send; the others only listen.
    """

    rooms: int
    people_each: int
    speakers: int

    @property
    def people(self) -> int:
        return self.rooms * self.people_each

    def members(self) -> Iterator[tuple[int, int, bool]]:
        """Yield each person: number, number of the room, whether they speak."""
        for room in range(self.rooms):
            for place in range(self.people_each):
                yield room * self.people_each + place, room, place < self.speakers


def one_room(people: int) -> Scene:
    """Return one room in which one person speaks."""
    return Scene(1, people, 1)


def many_rooms(rooms: int, people_each: int) -> Scene:
    """Return rooms in which everybody speaks."""
    return Scene(rooms, people_each, people_each)
