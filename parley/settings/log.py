"""What the programs write to standard error.

Owns: the choice of how a log line looks, and of how much is written.
Never: writing it (`parley.observe`), nor the rooms' logs (`parley.settings.rooms`).
"""

# ruff: noqa: RUF009 - the calls in the dataclasses return fields, as `field` itself does

from dataclasses import dataclass
from typing import Literal

from parley.settings import variables
from parley.settings.declaring import setting

# What a log line looks like: an object for machines, or words for a person.
LogFormat = Literal["json", "console"]
# The least severe line that is written.
LogLevel = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True)
class LogSettings:
    """What is written to standard error, and how."""

    format: LogFormat = setting(
        "PARLEY_LOG_FORMAT",
        variables.one_of(LogFormat),
        "json",
        "How a log line looks: json, or console (what `parley serve` takes on a terminal)",
    )
    level: LogLevel = setting(
        "PARLEY_LOG_LEVEL",
        variables.one_of(LogLevel),
        "info",
        "The least severe line that is logged: debug, info, warning or error",
    )
