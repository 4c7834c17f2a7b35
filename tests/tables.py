"""Looking through the whole database for something that must not be there."""

from collections.abc import Callable
from typing import Any

from django.db import connection


def holding(found: Callable[[Any], bool]) -> list[str]:
    """Each table and column of the database of which one value is found to be what is looked for."""
    places = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            assert cursor.description is not None
            columns = [column[0] for column in cursor.description]
            for values in cursor.fetchall():
                pairs = zip(columns, values, strict=True)
                places |= {f"{table}.{column}" for column, value in pairs if found(value)}
    return sorted(places)


def everywhere(text: str) -> list[str]:
    """Each table and column that holds the text."""
    return holding(lambda value: text in str(value))
