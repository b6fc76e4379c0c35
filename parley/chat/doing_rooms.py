"""The commands about rooms: finding, making, entering, describing and leaving them.

Owns: what each of them does and says.
Never: who is in a room (`parley.chat.doing_members`).
"""

from parley.chat.cleaning import clean, clean_line
from parley.chat.doing_own import name_with_count, unread_in
from parley.chat.lines import moment_of, name_of
from parley.chat.reading import enter
from parley.chat.stage import Handlers, Misused, Stage, is_on, whole
from parley.client import Room
from parley.protocol.limits import INTEGER_MAX

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS


class RoomCommands:
    """Commands about rooms."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._chat = stage, stage.chat

    def handlers(self) -> Handlers:
        """Return what to do for each command."""
        return {
            "rooms": self._rooms,
            "join": self._join,
            "dm": self._dm,
            "group": self._group,
            "create": self._create,
            "accept": self._accept,
            "leave": self._leave,
            "info": self._info,
            "rename": self._rename,
            "topic": self._topic,
            "describe": self._describe,
            "readonly": self._read_only,
            "invite": self._invite,
            "invites": self._invites,
            "revoke": self._revoke,
            "close": self._close,
            "mute": self._mute,
            "unmute": self._unmute,
            "pin": self._pin,
            "unpin": self._unpin,
            "archive": self._archive,
            "unarchive": self._unarchive,
        }

    @property
    def _id(self) -> str:
        return self._stage.room.id

    # --- going somewhere -------------------------------------------------------------------

    async def _rooms(self, _: str) -> None:
        own = await self._chat.rooms()
        mine = {room.id for room in own}
        others = [room for room in await self._chat.public_rooms() if room.id not in mine]
        shown = sorted((r for r in own if not r.archived), key=lambda room: not room.pinned)
        standings = await unread_in(self._chat, shown)
        counted = ", ".join(name_with_count(room, standings) for room in shown)
        self._stage.say(f"Your rooms:  {counted or 'none'}")
        if archived := [room for room in own if room.archived]:
            self._stage.say(f"Archived:    {_names(archived)}")
        if others:
            self._stage.say(f"Open to all: {_names(others)}")

    async def _join(self, name: str) -> None:
        await self._stage.go_to(await enter(self._chat, name))

    async def _dm(self, user: str) -> None:
        person = await self._chat.resolve_person(user)
        await self._stage.go_to(await self._chat.open_direct(person.id))

    async def _group(self, name: str) -> None:
        await self._stage.go_to(await self._chat.create_room(name, kind="group"))
        self._stage.note("/add USER... puts people into it; /invite makes an invitation")

    async def _create(self, name: str) -> None:
        await self._stage.go_to(await self._chat.create_room(name))

    async def _accept(self, code: str) -> None:
        await self._stage.go_to(await self._chat.join_by_invite(code))

    async def _leave(self, _: str) -> None:
        left = self._stage.room
        await self._chat.leave(left.id)
        self._stage.note(f"you have left {clean_line(left.name)}")
        await self._stage.go_home()

    # --- the room itself -------------------------------------------------------------------

    async def _info(self, _: str) -> None:
        detail = await self._chat.room_info(self._id)
        room, by = detail.room, detail.created_by
        lines = [f"{clean_line(room.name)} · {room.kind} · {room.id}"]
        if room.topic:
            lines.append(f"  Topic: {clean_line(room.topic)}")
        lines += [f"  {line}" for line in clean(detail.description).splitlines()]
        made = f"Made {moment_of(detail.created_at):%d %B %Y}"
        if by is not None:
            made += f" by {name_of(by, await self._chat.people([by]))}"
        lines.append(f"  {made}; {detail.members} {'is' if detail.members == 1 else 'are'} in it")
        if room.read_only:
            lines.append("  Only its owners and admins may speak")
        self._stage.say("\n".join(lines))

    async def _rename(self, name: str) -> None:
        self._stage.renew(await self._chat.edit_room(self._id, name=name))

    async def _topic(self, text: str) -> None:
        self._stage.renew(await self._chat.edit_room(self._id, topic=text))

    async def _describe(self, text: str) -> None:
        self._stage.renew(await self._chat.edit_room(self._id, description=text))

    async def _read_only(self, typed: str) -> None:
        self._stage.renew(await self._chat.edit_room(self._id, read_only=is_on(typed)))

    async def _close(self, _: str) -> None:
        room = self._stage.room
        name = clean_line(room.name)
        if await self._stage.ask(f"It cannot be opened again. Type {name} to close it: ") != name:
            raise Misused("it stays open")
        await self._chat.close_room(room.id)
        self._stage.note(f"{name} is closed")
        await self._stage.go_home()

    # --- invitations -----------------------------------------------------------------------

    async def _invite(self, typed: str) -> None:
        uses, _, days = typed.partition(" ")
        invite = await self._chat.create_invite(
            self._id,
            uses=whole(uses, "uses") if uses else 0,
            expires_in_ms=whole(days.strip(), "days") * _DAY_MS if days else 0,
        )
        self._stage.say(f"Whoever types this comes in:  /accept {invite.code}")

    async def _invites(self, _: str) -> None:
        lines = []
        for invite in await self._chat.invites(self._id):
            uses = "any number" if invite.uses_left is None else f"{invite.uses_left}"
            until = f", until {moment_of(invite.expires_at):%d %B %Y %H:%M}"
            lines.append(f"{invite.code}  for {uses}{until if invite.expires_at else ''}")
        self._stage.say("\n".join(lines) or "There are no invitations.")

    async def _revoke(self, code: str) -> None:
        await self._chat.revoke_invite(self._id, code)
        self._stage.note("the invitation is void")

    # --- how one has it oneself ------------------------------------------------------------

    async def _mute(self, hours: str) -> None:
        until = self._stage.now() + whole(hours, "hours") * _HOUR_MS if hours else INTEGER_MAX
        await self._prefer(muted_until=until)
        self._stage.note(f"muted for {hours} hours" if hours else "muted")

    async def _unmute(self, _: str) -> None:
        await self._prefer(muted_until=0)
        self._stage.note("no longer muted")

    async def _pin(self, _: str) -> None:
        await self._prefer(pinned=True)
        self._stage.note("pinned")

    async def _unpin(self, _: str) -> None:
        await self._prefer(pinned=False)
        self._stage.note("no longer pinned")

    async def _archive(self, _: str) -> None:
        await self._prefer(archived=True)
        self._stage.note("archived")

    async def _unarchive(self, _: str) -> None:
        await self._prefer(archived=False)
        self._stage.note("no longer archived")

    async def _prefer(
        self,
        *,
        muted_until: int | None = None,
        pinned: bool | None = None,
        archived: bool | None = None,
    ) -> None:
        room = await self._chat.set_room_preferences(
            self._id, muted_until=muted_until, pinned=pinned, archived=archived
        )
        self._stage.renew(room)


def _names(rooms: list[Room]) -> str:
    return ", ".join(clean_line(room.name) for room in rooms) or "none"
