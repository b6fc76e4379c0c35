"""The people of a round: their accounts and rooms, and the processes their devices live in.

Owns: who there is, and the workers, which may be killed, frozen and started again.
Never: what a device does (`person.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from parley.protocol.ids import new_cmid
from parley.store.database import Database
from parley.store.directory import SqlDirectory
from tests.chaos.accounts import session_of, token_of
from tests.chaos.evidence import Evidence
from tests.chaos.journal import JournalReader
from tests.chaos.person import Habits
from tests.chaos.threads import in_thread
from tests.chaos.worker import Plan
from tests.store.samples import new_account

_PEOPLE, _DEVICES_EACH, _ROOMS, _WORKERS = 6, 2, 3, 3
# Of each device: some twenty a second in all.
_MESSAGES_PER_SECOND = 1.7
_END_SECONDS = 5.0
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Round:
    """Who and where: accounts, their devices, and rooms that nobody else is in."""

    seed: int
    devices: dict[str, str]
    """Each device's person, by the device's name, which is what its token is made from."""
    rooms: tuple[str, ...]


async def gather_people(database: Database, seed: int, name: str) -> Round:
    """Make a round's accounts and rooms, past every gateway. `name`: not used before."""
    directory = SqlDirectory(database)
    devices: dict[str, str] = {}
    people = [f"{name}p{number}" for number in range(_PEOPLE)]
    for person in people:
        account = new_account(person)
        await directory.sign_up(account, session_of(f"{person}d0"))
        devices[f"{person}d0"] = account.id
        for number in range(1, _DEVICES_EACH):
            device = f"{person}d{number}"
            await directory.open_session(account.id, session_of(device))
            devices[device] = account.id
    rooms = tuple(f"{name}room{number}" for number in range(_ROOMS))
    owner, *others = (new_account(person).id for person in people)
    for room in rooms:
        await directory.create_channel(room, room, owner, _notice_id())
        for person in others:
            await directory.join(person, room, _notice_id())
    return Round(seed, devices, rooms)


def _notice_id() -> str:
    return new_cmid(time.time_ns() // 1_000_000, secrets.randbits(80))


class Worker:
    """A process of some devices. Their folders outlive it."""

    def __init__(self, name: str, folder: Path, url: str, round_: Round, names: Sequence[str]):
        self.name = name
        self._folder, self._url, self._round, self._names = folder, url, round_, names
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0
        self._readers: list[JournalReader] = []
        self._is_frozen = False
        self.unasked_ends: list[str] = []
        """What the process said before an end that nobody asked for."""

    def start(self) -> None:
        """Start the process, for the first time or again."""
        self._starts += 1
        journal = self._folder / f"{self.name}-{self._starts}.journal"
        habits = tuple(
            Habits(
                name,
                token_of(name),
                str(self._folder / name),
                self._round.rooms,
                _MESSAGES_PER_SECOND,
            )
            for name in self._names
        )
        plan = Plan(self._url, self._round.seed, self._starts, str(journal), habits)
        file = self._folder / f"{self.name}.plan"
        file.write_bytes(msgspec.json.encode(plan))
        journal.touch()
        self._readers.append(JournalReader(journal))
        with (self._folder / f"{self.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.worker", str(file)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=_ROOT,
                start_new_session=True,  # Ctrl-C is for the run, which then ends its workers
            )

    def kill(self) -> None:
        """End it with SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._close_input()
            self._process = None
        self._is_frozen = False

    def pause(self) -> None:
        """Freeze it with SIGSTOP."""
        self._signal(signal.SIGSTOP)
        self._is_frozen = True

    def revive(self) -> None:
        """Let it go on, or start it again."""
        if self._is_frozen:
            self._signal(signal.SIGCONT)
            self._is_frozen = False
        elif self._process is None:
            self.start()
        elif self._process.poll() is not None:
            log = (self._folder / f"{self.name}.log").read_text()
            self.unasked_ends.append(log[-2000:])
            self._close_input()
            self.start()

    def tell(self, line: str) -> None:
        """Give it a command."""
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(f"{line}\n".encode())
                self._process.stdin.flush()

    def report(self, evidence: Evidence) -> None:
        """Add what its devices have noted since the last time."""
        for reader in self._readers:
            evidence.add(reader.new())

    def close(self) -> None:
        """End it in an orderly way, or otherwise."""
        if self._process is not None:
            self.revive()
            self._close_input()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_END_SECONDS)
            self.kill()

    def _close_input(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            os.kill(self._process.pid, number)


class People:
    """The workers of a round."""

    def __init__(self, url: str, round_: Round, folder: Path) -> None:
        self.round, self.folder = round_, folder
        self.evidence = Evidence()
        for device, person in round_.devices.items():
            self.evidence.witness(device, person)
        names = list(round_.devices)
        self.workers = [
            Worker(f"worker-{i}", folder, url, round_, names[i::_WORKERS]) for i in range(_WORKERS)
        ]
        self._question = 0

    def silence(self) -> None:
        """Let nobody write any more."""
        for worker in self.workers:
            worker.tell("silent")

    def ask(self) -> None:
        """Ask every device how it stands."""
        self._question += 1
        for worker in self.workers:
            worker.tell(f"look {self._question}")

    def take_answers(self) -> list[str]:
        """Take all notes; return the devices that have not answered, or are not online."""
        for worker in self.workers:
            worker.report(self.evidence)
        stands = self.evidence.stands
        return [
            name
            for name in self.round.devices
            if name not in stands
            or stands[name].question != self._question
            or not stands[name].is_online
        ]


@contextlib.asynccontextmanager
async def people_talking(url: str, round_: Round) -> AsyncIterator[People]:
    """Let the people of a round talk, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="parley-chaos-people-") as folder:
        people = People(url, round_, Path(folder))
        try:
            for worker in people.workers:
                worker.start()
            yield people
        finally:
            ends = (in_thread(worker.close) for worker in people.workers)
            await asyncio.gather(*ends)
