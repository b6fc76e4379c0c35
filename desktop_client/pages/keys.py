"""The page that lists which keys do something.

Owns: what stands on it.
Never: what the keys do (`desktop_client.view`).
"""

from desktop_client.pages.parts import Page, Shortcut
from desktop_client.state.model import Dialog
from desktop_client.update.events import OpenedPage

_KEYS = (
    ("Enter", "Send"),
    ("Ctrl+Enter", "Begin a new line"),
    ("Up", "In an empty field: edit your last message"),
    ("Escape", "Leave an answer, an edit, a page"),
    ("Ctrl+K", "Find a room; Enter opens the first"),
    ("Ctrl+F", "Find what was said"),
    ("Ctrl+J", "Go to what is unread, here or elsewhere"),
    ("Ctrl+C", "Copy what is selected"),
    ("Ctrl+plus", "Larger text"),
    ("Ctrl+minus", "Smaller text"),
    ("Ctrl+0", "Text of the usual size"),
    ("F1", "This page"),
    ("Right click", "What can be done with a message, or a room"),
)


def keys() -> Page:
    """Return the page."""
    shortcuts = tuple(Shortcut(key, does) for key, does in _KEYS)
    return Page("Keys", shortcuts, OpenedPage(Dialog.ACCOUNT))
