"""The organisations' views of one promise, and what a submission would make of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from reforms.assessment import Verdict, current, dissents, headline, judge
from reforms.models import Citation, Organisation, Promise, StatusUpdate
from reforms.verdicts.derived import assessment
from reforms.vocabulary import Status


@dataclass(frozen=True, slots=True)
class View:
    """One organisation's current assessment, and how it stands to the headline."""

    update: StatusUpdate
    organisation: Organisation
    leads: bool
    headline: bool
    agrees: bool
    dissents: bool


def views(updates: Iterable[StatusUpdate]) -> list[View]:
    """Each organisation's current view among the standing updates of one promise: that of the lead
    first, then by the organisations' ids.

    The updates have their promise at hand, with the verdict of the moment that is asked about.
    """
    by_id = {str(update.pk): update for update in updates}
    found = current(assessment(update, update.promise.programme) for update in by_id.values())
    answer = []
    for one in found.values():
        update = by_id[one.id]
        promise, lead = update.promise, update.promise.programme.lead_organisation_id
        # Without a headline there is nothing to dissent from.
        since = promise.status_since
        answer.append(
            View(
                update=update,
                organisation=update.organisation,
                leads=one.organisation == lead,
                headline=one is headline(found.values(), lead),
                agrees=one.status == promise.status,
                dissents=since is not None and dissents(one, Status(promise.status), since),
            )
        )
    return sorted(answer, key=lambda view: (not view.leads, view.organisation.pk))


def foreseen(update: StatusUpdate, moment: datetime) -> Verdict:
    """The verdict on the promise if the submitted update were published at that moment, in the
    place of what it is to replace.
    """
    promise = Promise.objects.select_related("programme").get(pk=update.promise_id)
    programme = promise.programme
    citations = Citation.objects.select_related("source", "origin")
    standing = list(
        StatusUpdate.objects.standing()
        .filter(promise=promise)
        .prefetch_related(Prefetch("citations", queryset=citations))
    )
    return judge(
        [
            assessment(one, programme, moment)
            for one in (*standing, update)
            if one.pk != update.replaces_id
        ],
        programme.lead_organisation_id,
    )
