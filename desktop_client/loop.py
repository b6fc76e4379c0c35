"""The one loop: events become states, states are drawn, effects are carried out.

Owns: the present state, the queue of events, and the pace of frames.
Never: decisions (`desktop_client.update`), drawing (`desktop_client.view`).
"""

import time
import webbrowser
from collections.abc import Callable
from queue import SimpleQueue
from typing import Protocol

from desktop_client.state.model import State
from desktop_client.update import update
from desktop_client.update.effects import (
    Effect,
    LookAtTheme,
    NetworkEffect,
    OpenLink,
    Remember,
    Tell,
)
from desktop_client.update.events import Event, Ticked
from parley.domain.typing import Typists

# Frames a second while something happens, and when nothing has for a while.
_BUSY, _IDLE = 60.0, 2.0
# Nothing has happened for so many seconds: the pace falls.
_CALM_AFTER = 1.0
# While somebody is typing the time is told so often, in seconds: it shows who no longer does.
_TICK = 1.0
# Events that one frame takes at most, so that a flood of them leaves the window responsive.
_EVENTS_A_FRAME = 400


class Screen(Protocol):
    """Where states are drawn."""

    @property
    def is_open(self) -> bool:
        """Whether the person has not closed it."""

    def show(self, state: State) -> None:
        """Draw a state."""

    def frame(self) -> bool:
        """Draw a frame; return whether the person did something."""

    def notify(self, title: str, text: str) -> None:
        """Tell somebody who is not looking, by the means that the desktop has."""

    def sleep(self, seconds: float) -> None:
        """Wait; a person's doing, or an event, ends it early where that is possible."""


class Loop:
    """Joins a screen and a network, which put what happens into `inbox`."""

    def __init__(
        self,
        state: State,
        inbox: SimpleQueue[Event],
        screen: Screen,
        do: Callable[[NetworkEffect | Remember | LookAtTheme], None],
    ) -> None:
        self.state = state
        self._inbox, self._screen, self._do = inbox, screen, do
        self._happened_at = self._ticked_at = 0.0

    def tell(self, event: Event) -> None:
        """Have an event taken with the next frame; from any thread."""
        self._inbox.put(event)

    def run(self) -> None:
        """Draw until the person closes the window."""
        while self._screen.is_open:
            self.turn()

    def turn(self) -> None:
        """Draw a frame and wait until the next one is due."""
        began = time.monotonic()
        if self.step():
            self._happened_at = began
        pace = _BUSY if began - self._happened_at < _CALM_AFTER else _IDLE
        self._rest(began + 1 / pace)

    def step(self) -> bool:
        """Take what has happened and draw one frame; return whether there was anything."""
        happened = self._take_events()
        self._screen.show(self.state)
        return self._screen.frame() or happened

    def _take_events(self) -> bool:
        count = 0
        now = time.time()
        if self.state.typists != Typists() and now - self._ticked_at >= _TICK:
            self._ticked_at = now
            self._take(Ticked(int(now * 1000)))
        while count < _EVENTS_A_FRAME and not self._inbox.empty():
            self._take(self._inbox.get())
            count += 1
        return count > 0

    def _take(self, event: Event) -> None:
        self.state, effects = update(self.state, event)
        for effect in effects:
            self._carry_out(effect)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case OpenLink(url=url):
                webbrowser.open(url)
            case Tell():
                self._screen.notify(effect.title, effect.text)
            case _:
                self._do(effect)

    def _rest(self, until: float) -> None:
        """Wait for the next frame; when calm, whatever happens ends the wait."""
        left = until - time.monotonic()
        if left <= 0:
            return
        if left < 1 / _BUSY:
            time.sleep(left)
        elif self._inbox.empty():
            self._screen.sleep(left)
            if time.monotonic() < until:  # it was woken: more is likely to follow
                self._happened_at = until
