"""The system's keyring: what it keeps, and that none of its faults stops anybody."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import keyring
import pytest
from keyring.backends import fail

from desktop_client.network.system_keyring import KeyringSilent, SystemKeyring

PATIENT = 60.0


class Working:
    """A keyring of a desktop that works."""

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.secrets[service, username]


class Hanging(Working):
    """A keyring that waits for somebody."""

    def __init__(self) -> None:
        super().__init__()
        self.go = Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.go.wait()
        return None


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    backend = Hanging()
    yield backend
    backend.go.set()


async def test_a_secret_is_found_again_by_its_name() -> None:
    backend = Working()
    keyring = SystemKeyring(lambda: backend, PATIENT)

    await keyring.set("profile", "secret")

    assert await keyring.get("profile") == "secret"
    assert backend.secrets == {("Parley", "profile"): "secret"}


async def test_a_secret_that_is_deleted_is_gone() -> None:
    backend = Working()
    keyring = SystemKeyring(lambda: backend, PATIENT)
    await keyring.set("profile", "secret")

    await keyring.delete("profile")

    assert await keyring.get("profile") is None


async def test_a_keyring_that_hangs_is_left_alone(hanging: Hanging) -> None:
    keyring = SystemKeyring(lambda: hanging, patience=0.01)

    with pytest.raises(KeyringSilent, match="is locked, or does not answer"):
        await keyring.get("profile")


async def test_an_answer_that_comes_too_late_harms_nobody(hanging: Hanging) -> None:
    keyring = SystemKeyring(lambda: hanging, patience=0.01)
    with pytest.raises(KeyringSilent):
        await keyring.get("profile")

    hanging.go.set()

    assert await SystemKeyring(Working, PATIENT).get("profile") is None


async def test_whatever_a_keyring_fails_with_is_told_in_words() -> None:
    def broken() -> Working:
        raise RuntimeError("Failed to unlock the collection!")

    with pytest.raises(KeyringSilent, match=r"refuses: Failed to unlock the collection$"):
        await SystemKeyring(broken, PATIENT).get("profile")


async def test_what_the_package_does_not_recommend_is_no_keyring(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)

    with pytest.raises(KeyringSilent, match="there is no system keyring here"):
        await SystemKeyring(patience=PATIENT).get("profile")
