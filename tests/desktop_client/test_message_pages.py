"""The pages about one message, and the page of keys."""

from desktop_client.pages import page_of
from desktop_client.pages.parts import Button, Note, Page, Row, Shortcut
from desktop_client.state.changes import with_change
from desktop_client.state.model import Dialog, State
from desktop_client.state.talk import Talk
from desktop_client.update.events import ChoseForward
from parley.client import MessageReceipts, Target
from parley.protocol.mark_commands import Recipient
from tests.desktop_client.parts import (
    ANN,
    BOB,
    LOBBY,
    NOON,
    PLANS,
    TODAY,
    deleted,
    said,
    signed_in,
    with_entries,
)


def about(dialog: Dialog, *, author: str = BOB.id, **changes: object) -> State:
    """A page about a message of the lobby."""
    talks = {room.id: Talk(room) for room in (LOBBY, PLANS)}
    target = Target(author, said(1).cmid)
    return signed_in(dialog=dialog, about=target, talks=talks, **changes)


def opened(state: State) -> Page:
    page = page_of(state, TODAY)
    assert page is not None
    return page


def names(page: Page) -> list[str]:
    return [part.name for part in page.parts if isinstance(part, Button)]


def test_what_somebody_else_has_said_a_member_deletes_for_oneself_alone() -> None:
    assert names(opened(about(Dialog.DELETE))) == ["delete_for_me", "keep_it"]


def test_ones_own_message_is_deleted_for_everyone_or_for_oneself() -> None:
    page = opened(about(Dialog.DELETE, author=ANN.id))

    assert names(page) == ["delete_for_all", "delete_for_me", "keep_it"]


def test_what_is_deleted_for_everyone_already_goes_for_oneself_alone() -> None:
    own = said(1, by=ANN)
    talk = with_change(with_entries(Talk(LOBBY), [own]), deleted(2, own, by=ANN))
    state = signed_in(dialog=Dialog.DELETE, about=own.target, talks={LOBBY.id: talk})

    assert names(opened(state)) == ["delete_for_me", "keep_it"]


def test_a_message_is_forwarded_to_any_room_whatever_the_list_shows() -> None:
    page = opened(about(Dialog.FORWARD, filter="plans"))

    rows = [part for part in page.parts if isinstance(part, Row)]
    assert {row.emits for row in rows} == {ChoseForward(LOBBY.id), ChoseForward(PLANS.id)}


def test_it_is_told_who_has_received_and_who_has_read_a_message() -> None:
    recipients = [Recipient("bob00", NOON, NOON), Recipient("cy000", NOON, 0), Recipient("x", 0, 0)]
    page = opened(about(Dialog.INFO, info=MessageReceipts(3, 2, 1, recipients)))

    assert page.parts[0] == Note("For 3: received by 2, read by 1")
    below = [part.below.split(" ")[0] for part in page.parts if isinstance(part, Row)]
    assert below == ["Read", "Received", "Not"]


def test_what_one_is_not_told_is_not_said() -> None:
    page = opened(about(Dialog.INFO, info=MessageReceipts(3, 2, -1, [])))

    assert page.parts == (Note("For 3: received by 2"),)


def test_the_keys_are_listed() -> None:
    page = opened(signed_in(dialog=Dialog.KEYS))

    assert "Ctrl+J" in [part.key for part in page.parts if isinstance(part, Shortcut)]
