"""How large text is: chosen on a page, or a step at a time by keys.

Owns: the order of the sizes, and that the choice is kept for the next start.
Never: how many pixels a size has (`desktop_client.layout.scale`).
"""

from dataclasses import replace

from desktop_client.state.model import State, TextSize
from desktop_client.update import events
from desktop_client.update.effects import Effect, Remember

Next = tuple[State, list[Effect]]

# From the smallest to the largest.
TEXT_SIZES: tuple[TextSize, ...] = ("small", "normal", "large", "larger")


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.ChoseTextSize(size=size):
            return _with(state, size)
        case events.SteppedTextSize(by=by):
            wanted = TEXT_SIZES.index(state.text_size) + by
            return _with(state, TEXT_SIZES[max(0, min(len(TEXT_SIZES) - 1, wanted))])
    return None


def _with(state: State, size: TextSize) -> Next:
    if size == state.text_size:
        return state, []
    return replace(state, text_size=size), [Remember(text_size=size)]
