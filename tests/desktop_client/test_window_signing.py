"""Signing in where more than a password is needed, and with a damaged session: in a real window."""

import asyncio
import base64
import time
from pathlib import Path

import pytest

import parley
from parley.domain.totp import STEP_SECONDS, code_at
from tests.desktop_client.desk import Desk, desk, need_a_screen
from tests.desktop_client.test_window import PASSWORD, PICTURES, Serving

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(autouse=True)
def on_a_screen() -> None:
    need_a_screen()


async def sign_up_with_a_second_factor(url: str) -> bytes:
    """Make an account for Ann, and return the secret of her authenticator."""
    async with parley.connect(url, user="ann", password=PASSWORD, sign_up=True) as chat:
        set_up = await chat.start_totp(PASSWORD)
        secret = base64.b32decode(set_up.secret)
        await chat.confirm_totp(code_of(secret))
    return secret


def code_of(secret: bytes, later: int = 0) -> str:
    """The code that an authenticator shows so many steps from now."""
    return code_at(secret, int(time.time()) // STEP_SECONDS + later)


def enter(person: Desk, code: str) -> None:
    person.fill("entry_code", code)
    person.press("Return")


def test_a_code_is_asked_for_until_it_is_right_and_a_damaged_session_is_told(
    tmp_path: Path,
) -> None:
    with Serving(tmp_path / "server") as server:
        secret = asyncio.run(sign_up_with_a_second_factor(server.url))
        with desk(tmp_path, server.url, "ann") as ann:
            ann.fill("entry_user", "ann")
            ann.fill("entry_password", PASSWORD)
            ann.press("Return")
            ann.until(lambda _: ann.ask("where", "entry_code"))
            ann.picture(PICTURES / "code-dark.png")
            enter(ann, "000000")
            wrong = ann.until(lambda state: state["error"] and not state["busy"])
            assert "code" in wrong["error"]
            # The one of this half minute was used up to turn it on.
            enter(ann, code_of(secret, later=1))
            ann.until(lambda state: state["stage"] == "MAIN" and "Lobby" in state["rooms"])

        (vault,) = (tmp_path / "ann").rglob("vault.db")
        vault.write_bytes(b"not a database" * 1_000)
        with desk(tmp_path, server.url, "ann") as ann:
            damaged = ann.until(lambda state: state["error"])
            assert damaged["stage"] == "ENTRY"
            assert "was damaged. It was set aside as vault.db" in damaged["error"]
            ann.picture(PICTURES / "damaged-dark.png")
