"""What a person at a terminal sees."""

from __future__ import annotations

import asyncio

import pytest
from msgspec import structs
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

import parley
from parley.chat.reading import in_words
from parley.chat.slash import COMMANDS
from parley.chat.terminal import talk
from parley.protocol.commands import Page, ReadMessages, Room, Typing
from parley.protocol.content import Target, Text
from parley.protocol.events import (
    DirectoryChanged,
    Event,
    Extent,
    PeopleChanged,
    Receipts,
    RoomLost,
)
from parley.protocol.states import Reaction, State
from tests.chat.seen import NOON, ROOM, Seen
from tests.client.loopback import Loopback
from tests.client.model import BOB, PASSWORD, RoomLog
from tests.client.talk import cmid


async def test_an_own_line_is_printed_with_its_tick_once_it_is_stored(seen: Seen) -> None:
    await seen.type("hello")
    assert seen.lines == []
    assert "1 line on the way" in seen.screen.toolbar()

    await seen.show_until_stored()

    assert seen.lines == ["12:00 Ann ✓ hello"]
    assert "on the way" not in seen.screen.toolbar()


async def test_an_own_line_is_printed_with_its_emoji(seen: Seen) -> None:
    await seen.type("`:tea:` makes :tea:")

    await seen.show_until_stored()

    assert seen.lines == ["12:00 Ann ✓ `:tea:` makes 🍵"]


async def test_a_refused_line_is_shown_with_its_reason_and_dismissed(seen: Seen) -> None:
    seen.model.next_refusals.append(False)
    await seen.type("hello")
    await seen.show_until(lambda event: isinstance(event, parley.SendRefused))

    assert seen.lines == ["— not sent: hello (no) —"]
    assert seen.chat.outbox() == []


async def test_what_another_says_is_printed_with_the_name(
    seen: Seen, loopback_server: Loopback
) -> None:
    seen.model.someone_says(seen.model.rooms[ROOM], cmid(1), is_heard=True)
    await loopback_server.flush()
    await seen.show_until(lambda event: isinstance(event, parley.Message))

    assert seen.lines[-1].endswith(f"00:00 {BOB.display_name} bob {cmid(1)}")


async def test_another_name_is_the_one_that_is_printed(
    seen: Seen, loopback_server: Loopback
) -> None:
    await seen.type("/who")
    seen.model.tell(PeopleChanged([structs.replace(BOB, display_name="Robert")]))
    seen.model.someone_says(seen.model.rooms[ROOM], cmid(1), is_heard=True)
    await loopback_server.flush()
    await seen.show_until(lambda event: isinstance(event, parley.Message))

    assert seen.lines[-1].endswith(f"00:00 Robert bob {cmid(1)}")


async def test_a_direct_room_is_called_by_the_others_present_name(
    seen: Seen, loopback_server: Loopback
) -> None:
    seen.screen.renew(parley.Room(ROOM, "direct", "Bob", "member", other=BOB.id))
    seen.model.tell(PeopleChanged([structs.replace(BOB, display_name="Robert")]))
    await loopback_server.flush()
    await seen.show_until(lambda event: isinstance(event, parley.PeopleChanged))

    assert seen.screen.toolbar().startswith("Robert · ann")


async def test_what_history_has_printed_is_not_printed_again(
    seen: Seen, loopback_server: Loopback
) -> None:
    seen.model.someone_says(seen.model.rooms[ROOM], cmid(1), is_heard=True)
    await seen.type("/history")
    await loopback_server.flush()
    await seen.show_until(lambda event: isinstance(event, parley.Message))

    assert len([line for line in seen.lines if cmid(1) in line]) == 1


async def test_history_shows_what_is_answered_and_what_was_put_to_it(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    quoted = State(1, 1, 0, BOB.id, cmid(1), "tea or coffee?")
    answer = Event(
        ROOM, 1, 9, 9, NOON, BOB.id, cmid(9), Text("tea", reply_to=Target(BOB.id, cmid(1)))
    )
    reactions = [Reaction("👍", 2, [BOB.id]), Reaction("🍵", 1, [BOB.id])]
    now = State(9, 9, NOON, BOB.id, cmid(9), "tea!", reactions=reactions)
    page = Page(ROOM, 1, [answer], False, 9, 9, as_of=12, states=[now], quoted=[quoted])
    monkeypatch.setattr(seen.model, "_history", lambda *_: page)

    await seen.type("/history")

    assert seen.lines == ["      ┌ tea or coffee?", "12:00 Bob tea!", "      └ 👍 2  🍵 1"]
    assert not any(isinstance(command, ReadMessages) for command in seen.commands)


async def test_another_room_is_named_before_its_lines(
    seen: Seen, loopback_server: Loopback
) -> None:
    await seen.type("/join other")
    seen.model.someone_says(seen.model.rooms[ROOM], cmid(1), is_heard=True)
    await loopback_server.flush()
    await seen.show_until(lambda event: isinstance(event, parley.Message))

    assert "[Lobby] Bob" in seen.lines[-1]


async def test_making_a_room_goes_there(seen: Seen) -> None:
    await seen.type("/create Kitchen")
    await seen.type("hello")
    await seen.show_until_stored()

    assert [entry.text for entry in seen.model.rooms["kitchen"].entries] == ["hello"]
    assert seen.screen.toolbar().startswith("Kitchen · ann · connected")


async def test_leaving_a_room_leads_back_to_the_lobby(seen: Seen) -> None:
    await seen.type("/join other")
    await seen.type("/leave")

    assert "other" not in seen.model.joined
    assert seen.screen.toolbar().startswith("Lobby")


async def test_a_room_that_is_not_there_is_said(seen: Seen) -> None:
    assert await seen.type("/join cellar")

    assert seen.lines == ["— there is no room 'cellar' that is open to you —"]


async def test_who_has_spoken_is_listed(seen: Seen) -> None:
    seen.model.someone_says(seen.model.rooms[ROOM], cmid(1), is_heard=False)
    await seen.type("/who")

    assert seen.lines == ["Spoke here lately: Bob"]


async def test_rooms_are_listed_with_what_is_unread(seen: Seen) -> None:
    await seen.type("/rooms")

    assert seen.lines == ["Your rooms:  Lobby (3, 1 for you), Other"]


async def test_what_is_unread_is_told_at_the_beginning(seen: Seen) -> None:
    await seen.screen.tell_unread()

    assert seen.lines == ["Unread: Lobby (3, 1 for you)"]


async def test_what_is_shown_of_the_present_room_is_marked_as_read(seen: Seen) -> None:
    room = seen.model.rooms[ROOM]
    await seen.screen.go_to(seen.screen.room)
    seen.model.someone_says(room, cmid(7), is_heard=True)
    await seen.server.flush()
    await seen.show_until(lambda event: isinstance(event, parley.Message))

    assert seen.chat.read_up_to(ROOM) == room.top


async def test_the_toolbar_tells_what_has_become_of_the_last_line(seen: Seen) -> None:
    await seen.type("hello")
    await seen.show_until_stored()
    seq = seen.model.rooms[ROOM].top
    assert seen.screen.toolbar().endswith("last line ✓ stored")

    for reached, words in (((seq, 0), "received by all"), ((seq, seq), "read by all")):
        delivered, read = (Extent(each, BOB.id, seq) for each in reached)
        await seen.screen.show(parley.ReceiptsChanged(Receipts(ROOM, 1, delivered, read)))
        assert seen.screen.toolbar().endswith(f"last line ✓✓ {words}")


async def test_the_toolbar_tells_who_is_typing_until_they_have_said_it(seen: Seen) -> None:
    await seen.screen.show(parley.TypingShown(ROOM, BOB.id, 7000))
    assert seen.screen.toolbar().endswith("Bob is typing")

    said = parley.Message(ROOM, 1, 99, 99, NOON, BOB.id, cmid(99), "hello")
    await seen.screen.show(said)
    assert "typing" not in seen.screen.toolbar()


async def test_a_command_that_is_typed_tells_nobody_so(seen: Seen) -> None:
    for line in ("/", "/whois bob"):
        await seen.screen.moments.typed(line)
    assert not any(isinstance(command, Typing) for command in seen.commands)

    await seen.screen.moments.typed("h")
    assert Typing(ref=0, room=ROOM) in [structs.replace(each, ref=0) for each in seen.commands]


async def test_a_room_that_another_brings_one_into_is_told_with_its_last_lines(
    seen: Seen, loopback_server: Loopback
) -> None:
    await seen.screen.follow_all()
    garden = seen.model.rooms["garden"] = RoomLog("garden")
    seen.model.joined.add("garden")
    seen.model.someone_says(garden, cmid(1), is_heard=False)
    seen.model.tell(DirectoryChanged())
    await loopback_server.flush()
    await seen.show_until(lambda event: isinstance(event, parley.DirectoryChanged))

    assert seen.lines[0] == "— you are in Garden now —"
    assert seen.lines[1].endswith(f"[Garden] Bob bob {cmid(1)}")


async def test_a_room_that_is_followed_shows_its_last_lines_at_the_first_visit(seen: Seen) -> None:
    await seen.screen.follow_all()
    seen.model.someone_says(seen.model.rooms["other"], cmid(1), is_heard=False)
    for _ in range(2):
        await seen.type("/join other")

    assert [line.split()[-1] for line in seen.lines] == ["——", cmid(1), "——"]


async def test_what_comes_while_a_room_is_opened_is_printed_once(
    seen: Seen, loopback_server: Loopback
) -> None:
    going = asyncio.create_task(seen.type("/join other"))
    await seen.show_until(lambda e: isinstance(e, parley.RoomLive) and e.room == "other")
    seen.model.someone_says(seen.model.rooms["other"], cmid(1), is_heard=True)
    await loopback_server.flush()
    await seen.show_until(lambda event: isinstance(event, parley.Message))
    await going

    assert len([line for line in seen.lines if cmid(1) in line]) == 1


async def test_a_refusal_names_rooms_and_people_by_their_names(seen: Seen) -> None:
    message = f"{BOB.id!r} is banned from the room {ROOM!r}, which is not 'here'"

    shown = await in_words(seen.chat, message, seen.screen._rooms)

    assert shown == "Bob (bob) is banned from the room Lobby, which is not 'here'"


async def test_who_is_taken_out_of_the_present_room_is_led_back_to_the_lobby(
    seen: Seen, loopback_server: Loopback
) -> None:
    await seen.type("/join other")
    seen.model.tell(RoomLost("other"))
    await loopback_server.flush()
    await seen.show_until(lambda event: isinstance(event, parley.RoomLost))

    assert "— Other: you are no longer in this room —" in seen.lines
    assert seen.screen.toolbar().startswith("Lobby")


async def test_a_muted_room_is_heard_only_where_one_is_in_it(
    seen: Seen, loopback_server: Loopback
) -> None:
    await seen.screen.follow_all()
    for muted_until in (NOON, NOON + 1):
        room = Room("other", "channel", "Other", "member", muted_until=muted_until)
        seen.screen.renew(room)
        seen.model.someone_says(seen.model.rooms["other"], cmid(muted_until), is_heard=True)
        await loopback_server.flush()
        await seen.show_until(lambda event: isinstance(event, parley.Message))

    assert [line.split()[-1] for line in seen.lines] == [cmid(NOON)]


async def test_every_command_is_carried_out(seen: Seen) -> None:
    listed = {entry.name for entries in COMMANDS.values() for entry in entries}

    assert listed == {*seen.screen._handlers, "quit"}


async def test_quit_ends_it(seen: Seen) -> None:
    assert not await seen.type("/quit")


async def test_the_toolbar_says_why_there_is_no_connection(seen: Seen) -> None:
    await seen.screen.show(parley.Offline("nothing listens there", 1.0))
    assert "not connected: nothing listens there" in seen.screen.toolbar()

    await seen.screen.show(parley.Online(seen.chat.person))
    assert "· connected" in seen.screen.toolbar()


async def test_a_hostile_line_does_not_steer_the_terminal(seen: Seen) -> None:
    room = seen.model.rooms[ROOM]
    room.append(BOB.id, cmid(1), "\x1b[2Jgone")
    await seen.type("/history 1")

    assert "\x1b" not in seen.lines[-1]


async def test_typing_at_a_terminal_talks_until_quit(loopback_server: Loopback) -> None:
    async with parley.connect(loopback_server.url, user="ann", password=PASSWORD) as chat:
        with (
            create_pipe_input() as keyboard,
            create_app_session(input=keyboard, output=DummyOutput()),
        ):
            keyboard.send_text("hello\r/quit\r")
            await talk(chat, loopback_server.model.as_listed(ROOM))

    assert [entry.text for entry in loopback_server.model.rooms[ROOM].entries] == ["hello"]
