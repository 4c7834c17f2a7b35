"""What a release holds: the answers of the API at one entry of the ledger, asked in process.

With `known_at` an answer never changes again: the same entry gives the same files, to the byte.
"""

from collections.abc import Generator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from rest_framework.request import Request

from reforms.api import exports
from reforms.api import question as questions

Row = dict[str, Any]

VIEWS = {view.table: view for view in exports.EXPORTS}


def rows(table: str, **parameters: str) -> Generator[Row, None, None]:
    """The objects of a table in the order of their ids, as the API answers `parameters`."""
    known: Any = VIEWS[table]
    view: Any = known(
        basename=f"export-{table}", action="list", args=(), kwargs={"extension": "jsonl"}
    )
    asked = HttpRequest()
    asked.method = "GET"
    # Addresses in the API are left out: a package does not know under which name it is served.
    asked.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    asked.GET = QueryDict(urlencode(parameters))
    view.request = Request(asked)
    view.quotations = {}
    view.question = questions.read(asked.GET, "", view.askable())
    found: Generator[Row, None, None] = view.objects(view.matching())
    return found
