"""What an answer shows beside the rows themselves, fetched in a bounded number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from reforms.api.absence import absent
from reforms.api.clocks import Clocks
from reforms.api.embedded_replies import embedded
from reforms.api.memory import conceal, take_verdict
from reforms.api.serializers.evidence import Quotations
from reforms.models import Citation, Paragraph, Programme, Promise, StatusUpdate
from reforms.vocabulary import CHECKABLE, Status


def with_programme(queryset: Any) -> Any:
    """With the programme as an answer shows it."""
    return queryset.prefetch_related(Prefetch("programme", queryset=Programme.objects.for_api()))


def promise_parts(
    queryset: QuerySet[Any], shown: Iterable[str], as_of: date | None = None
) -> QuerySet[Any]:
    """With citations, timelines and replies up to a day, where the answer shows them."""
    if "citations" in shown:
        queryset = queryset.prefetch_related(
            Prefetch("citations", queryset=Citation.objects.for_api())
        )
    if "updates" in shown:
        timeline = StatusUpdate.objects.public().newest_first().for_api()
        if as_of is not None:
            timeline = timeline.filter(counts_from__lte=as_of)
        queryset = queryset.prefetch_related(
            Prefetch("updates", queryset=timeline, to_attr="timeline")
        )
    if "replies" in shown:
        queryset = queryset.prefetch_related(embedded(as_of))
    return queryset


def judge_as_of(promises: Iterable[Any], day: date | None) -> None:
    """Give promises that are embedded the verdict of another day; conceal those without one."""
    promises = list(promises)
    rows = Promise.objects.at(day, None).filter(pk__in={promise.pk for promise in promises})
    spans = {row.pk: row for row in rows.with_span()}
    take_verdict(spans.values(), [promise for promise in promises if promise.pk in spans])
    conceal(promise for promise in promises if promise.pk not in spans)


def citations_of(promises: Iterable[Any], shown: Iterable[str]) -> Iterator[Citation]:
    """The citations that an answer shows of the promises, their timelines' included."""
    for promise in promises:
        if "citations" in shown:
            yield from promise.citations.all()
        if "updates" in shown:
            for update in promise.timeline:
                yield from update.citations.all()


def quotations(citations: Iterable[Citation]) -> Quotations:
    """The loaded paragraphs that the citations mean, by source and fingerprint."""
    wanted = {
        (citation.source_id, paragraph["fingerprint"])
        for citation in citations
        for paragraph in citation.paragraphs
    }
    found: dict[tuple[str, str], list[Paragraph]] = defaultdict(list)
    if wanted:
        for paragraph in Paragraph.objects.filter(
            source__in={source for source, _ in wanted},
            fingerprint__in={fingerprint for _, fingerprint in wanted},
        ):
            found[paragraph.source_id, paragraph.fingerprint].append(paragraph)
    return found


def count_promises(reforms: Iterable[Any], clocks: Clocks) -> None:
    """Give each reform `counts`: its promises in all, checkable, assessed, and by status; those
    that are checkable also by status.
    """
    reforms = list(reforms)
    promises, verdict = Promise.objects.public(), ""
    if clocks.asked:
        promises, verdict = Promise.objects.at(clocks.as_of, clocks.sequence), "span__"
    rows = (
        promises.filter(reform__in=[reform.pk for reform in reforms])
        .order_by()
        .values_list("reform", f"{verdict}status", f"{verdict}commitment")
        .annotate(number=Count("*"))
    )
    counts: dict[str, dict[str, Any]] = {
        reform.pk: {
            "total": 0,
            "checkable": 0,
            "assessed": 0,
            "by_status": dict.fromkeys(Status.values(), 0),
            "checkable_by_status": dict.fromkeys(Status.values(), 0),
        }
        for reform in reforms
    }
    for reform, status, commitment, number in rows:
        count = counts[reform]
        count["total"] += number
        if commitment in CHECKABLE:
            count["checkable"] += number
            count["checkable_by_status"][status] += number
        count["assessed"] += number if status != Status.NOT_ASSESSED else 0
        count["by_status"][status] += number
    for reform in reforms:
        reform.counts = counts[reform.pk]


def programme_of(key: str | None) -> str:
    """The programme of a reform or a promise, by its id."""
    return (key or "").partition("-")[0]


def promise_at(promise_id: str, clocks: Clocks) -> Any:
    """The promise that an address names, with its verdict at the moment asked for."""
    promises = (
        Promise.objects.at(clocks.as_of, clocks.sequence).with_span().select_related("programme")
    )
    promise = promises.filter(pk=promise_id).first()
    if promise is None:
        raise absent(Promise, promise_id, clocks)
    take_verdict([promise], [promise])
    return promise
