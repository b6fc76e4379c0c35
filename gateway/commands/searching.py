"""Looking for messages by what they say.

Owns: which questions can be answered, and what is shown of each hit.
Never: who may find what; the store looks only into the asker's own rooms.
"""

from gateway.accounts import Identity
from gateway.authorising import authorise
from gateway.commands.tools import Handlers
from parley.domain.permissions import Action
from parley.domain.searching import fold, snippet
from parley.observe.metrics import GatewayMetrics
from parley.protocol.commands import Hit, Hits, Search
from parley.protocol.refusals import InvalidSearch
from parley.store.api import FullDirectory
from parley.store.search.api import FoundMessage, SearchQuery


class SearchCommands:
    """The command `search`."""

    def __init__(self, directory: FullDirectory, metrics: GatewayMetrics) -> None:
        self._directory, self._metrics = directory, metrics

    def handlers(self) -> Handlers:
        """Return what carries out each command."""
        return {Search: self._search}

    async def _search(self, who: Identity, command: Search) -> Hits:
        _check(command)
        if command.room is not None:
            await authorise(self._directory, who.person.id, command.room, Action.READ)
        query = SearchQuery(
            account_id=who.person.id,
            text=command.query,
            room_id=command.room,
            author_id=command.author,
            since=command.since,
            until=command.until,
            has_link=command.has_link,
            mentions_me=command.mentions_me,
            after=command.after,
            limit=command.limit,
        )
        with self._metrics.search_seconds.time():
            page = await self._directory.search(query)
        return Hits([_hit(found, command.query) for found in page.messages], page.next)


def _check(command: Search) -> None:
    if command.query and not fold(command.query):
        raise InvalidSearch(command.query, "there is no character in it that can be found")
    if not (command.query or command.author or command.has_link or command.mentions_me):
        raise InvalidSearch("", "say what the messages have, or whose they are")


def _hit(found: FoundMessage, query: str) -> Hit:
    shown = snippet(found.text, query)
    return Hit(
        room=found.room_id,
        seq=found.seq,
        n=found.n,
        time=found.time,
        author=found.author_id,
        cmid=found.cmid,
        text=shown.text,
        found=[(span.start, span.end) for span in shown.spans],
        before=shown.before,
        after=shown.after,
    )
