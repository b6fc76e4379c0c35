"""What can go wrong for who uses the SDK, as a tree of exceptions that keep the offending values.

Owns: every exception that `parley.client` raises on purpose; `str()` is a sentence for a person.
Never: the list of refusals; a server's own words and code travel in `Refused`.

    ParleyError
    ├── ConnectionFailed    the server was not reached, or is none of Parley's
    ├── ConnectionLost      a command may or may not have been carried out
    ├── SignInFailed        the server did not accept the account, the password or the token
    ├── SignedOut           this device's session has ended
    ├── Refused             a command, or a message, had no effect
    ├── RoomNotFound        no room of that name is open to this person
    ├── PersonNotFound      nobody of that user name can be found
    ├── OutboxOfAnother     the outbox keeps unsent messages of another account
    ├── ChatClosed          the chat was closed meanwhile
    ├── ClientFault         an error in the SDK itself
    └── FolderError         the folder that keeps the outbox cannot be used
        ├── FolderInUse         another process has it open
        └── FolderUnusable      not readable, not writable, or of a newer version
"""

from pathlib import Path


class ParleyError(Exception):
    """Anything that the SDK raises on purpose."""


class ConnectionFailed(ParleyError):
    """No connection to a Parley server could be made at `url`."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(url, reason)
        self.url, self.reason = url, reason

    def __str__(self) -> str:
        return f"cannot connect to {self.url}: {self.reason}"


class ConnectionLost(ParleyError):
    """The connection ended before the answer: look whether the command took effect."""

    def __init__(self, command: str) -> None:
        super().__init__(command)
        self.command = command

    def __str__(self) -> str:
        return f"the connection was lost before {self.command!r} was answered: look, then try again"


class SignInFailed(ParleyError):
    """The server refused the sign-up or sign-in; trying the same again will not help."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message

    def __str__(self) -> str:
        return self.message


class SignedOut(ParleyError):
    """This device's session has ended. What was not sent yet is kept in the outbox's folder."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"signed out ({self.reason}): sign in again"


class Refused(ParleyError):
    """A command had no effect. `retry` says whether the same one may succeed later."""

    def __init__(self, code: str, message: str, retry: bool) -> None:
        super().__init__(code, message, retry)
        self.code, self.message, self.retry = code, message, retry

    def __str__(self) -> str:
        return self.message


class RoomNotFound(ParleyError):
    """There is no room of this name, or it is not open to this person."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"there is no room {self.name!r} that is open to you"


class PersonNotFound(ParleyError):
    """There is nobody of this user name, or they cannot be found."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"there is nobody with the user name {self.name!r}"


class OutboxOfAnother(ParleyError):
    """Messages that wait to be sent were written under another account than the one signed in."""

    def __init__(self, owner: str, waiting: int) -> None:
        super().__init__(owner, waiting)
        self.owner, self.waiting = owner, waiting

    def __str__(self) -> str:
        return (
            f"the outbox keeps {self.waiting} messages of another account, {self.owner!r}:"
            " sign in as that one, or choose another folder"
        )


class ChatClosed(ParleyError):
    """The chat was closed. A message that waited stays in the outbox, if it has a folder."""

    def __str__(self) -> str:
        return "the chat is closed"


class ClientFault(ParleyError):
    """The SDK, or what it was given to run on, has failed: a fault to be reported."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(cause)
        self.cause = cause

    def __str__(self) -> str:
        return f"Parley's client has a fault: {type(self.cause).__name__}: {self.cause}"


class FolderError(ParleyError):
    """The folder that should keep the outbox cannot be used."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(folder, reason)
        self.folder, self.reason = folder, reason

    def __str__(self) -> str:
        return f"the folder {self.folder} cannot be used: {self.reason}"


class FolderInUse(FolderError):
    """Another process has the folder open."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "another Parley client has it open; close it, or choose another")


class FolderUnusable(FolderError):
    """The folder cannot be made, read or written, or a newer version of Parley wrote it."""
