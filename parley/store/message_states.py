"""What has become of messages, out of the database.

Owns: reading the tables that `changes.py` writes, as far as the log is stored.
Never: writing them, and what is not stored yet; the gateway adds that by the same fold
(`parley.domain.timeline`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from parley.domain.timeline import SHOWN_PEOPLE, MessageState, Reactors, apply, begin
from parley.protocol.commands import Reactor, Version
from parley.protocol.content import Edit, Stone, Target, Text
from parley.protocol.events import Event
from parley.store.message_rows import event_of_row
from parley.store.message_states_api import StatesRead
from parley.store.part import SqlPart
from parley.store.schema import messages, pins, reactions
from parley.store.state_rows import END, MESSAGE, REACTION, STATES, latest_edit

_TEXT, _EDIT, _STONE = (str(kind.__struct_config__.tag) for kind in (Text, Edit, Stone))


class SqlMessageStates(SqlPart):
    """The part of a `Directory` that tells what has become of messages."""

    async def states(
        self,
        room: str,
        seqs: Collection[int],
        people: Collection[str],
        *,
        changed_among: Collection[int] = (),
    ) -> StatesRead:
        asked = {
            "room": room,
            "whole": sorted(seqs),
            "seqs": sorted({*seqs, *changed_among}),
            "people": sorted(people),
        }
        async with self._database.read() as connection:
            rows = list(await connection.execute(STATES, asked))
        as_of = next((row.seq for row in rows if row.part == END), 0)
        reacted = _reactions(row for row in rows if row.part == REACTION)
        found = (_state(room, row, reacted, as_of) for row in rows if row.part == MESSAGE)
        return StatesRead(as_of, {state.seq: state for state in found if state is not None})

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
        return [version_of(event_of_row(room, row)) for row in rows]

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


def version_of(event: Event) -> Version:
    """Return what a message says from this entry on."""
    assert isinstance(event.content, Text | Edit)
    return Version(event.seq, event.time, event.content.text, event.derived)


def _state(
    room: str, row: sa.Row[Any], reacted: Mapping[int, Mapping[str, Reactors]], as_of: int
) -> MessageState | None:
    """Return what a message is, given its row, and what was reacted to it."""
    state = begin(event_of_row(room, row))
    if state is None:
        return None
    if row.edits:
        state = apply(state, latest_edit(room, row))
    return replace(
        state,
        as_of=as_of,
        versions=1 + row.edits,
        deleted_by=row.deleted_by,
        reactions=reacted.get(row.seq, {}),
        pinned=row.pinned,
    )


def _reactions(rows: Iterable[sa.Row[Any]]) -> Mapping[int, Mapping[str, Reactors]]:
    """Return of each reaction how many, the first of them, and those who were asked for."""
    found: defaultdict[int, dict[str, Reactors]] = defaultdict(dict)
    for row in sorted(rows, key=attrgetter("place")):
        before = found[row.seq].get(row.emoji, Reactors(row.of))
        if row.place <= SHOWN_PEOPLE:
            after = replace(before, people=(*before.people, row.person))
        else:
            after = replace(before, known=before.known | {row.person})
        found[row.seq][row.emoji] = after
    return found
