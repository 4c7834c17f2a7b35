import json
from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reforms import ledger, records
from reforms.admin.base import ReadOnlyAdmin
from reforms.admin.counting import CappedPaginator
from reforms.admin.filters import ObjectTypeFilter
from reforms.admin.history import MOST_DIGITS, lines, object_of
from reforms.admin.labels import NOTHING, badge, below, link, page_of
from reforms.ledger import chain
from reforms.models import LedgerEntry
from reforms.vocabulary import EntryAction

MOST = 1000


class NewestPaginator(CappedPaginator):
    """Pages of the first rows alone: a ledger of millions is never counted."""

    @property
    def most(self) -> int:  # type: ignore[override]
        return MOST


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """Every public change, newest first. Nobody writes here; the database refuses it as well."""

    list_display = ["number", "done", "about", "actor_label", "why"]
    list_display_links = ["number"]
    list_select_related = ["payload"]
    list_filter = ["action", ObjectTypeFilter]
    # `get_search_results` asks the index by object; the name here shows the field.
    search_fields = ["object_id"]
    search_help_text = (
        "The id of an object; or the number of an entry, for it and the older ones."
        f" At most {MOST} are listed."
    )
    ordering = ["-sequence"]
    sortable_by = ()
    paginator = NewestPaginator
    fieldsets = [
        (None, {"fields": ["number", "recorded", "done", "about", "actor_label", "why"]}),
        ("Payload", {"fields": ["document", "more"]}),
        ("Chain", {"fields": ["commitment", "holds", "previous", "hash"]}),
    ]

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        term = search_term.replace("\x00", "").strip().lower()
        if not term:
            return queryset, False
        if term.isdecimal() and term.isascii() and len(term) <= MOST_DIGITS:
            return queryset.filter(sequence__lte=int(term)), False
        # With the types named, the index by object finds it.
        return queryset.filter(object_type__in=list(records.TYPES), object_id=term), False

    def surroundings(self, request: Any, thing: LedgerEntry) -> dict[str, Any]:
        this = LedgerEntry.objects.filter(pk=thing.pk)
        near = LedgerEntry.objects.filter(pk__in=[thing.pk - 1, thing.pk + 1]).order_by("pk")
        return {
            "line": next(lines(this)),
            "neighbours": [(one, page_of(one)) for one in near.only("pk")],
        }

    def may_see_history(self, request: Any, obj: Any) -> bool:
        return False  # it has none

    @admin.display(description="Entry")
    def number(self, entry: LedgerEntry) -> str:
        return below(entry.sequence, f"{entry.recorded_at:%Y-%m-%d %H:%M}")

    @admin.display(description="Recorded at")
    def recorded(self, entry: LedgerEntry) -> str:
        return chain.timestamp(entry.recorded_at)

    @admin.display(description="Action")
    def done(self, entry: LedgerEntry) -> str:
        return badge(EntryAction(entry.action))

    @admin.display(description="About")
    def about(self, entry: LedgerEntry) -> str:
        return below(link(page_of(object_of(entry)), entry.object_id), entry.object_type)

    @admin.display(description="By")
    def actor_label(self, entry: LedgerEntry) -> str:
        return entry.actor

    @admin.display(description="Reason")
    def why(self, entry: LedgerEntry) -> str:
        return ledger.payload_of(entry)["reason"] or NOTHING

    @admin.display(description="Record document")
    def document(self, entry: LedgerEntry) -> str:
        return pretty(ledger.payload_of(entry)["document"])

    @admin.display(description="Besides")
    def more(self, entry: LedgerEntry) -> str:
        payload = ledger.payload_of(entry)
        return pretty({name: payload[name] for name in payload.keys() - {"document", "reason"}})

    @admin.display(description="Payload and commitment")
    def holds(self, entry: LedgerEntry) -> str:
        payload = entry.payload
        if not payload.salt:
            return "Redacted: the payload is no longer what was committed to, and says where."
        if chain.commitment(payload.salt, payload.body) == entry.commitment:
            return "The payload is what was committed to."
        return "The payload is NOT what was committed to: it was changed behind the ledger’s back."


def pretty(value: Any) -> SafeString | str:
    """JSON as people read it."""
    if not value:
        return NOTHING
    return format_html(
        '<pre class="document">{}</pre>', json.dumps(value, ensure_ascii=False, indent=2)
    )
