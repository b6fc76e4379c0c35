"""The command line of `parley chat`.

Owns: its options and their explanations.
Never: what they lead to (`parley.chat.app`).
"""

from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from parley.chat.app import CANNOT_BEGIN, run_chat
from parley.chat.options import ChatOptions
from parley.protocol.ids import LOBBY
from parley.settings import ChatSettings, InvalidSetting, environment_with

DEFAULT_URL = "http://127.0.0.1:8080"


def chat_command(
    url: Annotated[str, typer.Argument(help="The server's address.")] = DEFAULT_URL,
    user: Annotated[str | None, typer.Option(help="Who you are.")] = None,
    sign_up: Annotated[bool, typer.Option("--sign-up", help="Make this account first.")] = False,
    code: Annotated[
        str, typer.Option(help="An invitation to sign up, or your second factor's code.")
    ] = "",
    room: Annotated[str, typer.Option(help="Where to talk: a room's name or id.")] = LOBBY,
    dm: Annotated[str | None, typer.Option(help="Talk to this user alone, not in a room.")] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Print what arrives, until you stop it.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print each entry as a JSON object on its line.")
    ] = False,
    history: Annotated[
        int | None, typer.Option(min=1, help="Print the last entries, and end.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Where to keep the session and what is not sent yet.")
    ] = None,
) -> None:
    """Talk in a room: at a terminal, or with messages piped in, one a line.

    In a pipe the password is PARLEY_PASSWORD. It ends with 0 once every line is stored, with 1 if
    the server refused something, and with 2 if the chat could not begin.
    """
    try:
        password = ChatSettings.from_environment(environment_with({})).password
    except InvalidSetting as error:
        typer.echo(f"parley: {error}", err=True)
        raise typer.Exit(CANNOT_BEGIN) from None
    options = ChatOptions(
        url=url,
        user=user,
        password=None if password is None else password.reveal(),
        sign_up=sign_up,
        code=code,
        room=room,
        dm=dm,
        follow=follow,
        json=json,
        history=history,
        data_dir=Path(platformdirs.user_data_dir("parley", appauthor=False)) / "chat",
        folder=folder,
    )
    raise typer.Exit(run_chat(options))
