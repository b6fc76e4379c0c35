"""`parley admin` looks after a `parley serve` that runs."""

from pathlib import Path

import parley
from tests.programs.programs import PASSWORD, run, serving


async def test_an_account_is_made_and_can_sign_in(tmp_path: Path) -> None:
    data = tmp_path / "d"
    async with serving(data) as server:
        made = await run(
            *("admin", "--data-dir", str(data), "users", "create", "ann", "--admin"),
            PARLEY_PASSWORD=PASSWORD,
        )

        assert (made.code, made.err) == (0, "")
        assert "active, administrator" in made.out
        async with parley.connect(server.url, user="ann", password=PASSWORD) as chat:
            assert chat.person.is_admin


async def test_without_a_server_it_says_so(tmp_path: Path) -> None:
    outcome = await run("admin", "--data-dir", str(tmp_path), "users", "list")

    assert outcome.code == 2
    assert "no server answers at" in outcome.err
    assert len(outcome.err.splitlines()) == 1
