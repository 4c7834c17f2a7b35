"""The base of what programs ask the site for: files that depend on the ledger alone."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from reforms import ledger
from reforms.api import versions
from reforms.api.freshness import SEQUENCE
from reforms.dates import now
from reforms.pages import headers
from reforms.pages.page import Page

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class File(Page):
    """A file; subclasses say in `write` what is in it. `max_age` is in seconds."""

    dated = False
    content_type: ClassVar[str]
    max_age: ClassVar[int] = headers.MAX_AGE

    def write(self, **kwargs: str) -> bytes:
        """What is in it. Refusals are raised as the API raises them."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponse:
        """The file, or that the reader has it already."""
        self.head = ledger.head()
        self.given = self._given(request)
        # Neither the day nor a loaded text is in it.
        version = versions.Version(self.head.hash, 0)
        etag = version.tag(EPOCH, request.build_absolute_uri())
        modified = self._modified()
        response: Any = get_conditional_response(request, etag=etag, last_modified=modified)
        if response is None:
            response = HttpResponse(self.write(**kwargs), content_type=self.content_type)
        response["Cache-Control"] = f"public, max-age={self.max_age}"
        response["ETag"] = etag
        response[SEQUENCE] = str(self.head.sequence)
        if modified is not None:
            response["Last-Modified"] = http_date(modified)
        return response

    def here(self, path: str) -> str:
        """The whole address of a path of ours."""
        return self.request.build_absolute_uri(path)

    def _modified(self) -> int | None:
        """The second in which the ledger last changed, unless more may still come in it."""
        at = self.head.recorded_at
        return int(at.timestamp()) if at is not None and now() - at > SECOND else None
