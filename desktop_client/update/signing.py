"""Who we are: the first screen, an earlier session, and the end of one.

Owns: what happens until somebody is signed in, and when that ends.
Never: rooms and messages.
"""

from dataclasses import replace

from desktop_client.state.model import EntryForm, Link, Stage, State
from desktop_client.state.talk import with_outgoing
from desktop_client.update import events
from desktop_client.update.effects import Connect, Effect, LoadRooms, Remember, SignOut
from desktop_client.update.rooms import left_room
from desktop_client.update.talking import outgoing_of

_THIS_COMPUTER = ("localhost", "127.", "[::1]")

Next = tuple[State, list[Effect]]


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.PressedEnter():
            return _enter(state, event)
        case events.SwitchedForm(url=url, user=user):
            form = replace(state.form, url=url, user=user, sign_up=not state.form.sign_up)
            form = replace(form, error="", asks_code=False)
            return replace(state, form=form), []
        case events.FoundServer(url=url):
            return replace(state, form=replace(state.form, found=url)), []
        case events.SignedIn():
            return _signed_in(state, event)
        case events.NotSignedIn(reason=reason, asks_code=asks_code):
            return _back_to_form(state, reason, asks_code=asks_code)
        case events.PressedSignOut() if not state.link.online:
            return replace(state, notice="Signing out needs a connection to the server"), []
        case events.PressedSignOut():
            return state, [SignOut()]
    return None


def _enter(state: State, event: events.PressedEnter) -> Next:
    if state.form.busy:
        return state, []
    url = _address(event.url)
    form = replace(state.form, url=url, user=event.user, error="")
    missing = _missing(event)
    if missing:
        return replace(state, form=replace(form, error=missing)), []
    connect = Connect(url, event.user, event.password, form.sign_up, event.code)
    return replace(state, form=replace(form, busy=True)), [connect]


def _address(typed: str) -> str:
    """Return an address with its scheme: a password goes to another computer by https alone."""
    if not typed or "://" in typed:
        return typed
    return f"http://{typed}" if typed.startswith(_THIS_COMPUTER) else f"https://{typed}"


def _missing(event: events.PressedEnter) -> str:
    if not event.url:
        return "Give the address of a server, such as http://127.0.0.1:8080"
    if not event.user:
        return "Give a user name"
    return "" if event.password else "Give a password"


def _signed_in(state: State, event: events.SignedIn) -> Next:
    known = state if state.me is None or state.me.id == event.person.id else _forgotten(state)
    url, user = known.form.url, event.person.user_name
    form = EntryForm(url, user, found=known.form.found)  # the next to come here has an account
    people = {**known.people, event.person.id: event.person}
    state = replace(
        known,
        stage=Stage.MAIN,
        me=event.person,
        people=people,
        form=form,
        session_kept=event.where,
    )
    talks = dict(state.talks)
    for waiting in event.outbox:
        talk = talks.get(waiting.room) or left_room(waiting.room)
        talks[waiting.room] = with_outgoing(talk, outgoing_of(waiting))
    remember = Remember(url=form.url, user=form.user)
    return replace(state, talks=talks), [remember, LoadRooms()]


def _back_to_form(state: State, reason: str, *, asks_code: bool) -> Next:
    # The next try needs the code as well, whatever has ended this one.
    asks_code = asks_code or state.form.asks_code
    form = replace(state.form, busy=False, error=reason, asks_code=asks_code)
    return replace(_forgotten(state), form=form, stage=Stage.ENTRY), []


def _forgotten(state: State) -> State:
    """Return the state without anything that belongs to an account."""
    return State(
        form=state.form,
        theme_choice=state.theme_choice,
        system_theme=state.system_theme,
        recent_emoji=state.recent_emoji,
        link=Link(),
    )
