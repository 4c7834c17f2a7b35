"""Files that are written whole before the first byte of them is sent.

The server ends every answer as if it were complete, also when the application fails in the middle
of it: of an answer whose length was not announced nobody could tell a half from the whole. A file
that is there has a length and a digest; what goes wrong while it is written is a problem like any
other; and the view of the record is held for as long as the writing takes, not the reading.
"""

import base64
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import file_digest
from threading import BoundedSemaphore
from typing import IO

from django.conf import settings
from django.http import StreamingHttpResponse

from reforms.api.errors import RETRY_AFTER, Refusal

_PIECE = 262_144  # bytes that are sent at once: the server takes its time for each piece

_slots: dict[int, BoundedSemaphore] = {}


class SpooledFile(StreamingHttpResponse):
    """A file that is sent in pieces, and is gone when it was sent or cannot be sent further."""

    def __init__(self, file: IO[bytes], free: Callable[[], None]) -> None:
        self._file, self._free = file, free
        super().__init__(self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        while piece := self._file.read(_PIECE):
            yield piece
        self._end()

    def _end(self) -> None:
        if not self._file.closed:
            self._file.close()
            self._free()

    def close(self) -> None:
        super().close()
        self._end()


@contextmanager
def slot() -> Iterator[Callable[[], None]]:
    """One of the few places at which exports are written and sent; raises Refusal without one.

    Gives what frees it, to be called once when the file was sent; a block that fails frees it.
    """
    most = settings.EXPORTS_AT_ONCE
    places = _slots.setdefault(most, BoundedSemaphore(most))
    if not places.acquire(blocking=False):
        detail = f"Other exports are being written; try again in {RETRY_AFTER} seconds."
        raise Refusal("busy", detail, headers={"Retry-After": str(RETRY_AFTER)})
    try:
        yield places.release
    except BaseException:
        places.release()
        raise


def written(write: Callable[[IO[bytes]], None], free: Callable[[], None]) -> SpooledFile:
    """The answer that sends what `write` writes; `free` is called when it is closed.

    The file has no name: it is gone with the process, whatever becomes of it.
    """
    folder = settings.VAR_DIR / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - the answer closes it
    try:
        write(file)
        length = file.tell()
        file.seek(0)
        digest = base64.b64encode(file_digest(file, "sha256").digest()).decode()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    response = SpooledFile(file, free)
    response["Content-Length"] = str(length)
    response["Repr-Digest"] = f"sha-256=:{digest}:"
    return response
