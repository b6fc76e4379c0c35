"""What a person is asked before they are let in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.chat.asking import CannotAsk
from parley.chat.options import ChatOptions
from parley.chat.signing_in import SigningIn
from parley.client import Chat, SignInFailed
from tests.client.loopback import LoopbackThread
from tests.client.model import PASSWORD, ModelServer

CODE, INVITATION = "123456", "an-invitation"


class Person:
    """Somebody at a terminal, with answers at hand."""

    is_patient = True

    def __init__(self, *codes: str) -> None:
        self._codes = list(codes)
        self.told: list[str] = []

    def user_name(self, known: list[str]) -> str:
        raise CannotAsk("no name")

    def password(self, user: str, *, new: bool) -> str:
        return PASSWORD

    def code(self, user: str) -> str:
        return self._codes.pop(0)

    def invitation(self) -> str:
        return self._codes.pop(0)

    def confirms(self, question: str) -> bool:
        return False

    def tell(self, sentence: str) -> None:
        self.told.append(sentence)


async def nothing(_: Chat) -> int:
    return 0


@pytest.fixture
def server() -> Iterator[LoopbackThread]:
    model = ModelServer("lobby")
    model.code, model.invitation = CODE, INVITATION
    with LoopbackThread(model) as server:
        yield server


def sign_in(
    server: LoopbackThread, person: Person, folder: Path, code: str = "", *, sign_up: bool = False
) -> int:
    options = ChatOptions(url=server.url, user="ann", code=code, sign_up=sign_up, data_dir=folder)
    return SigningIn(options, person).run(nothing)


def test_a_code_is_asked_for_once_it_is_needed(server: LoopbackThread, tmp_path: Path) -> None:
    assert sign_in(server, Person(CODE), tmp_path) == 0


def test_a_code_that_is_given_is_not_asked_for(server: LoopbackThread, tmp_path: Path) -> None:
    assert sign_in(server, Person(), tmp_path, code=CODE) == 0


def test_a_wrong_code_may_be_typed_again(server: LoopbackThread, tmp_path: Path) -> None:
    person = Person("654321", CODE)

    assert sign_in(server, person, tmp_path) == 0
    assert person.told == ["the code is wrong"]


def test_codes_may_not_be_tried_for_ever(server: LoopbackThread, tmp_path: Path) -> None:
    with pytest.raises(SignInFailed, match="the code is wrong"):
        sign_in(server, Person(*["654321"] * 10), tmp_path)


def test_an_invitation_is_asked_for_where_nobody_comes_in_without(
    server: LoopbackThread, tmp_path: Path
) -> None:
    person = Person("no-invitation", INVITATION)

    assert sign_in(server, person, tmp_path, sign_up=True) == 0
    assert person.told == ["by invitation alone", "not valid"]


def test_who_has_no_invitation_may_stop(server: LoopbackThread, tmp_path: Path) -> None:
    with pytest.raises(SignInFailed, match="by invitation alone"):
        sign_in(server, Person(""), tmp_path, sign_up=True)
