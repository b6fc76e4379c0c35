"""Pages that list messages: pinned, starred, and the versions of one.

Owns: what stands on them.
Never: where a click leads (`desktop_client.update.messages`).
"""

from datetime import date

from desktop_client.layout.words import day_name, moment, name_of, one_line
from desktop_client.pages.parts import Note, Page, Row, coming
from desktop_client.state.model import Dialog, State
from desktop_client.state.pages import Listed
from desktop_client.update.events import ChoseListed, OpenedPage

# Of a message, so many characters are shown.
_SHOWN = 400


def pins(state: State, today: date) -> Page:
    """Return the page of what is pinned in the open room."""
    return Page(
        "Pinned messages",
        _rows(state, state.pages.pins, today, "Nothing is pinned here"),
        OpenedPage(Dialog.ROOM),
    )


def starred(state: State, today: date) -> Page:
    """Return the page of what one has starred, in all rooms."""
    nothing = "You have starred nothing. A star is set with a right click on a message."
    rows = _rows(state, state.pages.starred, today, nothing)
    return Page("Starred messages", rows, OpenedPage(Dialog.ACCOUNT))


def _rows(
    state: State, listed: tuple[Listed, ...] | None, today: date, nothing: str
) -> tuple[Note | Row, ...]:
    if listed is None:
        return (coming(online=state.link.online),)
    return tuple(_row(each, state, today) for each in listed) or (Note(nothing),)


def _row(each: Listed, state: State, today: date) -> Row:
    said = moment(each.time, None)
    talk = state.talks.get(each.room)
    where = f" in {one_line(talk.room.name)}" if talk is not None else ""
    who = name_of(each.target.author, state.people)
    below = f"{who}{where}, {day_name(said.date(), today)}, {said:%H:%M}"
    text = one_line(each.text)[:_SHOWN] or "This message was deleted"
    return Row(each.target.cmid, text, below, emits=ChoseListed(each))


def versions(state: State, today: date) -> Page:
    """Return the page of what a message has said, the last version first."""
    known = state.pages.versions
    if known is None:
        return Page("Earlier versions", (coming(online=state.link.online),))
    rows = []
    for each in reversed(known):
        said = moment(each.time, None)
        when = f"{day_name(said.date(), today)}, {said:%H:%M}"
        rows.append(Row(str(each.seq), one_line(each.text), when))
    return Page("Earlier versions", tuple(rows))
