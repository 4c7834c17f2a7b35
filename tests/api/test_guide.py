"""The examples of docs/api.md and of the README are real: asked of the real data, they answer so."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from tests.api.asking import answer
from tests.api.guide import ROOT, Reader, chapter, examples
from tests.api.test_openapi import PARAMETERS

GUIDE = "docs/api.md"
# The examples below this heading build on one another.
WRITING = "## Sending assessments"
EXAMPLE = re.compile(
    r"```sh\ncurl -s '(localhost:8000)(/api/[^']*)'\n```\n```json\n(.*?)\n```", re.S
)
EXAMPLES = [
    pytest.param(path, body, id=f"{name}:{path[:60]}")
    for name, left_out in ((GUIDE, chapter(GUIDE, WRITING)), ("README.md", "\0"))
    for _, path, body in EXAMPLE.findall(
        (ROOT / name).read_text(encoding="utf-8").replace(left_out, "")
    )
]


@pytest.fixture(scope="module")
def seeded_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def seeded(seeded_once: None, db: None) -> None:
    """The real data; what a test writes to it is undone after it."""


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 10
    assert len(list(examples(GUIDE, WRITING))) > 15


@pytest.mark.parametrize(("path", "body"), EXAMPLES)
def test_example(seeded: None, path: str, body: str) -> None:
    client = Client(raise_request_exception=False)
    response = client.get(path, headers={"host": "localhost:8000"})
    expected = json.loads(body.replace("http://localhost/", "http://localhost:8000/"))
    assert response.json() == expected


def test_the_way_of_an_assessment(seeded: None) -> None:
    """From the organisation's first key to what it takes back, in the order of the guide."""
    reader = Reader()
    for example in examples(GUIDE, WRITING):
        reader.follow(example)
    assert len(reader.real) > 5, "the guide shows ids, and they stood for real ones"


def test_examples_of_the_openapi_document(seeded: None) -> None:
    """What the document gives as an example is a question that the real data can be asked."""
    seen = 0
    for name, parameter in PARAMETERS:
        example = parameter.get("example")
        if parameter["in"] == "query" and example and name.endswith("_list"):
            path = {
                "promise_list": "/promises/",
                "body_list": "/bodies/",
                "reply_list": "/replies/",
                "promise_assessment_list": "/promises/kz2022-4-1/assessments/",
                "promise_history_list": "/promises/kz2022-4-1/history/",
                "promise_update_list": "/promises/kz2022-4-1/updates/",
            }.get(name, f"/{name.removesuffix('_list')}s/")
            value = ",".join(example) if isinstance(example, list) else example
            answer(path, {parameter["name"]: value})
            seen += 1
    assert seen > 40
