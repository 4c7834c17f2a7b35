"""Many submissions in one go: all of them are checked, and all or none are written."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model

from reforms import ledger, roles, workflow
from reforms.errors import EvidenceMissing, RuleBroken
from reforms.models import Organisation, Programme, StatusUpdate
from reforms.submissions.complaints import Complaint, SubmissionRefused
from reforms.submissions.drafting import Draft, Drafter, complain_of
from reforms.submissions.fields import SUBMISSION
from reforms.submissions.references import References
from reforms.submissions.repeating import Sent, complain_of_taken
from reforms.submissions.report import Report
from reforms.submissions.tables import Row
from reforms.vocabulary import Action, Stance

# Rows that are looked up and written together: the more, the less each takes PostgreSQL. An SQLite
# from before 2020 takes 999 values in a statement.
CHUNK = 900


class _Undone(Exception):
    """Takes back all that a batch has written."""


def run_batch(
    rows: Iterable[Row],
    organisation: Organisation,
    who: Any,
    partial: bool = False,
    dry_run: bool = False,
    progress: Callable[[int], object] | None = None,
) -> Report:
    """Submit each row for the organisation, and publish it where `who` may.

    If anything is wrong with any row, nothing is written; with `partial` the good ones are. With
    `dry_run` nothing is written either way. `progress` is told how many rows were done since it was
    last called. Raises SubmissionRefused for no rows and for more than MAX_BATCH_ROWS, and whatever
    reading the rows raises.
    """
    try:
        with workflow.batch():
            report = write_batch(rows, organisation, who, partial, progress)
            if report.refused or dry_run:
                raise _Undone
    except _Undone:
        report.undo()
    return report


def write_batch(
    rows: Iterable[Row],
    organisation: Organisation,
    who: Any,
    partial: bool = False,
    progress: Callable[[int], object] | None = None,
    publish: bool = True,
) -> Report:
    """What `run_batch` does, inside a `workflow.batch()` of the caller's; who undoes it all where
    the report says that it is refused. Without `publish` everything waits for review.
    """
    batch = _Batch(organisation, who, publish)
    chunks = map(_read, _chunks(rows))
    chunk = next(chunks, None)
    while chunk is not None:
        batch.learn(chunk)
        # Meanwhile the database writes the chunk before.
        with batch.submissions.storing():
            batch.take(chunk)
            if progress is not None:
                progress(len(chunk))
            chunk = next(chunks, None)
    batch.submissions.store()
    if not batch.report.rows:
        raise SubmissionRefused([Complaint("", "empty", "There are no rows.")])
    batch.report.refused = bool(batch.report.failed) and not partial
    return batch.report


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    left = settings.MAX_BATCH_ROWS
    while chunk := list(islice(remaining, min(CHUNK, left + 1))):
        if len(chunk) > left:
            detail = f"There are more than {settings.MAX_BATCH_ROWS:,} rows; send them in parts."
            raise SubmissionRefused([Complaint("", "too_many", detail)])
        left -= len(chunk)
        yield chunk


# Rows with what was read in each, field by field.
_Chunk = list[tuple[Row, dict[str, Any]]]


def _read(rows: list[Row]) -> _Chunk:
    return [
        (row, {} if row.value is None else SUBMISSION.read(row.value, row.place) or {})
        for row in rows
    ]


class _Batch:
    """A batch under way."""

    def __init__(self, organisation: Organisation, who: Any, publish: bool) -> None:
        self.organisation = organisation
        self.who = who
        self.publish = publish
        self.user = who if isinstance(who, get_user_model()) else None
        self.report = Report()
        self.references = References(organisation, who)
        self.sent = Sent(organisation)
        self.submissions = workflow.Submissions()
        self._row_of: dict[str, int] = {}
        self._publishes: dict[str, bool] = {}

    def learn(self, chunk: _Chunk) -> None:
        """Look up all that some rows refer to."""
        self.references.learn(values for _, values in chunk)
        self.sent.learn(values["external_id"] for _, values in chunk if values.get("external_id"))

    def take(self, chunk: _Chunk) -> None:
        """Check rows that were learnt, and hold those that are right until they are stored."""
        judged = [self._judge(row, values) for row, values in chunk]
        self._store([update for is_new, update in judged if is_new and update is not None])
        self.report.rows += len(chunk)
        for (row, values), (is_new, update) in zip(chunk, judged, strict=True):
            if update is None:
                self.report.fail(row, values.get("external_id") or "")
            elif is_new:
                self.report.take_in(row, update)
            else:
                self.report.leave(row, update)

    def _judge(self, row: Row, values: dict[str, Any]) -> tuple[bool, StatusUpdate | None]:
        """Whether a row is new, and its update; None where something is wrong with it."""
        self._refuse_twins(row, values.get("external_id"))
        if row.value is None or (row.place.complaints and not values):
            return False, None
        drafter = Drafter(values, self.references, row.place)
        draft = drafter.draft()
        known = None if draft is None else self._known(row, draft)
        if draft is not None and known is None and self._is_added(row, draft):
            return True, draft.update
        self.references.release(drafter.proposals)
        return False, known

    def _refuse_twins(self, row: Row, external_id: str | None) -> None:
        if not external_id:
            return
        first = self._row_of.setdefault(external_id, row.number)
        if first != row.number:
            detail = f"Row {first} of this batch has the same id; give each row its own."
            row.place.at("external_id").complain("twice", detail)

    def _known(self, row: Row, draft: Draft) -> StatusUpdate | None:
        """What was sent before under this id and says the same; complains if it says otherwise."""
        external_id = draft.update.external_id
        if not external_id:
            return None
        same = self.sent.same(draft)
        if same is None and (holder := self.sent.holder(external_id)) is not None:
            complain_of_taken(holder, row.place)
        return same

    def _is_added(self, row: Row, draft: Draft) -> bool:
        """Whether nothing is wrong with it; then it is stored with the others."""
        if row.place.complaints:
            return False
        draft.update.submitted_by = self.user
        try:
            if self._is_published(draft.update) and not any(
                one.stance == Stance.SUPPORTS for one in draft.citations
            ):
                raise EvidenceMissing
            self.submissions.add(draft.update, draft.citations, draft.proposals)
        except RuleBroken as refusal:
            complain_of(refusal, row.place)
            return False
        return True

    def _is_published(self, update: StatusUpdate) -> bool:
        programme: Programme = update.promise.programme
        if programme.pk not in self._publishes:
            self._publishes[programme.pk] = self.publish and roles.may_publish_own(
                self.who, self.organisation, programme
            )
        return self._publishes[programme.pk]

    def _store(self, updates: list[StatusUpdate]) -> None:
        """Publish what needs no review. The rest is stored while the next chunk is checked, but for
        what it brings along: the next may name that.
        """
        own = [update for update in updates if self._is_published(update)]
        if own:
            with ledger.acting(roles.acts_as(self.who, Action.PUBLISH, own[0])):
                self.submissions.store(own)
        else:
            self.submissions.store_proposals()
