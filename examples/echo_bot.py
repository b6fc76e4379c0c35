"""Says everything that it hears in the lobby once more.

Make its account with `parley chat URL --sign-up --user echo`, then, with its PARLEY_PASSWORD:
    python examples/echo_bot.py http://127.0.0.1:8080 echo
"""

import asyncio
import os
import sys

import parley


async def main(url: str, user: str) -> None:
    password, folder = os.environ["PARLEY_PASSWORD"], f".parley-{user}"
    async with parley.connect(
        url, user=user, password=password, folder=folder, rooms=["lobby"]
    ) as chat:
        async for event in chat.events():
            if isinstance(event, parley.Message) and event.author != chat.person.id:
                await chat.send(event.room, f"I heard: {event.text}")


asyncio.run(main(*sys.argv[1:]))
