"""The bytes that a gateway writes.

Owns: the WebSocket frame around a message, made once however many readers it has.
Never: the socket, and what a message says.
"""

from parley.protocol import codec
from parley.protocol.entry import Entry, event_json
from parley.protocol.events import ServerMessage

_FINAL_TEXT = 0x81
_LENGTH_16, _LENGTH_64 = 126, 127


def frame(payload: bytes) -> bytes:
    """Return an unmasked, final text frame (RFC 6455, 5.2)."""
    size = len(payload)
    if size < _LENGTH_16:
        return bytes((_FINAL_TEXT, size)) + payload
    if size < 1 << 16:
        return bytes((_FINAL_TEXT, _LENGTH_16)) + size.to_bytes(2) + payload
    return bytes((_FINAL_TEXT, _LENGTH_64)) + size.to_bytes(8) + payload


def message_frame(message: ServerMessage) -> bytes:
    """Return the frame of a message."""
    return frame(codec.encode(message))


def event_frame(room: str, entry: Entry) -> bytes:
    """Return the frame of an entry, spliced around its body."""
    return frame(event_json(room, entry))
