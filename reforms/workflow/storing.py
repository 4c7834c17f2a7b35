"""Writing rows that were prepared. Their constraints are the database's to hold; what those refuse
is said field by field.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, models, transaction

from reforms import bulk
from reforms.models import Source
from reforms.workflow.checking import check_source, complain_of


def store(row: models.Model, **how: Any) -> None:
    """Write a row; `how` goes to its own `save`."""
    try:
        with transaction.atomic():
            row.save(**how)
    except IntegrityError:
        _say_why(row)
        raise


def store_all(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Write many new rows, as `store` does one."""
    if not rows:
        return
    try:
        with transaction.atomic():
            bulk.create(model, rows)
    except IntegrityError:
        for row in rows:
            _say_why(row)
        raise


@contextmanager
def storing_all(*kinds: tuple[type[models.Model], Sequence[models.Model]]) -> Iterator[None]:
    """Write new rows of several kinds as `store_all` does, while what is inside is done."""
    try:
        with transaction.atomic(), bulk.creating(*kinds):
            yield
    except IntegrityError:
        # Once more, one kind at a time, so that it is said of which row.
        for model, rows in kinds:
            store_all(model, rows)
        raise


def _say_why(row: models.Model) -> None:
    """Raise RuleBroken for what a constraint refused."""
    if isinstance(row, Source):
        check_source(row)
    complain_of(row)
