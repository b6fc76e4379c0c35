"""What may enter the outbox at all.

Owns: refusing, before anything is kept, what no server can take: such a message would not be
answered but end the connection, again and again.
Never: what only a server can know.
"""

from parley.client.errors import Refused
from parley.domain.text import message_text
from parley.protocol.codec import BadFrame, decode_command, encode
from parley.protocol.commands import Send
from parley.protocol.content import Text
from parley.protocol.limits import INTEGER_MAX
from parley.protocol.refusals import Refusal


def checked_text(room: str, cmid: str, text: str) -> Text:
    """Return the text as content. Raises Refused if it, or the room's id, cannot be sent."""
    try:
        content = Text(message_text(text))
        _check_frame(room, cmid, content)
    except BadFrame as bad:
        raise _refused(bad.refusal) from None
    except Refusal as refusal:
        raise _refused(refusal) from None
    return content


def _check_frame(room: str, cmid: str, content: Text) -> None:
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
