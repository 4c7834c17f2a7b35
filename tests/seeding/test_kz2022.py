"""The data set of 16 March 2022 itself: complete, loadable, in our own words, true to the text."""

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from reforms import integrity, search
from reforms.dates import now
from reforms.models import Citation, Programme, Promise, Reform, Source, StatusUpdate
from reforms.seeding.checking import check
from reforms.seeding.documents import load_document
from reforms.seeding.fingerprints import normalise
from reforms.seeding.loader import load
from reforms.seeding.reading import read
from reforms.seeding.report import Outcome, Report
from reforms.vocabulary import Basis, Stance, Status

pytestmark = pytest.mark.django_db

SEEDS: Path = settings.BASE_DIR / "seeds" / "kz2022"
ADDRESS = "kz2022-address"
# The texts are not in the project. Whoever holds them puts them here, or says where they are.
DOCUMENTS = Path(
    os.environ.get("DOCUMENTS_DIR") or settings.BASE_DIR.parent / "shared" / "documents"
)
FILES = {
    ADDRESS: "address-2022-03-16.en.txt",
    "astana-times-2022-04-04": "astana-times-2022-04-04.en.txt",
    "egemen-interview-2024-01-03": "interview-egemen-qazaqstan-2024-01-03.en.txt",
    "diplomatic-informer-pretoria-2022-01-11": "interview-pretoria-2022-01-11.en.txt",
    "kazinform-almaty-visit-2022-11": "kazinform-almaty-visit-2022-11.en.txt",
}
COPIED_WORDS = 12
MOST_WORDS_IN_TITLE = 12

with_documents = pytest.mark.skipif(
    not all((DOCUMENTS / name).is_file() for name in FILES.values()),
    reason=f"NOT CHECKED AGAINST THE TEXTS: the five documents are not in {DOCUMENTS};"
    " DOCUMENTS_DIR names another folder",
)


@pytest.fixture(scope="module", autouse=True)
def report(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Report]:
    """The data set, loaded once for all tests of this module and undone after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load(check([SEEDS]))
        transaction.set_rollback(True)


def test_it_loads_without_a_remark(report: Report) -> None:
    assert report.notices == []
    assert report.number(Outcome.UPDATED) == report.number(Outcome.UNCHANGED) == 0
    assert list(integrity.find_drift()) == []


def test_loading_it_again_changes_nothing() -> None:
    again = load(check([SEEDS]))
    assert not again.wrote
    assert again.notices == []


def test_the_programme() -> None:
    programme = Programme.objects.get()
    assert (programme.pk, programme.jurisdiction) == ("kz2022", "KZ")
    assert (str(programme.announced), programme.time_zone) == ("2022-03-16", "Asia/Almaty")
    assert [source.pk for source in programme.announced_by.all()] == [ADDRESS]


def test_ten_directions_and_what_stands_outside_them() -> None:
    reforms = list(Reform.objects.all())
    assert [reform.pk for reform in reforms] == [f"kz2022-{number}" for number in range(11)]
    assert [reform.numbered for reform in reforms] == [False] + [True] * 10
    assert reforms[0].bounds is None
    ends = [reform.bounds[end]["ordinal"] for reform in reforms[1:] for end in ("first", "last")]
    assert ends == sorted(ends)
    assert all(reform.bounds["source"] == ADDRESS for reform in reforms[1:])


def test_every_direction_has_promises_in_unbroken_numbers() -> None:
    for reform in Reform.objects.all():
        numbers = list(reform.promises.values_list("number", flat=True))
        assert numbers, reform
        assert numbers == list(range(1, len(numbers) + 1)), reform
    assert Promise.objects.count() >= 100


def test_titles_are_short_and_statements_one_sentence() -> None:
    for promise in Promise.objects.all():
        assert set(promise.title) == set(promise.statement) == {"en"}
        assert len(promise.title["en"].split()) <= MOST_WORDS_IN_TITLE, promise
        assert not promise.title["en"].endswith("."), promise
        statement = promise.statement["en"]
        assert re.fullmatch(r"[^.!?]*(?:[.!?](?!\s)[^.!?]*)*[.]", statement), statement


def test_every_promise_rests_on_the_address_inside_its_direction() -> None:
    for promise in Promise.objects.select_related("reform"):
        passages = list(promise.citations.all())
        assert any(one.source_id == ADDRESS and one.paragraphs for one in passages), promise
        bounds = promise.reform.bounds
        if bounds is None:
            continue
        for passage in passages:
            for paragraph in passage.paragraphs if passage.source_id == ADDRESS else ():
                inside = range(bounds["first"]["ordinal"], bounds["last"]["ordinal"] + 1)
                assert paragraph["ordinal"] in inside, promise


def test_direction_seven_says_that_its_heading_is_absent() -> None:
    note = Reform.objects.get(pk="kz2022-7").note["en"].lower()
    assert "heading" in note
    assert "inferred" in note


def test_the_party_thresholds_are_three_promises() -> None:
    thresholds = Promise.objects.filter(pk__in=["kz2022-4-1", "kz2022-4-2", "kz2022-4-3"])
    figures = [(figure["from"], figure["to"]) for one in thresholds for figure in one.figures]
    assert figures == [(20000, 5000), (600, 200), (1000, 700)]


def test_the_constitutional_court_stands_on_evidence_before_and_after_2023() -> None:
    court = Promise.objects.get(pk="kz2022-6-1")
    assert court.status == Status.IMPLEMENTED
    days = [update.effective_on for update in court.updates.standing()]
    assert min(days) < date(2023, 1, 1) <= max(days)


def test_something_was_done_and_undone() -> None:
    undone = [
        promise
        for promise in Promise.objects.filter(status=Status.REVERSED)
        if promise.updates.filter(
            status__in=[Status.IMPLEMENTED, Status.PARTIALLY_IMPLEMENTED],
            counts_from__lt=promise.status_since,
        ).exists()
    ]
    assert undone
    # Whatever is called reversed was carried out before.
    assert len(undone) == Promise.objects.filter(status=Status.REVERSED).count()


def test_some_promises_are_not_assessed() -> None:
    unknown = Promise.objects.filter(status=Status.NOT_ASSESSED)
    assert unknown.exists()
    assert not StatusUpdate.objects.filter(promise__in=unknown).exists()


def test_updates_are_the_editors_and_were_published_now() -> None:
    updates = StatusUpdate.objects.all()
    assert set(updates.values_list("organisation", flat=True)) == {"editors"}
    for update in updates:
        assert update.published_at is not None
        assert (now() - update.published_at).total_seconds() < 3600
        assert update.note["en"], update
        assert update.external_id.startswith(f"{update.promise_id}/")


def test_what_was_said_before_the_address_proves_nothing() -> None:
    early = Citation.objects.filter(
        stance=Stance.SUPPORTS, update__isnull=False, source__published_on__lt=date(2022, 3, 14)
    )
    assert [str(one) for one in early] == []


def test_the_president_speaks_for_the_state_wherever_he_is_printed() -> None:
    """His interview is a claim of his, and his article in a paper is no finding of the paper's."""
    said = Citation.objects.filter(
        source__in=["egemen-interview-2024-01-03", "astana-times-2022-04-04"],
        update__isnull=False,
        stance=Stance.SUPPORTS,
    )
    assert said.exists()
    assert set(said.values_list("basis", "origin")) == {(Basis.RELAYS.value, "akorda")}


def test_search_finds_it() -> None:
    found = Promise.objects.search(search.parse('"constitutional court"'))
    assert found.filter(pk="kz2022-6-1").exists()


@with_documents
def test_every_fingerprint_matches_the_documents() -> None:
    cited = {citation.source_id for citation in Citation.objects.all() if citation.paragraphs}
    assert cited <= set(FILES)
    for source in sorted(cited):
        reading = load_document(Source.objects.get(pk=source), DOCUMENTS / FILES[source])
        assert reading.missing == [], source
        assert reading.moved == [], source
        assert reading.matched


@with_documents
def test_every_promise_shows_its_passage() -> None:
    address = Source.objects.get(pk=ADDRESS)
    load_document(address, DOCUMENTS / FILES[ADDRESS])
    loaded = set(address.paragraphs.values_list("fingerprint", flat=True))
    for citation in Citation.objects.filter(promise__isnull=False, source=address):
        assert {one["fingerprint"] for one in citation.paragraphs} <= loaded, citation


@with_documents
def test_nothing_is_copied_from_the_documents() -> None:
    copied: set[tuple[str, ...]] = set()
    for name in FILES.values():
        copied |= set(_runs((DOCUMENTS / name).read_text(encoding="utf-8")))
    found = [
        f"{path.name}: {' '.join(run)}"
        for path in sorted(SEEDS.glob("*.yaml"))
        for text in _texts(read(path, path.name).data, title_is_name=path.name == "sources.yaml")
        for run in _runs(text)
        if run in copied
    ]
    assert found == []


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", normalise(text).casefold())
    for start in range(len(words) - COPIED_WORDS + 1):
        yield tuple(words[start : start + COPIED_WORDS])


def _texts(data: Any, *, title_is_name: bool) -> Iterator[str]:
    """Every text of a file but addresses and, where that is its name, the title of a source."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for item in data:
            yield from _texts(item, title_is_name=title_is_name)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key != "url" and not (title_is_name and key == "title"):
                yield from _texts(value, title_is_name=title_is_name)
