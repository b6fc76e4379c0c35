"""What each request does.

Owns: the steps, the notices that rooms are told, and the record of what the operator has done.
Never: SQL, sockets; and live clients, who hear of it as of any other change.
"""

import base64
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from parley.admin import wire
from parley.admin.listening import NotThere
from parley.admin.tracing_steps import steps_of
from parley.domain import names
from parley.protocol.commands import Sessions
from parley.protocol.ids import new_cmid, new_id
from parley.store.api import FullDirectory
from parley.store.records import AccountRow, AuditRow, NewAccount, NoticeRow, RoomRow

# Accounts, rooms or events in one answer.
_PAGE = 200
# An invitation's code: a secret that cannot be guessed, and that people can copy.
_CODE_BITS = 160


@dataclass(frozen=True)
class Means:
    """What the work is done with. `clock` gives Unix milliseconds, `random_bits` dice."""

    directory: FullDirectory
    hash_password: Callable[[str], Awaitable[str]]
    tell: Callable[[Iterable[NoticeRow]], None]
    """Tells rooms what has changed in them."""
    clock: Callable[[], int]
    random_bits: Callable[[int], int]


class Administrator:
    """Does what the operator asks for."""

    def __init__(self, means: Means) -> None:
        self._means, self._directory = means, means.directory
        self._work: dict[type[Any], Callable[[Any], Awaitable[Any]]] = {
            wire.ListUsers: self._list_users,
            wire.CreateUser: self._create_user,
            wire.SetDisabled: self._set_disabled,
            wire.ResetPassword: self._reset_password,
            wire.SetAdmin: self._set_admin,
            wire.DisableTotp: self._disable_totp,
            wire.ListRooms: self._list_rooms,
            wire.ShowRoom: self._show_room,
            wire.CloseRoom: self._close_room,
            wire.ListSessions: self._list_sessions,
            wire.RevokeSessions: self._revoke_sessions,
            wire.CreateInvitation: self._create_invitation,
            wire.ListInvitations: self._list_invitations,
            wire.RevokeInvitation: self._revoke_invitation,
            wire.Trace: self._trace,
            wire.ListEvents: self._list_events,
        }

    async def perform(self, request: wire.Request) -> Any:
        """Return the answer. Raises NotThere, refusals and StoreUnavailable."""
        return await self._work[type(request)](request)

    # --- people ----------------------------------------------------------------------------

    async def _list_users(self, request: wire.ListUsers) -> wire.Users:
        found = await self._directory.accounts(request.query, after=request.after, limit=_PAGE + 1)
        shown = found[:_PAGE]
        more = len(found) > _PAGE
        return wire.Users(shown, shown[-1].person.user_name if more else None)

    async def _create_user(self, request: wire.CreateUser) -> AccountRow:
        user_name = names.user_name(request.user)
        account = NewAccount(
            id=self._new_id(),
            user_name=user_name,
            skeleton=names.skeleton(user_name),
            display_name=names.display_name(request.display_name, user_name),
            password_hash=await self._hashed(request.password),
        )
        person = await self._directory.add_account(account)
        await self._directory.record("account_created", subject=person.id)
        if request.is_admin:
            await self._make_admin(person.id, is_admin=True)
        return await self._account(user_name)

    async def _set_disabled(self, request: wire.SetDisabled) -> AccountRow:
        account = (await self._account(request.user)).person.id
        await self._directory.set_disabled(account, request.disabled)
        event = "account_disabled" if request.disabled else "account_enabled"
        await self._directory.record(event, subject=account)
        return await self._account(request.user)

    async def _reset_password(self, request: wire.ResetPassword) -> wire.Ended:
        account = (await self._account(request.user)).person.id
        password_hash = await self._hashed(request.password)
        ended = await self._directory.change_password(account, password_hash)
        await self._directory.record("password_reset", subject=account)
        return wire.Ended(len(ended))

    async def _set_admin(self, request: wire.SetAdmin) -> AccountRow:
        await self._make_admin((await self._account(request.user)).person.id, request.is_admin)
        return await self._account(request.user)

    async def _make_admin(self, account: str, is_admin: bool) -> None:
        self._means.tell(await self._directory.set_admin(account, is_admin, self._new_cmid()))
        event = "administrator_made" if is_admin else "administrator_unmade"
        await self._directory.record(event, subject=account)

    async def _disable_totp(self, request: wire.DisableTotp) -> AccountRow:
        account = await self._account(request.user)
        if not account.has_totp:
            raise NotThere(f"{request.user!r} has no second factor")
        await self._directory.disable_totp(account.person.id)
        await self._directory.record("second_factor_removed", subject=account.person.id)
        return await self._account(request.user)

    async def _account(self, user: str) -> AccountRow:
        account = await self._directory.account(names.user_name(user))
        if account is None:
            raise NotThere(f"there is nobody with the user name {user!r}")
        return account

    async def _hashed(self, password: str) -> str:
        return await self._means.hash_password(names.password(password))

    # --- rooms -----------------------------------------------------------------------------

    async def _list_rooms(self, request: wire.ListRooms) -> wire.Rooms:
        found = await self._directory.all_rooms(request.query, after=request.after, limit=_PAGE + 1)
        shown = found[:_PAGE]
        return wire.Rooms(shown, shown[-1].id if len(found) > _PAGE else None)

    async def _show_room(self, request: wire.ShowRoom) -> RoomRow:
        room = await self._directory.any_room(request.room)
        if room is None:
            raise NotThere(f"there is no room with the id {request.room!r}")
        return room

    async def _close_room(self, request: wire.CloseRoom) -> RoomRow:
        before = await self._show_room(wire.ShowRoom(request.room))
        if before.closed_at is not None:
            raise NotThere(f"the room {request.room!r} is closed already")
        changed = await self._directory.close_room(None, request.room, self._new_cmid())
        self._means.tell(changed.notices)
        await self._directory.record("room_closed", subject=request.room)
        return await self._show_room(wire.ShowRoom(request.room))

    # --- devices ---------------------------------------------------------------------------

    async def _list_sessions(self, request: wire.ListSessions) -> Sessions:
        account = (await self._account(request.user)).person.id
        return Sessions(await self._directory.sessions_of(account))

    async def _revoke_sessions(self, request: wire.RevokeSessions) -> wire.Ended:
        account = (await self._account(request.user)).person.id
        if request.session is not None:
            await self._directory.revoke_own_session(account, request.session)
            ended = 1
        else:
            ended = len(await self._directory.revoke_sessions(account))
        await self._directory.record("sessions_revoked", subject=account, detail={"number": ended})
        return wire.Ended(ended)

    # --- invitations -----------------------------------------------------------------------

    async def _create_invitation(self, request: wire.CreateInvitation) -> wire.NewInvitation:
        secret = self._means.random_bits(_CODE_BITS).to_bytes(_CODE_BITS // 8)
        code = base64.b32encode(secret).decode()
        invitation = await self._directory.add_invitation(
            self._new_id(),
            sha256(code.encode()).digest(),
            made_by=None,
            lasts_ms=request.lasts_ms,
            uses=request.uses,
        )
        await self._directory.record("invitation_made", subject=invitation.id)
        return wire.NewInvitation(invitation, code)

    async def _list_invitations(self, _: wire.ListInvitations) -> wire.Invitations:
        return wire.Invitations(await self._directory.invitations())

    async def _revoke_invitation(self, request: wire.RevokeInvitation) -> wire.Nothing:
        if not await self._directory.revoke_invitation(request.invitation):
            raise NotThere(f"there is no valid invitation with the id {request.invitation!r}")
        await self._directory.record("invitation_revoked", subject=request.invitation)
        return wire.Nothing()

    # --- what has happened -----------------------------------------------------------------

    async def _list_events(self, request: wire.ListEvents) -> wire.Events:
        subject = None if request.user is None else (await self._account(request.user)).person.id
        limit = min(request.limit, _PAGE)
        found = await self._directory.audit(before=request.before, limit=limit + 1, subject=subject)
        shown = found[:limit]
        named = await self._user_names(shown)
        events = [_event(row, named) for row in shown]
        return wire.Events(events, shown[-1].id if len(found) > limit else None)

    async def _user_names(self, rows: Iterable[AuditRow]) -> dict[str, str]:
        ids = {each for row in rows for each in (row.actor, row.subject) if each is not None}
        people = await self._directory.people(ids)
        return {person.id: person.user_name for person in people if person.user_name}

    def _new_cmid(self) -> str:
        return new_cmid(self._means.clock(), self._means.random_bits(80))

    # --- messages --------------------------------------------------------------------------

    async def _trace(self, request: wire.Trace) -> wire.Traced:
        steps = [
            step for trace in await self._directory.trace(request.cmid) for step in steps_of(trace)
        ]
        steps += [
            wire.Step(time, "set aside", "a logger", f"in {room}: {reason}")
            for room, time, reason in await self._directory.set_aside_since(request.cmid)
        ]
        if not steps:
            raise NotThere(
                f"no message {request.cmid} is stored. One that was just accepted is stored within"
                " moments; if none ever is, look at the backlog in /metrics and the logger's log"
            )
        return wire.Traced(steps)

    def _new_id(self) -> str:
        return new_id(self._means.clock(), self._means.random_bits(32))


def _event(row: AuditRow, named: Mapping[str, str]) -> wire.Event:
    actor, subject = (named.get(each or "", each or "") for each in (row.actor, row.subject))
    detail = " ".join(f"{name}={value}" for name, value in row.detail.items())
    return wire.Event(row.id, row.time, row.event, actor, subject, row.address, detail)
