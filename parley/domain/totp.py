"""A second factor by the clock: time-based one-time passwords (RFC 6238), and recovery codes.

Owns: the codes, as every authenticator app makes them: SHA-1, six digits, 30 seconds.
Never: the clock or a random source, which arrive as arguments; which codes were used up.

The standard library has the one hard part, HMAC; what is left is shorter than a wrapper around a
library for it would be, and is held against the RFC's own test vectors.
"""

import base64
import hmac
import re
from hashlib import sha256
from urllib.parse import quote, urlencode

SECRET_BYTES = 20
"""As long as the hash (RFC 4226, 4, R6)."""
STEP_SECONDS = 30
RECOVERY_CODES = 10

_DIGITS = 6
# A code of the step before or after is taken too: clocks differ, and people type (RFC 6238, 5.2).
_DRIFT_STEPS = 1
_RECOVERY_BITS = 60
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32


def code_at(secret: bytes, step: int) -> str:
    """Return the code of a step, which is the number of half minutes since 1970 (RFC 4226, 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return str(number % 10**_DIGITS).zfill(_DIGITS)


def matching_step(secret: bytes, code: str, now_seconds: float) -> int | None:
    """Return the step whose code it is, around `now_seconds` (Unix time); None if it is none."""
    typed = re.sub(r"\s", "", code).encode(errors="replace")
    now = int(now_seconds // STEP_SECONDS)
    for step in range(now - _DRIFT_STEPS, now + _DRIFT_STEPS + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), typed):
            return step
    return None


def base32(secret: bytes) -> str:
    """Return the secret as people type it into an app."""
    return base64.b32encode(secret).decode().rstrip("=")


def uri(secret: bytes, account: str, issuer: str) -> str:
    """Return the link that apps read from a picture
    (https://github.com/google/google-authenticator/wiki/Key-Uri-Format).
    """
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    return f"otpauth://totp/{label}?{urlencode({'secret': base32(secret), 'issuer': issuer})}"


def recovery_code(random: int) -> str:
    """Return a code made from at least 60 random bits: `f3k9-x0q2-7mzw`."""
    characters = []
    for _ in range(_RECOVERY_BITS // 5):
        random, digit = divmod(random, 32)
        characters.append(_ALPHABET[digit])
    code = "".join(characters)
    return "-".join((code[:4], code[4:8], code[8:]))


def recovery_hash(code: str) -> bytes:
    """Return what is kept of a recovery code, however it is typed.

    A plain hash is enough: nobody guesses 60 random bits.
    """
    typed = "".join(code.lower().split()).replace("-", "")
    return sha256(typed.encode(errors="replace")).digest()
