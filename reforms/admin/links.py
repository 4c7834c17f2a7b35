"""What is known of the addresses of sources: a column, filters, a section, and asking now."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reforms import link_health, roles
from reforms.admin.base import RecordAdmin
from reforms.admin.labels import NOTHING, badge, below, page_of
from reforms.links import LinkOutcome, Manners
from reforms.models import LinkCheck, Source

DEAD = format_html(
    '<span class="badge badge-dead" title="{}">Dead</span>',
    "readers find nothing there: it was bad several times, over several days",
)
# Somebody waits for the answer, and a thread of the service with them.
LONGEST_WAIT = 8
_UNDER_WAY = "reforms.link_check_under_way"


class LinkFilter(admin.SimpleListFilter):
    """Sources by what came of asking for their address."""

    title = "link"
    parameter_name = "link"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return [("dead", "Dead"), *LinkOutcome.choices(), ("unasked", "Never checked")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        match self.value():
            case "dead":
                return queryset.with_dead_links()
            case "unasked":
                return queryset.unasked()
            case word if word in LinkOutcome.values():
                return queryset.with_links(LinkOutcome(word))
        return queryset


class ArchivedFilter(admin.SimpleListFilter):
    """Sources of which a copy is known, or none."""

    title = "archived copy"
    parameter_name = "archived"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return [("yes", "Known"), ("no", "None")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        match self.value():
            case "yes":
                return queryset.archived()
            case "no":
                return queryset.unarchived()
        return queryset


class WithLinks(RecordAdmin):
    """Pages of sources: whether their addresses still lead somewhere."""

    # For tests, whose servers stand on this machine.
    manners: Manners | None = None

    class Media:
        css = {"all": ["reforms/links.css"]}

    @admin.display(description="Link")
    def link(self, source: Source) -> str:
        check = current(source)
        copy = "copy kept" if source.archived_url else ""
        if check is None:
            return below(NOTHING, copy) if copy else NOTHING
        return below(named(check), copy)

    @admin.display(description="Address")
    def link_report(self, source: Source) -> str:
        if not source.url:
            return "It has no address."
        check = current(source)
        asked = format_html("{}{}", outside(source.url), said(check))
        if not source.archived_url:
            return asked
        return format_html("{}<p>Archived copy: {}</p>", asked, outside(source.archived_url))

    def surroundings(self, request: Any, thing: Any) -> dict[str, Any]:
        may = self.may_ask(request) and thing.url and thing.withdrawn_at is None
        address = page_of(thing, "check_link") if may else ""
        return {**super().surroundings(request, thing), "check_link_address": address}

    # Asking now

    def may_ask(self, request: HttpRequest) -> bool:
        """For those who keep the record: others shall send this machine nowhere."""
        return roles.curates(request.user) and self.has_change_permission(request)

    def get_urls(self) -> Any:
        ask = path(
            "<path:object_id>/check-link/",
            self.admin_site.admin_view(self.check_link_view),
            name="reforms_source_check_link",
        )
        return [ask, *super().get_urls()]

    def check_link_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the address of one source, and show what came of it."""
        if not self.may_ask(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        source = self.get_object(request, unquote(object_id))
        if source is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        self.message_user(request, *self._ask(source))
        return HttpResponseRedirect(page_of(source))

    def _ask(self, source: Source) -> tuple[str, int]:
        """What to tell whoever asked; one is asked at a time, so that few threads wait."""
        if not source.url or source.withdrawn_at is not None:
            return "There is no address to ask for.", messages.WARNING
        if not cache.add(_UNDER_WAY, source.pk, timeout=2 * LONGEST_WAIT):
            return "Another check is under way. Try again in a moment.", messages.WARNING
        try:
            check = link_health.check(source, self.manners or link_health.hasty(LONGEST_WAIT))
        finally:
            cache.delete(_UNDER_WAY)
        if check is None:
            return "The address was corrected meanwhile. Check it again.", messages.WARNING
        found = LinkOutcome(check.outcome)
        told = f"{found.label}: {check.message or f'{found.meaning}.'}"
        return told, messages.SUCCESS if found == LinkOutcome.ALIVE else messages.WARNING


def current(source: Source) -> LinkCheck | None:
    """The last check of the address that the source has now."""
    check: LinkCheck | None = getattr(source, "link_check", None)
    return check if check is not None and check.url == source.url else None


def named(check: LinkCheck) -> SafeString:
    """The outcome as a badge."""
    return DEAD if check.dead else badge(LinkOutcome(check.outcome))


def said(check: LinkCheck | None) -> SafeString:
    """What came of asking, in a few lines."""
    if check is None:
        return format_html("<p>{}</p>", "Not checked yet.")
    outcome = LinkOutcome(check.outcome)
    words = check.message or f"{outcome.meaning.capitalize()}."
    text = format_html(
        "<p>{} {} <span class='when'>Checked on {} UTC.</span></p>",
        named(check),
        words,
        f"{check.checked_at:%Y-%m-%d %H:%M}",
    )
    if check.failing_since is not None:
        times = "once" if check.failures == 1 else f"{check.failures} times in a row"
        text += format_html("<p>Bad {}, since {}.</p>", times, f"{check.failing_since:%Y-%m-%d}")
    if check.leads_to:
        text += format_html("<p>It leads to {}</p>", outside(check.leads_to))
    return text


def outside(address: str) -> SafeString:
    """A link that leaves the admin."""
    return format_html(
        '<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>', address, address
    )
