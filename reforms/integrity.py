"""Does what is stored agree with what it follows from? Reads everything, mends nothing.

The columns that `workflow` derives are recomputed and compared, and the rules that no constraint of
the database can hold are looked at again. Memory stays bounded: rows pass in batches.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from reforms import verdicts
from reforms.models import (
    Citation,
    Paragraph,
    Programme,
    Promise,
    Publisher,
    Reform,
    Source,
    StatusUpdate,
    VerdictSpan,
)
from reforms.seeding.fingerprints import fingerprint
from reforms.vocabulary import Basis, Stance

_Row = TypeVar("_Row", bound=models.Model)
BATCH = verdicts.BATCH
CHECKED: tuple[type[models.Model], ...] = (
    Reform,
    Promise,
    StatusUpdate,
    Citation,
    Source,
    Publisher,
)


@dataclass(frozen=True, slots=True)
class Drift:
    """A stored value that differs from what it should be."""

    thing: str
    column: str
    stored: Any
    recomputed: Any

    def __str__(self) -> str:
        return f"{self.thing}: {self.column} is {self.stored}, should be {self.recomputed}"


def find_drift() -> Iterator[Drift]:
    """Every stored value that drifted from what it follows from."""
    yield from _promises(verdicts.drift)
    yield from _spans()
    yield from _drift_beside_verdicts()


def drift_beside_verdicts() -> Iterator[Drift]:
    """The same but for verdicts, which `ledger.retracing` holds against the ledger itself."""
    yield from _promises(verdicts.drift_of_finding)
    yield from _drift_beside_verdicts()


def _drift_beside_verdicts() -> Iterator[Drift]:
    yield from _reforms()
    yield from _updates()
    yield from _citations()
    yield from _sources()
    yield from _addresses()
    yield from _publishers()
    yield from _paragraphs()


def _in_batches(rows: "models.QuerySet[_Row]") -> Iterator[list[_Row]]:
    """All rows in the order of their keys, a page at a time: no cursor is held open."""
    rows = rows.order_by("pk")
    page = list(rows[:BATCH])
    while page:
        yield page
        page = list(rows.filter(pk__gt=page[-1].pk)[:BATCH])


def _reforms() -> Iterator[Drift]:
    for page in _in_batches(Reform.objects.all()):
        for reform in page:
            if reform.position != reform.place():
                yield Drift(f"reform {reform}", "position", reform.position, reform.place())


def _promises(look: Callable[[list[str]], Iterator[tuple[str, str, Any, Any]]]) -> Iterator[Drift]:
    for page in _in_batches(Promise.objects.all()):
        for id_, column, stored, recomputed in look([promise.pk for promise in page]):
            yield Drift(f"promise {id_}", column, stored, recomputed)


def _spans() -> Iterator[Drift]:
    """Spans that share days and entries with an older one of their promise: two truths at once."""
    older = VerdictSpan.objects.filter(
        pk__lt=OuterRef("pk"),
        promise=OuterRef("promise"),
        valid_from__lte=OuterRef("valid_to"),
        valid_to__gte=OuterRef("valid_from"),
        known_from__lt=OuterRef("known_to"),
        known_to__gt=OuterRef("known_from"),
    )
    for page in _in_batches(VerdictSpan.objects.filter(Exists(older))):
        for span in page:
            days = f"span from {span.valid_from}, known from {span.known_from}"
            yield Drift(f"promise {span.promise_id}", days, span.status, "no second verdict")


def _updates() -> Iterator[Drift]:
    programmes = {one.pk: one for one in Programme.objects.all()}
    supporting = Citation.objects.filter(update=OuterRef("pk"), stance=Stance.SUPPORTS.value)
    updates = StatusUpdate.objects.public().select_related("promise")
    for page in _in_batches(updates.annotate(evidenced=Exists(supporting))):
        for update in page:
            day = programmes[update.promise.programme_id].today(update.published_at)
            expected = min(update.effective_on, day)
            if update.counts_from != expected:
                yield Drift(f"update {update.pk}", "counts_from", update.counts_from, expected)
            if not getattr(update, "evidenced"):  # noqa: B009 - an annotation
                expected_evidence = "at least one that supports it"
                yield Drift(
                    f"update {update.pk}", "citations", "without support", expected_evidence
                )


def _citations() -> Iterator[Drift]:
    relayed = Citation.objects.filter(basis=Basis.RELAYS.value, origin=F("source__publisher"))
    for page in _in_batches(relayed.select_related("source")):
        for citation in page:
            owner = f"update {citation.update_id}" if citation.update_id else None
            thing = f"citation {citation.pk} of {owner or f'promise {citation.promise_id}'}"
            expected = "another publisher, whose assertion is relayed"
            yield Drift(thing, "origin", citation.origin_id, expected)


def _sources() -> Iterator[Drift]:
    """Sources that something public cites, or whose edition it cites, and that are not public."""
    updates = StatusUpdate.objects.public()
    cited = Citation.objects.filter(Q(promise__isnull=False) | Q(update__in=updates))
    hidden = Source.objects.filter(public_since=None).filter(
        Q(Exists(cited.filter(source=OuterRef("pk"))))
        | Q(Exists(cited.filter(source__edition_of=OuterRef("pk"))))
        | Q(announced_programmes__isnull=False)
    )
    for page in _in_batches(hidden.distinct()):
        for source in page:
            yield Drift(f"source {source}", "public_since", None, "when it was first cited")


def _addresses() -> Iterator[Drift]:
    """Sources of which it is not known which document their address means."""
    for page in _in_batches(Source.objects.all()):
        for source in page:
            stored = source.address_digest
            with suppress(ValueError):  # of before there were digests, and no address
                source.fill_digest()
            if source.address_digest != stored:
                yield Drift(
                    f"source {source}", "address_digest", stored or None, source.address_digest
                )


def _publishers() -> Iterator[Drift]:
    """Publishers of something public that are not public."""
    updates = StatusUpdate.objects.public()
    cited = Citation.objects.filter(Q(promise__isnull=False) | Q(update__in=updates))
    hidden = Publisher.objects.filter(public_since=None, submitted_by__isnull=False).filter(
        Q(Exists(cited.filter(origin=OuterRef("pk"))))
        | Q(Exists(Source.objects.public().filter(publisher=OuterRef("pk"))))
    )
    for page in _in_batches(hidden):
        for publisher in page:
            expected = "when something public first rested on it"
            yield Drift(f"publisher {publisher}", "public_since", None, expected)


def _paragraphs() -> Iterator[Drift]:
    """Paragraphs of loaded texts that are not what their fingerprint says: false quotations."""
    for page in _in_batches(Paragraph.objects.all()):
        for paragraph in page:
            expected = fingerprint(paragraph.text)
            if paragraph.fingerprint != expected:
                thing = f"paragraph {paragraph.ordinal} of source {paragraph.source_id}"
                yield Drift(
                    thing, "fingerprint", paragraph.fingerprint, f"that of its text, {expected}"
                )
