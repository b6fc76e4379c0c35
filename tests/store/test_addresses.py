"""What a database's address may look like."""

import pytest

from parley.store.database import open_database
from parley.store.errors import InvalidDatabaseUrl


@pytest.mark.parametrize(
    "url",
    [
        "",
        "parley.db",
        "mysql://host/parley",
        "sqlite://",
        "sqlite:///relative/parley.db",
        "sqlite://host/parley.db",
        "postgresql:///parley",
        "postgresql://host",
        "postgresql://host:port/parley",
        "postgresql://host/parley?sslmode=maybe",
        "postgresql://host/parley?application_name=x",
    ],
)
def test_an_address_that_cannot_be_used_is_named_with_what_was_expected(url: str) -> None:
    with pytest.raises(InvalidDatabaseUrl) as refused:
        open_database(url, clock=lambda: 0)

    assert refused.value.url == url
    assert "expected sqlite:////absolute/path or postgresql://" in str(refused.value)


def test_a_password_in_a_bad_address_is_not_repeated() -> None:
    with pytest.raises(InvalidDatabaseUrl) as refused:
        open_database("postgresql://ann:secret@host", clock=lambda: 0)

    assert "secret" not in repr(refused.value) + str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////var/lib/parley/parley.db",
        "postgresql://parley@[::1]:5432/parley",
        "postgresql://parley@host/parley?sslmode=verify-full",
    ],
)
def test_a_good_address_opens_without_connecting(url: str) -> None:
    open_database(url, password="secret", clock=lambda: 0)
