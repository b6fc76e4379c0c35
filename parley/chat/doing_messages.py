"""The commands about messages: answering, editing, deleting, reacting, pinning.

Owns: what each of them does and says, which message a person means, and what is told when somebody
changes one. A terminal cannot change what it has printed, so a change is a line of its own.
Never: how a message itself is printed (`parley.chat.lines`).

A message is meant by counting back: 1 is the room's last one, 2 the one before.
"""

from collections import defaultdict, deque
from collections.abc import Mapping

from parley.chat.cleaning import clean_line
from parley.chat.lines import DELETED, People, answering, name_of, shortened, words_of
from parley.chat.stage import Handlers, Misused, Stage
from parley.client import (
    Deleted,
    DeletedMessage,
    Edited,
    Message,
    MessageChange,
    PinChanged,
    Reacted,
    State,
    Target,
)

# Messages of each room that can be meant.
_REMEMBERED = 200


class MessageCommands:
    """Commands about messages, and the messages that they can be about."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._chat = stage, stage.chat
        self._texts: defaultdict[str, dict[Target, str]] = defaultdict(dict)
        self._order: defaultdict[str, deque[Target]] = defaultdict(deque)

    def handlers(self) -> Handlers:
        """Return what to do for each command."""
        return {
            "reply": self._reply,
            "edit": self._edit,
            "delete": self._delete,
            "react": self._react,
            "unreact": self._unreact,
            "pin-message": self._pin,
            "unpin-message": self._unpin,
            "pins": self._pins,
            "versions": self._versions,
        }

    def saw(self, message: Message | DeletedMessage) -> None:
        """Remember a message, in the order of the log."""
        target = Target(message.author, message.cmid)
        texts, order = self._texts[message.room], self._order[message.room]
        if target not in texts:
            order.append(target)
            if len(order) > _REMEMBERED:
                texts.pop(order.popleft(), None)
        texts[target] = message.text if isinstance(message, Message) else ""

    def note_change(self, change: MessageChange) -> None:
        """Take what somebody has done to a message."""
        texts = self._texts[change.room]
        if isinstance(change, Edited | Deleted) and change.target in texts:
            texts[change.target] = change.text if isinstance(change, Edited) else ""

    def told(self, change: MessageChange, people: People) -> str:
        """Return what is printed of a change, as a sentence."""
        who = name_of(change.author, people)
        # Before it is noted: an edit is told with the words that it replaces.
        what = self._quoted(change.room, change.target)
        match change:
            case Edited(text=text):
                return f"{who} edited {what}: {clean_line(text)}"
            case Deleted():
                return f"{who} deleted a message"
            case Reacted(emoji=emoji, on=on):
                return f"{who} reacts {emoji} to {what}" if on else f"{who} takes back {emoji}"
            case PinChanged(on=on):
                return f"{who} {'pinned' if on else 'unpinned'} {what}"

    async def answered(self, message: Message, quoted: Mapping[Target, State] | None = None) -> str:
        """Return what a message answers, to be printed before it; empty if it answers none.

        `quoted` are messages that are known; others that were not seen are asked for.
        """
        room, target = message.room, message.reply_to
        if target is None:
            return ""
        if target in self._texts[room]:
            return f"      ┌ {self._quoted(room, target)}"
        state = (quoted or {}).get(target)
        for found in [state] if state else await self._chat.messages(room, [target]):
            return answering(words_of(found))
        return f"      ┌ {self._quoted(room, target)}"

    # --- commands --------------------------------------------------------------------------

    async def _reply(self, typed: str) -> None:
        place, text = self._place(typed)
        if not text:
            raise Misused("type what to answer after it")
        await self._stage.post(text, reply_to=place)

    async def _edit(self, typed: str) -> None:
        target = self._own_last()
        await self._chat.edit(self._stage.room.id, target.cmid, typed)

    async def _delete(self, typed: str) -> None:
        target = self.counted(typed) if typed else self._own_last()
        await self._chat.delete(self._stage.room.id, target)

    async def _react(self, typed: str) -> None:
        emoji, _, rest = typed.partition(" ")
        await self._chat.react(self._stage.room.id, self.counted(rest or "1"), emoji)

    async def _unreact(self, typed: str) -> None:
        emoji, _, rest = typed.partition(" ")
        await self._chat.react(self._stage.room.id, self.counted(rest or "1"), emoji, on=False)

    async def _pin(self, typed: str) -> None:
        await self._chat.pin(self._stage.room.id, self.counted(typed or "1"))

    async def _unpin(self, typed: str) -> None:
        await self._chat.pin(self._stage.room.id, self.counted(typed or "1"), on=False)

    async def _pins(self, _: str) -> None:
        pinned = await self._chat.pins(self._stage.room.id)
        people = await self._chat.people({state.author for state in pinned})
        lines = [f"{name_of(state.author, people)}: {words_of(state)}" for state in pinned]
        self._stage.say("\n".join(lines) or "Nothing is pinned here.")

    async def _versions(self, typed: str) -> None:
        target = self.counted(typed or "1")
        versions = await self._chat.versions(self._stage.room.id, target)
        lines = [f"{number}. {clean_line(v.text)}" for number, v in enumerate(versions, 1)]
        self._stage.say("\n".join(lines) or "It was deleted.")

    # --- which message ---------------------------------------------------------------------

    def _place(self, typed: str) -> tuple[Target, str]:
        """Return which message a text answers, and the text: `3 yes`, or `yes` to the last."""
        first, _, rest = typed.partition(" ")
        if first.isascii() and first.isdigit() and rest.strip():
            return self.counted(first), rest.strip()
        return self.counted("1"), typed

    def counted(self, typed: str) -> Target:
        order = self._order[self._stage.room.id]
        if not (typed.isascii() and typed.isdigit() and 0 < int(typed[:9]) <= len(order)):
            raise Misused(f"{typed!r} is no message: 1 is the last one here, 2 the one before")
        return order[-int(typed)]

    def _own_last(self) -> Target:
        me = self._chat.person.id
        texts = self._texts[self._stage.room.id]
        for target in reversed(self._order[self._stage.room.id]):
            if target.author == me and texts.get(target):
                return target
        raise Misused("you have said nothing here lately")

    def _quoted(self, room: str, target: Target) -> str:
        text = self._texts[room].get(target)
        if text is None:
            return "an earlier message"
        return f"“{shortened(clean_line(text))}”" if text else DELETED
