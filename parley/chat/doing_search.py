"""The commands that look for messages.

Owns: what each of them does and says.
Never: what counts as found; the server knows.
"""

from parley.chat.cleaning import clean_line
from parley.chat.lines import moment_of, name_of
from parley.chat.stage import Handlers, Stage
from parley.client import Hit, Person, Room

# Hits that one command prints.
_PRINTED = 20


class SearchCommands:
    """Commands about finding messages."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._chat = stage, stage.chat

    def handlers(self) -> Handlers:
        """Return what to do for each command."""
        return {"search": self._search_room, "searchall": self._search_all}

    async def _search_room(self, query: str) -> None:
        room = self._stage.room
        await self._print(query, {room.id: room}, room=room.id)

    async def _search_all(self, query: str) -> None:
        rooms = {room.id: room for room in await self._chat.rooms()}
        await self._print(query, rooms)

    async def _print(self, query: str, rooms: dict[str, Room], room: str | None = None) -> None:
        hits: list[Hit] = []
        goes_on = False
        async for hit in self._chat.search(query, room=room):
            if len(hits) == _PRINTED:
                goes_on = True
                break
            hits.append(hit)
        people = await self._chat.people({hit.author for hit in hits})
        # As everything on the screen: the latest last.
        lines = [_line(hit, people, "" if room else _called(hit.room, rooms)) for hit in hits[::-1]]
        if goes_on:
            lines.insert(0, "... and others before: type more of what was said")
        self._stage.say("\n".join(lines) or "Nobody has said that here.")


def _line(hit: Hit, people: dict[str, Person], where: str) -> str:
    """Return what is printed of a hit, with what was found in square brackets."""
    parts, end = [], 0
    for start, to in hit.found:
        parts += [hit.text[end:start], "[", hit.text[start:to], "]"]
        end = to
    text = clean_line("".join([*parts, hit.text[end:]]))
    shown = f"{'…' if hit.before else ''}{text}{'…' if hit.after else ''}"
    place = f"[{where}] " if where else ""
    return f"{moment_of(hit.time):%Y-%m-%d %H:%M} {place}{name_of(hit.author, people)} {shown}"


def _called(room: str, rooms: dict[str, Room]) -> str:
    return clean_line(rooms[room].name) if room in rooms else room
