"""The step that makes the secrets, which is a script and no module of the package.

Owns: loading it.
Never: running it.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

_SCRIPT = Path(__file__).parents[2] / "deploy" / "make_secrets.py"


def load_script() -> ModuleType:
    """Return `deploy/make_secrets.py` as a module."""
    spec = importlib.util.spec_from_file_location("make_secrets", _SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
