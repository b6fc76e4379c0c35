"""The loop: events become states, states are shown, effects are carried out."""

from queue import SimpleQueue

from desktop_client.loop import Loop
from desktop_client.state.model import State
from desktop_client.update.effects import (
    LoadPublicRooms,
    LookAtTheme,
    NetworkEffect,
    Post,
    Remember,
    SaveDraft,
)
from desktop_client.update.events import (
    Event,
    OpenedNewRoom,
    PressedSend,
    PressedTheme,
    Typed,
    TypedFilter,
)
from parley.domain.typing import Typists
from tests.desktop_client.parts import BOB, LOBBY, signed_in


class Screen:
    """Keeps what it is shown, and closes after so many frames."""

    def __init__(self, frames: int, *, is_used: bool = True) -> None:
        self.time = 100.0
        self.slept: list[float] = []
        self.shown: list[State] = []
        self._is_used = is_used
        self.told: tuple[str, str] | None = None
        self._frames = frames

    @property
    def is_open(self) -> bool:
        return len(self.shown) < self._frames

    def show(self, state: State) -> None:
        self.shown.append(state)

    def frame(self) -> bool:
        return self._is_used

    def notify(self, title: str, text: str) -> None:
        self.told = (title, text)

    def sleep(self, seconds: float) -> None:
        assert not self._is_used, "something happens in every frame"
        self.slept.append(round(seconds, 2))
        self.time += seconds

    def clock(self) -> float:
        """The time, of which a frame takes a twentieth of a second."""
        self.time += 0.05
        return self.time


def run(
    *events: Event, frames: int = 1
) -> tuple[Screen, list[NetworkEffect | Remember | LookAtTheme]]:
    inbox: SimpleQueue[Event] = SimpleQueue()
    screen = Screen(frames)
    done: list[NetworkEffect | Remember | LookAtTheme] = []
    for event in events:
        inbox.put(event)
    Loop(signed_in(), inbox, screen, done.append).run()
    return screen, done


def test_what_has_happened_is_shown_in_the_next_frame() -> None:
    screen, _ = run(PressedTheme())

    assert screen.shown[0].theme_choice == "dark"


def test_effects_are_carried_out_in_their_order() -> None:
    _, done = run(PressedSend("hi"), OpenedNewRoom())

    assert done == [Post(LOBBY.id, "hi"), SaveDraft(LOBBY.id, ""), LoadPublicRooms()]


def test_a_flood_of_events_is_spread_over_frames() -> None:
    screen, _ = run(*(TypedFilter(str(number)) for number in range(300)), frames=3)

    assert [state.filter for state in screen.shown] == ["119", "239", "299"]


def test_what_was_typed_in_the_last_frame_is_taken() -> None:
    inbox: SimpleQueue[Event] = SimpleQueue()

    class Closing(Screen):
        def frame(self) -> bool:
            inbox.put(Typed("half"))
            return True

    done: list[NetworkEffect | Remember | LookAtTheme] = []
    Loop(signed_in(), inbox, Closing(1), done.append).run()

    assert SaveDraft(LOBBY.id, "half") in done


def left_alone(state: State) -> list[float]:
    """How long the loop sleeps after each frame while nobody does anything."""
    screen = Screen(frames=80, is_used=False)
    Loop(state, SimpleQueue(), screen, lambda _: None, screen.clock).run()
    return screen.slept


def test_the_longer_nothing_happens_the_longer_the_sleep() -> None:
    slept = left_alone(signed_in())

    assert slept == sorted(slept)
    assert set(slept) == {0.4, 11.9}


def test_while_somebody_is_typing_the_sleep_stays_short() -> None:
    typing = Typists().told(LOBBY.id, BOB.id, 60_000, 2**60)

    assert max(left_alone(signed_in(typists=typing))) == 0.4


def test_an_event_ends_the_rest_for_a_few_frames_alone() -> None:
    screen, inbox = Screen(frames=80, is_used=False), SimpleQueue[Event]()
    loop = Loop(signed_in(), inbox, screen, lambda _: None, screen.clock)
    while screen.is_open and max(screen.slept, default=0) < 10:
        loop.turn()
    shown, slept = len(screen.shown), len(screen.slept)
    inbox.put(TypedFilter("x"))

    loop.run()

    after = screen.slept[slept:]
    assert set(after) == {0.4, 11.9}
    without_sleep = len(screen.shown) - shown - len(after)
    assert without_sleep <= 3  # a second, as after what a person does, would be seven
