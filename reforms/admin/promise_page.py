"""Everything about one promise on one page: what was promised, and what became of it."""

from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from reforms import verdicts
from reforms.admin.exhibits import exhibits
from reforms.admin.history import about, is_recorded, lines
from reforms.admin.labels import badge, in_words, page_of
from reforms.admin.reading import figures
from reforms.admin.timeline import standing
from reforms.models import Citation, LedgerEntry, Promise, StatusUpdate
from reforms.vocabulary import Status

ENTRIES = 5


def everything_about(promise: Promise, user: Any) -> dict[str, Any]:
    """What the page shows above and below the form."""
    recorded = is_recorded(promise)
    return {
        "statement": in_words(promise.statement),
        "condition": in_words(promise.condition),
        "figures": figures(promise.figures) if promise.figures else "",
        "deadline_wording": in_words(promise.deadline_wording),
        "passages": exhibits(promise.citations, promise.programme.jurisdiction, user),
        "standing": standing(promise),
        "views": views(promise),
        "latest_entries": list(latest_entries(promise)) if recorded else [],
        "api_address": reverse("promise-detail", args=[promise.pk]) if recorded else "",
    }


def latest_entries(promise: Promise) -> Any:
    """What the ledger said of the promise and its updates last."""
    return lines(LedgerEntry.objects.filter(about(promise)).order_by("-sequence")[:ENTRIES])


def views(promise: Promise) -> list[dict[str, Any]]:
    """Each organisation's current assessment, side by side."""
    citations = Citation.objects.select_related("source", "origin")
    updates = list(
        StatusUpdate.objects.standing()
        .filter(promise=promise)
        .current()
        .select_related("organisation")
        .prefetch_related(Prefetch("citations", queryset=citations))
    )
    for update in updates:
        update.promise = promise
    return [
        {
            "name": in_words(view.organisation.name),
            "leads": view.leads,
            "headline": view.headline,
            "agrees": view.agrees,
            "dissents": view.dissents,
            "status": badge(Status(view.update.status)),
            "effective": view.update.effective,
            "assessed": view.update.assessed,
            "address": page_of(view.update),
            "citations": len(view.update.citations.all()),
        }
        for view in verdicts.views(updates)
    ]
