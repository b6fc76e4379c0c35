"""Where things are in Redis: one hash slot a shard, one set of keys a generation."""

import inspect
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.crc import key_slot

from parley.stream import keys

NAMES = {"shard": 5, "generation": 7, "room": "garden", "name": "garden", "account": "ann"}


def every_key() -> dict[str, str]:
    """Return one key or channel of each kind, for the same shard."""
    made = {}
    for name, make in vars(keys).items():
        if inspect.isfunction(make) and make.__module__ == keys.__name__:
            wanted = inspect.signature(make).parameters
            if "shards" not in wanted and name != "room_keys":
                made[name] = make(*(NAMES[each] for each in wanted))
    return made


KEYS = every_key()


def test_all_keys_and_channels_of_a_shard_are_in_one_slot() -> None:
    assert len({key_slot(key.encode()) for key in KEYS.values()}) == 1


def test_no_two_kinds_of_key_meet() -> None:
    assert len(set(KEYS.values())) == len(KEYS)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_what_may_be_lost_carries_its_generation(name: str) -> None:
    lasting = {"fence", "identity", "room_channel"}

    assert (":7:" in KEYS[name]) == (name not in lasting)


def test_a_room_has_the_three_keys_that_are_named_for_it() -> None:
    names = ("room", "recent", "sent", "redacted")

    assert keys.room_keys(5, 7, "garden") == tuple(KEYS[name] for name in names)


@given(room=st.from_regex(r"[0-9a-z]{5,13}", fullmatch=True), shards=st.integers(1, 64))
def test_a_room_has_one_shard_of_those_there_are(room: str, shards: int) -> None:
    shard = keys.shard_of(room, shards)

    assert shard in range(shards)
    assert keys.shard_of(room, shards) == shard


def test_a_room_s_shard_is_the_same_in_every_version() -> None:
    """It is where the data is: another hash would lose it."""
    assert [keys.shard_of(room, 16) for room in ("lobby", "garden", "0djk2p0000abc")] == [7, 10, 13]


def test_rooms_are_spread_over_all_shards() -> None:
    shards = [keys.shard_of(f"room{number}", 16) for number in range(1600)]

    assert all(50 < shards.count(shard) < 200 for shard in range(16))


@pytest.mark.parametrize("make", [keys.room, keys.recent, keys.sent, keys.redacted])
def test_every_key_of_a_room_ends_with_its_id(make: Callable[[int, int, str], str]) -> None:
    assert re.search(r":garden$", make(5, 7, "garden"))
