"""What a person is told who is not looking: the number in the title, and notifications.

Owns: which of what is unread and new is worth telling.
Never: the rules, which are `parley.domain`'s, nor showing anything.
"""

from desktop_client.layout.words import name_of, one_line
from desktop_client.state.changes import begun
from desktop_client.state.model import State
from desktop_client.state.talk import Talk
from desktop_client.update.effects import Effect, Tell
from parley.client import Message, Room
from parley.domain.notifying import Listener, RoomManner, notifies
from parley.domain.plain import plain_text
from parley.domain.unread import RoomBadge, badge
from parley.protocol.content import Text
from parley.protocol.events import Event

# What was missed is counted instead, unless it was said no longer ago than so many milliseconds.
_NEWS_MS = 60_000
# A notification shows so many characters of a message.
_SHOWN = 200


def unread_of(state: State) -> int:
    """Return the number that stands for all rooms."""
    return badge(
        RoomBadge(
            talk.standing.unread,
            talk.standing.mentions,
            talk.room.muted_until > state.now or talk.room.notify == "nothing",
            talk.standing.marked,
        )
        for talk in state.talks.values()
    )


def notification(state: State, talk: Talk, message: Message, now: int) -> list[Effect]:
    """Return what tells a person who is not looking of a message that has just come."""
    me, room = state.me, talk.room
    if me is None or not _is_news(talk, message, now):
        return []
    quiet = state.settings.quiet if state.settings is not None else None
    listener = Listener(me.id, me.time_zone, quiet, state.blocked)
    manner = RoomManner(room.notify, room.muted_until)
    in_view = state.is_focused and state.opened == room.id
    # By the server's clock: this computer's may be wrong.
    if not notifies(_event(message), listener, manner, now=message.time, in_view=in_view):
        return []
    return [Tell(_title(state, room, message.author), _words(message))]


def _title(state: State, room: Room, author: str) -> str:
    """Return who has spoken, and where; of somebody whose name is still asked for, where alone."""
    name = one_line(room.name)
    if room.kind == "direct" or author not in state.people:
        return name
    return f"{name_of(author, state.people)} in {name}"


def _is_news(talk: Talk, message: Message, now: int) -> bool:
    """Whether it was said since the room is heard live, whatever the clocks say; or just before."""
    is_live = talk.live_n is not None and message.n > talk.live_n
    return is_live or abs(now - message.time) <= _NEWS_MS


def _words(message: Message) -> str:
    now = begun(message)
    tree = now.derived.tree if now.derived is not None else ()
    return one_line(plain_text(tree) if tree else now.text)[:_SHOWN]


def _event(message: Message) -> Event:
    """Return a message as the entry of the log that it is."""
    said = Text(message.text, message.reply_to, message.forwarded, message.silent)
    return Event(
        room=message.room,
        generation=message.generation,
        seq=message.seq,
        n=message.n,
        time=message.time,
        author=message.author,
        cmid=message.cmid,
        content=said,
        derived=message.derived,
    )
