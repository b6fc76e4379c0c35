"""The pages about one message: really delete it, forward it where, who has it.

Owns: what stands on them.
Never: what follows from a choice.
"""

from dataclasses import replace
from datetime import date

from desktop_client.layout.words import name_of, one_line, short_time
from desktop_client.pages.parts import Button, Note, Page, Part, Row, coming
from desktop_client.state.listing import listed
from desktop_client.state.model import State
from desktop_client.state.talk import Talk
from desktop_client.update.events import ChoseForward, ClosedDialog, ConfirmedDelete
from desktop_client.update.messages import may_delete_for_everyone
from parley.client import Target


def delete(state: State, talk: Talk) -> Page:
    """Return the page that asks whether a message is really to be deleted, and for whom."""
    parts: list[Part] = [
        Button("Delete for me alone", ConfirmedDelete(False), "delete_for_me", icon="eye-off"),
        Button("Keep it", ClosedDialog(), "keep_it", icon="undo-2"),
    ]
    if state.about is not None and _may_for_everyone(talk, state.about, state.my_id):
        words = "Delete for everyone"
        everyone = Button(words, ConfirmedDelete(True), "delete_for_all", is_main=True)
        parts.insert(0, everyone)
    return Page("Delete this message?", tuple(parts))


def _may_for_everyone(talk: Talk, target: Target, me: str) -> bool:
    now = talk.states.get(target)
    is_deleted = now is not None and now.deleted
    return not is_deleted and may_delete_for_everyone(talk, target, me)


def forward(state: State) -> Page:
    """Return the page that asks where a message is to be said again."""
    rooms = (talk.room for talk in listed(replace(state, filter="", shown="all")))
    rows = (
        Row(room.id, one_line(room.name) or room.id, avatar=room.id, emits=ChoseForward(room.id))
        for room in rooms
    )
    return Page("Forward to", tuple(rows))


def info(state: State, today: date) -> Page:
    """Return the page that tells who has received and read a message of one's own."""
    known = state.info
    if known is None:
        return Page("Who has it", (coming(online=state.link.online),))
    read = f", read by {known.read}" if known.read >= 0 else ""
    whole = Note(f"For {known.people}: received by {known.delivered}{read}")
    rows = (
        Row(
            each.person,
            name_of(each.person, state.people),
            _came(each.delivered_at, each.read_at, today),
            avatar=each.person,
        )
        for each in known.recipients
    )
    return Page("Who has it", (whole, *rows))


def _came(delivered_at: int, read_at: int, today: date) -> str:
    if read_at:
        return f"Read {short_time(read_at, today, None)}"
    if delivered_at:
        return f"Received {short_time(delivered_at, today, None)}"
    return "Not yet"
