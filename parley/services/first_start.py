"""What a server needs at its first start: somebody who may run it.

Owns: the code that makes the first administrator, once for all gateways of a server.
Never: what the code is good for (`parley.store`); a code that was shown is not shown again.
"""

import base64
import secrets
from hashlib import sha256

from parley.store.administration_api import Administration

# 160 bits: nobody guesses it, and base32 needs no padding.
_CODE_BYTES = 20


async def administrator_code(directory: Administration) -> str | None:
    """Return the code to show; None if there is an administrator, or another gateway shows one."""
    code = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
    is_first = await directory.offer_administrator_code(sha256(code.encode()).digest())
    return code if is_first else None
