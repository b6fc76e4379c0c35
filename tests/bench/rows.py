"""Rows as a run gives them, made up."""

from bench.load.client import Ran
from bench.workloads import Row


def row(contender: str, rate: float, *, p99_ms: float = 10.0, missing: int = 0) -> Row:
    """Return a second of messages to ten people each, of which some deliveries are missing."""
    sent = round(rate)
    ran = Ran(
        sent=sent,
        deliveries=10 * sent - missing,
        late=0,
        bytes=3000 * sent,
        live=10,
        p50_ms=p99_ms / 2,
        p90_ms=p99_ms,
        p99_ms=p99_ms,
        max_ms=p99_ms,
        cpu_seconds=0.1,
    )
    cpu = {"gateway": 0.2, "redis": 0.1}
    return Row(contender, rate, 1.0, 10 * sent, ran, cpu, dict.fromkeys(cpu, 50_000_000))
