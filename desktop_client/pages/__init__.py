"""The pages that open over the main screen: what stands on each, as plain values.

Owns: the parts of a page, and which parts somebody in this state is shown.
Never: how a part is drawn (`desktop_client.view.page`), nor what follows from a choice.
"""

from desktop_client.pages.parts import Page
from desktop_client.pages.which import page_of

__all__ = ["Page", "page_of"]
