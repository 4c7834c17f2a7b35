"""What answers are written by: JSON as the framework writes it."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from rest_framework.renderers import JSONRenderer as Framework

from reforms.api.rendering import JSONRenderer, written

DATA: list[Any] = [
    {"kk": "Қаулы", "n": [1, 2.5, None, True], "at": datetime(2022, 3, 16, 5, 0, 0, 1, tzinfo=UTC)},
    {"id": UUID(int=7), "share": Decimal("1.50"), 7: "a key that is no text"},
    "line\u2028separator\u2029",
    2**64,
    {"figures": [{"value": -(2**70)}]},
    [],
    None,
]


@pytest.mark.without_database
@pytest.mark.parametrize("data", DATA, ids=str)
def test_the_same_bytes_as_the_framework_writes(data: Any) -> None:
    expected = Framework().render(data)
    assert JSONRenderer().render(data) == expected
    if data is not None:
        assert written(data) == expected
    indented = "application/json; indent=2"
    assert JSONRenderer().render(data, indented) == Framework().render(data, indented)


@pytest.mark.without_database
def test_what_json_cannot_say_is_an_error_of_ours() -> None:
    with pytest.raises(TypeError):
        written({"answer": object()})
    assert json.loads(written({"answer": 42})) == {"answer": 42}
