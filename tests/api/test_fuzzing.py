"""Schemathesis asks every documented question, and many wrong ones, through the real WSGI app."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from reforms import webhooks
from reforms.models import Organisation
from tests.api.documents import document
from tests.api.record import Record
from tests.api.sending import key_of
from tests.webhooks.places import reachable

APPLICATION = get_wsgi_application()
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# Each run asks the same.
REPEATABLE = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
KNOWN_IDS = {
    "programme": "demo2020",
    "reform": "demo2020-1",
    "promise": "demo2020-1-3",
    "source": "daily-page",
    "edition_of": "demo2020-address",
    "publisher": "ministry",
    "body": "court",
    "successor": "court",
    "topic": "courts",
    "organisation": "lantern",
    "reply": "far2021-2-1-only",
    "language": "en",
    "search": "court",
    "object": "demo2020-1-3",
    "after": "7",
    "as_of": "2024-03-01",
    "known_at": "70",
    "extension": "jsonl",
}


def load(phase: str, *modes: GenerationMode, examples: int = 1) -> Any:
    """The documented operations, to be asked by one phase of schemathesis only."""
    schema: Any = schemathesis.openapi.from_dict(document())
    schema.app = APPLICATION
    schema.config.generation.update(modes=list(modes), max_examples=examples, deterministic=True)
    schema.config.phases.update(phases=[phase])
    # What only a key may read says nothing to others, and its own tests say what it says.
    keyed = ["key_retrieve", "webhook_list", "webhook_retrieve", "webhook_delivery_list"]
    # Releases are files, made by a command: tests/releases asks for them.
    private = [*keyed, "release_retrieve", "release_file_retrieve"]
    return schema.exclude(operation_id=private)


@pytest.fixture(scope="module")
def open_connection() -> Iterator[None]:
    """A request through WSGI must not close the connection that holds the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


# Every value that the document draws a line around: on it, within it and beyond it.

# The parameters of exports are those of their lists.
boundaries = (
    load("coverage", GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    .include(method="GET")
    .exclude(path_regex="/export/")
)


@boundaries.parametrize()
@REPEATABLE
def test_boundaries(record: Record, open_connection: None, case: Any) -> None:
    """What the document forbids is refused, and nothing makes the service fall over."""
    case.call_and_validate(checks=[*CHECKS, negative_data_rejection])


# Questions that make sense: a few parameters at a time, about what there is.

sensible = load("fuzzing", GenerationMode.POSITIVE, examples=20).include(method="GET")


@sensible.hook
def map_path_parameters(context: Any, path_parameters: Any) -> Any:
    singular = context.operation.definition.raw["operationId"].rpartition("_")[0]
    ids = KNOWN_IDS | {"id": KNOWN_IDS.get(singular, "")}
    return {name: ids[name] or value for name, value in (path_parameters or {}).items()}


@sensible.hook
def map_query(context: Any, query: Any) -> Any:
    few = dict(islice((query or {}).items(), 2))
    few.pop("cursor", None)
    return {
        name: KNOWN_IDS[base] if (base := name.removesuffix("_not")) in KNOWN_IDS else value
        for name, value in few.items()
    }


@pytest.fixture
def answered(record: Record) -> Iterator[list[int]]:
    """Collects the statuses of answers; most are to be good, else the test would show little."""
    KNOWN_IDS["update"] = record.id_of("court")
    statuses: list[int] = []
    yield statuses
    # Whoever says to have any version is told 304, which is an answer as well.
    assert statuses.count(200) + statuses.count(304) > len(statuses) / 2


@sensible.parametrize()
@REPEATABLE
def test_sensible_questions(open_connection: None, answered: list[int], case: Any) -> None:
    answered.append(case.call_and_validate(checks=CHECKS).status_code)


# What is sent with a key, right and wrong: nothing falls over, and each answer is documented.

sent = load("fuzzing", GenerationMode.POSITIVE, GenerationMode.NEGATIVE, examples=20).include(
    method=["POST", "PATCH"]
)


@pytest.fixture
def written(record: Record) -> Iterator[list[int]]:
    """Collects the statuses of answers to requests about a submission that is there."""
    scopes = ("submit", "sources", "review", "webhooks")
    KNOWN_IDS["bearer"] = key_of("lantern", *scopes).bearer
    lantern = Organisation.objects.get(pk="lantern")
    webhook, _ = webhooks.subscribe(lantern, name="x", url="https://x.test/", origin="http://x")
    KNOWN_IDS["subscription"] = str(webhook.pk)
    KNOWN_IDS["submission"] = str(record.hidden["submitted"].pk)
    statuses: list[int] = []
    with reachable():
        yield statuses
    assert 401 not in statuses
    assert 404 not in statuses


@sent.parametrize()
@REPEATABLE
def test_writing(open_connection: None, written: list[int], case: Any) -> None:
    if case.path_parameters:
        name = "subscription" if "webhooks" in case.path else "submission"
        case.path_parameters = {"id": KNOWN_IDS[name]}
    headers = {"Authorization": f"Bearer {KNOWN_IDS['bearer']}"}
    written.append(case.call_and_validate(checks=CHECKS, headers=headers).status_code)
