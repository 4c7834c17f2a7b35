"""A client generated from the OpenAPI document reads the service over HTTP."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from reforms.submissions import MEDIA_TYPES
from reforms.workflow import Cited
from tests.api.documents import document
from tests.api.sending import content, key_of
from tests.fixtures import make_promise, make_update

PACKAGE = "generated_tracker_client"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The generated package, importable."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "openapi.json").write_text(json.dumps(document()), encoding="utf-8")
    # Lines and tables are sent as they are; docs/api.md shows the same setting.
    others = [one for one in MEDIA_TYPES if one != "application/json"]
    as_bytes = dict.fromkeys(others, "application/octet-stream")
    config = {"post_hooks": [], "content_type_overrides": as_bytes}
    (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    command += ["--path", str(folder / "openapi.json"), "--config", str(folder / "config.yaml")]
    command += ["--output-path", str(folder / PACKAGE), "--fail-on-warning"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield PACKAGE
    sys.path.remove(str(folder))


@pytest.fixture
def client(package: str, live_server: Any, committed_cast: None) -> Any:
    for number in range(1, 6):
        promise = make_promise(
            number,
            deadline="2022-09" if number == 1 else "",
            bodies=[("court", "responsible")],
            figures=[{"what": "fee", "from": 20000, "to": 5000, "unit": "tenge"}],
            citations=[Cited("demo2020-address", locator="¶4")],
        )
        if number < 3:
            make_update(promise, "implemented", "2022-08", note={"en": "Done."})
    return importlib.import_module(package).Client(base_url=live_server.url)


def call(package: str, module: str, function: str = "sync", **arguments: Any) -> Any:
    return getattr(importlib.import_module(f"{package}.api.{module}"), function)(**arguments)


def model(package: str, name: str) -> Any:
    return getattr(importlib.import_module(f"{package}.models"), name)


def test_list(package: str, client: Any) -> None:
    page = call(
        package,
        "promises.promise_list",
        client=client,
        status=[model(package, "PromiseListStatusItem").IMPLEMENTED],
        count=True,
    )
    assert [one.id for one in page.results] == ["demo2020-1-1", "demo2020-1-2"]
    assert page.count == 2
    first = page.results[0]
    assert first.status == model(package, "StatusEnum").IMPLEMENTED
    assert first.deadline == "2022-09"
    assert first.figures[0].from_ == 20000
    assert first.topics == []
    assert first.programme == "demo2020"
    assert first.last_published_at.tzinfo is not None


def test_several_values(package: str, client: Any) -> None:
    """Lists go out separated by commas, as the document says."""
    status = model(package, "PromiseListStatusItem")
    fields = model(package, "PromiseListFieldsItem")
    page = call(
        package,
        "promises.promise_list",
        client=client,
        status=[status.IMPLEMENTED, status.NOT_ASSESSED],
        fields=[fields.ID, fields.STATUS],
    )
    assert len(page.results) == 5
    unset = importlib.import_module(f"{package}.types").UNSET
    assert page.results[0].title is unset


def test_follow_next(package: str, client: Any) -> None:
    page = call(package, "promises.promise_list", client=client, limit=2)
    found = [one.id for one in page.results]
    while page.next_:
        answer = client.get_httpx_client().get(page.next_)
        page = model(package, "PaginatedPromiseList").from_dict(answer.json())
        found += [one.id for one in page.results]
    assert found == [f"demo2020-1-{number}" for number in range(1, 6)]


def test_a_cursor_alone(package: str, client: Any) -> None:
    """It repeats the question: a client need not send it again, and sends no default either."""
    ordering = model(package, "PromiseListOrdering")
    status = model(package, "PromiseListStatusNotItem")
    asked = {"ordering": ordering.VALUE_1, "status_not": [status.STALLED]}
    page = call(package, "promises.promise_list", client=client, limit=2, **asked)
    found = [one.id for one in page.results]
    while page.next_:
        cursor = parse_qs(urlsplit(page.next_).query)["cursor"][0]
        page = call(package, "promises.promise_list", client=client, limit=2, cursor=cursor)
        found += [one.id for one in page.results]
    assert found == [f"demo2020-1-{number}" for number in range(5, 0, -1)]


def test_one(package: str, client: Any) -> None:
    promise = call(package, "promises.promise_retrieve", client=client, id="demo2020-1-1")
    assert promise.title == "Promise 1"
    assert promise.updates[0].note == "Done."
    assert promise.updates[0].citations[0].source.publisher.id == "daily"
    assert promise.updates[0].ended_at is None
    assert promise.citations[0].locator == "¶4"


def test_expanded(package: str, client: Any) -> None:
    promise = call(
        package,
        "promises.promise_retrieve",
        client=client,
        id="demo2020-1-1",
        expand=[model(package, "PromiseRetrieveExpandItem").PROGRAMME],
    )
    assert promise.programme.title == "Programme demo2020"


def test_problem(package: str, client: Any) -> None:
    told = call(package, "promises.promise_list", client=client, body=["cort"])
    assert isinstance(told, model(package, "Problem"))
    assert (told.status, told.errors[0].nearest) == (400, "court")
    missing = call(package, "promises.promise_retrieve", client=client, id="demo2020-1-99")
    assert missing.detail == "There is no promise demo2020-1-99."


def test_write_with_a_key(package: str, client: Any) -> None:
    sender = key_of("lantern", "submit")
    known = importlib.import_module(package).AuthenticatedClient(
        base_url=client._base_url, token=sender.bearer
    )
    body = model(package, "UpdateCreateBody").from_dict(content())
    made = call(package, "updates.update_create", client=known, body=body, idempotency_key="a")
    assert (made.organisation, made.submission.version) == ("lantern", 1)
    reason = model(package, "UpdateRejectBody").from_dict({"reason": "No."})
    asked = {"client": known, "id": made.id, "body": reason, "if_match": "*"}
    refused = call(package, "updates.update_reject", **asked)
    assert isinstance(refused, model(package, "Problem"))
    assert refused.status == 403


def test_every_list(package: str, client: Any) -> None:
    for name in (
        "programmes.programme_list",
        "reforms.reform_list",
        "updates.update_list",
        "sources.source_list",
        "publishers.publisher_list",
        "bodies.body_list",
        "topics.topic_list",
        "organisations.organisation_list",
    ):
        assert len(call(package, name, client=client, limit=1).results) == 1, name


def test_lists_below_a_promise(package: str, client: Any) -> None:
    for name in ("promise_update_list", "promise_assessment_list"):
        page = call(package, f"promises.{name}", client=client, promise="demo2020-1-1")
        assert len(page.results) == 1
    assert page.results[0].organisation.id == "editors"
