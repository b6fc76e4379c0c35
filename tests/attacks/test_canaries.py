"""No secret is in a log line, whatever goes wrong while it is on its way."""

from __future__ import annotations

import os

from tests.attacks.raw import Raw, frame, sign_up
from tests.attacks.target import Target

PROTOCOL = "Sec-WebSocket-Protocol: parley.v1"


def canary() -> str:
    return f"canary{os.urandom(12).hex()}"


def log_of(target: Target) -> str:
    return target.log.read_text(encoding="utf-8")


def test_a_session_s_token_is_not_logged(target: Target) -> None:
    with Raw(target.port) as raw:
        raw.upgrade(PROTOCOL)
        token = sign_up(raw)
    with Raw(target.port) as raw:
        raw.upgrade(PROTOCOL)
        raw.say(type="hello", ref=1, token=token)
        assert raw.hears()["type"] == "ok"

    assert token not in log_of(target)


def test_a_token_that_is_refused_is_not_logged(target: Target) -> None:
    token = canary()
    with Raw(target.port) as raw:
        raw.upgrade(PROTOCOL)
        raw.say(type="hello", ref=1, token=token)
        assert raw.close_code() == 4003

    assert token not in log_of(target)


def test_a_password_is_not_logged_right_or_wrong_or_in_a_broken_command(target: Target) -> None:
    secret = canary()
    commands = (
        f'{{"type":"sign_in","ref":1,"user_name":"nobody","password":"{secret}"}}',
        f'{{"type":"sign_up","ref":1,"user_name":"\\u202e","password":"{secret}"}}',
        f'{{"type":"sign_in","ref":1,"password":"{secret}"',
        f'{{"type":"sign_in","ref":"{secret}","user_name":"{secret}","password":7}}',
    )
    for command in commands:
        with Raw(target.port) as raw:
            raw.upgrade(PROTOCOL)
            raw.send(frame(command.encode()))
            assert raw.close_code() in (4002, 4003)

    assert secret not in log_of(target)


def test_what_somebody_puts_into_a_url_is_neither_believed_nor_logged(target: Target) -> None:
    with Raw(target.port) as raw:
        raw.upgrade(PROTOCOL)
        token = sign_up(raw)
    with Raw(target.port) as raw:
        assert raw.upgrade(PROTOCOL, path=f"/ws?token={token}") == 101
        raw.say(type="list_rooms", ref=1)
        assert raw.close_code() == 4002
    for path in (f"/readyz?token={token}", f"/{token}"):
        with Raw(target.port) as raw:
            raw.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            raw.status()

    assert token not in log_of(target)


def test_a_header_is_not_logged(target: Target) -> None:
    secret = canary()
    with Raw(target.port) as raw:
        raw.upgrade(PROTOCOL, f"Authorization: Bearer {secret}", "Bad Header: x")
    with Raw(target.port) as raw:
        raw.upgrade("Sec-WebSocket-Protocol: other", f"Cookie: {secret}")

    assert secret not in log_of(target)


def test_what_a_client_says_cannot_begin_a_line_of_the_log(target: Target) -> None:
    secret = canary()
    with Raw(target.port) as raw:
        raw.upgrade(PROTOCOL, f"X-Forwarded-For: 192.0.2.1\\r\\n{secret}")
        raw.say(type="sign_in", ref=1, user_name=f"x\r\n{secret}", password="wrong password")
        raw.close_code()

    assert not any(line.startswith(secret) for line in log_of(target).splitlines())
