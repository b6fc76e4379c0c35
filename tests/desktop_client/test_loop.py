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
    TypedFilter,
)
from tests.desktop_client.parts import LOBBY, signed_in


class Screen:
    """Keeps what it is shown, and closes after so many frames."""

    def __init__(self, frames: int) -> None:
        self.shown: list[State] = []
        self.told: tuple[str, str] | None = None
        self._frames = frames

    @property
    def is_open(self) -> bool:
        return len(self.shown) < self._frames

    def show(self, state: State) -> None:
        self.shown.append(state)

    def frame(self) -> bool:
        return True

    def notify(self, title: str, text: str) -> None:
        self.told = (title, text)

    def sleep(self, seconds: float) -> None:
        raise AssertionError("something happens in every frame")


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
    screen, _ = run(*(TypedFilter(str(number)) for number in range(1000)), frames=3)

    assert [state.filter for state in screen.shown] == ["399", "799", "999"]
