"""Who is there, and who is told of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from gateway.presence import LOOK_SECONDS, PATIENCE_SECONDS, Whereabouts
from parley.protocol import codec
from parley.protocol.commands import Presence
from parley.protocol.events import PresenceChanged
from parley.store.errors import StoreUnavailable
from parley.stream.presence import HOLDS_MS, RedisPresence, State
from tests.gateway.parts import identity, parsed
from tests.recovery.ground import Ground
from tests.store.samples import change

ANN, BOB, CYD = (identity(name).person.id for name in ("ann", "bob", "cyd"))
SEEN = 1234


class Device:
    """A connection, and what it was told."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.told: list[Presence] = []

    def deliver(self, frames: bytes) -> None:
        for payload in parsed(frames):
            message = codec.decode_server_message(payload)
            assert isinstance(message, PresenceChanged)
            self.told += message.people


@dataclass
class Time:
    """Seconds, as a test sets them."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


class Town:
    """Two gateways over one Redis and one database, and the clock that they go by."""

    def __init__(self, ground: Ground) -> None:
        self.time, self.ground = Time(), ground
        self.near, self.far = (self._gateway(name) for name in ("near", "far"))
        self.ann = Device(ANN)
        self.near.come(self.ann, "sesann")

    def _gateway(self, name: str) -> Whereabouts:
        log = RedisPresence(self.ground.clients.commands)
        return Whereabouts(log, self.ground.directory, name, self.ground.clock, self.time)

    async def look(self, seconds: float = 0.0) -> None:
        """Let some time pass, and have both gateways look around."""
        self.time.now += seconds
        self.ground.clock.now += round(seconds * 1000)
        await self.far.look()
        await self.near.look()

    def bob_comes(self) -> Device:
        device = Device(BOB)
        self.far.come(device, "sesbob")
        return device


@pytest.fixture
async def town(ground: Ground) -> Town:
    await ground.sign_up("ann", "bob", "cyd")
    await change(ground.database, f"UPDATE sessions SET last_seen_at = {SEEN}")
    return Town(ground)


async def test_who_is_at_another_gateway_is_online(town: Town) -> None:
    town.bob_comes()
    await town.look()

    assert await town.near.watch(town.ann, [BOB]) == [Presence(BOB, "online")]


async def test_who_is_not_there_was_last_there_at_some_time(town: Town) -> None:
    assert await town.near.watch(town.ann, [BOB]) == [Presence(BOB, "offline", SEEN)]


async def test_who_comes_is_told_at_the_next_look(town: Town) -> None:
    await town.near.watch(town.ann, [BOB, CYD])

    town.bob_comes()
    await town.look()
    await town.look()

    assert town.ann.told == [Presence(BOB, "online")]


async def test_who_goes_is_told_after_half_a_minute(town: Town) -> None:
    device = town.bob_comes()
    await town.look()
    await town.near.watch(town.ann, [BOB])

    town.far.go(device)
    await town.look()
    await town.look(PATIENCE_SECONDS - 1)
    assert town.ann.told == []

    await town.look(1)
    (gone,) = town.ann.told
    assert (gone.person, gone.state) == (BOB, "offline")
    assert gone.last_seen > SEEN


async def test_a_lost_connection_is_no_absence(town: Town) -> None:
    device = town.bob_comes()
    await town.look()
    await town.near.watch(town.ann, [BOB])

    town.far.go(device)
    await town.look(PATIENCE_SECONDS / 2)
    town.bob_comes()
    await town.look()
    await town.look(PATIENCE_SECONDS)

    assert town.ann.told == []


async def test_who_has_left_their_device_is_away(town: Town) -> None:
    device = town.bob_comes()
    await town.look()
    await town.near.watch(town.ann, [BOB])

    town.far.be_away(device, away=True)
    await town.look()
    await town.look(PATIENCE_SECONDS)
    town.far.be_away(device, away=False)
    await town.look()

    assert [told.state for told in town.ann.told] == ["away", "online"]


async def test_who_is_at_one_of_two_devices_is_online(town: Town) -> None:
    first, _ = town.bob_comes(), town.bob_comes()
    town.far.be_away(first, away=True)
    await town.look()

    assert await town.near.watch(town.ann, [BOB]) == [Presence(BOB, "online")]


async def test_who_watches_somebody_else_is_told_of_the_first_no_more(town: Town) -> None:
    await town.near.watch(town.ann, [BOB])
    await town.near.watch(town.ann, [CYD])

    town.bob_comes()
    await town.look()

    assert town.ann.told == []


@pytest.mark.parametrize(("who", "whom"), [(ANN, BOB), (BOB, ANN)])
async def test_with_a_block_between_them_nothing_is_told(town: Town, who: str, whom: str) -> None:
    await town.near.watch(town.ann, [BOB])
    await town.ground.directory.block(who, whom)

    town.bob_comes()
    await town.look()

    assert town.ann.told == []
    assert await town.near.watch(town.ann, [BOB]) == [Presence(BOB, "offline")]


async def test_who_does_not_tell_when_they_were_there_is_offline_without_a_time(
    town: Town,
) -> None:
    await town.ground.directory.edit_settings(
        BOB, read_receipts=None, quiet=None, no_quiet=False, show_last_seen=False
    )

    assert await town.near.watch(town.ann, [BOB]) == [Presence(BOB, "offline")]


async def test_nobody_is_told_of_whom_nobody_asked_for(town: Town) -> None:
    town.bob_comes()
    await town.look()

    assert town.ann.told == []


async def test_of_a_crashed_gateway_s_people_it_is_known_after_a_while(town: Town) -> None:
    town.bob_comes()
    await town.look()
    await town.near.watch(town.ann, [BOB])

    for _ in range(20):
        town.time.now += 5
        town.ground.clock.now += 5000
        await town.near.look()

    assert [told.state for told in town.ann.told] == ["offline"]


async def test_somebody_who_stays_stays_online(town: Town) -> None:
    town.bob_comes()
    await town.look()
    await town.near.watch(town.ann, [BOB])

    for _ in range(100):
        await town.look(5)

    assert town.ann.told == []


async def test_what_was_said_is_repeated_in_turns_for_each_person_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, said = [f"person{number}" for number in range(100)], []

    async def say(_: RedisPresence, gateway: str, states: dict[str, State], now: int) -> None:
        said.append(list(states))

    monkeypatch.setattr(RedisPresence, "say", say)
    for person in people:
        town.far.come(Device(person), f"ses{person}")
    await town.far.look()  # all of it is news

    said.clear()
    for _ in range(round(HOLDS_MS / 3 / 1000 / LOOK_SECONDS)):
        await town.far.look()

    assert sorted(person for each in said for person in each) == sorted(people)
    assert max(map(len, said)) < len(people) / 2


async def test_somebody_who_is_not_there_at_all_is_left_out(town: Town) -> None:
    assert await town.near.watch(town.ann, ["0000000nobody"]) == []


async def test_a_gateway_without_a_database_still_says_who_is_there(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unavailable(*_: object) -> None:
        raise StoreUnavailable("stopped")

    town.far.go(town.bob_comes())
    town.bob_comes()
    monkeypatch.setattr(town.ground.directory, "note_seen", unavailable)
    with pytest.raises(StoreUnavailable):
        await town.far.look()

    assert await town.near.watch(town.ann, [BOB]) == [Presence(BOB, "online")]
