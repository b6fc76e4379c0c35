"""Pictures of the main screens in both themes: `python -m tests.desktop_client.gallery FOLDER`.

Owns: made-up rooms in which every kind of message stands, and the order of the pictures.
Never: a network: what is drawn are states, by the window that draws the real ones.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from desktop_client.assets.book import folder_of_environment, open_book
from desktop_client.layout.rows import TOGETHER_MS
from desktop_client.profile import Place
from desktop_client.state.changes import with_change
from desktop_client.state.model import (
    Dialog,
    EntryForm,
    Link,
    Mode,
    Stage,
    State,
    ThemeChoice,
)
from desktop_client.state.talk import Standing, Talk
from desktop_client.view.window import Window
from parley.client import Hit, Member, Message, Person, Presence, Room, Target
from parley.domain.formatting import formatted
from parley.domain.typing import Typists
from parley.protocol.derived import Derived
from parley.protocol.events import Extent, Receipts
from tests.desktop_client.parts import ANN, NOON, TODAY, edited, reacted, signed_in, with_entries

SIZE, SMALL = (1280, 800), (400, 300)
THEMES: tuple[ThemeChoice, ...] = ("dark", "light")
# Frames until everything that is measured on the screen has found its place.
_SETTLE = 7
# Frames until a picture that was asked for is written.
_WRITE = 4

CHIDI = Person("chidi", "chidi", "Chidi Okafor")
PRIYA = Person("priya", "priya", "Priya Nair")
LENA = Person("lena0", "lena", "Лена")
BEN = Person("ben00", "ben", "Ben Stone")
PEOPLE = {each.id: each for each in (ANN, CHIDI, PRIYA, LENA, BEN)}
GUILD = Room("guild", "group", "Design Guild 🎨", "owner", "What Parley looks like", pinned=True)


def message(seq: int, text: str, by: Person, *, answers: Message | None = None) -> Message:
    """A message with its formatting; each is a while later than the one before."""
    names = {each.user_name: each.id for each in PEOPLE.values()}
    derived = Derived(tree=formatted(text, names).tree, seq=answers.seq if answers else 0)
    target = Target(answers.author, answers.cmid) if answers is not None else None
    time = NOON + seq * TOGETHER_MS // 3
    return Message(
        GUILD.id, 1, seq, seq, time, by.id, f"{by.id}-{seq}", text, derived, reply_to=target
    )


def guild() -> Talk:
    """A group in which people talk."""
    sketch = message(1, "The new bubbles are on the test server 🌇", ANN)
    notes = "Can we ship `v0.9` on Friday? Notes: https://example.org/notes and ping @chidi 🙏"
    tests = "Yes, tests are green. Ελληνικά, Русский, 한국어 and 👨‍👩‍👧‍👦 🇯🇵 render fine too."
    hebrew = "ומה עם עברית? وماذا عن العربية؟"
    messages = [
        sketch,
        message(2, "wow 🤩 *that* is what I meant", CHIDI, answers=sketch),
        message(3, notes, CHIDI),
        message(7, tests, ANN),
        message(9, hebrew, PRIYA),
        message(10, "🔥😂👍", ANN),
        message(14, "Love them 😍", PRIYA),
        message(17, "Thanks! Sending the build now", ANN),
    ]
    talk = with_entries(Talk(GUILD, first=1, more=False), messages)
    for change in (
        reacted(18, messages[3], "🎉", by=CHIDI),
        reacted(19, messages[3], "🎉", by=PRIYA),
        reacted(20, messages[3], "🚀", by=ANN),
        edited(21, messages[6], "Love the new bubbles 😍"),
    ):
        talk = with_change(talk, change)
    receipts = Receipts(GUILD.id, 1, Extent(30, CHIDI.id, 30), Extent(16, CHIDI.id, 30))
    return replace(talk, stored=(1, 30), receipts=receipts)


def last_of(room: Room, text: str, by: Person, ago: int, unread: int = 0) -> Talk:
    """A room of which only the end is on the screen, said so many minutes before noon."""
    said = Message(room.id, 1, 1, 1, NOON - ago * 60_000, by.id, f"{by.id}-{room.id}", text)
    standing = Standing(unread=unread, mentions=min(unread, 1) if room.kind == "group" else 0)
    return replace(with_entries(Talk(room, more=False), [said]), standing=standing, stored=(1, 1))


def direct(person: Person) -> Room:
    """The room of Ann and somebody else."""
    return Room(f"with-{person.id}", "direct", person.display_name, "member", other=person.id)


def talking() -> State:
    """Ann has a few rooms; the group is open, and Priya is typing in it."""
    crew = Room("crew", "group", "Release crew", "member", muted_until=NOON * 2)
    lobby = Room("lobby", "channel", "Lobby", "member")
    news = Room("news", "channel", "Announcements", "member")
    talks = [
        guild(),
        last_of(direct(PRIYA), "See you tonight 👋", PRIYA, 20, unread=1),
        last_of(direct(CHIDI), "Thanks, looks great 👍🏽", ANN, 47),
        last_of(crew, "ship it 🚀🚀", BEN, 112, unread=12),
        last_of(lobby, "Good morning", LENA, 160),
        last_of(direct(LENA), "Привет! Как дела?", LENA, 26 * 60),
        last_of(news, "Parley 0.9 is out", BEN, 50 * 60),
        last_of(direct(BEN), "haha yes 😂", BEN, 75 * 60),
    ]
    now = NOON + 18 * TOGETHER_MS // 3
    there = (Presence(PRIYA.id, "online"), Presence(CHIDI.id, "away"))
    return signed_in(
        people=PEOPLE,
        talks={talk.room.id: talk for talk in talks},
        opened=GUILD.id,
        now=now,
        presences={each.person: each for each in there},
        typists=Typists().told(GUILD.id, PRIYA.id, 60_000, now),
    )


def screens() -> Iterator[tuple[str, State]]:
    """Each picture's name and what it shows."""
    talk = talking()
    yield "conversation", talk
    yield "rooms", replace(talk, opened=None)
    for name, dialog in {
        "room-page": Dialog.ROOM,
        "account-page": Dialog.ACCOUNT,
        "profile-page": Dialog.PROFILE,
        "keys": Dialog.KEYS,
        "emoji": Dialog.EMOJI,
        "new-room": Dialog.NEW_ROOM,
    }.items():
        yield name, replace(talk, dialog=dialog)


def others() -> Iterator[tuple[str, State]]:
    """What is asked and told over the conversation, and the first screen."""
    talk = talking()
    form = EntryForm("http://127.0.0.1:8080", "ann", error="wrong user name or password")
    yield "entry", replace(talk, stage=Stage.ENTRY, form=form)
    wanted = guild().entries[2]
    assert isinstance(wanted, Message)
    yield "answer", replace(talk, modes={GUILD.id: Mode(wanted.target)}, link=Link(reason="gone"))
    members = [Member(each, "member", NOON) for each in (CHIDI, PRIYA, LENA)]
    everybody = (Member(ANN, "owner", NOON), *members)
    yield "members-page", replace(talk, dialog=Dialog.MEMBERS, members=everybody)
    yield "forward-page", replace(talk, dialog=Dialog.FORWARD, about=wanted.target)
    hits = tuple(
        Hit(GUILD.id, seq, seq, NOON, CHIDI.id, f"hit-{seq}", words, [(0, 5)], False, True)
        for seq, words in enumerate(("Notes of Friday are in the wiki", "notes?"))
    )
    yield "search", replace(talk, dialog=Dialog.SEARCH, query="notes", hits=hits)


def small_screens() -> Iterator[tuple[str, State]]:
    """Each picture's name and what it shows, in a small window."""
    yield "small-conversation", talking()
    yield "small-rooms", replace(talking(), opened=None)
    largest = replace(talking(), text_size="larger")
    yield "largest-conversation", largest
    yield "largest-rooms", replace(largest, opened=None)
    yield "largest-account-page", replace(largest, dialog=Dialog.ACCOUNT)


@contextmanager
def opened() -> Iterator[Window]:
    """The window, with what `make desktop` has built."""
    window = Window(open_book(folder_of_environment()), SIZE, lambda _: None, lambda: TODAY)
    try:
        while window.is_loading:
            window.frame()
        yield window
    finally:
        window.close()


def draw(window: Window, state: State, frames: int) -> None:
    """Draw a state for some frames."""
    for _ in range(frames):
        window.show(state)
        window.frame()


def keep(window: Window, state: State, path: Path) -> None:
    """Write a picture of a state."""
    # A dialogue opens over what is there already.
    draw(window, replace(state, dialog=Dialog.NONE), _SETTLE)
    draw(window, state, _SETTLE)
    window.picture(path)
    draw(window, state, _WRITE)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with opened() as window:
        for theme in THEMES:
            for name, state in (*screens(), *others()):
                keep(window, replace(state, theme_choice=theme), folder / f"{name}-{theme}.png")
        window.move(Place(0, 0, *SMALL))
        for theme in THEMES:
            for name, state in small_screens():
                keep(window, replace(state, theme_choice=theme), folder / f"{name}-{theme}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
