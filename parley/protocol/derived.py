"""What the accepting gateway found out about an entry, and says beside its content.

Owns: the form of it. The content is what was sent; this can be worked out from it and from who is
in the room, once, so that no client has to.
Never: how it is worked out (`parley.domain.formatting`, `gateway.preparing`).
"""

from msgspec import Struct, field

from parley.protocol.formatting import Block
from parley.protocol.ids import Id


class Derived(Struct, frozen=True, omit_defaults=True):
    """What is known of an entry beside its content. What is empty is left out.

    Of a deletion, `mentions` and `everyone` are those of the message that it is about, so that an
    unread count can be corrected by it.
    """

    tree: list[Block] = field(default_factory=list)
    """Empty if the text has no formatting: it is one plain paragraph."""
    mentions: list[Id] = field(default_factory=list)
    """Whom the text names: people who are in the room, each once."""
    everyone: bool = False
    """Whether the text names all who are in the room."""
    seq: int = 0
    """Where the message that this is about, or answers, stands; 0 if it is gone."""

    def __bool__(self) -> bool:
        """Return whether there is anything to say."""
        return bool(self.tree or self.mentions or self.everyone or self.seq)
