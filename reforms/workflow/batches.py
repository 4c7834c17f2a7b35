"""Many status updates at once: the checks of one for each, the queries of one for all."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import Exists, OuterRef, Prefetch, Q

from reforms import ledger, records, verdicts
from reforms.dates import now
from reforms.errors import EvidenceMissing, RuleBroken, TransitionRefused
from reforms.models import Citation, Promise, Publisher, Source, StatusUpdate
from reforms.vocabulary import Action, EntryAction, ReviewState, Stance
from reforms.workflow.checking import check, check_citation, prepare, store_all
from reforms.workflow.publication import make_public_what_is_cited, make_publishers_public
from reforms.workflow.reviewing import moments_of, record
from reforms.workflow.submitting import check_replaced

# What an organisation may add to the record with a submission; it is private until then.
Proposal = Publisher | Source


class Submissions:
    """Status updates, each checked when it is added; `store` writes all of them together.

    What they cite may be new: private sources and publishers of the organisation are added with the
    first update that names them.
    """

    def __init__(self) -> None:
        self._proposals: list[Proposal] = []
        self._updates: list[StatusUpdate] = []
        self._citations: list[Citation] = []
        # What rows may point to before it is stored.
        self._pending: set[models.Model] = set()

    def propose(self, proposals: Sequence[Proposal]) -> None:
        """Check new private publishers and sources, and hold them until they are stored."""
        for thing in proposals:
            assert thing.submitted_by_id
            assert thing.public_since is None
            prepare(thing, self._pending)
            self._pending.add(thing)
        self._proposals += proposals

    def add(
        self,
        update: StatusUpdate,
        citations: Sequence[Citation],
        proposals: Sequence[Proposal] = (),
    ) -> None:
        """Check a status update and its evidence, and hold them until they are stored.

        `proposals` are what it cites and is not stored yet, publishers before their sources. Raises
        RuleBroken as `submit` does; then nothing of it is held.
        """
        update.submitted_at = now()
        held = len(self._proposals)
        try:
            check(update)
            check_replaced(update)
            self.propose(proposals)
            self._pending.add(update)
            for position, citation in enumerate(citations, start=1):
                citation.update, citation.position = update, position
                prepare(citation, self._pending)
                check_citation(citation)
        except RuleBroken:
            del self._proposals[held:]
            self._pending.difference_update((*proposals, update))
            raise
        self._updates.append(update)
        self._citations += citations

    def store(self) -> None:
        """Write what was added, and hold nothing any more."""
        with ledger.writing():
            for model in (Publisher, Source):
                store_all(model, [one for one in self._proposals if isinstance(one, model)])
            store_all(StatusUpdate, self._updates)
            store_all(Citation, self._citations)
        for held in (self._proposals, self._updates, self._citations, self._pending):
            held.clear()


def publish_all(updates: Sequence[StatusUpdate]) -> None:
    """Publish submitted updates of one organisation that replace no others, as `publish` does one.

    Raises EvidenceMissing, RuleBroken and TransitionRefused as that does; then none is published.
    """
    with ledger.writing():
        promises = _held_promises(updates)
        _make_public(updates)
        current = _held(updates)
        for update in current.values():
            update.promise = promises[update.promise_id]
            _check_publishable(update)
        for update in current.values():
            for name, value in moments_of(Action.PUBLISH, update).items():
                setattr(update, name, value)
            update.review_state = ReviewState.PUBLISHED.value
            update.version += 1
            entry = record(Action.PUBLISH, update)
            update.promise.changed_at = entry.recorded_at
            verdicts.recompute([update.promise_id], entry.sequence, entry.recorded_at)
        _write(current.values(), *_PUBLISHED)
        _write(promises.values(), "changed_at")
        verdicts.reindex(promises)
    for update in updates:
        for name in _PUBLISHED:
            setattr(update, name, getattr(current[update.pk], name))


_PUBLISHED = ("review_state", "published_at", "counts_from", "version")


def _held_promises(updates: Sequence[StatusUpdate]) -> dict[str, Promise]:
    """The promises, locked: whoever writes about a promise holds its row."""
    rows = Promise.objects.select_for_update(of=("self",)).select_related("programme")
    return {
        promise.pk: promise
        for promise in rows.filter(pk__in={one.promise_id for one in updates}).order_by("pk")
    }


def _held(updates: Sequence[StatusUpdate]) -> dict[object, StatusUpdate]:
    """The updates as they are stored, locked, in the order given, with all that checks look at."""
    citations = Citation.objects.order_by("position", "pk")
    rows = (
        StatusUpdate.objects.select_for_update(of=("self",))
        .select_related("organisation", "submitted_by")
        .prefetch_related(Prefetch("citations", citations))
        .in_bulk([update.pk for update in updates])
    )
    return {update.pk: rows[update.pk] for update in updates}


def _check_publishable(update: StatusUpdate) -> None:
    if update.review_state != ReviewState.SUBMITTED or update.replaces_id is not None:
        raise TransitionRefused(
            f"This update is {update.review_state}; together are published only those that are"
            " submitted and replace none."
        )
    check(update)
    if not any(one.stance == Stance.SUPPORTS for one in update.citations.all()):
        raise EvidenceMissing


def _make_public(updates: Sequence[StatusUpdate]) -> None:
    """What they cite becomes public before they do."""
    citations = Citation.objects.filter(update__in=updates)
    cited = Source.objects.filter(citations__in=citations)
    new = list(_new_to_all(cited).values_list("pk", flat=True))
    make_publishers_public(Publisher.objects.filter(sources__in=new))
    # Their publishers may have turned out to be known.
    sources = list(Source.objects.filter(pk__in=new).order_by("pk"))
    for source in sources:
        source.public_since = ledger.moment()
        ledger.append(
            EntryAction.CREATE,
            records.type_of(source),
            source.pk,
            records.document(source),
            at=source.public_since,
        )
    _write(sources, "public_since")
    # What another may take the place of is looked at one by one.
    make_public_what_is_cited(citations)


def _write(rows: Collection[models.Model], *names: str) -> None:
    """Write these columns of many rows, a statement for each: one for all would be slow to make."""
    for model in {type(row) for row in rows}:
        meta = model._meta
        columns: list[Any] = [*map(meta.get_field, names), meta.pk]
        *said, key = (f"{column.column} = %s" for column in columns)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {meta.db_table} SET {', '.join(said)} WHERE {key}",  # noqa: S608
                [
                    [
                        column.get_db_prep_save(getattr(row, column.attname), connection)
                        for column in columns
                    ]
                    for row in rows
                ],
            )


def _new_to_all(sources: "models.QuerySet[Source]") -> "models.QuerySet[Source]":
    """Private sources that stand alone: nothing has to be public before, nothing is the same."""
    known = Q(public_since__isnull=False) | Q(submitted_by=None)
    same = Source.objects.filter(known, address_digest=OuterRef("address_digest"))
    return (
        sources.filter(public_since=None, submitted_by__isnull=False, edition_of=None)
        .filter(Q(address_digest="") | ~Exists(same))
        .distinct()
    )
