"""What a text says, as far as it is found by it.

Owns: reading a text's content, or its edit's, into folded words, links, names and tokens.
Never: a database, so that it can be done before a transaction begins.
"""

from typing import NamedTuple

from msgspec import DecodeError

from parley.domain.plain import has_link, plain_text
from parley.domain.searching import fold
from parley.protocol.content import Edit, Text
from parley.protocol.derived import Derived
from parley.protocol.entry import decode_content, decode_derived, decode_named
from parley.store.search.tokens import Group, text_tokens

# In `mentions`, and as a token: everyone who is in the room.
_EVERYONE = ""


class Said(NamedTuple):
    """What a message says now. `named`: whom its first version mentions; `tokens`: its words'.

    Those are remembered for most words, and the same objects: a set of all would take 4 KB each.
    """

    folded: str
    has_link: bool
    named: frozenset[str]
    tokens: tuple[Group, ...]


def said(content: str, derived: str | None) -> Said:
    """Return what a text, or an edit of one, says."""
    words = decode_content(content.encode())
    assert isinstance(words, Text | Edit)
    if derived is None:
        folded = fold(words.text)
        return Said(folded, has_link=False, named=frozenset(), tokens=text_tokens(folded))
    known = _derived(derived.encode())
    everyone = [_EVERYONE] if known.everyone else []
    folded = fold(shown_text(words.text, known))
    return Said(
        folded,
        has_link=has_link(known.tree),
        named=frozenset([*known.mentions, *everyone]),
        tokens=text_tokens(folded),
    )


def _derived(encoded: bytes) -> Derived:
    """Return what was derived; of a later version's tree, whom it names."""
    try:
        return decode_derived(encoded)
    except DecodeError:
        named = decode_named(encoded)
        return Derived([], named.mentions, named.everyone, named.seq)


def shown_text(text: str, derived: Derived) -> str:
    """Return a text as it is shown: without its marks, if it has any."""
    return plain_text(derived.tree) if derived.tree else text
