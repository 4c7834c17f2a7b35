"""Many status updates at once: the checks of one for each, the queries of one for all."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q

from reforms import bulk, ledger, records, verdicts
from reforms.dates import now
from reforms.errors import EvidenceMissing, RuleBroken, TransitionRefused
from reforms.models import Citation, Promise, Publisher, Source, StatusUpdate
from reforms.vocabulary import Action, EntryAction, ReviewState, Stance
from reforms.workflow.checking import check, check_citation, prepare
from reforms.workflow.holding import citing
from reforms.workflow.publication import make_public_what_is_cited, make_publishers_public
from reforms.workflow.reviewing import moments_of, record
from reforms.workflow.storing import store_all, storing_all
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
        # The citations of each update, in the order of the updates.
        self._cited: list[Sequence[Citation]] = []
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
                bulk.tell(citation, update=update, position=position)
                prepare(citation, self._pending)
                check_citation(citation)
        except RuleBroken:
            del self._proposals[held:]
            self._pending.difference_update((*proposals, update))
            raise
        self._updates.append(update)
        self._cited.append(citations)

    def store(self, published: Sequence[StatusUpdate] = ()) -> None:
        """Write what was added, and hold nothing any more.

        Those of the updates that are `published` are so at once, as `publish_all` does it.
        """
        with ledger.writing():
            self.store_proposals()
            cited = self._all_cited()
            # What is public already has nothing to be made public, and no row to be written twice.
            at_once = bool(published) and all(map(_rests_on_the_record, cited))
            if at_once:
                self._publish(published)
            store_all(StatusUpdate, self._updates)
            store_all(Citation, cited)
            if published and not at_once:
                publish_all(published)
        self._hold_nothing()

    def store_proposals(self) -> None:
        """Write what the updates bring along, so that others find it."""
        for model in (Publisher, Source):
            store_all(model, [one for one in self._proposals if isinstance(one, model)])
        self._proposals.clear()

    @contextmanager
    def storing(self) -> Iterator[None]:
        """Write what was added, as `store` does, while what is inside is done: it may add others.

        Raises what `store` raises, at the end at the latest; in place of what went wrong inside.
        """
        if not self._updates:
            yield
            return
        with ledger.writing():
            self.store_proposals()
            kinds = (StatusUpdate, [*self._updates]), (Citation, self._all_cited())
            self._hold_nothing()
            with storing_all(*kinds):
                yield

    def _all_cited(self) -> list[Citation]:
        return [one for citations in self._cited for one in citations]

    def _hold_nothing(self) -> None:
        for held in (self._updates, self._cited, self._pending):
            held.clear()

    def _publish(self, published: Sequence[StatusUpdate]) -> None:
        """What `publish_all` does, of updates that were checked and are not written yet."""
        cited = dict(zip(map(id, self._updates), self._cited, strict=True))
        promise_ids = {update.promise_id for update in published}
        _lock_promises(promise_ids)
        for update in published:
            citations = cited[id(update)]
            _check_state(update)
            _demand_evidence(citations)
            with citing(update, citations):
                _publish(update)
        _follow(published)


def _rests_on_the_record(citation: Citation) -> bool:
    """Whether all that it names is public already."""
    return citation.source.is_public and citation.origin.is_public


def _lock_promises(promise_ids: Collection[str]) -> None:
    """Whoever writes about a promise holds its row."""
    rows = Promise.objects.select_for_update().filter(pk__in=promise_ids).order_by("pk")
    list(rows.values_list("pk"))


def _demand_evidence(citations: Iterable[Citation]) -> None:
    if not any(one.stance == Stance.SUPPORTS for one in citations):
        raise EvidenceMissing


def _publish(update: StatusUpdate) -> None:
    """Let the ledger say that an update is published, in the row at hand too; what follows waits
    for the end of the batch.
    """
    for name, value in moments_of(Action.PUBLISH, update).items():
        setattr(update, name, value)
    update.review_state = ReviewState.PUBLISHED.value
    update.version += 1
    entry = record(Action.PUBLISH, update)
    verdicts.recompute([update.promise_id], entry.sequence, entry.recorded_at)


def _follow(published: Iterable[StatusUpdate]) -> None:
    """What is public about their promises has changed when the last of them was published."""
    last = {update.promise_id: update.published_at for update in published}
    bulk.change(Promise, ["changed_at"], [*last.items()])
    verdicts.reindex(last)


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
            _publish(update)
        bulk.change(
            StatusUpdate,
            _PUBLISHED,
            [
                (update.pk, *[getattr(update, name) for name in _PUBLISHED])
                for update in current.values()
            ],
        )
        _follow(current.values())
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
    _check_state(update)
    check(update)
    _demand_evidence(update.citations.all())


def _check_state(update: StatusUpdate) -> None:
    if update.review_state != ReviewState.SUBMITTED or update.replaces_id is not None:
        raise TransitionRefused(
            f"This update is {update.review_state}; together are published only those that are"
            " submitted and replace none."
        )


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
    bulk.change(Source, ["public_since"], [(one.pk, one.public_since) for one in sources])
    # What another may take the place of is looked at one by one.
    make_public_what_is_cited(citations)


def _new_to_all(sources: "models.QuerySet[Source]") -> "models.QuerySet[Source]":
    """Private sources that stand alone: nothing has to be public before, nothing is the same."""
    known = Q(public_since__isnull=False) | Q(submitted_by=None)
    same = Source.objects.filter(known, address_digest=OuterRef("address_digest"))
    return (
        sources.filter(public_since=None, submitted_by__isnull=False, edition_of=None)
        .filter(Q(address_digest="") | ~Exists(same))
        .distinct()
    )
