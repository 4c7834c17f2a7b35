"""Lists stay quick at any size: counted, paged, filtered and searched within bounds."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from reforms.admin.counting import count_up_to
from reforms.admin.lists import TooLong, at_most
from reforms.models import (
    Citation,
    Organisation,
    Paragraph,
    Promise,
    Publisher,
    Reform,
    SeedRecord,
    Source,
    StatusUpdate,
)
from tests.admin.browser import Page, Person, add, list_of, page_of
from tests.admin.conftest import Staff
from tests.admin.test_pages import MODELS, fill
from tests.fixtures import make_promise, make_update

COUNT = re.compile(r"\bCOUNT\(", re.IGNORECASE)
# What is counted is a page's rows, or a subquery with a limit.
LIMITED = re.compile(r"COUNT\([^)]*\)[^(]*FROM \(SELECT .* LIMIT \d+\)", re.IGNORECASE | re.DOTALL)
CHOICES = [
    ("statusupdate", "promise", "court"),
    ("statusupdate", "organisation", "lan"),
    ("citation", "source", "page"),
    ("citation", "origin", "daily"),
    ("promise", "reform", "demo"),
    ("organisation", "members", "a"),
]


def asked_by(person: Person, address: str) -> list[str]:
    assert person.client.session  # signed in before anything is captured
    with CaptureQueriesContext(connection) as asked:
        assert person.get(address).status in (200, 403)
    return [one["sql"] for one in asked.captured_queries]


def unbounded(queries: list[str]) -> list[str]:
    """Counts that read as many rows as there are."""
    return [
        sql
        for sql in queries
        if COUNT.search(sql) and not LIMITED.search(sql) and " GROUP BY " not in sql
    ]


def offered(person: Person, model: Any) -> Iterator[str]:
    """The list with each choice that its filters offer, and in each order."""
    request: Any = RequestFactory().get(list_of(model))
    request.user = person.user
    model_admin = admin.site._registry[model]
    changelist = model_admin.get_changelist_instance(request)
    for spec in changelist.filter_specs:
        for choice in list(spec.choices(changelist))[:3]:  # type: ignore[arg-type]
            yield list_of(model) + choice["query_string"]
    for place in range(1, len(model_admin.get_list_display(request)) + 1):
        yield f"{list_of(model)}?o={place}"


@pytest.mark.parametrize("name", ["curator", "anna"])
def test_nothing_is_counted_to_its_end(staff: Staff, name: str) -> None:
    fill(2)
    person: Person = getattr(staff, name)
    addresses = ["/admin/"]
    for model in [*MODELS, User]:
        addresses += [list_of(model), add(model)]
        addresses += [f"{list_of(model)}?q={words}" for words in ("court", "demo2020-1-1", "%22a")]
        addresses += [f"{list_of(model)}?_facets=True"]
        things = admin.site._registry[model].get_queryset(requested_by(person))
        addresses += [page_of(thing) for thing in things[:1]]
        if person.get(list_of(model)).status == 200:
            addresses += offered(person, model)
    addresses += [
        f"/admin/autocomplete/?app_label=reforms&model_name={model}&field_name={field}&term={term}"
        for model, field, term in CHOICES
    ]
    found = {address: unbounded(asked_by(person, address)) for address in addresses}
    assert {address: queries for address, queries in found.items() if queries} == {}


def requested_by(person: Person) -> Any:
    request: Any = RequestFactory().get("/admin/")
    request.user = person.user
    return request


def test_the_check_knows_a_count_without_a_bound(staff: Staff) -> None:
    with CaptureQueriesContext(connection) as asked:
        Promise.objects.count()
        count_up_to(Promise.objects.all(), 5)
    assert len(unbounded([one["sql"] for one in asked.captured_queries])) == 1


# Beyond the bound ---------------------------------------------------------------------------------


@pytest.fixture
def bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of 2 rows a page that count up to 4, and actions on 2 rows."""
    monkeypatch.setattr("reforms.admin.counting.CappedPaginator.most", 4)
    monkeypatch.setattr("reforms.admin.base.RecordAdmin.list_per_page", 2)
    monkeypatch.setattr("reforms.admin.base.RecordAdmin.list_max_show_all", 2)
    monkeypatch.setattr("reforms.admin.batches.LIMIT", 2)


def paging(page: Page) -> str:
    """What stands below a list, in words."""
    below = page.text.split('<p class="paginator">')[1].split("</p>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", below).split())


@pytest.mark.usefixtures("bounded")
def test_a_list_says_that_there_is_more(staff: Staff) -> None:
    for _ in range(4):
        make_promise(Promise.objects.count() + 1)
    exact = staff.curator.get(list_of(Promise))
    assert paging(exact) == "1 2 4 promises"
    make_promise(5)
    page = staff.curator.get(list_of(Promise))
    more = "4+ promises, of which the first 4 are listed: filter or search to find others"
    assert paging(page) == f"1 2 {more}"
    assert "4+ results" in staff.curator.get(list_of(Promise), q="demo2020").text
    assert [one.pk for one in staff.curator.get(list_of(Promise), p=2).rows] == [
        "demo2020-1-3",
        "demo2020-1-4",
    ]
    beyond = staff.curator.get(list_of(Promise), p=3).response
    assert (beyond.status_code, beyond.url) == (302, f"{list_of(Promise)}?e=1")


@pytest.mark.usefixtures("bounded")
def test_no_more_rows_are_offered_at_once_than_an_action_takes(
    staff: Staff, promise: Promise
) -> None:
    updates = [make_update(promise, "stalled", publish=False) for _ in range(3)]
    address = f"{list_of(StatusUpdate)}?state=submitted"
    assert "Select all 3" not in staff.reviewer.get(address).text
    across = {
        "action": "publish",
        "select_across": "1",
        "_selected_action": [updates[0].pk],
    }
    page = staff.reviewer.post(address, across)
    assert page.messages == ["Select at most 2 rows; nothing was changed."]


def test_what_an_action_takes_is_offered_at_once(
    staff: Staff, promise: Promise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reforms.admin.base.RecordAdmin.list_per_page", 2)
    for _ in range(3):
        make_update(promise, "stalled", publish=False)
    assert "Select all 3" in staff.reviewer.get(list_of(StatusUpdate)).text


def test_a_source_with_many_citations_is_counted_as_far_as_it_matters(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reforms.admin.source_uses.MOST_COUNTED", 2)
    promises = [make_promise(number) for number in (1, 2, 3)]
    for one in promises:
        make_update(one, "stalled")
    source = Citation.objects.filter(update__promise=promises[0]).get().source
    page = staff.curator.get(list_of(Source), q=source.pk)
    assert re.findall(r'field-promises">([^<]*)<', page.text) == ["2+"]
    assert "2+" in staff.curator.get(page_of(source)).text


def test_orders_that_no_index_bears_are_not_taken_from_an_address(
    staff: Staff, promise: Promise
) -> None:
    late = make_update(promise, "stalled", "2022-01", publish=False)
    early = make_update(promise, "stalled", "2020-01", publish=False)
    by_effect = {"o": "2"}
    assert staff.reviewer.get(list_of(StatusUpdate), **by_effect).rows == [early, late]
    everything = staff.reviewer.get(list_of(StatusUpdate), state="all", **by_effect).rows
    assert everything == [early, late]  # the newest first, as without
    assert staff.reviewer.get(list_of(StatusUpdate), state="all", o="4").rows == [late, early]


# Filters ------------------------------------------------------------------------------------------


def test_a_filter_with_too_many_choices_is_typed(
    staff: Staff, promise: Promise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reforms.admin.narrowing.MOST_CHOICES", 1)
    update = make_update(promise, "stalled", organisation="lantern")
    make_update(promise, "stalled")
    page = staff.curator.get(list_of(StatusUpdate), state="all")
    assert '<option value="lantern">' in page.text
    assert '<input type="hidden" name="state" value="all">' in page.text
    chosen = f"{list_of(StatusUpdate)}?state=all&organisation__id__exact=lantern"
    page = staff.curator.get(chosen)
    assert page.rows == [update]
    assert "lantern · " in page.text.split('class="selected"', 1)[1]
    assert staff.curator.get(chosen.replace("lantern", "nobody")).rows == []


def test_reforms_are_offered_of_the_programme_that_was_chosen(staff: Staff) -> None:
    offers = staff.curator.get(list_of(Promise), programme__id__exact="far2021").text
    assert "?programme__id__exact=far2021&amp;reform__id__exact=far2021-1" in offers
    assert "reform__id__exact=demo2020-1" not in offers


def test_each_language_is_found(staff: Staff) -> None:
    sources = {one.pk for one in Source.objects.all()}
    Source.objects.update(language="")
    for key, language in zip(sorted(sources)[:3], ("ru", "de", "en"), strict=True):
        Source.objects.filter(pk=key).update(language=language)
    found = {
        choice: {one.pk for one in staff.curator.get(list_of(Source), language=choice).rows}
        for choice in ("ru", "en", "other", "none")
    }
    ru, de, en = sorted(sources)[:3]
    assert found == {"ru": {ru}, "en": {en}, "other": {de}, "none": sources - {ru, de, en}}


# Searches -----------------------------------------------------------------------------------------


def test_updates_are_found_by_what_they_are_about(staff: Staff, promise: Promise) -> None:
    other = make_promise(12, bodies=[("court", "responsible")])
    noted = make_update(promise, "stalled", note={"en": "The bridge stands.", "ru": "Мост стоит."})
    plain = make_update(promise, "implemented", organisation="lantern", external_id="L-1")
    waiting = make_update(other, "stalled", note={"ru": "Мост ждёт."}, publish=False)
    far = make_update(make_promise(1, reform="far2021-1"), "stalled", publish=False)

    def found(words: str, person: Person = staff.reviewer, state: str = "all") -> set[Any]:
        return {one.pk for one in person.get(list_of(StatusUpdate), state=state, q=words).rows}

    expected: dict[str, set[StatusUpdate]] = {
        str(noted.pk): {noted},
        "DEMO2020-1-12": {waiting},
        "demo2020-1": {noted, plain, waiting},
        "far2021-1": {far},
        "lantern": {plain},
        "L-1": {plain},
        "bridge": {noted},
        '"bridge stands"': {noted},
        '"bridge waits"': set(),
        "мост": {noted, waiting},
        "Мост стоит": {noted},
        "court": {waiting},  # the body of the promise
        "court мост": set(),  # not in one and the same
        "demo2020-1-99": set(),
        "far2021-77": set(),
        '"never closed': set(),
        "!!!": set(),
    }
    assert {words: found(words) for words in expected} == {
        words: {one.pk for one in updates} for words, updates in expected.items()
    }
    assert found("мост", state="submitted") == {waiting.pk}
    assert found("мост", staff.boris) == {noted.pk}  # what waits is not theirs
    assert found("L-1", staff.boris) == set()


def test_common_words_are_found_by_walking_the_list(
    staff: Staff, promise: Promise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reforms.admin.finding.among.__defaults__", (0,))
    update = make_update(promise, "stalled", note={"en": "The bridge stands."})
    waiting = make_update(promise, "stalled", note={"en": "A bridge."}, publish=False)
    make_update(make_promise(2), "stalled")
    rows = staff.reviewer.get(list_of(StatusUpdate), state="all", q="bridge").rows
    assert rows == [waiting, update]
    assert staff.reviewer.get(list_of(Promise), q="bridge").rows == [promise]
    citations = staff.reviewer.get(list_of(Citation), q=promise.pk).rows
    assert {one.update_id for one in citations} == {update.pk, waiting.pk}


def test_citations_are_found_by_ids_alone(staff: Staff, promise: Promise) -> None:
    update = make_update(promise, "stalled")
    citation = update.citations.get()

    def found(words: str) -> list[Any]:
        return list(staff.curator.get(list_of(Citation), q=words).rows)

    for words in (promise.pk, citation.source_id, citation.origin_id.upper()):
        assert citation in found(words)
    assert found("demo2020-1-99") == found("stands") == []


def test_words_are_looked_for_in_the_text_of_one_source(staff: Staff) -> None:
    for source, text in (("daily-page", "A bridge."), ("watch-page", "A bridge, too.")):
        Paragraph.objects.create(source_id=source, ordinal=1, fingerprint="fp1:0", text=text)
    address = list_of(Paragraph)
    assert [one.source_id for one in staff.curator.get(address, q="DAILY-page").rows] == [
        "daily-page"
    ]
    assert staff.curator.get(address, q="bridge").rows == []
    inside = staff.curator.get(f"{address}?source__id__exact=watch-page&q=bridge").rows
    assert [one.source_id for one in inside] == ["watch-page"]


def test_seed_records_are_found_by_type_and_id(staff: Staff) -> None:
    for kind in ("body", "promise"):
        SeedRecord.objects.create(
            object_type=kind, object_id="a-1", content={}, loaded_at="2022-01-01T00:00Z"
        )
    rows = staff.curator.get(list_of(SeedRecord), q="a-1").rows
    assert [one.object_type for one in rows] == ["body", "promise"]
    assert len(staff.curator.get(list_of(SeedRecord), object_type="body").rows) == 1


# In time ------------------------------------------------------------------------------------------


def test_a_list_that_takes_too_long_says_how_to_narrow_it(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: Any) -> None:
        raise TooLong("Nothing was found within 10 s")

    monkeypatch.setattr("reforms.admin.promise.PromiseAdmin.complete", stop)
    page = staff.curator.get(list_of(Promise))
    assert page.status == 503
    assert "Narrow the list" in page.text
    assert staff.curator.get(list_of(Reform)).status == 200


def test_postgresql_stops_a_query_in_time(cast: None) -> None:
    if connection.vendor == "postgresql":
        with pytest.raises(TooLong), at_most(0.05), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
    with at_most(5):
        assert Publisher.objects.exists()
    with pytest.raises(OperationalError), at_most(5):
        raise OperationalError("something else")


def test_counts_are_read_up_to_a_bound(cast: None) -> None:
    number = Organisation.objects.count()
    assert count_up_to(Organisation.objects.all(), number) == str(number)
    assert count_up_to(Organisation.objects.all(), number - 1) == f"{number - 1}+"
