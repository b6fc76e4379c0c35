"""A refusal of the server in a person's words.

Owns: a sentence for each refusal whose own words name a room, a person or a message by its id.
Never: what was refused.
"""

from parley.protocol import refusals

_WORDS = {
    refusals.Banned.code: (
        "who is banned from this room cannot come in: somebody who runs it can lift that"
    ),
    refusals.CannotLeave.code: "everyone is in this room: it cannot be left",
    refusals.CannotMessage.code: "no messages pass between the two of you at present",
    refusals.LastOwner.code: ("the room would have no owner: make somebody else its owner first"),
    refusals.NotAllowed.code: "you may not do this in this room: ask one of its owners",
    refusals.NotAMember.code: "you are no longer in this room",
    refusals.NotInRoom.code: "they are not in this room any more",
    refusals.RoomFull.code: "the room is full: somebody has to leave it first",
    refusals.TooManyInvites.code: "the room has all the invitations it may have: revoke one first",
    refusals.UnknownMessage.code: "the message is not in the room, or was deleted",
    refusals.UnknownRoom.code: "there is no such room any more, or it is not open to you",
    refusals.UnknownSession.code: "that device is not signed in any more",
}


def in_words(code: str, message: str) -> str:
    """Return what to tell of a refusal; where its own words will do, those."""
    return _WORDS.get(code, message)
