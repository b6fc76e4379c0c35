"""What is done to a message: the composer's modes, reactions, deletion, passing on, jumping."""

from dataclasses import replace

import pytest
from msgspec import structs

from desktop_client.state.history import Around
from desktop_client.state.model import Dialog, Mode, State
from desktop_client.state.talk import Talk
from desktop_client.update import effects, events, update
from parley import client
from parley.client import Target
from tests.desktop_client.parts import (
    ANN,
    BOB,
    LOBBY,
    NOON,
    PLANS,
    deleted,
    page,
    reacted,
    said,
    signed_in,
    texts,
    with_entries,
)

OWN, OTHER = said(1, "mine", by=ANN), said(2, "theirs", by=BOB)


@pytest.fixture
def state() -> State:
    talk = replace(with_entries(Talk(LOBBY), [OWN, OTHER]), first=1)
    return signed_in(talks={LOBBY.id: talk, PLANS.id: Talk(PLANS)})


def after(state: State, *happened: events.Event) -> State:
    for event in happened:
        state, _ = update(state, event)
    return state


def asked(state: State, event: events.Event) -> list[effects.Effect]:
    return update(state, event)[1]


# --- answers and edits ---------------------------------------------------------------------


def test_what_is_sent_as_an_answer_says_what_it_answers(state: State) -> None:
    state = after(state, events.PressedReply(OTHER.target))

    state, sent = update(state, events.PressedSend("yes"))

    assert sent[0] == effects.Post(LOBBY.id, "yes", reply_to=OTHER.target)
    assert state.mode is None


def test_up_edits_the_last_message_of_ones_own_in_its_present_words(state: State) -> None:
    edit = client.Edited(LOBBY.id, 1, 3, NOON, ANN.id, OWN.target, 1, "mine, mended")
    state = after(state, events.Happened(edit, NOON), events.PressedUp())

    assert state.mode == Mode(OWN.target, is_edit=True)
    assert state.drafts[LOBBY.id] == "mine, mended"


def test_an_edit_gives_the_message_its_new_words(state: State) -> None:
    state = after(state, events.PressedEdit(OWN.target))

    state, sent = update(state, events.PressedSend("mine, mended"))

    assert sent == [effects.Edit(LOBBY.id, OWN.cmid, "mine, mended")]
    assert (state.mode, state.drafts) == (None, {})


@pytest.mark.parametrize("text", ["mine", " mine ", "  "])
def test_an_edit_that_changes_nothing_is_not_sent(state: State, text: str) -> None:
    state = after(state, events.PressedEdit(OWN.target))

    assert asked(state, events.PressedSend(text)) == []


def test_leaving_an_edit_forgets_its_words_and_leaving_an_answer_does_not(state: State) -> None:
    edit = after(state, events.PressedEdit(OWN.target), events.LeftMode())
    assert (edit.mode, edit.drafts) == (None, {})

    answer = replace(state, drafts={LOBBY.id: "half"})
    answer = after(answer, events.PressedReply(OTHER.target), events.LeftMode())
    assert (answer.mode, answer.drafts) == (None, {LOBBY.id: "half"})


def test_a_deleted_message_cannot_be_edited(state: State) -> None:
    state = after(state, events.Happened(deleted(3, OWN, by=ANN), NOON))

    assert after(state, events.PressedEdit(OWN.target)).mode is None


# --- reactions, pins, stars ----------------------------------------------------------------


def test_an_emoji_is_put_to_a_message_and_the_second_time_taken_back(state: State) -> None:
    toggled = events.ToggledReaction(OTHER.target, "🔥")

    assert asked(state, toggled) == [effects.React(LOBBY.id, OTHER.target, "🔥", on=True)]
    state = after(state, events.Happened(reacted(3, OTHER, "🔥", by=ANN), NOON))
    assert asked(state, toggled) == [effects.React(LOBBY.id, OTHER.target, "🔥", on=False)]


def test_the_picker_reacts_to_the_message_that_it_was_opened_for(state: State) -> None:
    state = after(state, events.PressedReact(OTHER.target))
    assert state.dialog is Dialog.EMOJI

    state, done = update(state, events.ChoseEmoji("👋"))

    assert effects.React(LOBBY.id, OTHER.target, "👋", on=True) in done
    assert (state.dialog, state.about) == (Dialog.NONE, None)


def test_a_pin_and_a_star_are_taken_back_by_the_same_entry(state: State) -> None:
    pinned = client.PinChanged(LOBBY.id, 1, 3, NOON, BOB.id, OWN.target, 1, True)
    starred = client.MessageStarred(LOBBY.id, 1, ANN.id, OWN.cmid, True)
    pin, star = events.PressedPin(OWN.target), events.PressedStar(OWN.target)
    assert asked(state, pin) == [effects.Pin(LOBBY.id, OWN.target, on=True)]
    assert asked(state, star) == [effects.Star(LOBBY.id, OWN.target, on=True)]

    state = after(state, events.Happened(pinned, NOON), events.Happened(starred, NOON))

    assert asked(state, pin) == [effects.Pin(LOBBY.id, OWN.target, on=False)]
    assert asked(state, star) == [effects.Star(LOBBY.id, OWN.target, on=False)]


# --- deletion and passing on ---------------------------------------------------------------


@pytest.mark.parametrize("for_everyone", [True, False])
def test_a_message_is_deleted_only_after_it_was_confirmed(state: State, for_everyone: bool) -> None:
    pressed, nothing = update(state, events.PressedDelete(OWN.target))
    assert (pressed.dialog, nothing) == (Dialog.DELETE, [])

    done = asked(pressed, events.ConfirmedDelete(for_everyone))

    assert done == [effects.Delete(LOBBY.id, OWN.target, for_everyone)]
    kept = after(pressed, events.ClosedDialog())
    assert asked(kept, events.ConfirmedDelete(for_everyone)) == []


def test_what_one_has_hidden_leaves_the_screen(state: State) -> None:
    hidden = client.MessageHidden(LOBBY.id, 2, BOB.id, OTHER.cmid)

    state = after(state, events.Happened(hidden, NOON))

    assert state.talks[LOBBY.id].entries == (OWN,)


def test_a_forwarded_message_says_so_where_it_is_said_again(state: State) -> None:
    state = after(state, events.PressedForward(OTHER.target))

    state, done = update(state, events.ChoseForward(PLANS.id))

    assert done[-1] == effects.Post(PLANS.id, "theirs", forwarded=True)
    assert state.opened == PLANS.id


# --- jumping -------------------------------------------------------------------------------


def test_a_quoted_message_that_is_here_is_shown(state: State) -> None:
    assert after(state, events.ClickedQuote(OWN.target)).found == OWN.target


def test_a_message_of_a_room_that_was_empty_when_it_was_fetched_is_shown(state: State) -> None:
    talk = with_entries(Talk(LOBBY, more=False), [OWN])

    state = after(replace(state, talks={LOBBY.id: talk}), events.ClickedQuote(OWN.target))

    assert state.found == OWN.target


def test_what_lies_around_an_older_one_is_fetched_and_not_all_between(state: State) -> None:
    old = client.State(5, 5, NOON, BOB.id, "old", "long ago")
    talk = replace(with_entries(Talk(LOBBY), [said(900)]), first=900)
    state = after(replace(state, talks={LOBBY.id: talk}), events.GotMessages(LOBBY.id, (old,)))

    state, done = update(state, events.ClickedQuote(Target(BOB.id, "old")))
    assert done == [effects.LoadHistory(LOBBY.id, Around(5))]
    shown = replace(said(5, "long ago"), cmid="old")
    around = structs.replace(page(shown, more=True), more_after=True)
    state, done = update(state, events.GotHistory(around, Around(5)))

    talk = state.talks[LOBBY.id]
    assert (state.found, done) == (Target(BOB.id, "old"), [])
    assert (texts(talk), talk.is_past, talk.last()) == (["long ago"], True, said(900))


def test_a_quoted_message_that_is_gone_is_said_to_be(state: State) -> None:
    state = after(state, events.ClickedQuote(Target(BOB.id, "gone")))

    assert "not here" in state.notice


# --- what the server tells -----------------------------------------------------------------


def test_a_message_that_answers_an_unknown_one_asks_for_it_once(state: State) -> None:
    answer = replace(said(3), reply_to=Target(BOB.id, "old"))

    state, done = update(state, events.Happened(answer, NOON))

    assert done == [effects.LoadMessages(LOBBY.id, (Target(BOB.id, "old"),))]
    again = replace(said(4), reply_to=Target(BOB.id, "old"))
    assert asked(state, events.Happened(again, NOON)) == []


def test_after_a_loss_what_had_changed_is_read_again(state: State) -> None:
    state = after(state, events.Happened(reacted(5, OWN, "🔥", by=BOB), NOON))

    done = asked(state, events.Happened(client.Retracted(LOBBY.id, 2, 4, ()), NOON))

    assert done == [effects.LoadMessages(LOBBY.id, (OWN.target,))]


def test_somebody_who_has_said_it_is_not_typing_any_more(state: State) -> None:
    typing = client.TypingShown(LOBBY.id, BOB.id, 5000)
    state = after(state, events.Happened(typing, NOON))
    assert state.typists.in_room(LOBBY.id, NOON) == [BOB.id]

    state = after(state, events.Happened(said(3, by=BOB), NOON))

    assert state.typists.in_room(LOBBY.id, NOON) == []


def test_who_types_is_shown_until_the_time_is_over(state: State) -> None:
    typing = client.TypingShown(LOBBY.id, BOB.id, 5000)

    state = after(state, events.Happened(typing, NOON), events.Ticked(NOON + 5001))

    assert state.typists.in_room(LOBBY.id, state.now) == []


def test_the_answer_to_who_has_read_it_is_shown_for_that_message_alone(state: State) -> None:
    receipts = client.MessageReceipts(1, 1, 0, [])
    state, done = update(state, events.PressedInfo(OWN.target))
    assert done == [effects.LoadInfo(LOBBY.id, OWN.target)]

    assert after(state, events.GotInfo(OTHER.target, receipts)).info is None
    assert after(state, events.GotInfo(OWN.target, receipts)).info == receipts
