"""What cannot be done without a connection, and that one is told so at once.

Owns: which effects would otherwise wait, and be carried out when nobody expects it any more.
Never: messages and what is done to them: they wait in the outbox.
"""

from dataclasses import replace

from desktop_client.state.model import State
from desktop_client.update import effects
from desktop_client.update.effects import Effect

_NEEDS_CONNECTION = "That needs a connection to the server, and there is none now"
_AT_ONCE = (
    effects.EditProfile,
    effects.EditSettings,
    effects.ChangePassword,
    effects.RevokeDevice,
    effects.RevokeOthers,
    effects.StartTotp,
    effects.ConfirmTotp,
    effects.DisableTotp,
    effects.DeleteAccount,
    effects.SetPreferences,
    effects.EditRoom,
    effects.SetReadOnly,
    effects.AddMember,
    effects.RemoveMember,
    effects.SetRole,
    effects.TransferOwnership,
    effects.Ban,
    effects.Unban,
    effects.MakeInvite,
    effects.RevokeInvite,
    effects.CloseRoom,
    effects.MakeRoom,
    effects.OpenDirect,
    effects.Join,
    effects.Leave,
    effects.UseInvite,
    effects.MarkUnread,
    effects.Block,
)


def without_connection(state: State, wanted: list[Effect]) -> tuple[State, list[Effect]]:
    """Return the effects that make sense now; if some do not, with a sentence that says so."""
    if state.link.online:
        return state, wanted
    kept: list[Effect] = [effect for effect in wanted if not isinstance(effect, _AT_ONCE)]
    if len(kept) == len(wanted):
        return state, wanted
    return replace(state, notice=_NEEDS_CONNECTION), kept
