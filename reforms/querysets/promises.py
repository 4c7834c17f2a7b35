"""Promises: searched, judged at another moment, and told by what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, Exists, F, FilteredRelation, OuterRef, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual

from reforms.querysets.public import PublicQuerySet
from reforms.search import FIELDS, Query, matching, relevance
from reforms.vocabulary import OPEN_STATUSES, Status, Timeliness

if TYPE_CHECKING:
    from reforms.models import Promise  # noqa: F401

LAST_DAY = date.max
# The ledger entry that is never reached: what is known until then is known now.
OPEN = 2**63 - 1


class PromiseQuerySet(PublicQuerySet["Promise"]):
    """Promises; not all that is said of them is public."""

    def search(self, query: Query, fields: int = len(FIELDS)) -> PromiseQuerySet:
        """Promises whose first `fields` fields hold all the words; see `reforms.search`."""
        return self.filter(pk__in=_found(query, fields))

    def with_relevance(self, query: Query) -> PromiseQuerySet:
        """Annotate `relevance`, best first: 1 where the title alone holds all the words, then 2 to
        4 as the statement, the bodies and the notes are needed as well.
        """
        if (told := relevance(query)) is not None:
            # Of each match by itself: looked for anew, all matches of each kind would be.
            return self.annotate(relevance=RawSQL(*told, output_field=models.IntegerField()))  # noqa: S611
        best = [
            When(pk__in=_found(query, fields), then=Value(fields))
            for fields in range(1, len(FIELDS))
        ]
        return self.annotate(
            relevance=Case(*best, default=Value(len(FIELDS)), output_field=models.IntegerField())
        )

    def at(self, day: date | None, sequence: int | None) -> PromiseQuerySet:
        """Promises with their verdict as of `day`, as known when the ledger had `sequence` entries.

        It is joined as `span`: filter by `span__status`, order by `span__status_since`, or have
        it in hand by `select_related("span")`. Without a day it is the verdict without an end;
        without a sequence it is the one known now. Promises that had none are left out.
        """
        if day is None:
            valid = Q(spans__valid_to=LAST_DAY)
        else:
            valid = Q(spans__valid_from__lte=day, spans__valid_to__gte=day)
        span = FilteredRelation("spans", condition=valid & _known(sequence))
        return self.annotate(span=span).filter(span__isnull=False)

    def over(self, sequence: int | None) -> PromiseQuerySet:
        """Promises with their verdicts of all days, as known when the ledger had `sequence`
        entries: a row for each verdict, joined as `span` like by `at`.
        """
        span = FilteredRelation("spans", condition=_known(sequence))
        return self.annotate(span=span).filter(span__isnull=False)

    def with_span(self) -> PromiseQuerySet:
        """With the verdict that `at` joined in hand, as `span`."""
        return self.select_related("span")  # type: ignore[misc]

    def with_timeliness(self, today: Mapping[str, date], span: bool = False) -> PromiseQuerySet:
        """Annotate `timeliness_now`; `today` gives each programme's date. With `span` it is that of
        the verdict which `at` joined. The rule itself is `assessment.timeliness`; a test holds the
        two together.
        """
        verdict = "span__" if span else ""
        return self.annotate(timeliness_now=_timeliness(_today(today), verdict))

    def timely(
        self, words: Iterable[str], today: Mapping[str, date], span: bool = False
    ) -> PromiseQuerySet:
        """Promises that stand to their deadline as one of the words says, of no words none; as
        `with_timeliness` has it, but by conditions on columns, of which the planner knows how many
        rows they leave.
        """
        words = list(words)
        if not words:
            return self.none()
        conditions = _conditions(today, "span__" if span else "")
        return self.filter(reduce(or_, (conditions[Timeliness(word)] for word in words)))

    def overdue(self, today: Mapping[str, date]) -> PromiseQuerySet:
        """Promises whose deadline has passed and that were assessed, but not as implemented."""
        return self.timely([Timeliness.OVERDUE], today)

    def due_by(self, day: date) -> PromiseQuerySet:
        """Promises whose deadline is on that day or before: by the index of the order by it."""
        last_day = Coalesce("deadline_on", Value(LAST_DAY))
        return self.filter(LessThanOrEqual(last_day, day), deadline_on__isnull=False)

    def quiet_since(self, moment: datetime) -> PromiseQuerySet:
        """Promises of which more is to be expected, and nothing was published since `moment`."""
        still_open = [status.value for status in OPEN_STATUSES]
        return self.filter(last_published_at__lt=moment, status__in=still_open)

    def updated_by(
        self, organisations: list[str], moment: datetime | None = None, day: date | None = None
    ) -> PromiseQuerySet:
        """Promises that one of the organisations has a standing update on; see `standing_at`."""
        updates = self._model("StatusUpdate").objects.standing_at(moment, day)
        return self.filter(
            Exists(updates.filter(promise=OuterRef("pk"), organisation_id__in=organisations))
        )

    def citing(self, sources: list[str]) -> PromiseQuerySet:
        """Promises that cite one of the sources, themselves or through a public update."""
        citations = self._model("Citation").objects.filter(source_id__in=sources).order_by()
        updates = self._model("StatusUpdate").objects.public().order_by()
        of_updates = updates.filter(citations__source_id__in=sources)
        themselves = citations.filter(promise__isnull=False)
        return self.filter(
            pk__in=themselves.values("promise").union(of_updates.values("promise"), all=True)
        )

    def resting_on(self, thing: models.Model) -> PromiseQuerySet:
        """Promises whose verdict may change when a source, publisher or programme changes."""
        name = thing._meta.model_name
        if name == "programme":
            return self.filter(programme_id=thing.pk)
        standing = self._standing()
        if name == "source":
            return self.filter(Exists(standing.filter(citations__source=thing)))
        if name == "publisher":
            return self.filter(
                Exists(standing.filter(citations__origin=thing))
                | Exists(standing.filter(citations__source__publisher=thing))
            )
        return self.none()

    def for_api(self) -> PromiseQuerySet:
        """With all that an answer shows of a promise itself, but for its programme."""
        return self.prefetch_related("body_ties", "topics", "relations")

    def _standing(self) -> Any:
        return self._model("StatusUpdate").objects.standing().filter(promise=OuterRef("pk"))

    def _model(self, name: str) -> Any:
        return self.model._meta.apps.get_model("reforms", name)


def _known(sequence: int | None) -> Q:
    """Spans that said what was known when the ledger had so many entries; None: what is now."""
    if sequence is None:
        return Q(spans__known_to=OPEN)
    return Q(spans__known_from__lte=sequence, spans__known_to__gt=sequence)


def _found(query: Query, fields: int = len(FIELDS)) -> RawSQL:
    sql, parameters = matching(query, fields)
    return RawSQL(sql, parameters)  # noqa: S611 - our own SQL; the query is a parameter


def _today(today: Mapping[str, date]) -> Case | Value:
    """Each programme's date; one value as long as all time zones agree on the day."""
    days = set(today.values())
    if len(days) == 1:
        return Value(days.pop(), output_field=models.DateField())
    return Case(
        *(When(programme_id=name, then=Value(day)) for name, day in today.items()),
        default=Value(max(days, default=LAST_DAY)),
        output_field=models.DateField(),
    )


def _timeliness(today: Case | Value, verdict: str) -> Case:
    """The columns of the verdict begin with `verdict`: the promise's own, or those of its span."""
    deadline = F(f"{verdict}deadline_on")

    def when(column: str, value: Any, term: Timeliness) -> When:
        return When(Q((verdict + column, value)), then=Value(term.value))

    return Case(
        when("deadline_on__isnull", True, Timeliness.NO_DEADLINE),
        when("implemented_to__lte", deadline, Timeliness.ON_TIME),
        when("implemented_from__gt", deadline, Timeliness.LATE),
        when("implemented_to__isnull", False, Timeliness.UNDETERMINED),
        when("status", Status.ABANDONED.value, Timeliness.UNDETERMINED),
        when("deadline_on__gte", today, Timeliness.PENDING),
        when("status", Status.NOT_ASSESSED.value, Timeliness.UNASSESSED),
        default=Value(Timeliness.OVERDUE.value),
        output_field=models.CharField(),
    )


def _conditions(today: Mapping[str, date], verdict: str) -> dict[Timeliness, Q]:
    """For each word what holds for the promises that it is said of; see `_timeliness`.

    None is the opposite of another: of a joined verdict the ORM would ask that in a subquery.
    """

    def has(**columns: Any) -> Q:
        return Q(**{verdict + name: value for name, value in columns.items()})

    deadline = F(f"{verdict}deadline_on")
    due = has(deadline_on__isnull=False)
    between = has(implemented_to__gt=deadline, implemented_from__lte=deadline)
    open_ = due & has(implemented_to__isnull=True)
    given_up, unassessed = Status.ABANDONED.value, Status.NOT_ASSESSED.value
    kept_up = [one for one in Status.values() if one != given_up]
    assessed = [one for one in kept_up if one != unassessed]
    passed, ahead = _passed(today, verdict), _ahead(today, verdict)
    return {
        Timeliness.NO_DEADLINE: has(deadline_on__isnull=True),
        Timeliness.ON_TIME: due & has(implemented_to__lte=deadline),
        Timeliness.LATE: due & has(implemented_from__gt=deadline),
        Timeliness.UNDETERMINED: (due & between) | (open_ & has(status=given_up)),
        Timeliness.PENDING: open_ & ahead & has(status__in=kept_up),
        Timeliness.UNASSESSED: open_ & passed & has(status=unassessed),
        Timeliness.OVERDUE: open_ & passed & has(status__in=assessed),
    }


def _passed(today: Mapping[str, date], verdict: str) -> Q:
    """The deadline is before the programme's date: the earliest of all, or its own later one."""
    earliest, *later = sorted(set(today.values())) or [LAST_DAY]
    passed = Q((f"{verdict}deadline_on__lt", earliest))
    for day in later:
        passed |= Q((f"{verdict}deadline_on__lt", day), programme__in=_whose(today, day))
    return passed


def _ahead(today: Mapping[str, date], verdict: str) -> Q:
    """The deadline is on the programme's date or after it."""
    *earlier, latest = sorted(set(today.values())) or [LAST_DAY]
    ahead = Q((f"{verdict}deadline_on__gte", latest))
    for day in earlier:
        ahead |= Q((f"{verdict}deadline_on__gte", day), programme__in=_whose(today, day))
    return ahead


def _whose(today: Mapping[str, date], day: date) -> list[str]:
    return [programme for programme, its in today.items() if its == day]
