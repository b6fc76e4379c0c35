"""What was changed elsewhere: sessions that have ended, rooms that somebody is in or no longer in,
and how people look to others.

Owns: how soon an open connection hears of it: what was stamped lately is asked for each second,
and everybody is looked at once in half a minute.
Never: what a connection does about it.

A stamp is the database's clock's. Where that clock jumps, a change can look too old or too new to
be found by it; the round finds it, by version and not by time.
"""

import asyncio
from collections.abc import Mapping
from itertools import islice

from gateway.frames import message_frame
from gateway.roster import Present, Roster
from parley.protocol.events import PeopleChanged
from parley.protocol.refusals import CloseCode
from parley.store.api import FullDirectory

# How often is asked for what was stamped lately: what is revoked ends within two seconds.
WATCH_SECONDS = 1.0
# Between two rounds; a round takes as long as it is spread over, so that nobody is looked at less
# often than each half minute.
ROUND_SECONDS = 20.0
_SPREAD_SECONDS = 10.0
# How far back is asked, before the last answer: longer than any transaction takes from its time
# stamp to its commit, in seconds.
_WINDOW = 10.0
# Sessions that are looked at in one query.
_PORTION = 300
# People of whose new looks everybody is told in one second. However many change theirs, and however
# often, it costs a reader no more than some kilobytes a second.
_PEOPLE_AT_ONCE = 20


class Watch:
    """Looks for changes. Its methods raise StoreUnavailable."""

    def __init__(self, directory: FullDirectory, roster: Roster) -> None:
        self._directory, self._roster = directory, roster
        # When the last question that was answered was asked. The database may be away for long.
        self._asked = asyncio.get_running_loop().time()
        # The changed profiles of the last answer; and those of which nobody was told yet, in order.
        self._profiles: Mapping[str, int] = {}
        self._untold: dict[str, None] = {}

    async def look(self) -> None:
        """Ask for what was changed lately."""
        now = asyncio.get_running_loop().time()
        window = _WINDOW + now - self._asked
        changes = await self._directory.changes(round(window * 1000))
        self._asked = now
        self._end(self._roster.of_sessions(changes.revoked_sessions))
        self._end(self._roster.of_accounts(changes.disabled_accounts))
        await self._have_heard(changes.changed_accounts)
        await self._tell_of_people(changes.changed_profiles)

    async def _tell_of_people(self, changed: Mapping[str, int]) -> None:
        news = changed.items() - self._profiles.items()
        self._untold |= dict.fromkeys(sorted(account for account, _ in news))
        self._profiles = changed
        portion = list(islice(self._untold, _PEOPLE_AT_ONCE))
        if not portion:
            return
        news_of = message_frame(PeopleChanged(await self._directory.people(portion)))
        for account in portion:
            del self._untold[account]
        for connection in self._roster.everybody():
            connection.deliver(news_of)

    async def go_round(self) -> None:
        """Look at everybody, portion by portion."""
        accounts = self._roster.sessions()
        sessions = iter(accounts)
        pause = _SPREAD_SECONDS * _PORTION / max(len(accounts), _PORTION)
        while portion := list(islice(sessions, _PORTION)):
            await self._look_at({session: accounts[session] for session in portion})
            if len(portion) == _PORTION:
                await asyncio.sleep(pause)

    async def _look_at(self, accounts: dict[str, str]) -> None:
        standings = await self._directory.standings(accounts.keys())
        self._end(self._roster.of_sessions(accounts.keys() - standings.keys()))
        await self._have_heard({accounts[each]: version for each, version in standings.items()})

    async def _have_heard(self, versions: Mapping[str, int]) -> None:
        """Have the connections of accounts look again that have not heard of these versions."""
        news = iter(self._roster.unheard(versions).items())
        while portion := dict(islice(news, _PORTION)):
            # Side by side: what they ask is then one question to the database.
            looks = [each.recheck() for each in self._roster.of_accounts(portion)]
            looked = await asyncio.gather(*looks, return_exceptions=True)
            for failure in looked:
                if failure is not None:
                    raise failure
            self._roster.have_heard(portion)

    def _end(self, connections: list[Present]) -> None:
        for connection in connections:
            connection.end(CloseCode.SIGNED_OUT, "this device's session has ended")
