"""What a room is like: for all who are in it, and for each of them.

Owns: changes of name, topic, description and of who may speak; a member's own preferences.
Never: who is in it.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from parley.domain.names import room_key, search_key
from parley.domain.permissions import Action
from parley.protocol.commands import Room
from parley.protocol.content import Notice, NoticeOf
from parley.protocol.refusals import RoomNameTaken
from parley.store.members import LockedRoom, touch
from parley.store.part import SqlPart
from parley.store.records import Changed, Preferences, RoomEdit
from parley.store.room_change import RoomChange, change_room
from parley.store.room_rows import shown_room
from parley.store.schema import room_preferences, rooms


class SqlRoomEdits(SqlPart):
    """The part of a `Directory` that changes what a room is like."""

    async def edit_room(
        self, actor: str, room_id: str, edit: RoomEdit, new_notice_id: Callable[[], str]
    ) -> Changed:
        async with change_room(self._database, actor, room_id, Action.VIEW) as change:
            _require_edit(change, edit)
            told = _differences(change.room, edit)
            if told:
                await _write(change, edit)
            if edit.read_only and not change.room.read_only:
                await change.raise_authority()
            if change.room.read_only and edit.read_only is False:
                await change.give_rights()
            if told:
                await change.touch()
            for what, text in told:
                await change.note(new_notice_id(), Notice(what, actor, text=text))
            return await change.result()

    async def set_preferences(self, account_id: str, room_id: str, chosen: Preferences) -> Room:
        async with change_room(
            self._database, account_id, room_id, Action.SET_PREFERENCES
        ) as change:
            values = {
                name: value
                for name in ("muted_until", "pinned", "archived", "notify")
                if (value := getattr(chosen, name)) is not None
            }
            if values:
                await change.connection.execute(
                    self._database.insert(room_preferences)
                    .values(account_id=account_id, room_id=room_id, **values)
                    .on_conflict_do_update(
                        index_elements=["account_id", "room_id"],
                        set_=values,
                    )
                )
                await touch(self._database, change.connection, [account_id], personal=True)
            return await shown_room(change.connection, account_id, room_id)


def _require_edit(change: RoomChange, edit: RoomEdit) -> None:
    if edit.read_only is not None:
        change.require(Action.SET_READ_ONLY)
    if edit.read_only is None or (edit.name, edit.topic, edit.description) != (None, None, None):
        change.require(Action.EDIT)


def _differences(room: LockedRoom, edit: RoomEdit) -> list[tuple[NoticeOf, str]]:
    """Return what is to be told, each with the words that go with it."""
    told: list[tuple[NoticeOf, str]] = []
    if edit.name not in (None, room.name):
        told.append(("renamed", edit.name or ""))
    if edit.topic not in (None, room.topic):
        told.append(("topic", edit.topic or ""))
    if edit.description not in (None, room.description):
        told.append(("description", ""))
    if edit.read_only not in (None, room.read_only):
        told.append(("read_only" if edit.read_only else "writable", ""))
    return told


async def _write(change: RoomChange, edit: RoomEdit) -> None:
    room = change.room
    name = room.name if edit.name is None else edit.name
    topic = room.topic if edit.topic is None else edit.topic
    values: dict[str, Any] = {
        "name": name,
        "name_key": room_key(name),
        "topic": topic,
        "search_key": search_key(name, topic),
        "description": room.description if edit.description is None else edit.description,
        "read_only": room.read_only if edit.read_only is None else edit.read_only,
    }
    try:
        async with change.connection.begin_nested():
            await change.connection.execute(
                sa.update(rooms).where(rooms.c.id == room.id).values(**values)
            )
    except sa.exc.IntegrityError:
        raise RoomNameTaken(name) from None
