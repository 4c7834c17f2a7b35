"""What has no test has no excuse: every list, filter, order, expansion and field is in a table.

And what has no documentation: every parameter, problem and code is in docs/api.md.
"""

import ast
import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from reforms.api import urls
from reforms.api.errors import PROBLEMS
from reforms.api.reading import ReadViewSet
from reforms.api.statistics.filters import StatisticsFilters, TimeSeriesFilters
from reforms.releases import urls as release_urls
from tests.api.endpoint import DetailTests, ListTests

API = Path(urls.__file__).parent
GUIDE = settings.BASE_DIR / "docs" / "api.md"


def views() -> dict[str, Any]:
    """The viewset behind each named address."""
    return {
        pattern.name: pattern.callback.cls
        for pattern in urls.urlpatterns
        if issubclass(getattr(pattern.callback, "cls", object), ReadViewSet)
    }


def test_classes(base: type) -> dict[str, Any]:
    """The classes of tests made from `base`, by the name of the list."""
    found = {}
    for path in Path(__file__).parent.glob("test_*.py"):
        module = importlib.import_module(f"tests.api.{path.stem}")
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, base) and one is not base:
                found[one.basename] = one
    return found


test_classes.__test__ = False  # type: ignore[attr-defined]

# What nobody sees but those whom it concerns; see `test_own_updates.py`.
PRIVATE = {"submission", "submitted_at"}
LISTS = {name: view for name, view in views().items() if name.endswith("-list") and view.paged}
DETAILS = {name: view for name, view in views().items() if name.endswith("-detail")}


# Tests.


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_tested(name: str) -> None:
    view, tests = LISTS[name], test_classes(ListTests).get(name.removesuffix("-list"))
    assert tests is not None, f"{name} has no tests"
    shown = tests.row(tests(), _Named()).keys() | tests.expansions.keys()
    for what, tested, there in (
        ("filters", set(tests.filters), set(view.filterset_class.base_filters)),
        ("orderings", set(tests.orderings), set(view.orderings) - PRIVATE),
        ("expansions", set(tests.expansions), set(view.expansions)),
        ("queries of expansions", set(tests.expansion_queries), set(view.expansions)),
        ("fields", set(shown), set(view.serializer_class._declared_fields) - PRIVATE),
    ):
        assert tested == there, f"{name}: {what} without a test: {there - tested}"
    for filter_name, table in tests.filters.items():
        assert table, f"{name}: {filter_name} has an empty table"
        if not filter_name.endswith("_not") and f"{filter_name}_not" not in tests.filters:
            continue
        assert any(expected for _, expected in table), f"{name}: {filter_name} selects nothing"


@pytest.mark.parametrize("name", DETAILS)
def test_every_object_is_tested(name: str) -> None:
    view, tests = DETAILS[name], test_classes(DetailTests).get(name.removesuffix("-detail"))
    assert tests is not None, f"{name} has no tests"
    expansions = set(view.expansions) - set(view.on_request)
    assert set(tests.expansions) == set(tests.expansion_queries) == expansions
    fields = set(view.serializer_class._declared_fields) - PRIVATE
    assert set(tests.whole(tests(), _Named())) == fields


class _Named:
    """Stands for the record where only names are asked for."""

    def id_of(self, name: str) -> str:
        return name


# Documentation.


def documented() -> set[str]:
    """What the guide puts between backticks."""
    return set(re.findall(r"`([^`\n]+)`", GUIDE.read_text(encoding="utf-8")))


def test_every_parameter_is_documented() -> None:
    words = documented()
    for name, view in LISTS.items():
        for parameter in view.filterset_class.base_filters:
            base = parameter.removesuffix("_not")
            assert base in words, f"docs/api.md does not explain {parameter} of {name}"
        for one in (*view.orderings, *view.expansions):
            assert one in words, f"docs/api.md does not explain {one} of {name}"
    for filters in (StatisticsFilters, TimeSeriesFilters):
        assert {name.removesuffix("_not") for name in filters.base_filters} <= words
    assert {"lang", "fields", "omit", "expand", "limit", "cursor", "count", "ordering"} <= words


def test_every_address_is_documented() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for pattern in (*urls.urlpatterns, *release_urls.urlpatterns):
        route = (
            re.sub(r"\(\?P<\w+>[^)]*\)", "{id}", str(pattern.pattern)).strip("^").replace(r"\Z", "")
        ).replace(r"\.{id}", ".{format}")
        route = route.replace("{id}/{id}", "{id}/{path}")
        assert f"/{route}" in text, f"docs/api.md does not name /{route}"


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_problem_is_documented(name: str) -> None:
    status, title = PROBLEMS[name]
    row = next(
        (line for line in GUIDE.read_text("utf-8").splitlines() if line.startswith(f"| `{name}`")),
        None,
    )
    assert row is not None, f"docs/api.md does not explain the problem {name}"
    assert f"| {status} |" in row
    assert title in row


# Where a call names a code: of a question, or of what was sent.
CODES = {
    "BadParameter": 1,
    "refusal": 0,
    "complain": 0,
    "Complaint": 1,
    "complain_of": 2,
    "_bad": 1,
}


def test_every_code_is_documented() -> None:
    """The codes are read out of the source, so that none is forgotten."""
    codes = set()
    for path in (*API.rglob("*.py"), *(API.parent / "submissions").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
                place = CODES.get(called)
                if place is not None and len(node.args) > place:
                    codes |= {
                        one.value
                        for one in ast.walk(node.args[place])
                        if isinstance(one, ast.Constant)
                    }
    assert {"unknown_parameter", "bad_date", "contradiction", "taken", "cells"} <= codes
    rows = GUIDE.read_text(encoding="utf-8")
    for code in codes:
        assert f"| `{code}` |" in rows, f"docs/api.md does not explain the code {code}"
