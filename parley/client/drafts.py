"""What may be sent, or followed, at all.

Owns: refusing at once what no server can take. Kept in the outbox, such a message would end each
connection anew; among the rooms to resume, a name that is no id would spoil the whole command.
Never: what only a server can know.
"""

import msgspec

from parley.client.errors import Refused, RoomNotFound
from parley.domain.messages import normalised
from parley.protocol.codec import BadFrame, decode_command, encode
from parley.protocol.commands import Send
from parley.protocol.content import Sendable
from parley.protocol.ids import Id
from parley.protocol.limits import INTEGER_MAX
from parley.protocol.refusals import Refusal


def checked_content(room: str, cmid: str, content: Sendable) -> Sendable:
    """Return content as it is logged. Raises Refused if it, or the room's id, cannot be sent."""
    try:
        content = normalised(content)
        _check_frame(room, cmid, content)
    except BadFrame as bad:
        raise _refused(bad.refusal) from None
    except Refusal as refusal:
        raise _refused(refusal) from None
    return content


def checked_room(room: str) -> str:
    """Return a room's id. Raises RoomNotFound if it cannot be one."""
    try:
        return msgspec.convert(room, Id)
    except msgspec.ValidationError:
        raise RoomNotFound(room) from None


def _check_frame(room: str, cmid: str, content: Sendable) -> None:
    # The largest frame that this message can become is one that a server understands.
    decode_command(
        encode(
            Send(
                ref=INTEGER_MAX,
                room=room,
                cmid=cmid,
                content=content,
                generation=INTEGER_MAX,
                resend=True,
            )
        )
    )


def _refused(refusal: Refusal) -> Refused:
    return Refused(refusal.code, str(refusal), refusal.retry)
