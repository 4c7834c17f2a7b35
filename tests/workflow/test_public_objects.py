"""Saving and deleting public objects, and all that follows from an edit."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from reforms import search, workflow
from reforms.errors import EvidenceMissing, RuleBroken
from reforms.models import (
    Body,
    Citation,
    Organisation,
    Programme,
    Promise,
    Publisher,
    Source,
    Topic,
)
from reforms.records import document
from reforms.vocabulary import ReviewState
from reforms.workflow import Cited
from tests.fixtures import (
    Clock,
    assert_no_drift,
    fresh,
    make_promise,
    make_update,
    make_update_in,
    row,
    second,
)

REASON = "The gazette says otherwise."

# Saving public objects ----------------------------------------------------------------------------

PARTS: dict[str, Any] = {
    "bodies": [("court", "responsible"), ("senate", "affected")],
    "topics": ["money", "courts"],
    "relations": [("depends_on", "demo2020-1-2"), ("restates", "demo2020-1-2")],
    "citations": [
        Cited("demo2020-address", paragraphs=[{"ordinal": 7, "fingerprint": "fp1:" + "0" * 64}])
    ],
}


def test_a_save_says_whether_the_record_changed(cast: None, clock: Clock) -> None:
    clock.at("2022-07-01T00:00+00:00")
    make_promise(2)
    promise = make_promise(1, **PARTS)
    clock.at("2022-08-01T00:00+00:00")
    assert workflow.save(promise) is False
    assert workflow.save(promise, **PARTS) is False
    assert workflow.save(fresh(promise), **{**PARTS, "topics": ["courts", "money"]}) is False
    assert second(fresh(promise).changed_at) == datetime(2022, 7, 1, tzinfo=UTC)
    for part in PARTS:
        clock.moment = clock.moment.replace(day=clock.moment.day + 1)
        assert workflow.save(promise, REASON, **{part: PARTS[part][:-1]}) is True
        assert second(fresh(promise).changed_at) == clock.moment


@pytest.mark.parametrize("model", [Organisation, Publisher, Source, Body, Topic, Programme])
def test_storing_again_what_is_there_changes_nothing(cast: None, model: Any) -> None:
    for thing in model.objects.all():
        assert workflow.save(thing) is False
        thing.refresh_from_db()


def test_a_save_that_changes_nothing_does_not_write_an_old_verdict_back(promise: Promise) -> None:
    stale = fresh(promise)
    make_update(promise, "implemented")
    assert workflow.save(stale) is False
    assert fresh(promise).status == "implemented"
    assert_no_drift()


def test_an_edit_from_a_stale_instance_keeps_the_verdict(promise: Promise) -> None:
    stale = fresh(promise)
    make_update(promise, "implemented")
    stale.title = {"en": "Another title"}
    assert workflow.save(stale, REASON) is True
    assert (fresh(promise).status, fresh(promise).title) == ("implemented", {"en": "Another title"})
    assert fresh(promise).last_published_at is not None
    assert_no_drift()


def test_what_an_instance_says_of_itself_spares_no_reason(promise: Promise) -> None:
    """Only what became public in this transaction is completed without one, by what is stored."""
    promise.title = {"en": "Another title"}
    promise.public_since = datetime(2100, 1, 1, tzinfo=UTC)
    with pytest.raises(RuleBroken, match="reason"):
        workflow.save(promise)
    assert fresh(promise).title == {"en": "Promise 1"}


def test_nobody_writes_a_verdict_by_saving_a_promise(promise: Promise) -> None:
    make_update(promise, "in_progress")
    stored = fresh(promise)
    stored.status, stored.verification, stored.contested = "implemented", "corroborated", True
    assert workflow.save(stored) is False
    assert fresh(promise).status == "in_progress"
    assert_no_drift()


NEW_PROMISE = {
    "reform_id": "demo2020-1",
    "number": 9,
    "title": {"en": "Nine"},
    "statement": {"en": "The ninth."},
    "kind": "legislation",
    "commitment": "specific",
}

# fmt: off
BAD_PROMISES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("an id that does not speak",     {"id": "demo2020-1-8"},              {}, ""),
    ("number zero",                   {"id": "demo2020-1-0", "number": 0}, {}, ""),
    ("a number that is taken",        {"id": "demo2020-1-1", "number": 1}, {}, "id"),
    ("no title",                      {"title": {}},                       {}, "title"),
    ("a title in no language",        {"title": {"xx": "Nine"}},           {}, "title"),
    ("a title that is too long",      {"title": {"en": "x" * 301}},        {}, "title"),
    ("no kind",                       {"kind": ""},                        {}, "kind"),
    ("a kind that is none",           {"kind": "wish"},                    {}, "kind"),
    ("a commitment that is none",     {"commitment": "firm"},              {}, "commitment"),
    ("a reform that is not there",    {"id": "demo2020-9-9", "reform_id": "demo2020-9"}, {}, "reform"),
    ("a deadline without precision",  {"deadline_on": date(2022, 1, 1)},   {}, ""),
    ("a body that is not there",      {}, {"bodies": [("court", "responsible"), ("tsar", "responsible")]}, "body"),
    ("a role that is none",           {}, {"bodies": [("court", "guilty")]}, "role"),
    ("a body twice in one role",      {}, {"bodies": [("court", "affected"), ("court", "affected")]}, ""),
    ("a topic that is not there",     {}, {"topics": ["money", "love"]},   "topics"),
    ("a relation to nothing",         {}, {"relations": [("restates", "demo2020-1-7")]}, "to"),
    ("a relation that is none",       {}, {"relations": [("contradicts", "demo2020-1-1")]}, "kind"),
    ("a relation to itself",          {}, {"relations": [("restates", "demo2020-1-9")]}, ""),
    ("a citation of nothing",         {}, {"citations": [Cited("demo2020-address"), Cited("nowhere")]}, "source"),
    ("a relay of nobody",             {}, {"citations": [Cited("daily-page", basis="relays")]}, "origin"),
]
# fmt: on


WAYS = [
    pytest.param(way, *case[1:], id=f"{way}: {case[0]}")
    for case in BAD_PROMISES
    for way in ("new", "edited")
    if way == "new" or "id" not in case[1]  # an id is never edited
]


@pytest.mark.parametrize(("way", "columns", "parts", "field"), WAYS)
def test_a_failing_save_leaves_nothing_half_written(
    promise: Promise, way: str, columns: dict[str, Any], parts: dict[str, Any], field: str
) -> None:
    good = {name: values[:1] for name, values in PARTS.items() if name != "relations"}
    new = Promise(**{"id": "demo2020-1-9", **NEW_PROMISE})
    if way == "edited":
        workflow.save(new, **good)
        new.title = {"en": "Edited"}
    before = everything()
    for name, value in columns.items():
        setattr(new, name, value)
    with pytest.raises(RuleBroken) as broken:
        workflow.save(new, **{**good, **parts})
    assert field in broken.value.fields
    assert everything() == before


def everything() -> list[Any]:
    """All rows that a promise is made of."""
    models = (
        Promise,
        Promise.bodies.through,
        Promise.topics.through,
        Promise._meta.get_field("relations").related_model,
        Citation,
        Source,
    )
    return [list(model.objects.order_by("pk").values()) for model in models]  # type: ignore[attr-defined]


def test_a_part_that_an_object_does_not_have_is_a_mistake_of_the_caller(promise: Promise) -> None:
    with pytest.raises(TypeError, match="Promise has no part called chapters"):
        workflow.save(promise, chapters=[])


def test_a_promise_belongs_to_the_programme_of_its_reform(cast: None) -> None:
    promise = make_promise(reform="far2021-2", programme_id="demo2020")
    assert fresh(promise).programme_id == "far2021"
    assert fresh(promise).position == "far2021-002-00001"


# Sources become public ----------------------------------------------------------------------------


def public_sources() -> set[str]:
    return set(Source.objects.public().values_list("pk", flat=True))


@pytest.fixture
def already(cast: None) -> set[str]:
    """What the cast's programmes cite."""
    assert public_sources() == {"demo2020-address"}
    return public_sources()


def test_a_source_is_private_until_a_publication_cites_it(already: set[str]) -> None:
    promise = make_promise()
    citations = [
        Cited("daily-page"),
        Cited("watch-page", stance="disputes"),
        Cited("blog-page", stance="context"),
    ]
    update = make_update(promise, "implemented", citations=citations, publish=False)
    assert public_sources() == already
    workflow.request_changes(update, "More.")
    workflow.resubmit(update)
    assert public_sources() == already
    workflow.publish(update)
    assert public_sources() == already | {"daily-page", "watch-page", "blog-page"}


@pytest.mark.parametrize("state", ["submitted", "changes_requested", "rejected", "withdrawn"])
def test_what_was_never_public_makes_nothing_public(already: set[str], state: str) -> None:
    make_update_in(ReviewState(state), make_promise())
    assert public_sources() == already


@pytest.mark.parametrize("end", ["superseded", "retracted", "removed"])
def test_once_public_a_source_stays_public(already: set[str], end: str) -> None:
    make_update_in(ReviewState(end), make_promise())
    assert "daily-page" in public_sources()


def test_a_promise_and_a_programme_make_their_sources_public(already: set[str]) -> None:
    make_promise(citations=[Cited("gazette-page")])
    assert public_sources() == already | {"gazette-page"}
    programme = Programme.objects.get(pk="demo2020")
    workflow.save(programme, REASON, announced_by=["demo2020-address", "league-page"])
    assert public_sources() == already | {"gazette-page", "league-page"}


def test_a_failed_publication_makes_nothing_public(already: set[str]) -> None:
    update = make_update(
        make_promise(),
        "implemented",
        citations=[Cited("daily-page", stance="context")],
        publish=False,
    )
    with pytest.raises(EvidenceMissing):
        workflow.publish(update)
    assert public_sources() == already


def test_an_edition_takes_its_originals_with_it(already: set[str]) -> None:
    """What a public source names is public: the text it renders, and that one's original in turn."""
    for edition, original in (("daily-page", "watch-page"), ("watch-page", "blog-page")):
        source = Source.objects.get(pk=edition)
        source.edition_of_id = original
        workflow.save(source)
    assert public_sources() == already
    make_update(make_promise(), "implemented", citations=[Cited("daily-page")])
    assert public_sources() == already | {"daily-page", "watch-page", "blog-page"}


def test_an_original_named_later_becomes_public_too(already: set[str]) -> None:
    make_update(make_promise(), "implemented", citations=[Cited("daily-page")])
    source = Source.objects.get(pk="daily-page")
    source.edition_of_id = "watch-page"
    workflow.save(source, REASON)
    assert public_sources() == already | {"daily-page", "watch-page"}


def test_the_day_on_which_it_became_public_stays(already: set[str], clock: Clock) -> None:
    clock.at("2022-07-01T00:00+00:00")
    make_update(make_promise(1), "implemented")
    clock.at("2022-08-01T00:00+00:00")
    make_update(make_promise(2), "implemented")
    since = Source.objects.get(pk="daily-page").public_since
    assert second(since) == datetime(2022, 7, 1, tzinfo=UTC)


def test_an_edit_from_a_stale_instance_does_not_hide_a_source_again(already: set[str]) -> None:
    stale = Source.objects.get(pk="daily-page")
    make_update(make_promise(), "implemented")
    stale.note = {"en": "Seen on 1 July."}
    assert workflow.save(stale)
    assert "daily-page" in public_sources()
    assert fresh(stale).note == {"en": "Seen on 1 July."}


# Edits elsewhere recompute what rests on them -----------------------------------------------------


def set_column(model: Any, pk: str, **columns: Any) -> None:
    thing = model.objects.get(pk=pk)
    for name, value in columns.items():
        setattr(thing, name, value)
    assert workflow.save(thing, REASON)


RELAYED = Cited("gazette-page", basis="relays", origin="daily")

# fmt: off
EDITS: list[tuple[str, list[Cited], str, Callable[[], None], str]] = [
    ("a publisher turns out to be the state's",
     [Cited("daily-page")], "independent",
     lambda: set_column(Publisher, "daily", type="state_media"), "official_claim"),
    ("a publisher turns out to be another country's",
     [Cited("gazette-page")], "official_claim",
     lambda: set_column(Publisher, "gazette", country="XE"), "independent"),
    ("an origin turns out to be the state's",
     [RELAYED], "independent",
     lambda: set_column(Publisher, "daily", type="party"), "official_claim"),
    ("a source turns out to be of its own origin: it relays nobody",
     [RELAYED], "independent",
     lambda: set_column(Source, "gazette-page", publisher_id="daily"), "none"),
    ("a source turns out to be the ministry's",
     [Cited("daily-page")], "independent",
     lambda: set_column(Source, "daily-page", publisher_id="ministry"), "official_claim"),
    ("two sources turn out to be of one publisher",
     [Cited("daily-page"), Cited("watch-page")], "corroborated",
     lambda: set_column(Source, "watch-page", publisher_id="daily"), "independent"),
    ("an act stays an act, whoever hosts it",
     [Cited("ministry-page", basis="act_in_force")], "documented",
     lambda: set_column(Source, "ministry-page", publisher_id="daily"), "documented"),
    ("an origin that was named stays",
     [Cited("gazette-page", origin="daily")], "independent",
     lambda: set_column(Source, "gazette-page", publisher_id="parliament"), "independent"),
    ("the programme is of the neighbour's jurisdiction",
     [Cited("neighbour-page")], "independent",
     lambda: set_column(Programme, "demo2020", jurisdiction="XE"), "official_claim"),
]
# fmt: on


@pytest.mark.parametrize(
    ("citations", "before", "edit", "after"),
    [case[1:] for case in EDITS],
    ids=[c[0] for c in EDITS],
)
def test_an_edit_recomputes_every_promise_that_rests_on_it(
    cast: None,
    clock: Clock,
    citations: list[Cited],
    before: str,
    edit: Callable[[], None],
    after: str,
) -> None:
    clock.at("2022-07-01T00:00+00:00")
    promises = [make_promise(number) for number in (1, 2, 3)]
    updates = [make_update(one, "implemented", citations=citations) for one in promises[:2]]
    documents = [document(update) for update in updates]
    make_update(promises[2], "implemented", citations=[Cited("university-page")])
    assert [fresh(one).verification for one in promises] == [before, before, "independent"]
    clock.at("2022-08-01T00:00+00:00")
    edit()
    assert [fresh(one).verification for one in promises] == [after, after, "independent"]
    assert_no_drift()
    # Citations whose origin nobody named follow their source: the update says something else now.
    rewritten = documents != [document(update) for update in updates]
    moved = datetime(2022, 8 if before != after or rewritten else 7, 1, tzinfo=UTC)
    assert second(fresh(promises[0]).changed_at) == moved, "who syncs by changed_since must see it"
    assert second(fresh(promises[2]).changed_at) == datetime(2022, 7, 1, tzinfo=UTC)


def test_another_lead_is_another_headline(promise: Promise) -> None:
    make_update(promise, "in_progress", "2022-01")
    make_update(promise, "implemented", "2022-06", organisation="lantern")
    assert (fresh(promise).status, fresh(promise).contested) == ("in_progress", True)
    set_column(Programme, "demo2020", lead_organisation_id="lantern")
    assert (fresh(promise).status, fresh(promise).contested) == ("implemented", False)
    set_column(Programme, "demo2020", lead_organisation_id="compass")
    assert (fresh(promise).status, fresh(promise).contested) == ("implemented", False)


def test_an_edit_elsewhere_touches_no_other_programme(cast: None, clock: Clock) -> None:
    clock.at("2022-07-01T00:00+00:00")
    promise = make_promise(reform="far2021-1")
    make_update(promise, "in_progress", "2022-01")
    make_update(promise, "implemented", "2022-06", organisation="lantern")
    before = row(promise)
    clock.at("2022-08-01T00:00+00:00")
    set_column(Programme, "demo2020", lead_organisation_id="lantern")
    assert row(promise) == before


def test_a_body_renamed_is_found_by_its_new_name(cast: None) -> None:
    promise = make_promise(bodies=[("court", "responsible")])
    set_column(Body, "court", name={"en": "Supreme Tribunal"})
    found = Promise.objects.search(search.parse("tribunal"))
    assert list(found) == [promise]
    assert not Promise.objects.search(search.parse("constitutional")).exists()
