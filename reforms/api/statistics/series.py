"""Promises counted by status over time, over HTTP."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from reforms import statistics
from reforms.api.clocks import CLOCKS
from reforms.api.question import Askable
from reforms.api.reading import ReadViewSet
from reforms.api.serializers.counts import TimeSeriesSerializer, counts_row
from reforms.api.statistics.filters import TimeSeriesFilters, programmes_of
from reforms.models import Promise
from reforms.statistics import Interval
from reforms.statistics.series import End


class TimeSeriesViewSet(ReadViewSet):
    """Promises counted by headline status at the end of each month, quarter or year, from the
    announcement of the first programme asked about to today or the day of `as_of`.

    Each point is what `/statistics/` answers with `as_of` for that day.
    """

    queryset = Promise.objects.none()
    serializer_class = TimeSeriesSerializer

    def askable(self) -> Askable:
        return Askable(
            self.basename,
            filterset_class=TimeSeriesFilters,
            paging=(),
            spoken=False,
            clocks=CLOCKS,
        )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        filterset: Any = self.question.filterset
        interval = filterset.form.cleaned_data.get("interval") or Interval.MONTH
        points = self._points(interval)
        every = Promise.objects.over(self.question.clocks.sequence)
        found = statistics.series(filterset.filter_queryset(every), [point.day for point in points])
        results = [
            {"date": point.day.isoformat(), "interval": point.interval, "complete": point.complete}
            | counts_row(counts)
            for point, counts in zip(points, found, strict=True)
        ]
        return Response({**self.said(), "interval": interval.value, "results": results})

    def _points(self, interval: Interval) -> list[End]:
        filterset: Any = self.question.filterset
        programmes = programmes_of(filterset)
        announced = [one.announced.first for one in programmes if one.announced is not None]
        if not announced:
            return []
        last = max(self.question.clocks.today(one) for one in programmes)
        return statistics.ends(interval, min(announced), last)
