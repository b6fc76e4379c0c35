"""What the command line of `parley desktop` asks for.

Owns: the options as values.
Never: reading them; that is `parley.cli`'s.
"""

from dataclasses import dataclass, field
from pathlib import Path

from desktop_client.assets.book import folder_of_environment

LOCAL_SERVER = "http://127.0.0.1:8080"


@dataclass(frozen=True, slots=True)
class DesktopOptions:
    """One start of `parley desktop`."""

    data_dir: Path
    """Where profiles are kept."""
    url: str | None = None
    """None: the server of the last time, or the one on this computer."""
    profile: str = "default"
    width: int | None = None
    """None: as wide and high, and at the place, as the window was at the last time."""
    height: int | None = None
    scale: float | None = None
    """How many of the screen's pixels one of the layout's takes; None: as the display tells."""
    assets: Path = field(default_factory=folder_of_environment)
