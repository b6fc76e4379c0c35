"""How much one person, one device, one address may ask for.

Owns: the limits, where they are counted, and the refusal of who exceeds them.
Never: how a bucket works (`parley.stream.rates`), and sockets that are open (`gateway.sockets`).

What a client does on its connection is decided here at once, in this gateway's own buckets, so
that no message waits for a question to Redis. What was spent is told to Redis every half second,
in one round trip for all clients, and answered with what all gateways have counted together. A
person with connections at several gateways may so exceed a limit, once and by as much as one period
at each. Signing in and up is asked of Redis each time.

Without Redis each gateway counts for itself.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import structlog

from gateway.addresses import place
from parley.protocol.refusals import TooManyRequests
from parley.stream.log import LogUnavailable
from parley.stream.rate_limits import Attempts, RateLimits
from parley.stream.rates import Bucket, Buckets, Rate

log = structlog.get_logger()

# Of an account's name, hashed: enough that no two meet.
_NAME_DIGITS = 32


@dataclass(frozen=True)
class Traffic:
    """What one subject may do on its connections; None is no limit."""

    commands: Rate | None = None
    messages: Rate | None = None
    size: Rate | None = None
    """Bytes of commands, the text of messages included."""


@dataclass(frozen=True)
class Rates:
    """Every limit that is counted over time; None is no limit."""

    connections: Rate | None = None
    """New connections from an address."""
    sign_in: Rate | None = None
    """Attempts to sign in from an address."""
    sign_up: Rate | None = None
    """Attempts to sign up from an address."""
    attempts: Attempts | None = None
    """Attempts to sign in to one account."""
    user: Traffic = Traffic()
    device: Traffic = Traffic()
    address: Traffic = Traffic()


class Limiter:
    """The limits of one gateway's clients. `clock` gives milliseconds that never go back."""

    def __init__(self, rates: Rates, shared: RateLimits, clock: Callable[[], float]) -> None:
        self._rates, self._shared = rates, shared
        self._buckets = Buckets(clock)
        self._spent: Counter[Bucket] = Counter()

    async def sign_in(self, address: str, user_name: str) -> None:
        """Count an attempt to sign in, whether or not there is such an account.

        Raises TooManyRequests.
        """
        await self._take(_address(address), "sign_in", self._rates.sign_in, "attempts to sign in")
        await self.prove(user_name)

    async def prove(self, user_name: str) -> None:
        """Count an attempt to give an account's password, on a connection that it has or wants.

        Raises TooManyRequests.
        """
        attempts = self._rates.attempts
        if attempts is not None:
            wait = await self._attempt(_account(user_name), attempts)
            if wait:
                raise TooManyRequests("attempts to sign in", retry_after_ms=wait)

    async def signed_in(self, user_name: str) -> None:
        """The password was right: forget the failed attempts before."""
        if self._rates.attempts is not None:
            try:
                await self._shared.forgive(_account(user_name))
            except LogUnavailable as error:
                log.info("attempts_not_forgotten", error=str(error))

    async def sign_up(self, address: str) -> None:
        """Count an attempt to sign up. Raises TooManyRequests."""
        await self._take(_address(address), "sign_up", self._rates.sign_up, "attempts to sign up")

    def connect(self, address: str) -> int:
        """Count a new connection and return 0, or return the milliseconds to wait."""
        rate = self._rates.connections
        if rate is None:
            return 0
        return self.spend({Bucket(_address(address), "connections", rate): 1})

    def allowance(self, account: str, session: str, address: str) -> "Allowance":
        """Return what a connection may do."""
        subjects = (
            (f"user:{account}", "", self._rates.user),
            # A device is its person's, so that one call to Redis counts both.
            (f"user:{account}", f":{session}", self._rates.device),
            (_address(address), "", self._rates.address),
        )
        return Allowance(
            self.spend,
            commands=_buckets("commands", [(s, d, t.commands) for s, d, t in subjects]),
            messages=_buckets("messages", [(s, d, t.messages) for s, d, t in subjects]),
            size=_buckets("bytes", [(s, d, t.size) for s, d, t in subjects]),
        )

    def spend(self, wanted: dict[Bucket, int]) -> int:
        """Take from this gateway's buckets, as `Buckets.take`; Redis is told later."""
        wait = self._buckets.take(wanted)
        if not wait:
            self._spent.update(wanted)
        return wait

    async def settle(self) -> None:
        """Tell Redis what was spent here, and learn what was spent elsewhere."""
        self._buckets.tidy()
        spent, self._spent = self._spent, Counter()
        if not spent:
            return
        try:
            debts = await self._shared.charge(spent)
        except LogUnavailable as error:
            log.info("limits_not_shared", error=str(error))
            return
        for bucket, debt in debts.items():
            self._buckets.owe(bucket, debt)

    async def _take(self, subject: str, what: str, rate: Rate | None, shown: str) -> None:
        if rate is None:
            return
        wanted = {Bucket(subject, what, rate): 1}
        wait = self._buckets.take(wanted)
        if not wait:
            try:
                wait = await self._shared.take(wanted)
            except LogUnavailable as error:
                log.info("limits_not_shared", error=str(error))
        if wait:
            raise TooManyRequests(shown, retry_after_ms=wait)

    async def _attempt(self, subject: str, attempts: Attempts) -> int:
        try:
            return await self._shared.attempt(subject, attempts)
        except LogUnavailable as error:
            log.info("limits_not_shared", error=str(error))
        # The same at its slowest, without memory of what failed.
        rate = Rate(attempts.free, attempts.free * attempts.longest_pause_ms / 1000)
        return self._buckets.take({Bucket(subject, "sign_in", rate): 1})


class Allowance:
    """What one connection may do, beside the others of its person and of its address."""

    def __init__(
        self,
        spend: Callable[[dict[Bucket, int]], int],
        *,
        commands: tuple[Bucket, ...],
        messages: tuple[Bucket, ...],
        size: tuple[Bucket, ...],
    ) -> None:
        self._spend = spend
        self._commands, self._messages, self._size = commands, messages, size

    def spend(self, size: int, *, is_message: bool) -> None:
        """Count a command of so many bytes. Raises TooManyRequests, and then counts nothing."""
        wanted = dict.fromkeys(self._commands, 1)
        wanted |= dict.fromkeys(self._size, size)
        if is_message:
            wanted |= dict.fromkeys(self._messages, 1)
        wait = self._spend(wanted)
        if wait:
            what = "messages" if is_message else "commands"
            raise TooManyRequests(what, retry_after_ms=wait)


def _address(address: str) -> str:
    return f"address:{place(address)}"


def _account(user_name: str) -> str:
    """Return a subject for a name that need not exist, and may be anything."""
    return f"account:{sha256(user_name.encode(errors='replace')).hexdigest()[:_NAME_DIGITS]}"


def _buckets(what: str, limits: list[tuple[str, str, Rate | None]]) -> tuple[Bucket, ...]:
    return tuple(
        Bucket(subject, what + part, rate) for subject, part, rate in limits if rate is not None
    )
