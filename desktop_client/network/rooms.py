"""Calls of the SDK about rooms, who is in them and may come in, and what is found.

Owns: what each effect about them asks, and its answer as events.
Never: what is done to messages (`desktop_client.network.answers`).
"""

from collections.abc import Sequence
from contextlib import suppress

from desktop_client.update import effects, events
from parley.client import Chat, Hit, ParleyError, Person

# People that one search shows, and members that are listed at most.
_FOUND, _MEMBERS = 20, 500
# Messages that one search shows.
_HITS = 40


async def _found(chat: Chat, query: str) -> tuple[Person, ...]:
    """Return people with this in one of their names."""
    people: list[Person] = []
    async for person in chat.find_people(query):
        people.append(person)
        if len(people) == _FOUND:
            break
    return tuple(people)


async def _hits(chat: Chat, query: str) -> tuple[Hit, ...]:
    """Return the latest messages with this in them."""
    found: list[Hit] = []
    async for hit in chat.search(query):
        found.append(hit)
        if len(found) == _HITS:
            break
    return tuple(found)


async def _members(chat: Chat, room: str) -> events.GotMembers:
    """Return who is in a room."""
    listed = []
    async for member in chat.members(room):
        listed.append(member)
        if len(listed) == _MEMBERS:
            break
    return events.GotMembers(room, tuple(listed))


async def _invites(chat: Chat, room: str) -> events.GotInvites:
    """Return the invitations to a room."""
    return events.GotInvites(room, tuple(await chat.invites(room)))


async def _bans(chat: Chat, room: str) -> events.GotBans:
    """Return who is banned from a room."""
    banned = []
    async for each in chat.bans(room):
        banned.append(each)
        if len(banned) == _MEMBERS:
            break
    return events.GotBans(room, tuple(banned))


async def _blocks(chat: Chat) -> events.GotBlocks:
    """Return whom one has blocked."""
    return events.GotBlocks(frozenset(person.id for person in await chat.blocks()))


async def read(chat: Chat, effect: effects.NetworkEffect) -> Sequence[events.Event]:
    """Read who is there, and what was said."""
    match effect:
        case effects.FindPeople(query=query):
            return (events.GotFound(query, await _found(chat, query)),)
        case effects.LoadMembers(room=room):
            return (await _members(chat, room),)
        case effects.LoadBlocks():
            return (await _blocks(chat),)
        case effects.LoadDetail(room=room):
            with suppress(ParleyError):  # the header does without
                return (events.GotDetail(await chat.room_info(room)),)
        case effects.LoadInvites(room=room):
            return (await _invites(chat, room),)
        case effects.LoadBans(room=room):
            return (await _bans(chat, room),)
        case effects.Search(query=query):
            return (events.GotHits(query, await _hits(chat, query)),)
    return ()


async def changed(chat: Chat, effect: effects.NetworkEffect) -> Sequence[events.Event]:
    """Change a room, or how one has it."""
    match effect:
        case effects.SetPreferences(room=room, muted_until=until, pinned=pinned, notify=notify):
            await chat.set_room_preferences(room, muted_until=until, pinned=pinned, notify=notify)
        case effects.EditRoom(room=room, name=name, topic=topic):
            await chat.edit_room(room, name=name, topic=topic)
            return (*await _rooms(chat), events.Done("Saved"))
        case effects.SetReadOnly(room=room, is_read_only=is_read_only):
            await chat.edit_room(room, read_only=is_read_only)
        case effects.CloseRoom(room=room):
            await chat.close_room(room)
        case effects.Block(person=id, on=on):
            await (chat.block(id) if on else chat.unblock(id))
            return (await _blocks(chat),)
        case _:
            return await _people_changed(chat, effect)
    # The lists on the screen are read again: what others see may be more than was changed.
    return await _rooms(chat)


async def _people_changed(chat: Chat, effect: effects.NetworkEffect) -> Sequence[events.Event]:
    """Change who is in a room, and who may come."""
    match effect:
        case effects.AddMember(room=room, user_name=user_name):
            person = await chat.resolve_person(user_name)
            await chat.add_members(room, [person.id])
        case effects.RemoveMember(room=room, person=id):
            await chat.remove_member(room, id)
        case effects.SetRole(room=room, person=id, role=role):
            await chat.set_role(room, id, role)
        case effects.TransferOwnership(room=room, person=id):
            await chat.transfer_ownership(room, id)
            return (await _members(chat, room), *await _rooms(chat))
        case effects.Ban(room=room, person=id):
            await chat.ban(room, id)
        case effects.Unban(room=room, person=id):
            await chat.unban(room, id)
            return (await _bans(chat, room),)
        case _:
            return await _invited(chat, effect)
    return (await _members(chat, room),)


async def _invited(chat: Chat, effect: effects.NetworkEffect) -> Sequence[events.Event]:
    """Change who is invited."""
    match effect:
        case effects.MakeInvite(room=room, expires_in_ms=expires):
            await chat.create_invite(room, expires_in_ms=expires)
        case effects.RevokeInvite(room=room, code=code):
            await chat.revoke_invite(room, code)
        case effects.UseInvite(code=code):
            return (events.Entered(await chat.join_by_invite(code)),)
        case _:
            return ()
    return (await _invites(chat, room),)


async def _rooms(chat: Chat) -> Sequence[events.Event]:
    return (events.GotRooms(tuple(await chat.rooms())),)
