"""The application with two addresses of its own: a large file as exports are sent, and one whose
writing fails. For test_exports_cut_off.py, which runs it in the real server.
"""

import os
from typing import IO, Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402

from reforms.api import spool  # noqa: E402
from tracker import urls  # noqa: E402

SIZE = 64_000_000
handler500 = "reforms.api.errors.handler500"


def large(request: Any) -> Any:
    def write(file: IO[bytes]) -> None:
        for _ in range(SIZE // 1000):
            file.write(b"x" * 999 + b"\n")

    with spool.slot() as free:
        return spool.written(write, free)


def failing(request: Any) -> Any:
    def write(file: IO[bytes]) -> None:
        file.write(b"x" * 1_000_000)
        raise RuntimeError("The database has gone.")

    with spool.slot() as free:
        return spool.written(write, free)


urlpatterns = [path("api/large", large), path("api/failing", failing), *urls.urlpatterns]
settings.ROOT_URLCONF = __name__
application = get_wsgi_application()
