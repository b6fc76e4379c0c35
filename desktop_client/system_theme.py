"""Whether the desktop is dark or light, from those who know: the XDG portal, or GNOME's settings.

Owns: asking them, by the programs that desktops have for it.
Never: what follows from the answer.
"""

import subprocess

from desktop_client.state.model import ThemeName

# A desktop that takes longer, in seconds, is not asked.
_PATIENCE = 2.0
_PORTAL = (
    "gdbus call --session --timeout 1 --dest org.freedesktop.portal.Desktop"
    " --object-path /org/freedesktop/portal/desktop --method org.freedesktop.portal.Settings.Read"
    " org.freedesktop.appearance color-scheme"
)
_GNOME = "gsettings get org.gnome.desktop.interface color-scheme"


def system_theme() -> ThemeName | None:
    """Return what the desktop has; None: nobody tells."""
    return theme_of_portal(_told(_PORTAL)) or theme_of_gnome(_told(_GNOME))


def theme_of_portal(told: str) -> ThemeName | None:
    """Return what the portal's answer means: 1 prefers dark, 2 light, 0 nothing."""
    if "uint32 1" in told:
        return "dark"
    return "light" if "uint32 2" in told else None


def theme_of_gnome(told: str) -> ThemeName | None:
    """Return what GNOME's setting means; its default is light."""
    if "prefer-dark" in told:
        return "dark"
    return "light" if "prefer-light" in told or "default" in told else None


def _told(command: str) -> str:
    try:
        done = subprocess.run(
            command.split(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=True,
            text=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout
