"""A server process that a fault has damaged runs again, as an operator would have it run."""

from __future__ import annotations

import pytest

from tests.chaos.programs import ChaosRedis
from tests.servers import MissingProgram


def test_a_redis_whose_journal_a_full_disk_has_damaged_starts_with_what_is_whole() -> None:
    redis = ChaosRedis(None, has_own_disk=False)
    try:
        redis.start()
    except MissingProgram as missing:
        redis.close()
        pytest.skip(str(missing))
    try:
        for number in range(100):
            redis.call("SET", f"key{number}", "value")
        redis.kill()
        journal = bytearray(redis.journal.read_bytes())
        damaged = journal.index(b"*3\r\n", len(journal) // 2)
        journal[damaged : damaged + 1] = b"!"
        redis.journal.write_bytes(journal)

        redis.revive()

        kept = redis.call("DBSIZE")
    finally:
        redis.close()
    assert isinstance(kept, int)
    assert 0 < kept < 100
