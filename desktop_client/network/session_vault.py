"""The SDK's vault, with the session's token in the system's keyring where one answers.

Owns: in which of the two the token is, and moving it over.
Never: the outbox and the rest: they stay in the file.

The file says where the token is: it holds the token itself, or `_IN_KEYRING`. A token is in the
keyring before the file says so, and leaves it after: whenever the process ends, nothing is lost.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from desktop_client.network.system_keyring import Keyring, KeyringSilent
from parley.client import Vault
from parley.client.outputs import Change, SaveIdentity
from parley.client.session import Kept

# No token has a space.
_IN_KEYRING = "in the keyring"


class SessionVault:
    """A vault on top of the one in a file. `name` is what the keyring knows the session by.

    A keyring that has failed is asked for no token again: nobody waits for it twice.
    """

    def __init__(self, file: Vault, keyring: Keyring, name: str) -> None:
        self._file, self._keyring, self._name = file, keyring, name
        self._token: str | None = None
        self._is_in_keyring = False
        self._fault = ""
        self._placing = asyncio.Event()
        self._writes: set[asyncio.Task[None]] = set()
        self.missing = ""
        """Why the session that the file speaks of cannot be had, in words; empty: it can."""

    @property
    def set_aside(self) -> Path | None:
        return self._file.set_aside

    async def where(self) -> str:
        """Return where the session is kept, as a sentence, once there is one."""
        await self._placing.wait()
        if self._is_in_keyring:
            return "This device's session is kept in the system's keyring."
        why = f", since {self._fault}" if self._fault else ""
        return f"This device's session is kept in a file that only you may read{why}."

    async def load(self) -> Kept:
        kept = await self._file.load()
        if self._token is None and kept.person is not None and kept.token is not None:
            if kept.token == _IN_KEYRING:
                self._token = await self._recalled()
                if self._token is not None:
                    self._placing.set()
            else:
                await self.write([SaveIdentity(kept.person, kept.token)])
        return replace(kept, token=self._token)

    async def write(self, changes: Sequence[Change]) -> None:
        # Shielded: a token that is on its way to the keyring is not left half-known.
        writing = asyncio.create_task(self._write(changes))
        self._writes.add(writing)
        writing.add_done_callback(self._writes.discard)
        await asyncio.shield(writing)

    async def _write(self, changes: Sequence[Change]) -> None:
        try:
            await self._keep(changes)
        finally:
            if any(isinstance(change, SaveIdentity) for change in changes):
                self._placing.set()

    async def _keep(self, changes: Sequence[Change]) -> None:
        await self._file.write(
            [
                await self._placed(change) if isinstance(change, SaveIdentity) else change
                for change in changes
            ]
        )
        if any(isinstance(change, SaveIdentity) and change.token is None for change in changes):
            with suppress(KeyringSilent):  # the server takes this token no more, wherever it is
                await self._keyring.delete(self._name)

    async def close(self) -> None:
        await asyncio.gather(*self._writes, return_exceptions=True)
        await self._file.close()

    async def _placed(self, change: SaveIdentity) -> SaveIdentity:
        """Put a token where it belongs, and return what the file says of it."""
        if change.token != self._token or not self._is_in_keyring:
            self._token = change.token
            self._is_in_keyring = await self._handed_over(change.token)
        return replace(change, token=_IN_KEYRING) if self._is_in_keyring else change

    async def _handed_over(self, token: str | None) -> bool:
        if token is None or self._fault:
            return False
        try:
            await self._keyring.set(self._name, token)
        except KeyringSilent as silent:
            self._fault = str(silent)
        return not self._fault

    async def _recalled(self) -> str | None:
        if self._fault:
            return None
        try:
            token = await self._keyring.get(self._name)
        except KeyringSilent as silent:
            self._fault = str(silent)
            self.missing = (
                f"This device's session is in the system's keyring, but {silent}."
                " Unlock it and start again, or sign in here."
            )
            return None
        if token is None:
            self.missing = (
                "This device's session is no longer in the system's keyring: sign in again."
            )
        self._is_in_keyring = token is not None
        return token
