"""The cache of one machine: small files that its processes share, with counts that are exact.

Django's own loses counts when two processes add to one at once, and lists the whole folder whenever
it stores something.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache
from django.core.files import locks

SWEEP_EVERY = 300  # seconds
FOREVER = 4_000_000_000  # the time of a file that does not expire
# The stubs do not know what is meant for subclasses.
_FileBasedCache: Any = FileBasedCache


class FileCache(_FileBasedCache):
    """Whoever counts takes its turn; the time of a file is the moment at which it expires."""

    @contextmanager
    def _turn(self) -> Iterator[None]:
        # A lock belongs to an open file: threads exclude one another just as processes do.
        with self._lock_file() as file:
            locks.lock(file, locks.LOCK_EX)
            yield

    def _lock_file(self) -> IO[bytes]:
        path = Path(self._dir, "lock")
        try:
            return path.open("ab")
        except FileNotFoundError:  # the folder may be deleted at any time
            self._createdir()
            return path.open("ab")

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        with self._turn():
            return super().get(key, default, version)

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        with self._turn():
            return super().add(key, value, timeout, version)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        with self._turn():
            value = super().get(key, version=version)
            if value is None:
                raise ValueError(f"Key {key!r} not found")
            total: int = value + delta
            # In its place: to put another file there would wait for the disk.
            with Path(self._key_to_file(key, version)).open("r+b") as file:
                expiry = os.fstat(file.fileno()).st_mtime
                self._write_content(file, expiry - time.time(), total)
        return total

    def _write_content(self, file: Any, timeout: Any, value: Any) -> None:
        super()._write_content(file, timeout, value)
        file.truncate()  # which also flushes
        expiry = self.get_backend_timeout(timeout) or FOREVER
        os.utime(file.fileno(), (expiry, expiry))

    def _cull(self) -> None:
        """Now and then delete what has expired; of too many, also those that would expire next."""
        swept = Path(self._dir) / "swept"
        now = time.time()
        with suppress(FileNotFoundError):
            if now - swept.stat().st_mtime < SWEEP_EVERY:
                return
        swept.touch()
        kept = []
        with os.scandir(self._dir) as files:
            for file in files:
                if not file.name.endswith(self.cache_suffix):
                    continue
                with suppress(FileNotFoundError):
                    expiry = file.stat().st_mtime
                    if expiry < now:
                        self._delete(file.path)
                    else:
                        kept.append((expiry, file.path))
        for _, path in sorted(kept)[: max(0, len(kept) - self._max_entries)]:
            self._delete(path)
