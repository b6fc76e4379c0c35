"""What is one's own alone: drafts, stars, what was deleted for oneself, and settings.

Owns: the steps of these commands, and telling one's other devices.
Never: what others see.
"""

from gateway.accounts import Identity
from gateway.authorising import authorise
from gateway.commands.finding import Finder, event_of, fitting
from gateway.commands.tools import Handlers
from gateway.marking import Marking
from parley.domain.permissions import Action
from parley.domain.text import draft_text
from parley.protocol.commands import (
    Draft,
    Drafts,
    EditSettings,
    Hide,
    ListDrafts,
    ListStarred,
    Nothing,
    SaveDraft,
    Settings,
    Star,
    Starred,
)
from parley.protocol.events import DraftChanged, Hidden, StarChanged
from parley.recovery.fences import Fences
from parley.store.api import FullDirectory
from parley.stream.keys import shard_of


class PersonalCommands:
    """Commands about what is one's own. `shards` is their number."""

    def __init__(
        self,
        directory: FullDirectory,
        marking: Marking,
        finder: Finder,
        fences: Fences,
        shards: int,
    ) -> None:
        self._directory, self._marking, self._finder = directory, marking, finder
        self._fences, self._shards = fences, shards

    def handlers(self) -> Handlers:
        """Return what carries out each command."""
        return {
            SaveDraft: self._save_draft,
            ListDrafts: self._list_drafts,
            Star: self._star,
            ListStarred: self._list_starred,
            Hide: self._hide,
            EditSettings: self._edit_settings,
        }

    # --- drafts ----------------------------------------------------------------------------

    async def _save_draft(self, who: Identity, command: SaveDraft) -> Draft:
        account, room = who.person.id, command.room
        await authorise(self._directory, account, room, Action.READ)
        begun = Draft(room, draft_text(command.text), command.reply_to, command.version, time=0)
        kept = await self._directory.save_draft(account, begun)
        await self._marking.tell_devices(account, room, DraftChanged(kept))
        return kept

    async def _list_drafts(self, who: Identity, _: ListDrafts) -> Drafts:
        return Drafts(await self._directory.drafts(who.person.id))

    # --- messages --------------------------------------------------------------------------

    async def _star(self, who: Identity, command: Star) -> Nothing:
        account, room, target = who.person.id, command.room, command.target
        await authorise(self._directory, account, room, Action.READ)
        seq = await self._finder.seq(room, target)
        await self._directory.star(account, room, seq, command.on)
        changed = StarChanged(room, seq, target.author, target.cmid, command.on)
        await self._marking.tell_devices(account, room, changed)
        return Nothing()

    async def _list_starred(self, who: Identity, command: ListStarred) -> Starred:
        account = who.person.id
        if command.room is not None:
            await authorise(self._directory, account, command.room, Action.READ)
        found = await self._directory.starred(
            account, command.room, after=command.after, limit=command.limit + 1
        )
        shown = found[: fitting([each.entry for each in found[: command.limit]])]
        events = [
            event_of(each.room_id, each.entry, await self._generation(each.room_id))
            for each in shown
        ]
        return Starred(events, shown[-1].cursor if len(shown) < len(found) else None)

    async def _hide(self, who: Identity, command: Hide) -> Nothing:
        account, room, target = who.person.id, command.room, command.target
        await authorise(self._directory, account, room, Action.READ)
        seq = await self._finder.seq(room, target)
        await self._directory.hide(account, room, seq)
        gone = Hidden(room, seq, target.author, target.cmid)
        await self._marking.tell_devices(account, room, gone)
        await self._marking.tell_count(account, room)
        return Nothing()

    # --- settings --------------------------------------------------------------------------

    async def _edit_settings(self, who: Identity, command: EditSettings) -> Settings:
        return await self._directory.edit_settings(
            who.person.id,
            read_receipts=command.read_receipts,
            quiet=command.quiet,
            no_quiet=command.no_quiet,
            show_last_seen=command.show_last_seen,
        )

    async def _generation(self, room: str) -> int:
        return (await self._fences.current(shard_of(room, self._shards))).generation
