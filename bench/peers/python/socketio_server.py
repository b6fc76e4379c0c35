"""python-socketio with its Redis manager, as its documentation has it."""

import os

import socketio
import uvicorn

manager = socketio.AsyncRedisManager(os.environ["REDIS_URL"])
server = socketio.AsyncServer(async_mode="asgi", client_manager=manager)


@server.event
async def join(sid: str, room: str) -> None:
    await server.enter_room(sid, room)
    await server.emit("joined", to=sid)


@server.event
async def say(sid: str, message: dict[str, str]) -> None:
    await server.emit("said", message, room=message["room"])


if __name__ == "__main__":
    uvicorn.run(
        socketio.ASGIApp(server),
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        log_level="warning",
        ws_per_message_deflate=False,
    )
