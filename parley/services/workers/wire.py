"""What a parent and its workers tell each other: JSON objects, one on each line.

Owns: the messages and their form.
Never: when they are told.
"""

from collections.abc import Mapping

from msgspec import Struct, json


class Assignment(Struct, frozen=True, tag="assignment"):
    """The first line to a worker: who it is."""

    number: int
    """From 1 on. One that is started in the place of another has the same."""
    port: int
    folder: str
    """Where all workers keep what they count."""


class Crew(Struct, frozen=True, tag="crew"):
    """How the others are. Told whenever it changes."""

    processes: Mapping[str, int]
    """The process of the parent and of each worker, by name."""
    is_complete: bool
    """Whether all workers are ready."""


class Stop(Struct, frozen=True, tag="stop"):
    """To a worker: let your clients go, and end."""


class Ready(Struct, frozen=True, tag="ready"):
    """To the parent: this worker takes clients."""


class AdministratorCode(Struct, frozen=True, tag="administrator_code"):
    """To the parent: the code of the first administrator, to be shown this once."""

    code: str


class CannotWork(Struct, frozen=True, tag="cannot_work"):
    """To the parent: this worker ends, since something has to be mended first."""

    reason: str


ToWorker = Assignment | Crew | Stop
FromWorker = Ready | AdministratorCode | CannotWork

decode_to_worker = json.Decoder(ToWorker).decode
decode_from_worker = json.Decoder(FromWorker).decode


def line(message: ToWorker | FromWorker) -> bytes:
    """Return a message as a line."""
    return json.encode(message) + b"\n"
