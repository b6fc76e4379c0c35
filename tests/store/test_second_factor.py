"""A second factor: set up, used up, turned off."""

import asyncio

import pytest

from parley.protocol.refusals import NoSecondFactor, SecondFactorSet
from parley.store.api import FullDirectory
from parley.store.database import Database
from tests.store.samples import rows, sign_up

ANN, BOB = "idann", "idbob"
SECRET, OTHER_SECRET = b"s" * 20, b"o" * 20


async def turn_on(directory: FullDirectory, *recovery: bytes) -> None:
    await sign_up(directory, "ann")
    await directory.start_totp(ANN, SECRET)
    await directory.confirm_totp(ANN, SECRET, 100, recovery or [b"code1", b"code2"])


async def test_a_second_factor_is_asked_for_once_it_is_confirmed_and_not_before(
    directory: FullDirectory,
) -> None:
    await sign_up(directory, "ann")
    await directory.start_totp(ANN, SECRET)
    begun = await directory.credentials("ann")
    assert await directory.pending_totp(ANN) == SECRET

    await directory.confirm_totp(ANN, SECRET, 100, [b"code"])

    confirmed = await directory.credentials("ann")
    assert begun is not None
    assert confirmed is not None
    assert (begun.totp_secret, confirmed.totp_secret) == (None, SECRET)
    assert await directory.credentials_of(ANN) == confirmed
    assert await directory.pending_totp(ANN) is None
    assert "sss" not in repr(confirmed)


async def test_beginning_again_makes_the_first_secret_void(directory: FullDirectory) -> None:
    await sign_up(directory, "ann")
    await directory.start_totp(ANN, SECRET)
    await directory.start_totp(ANN, OTHER_SECRET)

    with pytest.raises(NoSecondFactor):
        await directory.confirm_totp(ANN, SECRET, 100, [b"code"])

    assert await directory.pending_totp(ANN) == OTHER_SECRET


async def test_what_is_on_is_neither_begun_nor_confirmed_again(directory: FullDirectory) -> None:
    await turn_on(directory)

    with pytest.raises(SecondFactorSet):
        await directory.start_totp(ANN, OTHER_SECRET)
    with pytest.raises(SecondFactorSet):
        await directory.confirm_totp(ANN, SECRET, 101, [b"code"])


@pytest.mark.parametrize(("step", "is_good"), [(99, False), (100, False), (101, True)])
async def test_a_code_that_was_used_or_is_older_counts_no_more(
    directory: FullDirectory, step: int, is_good: bool
) -> None:
    await turn_on(directory)

    assert await directory.use_totp_step(ANN, step) is is_good
    assert not await directory.use_totp_step(ANN, step)


async def test_a_code_that_many_use_at_once_counts_once(directory: FullDirectory) -> None:
    await turn_on(directory)

    used = await asyncio.gather(*(directory.use_totp_step(ANN, 101) for _ in range(8)))

    assert used.count(True) == 1


async def test_a_recovery_code_that_many_use_at_once_counts_once(directory: FullDirectory) -> None:
    await turn_on(directory)

    used = await asyncio.gather(*(directory.use_recovery_code(ANN, b"code1") for _ in range(8)))

    assert used.count(True) == 1
    assert await directory.use_recovery_code(ANN, b"code2")
    assert not await directory.use_recovery_code(ANN, b"code3")


async def test_nobody_elses_recovery_code_is_good(directory: FullDirectory) -> None:
    await turn_on(directory)
    await sign_up(directory, "bob")

    assert not await directory.use_recovery_code(BOB, b"code1")
    assert await directory.use_recovery_code(ANN, b"code1")


async def test_turned_off_it_is_gone_with_its_recovery_codes(
    directory: FullDirectory, database: Database
) -> None:
    await turn_on(directory)

    await directory.disable_totp(ANN)

    found = await directory.credentials("ann")
    assert found is not None
    assert found.totp_secret is None
    assert not await directory.use_totp_step(ANN, 200)
    assert await rows(database, "SELECT * FROM recovery_codes") == []


async def test_a_code_that_was_used_is_not_good_again_after_turning_off_and_on(
    directory: FullDirectory,
) -> None:
    await turn_on(directory)
    await directory.disable_totp(ANN)
    await directory.start_totp(ANN, OTHER_SECRET)
    await directory.confirm_totp(ANN, OTHER_SECRET, 101, [b"code3"])

    assert not await directory.use_totp_step(ANN, 101)
    assert await directory.use_totp_step(ANN, 102)
