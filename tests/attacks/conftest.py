"""One real gateway for all attacks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.attacks.target import Target, serving


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("target")
    limits = {
        "HELLO_SECONDS": "2",
        "SIGN_UP_RATE": "none",
        "CONNECTION_RATE": "none",
        "SOCKETS_PER_ADDRESS": "1000",
    }
    with serving(folder, LOG_LEVEL="debug", **limits) as target:
        yield target
