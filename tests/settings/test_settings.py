"""Settings: what the environment says, what is taken from it, what is refused."""

from pathlib import Path

import pytest

from parley.settings import (
    PROGRAMS,
    ChatSettings,
    GatewaySettings,
    InvalidSetting,
    LoggerSettings,
    Program,
    ServeSettings,
    environment_with,
    settings_of,
    unknown_variables,
)

PLACES = {
    "PARLEY_REDIS_URL": "redis://redis:6379/0",
    "PARLEY_DATABASE_URL": "postgresql://parley@postgres:5432/parley",
}


def gateway(**chosen: str) -> GatewaySettings:
    return GatewaySettings.from_environment(PLACES | chosen)


def refusal(**chosen: str) -> InvalidSetting:
    with pytest.raises(InvalidSetting) as raised:
        gateway(**chosen)
    return raised.value


def test_a_variable_that_is_not_set_has_its_default() -> None:
    settings = gateway()

    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.gateway.heartbeat_seconds == 5.0
    assert settings.database.password is None


def test_a_variable_that_is_set_is_taken() -> None:
    settings = gateway(PARLEY_PORT="9000", PARLEY_SIGN_UP="invite", PARLEY_HELLO_SECONDS="2.5")

    assert settings.port == 9000
    assert settings.gateway.sign_up == "invite"
    assert settings.gateway.hello_seconds == 2.5


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_variable_counts_as_unset(empty: str) -> None:
    assert gateway(PARLEY_PORT=empty, PARLEY_REDIS_PASSWORD_FILE=empty) == gateway()


def test_a_gateway_is_one_process_unless_more_are_asked_for() -> None:
    assert gateway().workers == 1
    assert gateway(PARLEY_WORKERS="64").workers == 64


@pytest.mark.parametrize("number", ["0", "65", "-1", "auto"])
def test_a_number_of_workers_that_cannot_be_is_refused(number: str) -> None:
    assert refusal(PARLEY_WORKERS=number).expected == "a whole number from 1 to 64"


def test_parley_serve_says_what_to_start_for_several_workers() -> None:
    assert ServeSettings.from_environment({"PARLEY_WORKERS": "1"}).workers == 1
    with pytest.raises(InvalidSetting, match="start `parley gateway` with it"):
        ServeSettings.from_environment({"PARLEY_WORKERS": "2"})


def test_every_default_of_a_part_is_what_its_variable_says() -> None:
    """Code that makes a part by hand gets what an empty environment gives."""
    settings = ServeSettings.from_environment({"PARLEY_SHARDS": "16", "PARLEY_HOST": "0.0.0.0"})

    assert settings.gateway == type(settings.gateway)()
    assert settings.logger == type(settings.logger)()
    assert settings.stream == type(settings.stream)()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PARLEY_PORT", "80a"),
        ("PARLEY_PORT", "-1"),
        ("PARLEY_PORT", "65536"),
        ("PARLEY_PORT", "8_0"),
        ("PARLEY_PORT", "٨٠"),
        ("PARLEY_HOST", "http://chat"),
        ("PARLEY_SHARDS", "0"),
        ("PARLEY_SHARDS", "1025"),
        ("PARLEY_SLOW_READER_BYTES", "1048577"),
        ("PARLEY_HEARTBEAT_SECONDS", "nan"),
        ("PARLEY_HEARTBEAT_SECONDS", "0"),
        ("PARLEY_SIGN_UP", "maybe"),
        ("PARLEY_LOG_LEVEL", "loud"),
        ("PARLEY_REDIS_URL", "http://redis"),
        ("PARLEY_REDIS_URL", ","),
        ("PARLEY_DATABASE_URL", "mysql://h/d"),
        ("PARLEY_DATABASE_URL", "postgresql://host-alone"),
        ("PARLEY_DATABASE_URL", "sqlite:///relative.db"),
        ("PARLEY_REDIS_URL", "redis+cluster://one:two"),
        ("PARLEY_REDIS_URL", "redis+cluster://one,,two"),
        ("PARLEY_REDIS_URL", "redis+cluster://one/1"),
        ("PARLEY_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("PARLEY_TRUSTED_PROXIES", "proxy"),
    ],
)
def test_a_bad_value_is_named_with_what_was_expected(name: str, value: str) -> None:
    error = refusal(**{name: value})

    assert (error.name, error.value) == (name, value)
    assert str(error) == f"{name} is {value!r}: expected {error.expected}"
    assert "\n" not in str(error)


@pytest.mark.parametrize("missing", PLACES)
def test_a_missing_variable_is_named_with_what_was_expected(missing: str) -> None:
    error = refusal(**{missing: ""})

    assert str(error) == f"{missing} is not set: expected {error.expected}"


# Lists.


def test_a_list_is_separated_by_commas() -> None:
    settings = gateway(
        PARLEY_ORIGINS="https://a.example, http://b.example:8080",
        PARLEY_TRUSTED_PROXIES="10.0.0.0/8,::1",
    )

    assert settings.gateway.origins == ("https://a.example", "http://b.example:8080")
    assert [str(network) for network in settings.gateway.trusted_proxies] == [
        "10.0.0.0/8",
        "::1/128",
    ]


@pytest.mark.parametrize(
    "origin",
    [
        "https://Chat.example",
        "https://chat.example/",
        "https://chat.example:443",
        "http://chat.example:80",
        "chat.example",
        "null",
        "*",
        "https://a.example,",
    ],
)
def test_an_origin_that_no_browser_sends_is_refused(origin: str) -> None:
    """It would never match, and its owner would wonder why nobody can connect."""
    assert refusal(PARLEY_ORIGINS=origin).name == "PARLEY_ORIGINS"


# Secrets.


def test_a_password_comes_from_a_file_without_its_line_break(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(" tr0ub4dor \r\n", newline="")

    password = gateway(PARLEY_DATABASE_PASSWORD_FILE=str(file)).database.password

    assert password is not None
    assert password.reveal() == " tr0ub4dor "


@pytest.mark.parametrize(
    "url",
    [
        "redis://host",
        "rediss://:secret@host:6380/1",
        "unix:///run/redis.sock",
        "redis+cluster://one:7000,two,[::1]:7001",
        "rediss+cluster://ann:secret@one/",
    ],
)
def test_redis_is_a_server_or_a_cluster(url: str) -> None:
    assert gateway(PARLEY_REDIS_URL=url).redis.url == url


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_a_password_file_that_holds_none_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)

    error = refusal(PARLEY_REDIS_PASSWORD_FILE=str(file))

    assert (error.name, error.value) == ("PARLEY_REDIS_PASSWORD_FILE", str(file))


def test_no_secret_is_in_the_repr_of_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("canary-in-file")

    settings = gateway(
        PARLEY_REDIS_URL="redis://:canary-in-url@redis",
        PARLEY_DATABASE_URL="postgresql://parley:canary-in-url@postgres/parley",
        PARLEY_REDIS_PASSWORD_FILE=str(file),
    )
    chat = ChatSettings.from_environment({"PARLEY_PASSWORD": "canary-itself"})

    assert "canary" not in f"{settings!r} {settings} {chat!r} {chat}"


@pytest.mark.parametrize(
    "url",
    ["mysql://u:canary@h/d", "mysql://u:canary/@x@h/d", "u:canary@h/d", "redis://a:canary@b,x"],
)
def test_an_error_masks_the_password_of_a_url(url: str) -> None:
    error = refusal(PARLEY_DATABASE_URL=url)

    assert "canary" not in f"{error} {error!r} {error.args}"


def test_the_password_of_parley_chat_is_taken_as_it_is() -> None:
    settings = ChatSettings.from_environment({"PARLEY_PASSWORD": " p w "})

    assert settings.password is not None
    assert settings.password.reveal() == " p w "


# The programs.


@pytest.mark.parametrize(
    ("host", "policy"),
    [
        ("", "open"),
        ("127.0.0.1", "open"),
        ("127.9.9.9", "open"),
        ("::1", "open"),
        ("localhost", "open"),
        ("0.0.0.0", "invite"),
        ("::", "invite"),
        ("192.0.2.1", "invite"),
        ("chat.example.org", "invite"),
    ],
)
def test_serve_lets_strangers_sign_up_only_where_it_is_alone(host: str, policy: str) -> None:
    settings = ServeSettings.from_environment({"PARLEY_HOST": host})

    assert settings.gateway.sign_up == policy


@pytest.mark.parametrize("program", [ServeSettings, GatewaySettings])
def test_who_may_sign_up_can_be_chosen(program: type[ServeSettings | GatewaySettings]) -> None:
    settings = program.from_environment(PLACES | {"PARLEY_SIGN_UP": "closed"})

    assert settings.gateway.sign_up == "closed"


def test_a_gateway_takes_who_is_invited() -> None:
    assert gateway().gateway.sign_up == "invite"


@pytest.mark.parametrize(
    ("text", "rate"), [("30/60", (30, 60.0)), ("1/0.5", (1, 0.5)), ("none", None), ("NONE", None)]
)
def test_a_rate_is_so_many_in_so_many_seconds(text: str, rate: tuple[int, float] | None) -> None:
    assert gateway(PARLEY_SIGN_IN_RATE=text).gateway.limits.sign_in == rate


@pytest.mark.parametrize("text", ["30", "30/", "0/60", "30/0", "-1/60", "1/86401", "30/60s", "a/b"])
def test_a_rate_that_is_none_is_refused_with_an_example(text: str) -> None:
    assert "30/60" in str(refusal(PARLEY_SIGN_IN_RATE=text))


def test_serve_needs_nothing_but_a_folder() -> None:
    settings = ServeSettings.from_environment({"PARLEY_DATA_DIR": "/srv/parley"})

    assert settings.redis is None
    assert settings.data_dir == Path("/srv/parley")
    assert settings.database.url == "sqlite:////srv/parley/parley.db"


def test_serve_takes_a_redis_that_it_is_given() -> None:
    settings = ServeSettings.from_environment({"PARLEY_REDIS_URL": "unix:///run/redis.sock"})

    assert settings.redis is not None
    assert settings.redis.url == "unix:///run/redis.sock"


def test_serve_makes_a_relative_data_folder_absolute(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)

    settings = ServeSettings.from_environment({"PARLEY_DATA_DIR": "data"})

    assert settings.data_dir == tmp_path / "data"


def test_serve_refuses_a_data_folder_that_would_end_its_database_url() -> None:
    with pytest.raises(InvalidSetting, match=r"PARLEY_DATA_DIR is '/srv/what\?'"):
        ServeSettings.from_environment({"PARLEY_DATA_DIR": "/srv/what?"})


@pytest.mark.parametrize(("terminal", "style"), [(True, "console"), (False, "json")])
def test_serve_writes_words_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, style: str
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)

    assert ServeSettings.from_environment({}).log.format == style
    assert gateway().log.format == "json"
    assert ServeSettings.from_environment({"PARLEY_LOG_FORMAT": "json"}).log.format == "json"


def test_the_logger_listens_on_a_port_of_its_own() -> None:
    settings = LoggerSettings.from_environment(PLACES | {"PARLEY_PORT": "9000"})

    assert settings.port == 8081


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_declares_each_variable_once(program: type[Program]) -> None:
    names = [setting.env for setting in settings_of(program)]

    assert len(names) == len(set(names))


def test_a_variable_is_declared_alike_wherever_it_is_read() -> None:
    declared = {setting for program in PROGRAMS.values() for setting in settings_of(program)}

    assert len({setting.env for setting in declared}) == len(declared)


# Typing errors.


def test_an_unknown_variable_is_told_with_the_likeliest_name() -> None:
    assert unknown_variables({"PARLEY_SIGNUP": "open", "PARLEY_PORT": "80", "HOME": "x"}) == [
        "PARLEY_SIGNUP is no setting of Parley and is ignored; did you mean PARLEY_SIGN_UP?"
    ]


def test_an_unknown_variable_like_no_other_is_told_without_a_guess() -> None:
    assert unknown_variables({"PARLEY_XYZZY": "1"}) == [
        "PARLEY_XYZZY is no setting of Parley and is ignored"
    ]


def test_options_of_the_command_line_go_before_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PARLEY_PORT", "1111")
    monkeypatch.setenv("PARLEY_HOST", "0.0.0.0")

    environ = environment_with({"PARLEY_PORT": 2222, "PARLEY_HOST": None})

    settings = ServeSettings.from_environment(environ)
    assert (settings.host, settings.port) == ("0.0.0.0", 2222)


def test_a_room_stays_in_redis_for_three_heartbeats_at_least() -> None:
    with pytest.raises(InvalidSetting, match=r"three times PARLEY_HEARTBEAT_SECONDS, which is 5"):
        ServeSettings.from_environment({"PARLEY_ROOM_IDLE_SECONDS": "14"})
