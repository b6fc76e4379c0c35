"""Whether somebody is told at once: the rule, case by case."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from parley.domain.notifying import Listener, RoomManner, is_quiet, notifies
from parley.protocol.content import Content, Notice, React, Target, Text
from parley.protocol.derived import Derived
from parley.protocol.events import Event
from parley.protocol.personal_commands import Quiet

ME = "me"
CMID = "00000000-0000-7000-8000-000000000001"
NOON = int(datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Europe/Vienna")).timestamp() * 1000)
AT_NIGHT = Quiet(since=22 * 60, until=7 * 60)
AT_NOON = Quiet(since=11 * 60, until=13 * 60)


def said(
    content: Content | None = None, *, author: str = "bob", derived: Derived | None = None
) -> Event:
    return Event("room1", 1, 5, 3, NOON, author, CMID, content or Text("hello"), derived)


NAMED = said(derived=Derived(mentions=[ME]))
TO_ALL = said(derived=Derived(everyone=True))
ANOTHER = said(derived=Derived(mentions=["cyd"]))


@pytest.mark.parametrize(
    ("event", "listener", "room", "expected"),
    [
        (said(), {}, RoomManner(), True),
        (said(author=ME), {}, RoomManner(), False),
        (said(Text("hello", silent=True)), {}, RoomManner(), False),
        (said(React(Target(ME, CMID), "👍")), {}, RoomManner(), False),
        (said(Notice("joined", "bob")), {}, RoomManner(), False),
        (said(), {"blocked": frozenset({"bob"})}, RoomManner(), False),
        (NAMED, {"blocked": frozenset({"bob"})}, RoomManner(), False),
        (said(), {"quiet": AT_NOON}, RoomManner(), False),
        (NAMED, {"quiet": AT_NOON}, RoomManner(), False),
        (said(), {"quiet": AT_NIGHT}, RoomManner(), True),
        (said(), {}, RoomManner(muted_until=NOON + 1), False),
        (said(), {}, RoomManner(muted_until=NOON), True),
        (NAMED, {}, RoomManner(muted_until=NOON + 1), True),
        (TO_ALL, {}, RoomManner(muted_until=NOON + 1), True),
        (ANOTHER, {}, RoomManner(muted_until=NOON + 1), False),
        (said(), {}, RoomManner("mentions"), False),
        (NAMED, {}, RoomManner("mentions"), True),
        (TO_ALL, {}, RoomManner("mentions"), True),
        (ANOTHER, {}, RoomManner("mentions"), False),
        (NAMED, {}, RoomManner("nothing"), False),
    ],
)
def test_the_rule(event: Event, listener: dict[str, Any], room: RoomManner, expected: bool) -> None:
    somebody = Listener(ME, "Europe/Vienna", **listener)

    assert notifies(event, somebody, room, now=NOON, in_view=False) is expected


@pytest.mark.parametrize("event", [said(), NAMED, TO_ALL])
def test_what_the_person_sees_already_is_not_told(event: Event) -> None:
    assert not notifies(event, Listener(ME), RoomManner(), now=NOON, in_view=True)


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [(21, 59, False), (22, 0, True), (23, 30, True), (0, 0, True), (6, 59, True), (7, 0, False)],
)
def test_quiet_hours_may_go_past_midnight(hour: int, minute: int, expected: bool) -> None:
    zone = ZoneInfo("Asia/Tokyo")
    now = int(datetime(2026, 3, 2, hour, minute, tzinfo=zone).timestamp() * 1000)

    assert is_quiet(Listener(ME, "Asia/Tokyo", AT_NIGHT), now) is expected


def test_hours_of_a_zone_that_nobody_knows_are_those_of_utc() -> None:
    now = int(datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("UTC")).timestamp() * 1000)

    assert is_quiet(Listener(ME, "Atlantis/Capital", AT_NOON), now)


def test_as_many_hours_as_a_day_has_none_are_quiet() -> None:
    assert not is_quiet(Listener(ME, quiet=Quiet(600, 600)), NOON)
