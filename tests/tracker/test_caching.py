"""The cache that processes share, as one machine has it and as Redis has it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tracker import caching
from tracker.caching import FileCache

pytestmark = pytest.mark.without_database

ROOT = Path(__file__).resolve().parents[2]
FILES = "tracker.caching.FileCache"
REDIS = "django.core.cache.backends.redis.RedisCache"


@pytest.fixture
def cache(tmp_path: Path) -> FileCache:
    return FileCache(str(tmp_path / "cache"), {"OPTIONS": {"MAX_ENTRIES": 10}})


def stored(cache: FileCache) -> list[Path]:
    return sorted(Path(cache._dir).glob("*.djcache"))


def sweep(cache: FileCache) -> None:
    """Let it be time for a sweep, and occasion one."""
    os.utime(Path(cache._dir) / "swept", (0, 0))
    cache.set("another", 0)


def pass_by(seconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the clock forward."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + seconds)


# Counts.


def test_a_count_begins_with_what_was_added(cache: FileCache) -> None:
    assert cache.add("count", 0, 60)
    assert not cache.add("count", 7, 60)
    assert [cache.incr("count"), cache.incr("count", 300), cache.incr("count", -299)] == [1, 301, 2]
    assert cache.get("count") == 2


def test_what_was_never_added_is_not_counted(cache: FileCache) -> None:
    with pytest.raises(ValueError, match="not found"):
        cache.incr("count")
    assert cache.get("count") is None


def test_counting_does_not_put_off_the_end(cache: FileCache) -> None:
    cache.add("count", 0, 60)
    [file] = stored(cache)
    end = file.stat().st_mtime
    for _ in range(20):
        cache.incr("count")
    assert abs(file.stat().st_mtime - end) < 1
    assert abs(end - 60 - time.time()) < 30


def test_a_count_ends(cache: FileCache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.add("count", 5, 60)
    pass_by(61, monkeypatch)
    with pytest.raises(ValueError, match="not found"):
        cache.incr("count")
    assert stored(cache) == []


@pytest.mark.parametrize("backend", [FILES, REDIS])
def test_processes_count_together(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Of four processes that ask 200 times each, exactly 500 questions pass a limit of 500."""
    location = str(tmp_path) if backend == FILES else request.getfixturevalue("redis_url")
    arguments = [backend, location, "500", "200"]
    command = [sys.executable, str(ROOT / "tests/tracker/counting.py"), *arguments]
    running = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": "."},
        )
        for _ in range(4)
    ]
    passed = [int(process.communicate(timeout=120)[0]) for process in running]
    assert sum(passed) == 500


# Tidiness.


def test_what_has_expired_is_deleted(cache: FileCache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.add("short", 1, 60)
    cache.add("long", 1, 3600)
    cache.set("forever", 1, None)
    assert len(stored(cache)) == 3
    pass_by(61 + caching.SWEEP_EVERY, monkeypatch)
    cache.set("another", 0)
    assert len(stored(cache)) == 3
    assert cache.get_many(["short", "long", "forever", "another"]) == {
        "long": 1,
        "forever": 1,
        "another": 0,
    }


def test_of_too_many_those_go_that_end_next(cache: FileCache) -> None:
    for number in range(15):
        cache.add(f"count-{number}", 0, 60 + number)
    assert len(stored(cache)) == 15, "it is not looked at with every count"
    sweep(cache)
    assert [number for number in range(15) if f"count-{number}" in cache] == list(range(5, 15))


def test_only_its_owner_reads_it(cache: FileCache) -> None:
    cache.add("count", 0, 60)
    assert Path(cache._dir).stat().st_mode & 0o077 == 0


def test_a_folder_that_was_deleted_is_made_again(cache: FileCache) -> None:
    cache.add("count", 0, 60)
    shutil.rmtree(cache._dir)
    assert cache.add("count", 0, 60)
    assert cache.incr("count") == 1


# Redis.


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis that this test starts."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server is installed: the cache in Redis is NOT tested")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            with redis.Redis(port=port) as client:
                for _ in range(200):
                    try:
                        client.ping()
                        break
                    except redis.ConnectionError:
                        time.sleep(0.05)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
