"""Following the record: feeds of status updates and of corrections, whole and of one thing."""

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reforms import ledger, workflow
from reforms.dates import timestamp
from reforms.feeds.entries import CORRECTED
from reforms.models import LedgerEntry, Promise
from reforms.pages import following
from reforms.vocabulary import CORRECTIONS, EntryAction
from tests.api.asking import queries_named
from tests.api.record import SECRET, Record
from tests.feeds.valid import links, valid
from tests.fixtures import make_promise, make_update
from tests.pages.reading import ask, said

ALL = (
    "/feeds/updates.atom",
    "/feeds/programmes/demo2020/updates.atom",
    "/feeds/reforms/demo2020-1/updates.atom",
    "/feeds/promises/demo2020-1-3/updates.atom",
    "/feeds/organisations/lantern/updates.atom",
)
FEEDS = (*ALL, *(one.replace("updates", "corrections") for one in ALL))


def follow(path: str, **headers: str) -> Any:
    """The feed at an address, once it is known to be valid."""
    response = ask(path, **headers)
    assert response.status_code == 200, response.content.decode()
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return valid(response.content)


def names(record: Record, path: str) -> list[str]:
    """The status updates of a feed, by the names that the record gives them."""
    return [record.name_of(one.id.removeprefix("urn:uuid:")) for one in follow(path).entries]


def terms(entry: Any, vocabulary: str) -> list[str]:
    scheme = f"urn:reform-tracker:{vocabulary}"
    return [one.term for one in entry.tags if one.scheme == scheme]


@pytest.mark.parametrize("path", FEEDS)
def test_every_feed_is_valid_and_tells_nothing_unpublished(record: Record, path: str) -> None:
    text = ask(path).content.decode()
    valid(text.encode())
    assert SECRET not in text
    assert not any(str(one.pk) in text for one in record.hidden.values())


def test_updates_are_told_by_the_last_that_became_of_them(record: Record) -> None:
    assert names(record, ALL[0]) == [
        "still-open",
        *("removed", "retracted", "superseded", "corrected"),
        *("refused", "begun", "half", "stuck-too", "stuck", "drafted", "nothing"),
        *("closed", "opened", "law", "court", "adopted"),
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            ALL[2],
            "still-open retracted superseded corrected nothing closed opened law court adopted",
        ),
        (ALL[3], "still-open retracted closed opened"),
        (ALL[4], "still-open superseded corrected stuck"),
        ("/feeds/programmes/far2021/updates.atom", "refused begun"),
        ("/feeds/promises/demo2020-0-1/updates.atom", ""),
    ],
)
def test_what_is_followed_alone(record: Record, path: str, expected: str) -> None:
    assert names(record, path) == expected.split()


def test_an_update_is_found_also_among_many(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [names(record, path) for path in ALL]
    monkeypatch.setattr(following, "FEW", 0)
    assert [names(record, path) for path in ALL] == before


def test_an_entry_says_who_what_since_when_and_on_what_evidence(record: Record) -> None:
    entry = follow(ALL[0]).entries[-2]
    update = record.updates["court"]
    assert entry.id == f"urn:uuid:{update.pk}"
    assert entry.title == "A court of the constitution: implemented (Editors)"
    assert entry.author == "Editors"
    assert entry.author_detail.href.startswith("http://testserver/")
    assert entry.published == entry.updated == timestamp(update.published_at)
    assert entry.summary.startswith("Editors: implemented, since 2022-08. The judges were sworn")
    assert terms(entry, "status") == ["implemented"]
    assert terms(entry, "review_state") == ["published"]
    assert terms(entry, "promise") == ["demo2020-1-1"]
    assert terms(entry, "reform") == ["demo2020-1"]
    assert terms(entry, "programme") == ["demo2020"]
    assert terms(entry, "organisation") == ["editors"]
    assert entry.rights == "CC-BY-4.0; credit Reform tracker and Editors."
    by_rel = {(one.rel, one.type): one.href for one in entry.links}
    assert by_rel["license", "text/html"] == "https://spdx.org/licenses/CC-BY-4.0.html"
    assert by_rel["alternate", "application/json"].endswith(f"/api/v1/updates/{update.pk}/")
    [content] = entry.content
    for words in ("implemented", "August 2022", "The judges were sworn in.", "art. 28(5)"):
        assert words in content.value


def test_what_was_taken_back_says_so_and_why(record: Record) -> None:
    entry = follow(ALL[3]).entries[1]
    assert entry.title.startswith("Retracted: ")
    assert terms(entry, "review_state") == ["retracted"]
    assert entry.summary.startswith("Retracted: We misread the law.")
    assert entry.published < entry.updated
    [superseded] = [
        one for one in follow(ALL[4]).entries if terms(one, "review_state") == ["superseded"]
    ]
    assert record.id_of("corrected") in superseded.content[0].value


def test_corrections_say_what_and_why(record: Record) -> None:
    feed = follow("/feeds/corrections.atom")
    actions = [terms(one, "action") for one in feed.entries]
    assert actions == [["remove"], ["retract"], ["supersede"], ["correct"], ["correct"]]
    removed, retracted, superseded, *_, lantern = feed.entries
    assert removed.author == "Reform tracker (curator)"
    assert "It names a private person." in removed.content[0].value
    assert retracted.title.startswith("Retracted: Compass on “")
    assert superseded.summary.startswith("The law had been signed.")
    assert lantern.title == "Corrected: organisation “Lantern”"
    entry = LedgerEntry.objects.get(action="retract")
    assert retracted.updated == timestamp(entry.recorded_at)
    [api] = [one.href for one in retracted.links if one.type == "application/json"]
    assert ask(api.removeprefix("http://testserver")).json()["results"][0]["hash"] == entry.hash


@pytest.mark.parametrize(
    ("path", "expected"),
    [(2, "retract supersede"), (3, "retract"), (4, "supersede correct")],
)
def test_corrections_of_what_is_followed(record: Record, path: int, expected: str) -> None:
    feed = follow(ALL[path].replace("updates", "corrections"))
    assert [terms(one, "action")[0] for one in feed.entries] == expected.split()


def test_every_kind_of_correction_has_a_word() -> None:
    assert tuple(CORRECTED) == CORRECTIONS


def test_a_withdrawal_is_told_and_what_was_withdrawn_is_gone(record: Record) -> None:
    promise = make_promise(77)
    update = make_update(promise, "implemented")
    path = "/feeds/promises/demo2020-1-77/updates.atom"
    assert len(follow(path).entries) == 1
    workflow.retract(update, "It was about another promise.")
    workflow.withdraw_object(promise, "Entered twice.")
    assert "Entered twice." in said(path, 410)
    assert "There is no promise demo2020-1-99." in said(
        "/feeds/promises/demo2020-1-99/updates.atom", 404
    )
    newest = follow("/feeds/corrections.atom").entries[0]
    assert newest.title == "Withdrawn: promise demo2020-1-77"
    assert newest.summary.startswith("Entered twice.")
    # What an organisation said is public for good.
    [one] = [one for one in follow(ALL[0]).entries if str(update.pk) in one.id]
    assert one.title == "Retracted: demo2020-1-77: implemented (Editors)"


def test_what_is_redacted_is_told_by_its_marker(record: Record) -> None:
    update = record.updates["court"]
    workflow.redact(update, ["note"], "A court ordered it.")
    first = follow(ALL[0]).entries[0]
    assert first.id == f"urn:uuid:{update.pk}"
    assert "sworn" not in first.content[0].value
    assert terms(follow("/feeds/corrections.atom").entries[0], "action") == ["redact"]


def test_texts_come_in_the_language_of_the_address(record: Record) -> None:
    path = "/feeds/promises/demo2020-1-1/updates.atom"
    russian = follow(f"{path}?lang=ru").entries[0]
    assert "Судьи присягнули." in russian.content[0].value
    english = follow(path, Accept_Language="ru").entries[0]
    assert "Судьи" not in english.content[0].value
    assert russian.id == english.id


def test_ids_do_not_depend_on_the_address(record: Record, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    for path in FEEDS:
        here, there = follow(path), follow(path, Host="mirror.example")
        assert here.feed.id == there.feed.id
        assert [one.id for one in here.entries] == [one.id for one in there.entries]
        assert links(there)["self"] == f"http://mirror.example{path}"


def test_a_reader_who_has_it_gets_304_from_the_head_alone(record: Record) -> None:
    for hour, path in enumerate(FEEDS):
        record.clock.at(f"2024-06-03T{hour:02}:00:00+00:00")
        headers = ask(path).headers
        assert headers["Cache-Control"] == "public, max-age=60"
        assert headers["Vary"] == "Ledger-Sequence-At-Least, origin"
        for has in (
            {"If_None_Match": headers["ETag"]},
            {"If_Modified_Since": headers["Last-Modified"]},
        ):
            with queries_named() as asked:
                response = ask(path, **has)
            assert (response.status_code, response.content) == (304, b"")
            assert response.headers["ETag"] == headers["ETag"]
            assert asked == ["ledgerentry"]
        make_promise(LedgerEntry.objects.count())
        assert ask(path, If_None_Match=headers["ETag"]).status_code == 200


def test_the_page_of_another_site_may_read_it(record: Record) -> None:
    headers = ask(ALL[0], Origin="https://reader.example").headers
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_no_date_is_told_while_its_second_is_not_over(record: Record) -> None:
    record.clock.at(timestamp(ledger.head().recorded_at).replace("Z", "+00:00"))  # type: ignore[arg-type]
    assert "Last-Modified" not in ask(ALL[0]).headers


@pytest.mark.parametrize("path", FEEDS)
def test_queries_do_not_grow_with_the_feed(record: Record, path: str) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            follow(path)
        return len(captured)

    follow(path)
    before = count()
    promise = Promise.objects.get(pk="demo2020-1-3")
    for _ in range(3):
        update = make_update(promise, "implemented", organisation="lantern")
        workflow.retract(update, "Not so.")
    follow(path)  # what is read once for each head of the ledger
    assert count() <= max(before, 16)


def test_questions_that_make_no_sense_are_refused(record: Record) -> None:
    assert "Allowed here: archive, lang." in said(f"{ALL[0]}?page=2", 400)
    assert "is no archive" in said(f"{ALL[0]}?archive=last", 400)
    assert "is no archive" in said(f"{ALL[0]}?archive=", 400)
    assert "is no language here" in said(f"{ALL[0]}?lang=de", 400)
    for number in (0, 1000):
        assert f"There is no archive {number}" in said(f"{ALL[0]}?archive={number}", 404)


class TestArchives:
    @pytest.fixture(autouse=True)
    def _small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(following, "BLOCK", 7)
        monkeypatch.setattr(following, "NEWEST", 3)

    @staticmethod
    def walk(path: str, rel: str = "prev-archive") -> list[Any]:
        """The documents from the first to the oldest, or as another relation leads."""
        documents = [follow(path)]
        while address := links(documents[-1]).get(rel):
            documents.append(follow(address.removeprefix("http://testserver")))
        return documents

    @pytest.mark.parametrize("path", FEEDS)
    def test_all_documents_together_hold_everything(
        self, record: Record, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        documents = self.walk(path)
        told = {one.id: one.updated for doc in reversed(documents) for one in doc.entries}
        assert len(documents[0].entries) < 11
        assert [doc.feed.id for doc in documents] == [documents[0].feed.id] * len(documents)
        for doc in documents[1:]:
            assert doc.entries
            assert "fh_archive" in doc.feed
            assert links(doc)["current"] == f"http://testserver{path}"
        assert self.walk(path, "next")[1:] == documents[1:]
        monkeypatch.setattr(following, "NEWEST", 1000)
        monkeypatch.setattr(following, "BLOCK", 1000)
        whole = follow(path)
        assert {one.id: one.updated for one in whole.entries} == told

    def test_the_way_back_leads_on_as_well(self, record: Record) -> None:
        documents = self.walk(ALL[0])
        assert len(documents) > 3
        for newer, older in pairwise(documents[1:]):
            assert links(older)["next-archive"] == links(newer)["self"]
        assert links(documents[1])["previous"] in (
            links(documents[0])["self"],
            links(documents[1]).get("next-archive"),
        )

    def test_whoever_was_away_misses_nothing(self, record: Record) -> None:
        """A reader that stops at the first archive it knows, as RFC 5005 says."""
        known: set[str] = set()
        seen: set[str] = set()

        def read() -> None:
            document = follow(ALL[0])
            while True:
                seen.update(f"{one.id} {one.updated}" for one in document.entries)
                older = links(document).get("prev-archive")
                if older is None or older in known:
                    return
                known.add(older)
                document = follow(older.removeprefix("http://testserver"))

        promise = Promise.objects.get(pk="demo2020-1-3")
        for written in (1, 2, 5, 9, 0, 3):
            read()
            for _ in range(written):
                update = make_update(promise, "implemented", organisation="lantern")
                workflow.retract(update, "Not so.")
        read()
        entries = LedgerEntry.objects.filter(object_type="update", action=EntryAction.RETRACT)
        assert entries.count() == 21
        for entry in entries:
            assert f"urn:uuid:{entry.object_id} {timestamp(entry.recorded_at)}" in seen

    def test_an_archive_holds_the_same_entries_for_ever(self, record: Record) -> None:
        path = f"{ALL[0]}?archive={(ledger.head().sequence - 1) // 7}"
        before = [one.id for one in follow(path).entries]
        for number in range(30):
            make_update(make_promise(100 + number), "implemented")
        assert [one.id for one in follow(path).entries] == before


def test_the_newest_comes_first(record: Record) -> None:
    record.clock.at("2024-07-01T00:00:00+00:00")
    update = make_update(Promise.objects.get(pk="demo2020-1-3"), "implemented")
    feed = follow(ALL[0])
    assert feed.entries[0].id == f"urn:uuid:{update.pk}"
    assert datetime.fromisoformat(feed.feed.updated) == update.published_at
