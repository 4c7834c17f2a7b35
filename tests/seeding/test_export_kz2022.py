"""The curated data set goes into the record and comes out of it again without a loss."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from reforms.models import LedgerEntry, Programme
from reforms.seeding.exported_folder import differences
from reforms.seeding.exporting import export
from reforms.seeding.report import Report
from tests.fixtures import rolled_back
from tests.seeding.exports import exported, loaded, the_record

pytestmark = pytest.mark.django_db

SEEDS: Path = settings.BASE_DIR / "seeds" / "kz2022"


@dataclass
class Trip:
    """What was seen on the way: seeds → record → files → the same record, and an empty one."""

    differences: list[str]
    files: dict[str, str]
    record: list[dict[str, Any]]
    entries: tuple[int, int]
    again: Report
    afresh: Report
    fresh_record: list[dict[str, Any]]
    fresh_files: dict[str, str]


@pytest.fixture(scope="module")
def trip(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Trip]:
    folder = tmp_path_factory.mktemp("export") / "kz2022"
    fresh = tmp_path_factory.mktemp("fresh") / "kz2022"
    with django_db_blocker.unblock():
        with rolled_back():
            loaded(SEEDS)
            found = differences(export(Programme.objects.get()), SEEDS)
            files, record = exported("kz2022", folder), the_record()
            before = LedgerEntry.objects.count()
            again = loaded(folder)
            entries = (before, LedgerEntry.objects.count())
        with rolled_back():
            afresh = loaded(folder)
            yield Trip(
                found,
                files,
                record,
                entries,
                again,
                afresh,
                the_record(),
                exported("kz2022", fresh),
            )


def test_the_record_says_what_the_files_say(trip: Trip) -> None:
    assert trip.differences == []


def test_the_export_loaded_into_the_same_record_changes_nothing(trip: Trip) -> None:
    assert not trip.again.wrote
    assert trip.again.notices == []
    assert trip.entries[0] == trip.entries[1] > 400


def test_the_export_makes_the_same_record_elsewhere(trip: Trip) -> None:
    assert trip.afresh.notices == []
    assert trip.fresh_record == trip.record


def test_the_same_files_come_out_of_the_other_record(trip: Trip) -> None:
    assert trip.fresh_files == trip.files
    assert {path.name for path in SEEDS.iterdir()} - {"set-aside.yaml"} == set(trip.files)
