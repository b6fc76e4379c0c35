"""`parley trace`: what has become of a message.

Owns: its command line.
Never: what is found; a running server finds it (`parley.admin.tracing_steps`).
"""

from typing import Annotated, NoReturn

import msgspec
import typer

from parley.admin import printing, wire
from parley.admin.asking import NotDone, ServerAway, ask
from parley.protocol.ids import Cmid
from parley.settings import AdminSettings, InvalidSetting, environment_with

_NOT_DONE, _CANNOT_BEGIN = 1, 2


def trace_command(
    message: Annotated[
        str, typer.Argument(help="The message's name (cmid), or a link that ends with it.")
    ],
    data_dir: Annotated[
        str | None, typer.Option(help="Where the server keeps its data, if not in the usual place.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print each step as a JSON object on its line.")
    ] = False,
) -> None:
    """Tell where a message is, and how it came there. Run it where the server runs."""
    try:
        environment = environment_with({"PARLEY_DATA_DIR": data_dir})
        settings = AdminSettings.from_environment(environment)
        found = ask(settings.admin_socket, wire.Trace(cmid_in(message)), wire.Traced)
    except (InvalidSetting, ServerAway) as error:
        _fail(str(error), _CANNOT_BEGIN)
    except NotDone as error:
        _fail(str(error), _NOT_DONE)
    printing.show(found.steps, printing.STEPS, as_json=json)


def cmid_in(typed: str) -> str:
    """Return the name that was typed, or that a link ends with. Raises NotDone."""
    last = typed.rstrip("/").rpartition("/")[2].rpartition("#")[2].lower()
    try:
        return msgspec.convert(last, Cmid)
    except msgspec.ValidationError:
        raise NotDone(
            f"{typed!r} is no message's name: those look like 01939c5e-8b1a-7c3d-9e2f-0a1b2c3d4e5f"
        ) from None


def _fail(sentence: str, code: int) -> NoReturn:
    typer.echo(f"parley: {sentence}", err=True)
    raise typer.Exit(code)
