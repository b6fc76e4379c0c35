"""What is true for a moment: who is typing, and who is there.

Owns: the words for both, the command `/presence`, and telling the room that one is typing.
Never: what is said.
"""

from contextlib import suppress

from parley.chat.lines import full_name, moment_of, short_name
from parley.chat.stage import Handlers, Stage
from parley.client import (
    Message,
    ParleyError,
    Person,
    Presence,
    PresenceChanged,
    TypingShown,
)
from parley.domain.typing import Typists

# People who are named at a time in the words about typing.
_NAMED = 2


class Moments:
    """The moment, as one person at a terminal sees it."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._chat = stage, stage.chat
        self._typists = Typists()
        self._names: dict[str, Person] = {}

    def handlers(self) -> Handlers:
        """Return what to do for each command."""
        return {"presence": self._presence}

    async def shown(self, event: TypingShown | PresenceChanged) -> None:
        """Take a signal."""
        if isinstance(event, PresenceChanged):
            await self._say(list(event.people))
            return
        await self._learn([event.person])
        now = self._stage.now()
        self._typists = self._typists.told(event.room, event.person, event.for_ms, now)

    def said(self, message: Message) -> None:
        """Somebody has said what they were typing."""
        self._typists = self._typists.said(message.room, message.author)

    def words(self, room: str) -> str:
        """Return who is typing in a room, in words; nothing if nobody is."""
        who = [
            short_name(self._names[person]) if person in self._names else "somebody"
            for person in self._typists.in_room(room, self._stage.now())
        ]
        if not who:
            return ""
        if len(who) > _NAMED:
            return f"{len(who)} people are typing"
        return f"{' and '.join(who)} {'is' if len(who) == 1 else 'are'} typing"

    async def typed(self, text: str) -> None:
        """Tell the room what the person's keys tell: that they type, or have cleared the line."""
        if text.startswith("/"):
            return
        with suppress(ParleyError):  # it is for the moment alone
            await self._chat.typing(self._stage.room.id, on=bool(text))

    async def _presence(self, user: str) -> None:
        person = await self._chat.resolve_person(user)
        await self._say(await self._chat.watch([person.id]))

    async def _say(self, people: list[Presence]) -> None:
        await self._learn([presence.person for presence in people])
        for presence in people:
            if presence.person in self._names:
                who = full_name(self._names[presence.person])
                self._stage.note(f"{who} {_how(presence)}")

    async def _learn(self, people: list[str]) -> None:
        with suppress(ParleyError):
            self._names |= await self._chat.people(people)


def _how(presence: Presence) -> str:
    if presence.state != "offline":
        return f"is {presence.state}"
    if not presence.last_seen:
        return "is not here"
    return f"was last here on {moment_of(presence.last_seen):%d %B %Y, %H:%M}"
