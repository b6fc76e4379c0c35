"""From frames to messages and back.

Owns: the JSON form of every message, and the refusal that each kind of bad input meets.
Never: sizes (the reader of the socket knows them first) and what a message means.
"""

from typing import Any

import msgspec

from parley.protocol import keys_once
from parley.protocol.commands import AnyCommand, Result
from parley.protocol.content import Content
from parley.protocol.entry import decode_content
from parley.protocol.events import Error, Event, Ok, ServerMessage
from parley.protocol.keys_once import RepeatedKey
from parley.protocol.limits import INTEGER_MAX
from parley.protocol.refusals import NotUnderstood, Refusal, UnknownType
from parley.protocol.states import State


class UnknownContent(msgspec.Struct, frozen=True):
    """Content of a kind that this version does not know: shown as such, never as an error."""

    kind: str


class _Envelope(msgspec.Struct):
    """What can still be read of a frame that is no message."""

    type: Any = None
    ref: Any = None


class _LenientEvent(msgspec.Struct, frozen=True):
    room: str
    generation: int
    seq: int
    n: int
    time: int
    author: str | None
    cmid: str | None
    content: msgspec.Raw


class EncodedPage(msgspec.Struct, frozen=True):
    """A `Page` whose events are JSON already."""

    room: str
    generation: int
    events: list[msgspec.Raw]
    more: bool
    first: int
    last: int
    around: int
    more_after: bool
    as_of: int
    states: list[State]
    quoted: list[State]


_encoder = msgspec.json.Encoder()
_command_decoder: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand)
_message_decoder: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(ServerMessage)
_envelope_decoder = msgspec.json.Decoder(_Envelope)
_COMMAND_TYPES = frozenset(command.__struct_config__.tag for command in AnyCommand.__args__)


class BadFrame(Exception):
    """A frame that is no command: the refusal, and the `ref` if one could be read."""

    def __init__(self, refusal: Refusal, ref: int | None) -> None:
        super().__init__(refusal, ref)
        self.refusal, self.ref = refusal, ref


def decode_command(frame: str | bytes) -> AnyCommand:
    """Return the command in a client's frame. Raises BadFrame."""
    try:
        command = _command_decoder.decode(frame)
        keys_once.decoded(frame if isinstance(frame, str) else frame.decode())
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise _bad_frame(frame, error) from None
    return command


def _bad_frame(frame: str | bytes, error: Exception) -> BadFrame:
    reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
    try:
        envelope = _envelope_decoder.decode(frame)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return BadFrame(NotUnderstood(reason), None)
    is_known = _is_ref(envelope.ref) and not (isinstance(error, RepeatedKey) and error.key == "ref")
    ref = envelope.ref if is_known else None
    if isinstance(envelope.type, str) and envelope.type not in _COMMAND_TYPES:
        return BadFrame(UnknownType(envelope.type[:64]), ref)
    return BadFrame(NotUnderstood(reason), ref)


def _is_ref(value: Any) -> bool:
    return type(value) is int and 0 <= value <= INTEGER_MAX


def encode(message: AnyCommand | ServerMessage) -> bytes:
    """Return the frame of a message."""
    return _encoder.encode(message)


def encode_ok(ref: int, result: Result) -> bytes:
    """Return the answer to a command that was carried out."""
    return _encoder.encode(Ok(ref, msgspec.Raw(_encoder.encode(result))))


def encode_page(ref: int, page: EncodedPage) -> bytes:
    """Return the answer to `history`."""
    return _encoder.encode(Ok(ref, msgspec.Raw(_encoder.encode(page))))


def encode_error(ref: int | None, refusal: Refusal) -> bytes:
    """Return the answer to a command that was refused."""
    return _encoder.encode(
        Error(
            ref,
            refusal.code,
            str(refusal),
            refusal.retry,
            refusal.retry_after_ms,
            refusal.rights,
        )
    )


def decode_server_message(frame: str | bytes) -> ServerMessage | None:
    """Return the message in a gateway's frame; None if this version does not know its type.

    An event whose content is of an unknown kind comes with `UnknownContent`.
    Raises msgspec.DecodeError if the frame is no message at all.
    """
    try:
        return _message_decoder.decode(frame)
    except msgspec.ValidationError:
        envelope = _envelope_decoder.decode(frame)
        if envelope.type != Event.__struct_config__.tag:
            return None
        event = msgspec.json.decode(frame, type=_LenientEvent)
        content = _lenient_content(event.content)
        return Event(
            event.room,
            event.generation,
            event.seq,
            event.n,
            event.time,
            event.author,
            event.cmid,
            content,  # type: ignore[arg-type]
        )


def _lenient_content(raw: msgspec.Raw) -> Content | UnknownContent:
    """Return the content; what was derived from it may be of a form that is not known."""
    try:
        return decode_content(raw)
    except msgspec.ValidationError:
        return msgspec.json.decode(raw, type=UnknownContent)


def decode_result(raw: msgspec.Raw, result_type: type[Result]) -> Result:
    """Return an answer's result in the form that the command asked for."""
    return msgspec.json.decode(raw, type=result_type)
