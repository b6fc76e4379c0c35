"""Where a client is, as far as the gateway may believe it.

Owns: which word about an address is believed, one form for each address, and what counts as one
place when limits are counted.
Never: a socket, or a limit.
"""

import ipaddress
from collections.abc import Iterable, Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# What a client with IPv6 is given as a rule: its other addresses cost it nothing (RFC 6177).
_PLACE_BITS = 64
# Of what a proxy passes on that is no address.
_SHOWN_CHARACTERS = 64


def client_address(
    nearest: str, forwarded: Iterable[str], trusted_proxies: Sequence[Network]
) -> str:
    """Return where a client is: the nearest address that no trusted proxy speaks for.

    `nearest` is the other end of the socket, `forwarded` the values of X-Forwarded-For. Each proxy
    adds at the right whom it heard, so whatever is left of the first stranger may be invented.
    """
    address = nearest
    said = [item.strip() for value in forwarded for item in value.split(",") if item.strip()]
    while said and is_trusted(address, trusted_proxies):
        address = said.pop()
    return _normal(address)


def is_trusted(address: str, trusted_proxies: Sequence[Network]) -> bool:
    """Tell whether a proxy that is trusted has this address."""
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in trusted_proxies)


def place(address: str) -> str:
    """Return what is counted as one address: an IPv4 address, or an IPv6 network of 64 bits."""
    parsed = _parsed(address)
    if parsed is None:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((int(parsed), _PLACE_BITS), strict=False))


def _parsed(address: str) -> _Address | None:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed


def _normal(address: str) -> str:
    parsed = _parsed(address)
    return address[:_SHOWN_CHARACTERS] if parsed is None else str(parsed)
