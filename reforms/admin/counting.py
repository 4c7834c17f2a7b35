"""Counting no further than anybody reads: a list of millions is never counted to its end."""

from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.db.models import Subquery
from django.utils.functional import cached_property

# A list counts and offers so many rows, 200 pages of them; what lies beyond is found by filters.
MOST = 10_000


def number_up_to(things: models.QuerySet[Any], most: int) -> int:
    """How many there are; `most` + 1 stands for all that are more."""
    # Sorted first, all of them would be read before the first is counted.
    return int(things.order_by().values("pk")[: most + 1].count())


def up_to(number: int, most: int) -> str:
    """The number as it is read: 1,000+ where there are more than `most`."""
    return f"{most:,}+" if number > most else f"{number:,}"


def count_up_to(things: models.QuerySet[Any], most: int = MOST) -> str:
    """How many there are, as it is read: 1,000+ where there are more than `most`."""
    return up_to(number_up_to(things, most), most)


class CountUpTo(Subquery):
    """The number of rows of a subquery that has a limit: `CountUpTo(rows[: most + 1])`."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = models.IntegerField()


class CappedPaginator(Paginator):
    """Pages of the first rows alone, so that neither the count nor the last page has no bound."""

    most = MOST

    @cached_property
    def found(self) -> int:
        things: Any = self.object_list
        return number_up_to(things, self.most)

    @property
    def more(self) -> bool:
        """Whether there are rows that no page shows."""
        return self.found > self.most

    @cached_property
    def count(self) -> int:
        return min(self.found, self.most)

    @property
    def count_in_words(self) -> str:
        return up_to(self.found, self.most)
