"""A formatted text as a tree, so that clients need not parse it again.

Owns: the nodes, tagged unions on `kind`: blocks, and the inline parts that they are made of. A
node holds text and never markup: a client shows every `text` as it is.
Never: how a text becomes a tree (`parley.domain.formatting`).

The text of a tree is the message's text without the marks.
"""

from typing import Literal

from msgspec import Struct, field

from parley.protocol.ids import Id


class TextRun(Struct, frozen=True, tag_field="kind", tag="text"):
    """Plain words, with line breaks."""

    text: str


class Bold(Struct, frozen=True, tag_field="kind", tag="bold"):
    """`*so*` or `**so**`."""

    inside: list["Inline"]


class Italic(Struct, frozen=True, tag_field="kind", tag="italic"):
    """`_so_`."""

    inside: list["Inline"]


class Strike(Struct, frozen=True, tag_field="kind", tag="strike"):
    """`~so~` or `~~so~~`."""

    inside: list["Inline"]


class Code(Struct, frozen=True, tag_field="kind", tag="code"):
    """Between backticks: nothing in it is a mark."""

    text: str


class Link(Struct, frozen=True, tag_field="kind", tag="link"):
    """An address that begins with `http://`, `https://` or `mailto:`, and what stands for it."""

    url: str
    inside: list["Inline"]


class Mention(Struct, frozen=True, tag_field="kind", tag="mention"):
    """A person who is in the room. `text` is what was typed, with the `@`."""

    person: Id
    text: str


class Everyone(Struct, frozen=True, tag_field="kind", tag="everyone"):
    """All who are in the room: `@all`, as it was typed."""

    text: str


Inline = TextRun | Bold | Italic | Strike | Code | Link | Mention | Everyone


class Paragraph(Struct, frozen=True, tag_field="kind", tag="paragraph"):
    """Lines of text."""

    inside: list[Inline]


class Quote(Struct, frozen=True, tag_field="kind", tag="quote"):
    """Lines that began with `>`."""

    inside: list["Block"]


class CodeBlock(Struct, frozen=True, tag_field="kind", tag="code_block"):
    """Lines between three backticks: nothing in them is a mark."""

    text: str


class ListItem(Struct, frozen=True):
    """One entry of a list."""

    inside: list[Inline]


class ListBlock(Struct, frozen=True, tag_field="kind", tag="list", omit_defaults=True):
    """Lines that began with `-`, or with numbers: `style` tells which. `start`: the first one."""

    items: list[ListItem] = field(default_factory=list)
    style: Literal["bullets", "numbers"] = "bullets"
    start: int = 1


Block = Paragraph | Quote | CodeBlock | ListBlock
