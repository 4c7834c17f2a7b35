"""Does what is stored of promises agree with what follows from the record?"""

from collections.abc import Iterable, Iterator
from typing import Any

from reforms import search
from reforms.assessment import Period
from reforms.models import Promise
from reforms.verdicts.derived import SAID, as_spans, columns, standing, told
from reforms.verdicts.indexing import searchable
from reforms.verdicts.reading import pages

_Drift = tuple[str, str, Any, Any]


def drift(promise_ids: Iterable[str]) -> Iterator[_Drift]:
    """Every stored value that differs from its recomputation: id, column, stored, recomputed."""
    ids = list(promise_ids)
    for page in pages(ids):
        for promise in page:
            periods = told(promise, standing(promise, None))
            # The open span without an end says what the columns say: both follow from this.
            expected = columns(periods[-1]) if periods else {}
            for name, value in expected.items():
                if (stored := getattr(promise, name)) != value:
                    yield promise.pk, name, stored, value
            yield from _span_drift(promise, periods)
    yield from drift_of_finding(ids)


def drift_of_finding(promise_ids: Iterable[str]) -> Iterator[_Drift]:
    """The same of what promises are found by: their place in every order, the search index."""
    ids = list(promise_ids)
    for promise in Promise.objects.filter(pk__in=ids).order_by("pk"):
        if promise.position != promise.place():
            yield promise.pk, "position", promise.position, promise.place()
    for promise_id, texts in searchable(ids):
        if not search.is_indexed(promise_id, texts):
            yield promise_id, "search index", "stale or missing", "the present texts"


def _span_drift(promise: Any, periods: list[Period]) -> Iterator[_Drift]:
    stored = {span["valid_from"]: span for span in promise.open_spans}
    expected = {values["valid_from"]: values for values in as_spans(promise, periods)}
    for day in sorted(stored.keys() | expected.keys()):
        if day not in stored:
            yield promise.pk, f"span from {day}", "missing", expected[day]["status"]
        elif day not in expected:
            yield promise.pk, f"span from {day}", stored[day]["status"], "none"
        else:
            for name in SAID:
                if (was := stored[day][name]) != (value := expected[day][name]):
                    yield promise.pk, f"{name} of the span from {day}", was, value
