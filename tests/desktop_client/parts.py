"""What the tests of the desktop client are made of: people, rooms, messages, a made-up font.

Owns: short names for values that many tests need.
Never: a window or a network.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date

from desktop_client.layout.metrics import Face, Metrics
from desktop_client.layout.rows import Scene
from desktop_client.state.history import with_live
from desktop_client.state.model import EntryForm, Link, Stage, State
from desktop_client.state.talk import Entry, Talk
from parley.client import (
    Deleted,
    Edited,
    HistoryPage,
    Message,
    Person,
    Reacted,
    Room,
    RoomEntry,
)

ANN = Person("ann00", "ann", "Ann")
BOB = Person("bob00", "bob", "")
LOBBY = Room("lobby", "channel", "Lobby", "member")
PLANS = Room("plans", "channel", "Plans", "member")
URL = "http://127.0.0.1:8080"
# Noon of a Monday, in Unix milliseconds.
NOON = 1_795_435_200_000
TODAY = date(2026, 11, 23)
# Every character is half as wide as the text is high.
METRICS = Metrics(Face.even(0.5), Face.even(0.5), frozenset({"👋", "🔥", "👨‍👩‍👧‍👦", "❤️"}))
SCENE = Scene(ANN.id, {ANN.id: ANN, BOB.id: BOB}, TODAY, UTC)


def said(
    seq: int, text: str = "hello", *, by: Person = BOB, generation: int = 1, room: Room = LOBBY
) -> Message:
    """A message; its number is its place, and each is a second later than the one before."""
    return Message(
        room.id, generation, seq, seq, NOON + seq * 1000, by.id, f"cmid-{by.id}-{seq}", text
    )


def edited(seq: int, message: Message, text: str) -> Edited:
    """The author of a message gives it other words."""
    place = (message.room, message.generation, seq, NOON + seq * 1000, message.author)
    return Edited(*place, message.target, message.seq, text)


def deleted(seq: int, message: Message, *, by: Person = BOB) -> Deleted:
    """A message is deleted for everyone."""
    place = (message.room, message.generation, seq, NOON + seq * 1000, by.id)
    return Deleted(*place, message.target, message.seq)


def reacted(seq: int, message: Message, emoji: str, *, by: Person, on: bool = True) -> Reacted:
    """Somebody puts an emoji to a message, or takes it back."""
    place = (message.room, message.generation, seq, NOON + seq * 1000, by.id)
    return Reacted(*place, message.target, message.seq, emoji, on)


def page(*entries: RoomEntry, first: int | None = None, more: bool = False) -> HistoryPage:
    """A page of history with these entries."""
    lowest = entries[0].seq if entries else 0
    highest = entries[-1].seq if entries else 0
    return HistoryPage(LOBBY.id, 1, entries, first or lowest, highest, more)


def signed_in(**changes: object) -> State:
    """Ann is online, in the lobby, which is open and empty."""
    state = State(
        form=EntryForm(URL, ANN.user_name),
        stage=Stage.MAIN,
        me=ANN,
        link=Link(online=True),
        people={ANN.id: ANN, BOB.id: BOB},
        talks={LOBBY.id: Talk(LOBBY)},
        opened=LOBBY.id,
        busy_with_rooms=False,
    )
    return replace(state, **changes)  # type: ignore[arg-type]


def with_entries(talk: Talk, entries: Iterable[Entry]) -> Talk:
    """The room after these entries were heard, one after the other."""
    for entry in entries:
        talk = with_live(talk, entry)
    return talk


def texts(talk: Talk) -> list[str]:
    """The texts of a room's messages, in order."""
    return [entry.text for entry in talk.entries if isinstance(entry, Message)]
