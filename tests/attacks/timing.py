"""What a stranger can tell by the time of a refusal: `python -m tests.attacks.timing`.

Owns: measuring the refusals of a real server, one after another, kind by kind in turn.
Never: a verdict: times depend on the machine, and a test of them would fail by chance. What holds
on every machine is a test of its own (one hash of one cost, whoever is refused).
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from tests.attacks.raw import Raw
from tests.attacks.target import serving

_PROTOCOL = "Sec-WebSocket-Protocol: parley.v1"
_KINDS = ("wrong password", "unknown name", "account shut out", "wrong password, second factor")
# Nobody has to wait in between: the limit on tries would be measured instead.
_NO_LIMITS = {
    "SIGN_UP_RATE": "none",
    "SIGN_IN_RATE": "none",
    "CONNECTION_RATE": "none",
    "SIGN_IN_TRIES": "1000",
    "LOG_LEVEL": "error",
}


def refusal_ms(port: int, name: str) -> float:
    """Return how long a server takes to refuse somebody, in milliseconds."""
    with Raw(port) as raw:
        raw.upgrade(_PROTOCOL)
        begun = time.perf_counter()
        raw.say(type="sign_in", ref=0, user_name=name, password="a wrong password")
        answer = raw.hears()
        took = (time.perf_counter() - begun) * 1000
        assert answer["code"] == "sign_in_refused", answer
        return took


def sign_up(port: int, name: str) -> None:
    with Raw(port) as raw:
        raw.upgrade(_PROTOCOL)
        raw.say(type="sign_up", ref=0, user_name=name, password="correct horse battery")
        assert raw.hears()["type"] == "ok"


def prepare(port: int, database: Path) -> None:
    """Make the accounts that are asked about."""
    for name in ("known", "shut", "factor"):
        sign_up(port, name)
    with sqlite3.connect(database, timeout=10) as connection:
        for change in (
            "disabled_at = 1 WHERE user_name = 'shut'",
            "totp_secret = x'00', totp_enabled_at = 1 WHERE user_name = 'factor'",
        ):
            connection.execute(f"UPDATE accounts SET {change}")


def measured(port: int, tries: int) -> dict[str, list[float]]:
    """Return the times of each kind, taken in turn so that the machine's moods are shared."""
    times: dict[str, list[float]] = {kind: [] for kind in _KINDS}
    for _ in range(tries):
        for kind in random.sample(_KINDS, len(_KINDS)):
            unknown = f"u{os.urandom(6).hex()}"
            name = dict(zip(_KINDS, ("known", unknown, "shut", "factor"), strict=True))[kind]
            times[kind].append(refusal_ms(port, name))
    return times


def main() -> None:
    """Measure, and print a row for each kind of refusal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=200, help="refusals of each kind")
    tries: int = parser.parse_args().tries
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), **_NO_LIMITS) as target:
        prepare(target.port, Path(folder) / "data" / "parley.db")
        measured(target.port, 5)  # not counted: what is done once is done
        times = measured(target.port, tries)
    first = statistics.median(times[_KINDS[0]])
    print("| refused | median, ms | middle half, ms | ratio of medians |")
    print("| --- | --- | --- | --- |")
    for kind, taken in times.items():
        low, median, high = statistics.quantiles(taken, n=4)
        print(f"| {kind} | {median:.1f} | {low:.1f} to {high:.1f} | {median / first:.2f} |")


if __name__ == "__main__":
    main()
