"""What the command line of `parley chat` asks for.

Owns: the options as values.
Never: reading them; that is `parley.chat.command`'s.
"""

from dataclasses import dataclass, field
from pathlib import Path

from parley.protocol.ids import LOBBY


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """One start of `parley chat`."""

    url: str
    user: str | None = None
    """None: the one who is known here, or whoever answers the question."""
    password: str | None = field(default=None, repr=False)
    """None: asked for, where it is needed and somebody is there."""
    sign_up: bool = False
    code: str = ""
    """To sign up: an invitation, where the server asks for one. To sign in: the second factor's."""
    room: str = LOBBY
    """By id or name."""
    dm: str | None = None
    """To whom to talk alone, by user name, instead of in a room."""
    follow: bool = False
    json: bool = False
    history: int | None = None
    """How many entries to print first; None: none, or a few for a person at a terminal."""
    data_dir: Path = Path()
    """Where sessions are kept, one folder for each server and user."""
    folder: Path | None = None
    """Where this session is kept, instead."""
