"""People who use `parley chat` in a pipe.

Owns: their processes, and what these printed.
Never: the SDK; everything goes through the command, as it would for anyone. No session outlives its
process, so none is mixed up with those of this machine's owner.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.compose.deployment import CommandFailed

PASSWORD = "correct horse battery staple"
# A line is stored in well under a second; this allows for a gateway or Redis that was just lost.
CHAT_SECONDS = 120.0

# One line of `parley chat --json`.
Line = dict[str, Any]


class Chat:
    """One running `parley chat`; what still runs at the end of its block is ended."""

    def __init__(self, url: str, user: str, *options: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="parley-chat-")
        command = [sys.executable, "-m", "parley", "chat", url, "--user", user, "--room", "lobby"]
        self._command = (*command, "--folder", str(Path(self._folder.name) / "session"), *options)
        self._printed = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed by __exit__
        self._process = subprocess.Popen(
            self._command,
            env=os.environ | {"PARLEY_PASSWORD": PASSWORD},
            stdin=subprocess.PIPE,
            stdout=self._printed,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()
        self._printed.close()
        self._folder.cleanup()

    def say(self, text: str) -> None:
        """Type one line."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{text}\n")
        self._process.stdin.flush()

    def finish(self) -> None:
        """End the input and wait until all that was said is stored. Raises CommandFailed."""
        _, said = self._process.communicate(timeout=CHAT_SECONDS)
        if self._process.returncode != 0:
            raise CommandFailed(self._command, self._process.returncode, said)

    def ended(self) -> tuple[int, str]:
        """Return how it ended by itself, and what it said of it, once it has."""
        _, said = self._process.communicate(timeout=CHAT_SECONDS)
        return self._process.returncode, said

    def texts(self, topic: str) -> list[str]:
        """Return the messages on screen that begin with the topic, in their order."""
        return [line["text"] for line in self._screen_and_taken_back(topic)[0]]

    def taken_back(self, topic: str) -> list[str]:
        """Return the messages that were on screen until it was known that they are lost."""
        return [line["text"] for line in self._screen_and_taken_back(topic)[1]]

    def _screen_and_taken_back(self, topic: str) -> tuple[list[Line], list[Line]]:
        screen: list[Line] = []
        taken_back: list[Line] = []
        for line in self._lines():
            match line["type"]:
                case "message" if line["text"].startswith(topic):
                    screen.append(line)
                case "retracted":
                    taken_back += [shown for shown in screen if is_lost(shown, line)]
                    screen = [shown for shown in screen if not is_lost(shown, line)]
        return screen, taken_back

    def _lines(self) -> list[Line]:
        self._printed.seek(0)
        return [json.loads(line) for line in self._printed if line.endswith("\n")]


def is_lost(shown: Line, retraction: Line) -> bool:
    """Whether a message is of the end that its generation has lost."""
    beyond: bool = shown["seq"] > retraction["after"]
    return beyond and shown["generation"] < retraction["generation"]


def sign_up(url: str, user: str, *options: str) -> None:
    """Make an account, and greet the lobby from it. Raises CommandFailed."""
    with Chat(url, user, "--sign-up", *options) as chat:
        chat.say(f"{user} is here")
        chat.finish()


def follow(url: str, user: str) -> Chat:
    """Print what arrives for someone, for as long as the block lasts."""
    return Chat(url, user, "--follow", "--json")


def history(url: str, user: str, topic: str) -> list[str]:
    """Return what is stored about a topic."""
    with Chat(url, user, "--history", "500", "--json") as chat:
        chat.finish()
        return chat.texts(topic)
