"""The connection: who we are, when to give up, when to come back, and when to stop."""

import pytest
from msgspec import Raw

from parley.client.errors import ConnectionLost, OutboxOfAnother, Refused, SignedOut, SignInFailed
from parley.client.events import DirectoryChanged, Offline, Online, PeopleChanged
from parley.client.outbox import Entry
from parley.client.outputs import Resolve, SaveCursor, SaveIdentity
from parley.client.session import ANSWER_SECONDS, Kept, Phase
from parley.protocol import events
from parley.protocol.commands import (
    CreateRoom,
    Hello,
    ListRooms,
    Nothing,
    Person,
    Room,
    Rooms,
    Send,
    SignIn,
    SignOut,
    SignUp,
    Welcome,
)
from parley.protocol.content import Text
from parley.protocol.entry import Position
from parley.protocol.refusals import CloseCode
from tests.client.model import ANN, BOB, HEARTBEAT_MS, TOKEN
from tests.client.talk import Talk, cmid

HEARTBEAT = HEARTBEAT_MS / 1000
SIGN_UP = SignUp(ref=0, user_name="ann", password="correct horse")


@pytest.fixture
def talk() -> Talk:
    """Connected."""
    talk = Talk()
    talk.connect()
    return talk


def welcome(token: str | None = None) -> Welcome:
    return Welcome(ANN, "0000000000ses", 0, HEARTBEAT_MS, token)


# --- who we are ----------------------------------------------------------------------------


def test_the_first_command_says_hello_with_the_kept_token() -> None:
    talk = Talk(Kept(token=TOKEN), SIGN_UP)

    talk.do(talk.session.connected(talk.now))

    assert talk.commands == [Hello(ref=1, token=TOKEN)]


def test_without_a_token_the_first_command_is_the_introduction() -> None:
    talk = Talk(Kept(), SIGN_UP)

    talk.do(talk.session.connected(talk.now))

    assert isinstance(talk.commands[0], SignUp)


def test_the_token_of_the_welcome_is_kept_and_used_from_then_on() -> None:
    talk = Talk(Kept(), SIGN_UP)
    talk.do(talk.session.connected(talk.now))
    talk.answer(welcome(TOKEN))
    talk.lose_connection()
    talk.do(talk.session.connected(talk.now))

    assert talk.saved == [SaveIdentity(ANN, TOKEN)]
    assert talk.commands[-1] == Hello(ref=2, token=TOKEN)


def test_a_welcome_brings_the_application_online(talk: Talk) -> None:
    assert talk.all_shown(Online) == [Online(ANN)]
    assert talk.session.phase is Phase.READY


def test_a_wrong_password_stops_the_session() -> None:
    talk = Talk(Kept(), SignIn(ref=0, user_name="ann", password="wrong one"))
    talk.do(talk.session.connected(talk.now))

    talk.refuse("sign_in_refused", retry=False)

    assert isinstance(talk.stopped, SignInFailed)
    assert talk.reconnects == []


def test_a_void_token_stops_the_session_and_is_forgotten() -> None:
    talk = Talk(Kept(ANN, TOKEN))
    talk.do(talk.session.connected(talk.now))

    talk.refuse("token_refused", retry=False)

    assert isinstance(talk.stopped, SignedOut)
    assert talk.saved == [SaveIdentity(ANN, None)]


def test_being_signed_out_elsewhere_stops_the_session(talk: Talk) -> None:
    talk.lose_connection(CloseCode.SIGNED_OUT, "signed out on another device")

    assert isinstance(talk.stopped, SignedOut)
    assert talk.reconnects == []
    assert talk.saved[-1] == SaveIdentity(ANN, None)


def test_a_sign_in_that_may_succeed_later_is_tried_again() -> None:
    talk = Talk()
    talk.do(talk.session.connected(talk.now))

    talk.refuse("unavailable", retry=True)

    assert talk.stopped is None
    assert len(talk.reconnects) == 1


def test_a_sign_in_that_has_to_wait_for_long_is_given_up_with_its_reason() -> None:
    talk = Talk(Kept(), SignIn(ref=0, user_name="ann", password="wrong one"))
    talk.do(talk.session.connected(talk.now))

    talk.refuse("too_many_requests", retry=True, after_ms=60_000)

    assert isinstance(talk.stopped, SignInFailed)
    assert talk.stopped.code == "too_many_requests"


def test_messages_of_another_account_are_not_sent() -> None:
    kept = Entry(cmid(1), "lobby", Text("bob's words"), tried=True)
    talk = Talk(Kept(BOB, None, (kept,)), SIGN_UP)
    talk.do(talk.session.connected(talk.now))

    talk.answer(welcome(TOKEN))

    assert isinstance(talk.stopped, OutboxOfAnother)
    assert talk.of(Send) == []


def test_cursors_of_another_account_are_forgotten() -> None:
    talk = Talk(Kept(BOB, None, (), {"lobby": Position(1, 5)}), SIGN_UP)
    talk.do(talk.session.connected(talk.now))

    talk.answer(welcome(TOKEN))

    assert SaveCursor("lobby", None) in talk.saved


def test_signing_out_voids_the_token_and_stops(talk: Talk) -> None:
    talk.do(talk.session.ask(SignOut(ref=0), 1, talk.now))

    talk.answer(Nothing())

    assert talk.resolved == [Resolve(1, Nothing())]
    assert isinstance(talk.stopped, SignedOut)
    assert talk.saved[-1] == SaveIdentity(ANN, None)


# --- giving up and coming back -------------------------------------------------------------


def test_three_missed_heartbeats_mean_a_dead_connection(talk: Talk) -> None:
    talk.tick_after(3 * HEARTBEAT - 0.1)
    assert talk.closed == []

    talk.tick_after(0.1)

    assert len(talk.closed) == 1
    assert len(talk.reconnects) == 1


def test_the_timer_is_set_for_the_third_missed_heartbeat(talk: Talk) -> None:
    assert talk.session.deadline() == talk.now + 3 * HEARTBEAT


def test_an_answer_that_never_comes_means_a_dead_connection(talk: Talk) -> None:
    talk.post("lobby", 1)

    talk.wait(ANSWER_SECONDS)

    assert len(talk.closed) == 1


def test_a_welcome_that_never_comes_means_a_dead_connection() -> None:
    talk = Talk()
    talk.do(talk.session.connected(talk.now))

    talk.tick_after(ANSWER_SECONDS)

    assert len(talk.closed) == 1


def test_each_failed_try_may_wait_longer_up_to_a_cap() -> None:
    talk = Talk()
    talk.chance = 1.0
    for _ in range(9):
        talk.lose_connection()

    assert talk.reconnects == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0]


def test_the_wait_is_drawn_from_its_whole_range() -> None:
    talk = Talk()
    talk.chance = 0.0
    talk.lose_connection()

    assert talk.reconnects == [0.0]


def test_after_a_stable_connection_the_wait_is_short_again() -> None:
    talk = Talk()
    talk.chance = 1.0
    for _ in range(5):
        talk.lose_connection()
    talk.connect()
    talk.wait(10)

    talk.lose_connection()

    assert talk.reconnects[-1] == 0.25


def test_after_a_short_connection_the_wait_goes_on_growing() -> None:
    talk = Talk()
    talk.chance = 1.0
    talk.lose_connection()
    talk.connect()

    talk.lose_connection()

    assert talk.reconnects == [0.25, 0.5]


@pytest.mark.parametrize(
    "code", [CloseCode.SLOW_READER, CloseCode.RESTARTING, CloseCode.TRY_LATER, 1006, None]
)
def test_a_connection_that_was_closed_is_made_again(talk: Talk, code: int | None) -> None:
    talk.lose_connection(code, "why")

    assert talk.stopped is None
    assert talk.all_shown(Offline) == [Offline("why", talk.reconnects[0])]


def test_a_gateway_that_stops_is_left_after_the_time_it_names(talk: Talk) -> None:
    talk.chance = 0.0
    talk.tell(events.Reconnect(2000, "restarting"))
    talk.tick_after(1.9)
    assert talk.closed == []

    talk.tick_after(0.1)

    assert len(talk.closed) == 1
    assert talk.reconnects == [0.0]


def test_a_gateway_that_closes_before_the_time_it_named_is_not_overrun(talk: Talk) -> None:
    talk.chance = 0.0
    talk.tell(events.Reconnect(2000, "restarting"))
    talk.now += 0.5

    talk.lose_connection(CloseCode.RESTARTING, "restarting")

    assert talk.reconnects == [1.5]


def test_a_server_that_speaks_something_else_is_left(talk: Talk) -> None:
    talk.receive(b"<html>")

    assert len(talk.closed) == 1
    assert len(talk.reconnects) == 1


def test_another_name_of_ones_own_is_kept_for_the_next_start(talk: Talk) -> None:
    me, bob = Person("idann", "ann", "Ann Lee"), Person("idbob", "bob", "Bobby")
    talk.session.person = Person("idann", "ann", "Ann")

    talk.tell(events.PeopleChanged([bob, me]))

    assert talk.session.person == me
    assert talk.all_shown(PeopleChanged) == [PeopleChanged((bob, me))]


def test_a_message_of_an_unknown_type_is_ignored(talk: Talk) -> None:
    talk.receive(b'{"type":"fireworks","colour":"red"}')

    assert talk.closed == []


def test_unknown_fields_are_ignored(talk: Talk) -> None:
    talk.receive(b'{"type":"directory","since":"v2"}')

    assert talk.all_shown(DirectoryChanged) == [DirectoryChanged()]


# --- the application's own commands --------------------------------------------------------


def test_an_answer_reaches_who_asked(talk: Talk) -> None:
    talk.do(talk.session.ask(ListRooms(ref=0), 7, talk.now))
    rooms = Rooms([Room("lobby", "channel", "Lobby", "member")])

    talk.answer(rooms)

    assert talk.resolved == [Resolve(7, rooms)]


def test_a_refusal_reaches_who_asked(talk: Talk) -> None:
    talk.do(talk.session.ask(CreateRoom(ref=0, name="Tea"), 7, talk.now))

    talk.refuse("room_name_taken", retry=False)

    answer = talk.resolved[0].answer
    assert isinstance(answer, Refused)
    assert (answer.code, answer.retry) == ("room_name_taken", False)


def test_what_is_asked_without_a_connection_waits_for_one() -> None:
    talk = Talk()
    talk.do(talk.session.ask(ListRooms(ref=0), 7, talk.now))
    assert talk.commands == []

    talk.connect()

    assert len(talk.of(ListRooms)) == 1


def test_a_question_is_asked_again_after_a_lost_connection(talk: Talk) -> None:
    talk.do(talk.session.ask(ListRooms(ref=0), 7, talk.now))
    talk.lose_connection()
    talk.connect()

    assert len(talk.of(ListRooms)) == 2
    assert talk.resolved == []


def test_making_a_room_is_not_repeated_blindly(talk: Talk) -> None:
    talk.do(talk.session.ask(CreateRoom(ref=0, name="Tea"), 7, talk.now))

    talk.lose_connection()

    assert isinstance(talk.resolved[0].answer, ConnectionLost)


def test_an_answer_to_no_question_is_ignored(talk: Talk) -> None:
    talk.tell(events.Ok(999, Raw(b"{}")))

    assert talk.closed == []


def test_an_answer_of_another_form_fails_who_asked_and_nobody_else(talk: Talk) -> None:
    talk.do(talk.session.ask(ListRooms(ref=0), 7, talk.now))

    talk.receive(b'{"type":"ok","ref":2,"result":{"rooms":"all"}}')

    assert isinstance(talk.resolved[0].answer, Refused)
    assert talk.closed == []
