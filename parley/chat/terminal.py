"""The keyboard and the screen of a person's terminal.

Owns: the prompt at the bottom, under which lines scroll by.
Never: what they say (`parley.chat.screen`).
"""

import asyncio

from prompt_toolkit import PromptSession
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.patch_stdout import patch_stdout

from parley.chat import slash
from parley.chat.lines import Lines
from parley.chat.screen import Screen
from parley.client import Chat, Room
from parley.client.connecting import unix_ms

# How often the toolbar is drawn anew, in seconds.
_REFRESH_SECONDS = 0.5


async def talk(chat: Chat, room: Room) -> None:
    """Let a person talk until they have had enough. Raises what ended the chat."""
    # Typed lines vanish from the prompt, and are printed once they are stored.
    prompt: PromptSession[str] = PromptSession(erase_when_done=True)
    with patch_stdout():
        screen = Screen(chat, print, _ask, unix_ms, Lines())
        print("Type, and press Enter. /help lists the commands.")
        await screen.go_to(room)
        await screen.follow_all()
        await screen.tell_unread()
        listening = asyncio.create_task(screen.listen())
        typing = asyncio.create_task(_type(prompt, screen))
        try:
            done, _ = await asyncio.wait({listening, typing}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            listening.cancel()
            typing.cancel()
            await asyncio.gather(listening, typing, return_exceptions=True)
    if screen.waiting:
        print(f"What is on the way ({screen.waiting}) is kept, and sent next time.")


async def _ask(question: str, is_secret: bool) -> str:
    prompt: PromptSession[str] = PromptSession(erase_when_done=is_secret)
    try:
        return (await prompt.prompt_async(question, is_password=is_secret)).strip()
    except (EOFError, KeyboardInterrupt):  # Ctrl-D, Ctrl-C
        return ""


async def _type(prompt: PromptSession[str], screen: Screen) -> None:
    telling: set[asyncio.Task[None]] = set()

    def tell(buffer: Buffer) -> None:
        task = asyncio.create_task(screen.moments.typed(buffer.text))
        telling.add(task)
        task.add_done_callback(telling.discard)

    prompt.default_buffer.on_text_changed += tell
    while True:
        try:
            line = await prompt.prompt_async(
                "> ", bottom_toolbar=screen.toolbar, refresh_interval=_REFRESH_SECONDS
            )
        except (EOFError, KeyboardInterrupt):  # Ctrl-D, Ctrl-C
            return
        typed = slash.read(line)
        if typed is not None and not await screen.do(typed):
            return
