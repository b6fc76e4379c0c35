"""Accounts that are made past every gateway, and the tokens that open them.

Owns: names, and what a device's token is made from: its name.
Never: a password; nobody here signs in by one.
"""

from __future__ import annotations

import base64
from hashlib import sha256

from parley.store.records import NewSession


def crowd_name(number: int) -> str:
    """Return the name of one of a crowd."""
    return f"crowd{number}"


def token_of(device: str) -> str:
    """Return a device's token, as a gateway would have made it."""
    return base64.urlsafe_b64encode(sha256(device.encode()).digest()).rstrip(b"=").decode()


def session_of(device: str) -> NewSession:
    """Return the session that the token opens."""
    hashed = sha256(token_of(device).encode()).digest()
    return NewSession(f"ses{device}", hashed, "a device", "192.0.2.1")
