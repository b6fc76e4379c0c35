"""What has become of a message, in words for an operator.

Owns: the steps of a message's life, in order.
Never: what the message says.
"""

from collections.abc import Iterator

from parley.admin import wire
from parley.store.mark_records import Trace


def steps_of(trace: Trace) -> Iterator[wire.Step]:
    """Yield the steps of a message's life, in order."""
    place = f"{trace.room} {trace.seq}, generation {trace.generation}"
    accepted_by = trace.accepted_by or "a gateway that did not note it"
    yield wire.Step(trace.time, "accepted", accepted_by, f"from {trace.author}, a {trace.kind}")
    # One call to Redis does both, in this order, at the time that the gateway gave it.
    yield wire.Step(trace.time, "appended", "Redis", place)
    yield wire.Step(trace.time, "published", "Redis", place)
    if trace.stored_at:
        yield wire.Step(trace.stored_at, "stored", "a logger", place)
    for mark in trace.delivered:
        yield wire.Step(mark.time, "delivered", mark.user, mark.device)
    for mark in trace.read:
        yield wire.Step(mark.time, "read", mark.user, "")
