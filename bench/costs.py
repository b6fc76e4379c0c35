"""What each step costs, measured: the constants of `bench.capacity`.

Owns: the figures, each with the command that measured it.
Never: what they come to (`bench.capacity`). All are from one machine, the one of
docs/performance.md; another one has others, and the same commands find them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Costs:
    """Processor time is in microseconds of one core.

    The report of `make bench` has, by process, what a message costs at a rate that is carried. In a
    room of s people on one gateway that is, for the gateway, `accept + receive + s * deliver`; on
    two gateways `accept + 2 * receive + s * deliver`; and for Redis `append + publish` and
    `append + 2 * publish`. So (b), (c) and (e) give the five.
    """

    # make bench ARGS='--only b,c,e --contenders parley'
    accept: float
    """Of a gateway, for each message that is said to it: checked, appended, answered."""
    receive: float
    """Of each gateway with somebody in the room, for each message: taken from Redis, framed."""
    deliver: float
    """Of a gateway, for each delivery: a message to one connection."""
    append: float
    """Of Redis, for each message: numbered, logged, forgotten once it is stored."""
    publish: float
    """Of Redis, for each gateway to which a message goes."""

    # make bench ARGS='--only c --contenders parley'
    log: float
    """Of the logger, for each message."""
    store: float
    """Of PostgreSQL, for each message, its index for search included."""

    # make bench ARGS='--only d --contenders parley'
    connection_bytes: float
    """Memory of a gateway for each connection."""

    # make bench ARGS='--only f --contenders parley'
    come_back: float
    """Of all processes together, for each who signs in and resumes."""

    # make bench ARGS='--only c --contenders parley': bytes that were read, by deliveries
    delivery_bytes: float
    """On the network, for each delivery of a short text, without TLS."""

    # make bench ARGS='--only h --contenders parley': the last table
    stored_bytes: float
    """In the database, for each message, with its indexes."""


MEASURED = Costs(
    accept=370.0,
    receive=118.0,
    deliver=8.5,
    append=155.0,
    publish=4.0,
    log=179.0,
    store=102.0,
    connection_bytes=17000.0,
    come_back=1398.0,
    delivery_bytes=280.0,
    stored_bytes=894.0,
)
