"""The number of a message in the index."""

from hypothesis import given
from hypothesis import strategies as st

from parley.protocol.limits import INTEGER_MAX
from parley.store.search.ids import END, first_id, neighbours, next_id, search_id, time_of

TIMES, SHARDS, SEQS = st.integers(0, 2**43 - 1), st.integers(0, 1023), st.integers(1, 2**40)


@given(TIMES, SHARDS, SEQS)
def test_an_id_tells_its_time(time: int, shard: int, seq: int) -> None:
    assert time_of(search_id(time, shard, seq)) == time


@given(TIMES, SHARDS, SEQS)
def test_ids_sort_by_time(time: int, shard: int, seq: int) -> None:
    assert first_id(time) <= search_id(time, shard, seq) < first_id(time) + (1 << 20)


@given(st.integers(0, INTEGER_MAX), SHARDS, SEQS)
def test_any_time_has_an_id_that_a_database_holds(time: int, shard: int, seq: int) -> None:
    assert 0 <= search_id(time, shard, seq) < END


@given(TIMES.filter(lambda time: time < 2**43 - 1), SHARDS, SEQS)
def test_no_shard_takes_an_id_of_another(time: int, shard: int, seq: int) -> None:
    taken = search_id(time, shard, seq)
    for _ in range(1025):
        assert taken in neighbours(search_id(time_of(taken), shard, seq))
        taken = next_id(taken)
