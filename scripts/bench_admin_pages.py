"""The pages of the admin that `bench_admin.py` opens, for each role."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

ROLES = ("curator", "reviewer", "contributor")
WORDS = {
    "Promise": ["senate", "99999", "bench1-1", "bench1-1-1", '"about harbour"', "nowhere"],
    "StatusUpdate": ["senate", "99999", "bench1-1-1", "bench1-1", "watch-7", "own-1200", "bridge"],
    "Source": ["source-77", "Source 777", "https://example.org/777", "nowhere"],
    "Citation": ["bench1-1-1", "bench1-1", "source-1", "source-77", "publisher-7", "nowhere"],
    "Paragraph": ["source-77", "nowhere"],
    "Reform": ["Small reform 7", "bench1-1"],
    "Programme": ["small7"],
    "Publisher": ["Outlet 77", "издание"],
    "Body": ["Body 7"],
    "Topic": ["topic 7"],
    "Organisation": ["watch-7", "Watchdog"],
    "Key": ["Script 77", "watch-7"],
    "LedgerEntry": ["bench1-1-1", "20", "nowhere"],
    "SeedRecord": ["bench1-1-1", "nowhere"],
    "User": ["person77"],
}
FILTERS = {
    # Beside what the side of each list offers: several at once, and what hardly anything matches.
    "Promise": [
        "programme__id__exact=bench3&status__exact=reversed",
        "programme__id__exact=small7",
        "timeliness=late",
        "reform__id__exact=bench1-1&contested__exact=1",
        "deadline_on__year=1999",
        "q=senate&status__exact=stalled",
        "quiet=365",
        "p=200",
    ],
    "StatusUpdate": [
        "state=all&promise__id__exact=bench1-1-1",
        "state=all&promise__programme__id__exact=bench3",
        "state=all&promise__programme__id__exact=small7",
        "state=all&status__exact=reversed",
        "state=all&organisation__id__exact=watch-7",
        "state=published&organisation__id__exact=org-2&status__exact=stalled",
        "state=all&effective_on__year=2023",
        "state=all&effective_on__year=1999",
        "state=all&q=senate",
        "state=all&q=99999",
        "state=all&q=bridge",
        "state=published&q=nowhere",
        "state=all&p=200",
        "state=all&o=4",
        "state=submitted&o=1",
    ],
    "Source": [
        "publisher__id__exact=publisher-7",
        "public_since__isempty=1",
        "text=loaded&language=ru",
        "published_on__year=1999",
        "link=dead",
        "archived=no",
        "o=-3",
        "p=200",
    ],
    "Citation": [
        "source__id__exact=source-1",
        "stance__exact=disputes&basis__exact=relays",
        "p=200",
    ],
    "Paragraph": ["source__id__exact=source-7&q=sentence"],
}
CHOICES = {
    # model and field of the choice: what is typed
    ("statusupdate", "promise"): ["", "senate", "bench1-1"],
    ("statusupdate", "organisation"): ["", "watch-7"],
    ("citation", "source"): ["", "source-77", "Private"],
    ("citation", "origin"): ["", "Outlet 7"],
    ("promise", "reform"): ["", "bench1-1", "Small"],
    ("promise", "topics"): ["", "topic"],
    ("promisebody", "body"): ["", "Body 7"],
    ("promiserelation", "to"): ["", "harbour"],
    ("reform", "programme"): ["", "small"],
    ("organisation", "members"): ["", "person77"],
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page to be opened; with `data` it is sent, as a list's action is."""

    kind: str
    name: str
    address: str
    data: dict[str, Any] = field(default_factory=dict)


def pages_for(role: str) -> tuple[Any, list[Page]]:
    """Somebody of that role, signed in, and every page that is theirs."""
    from django.contrib import admin
    from django.contrib.auth.models import Group, User
    from django.core.management import call_command
    from django.test import Client, RequestFactory

    from reforms.models import Organisation

    if not Group.objects.exists():
        call_command("loaddata", "roles", verbosity=0)
    user, _ = User.objects.get_or_create(username=f"bench-{role}", is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    for organisation in Organisation.objects.filter(pk="watch-7"):
        organisation.members.add(user)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    request: Any = RequestFactory().get("/admin/")
    request.user = user
    pages = [Page("home", "home", "/admin/")]
    for model, model_admin in admin.site._registry.items():
        if model_admin.has_view_permission(request):
            pages += of_model(request, model, model_admin)
    pages += choices(request)
    pages += of_the_queue(user)
    return client, pages


def of_the_queue(user: Any) -> Iterator[Page]:
    """The screen of what has waited longest, and of something in the middle of the queue."""
    from reforms import roles
    from reforms.models import StatusUpdate

    if not roles.reviews(user):
        return
    waiting = StatusUpdate.objects.waiting_for(user)
    for name, update in (("oldest", waiting.first()), ("middle", waiting[2500:2501].first())):
        if update is not None:
            address = f"/admin/reforms/statusupdate/{update.pk}/review/"
            yield Page("review", f"queue, {name}", address)


def of_model(request: Any, model: Any, model_admin: Any) -> Iterator[Page]:
    """A list with all its filters, searches and orders; an action; the forms."""
    from django.urls import reverse

    name = model.__name__
    base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    address = reverse(f"{base}_changelist")
    yield Page("list", name, address)
    for query in [*offered(request, model_admin, address), *FILTERS.get(name, [])]:
        yield Page("filter", f"{name} ?{query}", f"{address}?{query}")
    for words in WORDS.get(name, []):
        yield Page("search", f"{name} ?q={words}", f"{address}?{urlencoded(q=words)}")
    # The pages of accounts are Django's own: who did what to them is for superusers.
    may_see_history = getattr(model_admin, "may_see_history", lambda *_: False)
    for things in examples(request, model, model_admin):
        for page in ("change", "history", "ledger"):
            if page != "ledger" or hasattr(model_admin, "ledger_view"):
                if page == "history" and not may_see_history(request, things):
                    continue
                yield Page(
                    "form" if page == "change" else page,
                    f"{name} {things.pk} {page}",
                    reverse(f"{base}_{page}", args=[things.pk]),
                )
    if model_admin.has_add_permission(request):
        yield Page("form", f"{name} add", reverse(f"{base}_add"))
    actions = list(model_admin.get_actions(request))
    if actions:
        keys = [str(one.pk) for one in model_admin.get_queryset(request)[:50]]
        data = {"action": actions[0], "_selected_action": keys, "index": "0"}
        yield Page("action", f"{name} {actions[0]}", address, data)


def offered(request: Any, model_admin: Any, address: str) -> Iterator[str]:
    """The first two choices and the last one of each filter, and each order."""
    from django.test import RequestFactory

    asked: Any = RequestFactory().get(address)
    asked.user = request.user
    changelist = model_admin.get_changelist_instance(asked)
    for spec in changelist.filter_specs:
        found = [one["query_string"].lstrip("?") for one in spec.choices(changelist)]
        yield from dict.fromkeys(one for one in (found[1:3] + found[-1:]) if one)
    sortable = model_admin.get_sortable_by(asked)
    for place, column in enumerate(model_admin.get_list_display(asked), start=1):
        if column in sortable and changelist.get_ordering_field(column):
            yield f"o={place}"
            yield f"o=-{place}"


def examples(request: Any, model: Any, model_admin: Any) -> list[Any]:
    """Objects whose pages are opened: one that stands in the middle, and what is used the most."""
    things = model_admin.get_queryset(request)
    used = {"Source": ["source-1"], "Publisher": ["publisher-1"], "Promise": ["bench1-1-1"]}
    found = list(things.filter(pk__in=used.get(model.__name__, [])))
    if model.__name__ == "StatusUpdate":
        found += things.filter(review_state="published", promise="bench1-1-1")[:1]
        found += things.filter(review_state="submitted").order_by("submitted_at")[:1]
    if model.__name__ == "Organisation":
        found += things.filter(pk__in=["org-1", "watch-7"])
    return found or list(things[:1])


def choices(request: Any) -> Iterator[Page]:
    """What is offered while somebody types."""
    from django.apps import apps
    from django.contrib import admin

    for (model, name), typed in CHOICES.items():
        related = apps.get_model("reforms", model)._meta.get_field(name).remote_field.model
        if not admin.site._registry[related].has_view_permission(request):
            continue
        for term in typed:
            query = urlencoded(app_label="reforms", model_name=model, field_name=name, term=term)
            yield Page("autocomplete", f"{model}.{name}: {term}", f"/admin/autocomplete/?{query}")


def urlencoded(**query: str) -> str:
    """A query as it stands in an address."""
    from urllib.parse import urlencode

    return urlencode(query)
