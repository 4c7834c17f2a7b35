"""Read settings from the environment; a mistyped value stops the start with its variable's name.

An empty variable counts as one that is not set, because Compose files pass on empty values.
"""

import base64
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dj_database_url

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


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
    try:
        database = dict(dj_database_url.parse(env_text(name, default)))
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
