"""The door: who gets in, and what a stranger cannot learn there."""

from collections.abc import AsyncIterator, Mapping
from hashlib import sha256
from typing import Literal

import argon2
import pytest

from gateway import passwords as hashing
from gateway.accounts import Accounts
from gateway.limits import Limiter, Rates
from gateway.passwords import Passwords
from parley.protocol import limits
from parley.protocol.commands import Hello, SignIn, SignUp
from parley.protocol.ids import LOBBY
from parley.protocol.refusals import (
    CodeNeeded,
    CodeRefused,
    InvalidDisplayName,
    InvalidInvitation,
    InvalidPassword,
    InvalidUserName,
    Refusal,
    SignInRefused,
    SignUpClosed,
    TokenRefused,
    TooManyRequests,
    UserNameTaken,
)
from parley.services.first_start import administrator_code
from parley.stream.log import LogUnavailable
from parley.stream.rate_limits import Attempts
from parley.stream.rates import Bucket, Rate
from tests.gateway.parts import no_limits
from tests.recovery.ground import Ground
from tests.store.samples import change, rows

PASSWORD = "correct horse battery"
ADDRESS = "192.0.2.7"


class Dice:
    """Random bits that are never the same twice, and known beforehand."""

    def __init__(self) -> None:
        self._rolls = 0

    def __call__(self, bits: int) -> int:
        self._rolls += 1
        return int.from_bytes(sha256(b"%d" % self._rolls).digest()) >> (256 - bits)


@pytest.fixture
async def passwords() -> AsyncIterator[Passwords]:
    passwords = Passwords(threads=1)
    yield passwords
    await passwords.close()


@pytest.fixture
def accounts(ground: Ground, passwords: Passwords) -> Accounts:
    return accounts_on(ground, passwords)


def accounts_on(
    ground: Ground,
    passwords: Passwords,
    *,
    policy: Literal["open", "invite", "closed"] = "open",
    limiter: Limiter | None = None,
    has_room: bool = True,
) -> Accounts:
    return Accounts(
        ground.directory,
        passwords,
        policy,
        ground.clock,
        Dice(),
        limiter or no_limits(),
        lambda _: has_room,
    )


def sign_up(name: str = "ann", password: str = PASSWORD, **more: str) -> SignUp:
    return SignUp(ref=1, user_name=name, password=password, **more)


def sign_in(name: str = "ann", password: str = PASSWORD) -> SignIn:
    return SignIn(ref=1, user_name=name, password=password)


async def refused(accounts: Accounts, command: Hello | SignIn | SignUp) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        await accounts.identify(command, ADDRESS)
    return refusal.value


# --- signing up ----------------------------------------------------------------------------


async def test_who_signs_up_is_somebody_with_a_token(accounts: Accounts) -> None:
    ann = await accounts.identify(sign_up(display_name="Ann A."), ADDRESS)

    assert (ann.person.user_name, ann.person.display_name) == ("ann", "Ann A.")
    assert ann.token is not None
    assert len(ann.token) >= 43  # 256 bits in base64


async def test_who_signs_up_is_in_the_lobby(accounts: Accounts, ground: Ground) -> None:
    ann = await accounts.identify(sign_up(), ADDRESS)

    assert await ground.directory.membership(ann.person.id, LOBBY) is not None


async def test_a_name_is_brought_into_one_form(accounts: Accounts) -> None:
    ann = await accounts.identify(sign_up("ＡＮＮ"), ADDRESS)

    assert ann.person.user_name == ann.person.display_name == "ann"
    assert isinstance(await refused(accounts, sign_up("Ann")), UserNameTaken)


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (sign_up("a b"), InvalidUserName),
        (sign_up("\u202eann"), InvalidUserName),
        (sign_up(password="short"), InvalidPassword),
        (sign_up(password=" " * 20), InvalidPassword),
        (sign_up(password="with a bell \x07"), InvalidPassword),
        (
            sign_up(display_name="\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}x" * 64),
            InvalidDisplayName,
        ),
    ],
    ids=["a space", "reordering", "short", "spaces", "a control", "a long name"],
)
async def test_what_cannot_be_is_refused(
    accounts: Accounts, ground: Ground, command: SignUp, refusal: type[Refusal]
) -> None:
    assert isinstance(await refused(accounts, command), refusal)
    assert await rows(ground.database, "SELECT id FROM accounts") == []


@pytest.mark.parametrize("policy", ["closed", "invite"])
async def test_a_server_that_takes_no_new_accounts_says_so(
    ground: Ground, passwords: Passwords, policy: Literal["closed", "invite"]
) -> None:
    accounts = accounts_on(ground, passwords, policy=policy)

    assert isinstance(await refused(accounts, sign_up()), SignUpClosed)


async def test_a_refusal_never_holds_the_password(accounts: Accounts) -> None:
    password = "x" * (limits.PASSWORD_MIN_CHARACTERS - 1)

    assert password not in str(await refused(accounts, sign_up(password=password)))


# --- signing in ----------------------------------------------------------------------------


async def test_who_knows_the_password_gets_in(accounts: Accounts) -> None:
    ann = await accounts.identify(sign_up(), ADDRESS)

    again = await accounts.identify(sign_in("ANN"), ADDRESS)

    assert again.person == ann.person
    assert again.session != ann.session
    assert again.token not in (None, ann.token)


@pytest.mark.parametrize(
    "command",
    [
        sign_in("ann", "wrong password"),
        sign_in("nobody"),
        sign_in("no body"),
        sign_in("ann", ""),
        sign_in("ann", "with a bell \x07"),
    ],
    ids=["wrong password", "unknown name", "no name", "no password", "impossible password"],
)
async def test_an_unknown_name_and_a_wrong_password_are_answered_alike(
    accounts: Accounts, command: SignIn
) -> None:
    await accounts.identify(sign_up(), ADDRESS)

    refusal = await refused(accounts, command)

    assert type(refusal) is SignInRefused
    assert str(refusal) == str(SignInRefused())


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[argon2.Parameters]:
    """What each check of a password costs, for every one that is made."""
    costs: list[argon2.Parameters] = []
    matches = hashing._matches

    def watched(stored: str, password: str) -> bool:
        costs.append(argon2.extract_parameters(stored))
        return matches(stored, password)

    monkeypatch.setattr(hashing, "_matches", watched)
    return costs


@pytest.mark.parametrize(
    "command",
    [
        sign_in("ann", "wrong password"),
        sign_in("nobody"),
        sign_in("no body"),
        sign_in("with_code", "wrong password"),
        sign_in("shut_out"),
        sign_in("shut_out", "wrong password"),
        sign_in("gone"),
        sign_in("without"),
    ],
    ids=[
        "wrong password",
        "unknown name",
        "impossible name",
        "wrong password before a second factor",
        "account shut out",
        "account shut out, wrong password",
        "account deleted",
        "account without a password",
    ],
)
async def test_whoever_is_refused_gets_one_answer_after_one_hash_of_one_cost(
    accounts: Accounts,
    ground: Ground,
    passwords: Passwords,
    hashed: list[argon2.Parameters],
    command: SignIn,
) -> None:
    """So that neither the words nor the time tell who has an account, and of what kind."""
    for name in ("ann", "with_code", "shut_out", "gone", "without"):
        await accounts.identify(sign_up(name), ADDRESS)
    for what in (
        "totp_secret = 'x', totp_enabled_at = 1 WHERE user_name = 'with_code'",
        "disabled_at = 1 WHERE user_name = 'shut_out'",
        "deleted_at = 1 WHERE user_name = 'gone'",
        "password_hash = NULL WHERE user_name = 'without'",
    ):
        await change(ground.database, f"UPDATE accounts SET {what}")

    refusal = await refused(accounts, command)

    assert (type(refusal), str(refusal)) == (SignInRefused, str(SignInRefused()))
    assert hashed == [argon2.extract_parameters(await passwords.hash(PASSWORD))]


@pytest.mark.parametrize("name", ["ann", "nobody", "shut_out"])
async def test_whoever_has_to_wait_costs_no_hash_whether_there_is_such_a_name_or_not(
    ground: Ground, passwords: Passwords, hashed: list[argon2.Parameters], name: str
) -> None:
    unlimited = accounts_on(ground, passwords)
    for each in ("ann", "shut_out"):
        await unlimited.identify(sign_up(each), ADDRESS)
    await change(
        ground.database, "UPDATE accounts SET disabled_at = 1 WHERE user_name = 'shut_out'"
    )
    accounts = accounts_on(ground, passwords, limiter=limited(attempts=Attempts(1, 8_000)))

    answers = [await refused(accounts, sign_in(name, "wrong password")) for _ in range(2)]

    assert [answer.code for answer in answers] == ["sign_in_refused", "too_many_requests"]
    assert answers[1].retry_after_ms == 8_000
    assert len(hashed) == 1


# --- tokens --------------------------------------------------------------------------------


async def test_a_token_continues_its_session(accounts: Accounts) -> None:
    ann = await accounts.identify(sign_up(), ADDRESS)
    assert ann.token is not None

    again = await accounts.identify(Hello(ref=1, token=ann.token), ADDRESS)

    assert (again.person, again.session, again.token) == (ann.person, ann.session, None)


async def test_a_token_is_stored_as_its_hash_alone(accounts: Accounts, ground: Ground) -> None:
    ann = await accounts.identify(sign_up(), ADDRESS)
    assert ann.token is not None

    ((stored, address),) = await rows(ground.database, "SELECT token_hash, address FROM sessions")

    assert bytes(stored) == sha256(ann.token.encode()).digest()
    assert address == ADDRESS


async def test_a_stranger_s_token_is_refused(accounts: Accounts) -> None:
    ann = await accounts.identify(sign_up(), ADDRESS)
    assert ann.token is not None
    foreign = Hello(ref=1, token=ann.token[:-1] + ("A" if ann.token[-1] != "A" else "B"))

    assert type(await refused(accounts, foreign)) is TokenRefused


async def test_the_token_of_a_session_that_has_ended_is_refused(
    accounts: Accounts, ground: Ground
) -> None:
    ann = await accounts.identify(sign_up(), ADDRESS)
    assert ann.token is not None
    await ground.directory.revoke_session(ann.session)

    assert type(await refused(accounts, Hello(ref=1, token=ann.token))) is TokenRefused


async def test_a_device_is_called_what_it_calls_itself(accounts: Accounts, ground: Ground) -> None:
    await accounts.identify(sign_up(device=" Ann's \u202e laptop "), ADDRESS)

    assert await rows(ground.database, "SELECT device FROM sessions") == [("Ann's laptop",)]


# --- by invitation -------------------------------------------------------------------------


async def invited(ground: Ground, code: str = "CODE", uses: int = 1) -> None:
    await ground.directory.add_invitation(
        "inv01", sha256(code.encode()).digest(), made_by=None, lasts_ms=0, uses=uses
    )


@pytest.mark.parametrize("policy", ["invite", "open"])
async def test_who_is_invited_signs_up(
    ground: Ground, passwords: Passwords, policy: Literal["invite", "open"]
) -> None:
    await invited(ground)
    accounts = accounts_on(ground, passwords, policy=policy)

    ann = await accounts.identify(sign_up(code=" CODE\n"), ADDRESS)

    assert ann.person.user_name == "ann"


async def test_an_invitation_is_good_for_so_many(ground: Ground, passwords: Passwords) -> None:
    await invited(ground, uses=1)
    accounts = accounts_on(ground, passwords, policy="invite")
    await accounts.identify(sign_up("ann", code="CODE"), ADDRESS)

    assert isinstance(await refused(accounts, sign_up("bob", code="CODE")), InvalidInvitation)


async def test_a_wrong_code_makes_no_account(ground: Ground, passwords: Passwords) -> None:
    await invited(ground)
    accounts = accounts_on(ground, passwords, policy="invite")

    assert isinstance(await refused(accounts, sign_up(code="EDOC")), InvalidInvitation)


async def test_a_closed_server_takes_no_invitation(ground: Ground, passwords: Passwords) -> None:
    await invited(ground)
    accounts = accounts_on(ground, passwords, policy="closed")

    assert isinstance(await refused(accounts, sign_up(code="CODE")), SignUpClosed)


async def test_the_code_of_the_first_start_makes_an_administrator_once(
    ground: Ground, passwords: Passwords
) -> None:
    code = await administrator_code(ground.directory)
    assert code is not None
    assert await administrator_code(ground.directory) is None
    accounts = accounts_on(ground, passwords, policy="invite")

    await accounts.identify(sign_up("ann", code=code), ADDRESS)

    assert isinstance(await refused(accounts, sign_up("bob", code=code)), InvalidInvitation)
    row = await ground.directory.account("ann")
    assert row is not None
    assert row.person.is_admin


# --- limits --------------------------------------------------------------------------------


def limited(**rates: Rate | Attempts) -> Limiter:
    """Return a limiter without a Redis, whose clock stands still."""
    return Limiter(Rates(**rates), Away(), lambda: 0.0)  # type: ignore[arg-type]


class Away:
    """A Redis that cannot be reached."""

    async def take(self, wanted: Mapping[Bucket, int]) -> int:
        raise LogUnavailable("away")

    async def charge(self, spent: Mapping[Bucket, int]) -> dict[Bucket, int]:
        raise LogUnavailable("away")

    async def attempt(self, subject: str, attempts: Attempts) -> int:
        raise LogUnavailable("away")

    async def forgive(self, subject: str) -> None:
        raise LogUnavailable("away")


class Counting(Away):
    """A Redis that lets every attempt pass, and knows who was forgiven."""

    def __init__(self) -> None:
        self.forgiven: list[str] = []

    async def attempt(self, subject: str, attempts: Attempts) -> int:
        return 0

    async def forgive(self, subject: str) -> None:
        self.forgiven.append(subject)


async def test_a_wrong_code_counts_as_a_wrong_password_does(
    ground: Ground, passwords: Passwords
) -> None:
    """Or whoever has the password could try code after code."""
    redis = Counting()
    limiter = Limiter(Rates(attempts=Attempts(1, 8_000)), redis, lambda: 0.0)
    accounts = accounts_on(ground, passwords, limiter=limiter)
    ann = (await accounts.identify(sign_up(), ADDRESS)).person.id
    await ground.directory.start_totp(ann, b"secret")
    await ground.directory.confirm_totp(ann, b"secret", 1, [b"a recovery code's hash"])

    for code, refusal in (("", CodeNeeded), ("000000x", CodeRefused)):
        wrong = SignIn(ref=1, user_name="ann", password=PASSWORD, code=code)
        assert isinstance(await refused(accounts, wrong), refusal)
    assert redis.forgiven == []

    await ground.directory.disable_totp(ann)
    await accounts.identify(sign_in(), ADDRESS)
    assert len(redis.forgiven) == 1


@pytest.mark.parametrize("name", ["ann", "nobody"])
async def test_guessing_is_slowed_down_alike_for_a_name_that_nobody_has(
    ground: Ground, passwords: Passwords, name: str
) -> None:
    await ground.sign_up("ann")
    accounts = accounts_on(ground, passwords, limiter=limited(attempts=Attempts(2, 8_000)))

    answers = [await refused(accounts, sign_in(name, "wrong password")) for _ in range(3)]

    assert [answer.code for answer in answers] == ["sign_in_refused"] * 2 + ["too_many_requests"]
    assert answers[2].retry_after_ms == 8_000


async def test_the_same_name_in_another_form_is_the_same_account(
    ground: Ground, passwords: Passwords
) -> None:
    accounts = accounts_on(ground, passwords, limiter=limited(attempts=Attempts(1, 8_000)))
    await refused(accounts, sign_in("ann"))

    assert isinstance(await refused(accounts, sign_in("ＡＮＮ")), TooManyRequests)


async def test_signing_up_is_limited(ground: Ground, passwords: Passwords) -> None:
    accounts = accounts_on(ground, passwords, limiter=limited(sign_up=Rate(1, 60.0)))
    await accounts.identify(sign_up("ann"), ADDRESS)

    assert isinstance(await refused(accounts, sign_up("bob")), TooManyRequests)
    await accounts.identify(sign_up("bob"), "192.0.2.8")


async def test_who_has_too_many_connections_gets_no_further_one(
    ground: Ground, passwords: Passwords
) -> None:
    ann = await accounts_on(ground, passwords).identify(sign_up(), ADDRESS)
    assert ann.token is not None
    full = accounts_on(ground, passwords, has_room=False)

    assert isinstance(await refused(full, Hello(ref=1, token=ann.token)), TooManyRequests)
    assert isinstance(await refused(full, sign_in()), TooManyRequests)
    assert len(await rows(ground.database, "SELECT id FROM sessions")) == 1


# --- what is written down ------------------------------------------------------------------


async def test_who_came_in_and_who_tried_is_written_down_without_secrets(
    accounts: Accounts, ground: Ground
) -> None:
    await accounts.identify(sign_up(), ADDRESS)
    await accounts.identify(sign_in(), "192.0.2.8")
    await refused(accounts, sign_in(password="canary of ann"))
    await refused(accounts, sign_in("canary", "canary of nobody"))

    audit = await ground.directory.audit(limit=10)

    found = [(row.event, row.subject is not None, row.address) for row in reversed(audit)]
    assert found == [
        ("signed_up", True, ADDRESS),
        ("signed_in", True, "192.0.2.8"),
        ("password_refused", True, ADDRESS),
        ("password_refused", False, ADDRESS),
    ]
    assert "canary" not in str(audit)
    assert PASSWORD not in str(audit)
