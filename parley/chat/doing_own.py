"""The commands about what was read, and about what is one's own.

Owns: what each of them does and says, what is unread after signing in, and the ticks of the last
line that one has said in a room. A terminal cannot change what it has printed, so the toolbar has
them.
Never: which message is meant by counting back (`parley.chat.doing_messages`).
"""

import re
from collections.abc import Callable, Iterable, Mapping

from parley.chat.cleaning import clean_line
from parley.chat.lines import TICK, moment_of, name_of
from parley.chat.stage import Handlers, Misused, Stage, is_on
from parley.client import Chat, Quiet, Room, RoomStanding, Target
from parley.domain.receipts import Tick, tick
from parley.protocol.content import Text
from parley.protocol.events import Receipts
from parley.protocol.limits import RESUME_ROOMS
from parley.protocol.shapes import Notify

_WORDS: dict[Tick, str] = {
    "pending": "on the way",
    "stored": f"{TICK} stored",
    "delivered": f"{TICK}{TICK} received by all",
    "read": f"{TICK}{TICK} read by all",
}
_NOTIFY: dict[str, Notify] = {"all": "all", "mentions": "mentions", "nothing": "nothing"}

_TIME = re.compile(r"(2[0-3]|[01]?[0-9]):([0-5][0-9])")

MeantBy = Callable[[str], Target]
"""Returns the message that a person means by counting back."""


async def unread_in(chat: Chat, rooms: Iterable[Room]) -> dict[str, RoomStanding]:
    """Return how one stands in rooms, by id."""
    ids = [room.id for room in rooms]
    found: dict[str, RoomStanding] = {}
    for first in range(0, len(ids), RESUME_ROOMS):
        found |= await chat.count_unread(ids[first : first + RESUME_ROOMS])
    return found


def name_with_count(room: Room, standings: Mapping[str, RoomStanding]) -> str:
    """Return a room's name, and what is unread in it."""
    name, standing = clean_line(room.name), standings.get(room.id)
    if standing is None or not (standing.unread or standing.marked_unread):
        return name
    count = str(standing.unread) if standing.unread else "unread"
    mentions = f", {standing.mentions} for you" if standing.mentions else ""
    return f"{name} ({count}{mentions})"


class Ticks:
    """What has become of the last line that one has said in each room."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._last: dict[str, int] = {}
        self._receipts: dict[str, Receipts] = {}

    def stored(self, room: str, seq: int) -> None:
        """A line of one's own is safe."""
        self._last[room] = max(seq, self._last.get(room, 0))

    def told(self, receipts: Receipts) -> None:
        """Others have received or read more."""
        self._receipts[receipts.room] = receipts

    def words(self, room: str) -> str:
        """Return what has become of the last line in a room; empty if there is none."""
        seq = self._last.get(room)
        if seq is None:
            return ""
        me, receipts = self._chat.person.id, self._receipts.get(room)
        return f"last line {_WORDS[tick(receipts, me, seq, is_stored=True)]}"


class OwnCommands:
    """Commands about what is one's own. `meant` finds the message that was counted back to."""

    def __init__(self, stage: Stage, meant: MeantBy) -> None:
        self._stage, self._chat, self._meant = stage, stage.chat, meant

    def handlers(self) -> Handlers:
        """Return what to do for each command."""
        return {
            "unread": self._unread,
            "seen": self._seen,
            "star": self._star,
            "unstar": self._unstar,
            "starred": self._starred,
            "hide": self._hide,
            "notify": self._notify,
            "quiet": self._quiet,
            "receipts": self._receipts,
        }

    @property
    def _id(self) -> str:
        return self._stage.room.id

    async def tell_unread(self) -> None:
        """Say what is unread in one's rooms, if anything is."""
        rooms = [room for room in await self._chat.rooms() if not room.archived]
        standings = await unread_in(self._chat, rooms)
        waiting = [
            name_with_count(room, standings)
            for room in rooms
            if (standing := standings.get(room.id)) is not None
            and (standing.unread or standing.marked_unread)
        ]
        if waiting:
            self._stage.say(f"Unread: {', '.join(waiting)}")

    async def _unread(self, _: str) -> None:
        await self._chat.mark_unread(self._id)
        self._stage.note("marked as unread")

    async def _seen(self, typed: str) -> None:
        target = self._meant(typed or "1")
        info = await self._chat.message_info(self._id, target)
        versions = max(
            (s.versions for s in await self._chat.messages(self._id, [target])), default=1
        )
        people = await self._chat.people([each.person for each in info.recipients])
        lines = [f"For {info.people}; received by {info.delivered}"]
        if info.read >= 0:
            lines[0] += f", read by {info.read}"
        for each in info.recipients:
            if each.delivered_at:
                what, time = ("read", each.read_at) if each.read_at else ("", each.delivered_at)
                name = name_of(each.person, people)
                line = f"  {name}: {what or 'received'}, {moment_of(time):%d %B %H:%M}"
                is_older = 0 < each.version < versions
                lines.append(line + (f", version {each.version} of {versions}" if is_older else ""))
        self._stage.say("\n".join(lines))

    # --- messages --------------------------------------------------------------------------

    async def _star(self, typed: str) -> None:
        target = self._meant(typed or "1")
        await self._chat.star(self._id, target)
        self._stage.note("starred")

    async def _unstar(self, typed: str) -> None:
        target = self._meant(typed or "1")
        await self._chat.star(self._id, target, on=False)
        self._stage.note("no longer starred")

    async def _starred(self, _: str) -> None:
        events = [event async for event in self._chat.starred()]
        people = await self._chat.people([event.author for event in events if event.author])
        lines = [
            f"{name_of(event.author, people)}: {clean_line(event.content.text)}"
            for event in events
            if isinstance(event.content, Text)
        ]
        self._stage.say("\n".join(lines) or "You have starred nothing.")

    async def _hide(self, typed: str) -> None:
        target = self._meant(typed or "1")
        await self._chat.hide(self._id, target)
        self._stage.note("deleted for you; others still see it")

    # --- being told ------------------------------------------------------------------------

    async def _notify(self, typed: str) -> None:
        chosen = _NOTIFY.get(typed.casefold())
        if chosen is None:
            raise Misused("type all, mentions or nothing after it")
        self._stage.renew(await self._chat.set_room_preferences(self._id, notify=chosen))
        self._stage.note(f"this room tells you of {chosen}")

    async def _quiet(self, typed: str) -> None:
        if typed.casefold() == "off":
            await self._chat.edit_settings(no_quiet=True)
            self._stage.note("no hours are quiet")
            return
        since, _, until = typed.partition(" ")
        hours = Quiet(_minute(since), _minute(until.strip()))
        await self._chat.edit_settings(quiet=hours)
        self._stage.note(f"quiet from {since} to {until.strip()}")

    async def _receipts(self, typed: str) -> None:
        on = is_on(typed)
        await self._chat.edit_settings(read_receipts=on)
        told = "others see what you have read" if on else "nobody sees what anybody has read"
        self._stage.note(told if on else f"{told}: neither you of them, nor they of you")


def _minute(typed: str) -> int:
    """Return the minute of the day of `22:00`. Raises Misused."""
    time = _TIME.fullmatch(typed)
    if time is not None:
        return 60 * int(time[1]) + int(time[2])
    raise Misused("type two times after it, such as 22:00 7:00, or off")
