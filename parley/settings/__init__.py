"""What an operator may choose.

Owns: every variable's name, default, unit, meaning and range; each is declared once, in one of the
modules here, and `docs/operations.md` is held against these declarations by a test.
Never: what a setting does. The programs' own modules read their settings once, at start, and hand
plain values on.

`variables` knows what text a variable takes, `declaring` how a field declares one, and `reading`
alone reads the environment; the others declare, a part of Parley each.
"""

from parley.settings.declaring import settings_of
from parley.settings.limits import LimitOptions
from parley.settings.log import LogFormat, LogLevel, LogSettings
from parley.settings.places import DatabaseSettings, RedisSettings
from parley.settings.programs import (
    PROGRAMS,
    AdminSettings,
    ChatSettings,
    GatewaySettings,
    LoggerSettings,
    ServeSettings,
)
from parley.settings.reading import Program, environment_with
from parley.settings.rooms import DirectoryOptions, StreamOptions
from parley.settings.services import GatewayOptions, LoggerOptions, SignUp
from parley.settings.unknown import unknown_variables
from parley.settings.variables import InvalidSetting, Secret

__all__ = [
    "PROGRAMS",
    "AdminSettings",
    "ChatSettings",
    "DatabaseSettings",
    "DirectoryOptions",
    "GatewayOptions",
    "GatewaySettings",
    "InvalidSetting",
    "LimitOptions",
    "LogFormat",
    "LogLevel",
    "LogSettings",
    "LoggerOptions",
    "LoggerSettings",
    "Program",
    "RedisSettings",
    "Secret",
    "ServeSettings",
    "SignUp",
    "StreamOptions",
    "environment_with",
    "settings_of",
    "unknown_variables",
]
