"""Looking for what was said.

Owns: the dialogue for it, and the way to what was found.
Never: what counts as found; that is the server's.
"""

from dataclasses import replace

from desktop_client.state.model import Dialog, State
from desktop_client.update import events
from desktop_client.update.effects import Effect, Search
from desktop_client.update.messages import jumped
from desktop_client.update.rooms import opened
from parley.client import Target

Next = tuple[State, list[Effect]]


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.OpenedSearch():
            return replace(state, dialog=Dialog.SEARCH, query="", hits=None), []
        case events.TypedSearch(text=text):
            query = text.strip()
            state = replace(state, query=query, hits=None)
            return state, [Search(query)] if query else []
        case events.GotHits(query=query, hits=hits):
            return (replace(state, hits=hits) if query == state.query else state), []
        case events.ChoseHit(hit=hit, draft=draft) if hit.room in state.talks:
            state, opening = opened(replace(state, dialog=Dialog.NONE), hit.room, draft)
            talk, target = state.talks[hit.room], Target(hit.author, hit.cmid)
            state, jumping = jumped(state, talk, target, hit.seq)
            return state, [*opening, *jumping]
        case events.ChoseHit():
            return replace(state, dialog=Dialog.NONE), []
    return None
