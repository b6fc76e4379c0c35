"""Which tick a message has."""

from hypothesis import given
from hypothesis import strategies as st

from parley.domain.receipts import all_others, extent, tick
from parley.protocol.events import Extent, Receipts

REACHED = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 20), min_size=2)


@given(reached=REACHED)
def test_everybody_knows_how_far_all_but_themselves_have_come(reached: dict[str, int]) -> None:
    told = extent(reached)

    for me in reached:
        assert all_others(told, me) == min(seq for person, seq in reached.items() if person != me)


@given(reached=REACHED)
def test_who_is_not_in_the_count_knows_how_far_all_in_it_have_come(
    reached: dict[str, int],
) -> None:
    assert all_others(extent(reached), "somebody else") == min(reached.values())


def test_nobody_to_compare_with_is_nothing_to_tell() -> None:
    assert extent({}) is None
    assert extent({"ann": 3}) is None


def test_a_tick_goes_from_pending_to_read() -> None:
    def receipts(delivered: int, read: int) -> Receipts:
        return Receipts("room1", 1, Extent(delivered, "bob", 9), Extent(read, "bob", 9))

    assert tick(None, "ann", 5, is_stored=False) == "pending"
    assert tick(None, "ann", 5, is_stored=True) == "stored"
    assert tick(receipts(4, 4), "ann", 5, is_stored=True) == "stored"
    assert tick(receipts(5, 4), "ann", 5, is_stored=True) == "delivered"
    assert tick(receipts(5, 5), "ann", 5, is_stored=True) == "read"


def test_where_nobody_tells_what_was_read_a_message_is_delivered_at_most() -> None:
    receipts = Receipts("room1", 1, Extent(5, "bob", 9), None)

    assert tick(receipts, "ann", 5, is_stored=True) == "delivered"
