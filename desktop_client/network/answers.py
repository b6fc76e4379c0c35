"""What the server answers, as events.

Owns: one call of the SDK for each effect that asks something, and its refusal as an event.
Never: the session itself.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

from desktop_client.network import account, listing, rooms
from desktop_client.network.session import time_of
from desktop_client.refusals import in_words
from desktop_client.update import effects, events
from parley.client import Chat, ParleyError, Refused


async def answer(chat: Chat, effect: effects.NetworkEffect) -> Sequence[events.Event]:
    """Carry out an effect, and return what came of it."""
    match effect:
        case effects.TellTyping(room=room):
            with suppress(ParleyError):  # nobody misses it
                await chat.typing(room)
            return ()
        case effects.Post():
            return await _post(chat, effect)
        case effects.Dismiss(cmid=cmid):
            chat.dismiss(cmid)
            return ()
    try:
        for way in _WAYS:
            if answers := await way(chat, effect):
                return answers
    except Refused as refused:
        return (events.Failed(in_words(refused.code, refused.message)),)
    except ParleyError as error:
        return (events.Failed(str(error)),)
    return ()


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
        case effects.MakeRoom(name=name, is_group=is_group):
            kind: Literal["channel", "group"] = "group" if is_group else "channel"
            return (events.Entered(await chat.create_room(name, kind=kind)),)
        case effects.OpenDirect(person=person):
            return (events.Entered(await chat.open_direct(person)),)
        case effects.Join(room=room):
            return (events.Entered(await chat.join(room)),)
        case effects.Leave(room=room):
            await chat.leave(room)
            return (events.Left(room),)
    return ()


async def _changed(chat: Chat, effect: effects.NetworkEffect) -> Sequence[events.Event]:
    """Do something to a message. What came of it is told to everyone, us included."""
    match effect:
        case effects.Edit(room=room, cmid=cmid, text=text):
            await chat.edit(room, cmid, text)
        case effects.Delete(room=room, target=target, for_everyone=True):
            await chat.delete(room, target)
        case effects.Delete(room=room, target=target):
            await chat.hide(room, target)
        case effects.React(room=room, target=target, emoji=emoji, on=on):
            await chat.react(room, target, emoji, on=on)
        case effects.Pin(room=room, target=target, on=on):
            await chat.pin(room, target, on=on)
        case effects.Star(room=room, target=target, on=on):
            await chat.star(room, target, on=on)
        case effects.MarkUnread(room=room, on=on):
            await chat.mark_unread(room, on=on)
        case effects.MarkRead(room=room, was_marked=was_marked):
            chat.mark_read(room)
            if was_marked:
                await chat.mark_unread(room, on=False)
    return ()


async def _read(chat: Chat, effect: effects.NetworkEffect) -> Sequence[events.Event]:
    """Read what is known of messages and rooms."""
    match effect:
        case effects.LoadOverview():
            return (events.GotOverview(tuple([room async for room in chat.overview()])),)
        case effects.LoadReceipts(room=room):
            return (events.GotReceipts(await chat.receipts(room)),)
        case effects.LoadMessages(room=room, targets=targets):
            return (events.GotMessages(room, tuple(await chat.messages(room, targets))),)
        case effects.Watch(people=people):
            return (events.GotPresences(tuple(await chat.watch(people))),)
        case effects.LoadInfo(room=room, target=target):
            receipts = await chat.message_info(room, target)
            return (events.GotInfo(target, receipts),)
    return ()


async def _post(chat: Chat, effect: effects.Post) -> Sequence[events.Event]:
    room, text, answers = effect.room, effect.text, effect.reply_to
    try:
        outgoing = await chat.post(room, text, reply_to=answers, forwarded=effect.forwarded)
    except ParleyError as error:
        return (events.NotPosted(room, text, str(error)),)
    time = time_of(outgoing.cmid)
    waiting = events.Waiting(
        room, outgoing.cmid, text, time, reply_to=answers, forwarded=effect.forwarded
    )
    return (events.Posted(waiting),)


_WAYS = (_asked, _read, _changed, listing.read, rooms.read, rooms.changed, account.answer)
