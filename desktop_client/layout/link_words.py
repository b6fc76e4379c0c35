"""What a person is told of the connection while there is none.

Owns: the words.
Never: where they stand.
"""

from datetime import date, tzinfo

from desktop_client.layout.words import clock, day_name, moment, one_line
from desktop_client.state.model import Link


def link_words(link: Link, waiting: int, today: date, zone: tzinfo | None = None) -> str:
    """Return why there is no connection, since when, and how many messages wait; or nothing."""
    if link.online:
        return ""
    kept = f" {waiting} waiting to be sent." if waiting else ""
    if not link.reason:
        return f"Connecting …{kept}"
    since = f" since {_time(link.since, today, zone)}" if link.since else ""
    return f"Not connected{since}: {one_line(link.reason)}. Trying again.{kept}"


def _time(since: int, today: date, zone: tzinfo | None) -> str:
    day = moment(since, zone).date()
    # A day to come: the clock was put back meanwhile.
    before = f"{day_name(day, today)}, " if day != today else ""
    return f"{before}{clock(since, zone)}"
