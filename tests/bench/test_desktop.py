"""The room that the desktop client is measured with, and how a figure is told beside its goal."""

from pathlib import Path

from bench.desktop.__main__ import line
from bench.desktop.room import PROFILE, ROOM, URL, fill
from desktop_client.network.cache import Cache
from desktop_client.profile import Profile
from desktop_client.state.history import Before


def test_every_message_of_the_room_is_in_the_cache(tmp_path: Path) -> None:
    fill(tmp_path, messages=1_234)

    cache = Cache.open(Profile(tmp_path, PROFILE).server_folder(URL), "benchme")
    whole = cache.page(ROOM.id, Before(1_235), limit=2_000)
    cache.close()

    assert whole is not None
    assert len(whole.stretch.entries) == 1_234
    assert not whole.stretch.more_before


def test_a_goal_that_was_missed_is_said_to_be() -> None:
    assert line("a frame", 3.0, 4, "ms") == ("a frame: 3 ms (goal: < 4 ms)", True)
    assert line("a frame", 5.0, 4, "ms") == ("a frame: 5 ms (goal: < 4 ms)  MISSED", False)
