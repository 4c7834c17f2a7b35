"""An export is of one moment of the record, although somebody publishes while it is written.

In a file of its own, because what is committed here must not meet the record that other files hold
in an open transaction.
"""

import json
from typing import Any

import pytest

from reforms.api import exporting
from reforms.api.exports import PromiseExport
from reforms.api.renditions import making
from tests.api.asking import ask
from tests.api.test_pages_in_threads import at_once
from tests.fixtures import make_promise, make_update


@pytest.mark.parametrize("form", ["jsonl", "csv"])
@pytest.mark.parametrize("rendered", [False, True])
def test_a_writer_in_the_middle(
    committed_cast: None, monkeypatch: pytest.MonkeyPatch, form: str, rendered: bool
) -> None:
    """Rows, their number and the head belong together; what came later is what `after` gives."""
    promises = [make_promise(number) for number in range(1, 10)]
    make_update(promises[8], "implemented")
    before = ask("/promises/").json()["results"]
    if rendered:
        making.make()
    monkeypatch.setattr(exporting, "CHUNK", 2)
    monkeypatch.setattr("reforms.api.renditions.exporting.CHUNK", 2)
    step = "texts" if rendered else "answers"  # what is done between two chunks
    ordinary = getattr(PromiseExport, step)
    written: list[Any] = []

    def write() -> None:
        make_promise(15)
        make_update(promises[8], "reversed", "2023-05")

    def interrupted(self: Any, rows: list[Any]) -> Any:
        if not written:
            written.append(rows)
            at_once(write)  # it has committed when this returns
        return ordinary(self, rows)

    monkeypatch.setattr(PromiseExport, step, interrupted)
    response = ask(f"/export/promises.{form}")
    found = b"".join(response.streaming_content).decode()
    assert response.headers["Export-Rows"] == "9"
    if form == "jsonl":
        assert [json.loads(line) for line in found.splitlines()] == before
    else:
        assert "reversed" not in found
    later = ask("/changes/", {"after": response.headers["Ledger-Sequence"]}).json()["results"]
    told = [(entry["action"], entry["object_type"]) for entry in later]
    assert told == [("create", "promise"), ("publish", "update")]
    assert ask("/promises/").json()["results"] != before
