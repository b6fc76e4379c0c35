"""Asking a person who they are.

Owns: the questions, and that a password is never shown and never read from what is piped in.
Never: whether the answers are right; the server knows.
"""

import getpass
import sys
from pathlib import Path
from typing import Protocol

# Where a person is, even if the standard input is a pipe (POSIX).
_TERMINAL = Path("/dev/tty")


class CannotAsk(Exception):
    """Something has to be asked and nobody is there; `str()` says how to give it instead."""


class Asker(Protocol):
    """Somebody who can be asked."""

    is_patient: bool
    """Whether a refused answer is followed by another try."""

    def user_name(self, known: list[str]) -> str:
        """Return a user name. Raises CannotAsk."""

    def password(self, user: str, *, new: bool) -> str:
        """Return a password, a `new` one asked for twice. Raises CannotAsk."""

    def code(self, user: str) -> str:
        """Return the present code of somebody's second factor. Raises CannotAsk."""

    def invitation(self) -> str:
        """Return the code of an invitation; empty if there is none. Raises CannotAsk."""

    def confirms(self, question: str) -> bool:
        """Return whether the person says yes."""

    def tell(self, sentence: str) -> None:
        """Say something to the person."""


class TerminalAsker:
    """A person at the terminal that the program reads from."""

    is_patient = True

    def user_name(self, known: list[str]) -> str:
        if known:
            self.tell(f"Known here: {', '.join(known)}")
        return _answer("User name: ")

    def password(self, user: str, *, new: bool) -> str:
        if not new:
            return getpass.getpass(f"Password for {user}: ")
        while True:
            first = getpass.getpass(f"New password for {user}: ")
            if first == getpass.getpass("The same again: "):
                return first
            self.tell("These were two different ones.")

    def code(self, user: str) -> str:
        return _answer(f"Code for {user}, from the authenticator app: ")

    def invitation(self) -> str:
        return _answer("Invitation (nothing to stop): ")

    def confirms(self, question: str) -> bool:
        return _answer(f"{question} [y/N] ").casefold() in ("y", "yes")

    def tell(self, sentence: str) -> None:
        print(sentence)


class PipeAsker:
    """Nobody reads what is printed; somebody may sit at the controlling terminal."""

    is_patient = False

    def user_name(self, known: list[str]) -> str:
        raise CannotAsk("say who you are with --user NAME")

    def password(self, user: str, *, new: bool) -> str:
        # Without a terminal, getpass would read the password from the messages.
        if not _has_terminal():
            raise CannotAsk(f"set PARLEY_PASSWORD to the password of {user!r}")
        return getpass.getpass(f"Password for {user}: ")

    def code(self, user: str) -> str:
        raise CannotAsk(f"give the present code of {user!r} with --code")

    def invitation(self) -> str:
        raise CannotAsk("give the invitation with --code")

    def confirms(self, question: str) -> bool:
        return False

    def tell(self, sentence: str) -> None:
        print(f"parley: {sentence}", file=sys.stderr)


def _answer(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:
        raise CannotAsk("nobody answers") from None


def _has_terminal() -> bool:
    try:
        with _TERMINAL.open():
            return True
    except OSError:
        return False
