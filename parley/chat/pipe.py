"""Talking in a pipe: lines in, lines out, and an exit code.

Owns: saying each line that comes in, and printing what happens in the room.
Never: a terminal's keyboard; `parley.chat.screen` has that.
"""

import asyncio
import sys
from collections.abc import AsyncIterator

from parley.chat.cleaning import clean_line
from parley.chat.lines import (
    Lines,
    answering,
    change_json,
    entry_json,
    message_change_json,
    reacted,
    receipts_json,
)
from parley.chat.options import ChatOptions
from parley.chat.reading import Past, last_entries, people_in
from parley.client import (
    Chat,
    Deleted,
    DeletedMessage,
    Edited,
    FolderRenewed,
    Message,
    MessageChange,
    NoticeShown,
    Offline,
    Online,
    Overrun,
    ParleyError,
    Person,
    PinChanged,
    Reacted,
    ReceiptsChanged,
    Refused,
    Retracted,
    Room,
    RoomEntry,
    RoomLost,
    RoomRestarted,
    SendRefused,
    UnsupportedShown,
    Withdrawn,
)

# Lines on their way at a time; further ones wait in the pipe.
_UNDER_WAY = 1000

DONE, REFUSED = 0, 1


class Pipe:
    """One run of `parley chat` in a pipe. `lines` is what comes in; None: nothing is read."""

    def __init__(
        self, chat: Chat, room: Room, options: ChatOptions, lines: AsyncIterator[bytes] | None
    ) -> None:
        self._chat, self._room, self._options, self._lines = chat, room, options, lines
        self._form = Lines()
        self._printed_up_to = 0
        self._code = DONE
        self._under_way = asyncio.Semaphore(_UNDER_WAY)
        self._saying: set[asyncio.Task[None]] = set()
        self._own: set[str] = set()
        self._failure: ParleyError | None = None
        self._is_offline = False

    async def run(self) -> int:
        """Return the exit code once everything is done; with `follow`, never by itself."""
        if self._options.follow:
            await self._chat.follow(self._room.id)
        if self._options.history is not None:
            await self._print_history(self._options.history)
        saying = asyncio.create_task(self._say_all())
        listening = asyncio.create_task(self._listen())
        try:
            done, _ = await asyncio.wait({saying, listening}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            if self._options.follow:
                await listening
        finally:
            saying.cancel()
            listening.cancel()
            await asyncio.gather(saying, listening, return_exceptions=True)
        return self._code

    # --- in --------------------------------------------------------------------------------

    async def _say_all(self) -> None:
        number = 0
        async for line in self._lines or _nothing():
            number += 1
            if line.strip():
                await self._under_way.acquire()
                # Tasks begin in the order in which they are made, so the lines keep theirs; and
                # lines that come together are made durable together.
                saying = asyncio.create_task(self._say(number, line))
                self._saying.add(saying)
                saying.add_done_callback(self._saying.discard)
        for _ in range(_UNDER_WAY):  # until each has come back
            await self._under_way.acquire()
        if self._failure is not None:
            raise self._failure

    async def _say(self, number: int, line: bytes) -> None:
        try:
            outgoing = await self._chat.post(self._room.id, line.decode())
            self._own.add(outgoing.cmid)
            await outgoing.stored()
            self._own.discard(outgoing.cmid)
        except UnicodeDecodeError:
            self._refuse(number, "it is not UTF-8")
        except Refused as refused:
            self._refuse(number, str(refused))
        except ParleyError as error:
            self._failure = error
        finally:
            self._under_way.release()

    def _refuse(self, number: int, reason: str) -> None:
        self._code = REFUSED
        _warn(f"line {number} was refused: {reason}")

    # --- out -------------------------------------------------------------------------------

    async def _print_history(self, count: int) -> None:
        past = await last_entries(self._chat, self._room.id, count)
        people = await people_in(self._chat, past.entries)
        for entry in past.entries:
            self._print_past(entry, past, people)
            self._printed_up_to = entry.seq

    async def _listen(self) -> None:
        async for event in self._chat.events():
            match event:
                case Message() | DeletedMessage() | NoticeShown() | UnsupportedShown():
                    if event.seq > self._printed_up_to:
                        self._print(event, await people_in(self._chat, [event]))
                case Retracted() | RoomRestarted() | Withdrawn():
                    self._print_change(event)
                case Edited() | Deleted() | Reacted() | PinChanged() | ReceiptsChanged():
                    if self._options.json:
                        await self._print_as_json(event)
                case RoomLost(code=code, message=message):
                    raise Refused(code, message, retry=False)
                case SendRefused(cmid=cmid) if cmid not in self._own:
                    _warn(f"a message of an earlier time was refused: {event.message}")
                    self._chat.dismiss(event.cmid)
                case Online() | Offline() | Overrun() | FolderRenewed():
                    self._print_state(event)

    def _print_past(self, entry: RoomEntry, past: Past, people: dict[str, Person]) -> None:
        """Print an entry; for a person, between what it answers and what was put to it."""
        if self._options.json or not isinstance(entry, Message):
            self._print(entry, people)
            return
        answered, state = past.answered_by(entry), past.states.get(entry.seq)
        above = answering(answered) if answered else ""
        below = reacted(state) if state is not None else ""
        for line in filter(None, (above, self._form.entry(entry, people), below)):
            _out(line)

    def _print(self, entry: RoomEntry, people: dict[str, Person]) -> None:
        if self._options.json:
            _out(entry_json(entry, self._room, people))
        else:
            _out(self._form.entry(entry, people))

    async def _print_as_json(self, event: MessageChange | ReceiptsChanged) -> None:
        """Print what a line for a person has no place for."""
        if isinstance(event, ReceiptsChanged):
            _out(receipts_json(event.receipts, self._room))
        elif event.seq > self._printed_up_to:
            people = await people_in(self._chat, [event])
            _out(message_change_json(event, self._room, people))

    def _print_change(self, change: Retracted | RoomRestarted | Withdrawn) -> None:
        if isinstance(change, Retracted):
            self._printed_up_to = min(self._printed_up_to, change.after)
        if self._options.json:
            _out(change_json(change, self._room))
            return
        match change:
            case Retracted(entries=entries):
                if entries:
                    _warn(f"the last {len(entries)} lines were lost and are being sent again")
            case RoomRestarted():
                _warn("lines were missed; --history shows the last ones")
            case Withdrawn(reason=reason):
                _warn(f"a line was withdrawn by the server: {clean_line(reason)}")

    def _print_state(self, state: Online | Offline | Overrun | FolderRenewed) -> None:
        match state:
            case Offline(reason=reason) if not self._is_offline:
                self._is_offline = True
                _warn(f"not connected ({clean_line(reason)}); trying again")
            case Online() if self._is_offline:
                self._is_offline = False
                _warn("connected again")
            case Overrun(dropped=dropped):
                _warn(f"{dropped} events came faster than they could be printed")
            case FolderRenewed(path=path):
                _warn(f"what was kept was damaged; it is now in {path}")


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield


def _out(line: str) -> None:
    print(line, flush=True)


def _warn(sentence: str) -> None:
    print(f"parley: {clean_line(sentence)}", file=sys.stderr, flush=True)
