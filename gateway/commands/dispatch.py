"""Which command is carried out by whom.

Owns: the table, and the second try of what met an outdated fence.
Never: what a command does.
"""

from gateway.accounts import Identity
from gateway.commands.account import AccountCommands
from gateway.commands.finding import Finder
from gateway.commands.marks import MarkCommands
from gateway.commands.members import MemberCommands
from gateway.commands.messages import MessageCommands
from gateway.commands.people import PeopleCommands
from gateway.commands.personal import PersonalCommands
from gateway.commands.reading import ReadingCommands
from gateway.commands.rooms import RoomCommands
from gateway.commands.searching import SearchCommands
from gateway.commands.sessions import SessionCommands
from gateway.commands.signals import SignalCommands
from gateway.commands.tools import Handlers, Tools
from gateway.limits import Limiter
from gateway.marking import Marking
from gateway.passwords import Passwords
from gateway.reader import RoomReader
from gateway.states import StateReader
from gateway.typing import TypingSignals
from parley.observe.metrics import GatewayMetrics
from parley.protocol import codec
from parley.protocol.commands import AnyCommand
from parley.recovery.fences import Fences
from parley.store.api import FullDirectory, Logs
from parley.stream.log import Fenced, RoomLog


class Commands:
    """Carries out commands."""

    def __init__(
        self,
        directory: FullDirectory,
        logs: Logs,
        room_log: RoomLog,
        reader: RoomReader,
        fences: Fences,
        passwords: Passwords,
        limiter: Limiter,
        tools: Tools,
        marking: Marking,
        typing: TypingSignals,
        metrics: GatewayMetrics,
    ) -> None:
        self._fences = fences
        finder, shards = Finder(logs), room_log.shards
        states = StateReader(directory, reader)
        self.handlers: Handlers = {
            **ReadingCommands(
                directory, marking, logs, room_log, reader, states, fences
            ).handlers(),
            **MessageCommands(directory, states, fences, shards).handlers(),
            **RoomCommands(directory, tools).handlers(),
            **MemberCommands(directory, tools).handlers(),
            **PeopleCommands(directory).handlers(),
            **SearchCommands(directory, metrics).handlers(),
            **SignalCommands(typing).handlers(),
            **SessionCommands(directory, tools).handlers(),
            **AccountCommands(directory, passwords, limiter, tools).handlers(),
            **MarkCommands(
                directory, marking, finder, states, fences, shards, tools.clock
            ).handlers(),
            **PersonalCommands(directory, marking, finder, fences, shards).handlers(),
        }

    async def perform(self, who: Identity, command: AnyCommand) -> bytes:
        """Return the answer. Raises refusals, LogUnavailable, StoreUnavailable and Fenced."""
        try:
            return await self._perform(who, command)
        except Fenced as fenced:
            await self._fences.refresh(fenced.shard)
            return await self._perform(who, command)

    async def _perform(self, who: Identity, command: AnyCommand) -> bytes:
        result = await self.handlers[type(command)](who, command)
        return result if isinstance(result, bytes) else codec.encode_ok(command.ref, result)
