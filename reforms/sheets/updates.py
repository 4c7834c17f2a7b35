"""Tables of status updates: those of a batch, with an id for what is there already."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Max, Prefetch

from reforms import roles, submissions
from reforms.errors import RuleBroken, TransitionRefused
from reforms.models import Citation, StatusUpdate
from reforms.sheets import citations
from reforms.sheets.objects import ID, Sheet, Terms
from reforms.sheets.rows import Judged, Outcome, Row, differences
from reforms.submissions import SubmissionRefused
from reforms.submissions.complaints import Complaint
from reforms.submissions.fields import CITATION, NAMED, SUBMISSION
from reforms.submissions.tables import CITATION_OF, COLUMNS, row_of
from reforms.vocabulary import LANGUAGES, PUBLIC_STATES

_SHOWN = {
    ID: "The id of an update that is there; empty for a new one.",
    "organisation": "Whose it is. It never changes; new ones are of the organisation chosen.",
    "review_state": "Where it stands. Tables do not change it.",
}
_CONTENT = ("promise", "status", "effective_on", "assessed_on")
_NOTES = {f"note_{language}": language for language in LANGUAGES}
_CITED = [name for name in citations.MEANINGS if name != "paragraphs"]
_SAID = {
    False: {one.name: one.meaning for one in SUBMISSION.fields},
    True: {one.name: one.meaning for one in CITATION.fields},
}


def _meaning(column: str) -> str:
    """What the field of a submission means that stands in a column of a batch."""
    first, *rest = COLUMNS[column]
    # In a cell, a publisher is told by its name; what else an object says has its own columns.
    said = _SAID[column in CITATION_OF][first].replace(", or an object", "")
    for part in rest:
        if part in LANGUAGES:
            said += f" In {LANGUAGES[part]}."
        elif part:
            said = next(one.meaning for one in NAMED.fields if one.name == part)
    return said


# What says nothing by itself, only how other cells are meant.
_BESIDE = ("language",)


class UpdateSheet(Sheet):
    """A row is a status update. One that is public already is never changed by a table."""

    model = StatusUpdate
    one = "status update"
    meanings = _SHOWN | {name: _meaning(name) for name in COLUMNS}

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._new: list[Row] = []

    # Writing a table --------------------------------------------------------------------------

    def visible(self) -> Any:
        return StatusUpdate.objects.visible_to(self.terms.user)

    def loaded(self, things: Any) -> Any:
        cited = Citation.objects.select_related("source").order_by("position", "pk")
        return things.select_related("promise").prefetch_related(Prefetch("citations", cited))

    def header(self, things: Any) -> list[str]:
        cited = Citation.objects.filter(update__in=things.order_by().values("pk")).order_by()
        counted = cited.values("update").annotate(number=Count("pk"))
        most = counted.aggregate(most=Max("number"))["most"] or 0
        own = [*_SHOWN, *_CONTENT, *_NOTES, "external_id"]
        return [*own, *citations.header(most, _CITED)]

    def cells(self, thing: StatusUpdate) -> dict[str, str]:
        inside = roles.may_see_inside(self.terms.user, thing)
        return {
            ID: str(thing.pk),
            "organisation": thing.organisation_id,
            "review_state": thing.review_state,
            "promise": thing.promise_id,
            "status": thing.status,
            "effective_on": str(thing.effective or ""),
            "assessed_on": str(thing.assessed or ""),
            **{name: thing.note.get(language, "") for name, language in _NOTES.items()},
            "external_id": thing.external_id if inside else "",
            **citations.cells(thing.citations.all(), with_paragraphs=False),
        }

    # Reading one ------------------------------------------------------------------------------

    def take(self, rows: list[Row]) -> Iterator[Judged]:
        known = self.find(row.cell(ID).lower() for row in rows)
        before = {key: self.cells(update) for key, update in known.items()}
        self._new += [row for row in rows if not row.cell(ID)]
        judged = [
            self._revise(row, known.get(key), before.get(key, {}))
            for row in rows
            if (key := row.cell(ID).lower())
        ]
        changed = [one.id for one in judged if one.outcome == Outcome.CHANGED]
        after = {key: self.cells(one) for key, one in self.find(changed).items()}
        for one in judged:
            if one.outcome == Outcome.CHANGED:
                one.differences = differences(before[one.id], after[one.id], self.meanings)
                one.outcome = Outcome.CHANGED if one.differences else Outcome.UNCHANGED
            yield one

    def finish(self) -> Iterator[Judged]:
        if self.terms.organisation is None:
            for row in self._new:
                detail = "Choose the organisation that submits the new rows."
                row.at("organisation").complain("missing", detail)
                yield Judged(row, Outcome.FAILED, label=_label(row.given))
        elif self._new:
            yield from self._submit()

    def _revise(self, row: Row, update: Any, before: dict[str, str]) -> Judged:
        if update is None:
            self.missing(row)
            return Judged(row, Outcome.FAILED, row.cell(ID))
        judged = Judged(row, Outcome.FAILED, str(update.pk), _label(before))
        changed = {
            name
            for name, cell in row.given.items()
            if name != ID and name not in _BESIDE and cell != before.get(name, "")
        }
        for name in changed.intersection(_SHOWN):
            detail = f"It is “{before[name]}” and is not changed by a table; leave it as it was."
            row.at(name).complain("contradiction", detail)
        if changed and not roles.may_edit(self.terms.user, update):
            row.place.complain("out_of_reach", _why_fixed(update))
        if row.is_wrong:
            return judged
        if changed:
            self._written(row, update, changed, before)
        if not row.is_wrong:
            judged.outcome = Outcome.CHANGED if changed else Outcome.UNCHANGED
        return judged

    def _written(
        self, row: Row, update: StatusUpdate, changed: set[str], before: dict[str, str]
    ) -> None:
        """Hand the cells that differ to whatever revises updates; complains of what it refuses."""
        whole = {name: cell for name, cell in (before | row.given).items() if name in COLUMNS}
        sent = row_of(row.number, row.line, list(whole), [one.strip() for one in whole.values()])
        named = {"citations" if name in CITATION_OF else COLUMNS[name][0] for name in changed}
        named |= {name for name in _BESIDE if row.cell(name)}
        value = {"citations": []} | (sent.value or {})
        refused: list[Complaint] = list(sent.place.complaints)
        if not refused:
            try:
                submissions.revise(update, {name: value.get(name) for name in named})
            except SubmissionRefused as refusal:
                refused = refusal.complaints
            except TransitionRefused as refusal:
                row.place.complain("rule_broken", str(refusal))
            except RuleBroken as refusal:
                row.complain_of(refusal)
        _pass_on(refused, sent, row)

    def _submit(self) -> Iterator[Judged]:
        """The new rows, as a batch of the organisation's."""
        organisation = self.terms.organisation
        assert organisation is not None
        by_number = {row.number: row for row in self._new}
        report = submissions.write_batch(
            (self._sent(row) for row in self._new),
            organisation,
            self.terms.user,
            publish=self.terms.publish,
        )
        for one in report.complaints:
            complaint = one.complaint
            there = by_number[one.row].at(one.column) if one.column else by_number[one.row].place
            there.complaints.append(
                Complaint(there.pointer, complaint.code, complaint.detail, complaint.allowed)
            )
        order = list(self.meanings)
        for result in report.results:
            row = by_number[result.row]
            # The id of a new one is random: it is another one each time that the table is read.
            judged = Judged(row, Outcome(result.outcome.value), label=_label(row.given))
            if judged.outcome == Outcome.CREATED:
                given = {name: cell for name, cell in row.given.items() if cell.strip()}
                given |= {"organisation": organisation.pk}
                given |= {"review_state": result.review_state or ""}
                judged.differences = differences({}, given, order)
            yield judged

    def _sent(self, row: Row) -> Any:
        """A row as a submission, with what is wrong with it as a row of this table."""
        assert self.terms.organisation is not None
        if row.cell("organisation") not in ("", self.terms.organisation.pk):
            detail = f"New rows are submitted for {self.terms.organisation.pk}; leave it empty."
            row.at("organisation").complain("contradiction", detail)
        if row.cell("review_state"):
            detail = "A new update has no review state yet; leave it empty."
            row.at("review_state").complain("contradiction", detail)
        names = [name for name in row.given if name in COLUMNS]
        sent = row_of(row.number, row.line, names, [row.cell(name) for name in names])
        sent.columns = dict(sent.columns) | {f"/{name}": name for name in _SHOWN}
        for complaint in row.place.complaints:
            sent.columns[complaint.pointer] = complaint.pointer[1:]
        sent.place.complaints.extend(row.place.complaints)
        row.place.complaints.clear()
        return sent


def _pass_on(refused: list[Complaint], sent: Any, row: Row) -> None:
    """Say beside the cells what was said of the submission that they make."""
    for one in refused:
        column = sent.column_of(one.pointer)
        there = row.at(column) if column else row.place
        there.complaints.append(Complaint(there.pointer, one.code, one.detail, one.allowed))


def _why_fixed(update: StatusUpdate) -> str:
    if update.review_state in PUBLIC_STATES:
        return (
            f"It is {update.review_state}: what was published is never edited. Supersede or"
            " retract it on its page, or add a later one."
        )
    if update.review_state in ("rejected", "withdrawn"):
        return f"It is {update.review_state} and stays as it is; submit another one."
    return "Only its own organisation, or a curator, changes it."


def _label(cells: dict[str, str]) -> str:
    named = [cells.get(name, "").strip() for name in ("promise", "status", "effective_on")]
    return " · ".join(one for one in named if one)
