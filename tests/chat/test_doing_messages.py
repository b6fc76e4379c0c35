"""Messages as a person at a terminal means them, and what is told of their changes."""

from typing import Any

import pytest

from parley.chat.doing_messages import MessageCommands
from parley.chat.stage import Misused
from parley.client import Deleted, Edited, Message, PinChanged, Reacted, Room, State, Target
from parley.client.events import MessageChange
from parley.protocol.commands import Person

ANN, BOB = "0000000000ann", "0000000000bob"
ROOM = Room("lobby", "channel", "Lobby", "member")


def cmid(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012x}"


def said(number: int, text: str, author: str = BOB, reply_to: Target | None = None) -> Message:
    return Message("lobby", 1, number, number, 0, author, cmid(number), text, reply_to=reply_to)


class Scene:
    """A stage, and the chat on it, which notes what it is asked to do."""

    def __init__(self) -> None:
        self.chat, self.room = self, ROOM
        self.person = Person(ANN, "ann", "Ann")
        self.done: list[tuple[Any, ...]] = []
        self.stored: list[State] = []
        self.commands = MessageCommands(self)  # type: ignore[arg-type]

    async def post(self, text: str, *, reply_to: Target | None = None) -> None:
        self.done.append(("post", text, reply_to))

    async def edit(self, room: str, cmid: str, text: str) -> None:
        self.done.append(("edit", room, cmid, text))

    async def delete(self, room: str, target: Target) -> None:
        self.done.append(("delete", room, target))

    async def react(self, room: str, target: Target, emoji: str, *, on: bool = True) -> None:
        self.done.append(("react", room, target, emoji, on))

    async def pin(self, room: str, target: Target, *, on: bool = True) -> None:
        self.done.append(("pin", room, target, on))

    async def messages(self, room: str, targets: list[Target]) -> list[State]:
        return self.stored

    async def do(self, name: str, typed: str = "") -> None:
        await self.commands.handlers()[name](typed)


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    for message in (said(1, "one"), said(2, "mine", ANN), said(3, "three")):
        scene.commands.saw(message)
    return scene


@pytest.mark.parametrize(
    ("name", "typed", "done"),
    [
        ("reply", "yes", ("post", "yes", Target(BOB, cmid(3)))),
        ("reply", "3 no", ("post", "no", Target(BOB, cmid(1)))),
        ("edit", "ours", ("edit", "lobby", cmid(2), "ours")),
        ("delete", "", ("delete", "lobby", Target(ANN, cmid(2)))),
        ("delete", "1", ("delete", "lobby", Target(BOB, cmid(3)))),
        ("react", "👍", ("react", "lobby", Target(BOB, cmid(3)), "👍", True)),
        ("unreact", "👍 2", ("react", "lobby", Target(ANN, cmid(2)), "👍", False)),
        ("pin-message", "", ("pin", "lobby", Target(BOB, cmid(3)), True)),
        ("unpin-message", "3", ("pin", "lobby", Target(BOB, cmid(1)), False)),
    ],
)
async def test_a_message_is_meant_by_counting_back(
    scene: Scene, name: str, typed: str, done: tuple[Any, ...]
) -> None:
    await scene.do(name, typed)

    assert scene.done == [done]


@pytest.mark.parametrize("typed", ["0", "4", "x", "-1"])
async def test_what_is_no_message_is_said_to_be_none(scene: Scene, typed: str) -> None:
    with pytest.raises(Misused):
        await scene.do("versions", typed)


async def test_who_has_said_nothing_has_nothing_to_edit() -> None:
    with pytest.raises(Misused):
        await Scene().do("edit", "x")


PLACE = ("lobby", 1, 9, 0, BOB, Target(ANN, cmid(2)), 2)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Edited(*PLACE, "ours"), "Bob edited “mine”: ours"),
        (Deleted(*PLACE), "Bob deleted a message"),
        (Reacted(*PLACE, "👍", True), "Bob reacts 👍 to “mine”"),
        (Reacted(*PLACE, "👍", False), "Bob takes back 👍"),
        (PinChanged(*PLACE, True), "Bob pinned “mine”"),
        (PinChanged(*PLACE, False), "Bob unpinned “mine”"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_change_is_told_in_a_sentence(scene: Scene, change: MessageChange, told: str) -> None:
    assert scene.commands.told(change, {BOB: Person(BOB, "bob", "Bob")}) == told


async def test_an_answer_shows_what_it_answers_as_it_is_now(scene: Scene) -> None:
    answer = said(4, "why?", reply_to=Target(ANN, cmid(2)))

    assert await scene.commands.answered(answer) == "      ┌ “mine”"
    scene.commands.note_change(Deleted(*PLACE))
    assert await scene.commands.answered(answer) == "      ┌ a deleted message"


async def test_an_answer_to_what_was_not_seen_asks_for_it(scene: Scene) -> None:
    scene.stored = [State(9, 9, 0, BOB, cmid(77), "long ago")]

    shown = await scene.commands.answered(said(4, "why?", reply_to=Target(BOB, cmid(77))))

    assert shown == "      ┌ long ago"
