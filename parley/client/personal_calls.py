"""What an application asks about what is the person's alone, on all their devices.

Owns: one method for each command about drafts, stars, what was deleted for oneself, and settings.
Never: what others see.
"""

from collections.abc import AsyncIterator

from parley.client.asking import Asking
from parley.protocol.commands import (
    Draft,
    Drafts,
    EditSettings,
    Hide,
    ListDrafts,
    ListStarred,
    Nothing,
    Quiet,
    SaveDraft,
    Settings,
    Star,
    Starred,
)
from parley.protocol.content import Target
from parley.protocol.events import Event


class PersonalCalls(Asking):
    """The part of `Chat` that is about what is one's own. Every method raises Refused."""

    async def save_draft(
        self, room: str, text: str, *, reply_to: Target | None = None, version: int = 0
    ) -> Draft:
        """Keep what one has begun to write in a room, and return what is then kept.

        `version` is that of the draft that was changed. If another device has changed it since,
        its draft stays, and is what is returned. An empty text forgets the draft.
        """
        command = SaveDraft(ref=0, room=room, text=text, reply_to=reply_to, version=version)
        return await self._ask(command, Draft)

    async def saved_drafts(self) -> list[Draft]:
        """Return what one has begun to write, the latest first."""
        return (await self._ask(ListDrafts(ref=0), Drafts)).drafts

    async def star(self, room: str, target: Target, *, on: bool = True) -> None:
        """Star a message for oneself, or take that back."""
        await self._ask(Star(ref=0, room=room, target=target, on=on), Nothing)

    async def starred(self, room: str | None = None) -> AsyncIterator[Event]:
        """Yield what one has starred, in one room or in all that one is in, the latest first."""

        def after(last: str) -> ListStarred:
            return ListStarred(ref=0, room=room, after=last)

        async for page in self._pages(after, Starred):
            for event in page.messages:
                yield event

    async def hide(self, room: str, target: Target) -> None:
        """Delete a message for oneself alone, on all one's devices."""
        await self._ask(Hide(ref=0, room=room, target=target), Nothing)

    async def settings(self) -> Settings:
        """Return how one wants to be told and seen."""
        return await self._ask(EditSettings(ref=0), Settings)

    async def edit_settings(
        self,
        *,
        read_receipts: bool | None = None,
        show_last_seen: bool | None = None,
        quiet: Quiet | None = None,
        no_quiet: bool = False,
    ) -> Settings:
        """Change that; what is None stays as it is. `no_quiet` ends the quiet hours."""
        command = EditSettings(
            ref=0,
            read_receipts=read_receipts,
            quiet=quiet,
            no_quiet=no_quiet,
            show_last_seen=show_last_seen,
        )
        return await self._ask(command, Settings)
