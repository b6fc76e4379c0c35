"""A page of history that was read before a change, and arrives after it."""

from parley.client.events import Message
from parley.client.recent_changes import RecentChanges
from parley.client.showing import HistoryPage
from parley.protocol.content import Content, Delete, Edit, React, Target
from parley.protocol.events import Event
from parley.protocol.states import Reaction, State

ROOM, ANN, BOB = "lobby", "0000000000ann", "0000000000bob"
CMID = "00000000-0000-7000-8000-000000000001"
SAID = Message(ROOM, 1, 1, 1, 1000, ANN, CMID, "hello")


def event(seq: int, content: Content, author: str = ANN, generation: int = 1) -> Event:
    cmid = f"00000000-0000-7000-8000-{seq:012x}"
    return Event(ROOM, generation, seq, 1, 1000 + seq, author, cmid, content)


def page(as_of: int, *states: State) -> HistoryPage:
    told = {state.seq: state for state in states}
    return HistoryPage(ROOM, 1, (SAID,), 1, 1, False, as_of=as_of, states=told)


def remembering(*events: Event) -> RecentChanges:
    changes = RecentChanges()
    for each in events:
        changes.add(each)
    return changes


def test_what_happened_after_the_page_was_read_is_in_it() -> None:
    changes = remembering(event(5, Edit(CMID, "hello all")))

    read = changes.brought_up(page(as_of=4), ANN)

    assert read.states[1].text == "hello all"


def test_what_was_in_the_page_already_counts_once() -> None:
    react = React(SAID.target, "👍")
    changes = remembering(event(3, react, BOB), event(5, react, ANN))
    state = State(1, 1, 1000, ANN, CMID, "hello", reactions=[Reaction("👍", 1, [BOB])])

    read = changes.brought_up(page(4, state), ANN)

    assert read.states[1].reactions == [Reaction("👍", 2, [BOB, ANN], mine=True)]


def test_the_only_reaction_is_gone_once_it_was_taken_back() -> None:
    changes = remembering(event(5, React(SAID.target, "👍", on=False), BOB))
    state = State(1, 1, 1000, ANN, CMID, "hello", reactions=[Reaction("👍", 1, [BOB])])

    assert changes.brought_up(page(4, state), ANN).states == {}


def test_what_was_taken_back_is_forgotten() -> None:
    changes = remembering(event(3, Edit(CMID, "kept")), event(5, Delete(SAID.target)))

    changes.take_back(ROOM, generation=2, after=4)

    assert changes.brought_up(page(as_of=2), ANN).states[1].text == "kept"


def test_what_is_about_another_message_changes_nothing() -> None:
    changes = remembering(event(5, Delete(Target(BOB, CMID))))

    assert changes.brought_up(page(as_of=4), ANN).states == {}
