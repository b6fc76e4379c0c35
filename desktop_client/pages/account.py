"""The pages about one's own account.

Owns: what stands on them.
Never: whether what is typed there is right (`desktop_client.update.account`).
"""

from datetime import date

from desktop_client.layout.words import called, day_name, moment, one_line
from desktop_client.pages.parts import (
    Button,
    Choice,
    Copy,
    Field,
    Heading,
    Note,
    Page,
    Part,
    Row,
    Submit,
    coming,
)
from desktop_client.state.model import Dialog, State, TextSize
from desktop_client.update.events import (
    BeganSecondFactor,
    ChoseTextSize,
    DeletedAccount,
    EditedProfile,
    EditedSettings,
    EndedSecondFactor,
    OpenedPage,
    PressedSignOut,
    RevokedDevice,
    RevokedOthers,
    TypedCode,
    TypedPasswords,
    TypedQuiet,
)
from parley.client import Settings

_BACK = OpenedPage(Dialog.ACCOUNT)
_SIZES: dict[TextSize, str] = {
    "small": "Small text",
    "normal": "Normal text",
    "large": "Large text",
    "larger": "Larger text",
}
_OTHERS = "Whoever has the device can neither read nor write from then on."


def account(state: State) -> Page:
    """Return the page that shows who one is, and leads to the others."""
    me = state.me
    assert me is not None
    name = one_line(me.display_name) or me.user_name
    return Page(
        "You",
        (
            Row("me", name, called(me), avatar=me.id, emits=OpenedPage(Dialog.PROFILE)),
            Button("Profile", OpenedPage(Dialog.PROFILE), "open_profile", icon="user"),
            Button("When and what I am told", OpenedPage(Dialog.QUIET), "open_quiet", icon="bell"),
            Button(
                "Devices", OpenedPage(Dialog.DEVICES), "open_devices", icon="monitor-smartphone"
            ),
            Button("Password", OpenedPage(Dialog.PASSWORD), "open_password", icon="key-round"),
            Button(
                "Second factor", OpenedPage(Dialog.SECOND_FACTOR), "open_totp", icon="shield-check"
            ),
            Button("Starred messages", OpenedPage(Dialog.STARRED), "open_starred", icon="star"),
            Choice(
                "text_size",
                tuple((words, ChoseTextSize(size)) for size, words in _SIZES.items()),
                _SIZES[state.text_size],
            ),
            Button("Keys", OpenedPage(Dialog.KEYS), "open_keys", icon="keyboard"),
            *((Note(state.session_kept),) if state.session_kept else ()),
            Button("Sign out on this device", PressedSignOut(), "sign_out", icon="log-out"),
            Button(
                "Delete my account …",
                OpenedPage(Dialog.DELETE_ACCOUNT),
                "open_delete",
                icon="trash-2",
            ),
        ),
    )


def profile(state: State) -> Page:
    """Return the page that changes what others see of oneself."""
    me = state.me
    assert me is not None
    return Page(
        "Profile",
        (
            Field("display_name", "Name", me.display_name),
            Field("about", "About", me.about),
            Field("time_zone", "Time zone, such as Europe/Vienna", me.time_zone),
            Submit("Save", EditedProfile, ("display_name", "about", "time_zone"), "save_profile"),
        ),
        _BACK,
    )


def quiet(state: State) -> Page:
    """Return the page about how one is told and seen."""
    parts: tuple[Part, ...] = (coming(online=state.link.online),)
    if state.settings is not None:
        parts = _settings(state.settings)
    return Page("When and what I am told", parts, _BACK)


def _settings(settings: Settings) -> tuple[Part, ...]:
    hours = settings.quiet
    since, until = (_clock(hours.since), _clock(hours.until)) if hours is not None else ("", "")
    receipts, seen = settings.read_receipts, settings.show_last_seen
    return (
        Note("In these hours nothing is told at once. Empty: there are none."),
        Field("quiet_since", "From, such as 22:00", since),
        Field("quiet_until", "To, such as 7:00", until),
        Submit("Save", TypedQuiet, ("quiet_since", "quiet_until"), "save_quiet"),
        Heading("What others see of me"),
        Button(
            "Do not tell what I have read" if receipts else "Tell others what I have read",
            EditedSettings(read_receipts=not receipts),
            "switch_receipts",
            icon="check-check",
        ),
        Note("Who does not tell what they have read is not told what others have."),
        Button(
            "Do not tell when I was here" if seen else "Tell others when I was here",
            EditedSettings(show_last_seen=not seen),
            "switch_seen",
            icon="eye",
        ),
        Note("Each room has a choice of its own, on the room's page."),
    )


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def devices(state: State, today: date) -> Page:
    """Return the page of the devices that are signed in."""
    known = state.pages.devices
    if known is None:
        return Page("Devices", (coming(online=state.link.online),), _BACK)
    rows: list[Part] = []
    for each in known:
        seen = moment(each.last_seen_at, None)
        when = "This device" if each.is_this else f"{day_name(seen.date(), today)}, {seen:%H:%M}"
        does = () if each.is_this else (Button("Sign out", RevokedDevice(each.id), each.id),)
        below = f"{when} · {each.address}" if each.address else when
        rows.append(Row(each.id, one_line(each.device) or "A device", below, does=does))
    if len(known) > 1:
        rows.append(Button("Sign out all others", RevokedOthers(), "revoke_others", is_main=True))
    return Page("Devices", (Note(_OTHERS), *rows), _BACK)


def password() -> Page:
    """Return the page that changes the password."""
    fields = ("old_password", "new_password", "new_password_again")
    return Page(
        "Password",
        (
            Field("old_password", "The password now", is_secret=True),
            Field("new_password", "The new one, of 8 characters or more", is_secret=True),
            Field("new_password_again", "The new one again", is_secret=True),
            Note("All other devices are signed out."),
            Submit("Change it", TypedPasswords, fields, "save_password"),
        ),
        _BACK,
    )


def second_factor(state: State) -> Page:
    """Return the page that turns the second factor on and off."""
    pages = state.pages
    if pages.codes:
        return Page("Second factor", _codes(pages.codes), _BACK)
    if pages.secret is not None:
        parts: tuple[Part, ...] = (
            Note("Give this to the app that shows your codes, then type the first code."),
            Row("secret", pages.secret.secret),
            Copy("Copy it", pages.secret.secret),
            Copy("Copy it as a link", pages.secret.uri),
            Field("totp_code", "The code"),
            Submit("Turn it on", TypedCode, ("totp_code",), "confirm_totp"),
        )
        return Page("Second factor", parts, _BACK)
    return Page(
        "Second factor",
        (
            Note("To sign in one then needs the password and a code that changes all the time."),
            Field("totp_password", "Your password", is_secret=True),
            Submit("Set it up", BeganSecondFactor, ("totp_password",), "start_totp"),
            Submit("Turn it off", EndedSecondFactor, ("totp_password",), "end_totp"),
        ),
        _BACK,
    )


def _codes(codes: tuple[str, ...]) -> tuple[Part, ...]:
    return (
        Note(
            "It is on. Keep these: each stands in for a code once, if you lose the app."
            " They are not shown again."
        ),
        *(Row(code, code) for code in codes),
        Copy("Copy them all", "\n".join(codes)),
    )


def delete_account() -> Page:
    """Return the page that asks whether the account is really to be deleted."""
    return Page(
        "Delete my account",
        (
            Note(
                "This cannot be undone. What you have said stays, under nobody's name;"
                " your name becomes free."
            ),
            Field("delete_password", "Your password", is_secret=True),
            Submit("Delete it for good", DeletedAccount, ("delete_password",), "delete_account"),
        ),
        _BACK,
    )
