import ast
import base64
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tracker.databases import databases
from tracker.environment import (
    SettingError,
    env_bool,
    env_cache,
    env_contact,
    env_database,
    env_int,
    env_key,
    env_limits,
    env_list,
    env_text,
    kept_secret,
)

pytestmark = pytest.mark.without_database

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("X", "X_FILE"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("text", "expected"),
    [("true", True), ("TRUE", True), ("1", True), ("yes", True), ("off", False), ("0", False)],
)
def test_a_yes_or_no(env: pytest.MonkeyPatch, text: str, expected: bool) -> None:
    env.setenv("X", text)
    assert env_bool("X", not expected) is expected


@pytest.mark.parametrize("text", ["ture", "2", " true", "none", "t"])
def test_no_other_word_is_a_yes_or_no(env: pytest.MonkeyPatch, text: str) -> None:
    env.setenv("X", text)
    with pytest.raises(SettingError, match=r"^X="):
        env_bool("X", True)


@pytest.mark.parametrize("default", [True, False])
def test_an_empty_variable_is_not_set(env: pytest.MonkeyPatch, default: bool) -> None:
    env.setenv("X", "")
    assert env_bool("X", default) is default
    assert env_int("X", 7, 1, 9) == 7
    assert env_text("X", "words") == "words"


@pytest.mark.parametrize(("text", "expected"), [("1", 1), ("9", 9), ("05", 5)])
def test_a_whole_number_within_its_bounds(
    env: pytest.MonkeyPatch, text: str, expected: int
) -> None:
    env.setenv("X", text)
    assert env_int("X", 7, 1, 9) == expected


@pytest.mark.parametrize("text", ["0", "10", "80x0", "1.5", "-1", "1_0", " 5", "٥", "+5"])
def test_no_other_text_is_a_whole_number(env: pytest.MonkeyPatch, text: str) -> None:
    env.setenv("X", text)
    with pytest.raises(SettingError, match=r"^X=.*from 1 to 9"):
        env_int("X", 7, 1, 9)


def test_a_list_drops_blanks_and_gaps(env: pytest.MonkeyPatch) -> None:
    env.setenv("X", " a, b,,c ,")
    assert env_list("X") == ["a", "b", "c"]


def test_a_secret_comes_from_a_file(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("no one knows\n")
    env.setenv("X_FILE", str(tmp_path / "secret"))
    assert env_text("X") == "no one knows"


def test_a_secret_comes_from_one_place_only(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    env.setenv("X", "a")
    env.setenv("X_FILE", str(tmp_path / "secret"))
    with pytest.raises(SettingError, match="X and X_FILE"):
        env_text("X")


def test_a_secret_file_that_is_not_there(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    env.setenv("X_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(SettingError, match=r"^X_FILE="):
        env_text("X", "default")


@pytest.mark.parametrize(
    "url",
    [
        "foo",
        "mysql://host/name",
        "sqlite:///",
        "sqlite://:memory:",
        "postgres://host/",
        "postgres://u:hidden@host:80x0/name",
    ],
)
def test_a_database_that_cannot_be(env: pytest.MonkeyPatch, url: str) -> None:
    env.setenv("X", url)
    with pytest.raises(SettingError, match=r"^X ") as refused:
        env_database("X", "", ROOT)
    assert "hidden" not in str(refused.value)


def test_a_relative_file_counts_from_the_base(env: pytest.MonkeyPatch) -> None:
    env.setenv("X", "sqlite:///some/file.sqlite3")
    assert env_database("X", "", Path("/base"))["NAME"] == Path("/base/some/file.sqlite3")


def test_a_postgres_database(env: pytest.MonkeyPatch) -> None:
    env.setenv("X", "postgres://anna:p%40ss@db.example:6432/tracker?sslmode=require")
    database = env_database("X", "", ROOT)
    assert database["HOST"] == "db.example"
    assert database["PORT"] == 6432
    assert database["PASSWORD"] == "p@ss"
    assert database["OPTIONS"] == {"sslmode": "require"}


def test_a_kept_secret_is_made_once_for_all_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"
    with ThreadPoolExecutor(16) as pool:
        secrets = set(pool.map(lambda _: kept_secret(path), range(64)))
    assert len(secrets) == 1
    assert len(secrets.pop()) > 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_empty_kept_secret_is_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    path.touch()
    with pytest.raises(SettingError, match="empty"):
        kept_secret(path)


def test_a_kept_secret_is_made_as_its_setting_needs_it(tmp_path: Path) -> None:
    path = tmp_path / "instance_id"
    assert kept_secret(path, "INSTANCE_ID", lambda: "the first") == "the first"
    assert kept_secret(path, "INSTANCE_ID", lambda: "the second") == "the first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_line_break_behind_a_kept_secret_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a secret\n")
    assert kept_secret(tmp_path / "kept") == "a secret"


def test_a_kept_secret_that_cannot_be_used_names_its_setting(tmp_path: Path) -> None:
    empty, folder, file = tmp_path / "empty", tmp_path / "folder", tmp_path / "file"
    empty.touch()
    folder.mkdir()
    file.touch()
    for path in (empty, folder, file / "below"):
        with pytest.raises(SettingError, match=r"^INSTANCE_ID is not set and"):
            kept_secret(path, "INSTANCE_ID", lambda: "x")


KEY = base64.b64encode(bytes(range(32))).decode()


def test_a_key_comes_from_its_variable(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    env.setenv("X", KEY)
    assert env_key("X", tmp_path / "key") == KEY
    assert not (tmp_path / "key").exists()


def test_a_key_comes_from_a_file_that_an_orchestrator_mounts(
    env: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mounted").write_text(f"{KEY}\n")
    env.setenv("X_FILE", str(tmp_path / "mounted"))
    assert env_key("X", tmp_path / "key") == KEY


def test_a_key_is_made_once_and_kept(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "var" / "key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: env_key("X", path), range(32)))
    assert keys == {path.read_text()}
    assert len(base64.b64decode(keys.pop(), validate=True)) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert env_key("X", tmp_path / "another") != env_key("X", path)


@pytest.mark.parametrize(
    "text",
    [
        "hidden",
        KEY[:-1],
        KEY + KEY,
        base64.b64encode(bytes(31)).decode(),
        base64.b64encode(bytes(33)).decode(),
        bytes(range(32)).hex(),
        f" {KEY}",
        base64.urlsafe_b64encode(b"\xff" * 32).decode(),
        "ключ",
    ],
)
def test_no_other_text_is_a_key(env: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    env.setenv("X", text)
    with pytest.raises(SettingError, match=r"^X is no key") as refused:
        env_key("X", tmp_path / "key")
    assert text not in str(refused.value)


def test_a_kept_key_that_was_damaged_is_not_replaced(
    env: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text(KEY[:20])
    with pytest.raises(SettingError, match=r"^X is not set, and what .*key holds is no key"):
        env_key("X", tmp_path / "key")
    assert (tmp_path / "key").read_text() == KEY[:20]


def test_every_setting_is_documented() -> None:
    read = {
        node.args[0].value
        for file in (
            "tracker/settings.py",
            "tracker/databases.py",
            "tracker/limits.py",
            "tracker/delivery.py",
            "scripts/serve.py",
        )
        for node in ast.walk(ast.parse((ROOT / file).read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id.startswith("env_")
        and isinstance(node.args[0], ast.Constant)
    }
    text = (ROOT / "docs/deployment.md").read_text()
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE)) == read


# The cache and the limits.


def test_without_a_redis_the_cache_is_in_files(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    env.setenv("X", "")
    cache = env_cache("X", tmp_path)
    assert cache["BACKEND"] == "tracker.caching.FileCache"
    assert cache["LOCATION"] == str(tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "redis://cache.example",
        "redis://:p%40ss@cache.example:6379/2",
        "rediss://anna:secret@cache.example:6380/0?ssl_cert_reqs=none",
        "redis://[::1]:6379",
    ],
)
def test_a_redis(env: pytest.MonkeyPatch, tmp_path: Path, url: str) -> None:
    env.setenv("X", url)
    cache = env_cache("X", tmp_path)
    assert cache["BACKEND"] == "django.core.cache.backends.redis.RedisCache"
    assert cache["LOCATION"] == [url]
    assert cache["OPTIONS"]["socket_timeout"] == 1, "a Redis that hangs must not hang us"


@pytest.mark.parametrize(
    "url",
    [
        "redis",
        "redis://",
        "http://hidden@cache.example",
        "memcached://hidden@cache.example",
        "redis://:hidden@cache.example:0",
        "redis://:hidden@cache.example:99999",
        "redis://:hidden@cache.example:63x9",
        "redis://:hidden@cache.example/first",
        "redis://:hidden@cache.example/0/1",
        "redis://:hidden@cache.example?tiemout=1",
        "redis://:hidden@cache.example?socket_timeout=soon",
        "redis://:hidden@[::1",
    ],
)
def test_a_cache_that_cannot_be(env: pytest.MonkeyPatch, tmp_path: Path, url: str) -> None:
    env.setenv("X", url)
    with pytest.raises(SettingError, match=r"^X is not the URL of a Redis") as refused:
        env_cache("X", tmp_path)
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(9, "min", 60)]),
        ("off", []),
        ("1/sec", [(1, "sec", 1)]),
        ("100000/day,600/min", [(600, "min", 60), (100_000, "day", 86_400)]),
        ("5/hour, 6/day", [(5, "hour", 3_600), (6, "day", 86_400)]),
    ],
)
def test_limits(env: pytest.MonkeyPatch, text: str, expected: list[tuple[int, str, int]]) -> None:
    env.setenv("X", text)
    assert env_limits("X", "9/min") == expected


@pytest.mark.parametrize(
    "text",
    ["0", "600", "600/", "0/min", "-1/min", "1_0/min", "٥/min", "600/minute", "6/min,7/min",
     "6/min,", "6/min;7/day", "off,6/min", "OFF", "1e3/day", "10000000000/day", "6 /min"],
)  # fmt: skip
def test_no_other_text_is_a_limit(env: pytest.MonkeyPatch, text: str) -> None:
    env.setenv("X", text)
    with pytest.raises(SettingError, match=r"^X=.* is no limit: write off, or"):
        env_limits("X", "9/min")


@pytest.mark.parametrize("contact", ["mailto:x@tracker.example", "https://x.example/y", ""])
def test_a_contact_is_an_address(env: pytest.MonkeyPatch, contact: str) -> None:
    env.setenv("X", contact)
    assert env_contact("X") == contact


@pytest.mark.parametrize(
    "contact", ["x@tracker.example", "mailto:", "mailto:x y", "http://x.example"]
)
def test_what_is_no_contact_stops_the_start(env: pytest.MonkeyPatch, contact: str) -> None:
    env.setenv("X", contact)
    with pytest.raises(SettingError, match="is no contact"):
        env_contact("X")


# Several servers.


def test_a_database_of_several_servers(env: pytest.MonkeyPatch) -> None:
    url = "postgres://us%40er:p%2Fw@one:5432,two:6432/tracker?target_session_attrs=read-write"
    env.setenv("X", url)
    assert env_database("X", "", ROOT) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "tracker",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "HOST": "one,two",
        "PORT": "5432,6432",
        "OPTIONS": {"target_session_attrs": "read-write"},
    }


@pytest.mark.parametrize("text", ["postgres://u:hidden@one,two:80x0/name", "sqlite://a,b"])
def test_several_servers_that_cannot_be(env: pytest.MonkeyPatch, text: str) -> None:
    env.setenv("X", text)
    with pytest.raises(SettingError, match=r"^X ") as refused:
        env_database("X", "", ROOT)
    assert "hidden" not in str(refused.value)


@pytest.fixture
def urls(env: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("DATABASE_URL", "DATABASE_PASSWORD", "DATABASE_POOLED", "REPLICA_URL"):
        env.delenv(name, raising=False)
    return env


def test_replicas_are_preferred_and_have_the_primarys_password(urls: pytest.MonkeyPatch) -> None:
    urls.setenv("DATABASE_URL", "postgres://tracker@pool:6432/tracker")
    urls.setenv("DATABASE_PASSWORD", "any # thing")
    urls.setenv("DATABASE_POOLED", "true")
    urls.setenv("REPLICA_URL", "postgres://tracker@one,two/tracker?connect_timeout=1")
    found = databases(ROOT, ROOT, 20)
    assert found["default"]["DISABLE_SERVER_SIDE_CURSORS"] is True
    replica = found["replica"]
    assert replica["HOST"] == "one,two"
    assert replica["PASSWORD"] == "any # thing"
    assert replica["OPTIONS"]["target_session_attrs"] == "prefer-standby"
    assert replica["OPTIONS"]["load_balance_hosts"] == "random"
    assert replica["OPTIONS"]["connect_timeout"] == "1"
    assert "DISABLE_SERVER_SIDE_CURSORS" not in replica


def test_sqlite_has_no_replicas(urls: pytest.MonkeyPatch) -> None:
    urls.setenv("REPLICA_URL", "postgres://tracker@one/tracker")
    with pytest.raises(SettingError, match=r"^REPLICA_URL needs a DATABASE_URL of PostgreSQL"):
        databases(ROOT, ROOT, 20)


@pytest.mark.parametrize(("given", "kept"), [("", 5), ("600", 5), ("2", 2), ("0", 0)])
def test_a_connection_to_a_file_is_not_kept_for_long(
    urls: pytest.MonkeyPatch, given: str, kept: int
) -> None:
    """Whoever puts another file in its place is soon answered from that."""
    urls.setenv("DATABASE_CONN_MAX_AGE", given)
    assert databases(ROOT, ROOT, 20)["default"]["CONN_MAX_AGE"] == kept
