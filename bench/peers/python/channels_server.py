"""Django Channels with channels_redis: the chat of its tutorial, as an asynchronous consumer."""

import json
import os

import django
import uvicorn
from django.conf import settings

settings.configure(
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [os.environ["REDIS_URL"]]},
        }
    }
)
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402


class Chat(AsyncWebsocketConsumer):
    """One connection, in one room."""

    async def connect(self) -> None:
        self.room = self.scope["url_route"]["kwargs"]["room"]
        await self.channel_layer.group_add(self.room, self.channel_name)
        await self.accept()
        await self.send("joined")

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.room, self.channel_name)

    async def receive(self, text_data: str) -> None:
        message = json.loads(text_data)
        await self.channel_layer.group_send(self.room, {"type": "said", "text": message["text"]})

    async def said(self, event: dict[str, str]) -> None:
        await self.send(json.dumps({"text": event["text"]}))


application = ProtocolTypeRouter({"websocket": URLRouter([path("<str:room>", Chat.as_asgi())])})

if __name__ == "__main__":
    uvicorn.run(
        application,
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        log_level="warning",
        ws_per_message_deflate=False,
    )
