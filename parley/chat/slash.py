"""What a person types: something to say, or a command that begins with a slash.

Owns: the list of commands, with their help, and reading what was typed.
Never: doing it (`parley.chat.screen` and the modules that it names).
"""

from dataclasses import dataclass

HISTORY_LINES = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A command. What it takes: nothing, something (`NAME`), or perhaps something (`[N]`)."""

    name: str
    takes: str
    help: str

    @property
    def usage(self) -> str:
        """Return what to type."""
        return f"/{self.name} {self.takes}".rstrip()


COMMANDS: dict[str, tuple[Entry, ...]] = {
    "Talking": (
        Entry("reply", "[N] TEXT", "answer the last message, or the Nth from the end"),
        Entry("edit", "TEXT", "say your last message otherwise"),
        Entry("delete", "[N]", "delete your last message for everyone, or the Nth from the end"),
        Entry("react", "EMOJI [N]", "put an emoji to the last message, or the Nth from the end"),
        Entry("unreact", "EMOJI [N]", "take an emoji back"),
        Entry("versions", "[N]", "what a message has said before"),
        Entry("pins", "", "what is pinned here"),
        Entry("pin-message", "[N]", "pin a message for everyone"),
        Entry("unpin-message", "[N]", "have it pinned no longer"),
        Entry("seen", "[N]", "who has received and read the last message, or the Nth"),
        Entry("star", "[N]", "star a message for yourself"),
        Entry("unstar", "[N]", "take that back"),
        Entry("starred", "", "what you have starred"),
        Entry("hide", "[N]", "delete a message for yourself alone"),
        Entry("history", "[N]", f"print the last N lines ({HISTORY_LINES})"),
        Entry("search", "TEXT", "find what was said in this room"),
        Entry("searchall", "TEXT", "find what was said in any of your rooms"),
        Entry("who", "", "who has spoken here lately"),
        Entry("help", "", "this list"),
        Entry("quit", "", "stop; what is not sent yet is sent next time"),
    ),
    "Rooms": (
        Entry("rooms", "", "list your rooms, and those that are open to all"),
        Entry("join", "NAME", "go to a room; join it if need be"),
        Entry("dm", "USER", "talk to one person alone"),
        Entry("group", "NAME", "make a group, for those whom you add"),
        Entry("create", "NAME", "make a channel, open to all"),
        Entry("accept", "CODE", "join the room that an invitation leads to"),
        Entry("leave", "", "leave this room"),
    ),
    "This room": (
        Entry("info", "", "what there is to know of it"),
        Entry("members", "[TEXT]", "who is in it"),
        Entry("add", "USER...", "put people into it"),
        Entry("remove", "USER", "take somebody out"),
        Entry("ban", "USER", "take somebody out, and keep them out"),
        Entry("unban", "USER", "let somebody come back"),
        Entry("bans", "", "who is kept out"),
        Entry("role", "USER ROLE", "make somebody an owner, an admin or a member"),
        Entry("transfer", "USER", "make somebody its owner in your place"),
        Entry("rename", "NAME", "give it another name"),
        Entry("topic", "[TEXT]", "say what it is about; nothing clears it"),
        Entry("describe", "[TEXT]", "say more; nothing clears it"),
        Entry("readonly", "on|off", "let only owners and admins speak, in a channel"),
        Entry("invite", "[USES] [DAYS]", "make an invitation"),
        Entry("invites", "", "list its invitations"),
        Entry("revoke", "CODE", "make an invitation void"),
        Entry("close", "", "close it for everybody, for good"),
        Entry("mute", "[HOURS]", "have it muted, for good or for a while"),
        Entry("unmute", "", "have it muted no longer"),
        Entry("pin", "", "keep it at the top of your list"),
        Entry("unpin", "", "let it stand where its name does"),
        Entry("unread", "", "mark it as unread"),
        Entry("notify", "all|mentions|nothing", "of which messages you want to be told"),
        Entry("archive", "", "keep it out of sight"),
        Entry("unarchive", "", "bring it back into sight"),
    ),
    "People": (
        Entry("find", "TEXT", "find people by a part of their names"),
        Entry("whois", "USER", "what somebody tells about themselves"),
        Entry("presence", "USER", "whether somebody is here, and hear when that changes"),
        Entry("block", "USER", "have nothing to do with somebody"),
        Entry("unblock", "USER", "take that back"),
        Entry("blocks", "", "whom you have blocked"),
    ),
    "Yourself": (
        Entry("profile", "[name|about|zone TEXT]", "see or change what others see of you"),
        Entry("quiet", "FROM TO|off", "the hours in which nobody disturbs you"),
        Entry("receipts", "on|off", "let others see what you have read, and see it of them"),
        Entry("devices", "", "list the devices on which you are signed in"),
        Entry("signout", "DEVICE|others", "sign a device out, or all others"),
        Entry("password", "", "change your password"),
        Entry("totp", "on|off", "ask for a code as well, when you sign in"),
        Entry("delete-account", "", "delete your account, for good"),
    ),
}

_BY_NAME = {entry.name: entry for entries in COMMANDS.values() for entry in entries}
_COLUMN = 2 + max(len(entry.usage) for entry in _BY_NAME.values())


def _help() -> str:
    lines = ["//... says something that begins with a slash."]
    for subject, entries in COMMANDS.items():
        lines.append(f"{subject}:")
        lines += [f"  {entry.usage:<{_COLUMN}}{entry.help}" for entry in entries]
    return "\n".join(lines)


HELP = _help()


@dataclass(frozen=True, slots=True)
class Say:
    """Say this in the room."""

    text: str


@dataclass(frozen=True, slots=True)
class Do:
    """Carry out one of the commands, with what was typed after its name."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Not to be done; `why` tells the person what was expected."""

    why: str


Typed = Say | Do | Unclear


def read(line: str) -> Typed | None:
    """Return what a line asks for; None if it is blank."""
    line = line.strip()
    if not line:
        return None
    if not line.startswith("/") or line.startswith("//"):
        return Say(line.removeprefix("/") if line.startswith("//") else line)
    name, _, argument = line[1:].partition(" ")
    return _command(name.casefold(), argument.strip())


def _command(name: str, argument: str) -> Do | Unclear:
    entry = _BY_NAME.get(name)
    if entry is None:
        return Unclear(f"there is no command /{name}; /help lists them")
    if argument and not entry.takes:
        return Unclear(f"/{name} needs nothing after it")
    if not argument and entry.takes and not entry.takes.startswith("["):
        return Unclear(f"type {entry.usage}")
    return Do(name, argument)
