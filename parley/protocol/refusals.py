"""Every reason for which a command is refused, and every code with which a socket is closed.

Owns: the one list. A refusal is an exception inside a gateway and an `error` on the wire.
Never: what led to it; whoever raises one passes the offending value.
"""

from enum import IntEnum
from typing import Any, ClassVar


class CloseCode(IntEnum):
    """Why a gateway closed a socket. 1xxx are RFC 6455's; 4xxx are Parley's own."""

    NORMAL = 1000
    BINARY_FRAME = 1003
    TOO_BIG = 1009
    INTERNAL_ERROR = 1011
    RESTARTING = 1012  # reconnect, to any gateway, after the delay in `reconnect`
    TRY_LATER = 1013
    HELLO_TIMEOUT = 4001
    NOT_UNDERSTOOD = 4002  # before signing in, what is not understood also ends the connection
    SIGN_IN_REFUSED = 4003
    SIGNED_OUT = 4004  # this device's session has ended: sign in again
    SLOW_READER = 4008  # reconnect and resume


class Refusal(Exception):
    """A command was refused, and had no effect.

    `retry` says that the same command may succeed later. `unavailable` alone leaves open whether
    the command had its effect, since an answer of the database or of Redis may have been lost;
    every command may be repeated, and then has its effect once.
    """

    code: ClassVar[str]
    retry: ClassVar[bool] = False
    retry_after_ms: int = 0
    """Before so many milliseconds the same command would be refused again."""
    rights: int = 0
    """The number that a `send` to the room has to name from now on; see `RightsChanged`."""
    explanation: ClassVar[str]
    """What happened and what to do next; `{0!r}` is the offending value."""

    def __init__(self, *values: Any) -> None:
        super().__init__(*values)
        self.values = values

    def __str__(self) -> str:
        return self.explanation.format(*self.values)


class NotUnderstood(Refusal):
    code = "not_understood"
    explanation = "the frame is not a command of parley.v1: {0}"


class UnknownType(Refusal):
    code = "unknown_type"
    explanation = "this server knows no command of type {0!r}; it may be older than the client"


class NotSignedIn(Refusal):
    code = "not_signed_in"
    explanation = "{0!r} needs an identity: say hello, sign_in or sign_up first"


class AlreadySignedIn(Refusal):
    code = "already_signed_in"
    explanation = "this connection has its identity: open another one for {0!r}"


class SignInRefused(Refusal):
    code = "sign_in_refused"
    explanation = "wrong user name or password"


class CodeNeeded(Refusal):
    code = "code_needed"
    explanation = "this account has a second factor: sign in again, with its current code as well"


class CodeRefused(Refusal):
    code = "code_refused"
    explanation = "the code is wrong, or was used before: wait for the next one"


class TokenRefused(Refusal):
    code = "token_refused"
    explanation = "the token is not, or no longer, valid: sign in again"


class SignUpClosed(Refusal):
    code = "sign_up_closed"
    explanation = "this server takes no new accounts ({0}): ask its operator for one"


class InvalidInvitation(Refusal):
    code = "invalid_invitation"
    explanation = "the invitation is not, or no longer, valid: ask for another one"


class InvalidUserName(Refusal):
    code = "invalid_user_name"
    explanation = "{0!r} cannot be a user name: {1}"


class UserNameTaken(Refusal):
    code = "user_name_taken"
    explanation = "the user name {0!r} is taken: choose another, or sign in if it is yours"


class InvalidDisplayName(Refusal):
    code = "invalid_display_name"
    explanation = "{0!r} cannot be a display name: {1}"


class InvalidPassword(Refusal):
    code = "invalid_password"
    explanation = "the password cannot be used: {0}"


class InvalidProfile(Refusal):
    code = "invalid_profile"
    explanation = "{0!r} cannot be used in a profile: {1}"


class WrongPassword(Refusal):
    code = "wrong_password"
    explanation = "the password is not this account's: it is the one that you sign in with"


class SecondFactorSet(Refusal):
    code = "second_factor_set"
    explanation = "the account has a second factor already: turn it off first"


class NoSecondFactor(Refusal):
    code = "no_second_factor"
    explanation = "no second factor is being set up: begin again"


class UnknownSession(Refusal):
    code = "unknown_session"
    explanation = "you have no session {0!r}: list your sessions again"


class UnknownPerson(Refusal):
    code = "unknown_person"
    explanation = "there is nobody with the id {0!r}: find them by name"


class CannotMessage(Refusal):
    code = "cannot_message"
    explanation = "no messages pass between you and {0!r} at present"


class CannotBlock(Refusal):
    code = "cannot_block"
    explanation = "you cannot block yourself"


class UnknownRoom(Refusal):
    code = "unknown_room"
    explanation = "there is no room {0!r}, or it is not open to you"


class NotAMember(Refusal):
    code = "not_a_member"
    explanation = "you are not in the room {0!r}: join it first"


class InvalidRoomName(Refusal):
    code = "invalid_room_name"
    explanation = "{0!r} cannot be a room's name: {1}"


class InvalidRoomText(Refusal):
    code = "invalid_room_text"
    explanation = "{0!r} cannot describe a room: {1}"


class RoomNameTaken(Refusal):
    code = "room_name_taken"
    explanation = "there is a room named {0!r} already: join it, or choose another name"


class CannotLeave(Refusal):
    code = "cannot_leave"
    explanation = "everyone is in {0!r}; it cannot be left"


class NotAllowed(Refusal):
    code = "not_allowed"
    explanation = "in the room {0!r} you may not {1}: ask one of its owners"


class LastOwner(Refusal):
    code = "last_owner"
    explanation = "the room {0!r} would have no owner: make somebody else its owner first"


class TooManyRooms(Refusal):
    code = "too_many_rooms"
    explanation = "you are in {0} rooms already: leave one first"


class TooManyInvites(Refusal):
    code = "too_many_invites"
    explanation = "the room {0!r} has {1} invitations already: revoke one first"


class NotInRoom(Refusal):
    code = "not_in_room"
    explanation = "{0!r} is not in the room {1!r}: list its members again"


class Banned(Refusal):
    code = "banned"
    explanation = "{0!r} is banned from the room {1!r}: somebody who runs it can lift that"


class RoomFull(Refusal):
    code = "room_full"
    explanation = "the room {0!r} takes no more than {1} people: somebody has to leave it first"


class EmptyText(Refusal):
    code = "empty_text"
    explanation = "a message needs at least one visible character"


class TextTooLong(Refusal):
    code = "text_too_long"
    explanation = "the text has {0} bytes in UTF-8; at most {1} are taken: send it in parts"


class UnknownMessage(Refusal):
    code = "unknown_message"
    explanation = "the message {0!r} is not in the room, or was deleted"


class TooLate(Refusal):
    code = "too_late"
    explanation = "a message can be {0} within {1} hours of its sending, and no longer"


class InvalidEmoji(Refusal):
    code = "invalid_emoji"
    explanation = "{0!r} is not one emoji"


class InvalidSearch(Refusal):
    code = "invalid_search"
    explanation = "{0!r} cannot be searched for: {1}"


class Conflict(Refusal):
    code = "conflict"
    explanation = "the id {0!r} was used for a different message: use a new one"


class SetAside(Refusal):
    code = "set_aside"
    explanation = "the message could not be stored and was set aside: {0}"


class GenerationChanged(Refusal):
    code = "generation_changed"
    retry = True
    explanation = "room {0!r} has begun generation {1}: resume it, then send again"


class RightsChanged(Refusal):
    code = "rights_changed"
    retry = True
    explanation = "you have gained a right in room {0!r} since: name it, and send again"

    def __init__(self, room: str, *, rights: int = 0) -> None:
        super().__init__(room)
        self.rights = rights


class Unavailable(Refusal):
    code = "unavailable"
    retry = True
    explanation = "{0} cannot be reached just now: try again shortly"


class InternalError(Refusal):
    code = "internal_error"
    retry = True
    explanation = "the server made a mistake, which its operator can find in the log"


class Overloaded(Refusal):
    code = "overloaded"
    retry = True
    explanation = "the server is catching up and takes no new messages just now: try again shortly"


class TooManyRequests(Refusal):
    code = "too_many_requests"
    retry = True
    explanation = "too many {0} just now: wait a little, then try again"

    def __init__(self, what: str, *, retry_after_ms: int = 0) -> None:
        super().__init__(what)
        self.retry_after_ms = retry_after_ms


def _all(base: type[Refusal]) -> dict[str, type[Refusal]]:
    return {refusal.code: refusal for refusal in base.__subclasses__()}


REFUSALS: dict[str, type[Refusal]] = _all(Refusal)
"""Every refusal by its code."""
