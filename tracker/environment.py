"""Read settings from the environment; a mistyped value stops the start with its variable's name.

An empty variable counts as one that is not set, because Compose files pass on empty values.
"""

import base64
import os
import re
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}
# The units of a limit, with their seconds.
UNITS = {"sec": 1, "min": 60, "hour": 3_600, "day": 86_400}


class SettingError(SystemExit):
    """A setting that cannot be used.

    It derives from SystemExit so that every way in (manage.py, the server, the tests) ends with
    one plain line instead of a traceback.
    """


def env_text(name: str, default: str = "", choices: tuple[str, ...] = ()) -> str:
    """Return the text of `name`, or of the file that `NAME_FILE` names, or the default.

    With `choices`, any other value is refused. The file is for secrets that an orchestrator mounts;
    a line break at its end is dropped.
    """
    value = os.environ.get(name, "")
    file_name = os.environ.get(f"{name}_FILE", "")
    if value and file_name:
        raise SettingError(f"{name} and {name}_FILE are both set: keep one of them.")
    if file_name:
        try:
            value = Path(file_name).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(f"{name}_FILE={file_name} cannot be read: {error}") from None
    value = value or default
    if choices and value not in choices:
        raise SettingError(f"{name}={value} is not one of {', '.join(choices)}.")
    return value


def env_contact(name: str) -> str:
    """Return how somebody is reached, or nothing: an address of a page, a mailbox or a telephone.

    It is written as `https://…`, `mailto:…` or `tel:…`, in ASCII and without blanks.
    """
    value = env_text(name)
    if value and not re.fullmatch(r"(https://|mailto:|tel:)[!-~]+", value):
        raise SettingError(f"{name}={value} is no contact: write https://…, mailto:… or tel:….")
    return value


def env_bool(name: str, default: bool) -> bool:
    """Return the yes or no that `name` holds: true/false, yes/no, on/off or 1/0, in any case."""
    value = env_text(name).lower()
    if not value:
        return default
    if value not in TRUE | FALSE:
        raise SettingError(f"{name}={value} is neither true nor false.")
    return value in TRUE


def env_int(name: str, default: int, minimum: int, maximum: int) -> int:
    """Return the whole number that `name` holds; both bounds are allowed values."""
    value = env_text(name)
    if not value:
        return default
    # int() would also take "1_000", " 8 " and digits of other scripts.
    if not (value.isascii() and value.isdigit() and minimum <= int(value) <= maximum):
        raise SettingError(f"{name}={value} is not a whole number from {minimum} to {maximum}.")
    return int(value)


def env_list(name: str, default: str = "") -> list[str]:
    """Return the values of `name` that commas separate, without blanks around them."""
    return [item.strip() for item in env_text(name, default).split(",") if item.strip()]


def env_database(name: str, default: str, base: Path) -> dict[str, Any]:
    """Return Django's settings for the SQLite or PostgreSQL database whose URL is in `name`.

    A relative SQLite path counts from `base`, so that it does not depend on the working directory.
    """
    # The URL may carry a password, so no message repeats it.
    expected = "write sqlite:///path/to/file or postgres://user@host:5432/database."
    url = env_text(name, default)
    try:
        database = dict(_of_several(url) or dj_database_url.parse(url))
    except ValueError:
        raise SettingError(f"{name} is not a database URL: {expected}") from None
    engine = str(database["ENGINE"]).rpartition(".")[2]
    if engine not in {"sqlite3", "postgresql"}:
        raise SettingError(f"{name} names an engine other than SQLite and PostgreSQL: {expected}")
    if database["NAME"] in {"", ":memory:"}:
        raise SettingError(f"{name} names no database: {expected}")
    if engine == "sqlite3":
        database["NAME"] = base / str(database["NAME"])
    return database


def _of_several(url: str) -> dict[str, Any] | None:
    """Django's settings for a PostgreSQL URL with several servers, as libpq reads it.

    None for any other URL. Raises ValueError for one that libpq refuses.
    """
    parts = urlsplit(url)
    if "," not in parts.netloc or parts.scheme not in {"postgres", "postgresql"}:
        return None
    # Loading it takes time, which those with SQLite need not spend.
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        found = conninfo_to_dict(url)
    except ProgrammingError:
        raise ValueError from None
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    said = {name: str(found.pop(key, "")) for name, key in names.items()}
    said["PORT"] = str(found.pop("port", ""))
    if not re.fullmatch(r"[0-9,]*", said["PORT"]):
        raise ValueError
    return {"ENGINE": "django.db.backends.postgresql", **said, "OPTIONS": found}


def env_cache(name: str, folder: Path) -> dict[str, Any]:
    """Return Django's settings for the Redis whose URL is in `name`; without one, for files."""
    url = env_text(name)
    if not url:
        return {
            "BACKEND": "tracker.caching.FileCache",
            "LOCATION": str(folder),
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    # Loading it takes a quarter of a second, which those without a Redis need not spend.
    from redis import ConnectionPool
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    # A Redis that does not answer must not keep the readers waiting.
    options: dict[str, Any] = {
        "socket_connect_timeout": 1,
        "socket_timeout": 1,
        "retry": Retry(NoBackoff(), 1),
    }
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
        # Another path would be passed over, and what the URL asks for besides is read only here.
        usable = parts.scheme in {"redis", "rediss"} and re.fullmatch(r"/?\d*", parts.path, re.A)
        ConnectionPool.from_url(url, **options).make_connection()
    except (ValueError, TypeError):
        named = usable = False
    if not (named and usable):
        # The URL may carry a password, so no message repeats it.
        raise SettingError(
            f"{name} is not the URL of a Redis: write redis://host:6379/0, or rediss:// with TLS."
        )
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": [url],
        "KEY_PREFIX": "reforms",
        "OPTIONS": options,
    }


def env_limits(name: str, default: str) -> list[tuple[int, str, int]]:
    """Return the limits that `name` holds, each as number, unit and the unit's seconds.

    They are written as `600/min,100000/day`: one for each unit (sec, min, hour, day), a whole
    number from 1. `off` means no limit. The shortest comes first.
    """
    value = env_text(name, default)
    limits: dict[str, int] = {}
    for item in [] if value == "off" else value.split(","):
        match = re.fullmatch(r" *([0-9]{1,9})/([a-z]+) *", item)
        if match is None or match[2] not in UNITS or match[2] in limits or int(match[1]) == 0:
            raise SettingError(
                f"{name}={value} is no limit: write off, or a number from 1 for each unit of"
                f" {', '.join(UNITS)}, as in 600/min,100000/day."
            )
        limits[match[2]] = int(match[1])
    return [(limits[unit], unit, seconds) for unit, seconds in UNITS.items() if unit in limits]


def kept_secret(
    path: Path,
    name: str = "SECRET_KEY",
    make: Callable[[], str] = lambda: secrets.token_urlsafe(64),
) -> str:
    """Return what is kept in `path`, readable by its owner only; make it when missing.

    `name` is the setting that it stands for. Several processes may start at once: O_EXCL lets one
    of them create the file, the others wait for what it writes.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_kept_secret(path, name)
    except OSError as error:
        raise SettingError(f"{name} is not set and {path} cannot be made: {error}") from None
    secret = make()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret)
    return secret


def _read_kept_secret(path: Path, name: str) -> str:
    for _ in range(20):
        try:
            secret = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(f"{name} is not set and {path} is unreadable: {error}") from None
        if secret:
            return secret
        time.sleep(0.05)
    raise SettingError(f"{name} is not set and {path} is empty: delete it for a new one.")


def env_key(name: str, path: Path) -> str:
    """Return the Ed25519 key in `name` or kept in `path`: 32 random bytes, base64."""
    value = env_text(name) or kept_secret(path, name, _new_key)
    try:
        if len(base64.b64decode(value, validate=True)) == 32:
            return value
    except ValueError:
        pass
    # The key is a secret, so that no message repeats it.
    where = name if env_text(name) else f"{name} is not set, and what {path} holds"
    raise SettingError(f"{where} is no key: 32 bytes in base64 are expected.")


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
