"""Every kind of notice has its sentence."""

from typing import get_args

import pytest

from parley.domain.notices import notice_sentence
from parley.protocol.content import NoticeOf


@pytest.mark.parametrize("what", get_args(NoticeOf))
def test_every_notice_names_who_did_it_or_who_it_is_about(what: NoticeOf) -> None:
    sentence = notice_sentence(what, "Ann", ["Bob"], "plans")

    assert "Ann" in sentence or "Bob" in sentence
    assert "{" not in sentence


def test_several_people_are_listed() -> None:
    sentence = notice_sentence("added", "Ann", ["Bob", "Zoe", "Kim"], "")

    assert sentence == "Ann added Bob, Zoe and Kim"


def test_a_name_with_braces_is_only_a_name() -> None:
    assert notice_sentence("renamed", "Ann", [""], "{by}") == "Ann named the room {by}"


def test_an_empty_topic_is_a_cleared_one() -> None:
    assert notice_sentence("topic", "Ann", [""], "") == "Ann cleared the topic"
