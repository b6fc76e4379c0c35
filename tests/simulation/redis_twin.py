"""A twin of what Parley uses of one Redis server, its function library included, in plain Python.

Owns: the data of a server, and the commands and functions that read and change it, each at once.
`test_redis_twin.py` holds it equal to `parley/stream/library.lua`.
Never: connections, time and faults (`redis_server.py`).

Arguments are what `parley.stream.redis_log` passes, answers what redis-py returns for them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from redis.exceptions import OutOfMemoryError, ResponseError

Publish = Callable[[str, bytes], None]
Answer = Any
"""What redis-py would return: bytes, int, or lists of them."""

_FIRST_ENTRY, _ENTRY_ARGS = 5, 8
_MARK_ARGS = 3
# Functions that add, and so fail when the memory is full.
_ADDING = frozenset({"seed", "append", "mark"})


@dataclass(slots=True)
class Stream:
    """A stream whose ids are `number-0`."""

    ids: list[int] = field(default_factory=list)
    items: list[dict[bytes, bytes]] = field(default_factory=list)
    last: int = 0

    def add(self, number: int, fields: dict[bytes, bytes]) -> None:
        """XADD."""
        if number <= self.last:
            raise ResponseError("The ID specified in XADD is equal or smaller than the top item")
        self.ids.append(number)
        self.items.append(fields)
        self.last = number

    def remove(self, number: int) -> None:
        """XDEL."""
        at = self.ids.index(number)
        del self.ids[at], self.items[at]

    def since(self, first: int, limit: int | None = None) -> list[tuple[int, dict[bytes, bytes]]]:
        """XRANGE from `first` on."""
        start = bisect_left(self.ids, first)
        end = None if limit is None else start + limit
        return list(zip(self.ids[start:end], self.items[start:end], strict=True))

    def trim(self, first: int) -> list[dict[bytes, bytes]]:
        """XTRIM MINID; returns what went."""
        end = bisect_left(self.ids, first)
        gone = self.items[:end]
        del self.ids[:end], self.items[:end]
        return gone

    def copy(self) -> Stream:
        return Stream(self.ids.copy(), self.items.copy(), self.last)


@dataclass(slots=True)
class EntryArgs:
    """One draft in the arguments of `append`."""

    authority: int
    counts: bool
    fact: bool
    kind: str
    target: int
    key: str
    digest: str
    body: bytes


def entries_in(args: Sequence[Any]) -> list[EntryArgs]:
    """Return the drafts that `append` is called with."""
    return [
        EntryArgs(int(args[i]), args[i + 1] == 1, args[i + 2] == 1, *args[i + 3 : i + _ENTRY_ARGS])
        for i in range(_FIRST_ENTRY, len(args), _ENTRY_ARGS)
    ]


class RedisTwin:
    """One server's data. `publish` is told what it publishes.

    `identity` is the server's own; None for an embedded one, which keeps it among its keys.
    """

    def __init__(self, identity: str | None, publish: Publish) -> None:
        self.identity = identity
        self.has_library = False
        self.is_full = False
        self.appends = 0
        """How often a stream may have grown."""
        self._publish = publish
        self._keys: dict[str, Any] = {}

    # --- plain commands --------------------------------------------------------------------

    def load_library(self) -> None:
        """FUNCTION LOAD."""
        self.has_library = True

    def fcall(self, name: str, count: int, *rest: Any) -> Answer:
        """FCALL."""
        if not self.has_library:
            raise ResponseError("Function not found")
        function = name.removeprefix("parley1_")
        if self.is_full and function in _ADDING:
            raise OutOfMemoryError("command not allowed when used memory > 'maxmemory'")
        self.appends += function == "append"
        keys, args = rest[:count], rest[count:]
        return getattr(self, f"_{function}")(keys, args)

    def xread(self, streams: dict[str, str], count: int) -> Answer:
        """XREAD, without waiting."""
        found = []
        for key, after in streams.items():
            stream = self._keys.get(key)
            if stream is None:
                continue
            items = stream.since(int(after.split("-")[0]) + 1, count)
            if items:
                found.append([key.encode(), [(b"%d-0" % i, fields) for i, fields in items]])
        return found

    def smembers(self, key: str) -> set[bytes]:
        """SMEMBERS."""
        return {member.encode() for member in self._keys.get(key, ())}

    def hget(self, key: str, field: str) -> bytes | None:
        """HGET."""
        value: str | None = self._keys.get(key, {}).get(field)
        return None if value is None else value.encode()

    def hgetall(self, key: str) -> dict[bytes, bytes]:
        """HGETALL."""
        held: dict[str, str] = self._keys.get(key, {})
        return {field.encode(): value.encode() for field, value in held.items()}

    def unlink(self, *keys: str) -> int:
        """UNLINK."""
        return sum(self._keys.pop(key, None) is not None for key in keys)

    def spublish(self, channel: str, message: bytes) -> int:
        """SPUBLISH."""
        self._publish(channel, message)
        return 0

    def info_memory(self) -> dict[str, int]:
        """INFO memory."""
        return {"maxmemory": 100, "used_memory": 99 if self.is_full else 10}

    # --- what happens to a whole server ----------------------------------------------------

    def flush(self) -> None:
        """FLUSHALL: the function library stays."""
        self._keys.clear()

    def snapshot(self) -> dict[str, Any]:
        """Return a copy of everything that is kept."""
        return {
            key: value if isinstance(value, str) else value.copy()
            for key, value in self._keys.items()
        }

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Take over what a copy holds."""
        self._keys = snapshot

    def be_another(self, identity: str) -> None:
        """Be another server from now on: no generation was begun here."""
        self.identity = identity

    def hear(self, channel: str) -> None:
        """Pass on what is published on a channel: here it always is."""

    @property
    def backlog(self) -> int:
        """How many entries wait in all ingest streams of the open generations."""
        return sum(
            len(stream.ids)
            for key, stream in self._keys.items()
            if key.endswith(":ingest") and self._is_current(key)
        )

    def _is_current(self, ingest_key: str) -> bool:
        tag, generation = ingest_key.removeprefix("parley:").split(":")[:2]
        fence = self._keys.get(f"parley:{tag}:fence", "")
        return bool(fence.split(" ")[0] == generation)

    # --- the function library, in the order of library.lua ---------------------------------

    def _is_open(self, keys: Sequence[str], fence: str) -> bool:
        if self._keys.get(keys[0]) != fence:
            return False
        return fence.split(" ", 1)[1] == self._server_identity(keys)

    def _server_identity(self, keys: Sequence[str]) -> str:
        if self.identity is None:
            return str(self._keys.get(keys[1], ""))
        return self.identity

    def _hash(self, key: str) -> dict[Any, Any]:
        held: dict[str, Any] = self._keys.setdefault(key, {})
        return held

    def _stream(self, key: str) -> Stream:
        held: Stream = self._keys.setdefault(key, Stream())
        return held

    def _state(self, keys: Sequence[str], _: Sequence[Any]) -> Answer:
        fence: str = self._keys.get(keys[0], "")
        return [fence.encode(), self._server_identity(keys).encode()]

    def _begin(self, keys: Sequence[str], args: Sequence[Any]) -> Answer:
        held: str | None = self._keys.get(keys[0])
        generation, identity = args[0].split(" ", 1)
        if held is not None and int(held.split(" ")[0]) >= int(generation):
            return 0
        if self.identity is None:
            self._keys[keys[1]] = identity
        elif identity != self.identity:
            return 0
        self._keys[keys[0]] = args[0]
        return 1

    def _seed(self, keys: Sequence[str], args: Sequence[Any]) -> Answer:
        fence, room, drops, seq, n, authority = args
        if not self._is_open(keys, fence):
            return b"fence"
        if held := self._keys.get(keys[4]):
            held["authority"] = max(held["authority"], int(authority))
            return b"ok"
        if self._keys.get(keys[2], {}).get("drops", 0) != int(drops):
            return b"dropped"
        self._keys[keys[4]] = {
            "seq": int(seq),
            "n": int(n),
            "authority": int(authority),
            "stored": int(seq),
        }
        self._keys.setdefault(keys[3], set()).add(room)
        return b"ok"

    def _append(self, keys: Sequence[str], args: Sequence[Any]) -> Answer:
        fence, room, channel, now, gateway = args[:5]
        if not self._is_open(keys, fence):
            return [b"fence"]
        held = self._keys.get(keys[4])
        if held is None:
            return [b"unseeded"]
        entries = entries_in(args)
        generation = int(fence.split(" ")[0])
        return [
            b"ok",
            *(
                self._append_one(keys, held, e, generation, room, channel, now, gateway)
                for e in entries
            ),
        ]

    def _append_one(
        self,
        keys: Sequence[str],
        held: dict[str, int],
        entry: EntryArgs,
        generation: int,
        room: str,
        channel: str,
        now: int,
        gateway: str,
    ) -> Answer:
        sent = self._hash(keys[6])
        settled = _settled(sent, self._keys.get(keys[7], {}), held["authority"], entry)
        if settled is not None:
            if not sent:
                del self._keys[keys[6]]
            return settled
        held["seq"] += 1
        held["n"] += entry.counts
        held["authority"] = max(held["authority"], entry.authority)
        place = (held["seq"], held["n"], int(now))
        record = b"%d %d %d %d %b" % (generation, *place, entry.body)
        counters = self._hash(keys[2])
        counters["ingest"] = counters.get("ingest", 0) + 1
        key = entry.key.encode()
        ingest = {b"m": room.encode(), b"k": key, b"r": record, b"g": gateway.encode()}
        self._stream(keys[3]).add(counters["ingest"], ingest)
        fields = {b"k": key, b"r": record}
        if entry.kind == "delete":
            self._redact(keys, entry.target, place)
        if entry.kind == "edit":
            fields[b"t"] = b"%d" % entry.target
        self._stream(keys[5]).add(held["seq"], fields)
        sent[entry.key] = (place, entry.digest)
        self._publish(channel, b"E " + record)
        return [b"new", *(b"%d" % number for number in place)]

    def _redact(self, keys: Sequence[str], target: int, place: tuple[int, int, int]) -> None:
        redacted, sent = self._hash(keys[7]), self._hash(keys[6])
        redacted[target] = (place, "", b"")
        recent = self._keys.get(keys[5], _EMPTY)
        for seq, fields in recent.since(target):
            if seq == target or fields.get(b"t") == b"%d" % target:
                recent.remove(seq)
                key = fields[b"k"].decode()
                reason = b"deleted" if seq == target else b"withdrawn"
                redacted[seq] = (place, key, _stone(fields[b"r"], key, reason))
                if key in sent:
                    sent[key] = (sent[key][0], "")

    def _positions(self, keys: Sequence[str], args: Sequence[Any]) -> Answer:
        if not self._is_open(keys, args[0]):
            return [b"fence"]
        drops = self._keys.get(keys[2], {}).get("drops", 0)
        ingest = self._keys.get(keys[3])
        rooms = (self._keys.get(key) for key in keys[4:])
        return [
            b"ok",
            b"%d" % drops,
            len(ingest.ids) if ingest is not None else 0,
            *([room["seq"], room["n"], room["stored"]] if room else [] for room in rooms),
        ]

    def _recent(self, keys: Sequence[str], args: Sequence[Any]) -> Answer:
        fence, after, limit = args
        if not self._is_open(keys, fence):
            return [b"fence"]
        held = self._keys.get(keys[2])
        if held is None:
            return [b"unseeded"]
        recent = self._keys.get(keys[3], _EMPTY)
        found = {seq: fields[b"r"] for seq, fields in recent.since(int(after) + 1, int(limit))}
        redacted = self._keys.get(keys[4], {})
        found |= {seq: record for seq, (_, key, record) in redacted.items() if key and seq > after}
        records = [found[seq] for seq in sorted(found)[: int(limit)]]
        return [b"ok", held["seq"], held["n"], held["stored"], records]

    def _find(self, keys: Sequence[str], args: Sequence[Any]) -> Answer:
        if not self._is_open(keys, args[0]):
            return [b"fence"]
        earlier = self._keys.get(keys[2], {}).get(args[1])
        if earlier is None:
            return [b"unknown"]
        place, digest = earlier
        return [b"found", *place, digest.encode()]

    def _stored(self, keys: Sequence[str], args: Sequence[Any]) -> Answer:
        if not self._is_open(keys, args[0]):
            return b"fence"
        generation, through, keep = int(args[0].split(" ")[0]), int(args[1]), int(args[2])
        if keys[2] in self._keys:
            self._stream(keys[2]).trim(through + 1)
        rooms = zip(keys[3::4], keys[4::4], keys[5::4], keys[6::4], strict=True)
        told = zip(args[3::2], args[4::2], strict=True)
        for (room_key, *kept), (channel, seq) in zip(rooms, told, strict=True):
            held = self._keys.get(room_key)
            if held is not None and seq > held["stored"]:
                held["stored"] = seq
                self._trim_recent(*kept, bound=min(seq, held["seq"] - keep))
                self._publish(channel, b"S %d %d" % (generation, seq))
        return b"ok"

    def _trim_recent(
        self, recent_key: str, sent_key: str, redacted_key: str, *, bound: int
    ) -> None:
        if bound < 1 or recent_key not in self._keys:
            return
        sent, redacted = self._keys.get(sent_key, {}), self._keys.get(redacted_key, {})
        for seq, (place, key, _) in list(redacted.items()):
            if (seq if key else place[0]) <= bound:
                del redacted[seq]
                sent.pop(key, None)
        if not redacted:
            self._keys.pop(redacted_key, None)
        for fields in self._stream(recent_key).trim(bound + 1):
            sent.pop(fields[b"k"].decode(), None)
        if not sent:
            self._keys.pop(sent_key, None)

    def _drop(self, keys: Sequence[str], args: Sequence[Any]) -> Answer:
        fence, room = args
        if not self._is_open(keys, fence):
            return b"fence"
        held = self._keys.get(keys[4])
        if held is not None and held["seq"] != held["stored"]:
            return b"busy"
        counters = self._hash(keys[2])
        counters["drops"] = counters.get("drops", 0) + 1
        self.unlink(*keys[4:8])
        live = self._keys.get(keys[3], set())
        live.discard(room)
        if not live:
            self._keys.pop(keys[3], None)
        return b"ok"

    def _mark(self, keys: Sequence[str], args: Sequence[Any]) -> Answer:
        """Marks stay for ever here: no run is as long as they are kept."""
        fence, room, _ = args[:3]
        if not self._is_open(keys, fence):
            return [b"fence"]
        log = self._keys.get(keys[2])
        if log is None:
            return [b"unseeded"]
        answer = [b"ok"]
        for i in range(3, len(args), _MARK_ARGS):
            who, delivered, read = args[i], int(args[i + 1]), int(args[i + 2])
            reach = self._raise_mark(
                keys[3], who, min(delivered, log["seq"]), min(read, log["seq"])
            )
            if reach is not None:
                self._hash(keys[4])[f"{room} {who}"] = reach
                answer += [who.encode(), reach.encode()]
        return answer

    def _raise_mark(self, key: str, who: str, delivered: int, read: int) -> str | None:
        """Keep the greatest; return what is held now, None if it was so before."""
        marks = self._keys.get(key, {})
        held: str = marks.get(who, "0 0")
        had_delivered, had_read = map(int, held.split(" "))
        read = max(read, had_read)
        delivered = max(delivered, had_delivered, read)
        reach, account = f"{delivered} {read}", who.split(" ")[0]
        if read > int(marks.get(account, "0")):
            self._hash(key)[account] = f"{read}"
        if reach == held:
            return None
        self._hash(key)[who] = reach
        return reach

    def _marks_written(self, keys: Sequence[str], args: Sequence[Any]) -> Answer:
        unwritten = self._keys.get(keys[0], {})
        gone = 0
        for field_, value in zip(args[::2], args[1::2], strict=True):
            if unwritten.get(field_) == value:
                del unwritten[field_]
                gone += 1
        if not unwritten:
            self._keys.pop(keys[0], None)
        return gone


_EMPTY = Stream()


def _stone(record: bytes, key: str, reason: bytes) -> bytes:
    """Return the record that keeps the place and the name of one that was deleted."""
    *place, _ = record.split(b" ", 4)
    author, cmid = key.encode().split(b":", 1)
    body = b'{"author":"%b","cmid":"%b","content":{"kind":"stone","reason":"%b"}}'
    return b" ".join([*place, body % (author, cmid, reason)])


def _settled(
    sent: dict[str, Any], redacted: dict[int, Any], authority: int, entry: EntryArgs
) -> Answer:
    """Return an entry's earlier outcome or its refusal; None if it is to be appended."""
    earlier = sent.get(entry.key)
    if earlier is not None:
        place, digest = earlier
        if digest not in ("", entry.digest):
            return [b"conflict"]
        return [b"seen", *(b"%d" % number for number in place)]
    if not entry.fact and entry.authority < authority:
        return [b"stale", b"%d" % authority]
    if entry.target in redacted:
        place = redacted[entry.target][0]
        return [b"seen", *(b"%d" % n for n in place)] if entry.kind == "delete" else [b"gone"]
    return None
