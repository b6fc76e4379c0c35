"""A connection's conversation: what each phase takes, and how each kind of bad input ends."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.session import Answer, Authenticate, Close, Perform, Phase, Session, Step
from parley.protocol import codec, limits
from parley.protocol.commands import AnyCommand, Command, Hello, SignIn, SignOut, SignUp
from parley.protocol.events import Error
from parley.protocol.refusals import CloseCode, SignInRefused, Unavailable
from tests.protocol.strategies import messages

HELLO = codec.encode(Hello(ref=1, token="x" * 43)).decode()
SIGN_OUT = codec.encode(SignOut(ref=2)).decode()
IDENTITIES = (Hello, SignIn, SignUp)
OTHERS = [command for command in get_args(AnyCommand) if command not in IDENTITIES]
BAD_FRAMES = {
    "no JSON": "hello?",
    "no command": "[]",
    "an unknown type": '{"type":"dance","ref":3}',
    "a field missing": '{"type":"join_room","ref":3}',
}
EVERY_BAD_FRAME = pytest.mark.parametrize("bad", BAD_FRAMES.values(), ids=BAD_FRAMES.keys())
# What a command says is the codec's business; here a few of each are enough.
few = settings(max_examples=10)


def new() -> Session:
    return Session()


def checking() -> Session:
    session = new()
    session.receive(HELLO)
    return session


def ready() -> Session:
    session = checking()
    session.welcomed()
    return session


def closed() -> Session:
    session = ready()
    session.ended()
    return session


def error(step: Step) -> Error:
    """Return the error that an answer is."""
    assert isinstance(step, Answer)
    message = codec.decode_server_message(step.message)
    assert isinstance(message, Error)
    return message


def only(steps: list[Step]) -> Step:
    (step,) = steps
    return step


# --- before anybody is known ---------------------------------------------------------------


def test_a_session_begins_with_nobody() -> None:
    assert new().phase is Phase.NEW


@few
@given(command=messages(Hello | SignIn | SignUp))
def test_the_first_command_says_who_it_is(command: Hello | SignIn | SignUp) -> None:
    session = new()

    assert session.receive(codec.encode(command).decode()) == [Authenticate(command)]
    assert session.phase is Phase.CHECKING


@pytest.mark.parametrize("kind", OTHERS, ids=lambda kind: kind.__name__)
@few
@given(data=st.data())
def test_any_other_first_command_is_refused_and_the_end(
    kind: type[Command], data: st.DataObject
) -> None:
    command = data.draw(messages(kind))
    frame = codec.encode(command).decode()
    if len(frame.encode()) > limits.FIRST_FRAME_BYTES:
        return
    session = new()

    refused, close = session.receive(frame)

    assert (error(refused).ref, error(refused).code) == (command.ref, "not_signed_in")
    assert close == Close(CloseCode.NOT_UNDERSTOOD, "not parley.v1")
    assert session.phase is Phase.CLOSED


@EVERY_BAD_FRAME
def test_a_first_frame_that_is_no_command_is_refused_and_the_end(bad: str) -> None:
    session = new()

    refused, close = session.receive(bad)

    assert error(refused).code in ("not_understood", "unknown_type")
    assert isinstance(close, Close)
    assert close.code is CloseCode.NOT_UNDERSTOOD
    assert session.phase is Phase.CLOSED


def test_the_greatest_first_frame_is_taken() -> None:
    padding = limits.FIRST_FRAME_BYTES - len(HELLO.encode())

    assert isinstance(only(new().receive(HELLO + " " * padding)), Authenticate)


@pytest.mark.parametrize("padding", [" " * limits.FIRST_FRAME_BYTES, "\N{EURO SIGN}" * 1366])
def test_a_greater_first_frame_is_the_end(padding: str) -> None:
    session = new()

    close = only(session.receive(HELLO + padding))

    assert isinstance(close, Close)
    assert close.code is CloseCode.TOO_BIG
    assert session.phase is Phase.CLOSED


def test_a_first_frame_may_not_be_binary() -> None:
    close = only(new().receive(HELLO.encode()))

    assert isinstance(close, Close)
    assert close.code is CloseCode.BINARY_FRAME


def test_who_says_nothing_in_time_is_sent_away() -> None:
    session = new()

    close = only(session.hello_overdue())

    assert isinstance(close, Close)
    assert close.code is CloseCode.HELLO_TIMEOUT
    assert session.phase is Phase.CLOSED


@pytest.mark.parametrize("make", [checking, ready, closed], ids=lambda make: make.__name__)
def test_who_has_spoken_in_time_is_not_sent_away(make: type[Session]) -> None:
    session = make()
    before = session.phase

    assert session.hello_overdue() == []
    assert session.phase is before


# --- while somebody is looked up -----------------------------------------------------------


@pytest.mark.parametrize("frame", [HELLO, SIGN_OUT, "?", b"?"])
def test_nothing_is_taken_while_somebody_is_looked_up(frame: str | bytes) -> None:
    session = checking()

    assert session.receive(frame) == []
    assert session.phase is Phase.CHECKING


def test_who_is_welcomed_is_somebody() -> None:
    session = checking()

    assert session.welcomed()
    assert session.phase is Phase.READY


def test_who_has_gone_meanwhile_is_not_welcomed() -> None:
    session = checking()
    session.ended()

    assert not session.welcomed()
    assert session.phase is Phase.CLOSED


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (SignInRefused(), CloseCode.SIGN_IN_REFUSED),
        (Unavailable("the database"), CloseCode.TRY_LATER),
    ],
)
def test_who_is_turned_away_is_told_why(
    refusal: SignInRefused | Unavailable, code: CloseCode
) -> None:
    session = checking()

    refused, close = session.turned_away(1, refusal)

    assert (error(refused).ref, error(refused).code) == (1, refusal.code)
    assert close == Close(code, refusal.code)
    assert session.phase is Phase.CLOSED


# --- once somebody is known ----------------------------------------------------------------


@pytest.mark.parametrize("kind", OTHERS, ids=lambda kind: kind.__name__)
@few
@given(data=st.data())
def test_commands_are_carried_out(kind: type[Command], data: st.DataObject) -> None:
    command = data.draw(messages(kind))

    assert ready().receive(codec.encode(command).decode()) == [Perform(command)]


@few
@given(command=messages(Hello | SignIn | SignUp))
def test_a_second_hello_is_refused_and_does_no_harm(command: Hello | SignIn | SignUp) -> None:
    session = ready()

    refused = error(only(session.receive(codec.encode(command).decode())))

    assert (refused.ref, refused.code) == (command.ref, "already_signed_in")
    assert session.phase is Phase.READY


@EVERY_BAD_FRAME
def test_a_bad_frame_is_refused_and_does_no_harm(bad: str) -> None:
    session = ready()

    assert error(only(session.receive(bad))).code in ("not_understood", "unknown_type")
    assert isinstance(only(session.receive(SIGN_OUT)), Perform)


def test_a_great_frame_is_taken_from_somebody() -> None:
    frame = SIGN_OUT + " " * (limits.FIRST_FRAME_BYTES + 1)

    assert isinstance(only(ready().receive(frame)), Perform)


def test_a_binary_frame_is_the_end() -> None:
    session = ready()

    close = only(session.receive(SIGN_OUT.encode()))

    assert isinstance(close, Close)
    assert close.code is CloseCode.BINARY_FRAME
    assert session.phase is Phase.CLOSED


def test_twenty_bad_frames_in_a_row_are_the_end() -> None:
    session = ready()
    for _ in range(19):
        assert isinstance(only(session.receive("?")), Answer)

    _, close = session.receive("?")

    assert isinstance(close, Close)
    assert close.code is CloseCode.NOT_UNDERSTOOD
    assert session.phase is Phase.CLOSED


def test_bad_frames_among_good_ones_are_not_counted_together() -> None:
    session = ready()
    for _ in range(10):
        for _ in range(19):
            session.receive("?")
        assert isinstance(only(session.receive(SIGN_OUT)), Perform)

    assert session.phase is Phase.READY


# --- after the end -------------------------------------------------------------------------


@pytest.mark.parametrize("frame", [HELLO, SIGN_OUT, "?", b"?"])
def test_nothing_is_taken_after_the_end(frame: str | bytes) -> None:
    session = closed()

    assert session.receive(frame) == []
    assert session.phase is Phase.CLOSED


@given(frames=st.lists(st.text(max_size=20) | st.binary(max_size=20) | st.just(SIGN_OUT)))
def test_nothing_that_a_stranger_says_lets_him_in(frames: list[str | bytes]) -> None:
    session = new()

    steps = [step for frame in frames for step in session.receive(frame)]

    assert not any(isinstance(step, Perform | Authenticate) for step in steps)
    assert session.phase is not Phase.READY
