"""One document is one source, and one publisher one publisher, whoever named it first."""

from typing import Any

import pytest

from reforms import integrity, workflow
from reforms.errors import RuleBroken
from reforms.ledger import payload_of
from reforms.models import (
    Citation,
    LedgerEntry,
    Paragraph,
    Programme,
    Promise,
    Publisher,
    Reform,
    Source,
    StatusUpdate,
)
from reforms.workflow import Cited
from tests.fixtures import fresh, make_promise, row
from tests.ledger.telling import appended, findings, last_entry, told
from tests.workflow.proposing import ADDRESS, propose, propose_publisher, submit
from tests.workflow.test_races import ROUNDS, at_once

OTHER_SPELLING = "http://www.example.org:80/report/?utm_source=mail#top"
REASON = "It was entered wrongly."
PARAGRAPH = {"ordinal": 1, "fingerprint": "fp1:" + "0" * 64}


@pytest.fixture(autouse=True)
def _sound(request: pytest.FixtureRequest) -> Any:
    """Whatever is merged, ledger, tables and verdicts agree in the end."""
    committed = "committed_cast" in request.fixturenames
    request.getfixturevalue("committed_cast" if committed else "cast")
    yield
    assert findings() == []
    assert list(integrity.find_drift()) == []


def cited_by(thing: Promise | StatusUpdate) -> list[tuple[str, str, str]]:
    return list(thing.citations.values_list("source", "basis", "origin"))


def there(thing: Any) -> bool:
    return bool(type(thing)._default_manager.filter(pk=thing.pk).exists())


def entries_about(id_: str) -> list[str]:
    return [told(one) for one in LedgerEntry.objects.filter(object_id=id_)]


@pytest.fixture
def his(cast: None) -> Source:
    """A private source of compass."""
    return propose("compass")


@pytest.fixture
def known(promise: Promise, his: Source) -> Source:
    """A source of the same address, published by lantern meanwhile."""
    source = propose("lantern", OTHER_SPELLING, publisher="watch")
    workflow.publish(submit(promise, "lantern", source))
    return fresh(source)


# Sources ------------------------------------------------------------------------------------------


def test_each_organisation_has_its_own_until_one_is_public(promise: Promise) -> None:
    hers, his = propose("lantern"), propose("compass", OTHER_SPELLING)
    first, second = submit(promise, "lantern", hers), submit(promise, "compass", his)
    with appended() as entries:
        workflow.publish(first)
    assert entries == [f"create source {hers.pk}", "publish update implemented"]
    assert there(his), "nobody else's publication changes what is private"
    with appended() as entries:
        workflow.publish(second)
    assert entries == ["publish update implemented"]
    assert not there(his)
    assert cited_by(second) == [(hers.pk, "own_finding", "daily")]
    assert payload_of(last_entry())["document"]["citations"][0]["source"] == hers.pk
    assert entries_about(his.pk) == [], "it was never public"


def test_other_submissions_that_cite_it_follow(
    promise: Promise, known: Source, his: Source
) -> None:
    waiting = submit(
        make_promise(2),
        "compass",
        Cited(his.pk, locator="p. 7"),
        Cited(his.pk, stance="context", origin="league"),
        Cited("gazette-page"),
    )
    rejected = submit(make_promise(3), "compass", his)
    workflow.reject(rejected, "About another law.")
    unconcerned = submit(make_promise(4), "compass", Cited("gazette-page"))
    before = {one.pk: fresh(one).version for one in (waiting, rejected, unconcerned)}
    workflow.publish(submit(promise, "compass", his))
    assert not there(his)
    assert cited_by(waiting) == [
        (known.pk, "own_finding", "watch"),  # what nobody named is the source's own
        (known.pk, "own_finding", "league"),
        ("gazette-page", "own_finding", "gazette"),
    ]
    assert waiting.citations.get(locator="p. 7").source == known
    assert cited_by(rejected) == [(known.pk, "own_finding", "watch")]
    after = {one.pk: fresh(one).version for one in (waiting, rejected, unconcerned)}
    assert after[waiting.pk] > before[waiting.pk], "whoever read it before is told"
    assert after[rejected.pk] > before[rejected.pk]
    assert after[unconcerned.pk] == before[unconcerned.pk]


def test_who_was_thought_to_be_relayed_turns_out_to_print_it(
    promise: Promise, known: Source, his: Source
) -> None:
    update = submit(promise, "compass", Cited(his.pk, basis="relays", origin="watch"))
    workflow.publish(update)
    assert cited_by(update) == [(known.pk, "own_finding", "watch")]


def test_a_withdrawn_source_takes_no_place(promise: Promise, known: Source, his: Source) -> None:
    workflow.retract(promise.updates.get(), "We misread it.")
    workflow.withdraw_object(known, "It was never printed.")
    workflow.publish(submit(promise, "compass", his))
    assert fresh(his).is_public


def test_the_curators_own_becomes_public_in_its_place(promise: Promise) -> None:
    """Its id was chosen by somebody, and their files may name it."""
    ours = propose(None, id="report-2022")
    hers = propose("lantern")
    update = submit(promise, "lantern", hers)
    with appended() as entries:
        workflow.publish(update)
    assert entries == ["create source report-2022", "publish update implemented"]
    assert cited_by(update) == [("report-2022", "own_finding", "daily")]
    assert (there(hers), fresh(ours).is_public) == (False, True)


def test_without_an_address_nothing_is_the_same(promise: Promise) -> None:
    hers, his = propose("lantern", ""), propose("compass", "")
    workflow.publish(submit(promise, "lantern", hers))
    workflow.publish(submit(promise, "compass", his))
    assert fresh(hers).is_public
    assert fresh(his).is_public


def test_its_text_goes_with_it(promise: Promise, known: Source, his: Source) -> None:
    Paragraph.objects.create(source=his, ordinal=1, fingerprint="fp1:1", text="One.")
    workflow.publish(submit(promise, "compass", his))
    assert not Paragraph.objects.exists()


# What else may name a private source --------------------------------------------------------------


@pytest.fixture
def theirs(cast: None) -> Source:
    """A private source of the editors, of the same address."""
    return propose("editors")


def test_a_promise_that_cites_one_cites_the_public_one(
    his: Source, theirs: Source, known: Source
) -> None:
    with appended() as entries:
        promise = make_promise(2, citations=[Cited(his.pk), Cited("demo2020-address")])
    assert entries == ["create promise demo2020-1-2"]
    assert [one[0] for one in cited_by(promise)] == [known.pk, "demo2020-address"]
    assert payload_of(last_entry())["document"]["citations"][0]["source"] == known.pk
    assert workflow.save(promise, REASON, citations=[Cited(theirs.pk)])
    assert [one["source"] for one in payload_of(last_entry())["document"]["citations"]] == [
        known.pk
    ]
    assert not there(his)
    assert not there(theirs)


def test_so_does_a_promise_that_is_edited_step_by_step(his: Source, known: Source) -> None:
    """As the admin does it: the promise, then its citations, as one change."""
    promise = make_promise(2)
    with appended() as entries, workflow.change(promise, REASON):
        workflow.save(promise)
        citation = Citation(promise=promise, source=his)
        workflow.prepare(citation)
        workflow.store(citation)
    assert entries == ["correct promise demo2020-1-2"]
    assert [one[0] for one in cited_by(promise)] == [known.pk]


def test_a_programme_is_announced_by_the_public_one(his: Source, known: Source) -> None:
    programme = Programme.objects.get(pk="demo2020")
    with appended() as entries:
        workflow.save(programme, REASON, announced_by=["demo2020-address", known.pk, his.pk])
    assert entries == ["correct programme demo2020"]
    assert {one.pk for one in programme.announced_by.all()} == {"demo2020-address", known.pk}


def test_the_bounds_of_a_reform_name_the_public_one(his: Source, known: Source) -> None:
    reform = Reform.objects.get(pk="demo2020-1")
    reform.bounds = {"source": his.pk, "first": PARAGRAPH, "last": PARAGRAPH}
    with appended() as entries:
        workflow.save(reform, REASON)
    assert entries == ["correct reform demo2020-1"]
    assert reform.bounds["source"] == fresh(reform).bounds["source"] == known.pk


def test_what_a_public_reform_is_bounded_by_is_public(cast: None) -> None:
    reform, page = Reform.objects.get(pk="demo2020-1"), Source.objects.get(pk="blog-page")
    reform.bounds = {"source": page.pk, "first": PARAGRAPH, "last": PARAGRAPH}
    with appended() as entries:
        workflow.save(reform, REASON)
    assert entries == ["create source blog-page", "correct reform demo2020-1"]


def test_an_edition_is_one_of_the_public_original(his: Source, known: Source) -> None:
    edition = propose("compass", "https://example.org/ru/report", edition_of=his)
    update = submit(make_promise(2), "compass", edition)
    with appended() as entries:
        workflow.publish(update)
    assert entries == [f"create source {edition.pk}", "publish update implemented"]
    assert fresh(edition).edition_of == known
    assert not there(his)


def test_an_edition_that_is_known_needs_no_original(his: Source, known: Source) -> None:
    his.edition_of = propose("compass", "https://example.org/kk/report")
    workflow.save(his)
    workflow.publish(submit(make_promise(2), "compass", his))
    assert not there(his)
    assert not fresh(his.edition_of).is_public, "what is public names no original"


def test_an_edition_of_itself_under_another_id_is_the_document(promise: Promise) -> None:
    original = propose("lantern")
    edition = propose(None, edition_of=original)
    update = submit(promise, "lantern", edition)
    workflow.publish(update)
    assert [one[0] for one in cited_by(update)] == [original.pk]
    assert not there(edition)


def test_a_public_source_is_no_edition_of_its_own_address(his: Source, known: Source) -> None:
    known.edition_of = his
    with pytest.raises(RuleBroken, match=r"edition_of: s-.* has the same address"):
        workflow.save(known, REASON)
    assert fresh(known).edition_of is None


def test_a_public_source_names_the_public_original(his: Source, known: Source) -> None:
    page = Source.objects.get(pk="demo2020-address")
    page.edition_of = his
    workflow.save(page, REASON)
    assert page.edition_of_id == fresh(page).edition_of_id == known.pk


def test_two_of_one_address_in_one_publication(promise: Promise) -> None:
    """Curators may complete what an organisation submitted."""
    hers = propose("lantern")
    ours = propose(None, OTHER_SPELLING, id="zz-report")
    update = submit(promise, "lantern", hers, ours)
    workflow.publish(update)
    assert [one[0] for one in cited_by(update)] == ["zz-report", "zz-report"]


# Publishers ---------------------------------------------------------------------------------------


def test_a_publisher_becomes_public_before_its_source(promise: Promise) -> None:
    herald = propose_publisher("lantern")
    source = propose("lantern", publisher=herald)
    with appended() as entries:
        workflow.publish(submit(promise, "lantern", source))
    assert entries == [
        f"create publisher {herald.pk}",
        f"create source {source.pk}",
        "publish update implemented",
    ]
    assert fresh(promise).verification == "independent"


def test_so_does_one_whose_word_is_cited(promise: Promise) -> None:
    herald = propose_publisher("lantern")
    with appended() as entries:
        cited = Cited("daily-page", basis="relays", origin=herald.pk)
        workflow.publish(submit(promise, "lantern", cited))
    assert entries == [
        "create source daily-page",
        f"create publisher {herald.pk}",
        "publish update implemented",
    ]


@pytest.mark.parametrize(
    "called",
    [
        {"en": "The Observer"},
        {"en": "the  OBSERVER"},
        {"kk": "Бақылаушы"},
        {"en": "Something else", "ru": "НАБЛЮДАТЕЛЬ"},
        {"en": "observer-kz"},
        {"en": "Obs."},
    ],
    ids=str,
)
def test_one_that_is_known_by_any_name_is_that_one(
    promise: Promise, called: dict[str, str]
) -> None:
    observer = Publisher(
        id="observer-kz",
        name={"en": "The Observer", "kk": "Бақылаушы"},
        aliases=["Obs.", "Наблюдатель"],
        type="ngo",
    )
    workflow.save(observer)
    hers = propose_publisher("lantern", name=called)
    source = propose("lantern", publisher=hers)
    waiting = submit(
        make_promise(2),
        "lantern",
        propose("lantern", "https://example.org/other", publisher=hers),
        Cited("daily-page", origin=hers.pk),
        Cited("daily-page", basis="relays", origin=hers.pk),
    )
    version = fresh(waiting).version
    update = submit(promise, "lantern", source)
    with appended() as entries:
        workflow.publish(update)
    assert entries == [f"create source {source.pk}", "publish update implemented"]
    assert fresh(source).publisher == observer
    assert cited_by(update) == [(source.pk, "own_finding", "observer-kz")]
    assert not there(hers)
    assert [one[1:] for one in cited_by(waiting)] == [
        ("own_finding", "observer-kz"),
        ("own_finding", "observer-kz"),
        ("relays", "observer-kz"),
    ]
    assert fresh(waiting).version > version


def test_a_name_alike_is_another_publisher(promise: Promise) -> None:
    hers = propose_publisher("lantern", name="Daily Herald")
    workflow.publish(submit(promise, "lantern", propose("lantern", publisher=hers)))
    assert fresh(hers).is_public


def test_two_organisations_that_name_one_publisher(promise: Promise) -> None:
    hers, his = propose_publisher("lantern"), propose_publisher("compass", "HERALD")
    workflow.publish(submit(promise, "lantern", propose("lantern", publisher=hers)))
    other = propose("compass", "https://example.org/other", publisher=his)
    workflow.publish(submit(promise, "compass", other))
    assert fresh(other).publisher == hers
    assert not there(his)


@pytest.mark.parametrize("used", [False, True])
def test_a_publisher_that_nothing_uses_any_more_goes_with_its_source(
    his: Source, known: Source, used: bool
) -> None:
    his.publisher = herald = propose_publisher("compass")
    workflow.save(his)
    if used:
        propose("compass", "https://example.org/other", publisher=herald)
    workflow.publish(submit(make_promise(2), "compass", his))
    assert there(herald) == used
    assert there(Publisher.objects.get(pk="daily")), "the curators' own stay"


def test_what_relays_a_publisher_that_turns_out_to_be_its_own(promise: Promise) -> None:
    daily = propose_publisher("lantern", "Daily")
    update = submit(
        promise,
        "lantern",
        Cited("watch-page"),
        Cited(propose("lantern", publisher=daily).pk, basis="relays", origin="daily"),
    )
    workflow.publish(update)
    assert [one[1:] for one in cited_by(update)] == [
        ("own_finding", "watch"),
        ("own_finding", "daily"),
    ]


def test_a_curator_may_lay_a_public_source_to_a_private_publisher(cast: None) -> None:
    herald = propose_publisher("lantern")
    page = Source.objects.get(pk="demo2020-address")
    page.publisher = herald
    with appended() as entries:
        workflow.save(page, REASON)
    assert entries == [f"create publisher {herald.pk}", f"correct source {page.pk}"]


# At once ------------------------------------------------------------------------------------------


def rivals() -> tuple[list[StatusUpdate], list[Source]]:
    promise = make_promise()
    sources = [
        propose(name, publisher=propose_publisher(name))
        for name in ("lantern", "compass", "editors")
    ]
    return [submit(promise, str(one.submitted_by_id), one) for one in sources], sources


def assert_one_is_left(updates: list[StatusUpdate], sources: list[Source]) -> None:
    (left,) = [one for one in sources if there(one)]
    assert fresh(left).is_public
    assert {one[0] for update in updates for one in cited_by(update)} == {left.pk}
    (publisher,) = Publisher.objects.filter(submitted_by__isnull=False)
    assert fresh(left).publisher == publisher
    assert publisher.is_public


def test_in_one_batch(cast: None) -> None:
    updates, sources = rivals()
    with workflow.batch():
        for update in updates:
            workflow.publish(update)
    assert_one_is_left(updates, sources)


@pytest.mark.usefixtures("committed_cast")
@pytest.mark.parametrize("round_", ROUNDS)
def test_published_at_once(round_: int) -> None:
    updates, sources = rivals()
    outcomes = at_once(*(lambda one=one: workflow.publish(fresh(one)) for one in updates))  # type: ignore[misc]
    assert outcomes == [None] * 3
    assert_one_is_left(updates, sources)


@pytest.mark.usefixtures("committed_cast")
@pytest.mark.parametrize("round_", ROUNDS)
def test_published_while_a_promise_comes_to_cite_it(round_: int) -> None:
    hers, his = propose("lantern"), propose("compass")
    update = submit(make_promise(), "lantern", hers)
    promise = make_promise(2)

    def edit() -> None:
        workflow.save(fresh(promise), REASON, citations=[Cited(his.pk)])

    assert at_once(lambda: workflow.publish(fresh(update)), edit) == [None, None]
    assert cited_by(promise)[0][0] == cited_by(update)[0][0]
    assert there(hers) != there(his)


@pytest.mark.usefixtures("committed_cast")
@pytest.mark.parametrize("round_", ROUNDS)
def test_submitted_while_it_is_merged(round_: int) -> None:
    """What is cited is there, or is said not to be there; nothing is left pointing to nothing."""
    promise, other = make_promise(1), make_promise(2)
    his, hers = propose("compass"), propose("lantern")
    workflow.publish(submit(promise, "lantern", hers))
    update = submit(promise, "compass", his)
    published, submitted = at_once(
        lambda: workflow.publish(fresh(update)), lambda: submit(other, "compass", his)
    )
    assert published is None
    if submitted is not None:
        assert str(submitted) == f"source: there is no source {his.pk!r}"
    assert not Citation.objects.filter(source=his.pk).exists()


# One address, one source --------------------------------------------------------------------------


def refused(source: Source, reason: str = "") -> dict[str, list[str]]:
    with pytest.raises(RuleBroken) as refusal:
        workflow.save(source, reason)
    return refusal.value.fields


def taken_by(source: Source) -> dict[str, list[str]]:
    return {"url": [f"it is the address of {source} already: cite that one"]}


def test_a_public_address_is_taken(his: Source, known: Source) -> None:
    with pytest.raises(RuleBroken) as refusal:
        propose("editors", OTHER_SPELLING)
    assert refusal.value.fields == taken_by(known)
    page = Source.objects.get(pk="demo2020-address")
    page.url = ADDRESS
    assert refused(page, REASON) == taken_by(known)
    assert fresh(page).url == ""
    his.title = {"en": "A better title"}
    assert workflow.save(his), "what was there before stays until it is published"


def test_ones_own_private_address_is_taken(his: Source) -> None:
    with pytest.raises(RuleBroken) as refusal:
        propose("compass", OTHER_SPELLING)
    assert refusal.value.fields == taken_by(his)
    other = propose("compass", "https://example.org/other")
    other.url = ADDRESS
    assert refused(other) == taken_by(his)


def test_the_database_holds_it_too_and_says_it_in_words(his: Source) -> None:
    """For whoever stores a row without asking first."""
    source = Source(**row(his) | {"id": "s-another"})
    workflow.prepare(source)
    with pytest.raises(RuleBroken) as refusal:
        workflow.store(source, force_insert=True)
    assert refusal.value.fields == taken_by(his)


def test_nobody_learns_what_others_hold_in_private(his: Source) -> None:
    assert propose("lantern").is_public is False
    assert propose(None).is_public is False
    page = Source.objects.get(pk="demo2020-address")
    page.url = ADDRESS
    assert workflow.save(page, REASON), "what is private is no obstacle"


def test_a_withdrawn_address_is_free(promise: Promise, known: Source) -> None:
    workflow.retract(promise.updates.get(), "We misread it.")
    workflow.withdraw_object(known, "It was never printed.")
    assert propose("editors").url == ADDRESS


def test_editions_never_go_round_in_a_circle(his: Source) -> None:
    middle = propose("compass", "", edition_of=his)
    last = propose("compass", "", edition_of=middle)
    his.edition_of = last
    assert refused(his) == {"edition_of": [f"{last} is itself an edition of it"]}


@pytest.mark.parametrize("name", ["publisher", "edition_of"])
def test_a_private_source_names_nothing_that_is_somebody_elses(his: Source, name: str) -> None:
    herald, source = propose_publisher("lantern"), propose("lantern")
    setattr(his, name, {"publisher": herald, "edition_of": source}[name])
    kind = {"publisher": f"publisher {herald.pk!r}", "edition_of": f"source {source.pk!r}"}[name]
    assert refused(his) == {name: [f"there is no {kind}"]}


def test_what_is_no_address_is_refused(cast: None) -> None:
    with pytest.raises(RuleBroken, match="url: it is no address of a document"):
        propose("lantern", "https://example.org:99999/")


@pytest.mark.parametrize("part", ["source", "origin"])
def test_somebody_elses_is_as_good_as_not_there(promise: Promise, his: Source, part: str) -> None:
    herald = propose_publisher("compass")

    def cites(source: str, publisher: str) -> RuleBroken:
        cited = {"source": Cited(source), "origin": Cited("daily-page", origin=publisher)}[part]
        with pytest.raises(RuleBroken) as refusal:
            submit(promise, "lantern", cited)
        return refusal.value

    private, missing = cites(his.pk, herald.pk), cites("s-0000000000", "p-0000000000")
    assert list(private.fields) == list(missing.fields) == [part]
    told = str(private).replace(his.pk, "s-0000000000").replace(herald.pk, "p-0000000000")
    assert told == str(missing)
    assert submit(promise, "compass", his).citations.count() == 1
    assert make_promise(2, citations=[Cited(his.pk)]).citations.count() == 1, "curators cite any"
