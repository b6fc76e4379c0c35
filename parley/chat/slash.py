"""What a person types: something to say, or a command that begins with a slash.

Owns: reading it.
Never: doing it (`parley.chat.screen`).
"""

from dataclasses import dataclass

HISTORY_LINES = 20

HELP = f"""\
/rooms           list your rooms, and those that are open to all
/join NAME       go to a room; join it if need be
/create NAME     make a room and go there
/leave           leave this room
/who             who has spoken here lately
/history [N]     print the last N lines ({HISTORY_LINES})
/quit            stop; what is not sent yet is sent next time
//...            say something that begins with a slash"""


@dataclass(frozen=True, slots=True)
class Say:
    """Say this in the room."""

    text: str


@dataclass(frozen=True, slots=True)
class Join:
    """Go to a room."""

    room: str


@dataclass(frozen=True, slots=True)
class Create:
    """Make a room."""

    name: str


@dataclass(frozen=True, slots=True)
class ShowHistory:
    """Print earlier lines."""

    lines: int


@dataclass(frozen=True, slots=True)
class Plain:
    """A command without an argument: rooms, leave, who, help or quit."""

    name: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """Not to be done; `why` tells the person what was expected."""

    why: str


Typed = Say | Join | Create | ShowHistory | Plain | Unclear

_PLAIN = frozenset({"rooms", "leave", "who", "help", "quit"})


def read(line: str) -> Typed | None:
    """Return what a line asks for; None if it is blank."""
    line = line.strip()
    if not line:
        return None
    if not line.startswith("/") or line.startswith("//"):
        return Say(line.removeprefix("/") if line.startswith("//") else line)
    name, _, argument = line[1:].partition(" ")
    return _command(name.casefold(), argument.strip())


def _command(name: str, argument: str) -> Typed:
    match name, argument:
        case (("join" | "create"), ""):
            return Unclear(f"/{name} needs the name of a room")
        case "join", room:
            return Join(room)
        case "create", room:
            return Create(room)
        case "history", "":
            return ShowHistory(HISTORY_LINES)
        case "history", lines if lines.isascii() and lines.isdigit() and int(lines):
            return ShowHistory(int(lines))
        case "history", _:
            return Unclear("/history needs a number of lines, or nothing")
        case plain, "" if plain in _PLAIN:
            return Plain(plain)
        case plain, _ if plain in _PLAIN:
            return Unclear(f"/{plain} needs nothing after it")
        case _:
            return Unclear(f"there is no command /{name}; /help lists them")
