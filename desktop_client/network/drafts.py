"""Drafts on their way to one's other devices, and from them.

Owns: when a draft is saved, and which of two devices was last.
Never: what stands in the composer (`desktop_client.update.drafts`).

A draft is saved when the person pauses; until the server has it, a file keeps it besides. The
server keeps one for each room, with a version: a device that has not seen the last one does not
write over it, and what it began stays here alone.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from msgspec.structs import replace

from desktop_client.network.draft_file import DraftFile, Unsaved
from desktop_client.update.effects import SaveDraft
from parley.client import Draft, ParleyError
from parley.domain.text import draft_text
from parley.protocol.refusals import TextTooLong

# Seconds without a key after which a draft is saved.
PAUSE = 2.0


class Drafts:
    """What is kept of drafts, and what is to be kept. Knows no clock and no network."""

    def __init__(self) -> None:
        self._kept: dict[str, Draft] = {}
        self._wanted: dict[str, SaveDraft] = {}
        self._under_way: dict[str, SaveDraft] = {}

    def want(self, save: SaveDraft) -> None:
        """Note what is begun in a room now; what is too long to be sent stays here."""
        with suppress(TextTooLong):
            self._wanted[save.room] = replace(save, text=draft_text(save.text))

    def next(self, room: str) -> tuple[SaveDraft, int] | None:
        """Return what to save of a room now, and the version that it changes; None: nothing."""
        save = self._wanted.pop(room, None)
        kept = self._kept.get(room)
        if save is None or (save.text, save.reply_to) == _said(kept):
            return None
        self._under_way[room] = save
        return save, kept.version if kept is not None else 0

    def saved(self, room: str, kept: Draft) -> Draft | None:
        """Take the answer to what was saved. Returns the draft of another device that stays."""
        save = self._under_way.pop(room)
        self._kept[room] = kept
        if (kept.text, kept.reply_to) == (save.text, save.reply_to):
            return None
        if kept.text:
            return kept
        # Nothing was kept there but a version: it is saved once more, with that.
        self._wanted.setdefault(room, save)
        return None

    def failed(self, room: str) -> None:
        """Note that there was no answer: the draft stays on this device."""
        save = self._under_way.pop(room, None)
        if save is not None:
            self._wanted.setdefault(room, save)

    def unsaved(self) -> list[Unsaved]:
        """Return what the server does not have, or is not known to have."""
        saves = {**self._under_way, **self._wanted}
        return [
            Unsaved(save, self._kept.get(room))
            for room, save in sorted(saves.items())
            if room in self._under_way or (save.text, save.reply_to) != _said(self._kept.get(room))
        ]

    def restore(self, unsaved: Unsaved) -> Draft:
        """Take up what an earlier start has not saved; return it as a draft."""
        save, kept = unsaved.save, unsaved.kept
        if kept is not None:
            self._kept[save.room] = kept
        self._wanted[save.room] = save
        version, time = (kept.version, kept.time) if kept is not None else (0, 0)
        return Draft(save.room, save.text, save.reply_to, version, time)

    def forget(self) -> None:
        """Forget everything: nobody is signed in here any more."""
        for each in (self._kept, self._wanted, self._under_way):
            each.clear()

    def is_news(self, draft: Draft) -> bool:
        """Take what the server tells. Returns whether it comes from another device."""
        room, kept = draft.room, self._kept.get(draft.room)
        if kept is not None and draft.version <= kept.version:
            return False
        own = self._under_way.get(room)
        if own is not None and (own.text, own.reply_to) == (draft.text, draft.reply_to):
            return False  # our own comes back before its answer
        self._kept[room] = draft
        return True


class DraftKeeper:
    """Saves drafts in pauses. `ask` saves one, and `tell` hears of those of other devices."""

    def __init__(
        self,
        ask: Callable[[SaveDraft, int], Awaitable[Draft]],
        tell: Callable[[Draft], None],
        pause: float = PAUSE,
        file: DraftFile | None = None,
    ) -> None:
        self.drafts = Drafts()
        self._ask, self._tell, self._pause, self._file = ask, tell, pause, file
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._asking: set[str] = set()

    def recall(self) -> tuple[Draft, ...]:
        """Take up what an earlier start has not saved, and return it."""
        unsaved = self._file.load() if self._file is not None else ()
        drafts = tuple(self.drafts.restore(each) for each in unsaved)
        for draft in drafts:
            self._save_soon(draft.room)
        return drafts

    def want(self, save: SaveDraft) -> None:
        """Save a draft once nothing more is typed in its room."""
        self.drafts.want(save)
        if save.room not in self._asking:  # otherwise it follows on the answer
            self._save_soon(save.room)

    def _save_soon(self, room: str) -> None:
        if (earlier := self._tasks.get(room)) is not None:
            earlier.cancel()
        self._tasks[room] = asyncio.create_task(self._save(room))

    def forget(self) -> None:
        """Forget everything that was begun: nobody is signed in here any more."""
        self.drafts.forget()

    async def settled(self) -> None:
        """Return once everything is saved that was begun, or could not be."""
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def close(self) -> None:
        """Stop; what was not saved yet is kept in the file."""
        self._keep()
        tasks, self._tasks = list(self._tasks.values()), {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _save(self, room: str) -> None:
        while True:
            await asyncio.sleep(self._pause)
            if (wanted := self.drafts.next(room)) is None:
                return
            self._asking.add(room)
            self._keep()
            try:
                theirs = self.drafts.saved(room, await self._ask(*wanted))
            except ParleyError:
                self.drafts.failed(room)
                return
            finally:
                self._asking.discard(room)
            self._keep()
            if theirs is not None:
                self._tell(theirs)

    def _keep(self) -> None:
        if self._file is not None:
            self._file.keep(self.drafts.unsaved())


def _said(kept: Draft | None) -> tuple[str, object]:
    return (kept.text, kept.reply_to) if kept is not None else ("", None)
