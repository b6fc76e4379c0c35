"""What an application asks about what was said.

Owns: one method for each command that looks for messages.
Never: pages of a room's history (`parley.client.chat`).
"""

from collections.abc import AsyncIterator
from functools import partial

from parley.client.asking import Asking
from parley.protocol.commands import Hit, Hits, Search


class SearchCalls(Asking):
    """The part of `Chat` that finds messages. Every method raises Refused."""

    async def search(
        self,
        query: str = "",
        *,
        room: str | None = None,
        author: str | None = None,
        since: int | None = None,
        until: int | None = None,
        has_link: bool = False,
        mentions_me: bool = False,
    ) -> AsyncIterator[Hit]:
        """Yield the messages that match all that is asked for, the latest first.

        `query` is a part of their text, in any script. `author` is a person's id; `since` and,
        exclusive, `until` are Unix milliseconds. Read on for older ones: each page is asked for
        when the one before it is used up.
        """
        command = partial(
            Search,
            ref=0,
            query=query,
            room=room,
            author=author,
            since=since,
            until=until,
            has_link=has_link,
            mentions_me=mentions_me,
        )
        async for page in self._pages(lambda last: command(after=last), Hits):
            for hit in page.hits:
                yield hit
