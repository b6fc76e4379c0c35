"""Variables that look like settings and are none: most often typing errors.

Owns: what is said of them.
Never: refusing one; a later version's variable must not stop an earlier one.
"""

import difflib
from collections.abc import Mapping, Sequence

from parley.settings.declaring import settings_of
from parley.settings.programs import PROGRAMS
from parley.settings.reading import environment_with

_PREFIX = "PARLEY_"


def unknown_variables(environ: Mapping[str, str] | None = None) -> list[str]:
    """Return a sentence about each PARLEY_ variable that nothing reads. None: the process's own."""
    environ = environment_with({}) if environ is None else environ
    settings = (setting for program in PROGRAMS.values() for setting in settings_of(program))
    known = sorted({setting.env.removeprefix(_PREFIX) for setting in settings})
    names = sorted(name.removeprefix(_PREFIX) for name in environ if name.startswith(_PREFIX))
    return [_unknown(name, known) for name in names if name not in known]


def _unknown(name: str, known: Sequence[str]) -> str:
    alike = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {_PREFIX}{alike[0]}?" if alike else ""
    return f"{_PREFIX}{name} is no setting of Parley and is ignored{hint}"
