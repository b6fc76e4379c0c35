"""Scrolling while something is selected: how fast, by how far the mouse is beyond an edge.

Owns: the speed. Time is a value here, in seconds.
Never: the mouse and the scroll bar.
"""

# For each pixel beyond the edge, in pixels a second; and the most.
_A_PIXEL, _FASTEST = 16.0, 2_400.0
# However long a frame takes, one must see what goes by.
_LONGEST = 0.1


def pulled(place: float, height: float, seconds: float) -> float:
    """Return how many pixels further down a list scrolls in so many seconds.

    `place` is the mouse's, from the upper edge of the list, which is so high. Up is below 0.
    """
    beyond = min(0.0, place) + max(0.0, place - height)
    speed = max(-_FASTEST, min(_FASTEST, beyond * _A_PIXEL))
    return speed * min(seconds, _LONGEST)
