"""The command line of `parley admin`.

Owns: its commands and options, what has to be confirmed, and the exit codes: 0, it is done; 1, it
is not, and why; 2, no server is there, or something is missing.
Never: what a command does; a running server does it (`parley.admin.work`).
"""

import getpass
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer

from parley.admin import printing, wire
from parley.admin.asking import NotDone, ServerAway, ask
from parley.protocol.commands import Sessions
from parley.settings import AdminSettings, InvalidSetting, environment_with
from parley.store.records import AccountRow, RoomRow

_NOT_DONE, _CANNOT_BEGIN = 1, 2
_DAY_MS = 24 * 3_600_000

Answer = TypeVar("Answer")

Json = Annotated[bool, typer.Option("--json", help="Print each row as a JSON object on its line.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")]
User = Annotated[str, typer.Argument(help="A user name.")]
RoomId = Annotated[str, typer.Argument(help="A room's id.")]
Matching = Annotated[str, typer.Argument(help="Only those with this in their names.")]

admin = typer.Typer(no_args_is_help=True, help="Look after a server that runs.")
users = typer.Typer(no_args_is_help=True, help="The people who have an account.")
rooms = typer.Typer(no_args_is_help=True, help="The rooms, whoever is in them.")
sessions = typer.Typer(no_args_is_help=True, help="The devices on which people are signed in.")
invites = typer.Typer(no_args_is_help=True, help="Invitations to sign up.")
for name, group in (
    ("users", users),
    ("rooms", rooms),
    ("sessions", sessions),
    ("invites", invites),
):
    admin.add_typer(group, name=name)


@admin.callback()
def _settings(
    context: typer.Context,
    data_dir: Annotated[
        str | None, typer.Option(help="Where the server keeps its data, if not in the usual place.")
    ] = None,
) -> None:
    """Look after a server that runs, on the machine or in the container in which it runs."""
    try:
        environment = environment_with({"PARLEY_DATA_DIR": data_dir})
        context.obj = AdminSettings.from_environment(environment)
    except InvalidSetting as error:
        _fail(str(error), _CANNOT_BEGIN)


# --- users ---------------------------------------------------------------------------------


@users.command("list")
def list_users(context: typer.Context, matching: Matching = "", json: Json = False) -> None:
    """List accounts, by user name."""
    printing.show(_all_users(context, matching), printing.USERS, as_json=json)


@users.command("create")
def create_user(
    context: typer.Context,
    user: User,
    display_name: Annotated[str, typer.Option(help="What others see; else the user name.")] = "",
    is_admin: Annotated[bool, typer.Option("--admin", help="Make it an administrator's.")] = False,
    json: Json = False,
) -> None:
    """Make an account. Its password is asked for, or PARLEY_PASSWORD."""
    request = wire.CreateUser(user, _password(context, user), display_name, is_admin)
    made = _ask(context, request, AccountRow)
    printing.show([made], printing.USERS, as_json=json)


@users.command("disable")
def disable_user(context: typer.Context, user: User, yes: Yes = False, json: Json = False) -> None:
    """Shut somebody out, and sign all their devices out."""
    _confirm(f"Shut {user} out?", yes)
    disabled = _ask(context, wire.SetDisabled(user, disabled=True), AccountRow)
    printing.show([disabled], printing.USERS, as_json=json)


@users.command("enable")
def enable_user(context: typer.Context, user: User, json: Json = False) -> None:
    """Let somebody in again who was shut out."""
    enabled = _ask(context, wire.SetDisabled(user, disabled=False), AccountRow)
    printing.show([enabled], printing.USERS, as_json=json)


@users.command("reset-password")
def reset_password(context: typer.Context, user: User, yes: Yes = False) -> None:
    """Give somebody another password, and sign all their devices out."""
    _confirm(f"Give {user} another password?", yes)
    request = wire.ResetPassword(user, _password(context, user))
    ended = _ask(context, request, wire.Ended)
    typer.echo(f"The password is changed; devices signed out: {ended.sessions}")


@users.command("remove-second-factor")
def remove_second_factor(
    context: typer.Context, user: User, yes: Yes = False, json: Json = False
) -> None:
    """Let somebody sign in by password alone who has lost the second factor and its codes."""
    _confirm(f"Take the second factor from {user}?", yes)
    changed = _ask(context, wire.DisableTotp(user), AccountRow)
    printing.show([changed], printing.USERS, as_json=json)


@users.command("make-admin")
def make_admin(
    context: typer.Context,
    user: User,
    undo: Annotated[bool, typer.Option("--undo", help="Take it back.")] = False,
    json: Json = False,
) -> None:
    """Make somebody an administrator of the server."""
    made = _ask(context, wire.SetAdmin(user, is_admin=not undo), AccountRow)
    printing.show([made], printing.USERS, as_json=json)


# --- rooms ---------------------------------------------------------------------------------


@rooms.command("list")
def list_rooms(context: typer.Context, matching: Matching = "", json: Json = False) -> None:
    """List rooms, by id: direct ones and closed ones as well."""
    printing.show(_all_rooms(context, matching), printing.ROOMS, as_json=json)


@rooms.command("show")
def show_room(context: typer.Context, room: RoomId, json: Json = False) -> None:
    """Show one room. What is said in it is not for administrators."""
    shown = _ask(context, wire.ShowRoom(room), RoomRow)
    printing.show([shown], printing.ROOMS, as_json=json)


@rooms.command("close")
def close_room(context: typer.Context, room: RoomId, yes: Yes = False, json: Json = False) -> None:
    """Close a room for everybody. It cannot be opened again."""
    _confirm(f"Close {room} for good?", yes)
    closed = _ask(context, wire.CloseRoom(room), RoomRow)
    printing.show([closed], printing.ROOMS, as_json=json)


# --- sessions ------------------------------------------------------------------------------


@sessions.command("list")
def list_sessions(context: typer.Context, user: User, json: Json = False) -> None:
    """List the devices on which somebody is signed in."""
    found = _ask(context, wire.ListSessions(user), Sessions)
    printing.show(found.sessions, printing.SESSIONS, as_json=json)


@sessions.command("revoke")
def revoke_sessions(
    context: typer.Context,
    user: User,
    session: Annotated[str | None, typer.Argument(help="A session's id; else all.")] = None,
    yes: Yes = False,
) -> None:
    """Sign one of somebody's devices out, or all."""
    if session is None:
        _confirm(f"Sign {user} out everywhere?", yes)
    ended = _ask(context, wire.RevokeSessions(user, session), wire.Ended)
    typer.echo(f"Devices signed out: {ended.sessions}")


# --- invitations ---------------------------------------------------------------------------


@invites.command("create")
def create_invite(
    context: typer.Context,
    uses: Annotated[int, typer.Option(min=1, help="How many may sign up by it.")] = 1,
    days: Annotated[int, typer.Option(min=0, help="How long it lasts; 0: for ever.")] = 7,
    json: Json = False,
) -> None:
    """Make an invitation. Its code is shown this once."""
    made = _ask(context, wire.CreateInvitation(uses, days * _DAY_MS), wire.NewInvitation)
    if json:
        printing.show([made], (), as_json=True)
    else:
        typer.echo(f"Give this to whom you invite:  parley chat URL --sign-up --code {made.code}")


@invites.command("list")
def list_invites(context: typer.Context, json: Json = False) -> None:
    """List the invitations that are still valid."""
    found = _ask(context, wire.ListInvitations(), wire.Invitations)
    printing.show(found.invitations, printing.INVITATIONS, as_json=json)


@invites.command("revoke")
def revoke_invite(
    context: typer.Context, invitation: Annotated[str, typer.Argument(help="Its id.")]
) -> None:
    """Make an invitation void."""
    _ask(context, wire.RevokeInvitation(invitation), wire.Nothing)
    typer.echo("The invitation is void.")


# --- what has happened ---------------------------------------------------------------------


@admin.command("audit")
def list_events(
    context: typer.Context,
    user: Annotated[str | None, typer.Argument(help="Only what concerns this user.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="The latest so many.")] = 100,
    json: Json = False,
) -> None:
    """List what has happened to the safety of accounts, rooms and the server, the latest first."""
    printing.show(_latest_events(context, user, limit), printing.EVENTS, as_json=json)


# --- inside --------------------------------------------------------------------------------


def _ask(context: typer.Context, request: wire.Request, answer: type[Answer]) -> Answer:
    try:
        return ask(_socket(context), request, answer)
    except ServerAway as away:
        _fail(str(away), _CANNOT_BEGIN)
    except NotDone as not_done:
        _fail(str(not_done), _NOT_DONE)


def _socket(context: typer.Context) -> Path:
    settings: AdminSettings = context.obj
    return settings.admin_socket


def _all_users(context: typer.Context, query: str) -> Iterator[AccountRow]:
    after: str | None = ""
    while after is not None:
        page = _ask(context, wire.ListUsers(query, after), wire.Users)
        yield from page.users
        after = page.next


def _all_rooms(context: typer.Context, query: str) -> Iterator[RoomRow]:
    after: str | None = ""
    while after is not None:
        page = _ask(context, wire.ListRooms(query, after), wire.Rooms)
        yield from page.rooms
        after = page.next


def _latest_events(context: typer.Context, user: str | None, limit: int) -> Iterator[wire.Event]:
    before: int | None = None
    while limit > 0:
        page = _ask(context, wire.ListEvents(limit, user, before), wire.Events)
        yield from page.events
        limit -= len(page.events)
        before = page.next
        if before is None:
            return


def _confirm(question: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        _fail("this has to be confirmed: say so with --yes", _CANNOT_BEGIN)
    if not typer.confirm(question):
        _fail("nothing has changed", _NOT_DONE)


def _password(context: typer.Context, user: str) -> str:
    settings: AdminSettings = context.obj
    if settings.password is not None:
        return settings.password.reveal()
    if not sys.stdin.isatty():
        _fail(f"set PARLEY_PASSWORD to the new password of {user!r}", _CANNOT_BEGIN)
    while True:
        first = getpass.getpass(f"New password for {user}: ")
        if first == getpass.getpass("The same again: "):
            return first
        typer.echo("These were two different ones.")


def _fail(sentence: str, code: int) -> NoReturn:
    typer.echo(f"parley: {sentence}", err=True)
    raise typer.Exit(code)
