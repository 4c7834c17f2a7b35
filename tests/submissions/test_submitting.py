"""One submission: what becomes of it, and everything that is wrong with it at once."""

import pytest

from reforms import submissions, workflow
from reforms.models import Organisation, Publisher, Source, StatusUpdate
from reforms.vocabulary import ReviewState
from tests.fixtures import fresh
from tests.submissions.saying import ARTICLE, FULL, content, key_of, refused, submit, wrong

pytestmark = pytest.mark.usefixtures("promise")

# Works.


def test_everything_that_can_be_said() -> None:
    update = submit(**FULL)
    assert (update.review_state, update.organisation_id) == ("submitted", "lantern")
    assert (str(update.effective), str(update.assessed)) == ("2022-11", "2023-01-10")
    assert (update.note, update.external_id) == (FULL["note"], "row-7")
    citation = update.citations.get()
    assert (citation.stance, citation.basis, citation.origin_id) == (
        "disputes",
        "relays",
        "ministry",
    )
    assert (citation.locator, citation.note) == ("line 3", {"ru": "Quoted."})
    source = citation.source
    assert (
        source.title,
        source.kind,
        source.publisher_id,
        source.language,
        str(source.published),
    ) == (
        {"ru": ARTICLE["title"]},
        "news",
        "daily",
        "kk",
        "2022-11-05",
    )
    assert (source.submitted_by_id, source.public_since) == ("lantern", None)


def test_what_is_left_out_has_a_default() -> None:
    update = submit(note="In force.", citations=[ARTICLE])
    assert update.note == {"en": "In force."}
    citation = update.citations.get()
    assert (citation.stance, citation.basis, citation.origin_id) == (
        "supports",
        "own_finding",
        "daily",
    )
    assert (citation.source.kind, citation.source.title) == ("article", {"en": ARTICLE["title"]})


def test_null_is_as_good_as_nothing() -> None:
    update = submit(**content(citations=[{**ARTICLE, "origin": None}]) | {"note": None})
    assert update.note == {}


def test_not_started_is_as_assessed() -> None:
    assert str(submit(status="not_started").assessed) == "2022-11"


def test_who_may_publish_publishes_as_the_organisation() -> None:
    Organisation.objects.filter(pk="lantern").update(trusted=True)
    who = key_of("lantern", "submit", "publish")
    update = submissions.submit(content(citations=[ARTICLE]), who.organisation, who).update
    assert update.review_state == ReviewState.PUBLISHED
    assert Source.objects.get(url=ARTICLE["url"]).is_public
    bare = content(citations=None)
    assert wrong(submissions.submit, bare, who.organisation, who) == [("/citations", "no_evidence")]
    assert StatusUpdate.objects.count() == 1


# Sources and publishers.


@pytest.mark.parametrize(
    "address",
    [
        "https://daily.example/2022/threshold",
        "http://www.daily.example:80/2022/threshold/",
        "HTTPS://DAILY.example/2022/threshold?utm_source=feed#top",
    ],
)
def test_an_address_that_is_there_is_that_source(address: str) -> None:
    [first] = submit(citations=[ARTICLE]).citations.all()
    [again] = submit(citations=[{"url": address}]).citations.all()
    [both, twice] = submit(
        citations=[{"url": address}, {"url": address, "title": "Another", "publisher": "X"}]
    ).citations.all()
    assert {first.source_id, again.source_id, both.source_id, twice.source_id} == {first.source_id}
    assert fresh(first.source).title == {"en": ARTICLE["title"]}
    assert not Publisher.objects.filter(name={"en": "X"}).exists()


def test_the_same_new_address_twice_is_one_source() -> None:
    submit(citations=[ARTICLE, ARTICLE | {"url": ARTICLE["url"] + "/"}])
    assert Source.objects.filter(submitted_by="lantern").count() == 1


def test_another_ones_private_source_does_not_exist() -> None:
    """Neither by its id nor by its address; what is answered is what is answered of nothing."""
    theirs = submit("compass", citations=[ARTICLE]).citations.get().source
    assert refused(citations=[{"source": theirs.pk}]) == [("/citations/0/source", "not_found")]
    assert refused(citations=[{"source": "s-0000000000"}]) == [("/citations/0/source", "not_found")]
    assert refused(citations=[{"url": ARTICLE["url"]}]) == [
        ("/citations/0/title", "missing"),
        ("/citations/0/publisher", "missing"),
    ]
    own = submit(citations=[ARTICLE]).citations.get().source
    assert own != theirs
    assert submit(citations=[{"source": own.pk}]).citations.get().source == own


@pytest.mark.parametrize("name", ["daily", "DAILY", " daily  News", "Күнделікті", "КҮНДЕЛІКТІ"])
def test_a_publisher_is_known_by_id_name_or_alias(name: str) -> None:
    daily = Publisher.objects.get(pk="daily")
    daily.name |= {"kk": "Күнделікті"}
    daily.aliases = ["Daily News"]
    workflow.save(daily, "It calls itself so.")
    for named in (name, {"name": name, "type": "ngo"}, {"name": {"kk": name}}):
        url = f"https://daily.example/{len(name)}"
        source = (
            submit(citations=[ARTICLE | {"url": url, "publisher": named}]).citations.get().source
        )
        assert source.publisher_id == "daily"


def test_an_unknown_publisher_is_proposed_in_private() -> None:
    described = {"name": {"ru": "Вестник"}, "type": "ngo", "country": "XD"}
    cited = [
        ARTICLE | {"publisher": "Gleaner"},
        ARTICLE | {"url": "https://b.example", "publisher": " GLEANER"},
        ARTICLE | {"url": "https://c.example", "publisher": described, "origin": "Gleaner"},
    ]
    first, second, third = (one.source.publisher for one in submit(citations=cited).citations.all())
    assert first == second
    assert (first.name, first.type, first.country) == ({"en": "Gleaner"}, "other", "")
    assert (third.name, third.type, third.country) == ({"ru": "Вестник"}, "ngo", "XD")
    assert not Publisher.objects.public().filter(submitted_by="lantern").exists()
    # Nobody else knows of them.
    theirs = submit("compass", citations=cited[:1]).citations.get().source.publisher
    assert theirs != first


def test_a_name_that_several_bear_needs_the_id() -> None:
    for name in ("herald-a", "herald-b"):
        workflow.save(Publisher(id=name, name={"en": "Herald"}, type="other"))
    named = ARTICLE | {"publisher": "herald"}
    assert refused(citations=[named]) == [("/citations/0/publisher", "ambiguous")]
    assert submit(citations=[named | {"publisher": "herald-b"}])
