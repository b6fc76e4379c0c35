"""Every decision of the client: `update(state, event)` returns the next state and what to do.

Owns: the events that can come, the effects that can follow, and the way from one to the other.
Never: I/O, the clock, chance: what is needed of them arrives within events.
"""

from desktop_client.update.update import update

__all__ = ["update"]
