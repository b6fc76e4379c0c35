"""A formatted text without its format.

Owns: the words of a tree, and whether there is a link among them.
Never: how a text becomes a tree.
"""

from collections.abc import Iterator, Sequence

from parley.protocol.formatting import (
    Block,
    Bold,
    CodeBlock,
    Inline,
    Italic,
    Link,
    ListBlock,
    Paragraph,
    Quote,
    Strike,
)

Node = Block | Inline


def plain_text(tree: Sequence[Block]) -> str:
    """Return the words of a tree, each block on lines of its own."""
    return "\n".join(map(_block_text, tree))


def has_link(tree: Sequence[Block]) -> bool:
    """Return whether a tree has a link in it."""
    return any(isinstance(node, Link) for node in _nodes(tree))


def _block_text(block: Block) -> str:
    match block:
        case Paragraph(inside):
            return _inline_text(inside)
        case Quote(quoted):
            return plain_text(quoted)
        case CodeBlock(text):
            return text
        case ListBlock(items):
            return "\n".join(_inline_text(item.inside) for item in items)


def _inline_text(inside: Sequence[Inline]) -> str:
    return "".join(
        _inline_text(node.inside) if isinstance(node, Bold | Italic | Strike | Link) else node.text
        for node in inside
    )


def _nodes(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _nodes(_inside(node))


def _inside(node: Node) -> Sequence[Node]:
    if isinstance(node, ListBlock):
        return [part for item in node.items for part in item.inside]
    if isinstance(node, Paragraph | Quote | Bold | Italic | Strike | Link):
        return node.inside
    return []
