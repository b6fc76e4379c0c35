"""How the gateway and the logger do their work.

Owns: what one process may choose for itself: its times, its sizes, whom it lets in.
Never: what all processes must be told alike (`parley.settings.rooms`).
"""

# ruff: noqa: RUF009 - the calls in the dataclasses return fields, as `field` itself does

from dataclasses import dataclass
from typing import Literal

from parley.settings import variables
from parley.settings.declaring import setting
from parley.settings.limits import LimitOptions
from parley.settings.variables import Network

# Who may make an account: anyone, whoever is invited, or nobody.
SignUp = Literal["open", "invite", "closed"]


@dataclass(frozen=True)
class GatewayOptions:
    """How a gateway treats its clients."""

    sign_up: SignUp = setting(
        "PARLEY_SIGN_UP",
        variables.one_of(SignUp),
        "invite",
        "Who may make an account: open (anyone), invite (who has a code) or closed (nobody); "
        "`parley serve` on a loopback address: open",
    )
    origins: tuple[str, ...] = setting(
        "PARLEY_ORIGINS",
        variables.ORIGINS,
        "",
        "Origins from which browsers may connect, such as `https://chat.example.org`, separated "
        "by commas; if empty, the server's own host alone",
    )
    trusted_proxies: tuple[Network, ...] = setting(
        "PARLEY_TRUSTED_PROXIES",
        variables.NETWORKS,
        "",
        "Addresses and networks whose `X-Forwarded-For` is believed, separated by commas",
    )
    heartbeat_seconds: float = setting(
        "PARLEY_HEARTBEAT_SECONDS",
        variables.seconds(0.1, 60),
        "5",
        "Seconds between heartbeats; a lost event is noticed within one",
    )
    hello_seconds: float = setting(
        "PARLEY_HELLO_SECONDS",
        variables.seconds(0.1, 60),
        "5",
        "Seconds in which a new connection has to shake hands, and then to say who it is",
    )
    slow_reader_bytes: int = setting(
        "PARLEY_SLOW_READER_BYTES",
        variables.whole(65_536, 1_048_576),
        "393216",
        "Bytes of the gateway's memory that a stalled reader may hold before it is told to "
        "reconnect",
    )
    fanout_ms: int = setting(
        "PARLEY_FANOUT_MS",
        variables.whole(0, 1000),
        "8",
        "Milliseconds for which a room's events are gathered, at most, where a gateway writes a "
        "lot; longer in rooms of many hundred readers",
    )
    resume_events: int = setting(
        "PARLEY_RESUME_EVENTS",
        variables.whole(1, 100_000),
        "1000",
        "Most events that a resume replays for a room; beyond it the room starts afresh",
    )
    drain_seconds: float = setting(
        "PARLEY_DRAIN_SECONDS",
        variables.seconds(0, 300),
        "10",
        "Seconds in which a stopping gateway lets its clients go",
    )
    hashing_threads: int = setting(
        "PARLEY_HASHING_THREADS",
        variables.whole(1, 64),
        "2",
        "Threads that check passwords; each takes 19 MiB of memory",
    )
    edit_hours: int = setting(
        "PARLEY_EDIT_HOURS",
        variables.whole(0, 876_000),
        "24",
        "Hours within which people can edit what they have said; 0: never",
    )
    delete_hours: int = setting(
        "PARLEY_DELETE_HOURS",
        variables.whole(0, 876_000),
        "48",
        "Hours within which people can delete for everyone what they have said; 0: never. Who runs "
        "a group or channel always can",
    )
    limits: LimitOptions = LimitOptions()


@dataclass(frozen=True)
class LoggerOptions:
    """How a logger stores the stream."""

    lease_seconds: float = setting(
        "PARLEY_LEASE_SECONDS",
        variables.seconds(1, 300),
        "10",
        "Seconds after which the shards of a logger that has died are taken over",
    )
    batch_entries: int = setting(
        "PARLEY_BATCH_ENTRIES",
        variables.whole(1, 10_000),
        "2000",
        "Most entries that the logger stores in one transaction",
    )
    audit_days: int = setting(
        "PARLEY_AUDIT_DAYS",
        variables.whole(0, 36_500),
        "365",
        "Days for which the audit log keeps what concerns safety, and the database sessions that "
        "have ended; 0: for ever",
    )
