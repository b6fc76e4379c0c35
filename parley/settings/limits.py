"""How much a gateway lets people ask for.

Owns: the sockets and rates of one person, one device and one address.
Never: counting (`gateway.limits`).
"""

# ruff: noqa: RUF009 - the calls in the dataclasses return fields, as `field` itself does

from dataclasses import dataclass

from parley.settings import variables
from parley.settings.declaring import setting
from parley.settings.variables import Rate


def _rate(env: str, default: str, meaning: str) -> Rate:
    return setting(env, variables.RATE, default, meaning)


@dataclass(frozen=True)
class LimitOptions:
    """How much one person, one device, one address may ask for."""

    sockets: int = setting(
        "PARLEY_SOCKETS",
        variables.whole(1, 1_000_000),
        "10000",
        "Connections to one gateway; each takes a file descriptor",
    )
    sockets_per_address: int = setting(
        "PARLEY_SOCKETS_PER_ADDRESS",
        variables.whole(1, 1_000_000),
        "50",
        "Connections from one address (IPv6: one /64 network) to one gateway",
    )
    sockets_per_user: int = setting(
        "PARLEY_SOCKETS_PER_USER",
        variables.whole(1, 1_000_000),
        "10",
        "Connections of one account to one gateway",
    )
    sockets_entering: int = setting(
        "PARLEY_SOCKETS_ENTERING",
        variables.whole(1, 10_000),
        "32",
        "Connections that one gateway lets in at a time, up to the answer to their first command; "
        "others wait for their turn",
    )
    connections: Rate = _rate("PARLEY_CONNECTION_RATE", "120/60", "New connections of an address")
    sign_in: Rate = _rate("PARLEY_SIGN_IN_RATE", "30/60", "Attempts to sign in of an address")
    sign_in_tries: int = setting(
        "PARLEY_SIGN_IN_TRIES",
        variables.whole(1, 1000),
        "5",
        "Wrong passwords for an account before one has to wait, each time twice as long",
    )
    sign_in_pause_seconds: float = setting(
        "PARLEY_SIGN_IN_PAUSE_SECONDS",
        variables.seconds(1, 3600),
        "60",
        "The longest such wait; devices that are signed in are not concerned",
    )
    sign_up: Rate = _rate("PARLEY_SIGN_UP_RATE", "20/3600", "Attempts to sign up of an address")
    user_commands: Rate = _rate("PARLEY_USER_COMMAND_RATE", "1200/30", "Commands of an account")
    user_messages: Rate = _rate("PARLEY_USER_MESSAGE_RATE", "600/30", "Messages of an account")
    user_bytes: Rate = _rate("PARLEY_USER_BYTE_RATE", "8388608/60", "Bytes sent by an account")
    device_commands: Rate = _rate("PARLEY_DEVICE_COMMAND_RATE", "600/30", "Commands of a device")
    device_messages: Rate = _rate("PARLEY_DEVICE_MESSAGE_RATE", "300/30", "Messages of a device")
    device_bytes: Rate = _rate("PARLEY_DEVICE_BYTE_RATE", "4194304/60", "Bytes sent by a device")
    address_commands: Rate = _rate(
        "PARLEY_ADDRESS_COMMAND_RATE", "12000/30", "Commands of an address"
    )
    address_messages: Rate = _rate(
        "PARLEY_ADDRESS_MESSAGE_RATE", "6000/30", "Messages of an address"
    )
    address_bytes: Rate = _rate(
        "PARLEY_ADDRESS_BYTE_RATE", "67108864/60", "Bytes sent by an address"
    )
