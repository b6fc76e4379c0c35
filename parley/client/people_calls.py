"""What an application asks about other people.

Owns: one method for each command about somebody else.
Never: people as members of a room (`parley.client.member_calls`).
"""

from collections.abc import AsyncIterator

from parley.client.asking import Asking
from parley.client.errors import PersonNotFound
from parley.domain import names
from parley.protocol.commands import (
    Block,
    FindPeople,
    ListBlocks,
    Nothing,
    People,
    Person,
    Unblock,
)
from parley.protocol.limits import PAGE_PEOPLE, QUERY_CHARACTERS
from parley.protocol.refusals import InvalidUserName


class PeopleCalls(Asking):
    """The part of `Chat` that is about others. Every method raises Refused."""

    async def find_people(self, query: str) -> AsyncIterator[Person]:
        """Yield the people with this in one of their names, by name."""

        def after(last: str) -> FindPeople:
            return FindPeople(ref=0, query=query, after=last, limit=PAGE_PEOPLE)

        async for page in self._pages(after, People):
            for person in page.people:
                yield person

    async def resolve_person(self, typed: str) -> Person:
        """Return the one person of this user name. Raises PersonNotFound."""
        try:
            name = names.user_name(typed.removeprefix("@"))
        except InvalidUserName:
            raise PersonNotFound(typed) from None
        async for person in self.find_people(name[:QUERY_CHARACTERS]):
            if person.user_name == name:
                return person
        raise PersonNotFound(typed)

    async def block(self, person: str) -> None:
        """Have nothing to do with somebody: no direct messages, no groups that they make."""
        await self._ask(Block(ref=0, person=person), Nothing)

    async def unblock(self, person: str) -> None:
        """Take a block back."""
        await self._ask(Unblock(ref=0, person=person), Nothing)

    async def blocks(self) -> list[Person]:
        """Return whom one has blocked, by name."""

        def after(last: str) -> ListBlocks:
            return ListBlocks(ref=0, after=last, limit=PAGE_PEOPLE)

        return [person async for page in self._pages(after, People) for person in page.people]
