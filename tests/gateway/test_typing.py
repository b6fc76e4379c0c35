"""That somebody is typing, and to whom that is passed on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.typing import HOLDS_MS, PAUSE_SECONDS, TypingSignals
from parley.observe.metrics import GatewayMetrics
from parley.protocol.limits import TYPING_PEOPLE
from parley.stream.published import TypingTold, parse_published
from parley.stream.redis_log import RedisLog
from tests.conftest import RedisHome
from tests.databases import copy_of
from tests.gateway.parts import identity, new_metrics
from tests.recovery.ground import LOBBY, Ground, process
from tests.store.samples import change

ANN, BOB = identity("ann"), identity("bob")


@dataclass
class Time:
    """Seconds, as a test sets them."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


class TellingLog(RedisLog):
    """A log that remembers what was published."""

    told: list[TypingTold]

    async def publish(self, channel: str, message: bytes) -> None:
        published = parse_published(message)
        assert isinstance(published, TypingTold)
        self.told.append(published)


@dataclass
class Signals:
    """Signals, the clock that they go by, and what came of them."""

    signals: TypingSignals
    time: Time
    metrics: GatewayMetrics
    told: list[TypingTold] = field(default_factory=list)

    async def type(self, *, on: bool = True, room: str = LOBBY) -> None:
        await self.signals.tell(ANN, room, on=on)


@pytest.fixture
async def ground(template: Path, tmp_path: Path) -> AsyncIterator[Ground]:
    home = RedisHome("fakeredis", url=None)
    async with process(home, copy_of(template, tmp_path), log=TellingLog) as ground:
        yield ground


@pytest.fixture
async def signals(ground: Ground) -> Signals:
    await ground.sign_up("ann", "bob")
    assert isinstance(ground.room_log, TellingLog)
    ground.room_log.told = []
    time = Time()
    metrics = new_metrics()
    signals = TypingSignals(ground.directory, ground.room_log, metrics, time)
    return Signals(signals, time, metrics, ground.room_log.told)


async def test_who_types_is_told(signals: Signals) -> None:
    await signals.type()

    assert signals.told == [TypingTold(ANN.person.id, HOLDS_MS, [])]


async def test_it_is_told_no_more_often_than_each_three_seconds(signals: Signals) -> None:
    for _ in range(7):
        await signals.type()
        signals.time.now += PAUSE_SECONDS / 2

    assert len(signals.told) == 4
    (counted,) = signals.metrics.typing_told.collect()
    assert counted.samples[0].value == 4


async def test_who_types_on_and_off_is_told_no_more_often_either(signals: Signals) -> None:
    for _ in range(5):
        await signals.type()
        await signals.type(on=False)

    assert [told.for_ms for told in signals.told] == [HOLDS_MS, 0]


async def test_who_was_not_typing_has_not_stopped(signals: Signals) -> None:
    await signals.type(on=False)
    await signals.type()
    signals.time.now += HOLDS_MS / 1000
    await signals.type(on=False)

    assert [told.for_ms for told in signals.told] == [HOLDS_MS]


async def test_each_room_has_its_own_pause(signals: Signals, ground: Ground) -> None:
    room = await ground.directory.open_direct("roomdirect", ANN.person.id, BOB.person.id)

    await signals.type()
    await signals.type(room=room.room.id)

    assert len(signals.told) == 2


async def test_those_who_are_kept_apart_are_named_to_the_gateways(
    signals: Signals, ground: Ground
) -> None:
    await ground.directory.block(BOB.person.id, ANN.person.id)

    await signals.type()

    assert signals.told == [TypingTold(ANN.person.id, HOLDS_MS, [BOB.person.id])]


async def test_in_a_direct_room_with_a_block_nothing_is_told(
    signals: Signals, ground: Ground
) -> None:
    room = await ground.directory.open_direct("roomdirect", ANN.person.id, BOB.person.id)
    await ground.directory.block(BOB.person.id, ANN.person.id)

    await signals.type(room=room.room.id)

    assert signals.told == []


async def test_a_large_room_is_not_told(signals: Signals, ground: Ground) -> None:
    await change(ground.database, f"UPDATE rooms SET member_count = {TYPING_PEOPLE + 1}")

    await signals.type()

    assert signals.told == []
