"""The objects around the promises: edits are followed by all that rests on them."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from reforms import workflow
from reforms.models import (
    Body,
    Organisation,
    Paragraph,
    Programme,
    Promise,
    Publisher,
    Reform,
    Source,
    Topic,
)
from reforms.workflow import Cited
from tests.admin.browser import Person, add, list_of, page_of
from tests.admin.conftest import Staff
from tests.fixtures import assert_no_drift, fresh, make_promise, make_update

PRINT = "fp1:" + "ab" * 32


def test_a_publishers_type_is_followed_by_every_verdict(staff: Staff, promise: Promise) -> None:
    make_update(promise, "implemented", citations=[Cited("daily-page")])
    assert fresh(promise).verification == "independent"
    daily = Publisher.objects.get(pk="daily")
    page = staff.curator.save(page_of(daily), type="state_media", reason="The state owns it.")
    assert page.complaints == []
    assert fresh(promise).verification == "official_claim"
    page = staff.curator.save(page_of(daily), country="XE", reason="It sits in XE.")
    assert fresh(promise).verification == "independent"
    assert_no_drift()


def test_a_bodys_name_is_found_by_search(staff: Staff) -> None:
    make_promise(1, bodies=[("court", "responsible")])
    court = Body.objects.get(pk="court")
    staff.curator.save(page_of(court), name_ru="Конституционный суд")
    assert len(staff.curator.get(list_of(Promise), q="конституционный").rows) == 1
    assert fresh(court).name == {
        "en": "Constitutional Court",
        "kk": "Конституциялық Сот",
        "ru": "Конституционный суд",
    }
    staff.curator.save(
        page_of(court), name_kk="  ", note_en="Founded.\r\nIn 2023.", reason="No such name."
    )
    assert fresh(court).name.keys() == {"en", "ru"}
    assert fresh(court).note == {"en": "Founded.\nIn 2023."}


def test_a_time_zone_stays_once_an_update_is_public(staff: Staff, promise: Promise) -> None:
    make_update(promise, "implemented")
    programme = Programme.objects.get(pk="demo2020")
    page = staff.curator.save(page_of(programme), time_zone="Asia/Almaty", reason="It was wrong.")
    (complaint,) = page.complaints
    assert "it stays Pacific/Kiritimati" in complaint
    assert fresh(programme).time_zone == "Pacific/Kiritimati"


CREATED: dict[type, dict[str, Any]] = {
    Topic: {"id": "parties", "name_en": "Parties"},
    Body: {"id": "mazhilis", "name_en": "Mazhilis", "successor": "senate"},
    Publisher: {
        "id": "herald",
        "name_en": "Herald",
        "aliases": "The Herald\r\n\r\nXD Herald",
        "type": "ngo",
        "country": "XD",
    },
    # Since organisations enrol, whoever adds one says whose it is, and that it takes the licence.
    Organisation: {
        "id": "beacon",
        "name_en": "Beacon",
        "affiliation_en": "Its members pay.",
        "url": "beacon.example",
        "accepts_licence": "on",
    },
    Source: {
        "id": "law-5",
        "title_kk": "Заң",
        "kind": "legal_act",
        "publisher": "gazette",
        "published": "2022-11",
    },
    Programme: {
        "id": "demo2022",
        "title_en": "Another address",
        "jurisdiction": "XD",
        "promisor_en": "The President",
        "announced": "2022",
        "time_zone": "Asia/Almaty",
        "lead_organisation": "editors",
        "licence": "CC-BY-4.0",
        "announced_by": ["blog-page"],
    },
}


@pytest.mark.parametrize("model", CREATED, ids=lambda model: model.__name__)
def test_everything_is_created(staff: Staff, model: Any) -> None:
    page = staff.curator.save(add(model), **CREATED[model])
    assert page.complaints == []
    thing = model._default_manager.get(pk=CREATED[model]["id"])
    assert LogEntry.objects.get().object_id == thing.pk
    assert "id" not in page.fields
    again = staff.curator.save(add(model), **CREATED[model])
    assert "already exists" in " ".join(again.complaints)
    match thing:
        case Publisher():
            assert thing.aliases == ["The Herald", "XD Herald"]
        case Source():
            assert str(thing.published) == "2022-11"
        case Programme():
            assert str(thing.announced) == "2022"
            assert fresh(Source(pk="blog-page")).public_since is not None
        case Organisation():
            assert thing.url == "https://beacon.example"


BAD = [
    (Topic, {"id": "Two Words"}, "is no id"),
    (Topic, {"name_en": ""}, "at least one language"),
    (Body, {"successor": "nobody"}, "not one of the available choices"),
    (Publisher, {"country": "kz"}, "two capital letters"),
    (Publisher, {"aliases": "Herald\nHerald"}, "“Herald” is listed twice"),
    (Publisher, {"type": "rumour"}, "not one of the available choices"),
    (Source, {"url": "gopher://old"}, "valid URL"),
    (Source, {"published": "05.11.2022"}, "“05.11.2022” is no date"),
    (Programme, {"id": "demo-2022"}, "is no programme id"),
    (Programme, {"time_zone": "Asia/Atlantis"}, "no time zone"),
    (Programme, {"announced": ""}, "required"),
]


@pytest.mark.parametrize(("model", "changes", "complaint"), BAD)
def test_bad_input_is_a_complaint(
    staff: Staff, model: Any, changes: dict[str, Any], complaint: str
) -> None:
    before = model._default_manager.count()
    page = staff.curator.save(add(model), **(CREATED[model] | changes))
    assert complaint in " ".join(page.complaints)
    assert model._default_manager.count() == before


BOUNDS = {
    "whole": (("demo2020-address", "3", f"9 {PRINT}"), ""),
    "none": (("", "", ""), ""),
    "half": (("demo2020-address", "3", ""), "none of the three"),
    "nowhere": (("nowhere", f"3 {PRINT}", f"9 {PRINT}"), "is no source"),
    "backwards": (("demo2020-address", f"9 {PRINT}", "3"), "stands after the last"),
    "several": (("demo2020-address", "3-4", "5"), "one paragraph each"),
    "not loaded": (("demo2020-address", "3", "11"), "¶11: no such paragraph"),
}


@pytest.mark.parametrize(("bounds", "complaint"), BOUNDS.values(), ids=BOUNDS)
def test_bounds_of_a_reform(staff: Staff, bounds: tuple[str, str, str], complaint: str) -> None:
    Paragraph.objects.create(
        source_id="demo2020-address", ordinal=3, fingerprint=PRINT, text="First."
    )
    reform = Reform.objects.get(pk="demo2020-1")
    parts = {f"bounds_{place}": value for place, value in enumerate(bounds)}
    page = staff.curator.save(page_of(reform), title_en="Courts", reason="Misheard.", **parts)
    if complaint:
        assert complaint in " ".join(page.complaints)
        assert fresh(reform).title == {"en": "Direction 1"}
        return
    assert page.complaints == []
    assert fresh(reform).title == {"en": "Courts"}
    expected = {
        "source": "demo2020-address",
        "first": {"ordinal": 3, "fingerprint": PRINT},
        "last": {"ordinal": 9, "fingerprint": PRINT},
    }
    assert fresh(reform).bounds == (expected if bounds[0] else None)
    assert staff.reviewer.get(page_of(reform)).status == 200


def test_members_are_chosen_by_curators(staff: Staff) -> None:
    beacon = Organisation.objects.create(id="beacon", name={"en": "Beacon"})
    page = staff.curator.save(page_of(beacon), members=[str(staff.boris.user.pk)])
    assert page.complaints == []
    assert list(beacon.members.all()) == [staff.boris.user]


def test_contributors_submit_sources_of_their_own(staff: Staff) -> None:
    assert "id" not in staff.anna.get(add(Source)).fields, "ids of what is private tell nothing"
    page = staff.anna.save(add(Source), **CREATED[Source])
    assert page.complaints == []
    source = Source.objects.get(submitted_by="lantern")
    assert re.fullmatch("s-[a-z0-9]{10}", source.pk)
    assert source.public_since is None
    staff.anna.save(page_of(source), title_en="Law 5")
    assert fresh(source).title == {"kk": "Заң", "en": "Law 5"}
    taken = staff.anna.save(add(Source), **CREATED[Source] | {"submitted_by": "compass"})
    assert "not one of the available choices" in " ".join(taken.complaints)
    make_update(make_promise(), "stalled", organisation="lantern", citations=[Cited(source.pk)])
    assert staff.anna.get(page_of(source)).fields.get("title_en") is None
    assert staff.anna.post(page_of(source), {"title_en": "Law 7"}).status == 403
    assert staff.anna.get(page_of(Source.objects.get(pk="daily-page"))).status == 200
    assert staff.anna.post(page_of(Source.objects.get(pk="daily-page")), {}).status == 403


def test_an_address_is_taken_by_what_one_may_see(staff: Staff, promise: Promise) -> None:
    """What another organisation holds in private is no obstacle, and nothing hints at it."""
    address = {"url": "https://example.org/report"}
    assert staff.boris.save(add(Source), **CREATED[Source] | address).complaints == []
    assert staff.anna.save(add(Source), **CREATED[Source] | address).complaints == []
    hers, his = (Source.objects.get(submitted_by=name) for name in ("lantern", "compass"))
    again = {"url": "http://www.example.org/report/"}
    taken = staff.anna.save(add(Source), **CREATED[Source] | again)
    assert taken.complaints == [f"it is the address of {hers} already: cite that one"]
    make_update(promise, "stalled", organisation="compass", citations=[Cited(his.pk)])
    page = staff.curator.save(add(Source), **CREATED[Source] | again)
    assert page.complaints == [f"it is the address of {his} already: cite that one"]


def test_who_submitted_it_is_known_to_reviewers_and_its_own(staff: Staff, promise: Promise) -> None:
    herald = Publisher(id="p-1", name={"en": "Herald"}, type="ngo", submitted_by_id="lantern")
    workflow.save(herald)
    source = Source(
        id="s-1", title={"en": "A"}, kind="news", publisher=herald, submitted_by_id="lantern"
    )
    workflow.save(source)
    make_update(promise, "stalled", organisation="lantern", citations=[Cited("s-1")])
    for thing in (source, herald):
        for person in (staff.curator, staff.reviewer, staff.anna):
            assert "lantern" in person.get(page_of(thing)).text.lower()
        page = staff.boris.get(page_of(thing))
        assert page.status == 200
        assert "lantern" not in page.text.lower()


# Deleting -----------------------------------------------------------------------------------------


def delete(person: Person, thing: Any) -> Any:
    return person.post(page_of(thing, "delete"), {"post": "yes"})


@pytest.mark.parametrize("bulk", [True, False], ids=["bulk", "single"])
def test_a_source_that_was_never_public_is_deleted(staff: Staff, bulk: bool) -> None:
    Paragraph.objects.create(source_id="league-page", ordinal=1, fingerprint=PRINT, text="A.")
    source = Source.objects.get(pk="league-page")
    for person in (staff.reviewer, staff.anna):
        assert delete(person, source).status == 403
        person.act("delete_unused", source)
    assert fresh(source)
    page = staff.curator.act("delete_unused", source) if bulk else delete(staff.curator, source)
    assert page.status == 200
    assert not Source.objects.filter(pk="league-page").exists()
    assert LogEntry.objects.get().object_id == "league-page"


@pytest.mark.parametrize("bulk", [True, False], ids=["bulk", "single"])
def test_a_private_source_that_something_uses_stays(
    staff: Staff, promise: Promise, bulk: bool
) -> None:
    make_update(promise, "stalled", citations=[Cited("league-page")], publish=False)
    source = Source.objects.get(pk="league-page")
    if bulk:
        [words] = staff.curator.act("delete_unused", source).results.values()
    else:
        [words] = delete(staff.curator, source).messages
    assert "is still used by update" in words
    assert fresh(source)
    assert not LogEntry.objects.exists()


def test_nothing_public_is_deleted(staff: Staff, promise: Promise) -> None:
    for model in (Topic, Body, Publisher, Organisation, Programme, Reform, Promise):
        thing: Any = model._default_manager.first()
        assert delete(staff.root, thing).status == 403
        staff.root.act("delete_selected", thing)
        staff.root.act("delete_unused", thing)
        assert fresh(thing)
    source = Source.objects.get(pk="demo2020-address")
    assert delete(staff.root, source).status == 403
    [words] = staff.root.act("delete_unused", source).results.values()
    assert words == "Refused: demo2020-address is part of the public record and is never deleted"
    assert fresh(source)


# Lists --------------------------------------------------------------------------------------------

LISTS = [
    (Source, "kind__exact=address", ["demo2020-address"]),
    (Source, "publisher__type__exact=party", ["unity-party-page"]),
    (Source, "text=loaded", ["daily-page"]),
    (Source, "q=unity", ["unity-party-page"]),
    (Source, "q=ADDRESS", ["demo2020-address"]),
    (Source, "publisher__id__exact=blog", ["blog-page"]),
    (Publisher, "type__exact=party", ["unity-party"]),
    (Publisher, "q=the+daily", ["daily"]),
    (Body, "q=сенат", ["senate"]),
    (Body, "q=Сенат", ["senate"]),
    (Body, "q=Сот", ["court"]),
    (Topic, "q=mon", ["money"]),
    (Reform, "programme__id__exact=far2021&numbered__exact=0", ["far2021-0"]),
    (Programme, "q=far", ["far2021"]),
    (Organisation, "q=LANTERN", ["lantern"]),
]


@pytest.mark.parametrize(("model", "query", "found"), LISTS)
def test_search_and_filters(staff: Staff, model: Any, query: str, found: list[str]) -> None:
    Publisher.objects.filter(pk="daily").update(aliases=["The Daily"])
    Paragraph.objects.create(source_id="daily-page", ordinal=1, fingerprint=PRINT, text="A.")
    rows = staff.curator.get(f"{list_of(model)}?{query}").rows
    assert [row.pk for row in rows] == found
