from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.api.endpoint import Tables
from tests.api.record import Record, written
from tests.api.sending import anna, compass, desk, lantern, trusted  # noqa: F401 - fixtures


@pytest.fixture(scope="module")
def written_record(django_db_setup: None, django_db_blocker: Any) -> Iterator[Record]:
    """The record, written once for all tests of a file and rolled back at its end."""
    with django_db_blocker.unblock(), transaction.atomic(), written() as record:
        yield record
        transaction.set_rollback(True)


@pytest.fixture
def record(written_record: Record, db: None) -> Record:
    """The record; what a test writes to it is undone after it."""
    return written_record


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Spread the tables of a test class over the tests that take a case of them."""
    if metafunc.cls is not None and issubclass(metafunc.cls, Tables):
        for name, cases in metafunc.cls.cases().items():
            if name in metafunc.fixturenames:
                metafunc.parametrize(name, cases, ids=[_id_of(one) for one in cases])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out tests whose table is empty: there is nothing to skip."""
    items[:] = [
        one for one in items if "NOTSET" not in getattr(getattr(one, "callspec", None), "id", "")
    ]


def _id_of(case: Any) -> str:
    if isinstance(case, str):
        return case[:40]
    query = case[0] if isinstance(case[0], dict) else {case[0]: case[1]}
    return "&".join(f"{name}={value}" for name, value in query.items())
