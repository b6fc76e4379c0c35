"""Whom a gateway lets in, and for how long it waits for a first word, is its operator's choice."""

import pytest
from websockets.exceptions import ConnectionClosed

from tests.integration.deployment import PASSWORD, Deployment
from tests.integration.places import each_kind
from tests.integration.sockets import asked, socket_to

pytestmark = each_kind


async def test_the_server_says_nothing_first_and_does_not_wait_for_ever(
    deployment: Deployment,
) -> None:
    gateway = await deployment.gateway(hello_seconds=0.2)
    async with socket_to(gateway) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4001


@pytest.mark.parametrize("sign_up", ["closed", "invite"])
async def test_sign_up_can_be_closed(deployment: Deployment, sign_up: str) -> None:
    gateway = await deployment.gateway(sign_up=sign_up)
    async with socket_to(gateway) as socket:
        error = await asked(socket, type="sign_up", user_name="ann", password=PASSWORD)

    assert error["code"] == "sign_up_closed"
