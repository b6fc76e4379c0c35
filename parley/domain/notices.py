"""A change of a room as a sentence: what each kind of notice says.

Owns: the words.
Never: who somebody is; names arrive as arguments, as they are to be shown.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from parley.protocol.content import NoticeOf

_SENTENCES: Mapping[NoticeOf, str] = MappingProxyType(
    {
        "created": "{by} made the room",
        "joined": "{who} joined",
        "left": "{who} left",
        "added": "{by} added {who}",
        "removed": "{by} removed {who}",
        "banned": "{by} banned {who}",
        "unbanned": "{by} lets {who} come back",
        "made_owner": "{by} made {who} an owner",
        "made_admin": "{by} made {who} an admin",
        "made_member": "{by} made {who} a member like the others",
        "renamed": "{by} named the room {text}",
        "topic": "{by} set the topic: {text}",
        "description": "{by} changed the description",
        "read_only": "{by} lets only owners and admins speak",
        "writable": "{by} lets everybody speak",
        "closed": "{by} closed the room",
    }
)


def notice_sentence(what: NoticeOf, by: str, who: Sequence[str], text: str) -> str:
    """Return what is told of a change: `by` whom, to `who`, with the new name or topic."""
    if what == "topic" and not text:
        return f"{by} cleared the topic"
    *first, last = who
    names = f"{', '.join(first)} and {last}" if first else last
    return _SENTENCES[what].format(by=by, who=names, text=text)
