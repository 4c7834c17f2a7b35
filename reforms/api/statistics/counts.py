"""Promises counted by status, over HTTP: all of those asked about, and in groups."""

from collections.abc import Iterable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from reforms import ledger, statistics
from reforms.api.clocks import CLOCKS, Clocks
from reforms.api.question import Askable
from reforms.api.reading import ReadViewSet
from reforms.api.serializers.context import (
    BodySerializer,
    OrganisationSerializer,
    TopicSerializer,
)
from reforms.api.serializers.counts import StatisticsSerializer, counts_row
from reforms.api.serializers.reform import ReformSerializer
from reforms.api.statistics.filters import StatisticsFilters, programmes_of
from reforms.models import Body, Organisation, Promise, Reform, StatusUpdate, Topic
from reforms.statistics import Counts, Grouping
from reforms.statistics.counting import WORDS
from reforms.vocabulary import LANGUAGES

Row = dict[str, Any]

# What groups are, where they are objects: how they are told, by which text, and in which order.
_OBJECTS: dict[Grouping, tuple[Any, Any, str, str]] = {
    Grouping.REFORM: (Reform, ReformSerializer, "title", "position"),
    Grouping.BODY: (Body, BodySerializer, "name", "pk"),
    Grouping.TOPIC: (Topic, TopicSerializer, "name", "pk"),
    Grouping.ORGANISATION: (Organisation, OrganisationSerializer, "name", "pk"),
}
_WRITTEN_IN = next(iter(LANGUAGES))  # the language of our own words


class StatisticsViewSet(ReadViewSet):
    """Promises counted by headline status: all that match together and, with `group_by`, in groups.

    Shares come with their denominators: all promises, checkable ones, assessed ones. A promise may
    belong to several bodies, topics and organisations and counts in each of these groups, and once
    in `overall`.
    """

    queryset = Promise.objects.none()
    serializer_class = StatisticsSerializer

    def askable(self) -> Askable:
        return Askable(
            self.basename,
            filterset_class=StatisticsFilters,
            paging=(),
            named=True,
            clocks=CLOCKS,
        )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        filterset: Any = self.question.filterset
        clocks = self.question.clocks
        grouping: Grouping | None = filterset.form.cleaned_data.get("group_by")
        promises = filterset.filter_queryset(_promises_at(clocks))
        verdict = "span__" if clocks.asked else ""
        said = {**self.said(), "date": self._day(filterset), "group_by": None}
        if grouping is None:
            counts = statistics.counted(promises, verdict)
            return Response(said | {"overall": counts_row(counts), "ungrouped": 0, "results": []})
        if grouping == Grouping.TIMELINESS:
            promises = promises.with_timeliness(clocks.days(), span=clocks.asked)
        standing = StatusUpdate.objects.standing_at(clocks.recorded_at, clocks.as_of)
        found = statistics.grouped(promises, grouping, verdict, standing)
        return Response(
            said
            | {
                "group_by": grouping.value,
                "overall": counts_row(found.overall),
                "ungrouped": found.ungrouped,
                "results": list(self._told(grouping, found.groups)),
            }
        )

    def _day(self, filterset: StatisticsFilters) -> str | None:
        """The day that the figures are about: of several time zones, the day furthest on."""
        clocks = self.question.clocks
        days = [clocks.today(programme) for programme in programmes_of(filterset)]
        return max(days).isoformat() if days else None

    def _told(self, grouping: Grouping, groups: dict[str, Counts]) -> Iterable[Row]:
        """The groups with their names, in their order."""
        if grouping in WORDS:
            for word in WORDS[grouping]:
                name = {"id": word.value, "name": word.label, "language": _WRITTEN_IN}
                yield name | counts_row(groups[word.value])
            return
        model, serializer, text, _ = _OBJECTS[grouping]
        context = {"request": self.request, "question": self.question}
        things = self._things(grouping, model, groups)
        told = serializer(things, many=True, shown=("id", text, "language"), context=context).data
        for one in told:
            name = {"id": one["id"], "name": one[text], "language": one["language"]}
            yield name | counts_row(groups[one["id"]])

    def _things(self, grouping: Grouping, model: Any, ids: Iterable[str]) -> list[Any]:
        """The objects that are groups, as they are or as the record had them."""
        order = _OBJECTS[grouping][3]
        rows = model.objects.filter(pk__in=list(ids)).order_by(order)
        sequence = self.question.clocks.sequence
        if sequence is None:
            return list(rows)
        keys = list(rows.values_list("pk", flat=True))
        then = ledger.Snapshot(sequence).get(grouping.value, keys)
        return [then[key] for key in keys]


def _promises_at(clocks: Clocks) -> Any:
    if not clocks.asked:
        return Promise.objects.public()
    return Promise.objects.at(clocks.as_of, clocks.sequence)
