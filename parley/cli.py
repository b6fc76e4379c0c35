"""The `parley` command: where each program is put together and started.

Owns: the command line, and what a person is told when a program cannot start.
Never: what the programs do.

A service is imported when it is started: the terminal client must not wait for a database driver.
"""

import asyncio
import errno
import shutil
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import platformdirs
import typer

from parley.admin.command import admin
from parley.admin.tracing import trace_command
from parley.chat.command import chat_command
from parley.settings import (
    GatewaySettings,
    InvalidSetting,
    LoggerSettings,
    LogSettings,
    Program,
    ServeSettings,
    environment_with,
    unknown_variables,
)

P = TypeVar("P", bound=Program)
Work = Coroutine[Any, Any, None]

# What a person has to mend before the program can start.
_USAGE = 2

app = typer.Typer(
    name="parley",
    help="A self-hosted realtime chat. Begin with: parley serve",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("chat")(chat_command)
app.command("trace")(trace_command)
app.add_typer(admin, name="admin")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[str | None, typer.Option(help="The port to listen on.")] = None,
    data_dir: Annotated[str | None, typer.Option(help="Where to keep what must last.")] = None,
) -> None:
    """Start everything in one process: gateway, logger, and a Redis inside it."""
    options = {"PARLEY_HOST": host, "PARLEY_PORT": port, "PARLEY_DATA_DIR": data_dir}
    settings = _settings(ServeSettings, options)
    from parley.services.serve import run_serve

    _run("serve", settings.log, run_serve(settings, _announce))


@app.command()
def gateway() -> None:
    """Start one gateway. It is configured by PARLEY_ variables: see docs/operations.md."""
    settings = _settings(GatewaySettings, {})
    if settings.workers > 1:
        from parley.services.workers.parent import run_workers

        _run("gateway", settings.log, run_workers(settings, _show_code))
    else:
        from parley.services.gateway import run_gateway

        _run("gateway", settings.log, run_gateway(settings, _show_code))


@app.command(hidden=True)
def worker() -> None:
    """Be one of a gateway's processes; `parley gateway` starts them, with its own environment."""
    settings = _settings(GatewaySettings, {})
    from parley.services.workers.worker import run_worker

    _run("gateway", settings.log, run_worker(settings))


@app.command()
def logger() -> None:
    """Start one logger. It is configured by PARLEY_ variables: see docs/operations.md."""
    settings = _settings(LoggerSettings, {})
    from parley.services.logger import run_logger

    _run("logger", settings.log, run_logger(settings))


@app.command()
def desktop(
    url: Annotated[str | None, typer.Argument(help="The server's address.")] = None,
    profile: Annotated[
        str, typer.Option(help="Which session to use: each window needs one of its own.")
    ] = "default",
    data_dir: Annotated[Path | None, typer.Option(help="Where profiles are kept.")] = None,
    scale: Annotated[
        float | None,
        typer.Option(
            help="How much larger to draw everything; the display's own scale without it."
        ),
    ] = None,
) -> None:
    """Open the desktop client."""
    from desktop_client.launch import CannotOpen, run_desktop
    from desktop_client.options import DesktopOptions
    from desktop_client.screen_scale import LEAST_SCALE, MOST_SCALE, scale_of_environment

    if scale is not None and not LEAST_SCALE <= scale <= MOST_SCALE:
        _give_up(f"--scale is {scale:g}: choose one from {LEAST_SCALE:g} to {MOST_SCALE:g}")
    folder = data_dir or Path(platformdirs.user_data_dir("parley", appauthor=False)) / "desktop"
    try:
        environment = environment_with({})
        options = DesktopOptions(
            folder, url, profile, scale=scale or scale_of_environment(environment)
        )
        with suppress(KeyboardInterrupt):
            run_desktop(options, environment.get("DISPLAY", ""))
    except CannotOpen as error:
        _give_up(str(error))


def main() -> None:
    """Run the command line."""
    app()


def _settings(program: type[P], options: dict[str, str | None]) -> P:
    try:
        return program.from_environment(environment_with(options))
    except InvalidSetting as error:
        _give_up(str(error))


def _run(service: str, log: LogSettings, work: Work) -> None:
    from parley.observe import logs
    from parley.services.base import CannotStart
    from parley.store.errors import StoreError

    logs.configure(service, log.format, log.level)
    for sentence in unknown_variables():
        typer.echo(f"parley: {sentence}", err=True)
    try:
        with suppress(KeyboardInterrupt):
            _runner()(work)
    except* (CannotStart, StoreError) as group:
        _give_up(str(_first(group)))
    except* OSError as group:
        _give_up(_cannot_listen(_first(group)))


def _runner() -> Callable[[Work], None]:
    """Return how to run a service: on uvloop, where it exists."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run
    return uvloop.run


def _announce(url: str, data_dir: Path, code: str | None) -> None:
    typer.echo(
        f"Parley is at {url}\n"
        f"  Its data is in {_from_home(data_dir)}\n"
        f"  Join from another terminal:  {_own_command()} chat {url}\n"
        f"  Stop with Ctrl+C"
    )
    if code is not None:
        _show_code(code, url)


def _show_code(code: str, url: str = "URL") -> None:
    typer.echo(
        "  The first administrator signs up with a code that is shown this once:\n"
        f"    {_own_command()} chat {url} --sign-up --code {code}"
    )


def _from_home(folder: Path) -> Path:
    home = Path.home()
    return Path("~") / folder.relative_to(home) if folder.is_relative_to(home) else folder


def _own_command() -> str:
    """Return what to type for `parley`, as this process was started."""
    program = Path(sys.argv[0])
    if program.name == "__main__.py":
        return f"{Path(sys.executable).name} -m parley"
    if shutil.which(program.name) is not None:
        return program.name
    here = Path.cwd()
    return str(program.relative_to(here)) if program.is_relative_to(here) else str(program)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _cannot_listen(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"{error.strerror}; choose another port with --port or PARLEY_PORT"
    return f"cannot listen: {error}; choose another address with PARLEY_HOST"


def _give_up(sentence: str) -> NoReturn:
    typer.echo(f"parley: {sentence}", err=True)
    raise typer.Exit(_USAGE)
