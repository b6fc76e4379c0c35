"""The commands about oneself: profile, devices, password, second factor, and the end of it all.

Owns: what each of them does, asks and says.
Never: signing in (`parley.chat.signing_in`).
"""

from parley.chat.cleaning import clean_line
from parley.chat.lines import full_name, moment_of
from parley.chat.stage import Handlers, Misused, Stage, is_on
from parley.client import SessionInfo

_OTHERS = "others"


class AccountCommands:
    """Commands about oneself."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._chat = stage, stage.chat

    def handlers(self) -> Handlers:
        """Return what to do for each command."""
        return {
            "profile": self._profile,
            "devices": self._devices,
            "signout": self._sign_out,
            "password": self._password,
            "totp": self._totp,
            "delete-account": self._delete,
        }

    async def _profile(self, typed: str) -> None:
        field, _, text = typed.partition(" ")
        match field, text.strip():
            case "", _:
                me = self._chat.person
            case "name", name:
                me = await self._chat.edit_profile(display_name=name)
            case "about", about:
                me = await self._chat.edit_profile(about=about)
            case "zone", zone:
                me = await self._chat.edit_profile(time_zone=zone)
            case _:
                raise Misused("type /profile, and name, about or zone with what it should be")
        said = [clean_line(text) for text in (me.about, me.time_zone) if text]
        self._stage.say(" · ".join([full_name(me), *said]))

    # --- devices ---------------------------------------------------------------------------

    async def _devices(self, _: str) -> None:
        for session in await self._chat.sessions():
            self._stage.say(_device(session))

    async def _sign_out(self, device: str) -> None:
        if device == _OTHERS:
            await self._chat.revoke_other_sessions()
            self._stage.note("every other device is signed out")
        else:
            await self._chat.revoke_session(device)
            self._stage.note("the device is signed out")

    # --- secrets ---------------------------------------------------------------------------

    async def _password(self, _: str) -> None:
        present = await self._stage.ask("Your present password: ", secret=True)
        first = await self._stage.ask("The new one: ", secret=True)
        if first != await self._stage.ask("The same again: ", secret=True):
            raise Misused("these were two different ones: nothing has changed")
        await self._chat.change_password(present, first)
        self._stage.note("the password is changed, and every other device signed out")

    async def _totp(self, typed: str) -> None:
        if not is_on(typed):
            await self._chat.disable_totp(await self._stage.ask("Your password: ", secret=True))
            self._stage.note("no code is asked for any more")
            return
        secret = await self._chat.start_totp(await self._stage.ask("Your password: ", secret=True))
        self._stage.say(f"Give this to your authenticator app:\n  {secret.uri}")
        codes = await self._chat.confirm_totp(await self._stage.ask("The code that it shows: "))
        self._stage.say(
            "From now on a code is asked for when you sign in. Keep these where you find them\n"
            "without your app; each stands in for a code, once:\n  " + "\n  ".join(codes)
        )

    async def _delete(self, _: str) -> None:
        name = self._chat.person.user_name
        question = "Your account cannot be brought back. Type your user name to delete it: "
        if await self._stage.ask(question) != name:
            raise Misused("the account stays")
        await self._chat.delete_account(await self._stage.ask("Your password: ", secret=True))


def _device(session: SessionInfo) -> str:
    device = clean_line(session.device) or "a device without a name"
    seen = "this one" if session.is_this else f"seen {moment_of(session.last_seen_at):%d %B %H:%M}"
    return f"{session.id}  {device} · {clean_line(session.address)} · {seen}"
