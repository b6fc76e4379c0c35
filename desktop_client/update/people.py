"""People: finding somebody to chat with, and whom one has blocked.

Owns: the search for people of the dialogue for a new chat.
Never: making and leaving rooms (`desktop_client.update.rooms`), and who is in one
(`desktop_client.update.room_settings`).
"""

from dataclasses import replace

from desktop_client.state.model import Dialog, State
from desktop_client.update import events
from desktop_client.update.effects import Effect, FindPeople, OpenDirect

Next = tuple[State, list[Effect]]

# Fewer letters would find everybody.
_LETTERS = 2


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.TypedPerson(text=text):
            query = text.strip()
            if len(query) < _LETTERS:
                return replace(state, found_people=()), []
            return state, [FindPeople(query)]
        case events.GotFound(people=people):
            others = tuple(person for person in people if person.id != state.my_id)
            return replace(state, found_people=others), []
        case events.ChosePerson(person=person):
            return replace(state, dialog=Dialog.NONE), [OpenDirect(person)]
        case events.GotBlocks(people=blocked):
            return replace(state, blocked=blocked), []
    return None
