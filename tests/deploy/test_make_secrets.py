"""The passwords of a deployment are made once, kept, and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deploy.script import load_script

SERVICES = ("postgres", "redis", "gateway", "logger")


script = load_script()


@pytest.fixture
def volumes(tmp_path: Path) -> Path:
    """The folders that the volumes are mounted on, empty as at the first start."""
    for service in SERVICES:
        (tmp_path / "secrets" / service).mkdir(parents=True)
    return tmp_path / "secrets"


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """Where passwords are given; a service without one has an empty file there."""
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "postgres").touch()
    (folder / "redis").touch()
    return folder


def password(volumes: Path, service: str) -> str:
    return (volumes / service / "password").read_text()


def test_each_service_gets_a_long_password_of_its_own(volumes: Path, given: Path) -> None:
    script.make_secrets(volumes, given)

    made = {password(volumes, service) for service in SERVICES}
    assert len(made) == 4
    assert {len(one) for one in made} == {64}


def test_a_second_start_keeps_the_passwords(volumes: Path, given: Path) -> None:
    script.make_secrets(volumes, given)
    before = [password(volumes, service) for service in SERVICES]

    script.make_secrets(volumes, given)

    assert [password(volumes, service) for service in SERVICES] == before


def test_a_given_password_is_taken_without_its_line_end(volumes: Path, given: Path) -> None:
    (given / "postgres").write_text("open sesame\n")

    script.make_secrets(volumes, given)

    assert password(volumes, "postgres") == "open sesame"


def test_a_password_given_later_must_be_the_first_one(volumes: Path, given: Path) -> None:
    script.make_secrets(volumes, given)
    before = password(volumes, "redis")
    (given / "redis").write_text("another")

    with pytest.raises(script.CannotMakeSecret, match="the password given for redis"):
        script.make_secrets(volumes, given)

    assert password(volumes, "redis") == before


def test_a_given_password_of_two_lines_is_refused(volumes: Path, given: Path) -> None:
    """The second would be a line of Redis's configuration."""
    (given / "redis").write_text("secret\nprotected-mode no")

    with pytest.raises(script.CannotMakeSecret, match="more than one line"):
        script.make_secrets(volumes, given)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"bell\x07"])
def test_a_given_password_that_is_no_text_is_refused(
    volumes: Path, given: Path, content: bytes
) -> None:
    (given / "postgres").write_bytes(content)

    with pytest.raises(script.CannotMakeSecret, match="given for postgres"):
        script.make_secrets(volumes, given)


def test_redis_is_configured_with_the_password_quoted(volumes: Path, given: Path) -> None:
    (given / "redis").write_text('a "b" \\c')

    script.make_secrets(volumes, given)

    configuration = (volumes / "redis" / "redis.conf").read_text()
    assert configuration.splitlines()[0] == 'requirepass "a \\"b\\" \\\\c"'


def test_redis_is_told_no_service_s_password_but_its_hash(volumes: Path, given: Path) -> None:
    script.make_secrets(volumes, given)

    configuration = (volumes / "redis" / "redis.conf").read_text()
    for service in ("gateway", "logger"):
        assert f"user {service} on #" in configuration
        assert password(volumes, service) not in configuration


def test_no_password_is_printed(
    volumes: Path, given: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script.make_secrets(volumes, given)

    assert capsys.readouterr() == ("", "")
