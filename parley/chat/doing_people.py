"""The commands about other people.

Owns: what each of them does and says.
Never: people as members of a room (`parley.chat.doing_members`).
"""

from parley.chat.cleaning import clean_line
from parley.chat.doing_members import LISTED
from parley.chat.lines import full_name
from parley.chat.stage import Handlers, Stage


class PeopleCommands:
    """Commands about others."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._chat = stage, stage.chat

    def handlers(self) -> Handlers:
        """Return what to do for each command."""
        return {
            "find": self._find,
            "whois": self._who_is,
            "block": self._block,
            "unblock": self._unblock,
            "blocks": self._blocks,
        }

    async def _find(self, query: str) -> None:
        lines: list[str] = []
        async for person in self._chat.find_people(query):
            if len(lines) == LISTED:
                lines.append("... and others: type more of the name")
                break
            lines.append(full_name(person))
        self._stage.say("\n".join(lines) or "Nobody is called so.")

    async def _who_is(self, user: str) -> None:
        person = await self._chat.resolve_person(user)
        lines = [f"{full_name(person)} · {person.id}"]
        lines += [f"  {clean_line(text)}" for text in (person.about, person.time_zone) if text]
        if person.is_admin:
            lines.append("  Administers this server")
        self._stage.say("\n".join(lines))

    async def _block(self, user: str) -> None:
        person = await self._chat.resolve_person(user)
        await self._chat.block(person.id)
        self._stage.note(f"{full_name(person)} is blocked: no messages pass between you")

    async def _unblock(self, user: str) -> None:
        typed = user.removeprefix("@").casefold()
        blocked = [p for p in await self._chat.blocks() if p.user_name == typed]
        person = blocked[0] if blocked else await self._chat.resolve_person(user)
        await self._chat.unblock(person.id)
        self._stage.note(f"{full_name(person)} is no longer blocked")

    async def _blocks(self, _: str) -> None:
        blocked = [full_name(person) for person in await self._chat.blocks()]
        self._stage.say("\n".join(blocked) or "You have blocked nobody.")
