"""What is one person's alone, in SQL.

Owns: the tables `drafts`, `stars` and `hidden`, and the settings in `accounts`.
Never: what others see.
"""

from typing import Any

import sqlalchemy as sa

from parley.protocol.content import Target
from parley.protocol.personal_commands import Quiet, Settings
from parley.protocol.refusals import NotUnderstood
from parley.protocol.shapes import Draft
from parley.store.mark_records import StarredEntry
from parley.store.members import touch
from parley.store.message_rows import entry_of
from parley.store.part import SqlPart
from parley.store.schema import accounts, drafts, hidden, is_open, members, messages, rooms, stars


class SqlPersonal(SqlPart):
    """The part of a `Directory` that is one person's; implements `Personal`."""

    # --- drafts ----------------------------------------------------------------------------

    async def save_draft(self, account_id: str, draft: Draft) -> Draft:
        reply = draft.reply_to
        values = {
            "text": draft.text,
            "reply_author_id": reply.author if reply else None,
            "reply_cmid": reply.cmid if reply else None,
            "version": draft.version + 1,
            "time": self._database.now_ms(),
        }
        mine = sa.select(*drafts.c).where(
            drafts.c.account_id == account_id, drafts.c.room_id == draft.room
        )
        async with self._database.write() as connection:
            await connection.execute(
                self._database.insert(drafts)
                .values(account_id=account_id, room_id=draft.room, **values)
                .on_conflict_do_update(
                    index_elements=list(drafts.primary_key.columns),
                    set_=values,
                    # A device that has not seen the last one does not write over it.
                    where=drafts.c.version == draft.version,
                )
            )
            return draft_of((await connection.execute(mine)).one())

    async def drafts(self, account_id: str) -> list[Draft]:
        begun = (
            sa.select(*drafts.c)
            .where(drafts.c.account_id == account_id, drafts.c.text != "")
            .order_by(drafts.c.time.desc(), drafts.c.room_id)
        )
        return [draft_of(row) for row in await self._rows(begun)]

    # --- stars -----------------------------------------------------------------------------

    async def star(self, account_id: str, room_id: str, seq: int, on: bool) -> None:
        mine = {"account_id": account_id, "room_id": room_id, "seq": seq}
        change: sa.Executable = sa.delete(stars).where(
            *(stars.c[name] == value for name, value in mine.items())
        )
        if on:
            change = (
                self._database.insert(stars)
                .values(**mine, time=self._database.now_ms())
                .on_conflict_do_nothing()
            )
        async with self._database.write() as connection:
            await connection.execute(change)
            await touch(self._database, connection, [account_id], personal=True)

    async def starred(
        self, account_id: str, room_id: str | None, *, after: str, limit: int
    ) -> list[StarredEntry]:
        place = (stars.c.time, stars.c.room_id, stars.c.seq)
        page = (
            sa.select(*messages.c, stars.c.time.label("starred_at"))
            .join_from(
                stars,
                messages,
                sa.and_(messages.c.room_id == stars.c.room_id, messages.c.seq == stars.c.seq),
            )
            .join(
                members,
                sa.and_(members.c.room_id == stars.c.room_id, members.c.account_id == account_id),
            )
            .join(rooms, rooms.c.id == stars.c.room_id)
            .where(
                stars.c.account_id == account_id,
                messages.c.kind == "text",
                members.c.left_at.is_(None),
                is_open,
            )
            .order_by(*(column.desc() for column in place))
            .limit(limit)
        )
        if room_id is not None:
            page = page.where(stars.c.room_id == room_id)
        if after:
            page = page.where(sa.tuple_(*place) < sa.tuple_(*_place(after)))
        return [
            StarredEntry(row.room_id, entry_of(row), f"{row.starred_at}.{row.room_id}.{row.seq}")
            for row in await self._rows(page)
        ]

    # --- hidden ----------------------------------------------------------------------------

    async def hide(self, account_id: str, room_id: str, seq: int) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                self._database.insert(hidden)
                .values(account_id=account_id, room_id=room_id, seq=seq)
                .on_conflict_do_nothing()
            )
            await connection.execute(
                sa.delete(stars).where(
                    stars.c.account_id == account_id,
                    stars.c.room_id == room_id,
                    stars.c.seq == seq,
                )
            )
            await touch(self._database, connection, [account_id], personal=True)

    async def hidden(self, account_id: str, room_id: str, first: int, last: int) -> set[int]:
        mine = sa.select(hidden.c.seq).where(
            hidden.c.account_id == account_id,
            hidden.c.room_id == room_id,
            hidden.c.seq.between(first, last),
        )
        return {row.seq for row in await self._rows(mine)}

    # --- settings --------------------------------------------------------------------------

    async def settings(self, account_id: str) -> Settings:
        return _settings_of(
            await self._first(sa.select(*_SETTINGS).where(accounts.c.id == account_id))
        )

    async def edit_settings(
        self,
        account_id: str,
        *,
        read_receipts: bool | None,
        quiet: Quiet | None,
        no_quiet: bool,
        show_last_seen: bool | None = None,
    ) -> Settings:
        values: dict[str, Any] = {}
        if read_receipts is not None:
            values["read_receipts"] = read_receipts
        if show_last_seen is not None:
            values["show_last_seen"] = show_last_seen
        if quiet is not None or no_quiet:
            values["quiet_since"] = quiet.since if quiet else None
            values["quiet_until"] = quiet.until if quiet else None
        if not values:
            return await self.settings(account_id)
        async with self._database.write() as connection:
            await touch(self._database, connection, [account_id], personal=True)
            changed = await connection.execute(
                sa.update(accounts)
                .where(accounts.c.id == account_id)
                .values(**values)
                .returning(*_SETTINGS)
            )
            return _settings_of(changed.one())


_SETTINGS = (
    accounts.c.read_receipts,
    accounts.c.quiet_since,
    accounts.c.quiet_until,
    accounts.c.show_last_seen,
)


def draft_of(row: sa.Row[Any]) -> Draft:
    """Return the draft of a row of the table."""
    reply = None
    if row.reply_author_id is not None:
        reply = Target(row.reply_author_id, row.reply_cmid)
    return Draft(row.room_id, row.text, reply, row.version, row.time)


def _settings_of(row: Any) -> Settings:
    quiet = None if row.quiet_since is None else Quiet(row.quiet_since, row.quiet_until)
    return Settings(bool(row.read_receipts), quiet, bool(row.show_last_seen))


def _place(after: str) -> tuple[int, str, int]:
    """Return where a page ended. Raises NotUnderstood."""
    match after.split("."):
        case [time, room_id, seq] if time.isdigit() and seq.isdigit():
            return int(time), room_id, int(seq)
    raise NotUnderstood(f"{after!r} does not continue a listing")
