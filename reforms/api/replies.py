"""Replies of the promisor."""

from collections.abc import Iterator
from typing import Any

from reforms.api.errors import BadParameter
from reforms.api.filters import Ids, with_exclusions
from reforms.api.pagination import Key, read_day, read_moment
from reforms.api.reading import ReadViewSet
from reforms.api.serializers.reply import ReplySerializer
from reforms.api.strictness import StrictFilterSet, strays
from reforms.models import Programme, Promise, Reform, Reply


@with_exclusions
class ReplyFilters(StrictFilterSet):
    """What can be asked of replies."""

    # A reply never moves to another promise.
    steady = ("programme", "reform", "promise")

    programme = Ids(
        "promise__programme", Programme.objects.all, about="Programmes of whose promises it is."
    )
    reform = Ids("promise__reform", Reform.objects.all, about="Reforms of whose promises it is.")
    promise = Ids("promise", Promise.objects.all, about="Promises that it is about.")

    def nonsense(self, asked: dict[str, Any]) -> Iterator[BadParameter]:
        yield from super().nonsense(asked)
        yield from strays(asked, "reform", "programme")
        yield from strays(asked, "promise", "programme")
        yield from strays(asked, "promise", "reform")


class ReplyViewSet(ReadViewSet):
    """Replies: what the promisor says of promises, in its own words. They change no status."""

    queryset = Reply.objects.all()
    serializer_class = ReplySerializer
    filterset_class = ReplyFilters
    orderings = {
        "public_since": Key("public_since", "When the record first said so.", read_moment),
        "dated_on": Key("dated_on", "The day that it bears.", read_day),
    }
    default_ordering = "-public_since"
    unsteady = ("dated_on",)
