"""Lookups of our own."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import CharField
from django.db.models.lookups import In


@CharField.register_lookup
class Among(In):
    """`in` for a list of many values: PostgreSQL is given them as one, an array, and not each by
    itself, which takes us longer than PostgreSQL takes to look for it.
    """

    lookup_name = "among"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        values = [one for one in self.rhs if one is not None]
        if not values:
            raise EmptyResultSet
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", (*params, values)
