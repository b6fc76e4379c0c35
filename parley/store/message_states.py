"""What has become of messages, out of the database.

Owns: reading the tables that `changes.py` writes, as far as the log is stored.
Never: writing them, and what is not stored yet; the gateway adds that by the same fold
(`parley.domain.timeline`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from parley.domain.timeline import SHOWN_PEOPLE, MessageState, Reactors, apply, begin
from parley.protocol.commands import Reactor, Version
from parley.protocol.content import Delete, Edit, Stone, Target, Text
from parley.protocol.entry import event_of
from parley.protocol.events import Event
from parley.store.message_rows import entry_of
from parley.store.message_states_api import StatesRead
from parley.store.part import SqlPart
from parley.store.schema import messages, pins, reactions, room_logs

_TEXT, _EDIT, _DELETE, _STONE = (
    str(kind.__struct_config__.tag) for kind in (Text, Edit, Delete, Stone)
)
# Nothing may be stored while states are read: then they are read again.
_ATTEMPTS = 5


class SqlMessageStates(SqlPart):
    """The part of a `Directory` that tells what has become of messages."""

    async def states(self, room: str, seqs: Collection[int], people: Collection[str]) -> StatesRead:
        before, now, states = -1, await self._stored_up_to(room), dict[int, MessageState]()
        for _ in range(_ATTEMPTS):
            states = await self._states(room, sorted(seqs), sorted(people))
            before, now = now, await self._stored_up_to(room)
            if before == now:
                break
        # In a room that never rests: what was stored meanwhile may be counted twice, never missed.
        at = {seq: replace(state, as_of=before) for seq, state in states.items()}
        return StatesRead(before, at)

    async def located(self, room: str, targets: Collection[Target]) -> dict[Target, int]:
        names = [(target.author, target.cmid) for target in targets]
        found = sa.select(messages.c.author_id, messages.c.cmid, messages.c.seq).where(
            sa.tuple_(messages.c.author_id, messages.c.cmid).in_(names),
            messages.c.room_id == room,
            messages.c.kind.in_((_TEXT, _STONE)),
            messages.c.shown,
        )
        return {Target(row.author_id, row.cmid): row.seq for row in await self._rows(found)}

    async def versions(self, room: str, seq: int) -> list[Version]:
        is_version = sa.or_(
            sa.and_(messages.c.seq == seq, messages.c.kind == _TEXT),
            sa.and_(messages.c.target_seq == seq, messages.c.kind == _EDIT),
        )
        rows = await self._rows(
            sa.select(*messages.c)
            .where(messages.c.room_id == room, is_version)
            .order_by(messages.c.seq)
        )
        return [version_of(_event(room, row)) for row in rows]

    async def reactors(
        self, room: str, seq: int, *, after: int, limit: int
    ) -> list[tuple[int, Reactor]]:
        listed = (
            sa.select(reactions.c.at_seq, reactions.c.account_id, reactions.c.emoji)
            .where(reactions.c.room_id == room, reactions.c.seq == seq, reactions.c.at_seq > after)
            .order_by(reactions.c.at_seq)
            .limit(limit)
        )
        return [
            (row.at_seq, Reactor(row.account_id, row.emoji)) for row in await self._rows(listed)
        ]

    async def pinned(self, room: str, limit: int) -> list[int]:
        latest = (
            sa.select(pins.c.seq)
            .where(pins.c.room_id == room)
            .order_by(pins.c.at_seq.desc())
            .limit(limit)
        )
        return [row.seq for row in await self._rows(latest)]

    # --- the parts of a state --------------------------------------------------------------

    async def _states(
        self, room: str, seqs: Sequence[int], people: Sequence[str]
    ) -> dict[int, MessageState]:
        states = await self._messages(room, seqs)
        if not states:
            return {}
        for target, event, count in await self._edits(room, seqs):
            if target in states:
                edited = apply(states[target], event)
                states[target] = replace(edited, versions=count + 1)
        for target, by in await self._deletions(room, seqs):
            if target in states and states[target].deleted_by is None:
                states[target] = replace(states[target], deleted_by=by)
        for target, reacted in (await self._reactions(room, seqs, people)).items():
            states[target] = replace(states[target], reactions=reacted)
        for target in await self._pinned_among(room, seqs):
            states[target] = replace(states[target], pinned=True)
        return states

    async def _messages(self, room: str, seqs: Sequence[int]) -> dict[int, MessageState]:
        rows = await self._rows(
            sa.select(*messages.c).where(
                messages.c.room_id == room,
                messages.c.seq.in_(seqs),
                messages.c.kind.in_((_TEXT, _STONE)),
                messages.c.shown,
            )
        )
        begun = (begin(_event(room, row)) for row in rows)
        return {state.seq: state for state in begun if state is not None}

    async def _edits(self, room: str, seqs: Sequence[int]) -> Iterable[tuple[int, Event, int]]:
        counts = (
            sa.select(messages.c.target_seq, sa.func.count().label("edits"))
            .where(
                messages.c.room_id == room,
                messages.c.target_seq.in_(seqs),
                messages.c.kind == _EDIT,
            )
            .group_by(messages.c.target_seq)
        )
        edits = {row.target_seq: row.edits for row in await self._rows(counts)}
        if not edits:
            return []
        edited = sa.select(messages.c.edited_seq).where(
            messages.c.room_id == room,
            messages.c.seq.in_(list(edits)),
            messages.c.edited_seq.is_not(None),
        )
        latest = sa.select(*messages.c).where(
            messages.c.room_id == room, messages.c.seq.in_(edited)
        )
        return [
            (row.target_seq, _event(room, row), edits[row.target_seq])
            for row in await self._rows(latest)
        ]

    async def _deletions(self, room: str, seqs: Sequence[int]) -> Iterable[tuple[int, str]]:
        deleted = (
            sa.select(messages.c.target_seq, messages.c.author_id)
            .where(
                messages.c.room_id == room,
                messages.c.target_seq.in_(seqs),
                messages.c.kind == _DELETE,
            )
            .order_by(messages.c.seq)
        )
        return [(row.target_seq, row.author_id) for row in await self._rows(deleted)]

    async def _reactions(
        self, room: str, seqs: Sequence[int], people: Sequence[str]
    ) -> dict[int, Mapping[str, Reactors]]:
        """Return of each reaction how many, the first of them, and those of `people`."""
        each = (reactions.c.seq, reactions.c.emoji)
        place = sa.func.row_number().over(partition_by=each, order_by=reactions.c.at_seq)
        of = sa.func.count().over(partition_by=each)
        numbered = (
            sa.select(reactions, place.label("place"), of.label("of"))
            .where(reactions.c.room_id == room, reactions.c.seq.in_(seqs))
            .subquery()
        )
        is_wanted = sa.or_(numbered.c.place <= SHOWN_PEOPLE, numbered.c.account_id.in_(people))
        rows = await self._rows(sa.select(numbered).where(is_wanted).order_by(numbered.c.at_seq))
        found: defaultdict[int, dict[str, Reactors]] = defaultdict(dict)
        for row in rows:
            before = found[row.seq].get(row.emoji, Reactors(row.of))
            if row.place <= SHOWN_PEOPLE:
                after = replace(before, people=(*before.people, row.account_id))
            else:
                after = replace(before, known=before.known | {row.account_id})
            found[row.seq][row.emoji] = after
        return dict(found)

    async def _pinned_among(self, room: str, seqs: Sequence[int]) -> Iterable[int]:
        pinned = sa.select(pins.c.seq).where(pins.c.room_id == room, pins.c.seq.in_(seqs))
        return [row.seq for row in await self._rows(pinned)]

    async def _stored_up_to(self, room: str) -> int:
        rows = await self._rows(sa.select(room_logs.c.seq).where(room_logs.c.room_id == room))
        return int(rows[0].seq) if rows else 0


def version_of(event: Event) -> Version:
    """Return what a message says from this entry on."""
    assert isinstance(event.content, Text | Edit)
    return Version(event.seq, event.time, event.content.text, event.derived)


def _event(room: str, row: sa.Row[Any]) -> Event:
    return event_of(room, entry_of(row))
