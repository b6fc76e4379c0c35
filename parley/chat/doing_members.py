"""The commands about who is in the present room.

Owns: what each of them does and says. What changes is told by the room's own notices.
Never: the room itself (`parley.chat.doing_rooms`).
"""

from typing import get_args

from parley.chat.lines import full_name
from parley.chat.stage import Handlers, Misused, Stage
from parley.client import Person
from parley.protocol.commands import Role
from parley.protocol.limits import QUERY_CHARACTERS

# Members and others who are listed before the list is cut.
LISTED = 200


class MemberCommands:
    """Commands about members."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._chat = stage, stage.chat

    def handlers(self) -> Handlers:
        """Return what to do for each command."""
        return {
            "members": self._members,
            "add": self._add,
            "remove": self._remove,
            "ban": self._ban,
            "unban": self._unban,
            "bans": self._bans,
            "role": self._role,
            "transfer": self._transfer,
        }

    @property
    def _room(self) -> str:
        return self._stage.room.id

    async def _person(self, user: str) -> Person:
        return await self._chat.resolve_person(user)

    async def _member(self, user: str) -> Person:
        """Return the one of this user name, in the room if possible. Raises PersonNotFound.

        Whoever keeps us away, or is shut out, is found there alone.
        """
        name = _name(user)
        async for member in self._chat.members(self._room, query=name[:QUERY_CHARACTERS]):
            if member.person.user_name == name:
                return member.person
        return await self._person(user)

    async def _members(self, query: str) -> None:
        lines: list[str] = []
        async for member in self._chat.members(self._room, query=query):
            if len(lines) == LISTED:
                lines.append("... and others: /members TEXT lists those with TEXT in their names")
                break
            role = "" if member.role == "member" else f" · {member.role}"
            lines.append(f"{full_name(member.person)}{role}")
        self._stage.say("\n".join(lines) or "Nobody.")

    async def _add(self, users: str) -> None:
        people = [(await self._person(user)).id for user in users.split()]
        await self._chat.add_members(self._room, people)

    async def _remove(self, user: str) -> None:
        await self._chat.remove_member(self._room, (await self._member(user)).id)

    async def _ban(self, user: str) -> None:
        await self._chat.ban(self._room, (await self._member(user)).id)

    async def _unban(self, user: str) -> None:
        person = await self._banned(user)
        await self._chat.unban(self._room, person.id)
        self._stage.note(f"{full_name(person)} may come back")

    async def _banned(self, user: str) -> Person:
        async for banned in self._chat.bans(self._room):
            if banned.person.user_name == _name(user):
                return banned.person
        return await self._person(user)

    async def _bans(self, _: str) -> None:
        lines = [full_name(banned.person) async for banned in self._chat.bans(self._room)]
        self._stage.say("\n".join(lines) or "Nobody is kept out.")

    async def _role(self, typed: str) -> None:
        user, _, role = typed.partition(" ")
        roles: dict[str, Role] = {each: each for each in get_args(Role)}
        if role.strip() not in roles:
            raise Misused(f"type /role USER and one of {', '.join(roles)}")
        await self._chat.set_role(self._room, (await self._member(user)).id, roles[role.strip()])

    async def _transfer(self, user: str) -> None:
        await self._chat.transfer_ownership(self._room, (await self._member(user)).id)


def _name(typed: str) -> str:
    return typed.removeprefix("@").casefold()
