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

# From one frame to the next, in seconds: while something happens, when nothing has for a moment,
# and at rest. A frame at rest shows a new day; all else that changes ends the rest.
_BUSY, _CALM, _REST = 1 / 60, 0.5, 12.0
# What a person does, and what the network tells, keep the pace up for so many seconds; what moves
# by itself, such as a scroll bar on its way, comes to an end within the second.
_AFTER_USE, _AFTER_EVENT = 1.0, 0.25
# So many seconds later it rests. The cursor blinks every 1.2 seconds from the last key on: the rest
# begins, and has its frames, where the cursor is to be seen.
_CALM_FOR = 3.0
# While somebody is typing the time is told so often, in seconds: it shows who no longer does.
_TICK = 1.0
# Events that one frame takes at most, so that a flood of them leaves the window responsive: so many
# messages for the open room take 25 ms of the processor, most of it for laying them out.
_EVENTS_A_FRAME = 120


class Screen(Protocol):
    """Where states are drawn."""

    @property
    def is_open(self) -> bool:
        """Whether the person has not closed it."""

    def show(self, state: State) -> None:
        """Draw a state."""

    def frame(self) -> bool:
        """Draw a frame; return whether the next is due soon, as when the person did something."""

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
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.state = state
        self._inbox, self._screen, self._do, self._clock = inbox, screen, do, clock
        self._busy_until, self._ticked_at = clock() + _AFTER_USE, 0.0

    def tell(self, event: Event) -> None:
        """Have an event taken with the next frame; from any thread."""
        self._inbox.put(event)

    def run(self) -> None:
        """Draw until the person closes the window."""
        while self._screen.is_open:
            self.turn()
        self._take_events()  # what was typed last

    def turn(self) -> None:
        """Draw a frame and wait until the next one is due."""
        began = self._clock()
        self.step()
        self._rest(began + self._pause(began))

    def _pause(self, now: float) -> float:
        """Return how long after this frame the next one is due."""
        if now < self._busy_until:
            return _BUSY
        is_watching = self.state.typists != Typists()
        return _CALM if now < self._busy_until + _CALM_FOR or is_watching else _REST

    def step(self) -> None:
        """Take what has happened and draw one frame."""
        now = self._clock()
        if self._take_events():
            self._busy_until = max(self._busy_until, now + _AFTER_EVENT)
        self._screen.show(self.state)
        if self._screen.frame():
            self._busy_until = now + _AFTER_USE

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
        left = until - self._clock()
        if left <= 0:
            return
        if left < _BUSY:
            time.sleep(left)
        elif self._inbox.empty():
            self._screen.sleep(left)
