"""What an index of texts holds: enough to find every message, and not too much."""

from hypothesis import given
from hypothesis import strategies as st

from parley.domain.searching import fold
from parley.store.search.index import number
from parley.store.search.tokens import Group, query_tokens, time_token, word
from parley.store.search.tokens import text_tokens as text_groups
from parley.store.search.tokens import time_tokens as time_group

TEXTS = st.text(st.sampled_from("abq東京 é+-がア\n👍"), max_size=16) | st.text(max_size=16)


def text_tokens(folded: str) -> set[int]:
    return {token for group in text_groups(folded) for token in tokens_of(group)}


def tokens_of(group: Group) -> set[int]:
    assert list(map(number, group.words.split())) == list(map(int, group.numbers.split(",")))
    return set(map(number, group.words.split()))


def time_tokens(time: int) -> set[int]:
    return tokens_of(time_group(time))


@given(TEXTS, TEXTS, TEXTS)
def test_every_text_with_a_part_has_the_tokens_of_the_part(
    before: str, part: str, after: str
) -> None:
    text, wanted = fold(before + part + after), fold(part)
    if wanted not in text:
        return  # what joins with its neighbours is another text

    has = text_tokens(text)

    assert all(has.intersection(any_of) for any_of in query_tokens(wanted))


@given(st.lists(TEXTS.map(fold)))
def test_a_text_has_the_tokens_of_its_words_and_no_others(words: list[str]) -> None:
    assert text_tokens(" ".join(words)) == set().union(*map(text_tokens, words))


def test_a_word_has_the_tokens_of_its_end_however_long_it_is() -> None:
    word = "".join(map(chr, range(0x4E00, 0x4E80)))

    assert text_tokens(word[-2:]) <= text_tokens(word)


def test_most_texts_without_a_part_lack_a_token_of_it() -> None:
    has = text_tokens(fold("the quick brown fox"))

    assert not all(has.intersection(any_of) for any_of in query_tokens("quack"))


@given(st.text(min_size=1).filter(fold))
def test_every_query_asks_for_something(query: str) -> None:
    assert query_tokens(fold(query))


def test_a_long_query_asks_for_no_more_than_sixteen_things() -> None:
    assert len(query_tokens("".join(map(chr, range(0x4E00, 0x4E80))))) <= 16


@given(st.integers(-(2**31), 2**31 - 1))
def test_a_token_is_the_word_that_stands_for_it(token: int) -> None:
    assert number(word(token)) == token


def test_a_time_is_in_its_own_stretch_of_each_length() -> None:
    assert time_token(1_700_000_000_000, 24) in time_tokens(1_700_000_000_001)
    assert time_token(1_700_000_000_000 - (1 << 24), 24) not in time_tokens(1_700_000_000_000)
