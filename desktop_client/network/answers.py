"""What the server answers, as events.

Owns: one call of the SDK for each effect that asks something, and its refusal as an event.
Never: the session itself.
"""

from collections.abc import Sequence

from desktop_client.network.session import time_of
from desktop_client.update import effects, events
from parley.client import Chat, ParleyError

# Entries that are fetched at once: two screens of them.
PAGE = 60


async def answer(chat: Chat, effect: effects.NetworkEffect) -> Sequence[events.Event]:
    """Carry out an effect, and return what came of it."""
    match effect:
        case effects.LoadHistory(room=room, before=before):
            return await _history(chat, room, before)
        case effects.Post(room=room, text=text):
            return await _post(chat, room, text)
        case effects.Dismiss(cmid=cmid):
            chat.dismiss(cmid)
            return ()
    try:
        return await _asked(chat, effect)
    except ParleyError as error:
        return (events.Failed(str(error)),)


async def _asked(chat: Chat, effect: effects.NetworkEffect) -> Sequence[events.Event]:
    match effect:
        case effects.LoadRooms():
            return (events.GotRooms(tuple(await chat.rooms())),)
        case effects.LoadPublicRooms():
            return (events.GotPublicRooms(tuple(await chat.public_rooms())),)
        case effects.Follow(room=room):
            await chat.follow(room)
        case effects.LookUp(people=people):
            return (events.GotPeople(await chat.people(people)),)
        case effects.MakeChannel(name=name):
            return (events.Entered(await chat.create_room(name)),)
        case effects.Join(room=room):
            return (events.Entered(await chat.join(room)),)
        case effects.Leave(room=room):
            await chat.leave(room)
            return (events.Left(room),)
    return ()


async def _history(chat: Chat, room: str, before: int | None) -> Sequence[events.Event]:
    try:
        return (events.GotHistory(await chat.history(room, before=before, limit=PAGE), before),)
    except ParleyError:
        return (events.NoHistory(room),)


async def _post(chat: Chat, room: str, text: str) -> Sequence[events.Event]:
    try:
        outgoing = await chat.post(room, text)
    except ParleyError as error:
        return (events.NotPosted(room, text, str(error)),)
    message = events.Waiting(room, outgoing.cmid, text, time_of(outgoing.cmid))
    return (events.Posted(message),)
