"""One submission at a time: plain values in, a stored status update out, or all that is wrong."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model

from reforms import ledger, roles, workflow
from reforms.errors import RuleBroken, TransitionRefused
from reforms.models import Citation, Organisation, Source, StatusUpdate
from reforms.submissions.complaints import Complaint, Place, SubmissionRefused
from reforms.submissions.drafting import Draft, Drafter, complain_of
from reforms.submissions.fields import CORRECTION, REVISION, SOURCE, SUBMISSION
from reforms.submissions.references import References
from reforms.submissions.repeating import refuse_taken
from reforms.submissions.shapes import Shape
from reforms.vocabulary import Action, ReviewState, Status
from reforms.workflow import Cited, Proposal

CREATED, UNCHANGED = "created", "unchanged"

# What the workflow calls otherwise than whoever submits does.
_FIELDS = {"replaces_reason": "reason", "replaces": "", "successor": ""}


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a submission. `outcome` is created, or in a batch unchanged."""

    update: StatusUpdate
    outcome: str


def submit(data: Any, organisation: Organisation, who: Any) -> Submitted:
    """Submit a status update for the organisation; it is published where `who` may.

    Raises SubmissionRefused naming everything that is wrong.
    """
    place = Place()
    with ledger.writing():
        values = _read(SUBMISSION, data, place)
        return _store(_drafted(values, organisation, who, place), who, place)


def faults(data: Any) -> list[Complaint]:
    """What is wrong with a submission whoever sends it: with its fields, not what they refer to."""
    place = Place()
    SUBMISSION.read(data, place)
    return place.complaints


def supersede(update: StatusUpdate, data: Any, who: Any) -> Submitted:
    """Submit what is to take the place of a published update of one's own; it does so at once
    where `who` may publish, otherwise when a reviewer publishes it.

    Raises SubmissionRefused, and TransitionRefused where the update does not stand.
    """
    place = Place()
    with ledger.writing():
        state = StatusUpdate.objects.values_list("review_state", flat=True).get(pk=update.pk)
        if state != ReviewState.PUBLISHED:
            raise TransitionRefused(
                f"This update is {state}; supersede is allowed only while it is published."
            )
        values = _read(CORRECTION, data, place)
        if values.get("external_id") == update.external_id:
            values["external_id"] = None  # it is handed on with the publication
        draft = _drafted(values, update.organisation, who, place, update)
        draft.update.replaces, draft.update.replaces_reason = update, values["reason"]
        return _store(draft, who, place)


def _read(shape: Shape, data: Any, place: Place) -> dict[str, Any]:
    """What was sent, field by field; raises SubmissionRefused where it has no fields at all."""
    values = shape.read(data, place)
    if values is None:
        raise SubmissionRefused(place.complaints)
    return values


def _drafted(
    values: dict[str, Any],
    organisation: Organisation,
    who: Any,
    place: Place,
    replaced: StatusUpdate | None = None,
) -> Draft:
    references = References(organisation, who)
    references.learn([values])
    refuse_taken(values, organisation, place)
    draft = Drafter(values, references, place).draft(replaced.promise if replaced else None)
    if draft is None:
        raise SubmissionRefused(place.complaints)
    return draft


def _store(draft: Draft, who: Any, place: Place) -> Submitted:
    """Store a draft that has no faults of its own, and publish it where `who` may."""
    update = draft.update
    update.submitted_by = who if isinstance(who, get_user_model()) else None
    submissions = workflow.Submissions()
    try:
        submissions.add(update, draft.citations, draft.proposals)
        submissions.store()
        if roles.may_publish_own(who, update.organisation, update.promise.programme):
            with ledger.acting(roles.acts_as(who, Action.PUBLISH, update)):
                workflow.publish(update)
    except RuleBroken as refusal:
        _complain_of(refusal, place)
    return Submitted(update, CREATED)


def _complain_of(refusal: RuleBroken, place: Place) -> None:
    """Raise SubmissionRefused for what the workflow refused."""
    refusal.fields = {_FIELDS.get(name, name): said for name, said in refusal.fields.items()}
    complain_of(refusal, place)
    place.refuse()


def revise(update: StatusUpdate, data: Any) -> None:
    """Change what is given of an update that is not public yet; its citations as a whole.

    Raises SubmissionRefused, and TransitionRefused where it cannot be changed any more.
    """
    place = Place()
    with ledger.writing():
        values = _read(REVISION, data, place)
        current = StatusUpdate.objects.select_related("promise__programme", "organisation").get(
            pk=update.pk
        )
        references = References(current.organisation)
        references.learn([values])
        _refuse_other_promise(values, current, place)
        if not current.replaces_id and "reason" in values:
            place.at("reason").complain("contradiction", "It is to replace no other update.")
        refuse_taken(values, current.organisation, place, current)
        drafter = Drafter(values | _dated(values, current), references, place)
        drafter.check_dates(current.promise)
        citations = drafter.citations() if "citations" in values else None
        place.refuse()
        _change(current, drafter)
        try:
            _propose(drafter.proposals)
            workflow.revise(current, None if citations is None else _cited(citations))
        except RuleBroken as refusal:
            _complain_of(refusal, place)
    update.refresh_from_db()


def _dated(values: dict[str, Any], update: StatusUpdate) -> dict[str, Any]:
    """Status and dates: what is not given stays; for not_started the two dates are one."""
    whole = {
        "status": update.status,
        "effective_on": update.effective,
        "assessed_on": update.assessed,
    } | {name: values[name] for name in ("status", "effective_on", "assessed_on") if name in values}
    if whole["status"] == Status.NOT_STARTED and "assessed_on" not in values:
        whole["assessed_on"] = whole["effective_on"]
    return whole


def _change(update: StatusUpdate, drafter: Drafter) -> None:
    """Write what was given into the update at hand."""
    values = drafter.values
    update.status = values["status"]
    update.effective, update.assessed = values["effective_on"], values["assessed_on"]
    if "note" in values:
        update.note = drafter.texts("note")
    if "external_id" in values:
        update.external_id = values["external_id"] or ""
    if "reason" in values:
        update.replaces_reason = values["reason"]


def _refuse_other_promise(values: dict[str, Any], update: StatusUpdate, place: Place) -> None:
    if values.get("promise") not in (None, update.promise_id):
        place.at("promise").complain(
            "contradiction",
            f"It is about {update.promise_id} and stays so: withdraw it and submit another one.",
        )


def _propose(proposals: list[Proposal]) -> None:
    submissions = workflow.Submissions()
    submissions.propose(proposals)
    submissions.store()


def _cited(citations: list[Citation]) -> list[Cited]:
    return [
        Cited(
            source=one.source_id,
            stance=one.stance,
            basis=one.basis,
            origin=one.origin_id,
            locator=one.locator,
            note=one.note,
        )
        for one in citations
    ]


def add_source(data: Any, organisation: Organisation) -> tuple[Source, bool]:
    """The source with the address given, and whether it is new: then it is private to the
    organisation. One that is there already stays as it is.

    Raises SubmissionRefused naming everything that is wrong.
    """
    place = Place()
    with ledger.writing():
        values = _read(SOURCE, data, place)
        references = References(organisation)
        references.learn([{"citations": [values]}])
        drafter = Drafter(values, references, place)
        source, is_new = None, False
        if "url" in values:
            source, is_new = drafter.source_at(values["url"], values, place)
        place.refuse()
        assert source is not None
        try:
            _propose(drafter.proposals)
        except RuleBroken as refusal:
            _complain_of(refusal, place)
    return source, is_new
