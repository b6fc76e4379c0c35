"""Notifications of the desktop, by the program that every Linux desktop has for it.

Owns: starting `notify-send`, if it is there.
Never: what is worth telling (`desktop_client.update.telling`).
"""

import shutil
import subprocess

_PROGRAM = "notify-send"


def notify(title: str, text: str) -> None:
    """Show a notification; where there is no way to, do nothing."""
    program = shutil.which(_PROGRAM)
    if program is None:
        return
    # "--": a message may begin with a dash. It is markup to some desktops, so it is escaped.
    safe = text.replace("&", "&amp;").replace("<", "&lt;")
    subprocess.Popen(
        [program, "--app-name=Parley", "--", title, safe],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
