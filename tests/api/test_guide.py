"""The examples of docs/api.md and of the README are real: asked of the real data, they answer so."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from tests.api.asking import answer
from tests.api.test_openapi import PARAMETERS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = re.compile(
    r"```sh\ncurl -s '(localhost:8000)(/api/[^']*)'\n```\n```json\n(.*?)\n```", re.S
)
EXAMPLES = [
    pytest.param(path, body, id=f"{name}:{path[:60]}")
    for name in ("docs/api.md", "README.md")
    for _, path, body in EXAMPLE.findall((ROOT / name).read_text(encoding="utf-8"))
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


@pytest.mark.parametrize(("path", "body"), EXAMPLES)
def test_example(seeded: None, path: str, body: str) -> None:
    client = Client(raise_request_exception=False)
    response = client.get(path, headers={"host": "localhost:8000"})
    expected = json.loads(body.replace("http://localhost/", "http://localhost:8000/"))
    assert response.json() == expected


def test_examples_of_the_openapi_document(seeded: None) -> None:
    """What the document gives as an example is a question that the real data can be asked."""
    seen = 0
    for name, parameter in PARAMETERS:
        example = parameter.get("example")
        if parameter["in"] == "query" and example and name.endswith("_list"):
            path = {
                "promise_list": "/promises/",
                "body_list": "/bodies/",
                "promise_assessment_list": "/promises/kz2022-4-1/assessments/",
                "promise_history_list": "/promises/kz2022-4-1/history/",
                "promise_update_list": "/promises/kz2022-4-1/updates/",
            }.get(name, f"/{name.removesuffix('_list')}s/")
            value = ",".join(example) if isinstance(example, list) else example
            answer(path, {parameter["name"]: value})
            seen += 1
    assert seen > 40
