"""Passwords: hashed off the event loop, in a bounded line."""

import asyncio
import threading
import unicodedata
from collections.abc import AsyncIterator

import argon2
import pytest

from gateway import passwords as module
from gateway.passwords import Passwords
from parley.protocol.refusals import InvalidPassword, TooManyRequests, Unavailable

PASSWORD = "correct horse battery staple"


@pytest.fixture
async def passwords() -> AsyncIterator[Passwords]:
    passwords = Passwords(threads=1)
    yield passwords
    await passwords.close()


class Gate:
    """Work that waits to be let go, in place of a hash that takes its time."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self.done = 0

    def __call__(self) -> None:
        opened = self._open.wait(timeout=10)
        self.open()  # so that a failure waits once, not once for each in line
        assert opened, "nobody opened the gate"
        self.done += 1

    def open(self) -> None:
        self._open.set()


async def test_a_password_matches_its_own_hash(passwords: Passwords) -> None:
    stored = await passwords.hash(PASSWORD)

    assert await passwords.verify(stored, PASSWORD)
    assert not await passwords.verify(stored, PASSWORD + " ")


async def test_a_hash_is_argon2id_at_the_cost_that_owasp_names(passwords: Passwords) -> None:
    parameters = argon2.extract_parameters(await passwords.hash(PASSWORD))

    assert parameters.type is argon2.Type.ID
    assert parameters.memory_cost == 19 * 1024
    assert (parameters.time_cost, parameters.parallelism) == (2, 1)


async def test_the_same_password_has_another_hash_each_time(passwords: Passwords) -> None:
    assert await passwords.hash(PASSWORD) != await passwords.hash(PASSWORD)


async def test_a_password_is_the_same_from_any_keyboard(passwords: Passwords) -> None:
    composed, decomposed = "motörhead", unicodedata.normalize("NFD", "motörhead")

    stored = await passwords.hash(composed)

    assert composed != decomposed
    assert await passwords.verify(stored, decomposed)


@pytest.mark.parametrize(("password", "reason"), [("", "empty"), ("bell\x07bell", "U\\+0007")])
async def test_what_can_be_no_password_is_refused(
    passwords: Passwords, password: str, reason: str
) -> None:
    with pytest.raises(InvalidPassword, match=reason):
        await passwords.hash(password)


async def test_what_can_be_no_password_is_nobody_s(passwords: Passwords) -> None:
    assert not await passwords.verify(await passwords.hash(PASSWORD), "bell\x07bell")


# Unknown users.


@pytest.mark.parametrize("stored", [None, ""])
async def test_nobody_signs_in_without_a_stored_hash(
    passwords: Passwords, stored: str | None
) -> None:
    assert not await passwords.verify(stored, PASSWORD)


async def test_an_unknown_user_costs_a_check_as_a_known_one_does(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = []
    matches = module._matches

    def watched(stored: str, password: str) -> bool:
        checked.append(stored)
        return matches(stored, password)

    monkeypatch.setattr(module, "_matches", watched)

    known = await passwords.hash(PASSWORD)
    await passwords.verify(known, "wrong password")
    await passwords.verify(None, PASSWORD)

    one, other = map(argon2.extract_parameters, checked)
    assert one == other


@pytest.mark.parametrize("damaged", ["$argon2id$damaged", "damaged", PASSWORD])
async def test_a_damaged_hash_matches_nothing(passwords: Passwords, damaged: str) -> None:
    assert not await passwords.verify(damaged, PASSWORD)


# The line.


async def test_the_event_loop_runs_while_a_password_is_hashed(passwords: Passwords) -> None:
    gate = Gate()
    work = asyncio.create_task(passwords._run(gate))
    await asyncio.sleep(0)

    gate.open()  # reached only if the work did not hold up this task

    await work
    assert gate.done == 1


async def test_a_full_line_refuses_the_next(passwords: Passwords) -> None:
    gate = Gate()
    places = 1 + module.WAITING_PER_THREAD
    line = [asyncio.create_task(passwords._run(gate)) for _ in range(places)]
    await asyncio.sleep(0)

    with pytest.raises(TooManyRequests):
        await passwords.verify(None, PASSWORD)

    gate.open()
    await asyncio.gather(*line)
    assert gate.done == places


async def test_a_place_is_free_again_when_its_work_is_done(passwords: Passwords) -> None:
    for _ in range(2):
        gate = Gate()
        gate.open()
        places = 1 + module.WAITING_PER_THREAD
        await asyncio.gather(*(passwords._run(gate) for _ in range(places)))
        assert gate.done == places


async def test_whoever_goes_away_leaves_the_line(passwords: Passwords) -> None:
    gate = Gate()
    first, *waiting = (
        asyncio.create_task(passwords._run(gate)) for _ in range(1 + module.WAITING_PER_THREAD)
    )
    await asyncio.sleep(0)

    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    others = [asyncio.create_task(passwords._run(gate)) for _ in waiting]
    await asyncio.sleep(0)

    gate.open()
    await asyncio.gather(first, *others)
    assert gate.done == 1 + len(others)


async def test_a_refused_password_costs_no_place(passwords: Passwords) -> None:
    for _ in range(2 + module.WAITING_PER_THREAD):
        with pytest.raises(InvalidPassword):
            await passwords.hash("")


async def test_closing_waits_for_the_line_and_takes_no_more(passwords: Passwords) -> None:
    gate = Gate()
    work = asyncio.create_task(passwords._run(gate))
    await asyncio.sleep(0)
    closing = asyncio.create_task(passwords.close())
    gate.open()

    await closing

    assert gate.done == 1
    await work
    with pytest.raises(Unavailable):
        await passwords.verify(None, PASSWORD)
