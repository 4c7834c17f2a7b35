"""Every page of every model opens for whom it is meant, in a bounded number of queries."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from reforms import keys, sheets, webhooks, workflow
from reforms.models import (
    Body,
    Citation,
    ErrorReport,
    Import,
    Key,
    LedgerEntry,
    Organisation,
    Paragraph,
    Programme,
    Promise,
    ProposedReply,
    PublicObject,
    Publisher,
    Reform,
    Reply,
    SeedRecord,
    Source,
    StatusUpdate,
    Topic,
    Webhook,
    WebhookAttempt,
)
from reforms.workflow import Cited
from tests.admin.browser import Page, Person, add, list_of, page_of
from tests.admin.conftest import Staff
from tests.fixtures import make_promise, make_reply, make_report, make_update, propose_reply

MODELS = [
    Body,
    Citation,
    ErrorReport,
    Import,
    Key,
    LedgerEntry,
    Organisation,
    Paragraph,
    Programme,
    Promise,
    ProposedReply,
    Publisher,
    Reform,
    Reply,
    SeedRecord,
    Source,
    StatusUpdate,
    Topic,
    Webhook,
]
LETTERS = {ErrorReport, ProposedReply}
SHOWN = {Citation, Import, LedgerEntry, Paragraph, SeedRecord, Webhook, *LETTERS}
PUBLIC = {model for model in MODELS if issubclass(model, PublicObject)}
PEOPLE = ["root", "curator", "reviewer", "anna", "stranger"]
PRINT = "fp1:" + "ab" * 32
MOST_QUERIES = 20


def fill(number: int) -> None:
    """Rows enough that a query for each of them would show."""
    for _ in range(number):
        make_promise(
            Promise.objects.filter(reform="demo2020-1").count() + 1,
            bodies=[("court", "responsible"), ("senate", "affected")],
            topics=["courts"],
            deadline="2022",
        )
    promise = Promise.objects.order_by("position")[0]
    for place in range(number):
        cited = [
            Cited(source, paragraphs=[{"ordinal": 1, "fingerprint": PRINT}])
            for source in ("daily-page", "watch-page", "blog-page")[: 1 + place % 3]
        ]
        make_update(promise, "in_progress", f"2021-{1 + place % 12:02}", citations=cited)
        make_update(promise, "stalled", "2022", organisation="lantern", publish=False)
        make_reply(promise)
        page = f"/promises/{promise.pk}/"
        about = {"object_type": "promise", "object_id": promise.pk}
        make_report(page, wrong=f"Wrong {ErrorReport.objects.count()}", **about)
        propose_reply(promise, text=f"Reply {ProposedReply.objects.count()}")
    for source in Source.objects.all():
        start = source.paragraphs.count()
        Paragraph.objects.bulk_create(
            Paragraph(source=source, ordinal=start + one, fingerprint=PRINT, text="A rule.")
            for one in range(1, number + 1)
        )
    lantern = Organisation.objects.get(pk="lantern")
    workflow.accept_licence(lantern)
    for place in range(number):
        keys.issue(lantern, f"Script {place}", ["submit"])
    for place in range(number):
        hook, _ = webhooks.subscribe(
            lantern, name=f"Newsroom {place}", url="https://x.example/", origin="https://t.example"
        )
        WebhookAttempt.objects.bulk_create(
            WebhookAttempt(
                webhook=one,
                message="entry_1",
                type="update.publish",
                sequence=1,
                number=1,
                at=hook.created_at,
                milliseconds=20,
                outcome="refused",
            )
            for one in Webhook.objects.all()
        )
    anna = User.objects.get(username="anna")  # whoever opens the pages may see hers, or none
    for _ in range(number):
        # What is wrong with this one is shown; another one of the same name would replace it.
        sheets.take_in("updates", f"{Import.objects.count()}.csv", b"id\nnonsense", anna, lantern)
    start = SeedRecord.objects.count()
    SeedRecord.objects.bulk_create(
        SeedRecord(
            object_type="body",
            object_id=f"{start + one}",
            content={},
            loaded_at="2022-01-01T00:00Z",
        )
        for one in range(number)
    )


def queries(person: Person, address: str) -> tuple[Page, int]:
    assert person.client.session  # signed in before anything is counted
    ContentType.objects.clear_cache()
    with CaptureQueriesContext(connection) as asked:
        page = person.get(address)
    return page, len(asked)


def expected(person: str, model: type[models.Model], page: str) -> int:
    """Who may open what: 200 or 403."""
    may = {
        "root": True,
        "curator": True,
        "reviewer": page in ("list", "change", "ledger")
        and model not in (Import, Key, SeedRecord, Webhook, *LETTERS),
        "anna": (
            page in ("list", "change", "ledger")
            and model not in (Key, Paragraph, SeedRecord, Webhook, *LETTERS)
        )
        or (page == "add" and model in (Source, StatusUpdate)),
        "stranger": False,
    }[person]
    if page == "add" and model in SHOWN:
        may = False
    # Of what was public once, nothing is deleted.
    if page == "delete":
        may = model in LETTERS and person in ("root", "curator")
    return 200 if may else 403


@pytest.mark.parametrize("name", PEOPLE)
def test_every_page_opens_for_whom_it_is_meant(staff: Staff, name: str) -> None:
    fill(2)
    person: Person = getattr(staff, name)
    for model in MODELS:
        thing = model._default_manager.filter(**shown_to_all(model)).first()
        assert thing is not None
        addresses = {
            "list": list_of(model),
            "add": add(model),
            "change": page_of(thing),
            "delete": page_of(thing, "delete"),
        }
        if model in PUBLIC:
            addresses["withdraw"] = page_of(thing, "withdraw")
        if model in PUBLIC | {StatusUpdate}:
            addresses["ledger"] = page_of(thing, "ledger")
        for page, address in addresses.items():
            answer = person.get(address)
            assert (address, answer.status) == (address, expected(name, model, page))


def shown_to_all(model: type[models.Model]) -> dict[str, Any]:
    if model is StatusUpdate:
        return {"review_state": "published"}
    if model is Source:
        return {"public_since__isnull": False}
    if model is Paragraph:
        return {"source__public_since__isnull": False}
    if model is Citation:
        return {"update__review_state": "published"}
    return {}


def test_all_models_are_registered() -> None:
    assert {model for model in admin.site._registry if model._meta.app_label == "reforms"} == set(
        MODELS
    )


@pytest.mark.parametrize("name", ["root", "curator", "anna"])
def test_queries_do_not_grow_with_the_rows(staff: Staff, name: str) -> None:
    person: Person = getattr(staff, name)
    fill(2)
    pages = [
        address
        for model in MODELS
        for thing in [model._default_manager.filter(**shown_to_all(model)).order_by("pk").first()]
        for address in (list_of(model), page_of(thing), add(model))  # type: ignore[arg-type]
    ]
    pages += [
        page_of(Promise.objects.order_by("position")[0]),
        list_of(StatusUpdate) + "?state=all",
    ]
    before = {address: queries(person, address)[1] for address in pages}
    fill(5)
    after = {address: queries(person, address)[1] for address in pages}
    assert after == before
    assert max(after.values()) <= MOST_QUERIES


def test_a_form_with_many_citations_asks_no_more(staff: Staff) -> None:
    promise = make_promise()
    few = make_update(promise, "stalled", citations=[Cited("daily-page")], publish=False)
    many = make_update(
        promise,
        "stalled",
        citations=[Cited(f"{name}-page") for name in ("daily", "watch", "blog", "league")],
        publish=False,
    )
    _, for_few = queries(staff.curator, page_of(few))
    page, for_many = queries(staff.curator, page_of(many))
    assert for_many == for_few
    assert page.fields["citations-3-source"] == ["league-page"]


def test_the_lists_stand_in_the_order_of_their_use(staff: Staff) -> None:
    apps = admin.site.get_app_list(staff.root.get("/admin/").response.wsgi_request)
    assert apps[0]["app_label"] == "reforms"
    assert [one["object_name"] for one in apps[0]["models"]][:3] == [
        "StatusUpdate",
        "Promise",
        "Source",
    ]
    assert "Reform tracker" in staff.root.get("/admin/").text


NONSENSE = [
    (list_of(Promise) + "?q=%00", 200),
    (list_of(Promise) + "?q=" + "x" * 500, 200),
    (list_of(Promise) + "?status__exact=%00", 400),
    (list_of(Promise) + "?staus=implemented", 400),
    (list_of(Promise) + "?reform__title__en=x", 400),
    (list_of(Source) + "?q=%00", 200),
    (list_of(StatusUpdate) + "?state=nonsense", 200),
    (list_of(StatusUpdate) + "?effective_on__year=x", 302),
    (add(Promise) + "?reform=nonsense", 200),
    (add(Promise) + "?reform=%00&title_en=%00", 200),
    (add(StatusUpdate) + "?promise=nonsense", 200),
    ("/admin/reforms/promise/%00/change/", 302),
    ("/admin/reforms/statusupdate/nonsense/change/", 302),
    ("/admin/reforms/statusupdate/nonsense/publish/", 302),
    ("/admin/reforms/statusupdate/12345678-1234-5678-1234-567812345678/publish/", 404),
    ("/admin/autocomplete/?app_label=reforms&model_name=citation&field_name=source&term=%00", 200),
    ("/admin/autocomplete/?app_label=reforms&model_name=citation&field_name=promise&term=%00", 200),
]


@pytest.mark.parametrize(("address", "status"), NONSENSE)
def test_nonsense_is_no_accident(staff: Staff, promise: Promise, address: str, status: int) -> None:
    assert staff.curator.get(address).status == status
