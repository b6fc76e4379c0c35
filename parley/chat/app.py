"""One run of `parley chat`, from the options to the exit code.

Owns: which way to talk, and turning every end into an exit code and a sentence: 0, everything is
done; 1, the server refused something; 2, the chat could not begin; 130, stopped by Ctrl-C.
Never: who is signed in (`parley.chat.signing_in`), what is said and printed.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import TypeVar

from parley.chat.asking import CannotAsk, PipeAsker, TerminalAsker
from parley.chat.cleaning import clean_line
from parley.chat.options import ChatOptions
from parley.chat.pipe import DONE, REFUSED, Pipe
from parley.chat.reading import conversation
from parley.chat.signing_in import SigningIn
from parley.chat.standard_input import lines_of
from parley.client import (
    Chat,
    ConnectionFailed,
    FolderError,
    OutboxOfAnother,
    ParleyError,
    SignedOut,
    SignInFailed,
)
from parley.protocol.refusals import Refusal

CANNOT_BEGIN, INTERRUPTED = 2, 130

_CANNOT_BEGIN = (
    CannotAsk,
    ConnectionFailed,
    FolderError,
    OutboxOfAnother,
    Refusal,
    SignedOut,
    SignInFailed,
)

T = TypeVar("T")


def run_chat(options: ChatOptions) -> int:
    """Talk as the options say, and return the exit code."""
    try:
        return _run(options)
    except _CANNOT_BEGIN as error:
        return _fail(str(error), CANNOT_BEGIN)
    except ParleyError as error:
        return _fail(str(error), REFUSED)
    except BrokenPipeError:  # whoever read our lines has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # a fault of ours, but even so one line for the person
        return _fail(f"this should not happen: {type(error).__name__}: {error}", REFUSED)


def _run(options: ChatOptions) -> int:
    wants_lines = options.follow or options.json or options.history is not None
    if sys.stdin.isatty() and sys.stdout.isatty() and not wants_lines:
        return SigningIn(options, TerminalAsker()).run(lambda chat: _at_terminal(chat, options))
    return SigningIn(options, PipeAsker()).run(lambda chat: _in_pipe(chat, options))


async def _at_terminal(chat: Chat, options: ChatOptions) -> int:
    from parley.chat.terminal import talk  # prompt_toolkit: no other program should wait for it

    await talk(chat, await conversation(chat, options))
    return DONE


async def _in_pipe(chat: Chat, options: ChatOptions) -> int:
    room = await conversation(chat, options)
    lines = lines_of(sys.stdin.fileno()) if _reads_lines(options) else None
    code = await _until_stopped(Pipe(chat, room, options, lines).run())
    if code is not None:
        return code
    waiting = len(chat.outbox())
    if waiting:
        return _fail(f"stopped; {waiting} lines are kept, and sent next time", REFUSED)
    return DONE if options.follow else INTERRUPTED


def _reads_lines(options: ChatOptions) -> bool:
    if options.follow:  # a person who watches the terminal does not type into it
        return not sys.stdin.isatty()
    return options.history is None


async def _until_stopped(work: Coroutine[None, None, T]) -> T | None:
    """Return what the work returns; None if SIGINT or SIGTERM came first."""
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt
            loop.add_signal_handler(number, stopped.set)
    working, stopping = asyncio.create_task(work), asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        stopping.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)


def _fail(sentence: str, code: int) -> int:
    print(f"parley: {clean_line(sentence)}", file=sys.stderr)
    return code
