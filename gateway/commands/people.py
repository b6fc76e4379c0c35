"""People: who they are, what they see of oneself, and keeping them away.

Owns: the steps of these commands.
Never: people as members of a room (`gateway.commands.members`).
"""

from gateway.accounts import Identity
from gateway.commands.tools import Handlers
from parley.domain import names, profiles
from parley.protocol.commands import (
    Block,
    EditProfile,
    FindPeople,
    ListBlocks,
    LookUp,
    Nothing,
    People,
    Person,
    Unblock,
)
from parley.store.api import FullDirectory
from parley.store.records import Profile


class PeopleCommands:
    """Commands about people."""

    def __init__(self, directory: FullDirectory) -> None:
        self._directory = directory

    def handlers(self) -> Handlers:
        """Return what carries out each command."""
        return {
            LookUp: self._look_up,
            FindPeople: self._find,
            EditProfile: self._edit_profile,
            Block: self._block,
            Unblock: self._unblock,
            ListBlocks: self._list_blocks,
        }

    async def _look_up(self, _: Identity, command: LookUp) -> People:
        return People(await self._directory.people(command.ids))

    async def _find(self, who: Identity, command: FindPeople) -> People:
        return await self._directory.find_people(
            who.person.id, command.query, after=command.after, limit=command.limit
        )

    async def _edit_profile(self, who: Identity, command: EditProfile) -> Person:
        name, about, zone = command.display_name, command.about, command.time_zone
        profile = Profile(
            display_name=None if name is None else names.display_name(name, who.person.user_name),
            about=None if about is None else profiles.about(about),
            time_zone=None if zone is None else profiles.time_zone(zone),
        )
        return await self._directory.edit_profile(who.person.id, profile)

    async def _block(self, who: Identity, command: Block) -> Nothing:
        await self._directory.block(who.person.id, command.person)
        return Nothing()

    async def _unblock(self, who: Identity, command: Unblock) -> Nothing:
        await self._directory.unblock(who.person.id, command.person)
        return Nothing()

    async def _list_blocks(self, who: Identity, command: ListBlocks) -> People:
        return await self._directory.blocks(who.person.id, after=command.after, limit=command.limit)
