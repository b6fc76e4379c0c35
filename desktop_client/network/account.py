"""Calls of the SDK about one's own account.

Owns: what each effect about it asks, and its answer as events.
Never: signing in and out (`desktop_client.network.session`).
"""

from collections.abc import Sequence

from desktop_client.update import effects, events
from parley.client import Chat


async def answer(chat: Chat, effect: effects.NetworkEffect) -> Sequence[events.Event]:
    """Read or change how one is seen and told."""
    match effect:
        case effects.LoadSettings():
            return (events.GotSettings(await chat.settings()),)
        case effects.EditSettings():
            settings = await chat.edit_settings(
                read_receipts=effect.read_receipts,
                show_last_seen=effect.show_last_seen,
                quiet=effect.quiet,
                no_quiet=effect.no_quiet,
            )
            return (events.GotSettings(settings), events.Done("Saved"))
        case effects.EditProfile(display_name=name, about=about, time_zone=zone):
            person = await chat.edit_profile(display_name=name, about=about, time_zone=zone)
            return (events.GotProfile(person),)
        case effects.DeleteAccount(password=password):
            await chat.delete_account(password)
    return await _entering(chat, effect)


async def _entering(chat: Chat, effect: effects.NetworkEffect) -> Sequence[events.Event]:
    """Read or change how one signs in, and where one is signed in."""
    match effect:
        case effects.LoadDevices():
            return await _devices(chat)
        case effects.RevokeDevice(session=session):
            await chat.revoke_session(session)
            return await _devices(chat)
        case effects.RevokeOthers():
            await chat.revoke_other_sessions()
            return await _devices(chat)
        case effects.ChangePassword(password=password, new=new):
            await chat.change_password(password, new)
            return (events.Done("The password is changed, and your other devices are signed out"),)
        case effects.StartTotp(password=password):
            return (events.GotSecret(await chat.start_totp(password)),)
        case effects.ConfirmTotp(code=code):
            return (events.GotCodes(tuple(await chat.confirm_totp(code))),)
        case effects.DisableTotp(password=password):
            await chat.disable_totp(password)
            return (events.Done("The second factor is off"),)
    return ()


async def _devices(chat: Chat) -> Sequence[events.Event]:
    return (events.GotDevices(tuple(await chat.sessions())),)
