"""What the ledger says of an object: a page for people, newest first."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path

from reforms import ledger, records
from reforms.admin.base import RecordAdmin
from reforms.admin.labels import NOTHING, badge, below, describe, link, page_of
from reforms.ledger import finding
from reforms.models import LedgerEntry, LedgerPayload, Promise, PublicObject
from reforms.records.wording import summary
from reforms.vocabulary import EntryAction

PER_PAGE = 50
# What stands beside the differences already.
BESIDE = frozenset({"ended_at", "ended_reason"})
# A sequence has no more digits than the column holds.
MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Line:
    """One entry and what it changed, in words."""

    entry: LedgerEntry
    address: str
    action: str
    about: str
    summary: str
    reason: str
    differences: list[tuple[str, str, str]]
    redacted: bool


class Recorded(RecordAdmin):
    """Pages of objects that the ledger speaks of: each links to what it says."""

    def get_urls(self) -> Any:
        history = path(
            "<path:object_id>/ledger/",
            self.admin_site.admin_view(self.ledger_view),
            name=f"reforms_{self.opts.model_name}_ledger",
        )
        return [history, *super().get_urls()]

    def render_change_form(self, request: Any, context: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        thing = context.get("original")
        if thing is not None and is_recorded(thing):
            context["ledger_address"] = page_of(thing, "ledger")
        return super().render_change_form(request, context, **kwargs)

    def ledger_view(self, request: Any, object_id: str) -> HttpResponse:
        """The entries about the object; for a promise also those about its updates."""
        thing = self.get_object(request, unquote(object_id))
        if thing is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if not self.has_view_or_change_permission(request, thing):
            raise PermissionDenied
        entries = LedgerEntry.objects.filter(about(thing)).order_by("-sequence")
        if before := asked_before(request):
            entries = entries.filter(sequence__lt=before)
        found = list(lines(entries[: PER_PAGE + 1]))
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            "admin/reforms/ledger_history.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": "Ledger history",
                "subtitle": describe(thing),
                "thing": thing,
                "address": page_of(thing),
                "media": self.media,
                "lines": found[:PER_PAGE],
                "newest": not before,
                "older": found[PER_PAGE - 1].entry.sequence if len(found) > PER_PAGE else None,
            },
        )


def is_recorded(thing: Any) -> bool:
    """Whether the ledger has anything to say of an object."""
    if isinstance(thing, PublicObject):
        return thing.public_since is not None
    return bool(thing.is_public)


def about(thing: models.Model) -> Q:
    """The condition for entries about an object."""
    if isinstance(thing, Promise):
        return finding.about_promises([thing.pk])
    return Q(object_type=records.type_of(thing), object_id=str(thing.pk))


def asked_before(request: HttpRequest) -> int | None:
    """The sequence below which the page begins, if one is given."""
    text = request.GET.get("before", "")
    if not text:
        return None
    if not (text.isdecimal() and text.isascii() and len(text) <= MOST_DIGITS):
        raise BadRequest("“before” is the number of an entry.")
    return int(text)


def lines(entries: "models.QuerySet[LedgerEntry]") -> Iterator[Line]:
    """The entries in their order, each compared with the one before it about the same object."""
    shown: list[Any] = list(finding.with_earlier(entries.select_related("payload")))
    earlier = LedgerPayload.objects.in_bulk([one.earlier for one in shown if one.earlier])
    for entry in shown:
        payload = ledger.payload_of(entry)
        last = earlier.get(entry.earlier)
        before = json.loads(last.body)["document"] if last else None
        after = payload["document"]
        found = records.compare(before, after) if before and after else []
        yield Line(
            entry=entry,
            address=page_of(entry),
            action=badge(EntryAction(entry.action)),
            about=below(link(page_of(object_of(entry)), entry.object_id), entry.object_type),
            summary=summary(entry.action, entry.object_type, payload, found),
            reason=payload["reason"],
            differences=[
                (one["field"], said(one["before"]), said(one["after"]))
                for one in found
                if one["field"] not in BESIDE
            ],
            redacted=not entry.payload.salt,
        )


def object_of(entry: LedgerEntry) -> models.Model:
    """What an entry is about, as far as its id tells."""
    return records.TYPES[entry.object_type](pk=entry.object_id)


def said(value: Any) -> str:
    """A value of a record document in words."""
    if value in (None, "", [], {}):
        return NOTHING
    if isinstance(value, dict):
        return "; ".join(f"{name}: {said(one)}" for name, one in value.items() if one)
    if isinstance(value, list):
        return ", ".join(map(said, value))
    return str(value)
