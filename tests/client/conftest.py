"""A session that somebody is connected with."""

import pytest

from tests.client.talk import Talk


@pytest.fixture
def live() -> Talk:
    """Connected, with the lobby followed from the start of generation 1."""
    talk = Talk()
    talk.follow("lobby")
    talk.connect()
    talk.resume("lobby")
    return talk
