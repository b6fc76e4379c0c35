"""The command behind `make chaos`.

    python -m tests.chaos --minutes 10 --seed 1 [--serve] [--crowd 2000]
                          [--keep FOLDER] [--tally FILE]

Owns: the command line, and how it ends: 0 if every promise was kept; 1, with the seed and what was
broken, if one was not; 2 if a server's program is not installed.
Never: what happens in between.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import signal
import sys
import time
from pathlib import Path

import msgspec

from tests.chaos.run import Outcome, form, ground_on, left_out, run_rounds
from tests.chaos.tally import Tally
from tests.servers import MissingProgram

_KEPT, _BROKEN, _MISSING = 0, 1, 2
_INTERRUPTED = 130


def main() -> int:
    """Run, and return how it ended."""
    options = _options()
    try:
        outcome = asyncio.run(_run(options))
    except MissingProgram as missing:
        print(f"chaos: {missing}", file=sys.stderr)
        return _MISSING
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("chaos: interrupted; everything that it started has been stopped", file=sys.stderr)
        return _INTERRUPTED
    _print(outcome.tally, "this run")
    if options.tally is not None:
        _print(_added(outcome.tally, options.tally), f"all runs in {options.tally}")
    for seed, broken in outcome.broken:
        print(f"\nseed {seed}: BROKEN {broken}")
    return _BROKEN if outcome.broken else _KEPT


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description="Break real processes.")
    parser.add_argument("--minutes", type=float, default=10.0, help="begin no round after these")
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--serve", action="store_true", help="on `parley serve` with SQLite")
    parser.add_argument("--crowd", type=int, default=2000, help="clients that come at once")
    parser.add_argument("--keep", type=Path, help="a folder for the logs of a round that breaks")
    parser.add_argument("--tally", type=Path, help="a file of sums to which this run is added")
    return parser.parse_args()


async def _run(options: argparse.Namespace) -> Outcome:
    running = asyncio.current_task()
    assert running is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    async with (
        form(is_alone=options.serve) as system,
        ground_on(system, options.crowd) as silent,
    ):
        ground = dataclasses.replace(silent, told=_tell, keep=options.keep)
        print(f"chaos on {system.form}, from seed {options.seed}", flush=True)
        for sentence in left_out(system):
            print(sentence, flush=True)
        return await run_rounds(ground, options.seed, options.minutes * 60)


def _tell(sentence: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {sentence}", flush=True)


def _print(tally: Tally, title: str) -> None:
    print(f"\n{title}: {tally.rounds} rounds in {tally.seconds / 60:.1f} minutes\n")
    print(tally.table())
    print(f"\n{tally.remarks()}")


def _added(tally: Tally, path: Path) -> Tally:
    """Return the sums in a file with this run's, and leave them there."""
    sums = msgspec.json.decode(path.read_bytes(), type=Tally) if path.exists() else Tally()
    sums.add(tally)
    path.write_bytes(msgspec.json.encode(sums))
    return sums


if __name__ == "__main__":
    sys.exit(main())
