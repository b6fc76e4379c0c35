"""Make the passwords of a deployment, once, before anything else starts.

Owns: the password files, each in a volume of its own, and what each service may do in Redis.
Never: a password that is already there; nothing is printed but names.

Run by docker-compose.yml as `make_secrets.py SECRETS GIVEN`. Under SECRETS, each service has a
folder; a password comes from the file of the service's name under GIVEN, if that has any content,
and is drawn at random otherwise.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
from pathlib import Path

# 256 bits, in letters that need no quoting in a URL or a configuration file.
PASSWORD_BYTES = 32
# The services run as different users, so the files can be read by all in the containers that mount
# the volume. On the host the engine keeps volumes in a folder of root's.
READABLE = 0o444


# What the function library does, on behalf of whoever calls it. CLIENT SETINFO, which redis-py says
# first, may be refused, and is unknown to Redis 7.0: it would not start with a user who may say it.
LIBRARY = (
    "fcall function|load get set del unlink exists time pexpire hget hgetall hmget hset hincrby "
    "hdel hscan sadd srem smembers xadd xdel xlen xrange xread xtrim spublish"
)
COMMON = "ping info"
# Whoever gets hold of a service's password can neither empty Redis, nor change its configuration,
# nor list its keys. `info` tells which server this is: without it, the fence would see nothing.
USERS = {
    "gateway": f"{COMMON} {LIBRARY} ssubscribe sunsubscribe",
    "logger": f"{COMMON} {LIBRARY}",
}


class CannotMakeSecret(Exception):
    """A password file that cannot be used; `str()` says which, why and what to do."""


def make_secrets(folder: Path, given: Path) -> None:
    """See to every password, and to Redis's users. Raises CannotMakeSecret."""
    keep_password(folder / "postgres", given / "postgres")
    redis = keep_password(folder / "redis", given / "redis")
    lines = [f"requirepass {quoted(redis)}"]
    for name, commands in USERS.items():
        lines.append(redis_user(name, keep_password(folder / name, given / name), commands))
    write(folder / "redis" / "redis.conf", "\n".join((*lines, "")))


def redis_user(name: str, password: str, commands: str) -> str:
    """The line of Redis's configuration that makes a user of Parley's keys and channels alone."""
    digest = hashlib.sha256(password.encode()).hexdigest()
    allowed = " ".join(f"+{command}" for command in commands.split())
    return f"user {name} on #{digest} ~parley:* &parley:* -@all {allowed}"


def keep_password(folder: Path, given: Path) -> str:
    """The service's password: the one it has, else the given one, else a new one."""
    path = folder / "password"
    wanted = read_given(given)
    if not path.exists():
        write(path, wanted or secrets.token_hex(PASSWORD_BYTES))
    password = path.read_text()
    if wanted and wanted != password:
        raise CannotMakeSecret(
            f"the password given for {folder.name} is not the one it was first started with; "
            "give that one, or change it in the service and in its secrets volume"
        )
    return password


def read_given(path: Path) -> str:
    """The password in a file someone gave, or an empty string."""
    try:
        password = path.read_text().strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise CannotMakeSecret(
            f"the password file given for {path.name} cannot be read as user {os.getuid()}: "
            f"{error}; make it readable, or leave it out to have a password made"
        ) from error
    if not password.isprintable():
        raise CannotMakeSecret(
            f"the password file given for {path.name} holds more than one line of plain text; "
            "put the password alone into it"
        )
    return password


def write(path: Path, content: str) -> None:
    """Write a file so that it is there whole or not at all, whenever the power goes."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with new.open("w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.chmod(READABLE)
    new.replace(path)


def quoted(text: str) -> str:
    """The text as one word of a Redis configuration file."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


if __name__ == "__main__":
    try:
        make_secrets(Path(sys.argv[1]), Path(sys.argv[2]))
    except CannotMakeSecret as error:
        sys.exit(f"parley: {error}")
