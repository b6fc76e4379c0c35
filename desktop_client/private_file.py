"""Small files that only their owner may read.

Owns: writing one whole or not at all.
Never: what is in it.
"""

import os
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Put this into a file, whose folder is made if it is missing. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    new.replace(path)
