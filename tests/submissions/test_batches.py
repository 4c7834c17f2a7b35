"""Batches: all rows are checked, all or none are written, and sending one again does no harm."""

import io
import json
import subprocess
import sys
import threading
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from reforms import submissions, workflow
from reforms.errors import TransitionRefused
from reforms.models import (
    Citation,
    Key,
    LedgerEntry,
    Organisation,
    Promise,
    Publisher,
    Source,
    StatusUpdate,
)
from reforms.submissions import Report, Unreadable, references, rows
from reforms.submissions import batches as running
from reforms.workflow import Submissions
from tests.fixtures import assert_no_drift, fresh, make_promise, make_update, row
from tests.submissions.batching import (
    assert_sound,
    counts,
    numbered,
    outcomes,
    publisher,
    run,
    said,
)
from tests.submissions.saying import ARTICLE, content, key_of, wrong

pytestmark = pytest.mark.usefixtures("promise")


# Works.


def test_a_batch_is_as_its_submissions_one_by_one() -> None:
    single = submissions.submit(content(citations=[ARTICLE], note="N"), *_of("compass")).update
    report = run(*numbered(3, citations=[ARTICLE], note="N"))
    assert counts(report) == (3, 3, 0, 0, 0)
    assert outcomes(report) == [(number, "created", "submitted") for number in (1, 2, 3)]
    own = {"id", "organisation_id", "external_id", "submitted_at"}
    for one in report.results:
        stored = StatusUpdate.objects.get(pk=one.id)
        assert {k: v for k, v in row(stored).items() if k not in own} == {
            k: v for k, v in row(single).items() if k not in own
        }
        cited, alone = row(stored.citations.get()), row(single.citations.get())
        own_citation = {"id", "update_id", "source_id"}
        assert {k: v for k, v in cited.items() if k not in own_citation} == {
            k: v for k, v in alone.items() if k not in own_citation
        }
    assert Source.objects.filter(submitted_by="lantern").count() == 1


def _of(organisation: str) -> tuple[Organisation, Key]:
    who = key_of(organisation)
    return who.organisation, who


def test_published_together_is_as_published_one_by_one() -> None:
    """The same entries, verdicts and rows; what is cited becomes public before it."""
    other = make_promise(2)
    alone = make_update(other, "stalled", organisation="lantern")
    before = LedgerEntry.objects.count()
    report = run(
        content(promise=other.pk, citations=[ARTICLE], status="implemented"),
        content(citations=[{"source": "demo2020-address"}, ARTICLE | {"publisher": "Gleaner"}]),
        content(citations=[ARTICLE | {"url": "https://a.example", "publisher": "Gleaner"}]),
        who=publisher(),
    )
    assert counts(report) == (3, 3, 3, 0, 0)
    entries = LedgerEntry.objects.order_by("sequence")[before:]
    assert [(one.action, one.object_type) for one in entries] == [
        ("create", "publisher"),
        *[("create", "source")] * 2,
        *[("publish", "update")] * 3,
    ]
    assert {one.actor for one in entries} == {"organisation:lantern"}
    assert_sound()
    stored = StatusUpdate.objects.get(pk=report.results[0].id)
    assert (stored.version, stored.published_at) == (
        fresh(alone).version,
        entries[3].recorded_at,
    )
    assert stored.published_at == entries[3].recorded_at
    assert fresh(other).status == "implemented"
    assert Publisher.objects.get(name={"en": "Gleaner"}).is_public


def test_what_rests_on_the_record_alone_is_published_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is written once, as published, and the ledger knows what it cites."""
    took = []
    at_once = Submissions._publish
    monkeypatch.setattr(
        Submissions, "_publish", lambda self, some: took.append(len(some)) or at_once(self, some)
    )
    report = run(*numbered(3, note={"en": "Said."}), who=publisher())
    assert counts(report) == (3, 3, 3, 0, 0)
    assert took == [3]
    for entry in LedgerEntry.objects.filter(action="publish").select_related("payload"):
        cited = json.loads(entry.payload.body)["document"]["citations"]
        assert [one["source"] for one in cited] == ["demo2020-address"]
    assert_sound()


def test_what_replaces_another_is_not_published_together(cast: None) -> None:
    old = make_update(Promise.objects.get(), "in_progress", "2022-01", organisation="lantern")
    new = StatusUpdate(
        promise=old.promise,
        organisation=old.organisation,
        status="stalled",
        effective_on=date(2022, 6, 1),
        effective_precision="day",
        replaces=old,
        replaces_reason="It stopped.",
    )
    source = Source.objects.select_related("publisher").get(pk="demo2020-address")
    citation = Citation(source=source, stance="supports", basis="own_finding")
    citation.origin = source.publisher
    together = Submissions()
    together.add(new, [citation])
    with pytest.raises(TransitionRefused), workflow.batch():
        together.store([new])
    assert fresh(old).review_state == "published"
    assert not StatusUpdate.objects.filter(status="stalled").exists()


def test_more_promises_than_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(2, 9):
        make_promise(number)
    monkeypatch.setattr(references, "_KEPT", 5)
    monkeypatch.setattr(running, "CHUNK", 3)
    rows_ = [
        content(promise=f"demo2020-1-{number}", external_id=f"row-{number}")
        for number in range(1, 9)
    ]
    assert counts(run(*rows_)) == (8, 8, 0, 0, 0)


def test_what_is_known_by_now_takes_the_place_of_what_is_private() -> None:
    """Two organisations submit the same document; the second to publish cites the first one's, and
    whom it named as its publisher stays private.
    """
    run(content(citations=[ARTICLE | {"publisher": "Gleaner"}]))
    own = Source.objects.get(submitted_by="lantern")
    theirs = submissions.submit(content(citations=[ARTICLE]), *_of("compass")).update
    workflow.publish(theirs)
    report = run(
        content(citations=[{"source": own.pk}]),
        content(citations=[{"url": ARTICLE["url"] + "#x"}]),
        content(citations=[ARTICLE | {"url": "https://new.example"}]),
        who=publisher(),
    )
    assert counts(report) == (3, 3, 3, 0, 0)
    cited = [StatusUpdate.objects.get(pk=one.id).citations.get().source for one in report.results]
    assert cited[:2] == [theirs.citations.get().source] * 2
    assert Source.objects.filter(address_digest=own.address_digest).count() == 1
    assert not Publisher.objects.public().filter(name={"en": "Gleaner"}).exists()
    assert_sound()


def test_a_source_may_be_described_by_another_row() -> None:
    report = run(content(citations=[ARTICLE]), content(citations=[{"url": ARTICLE["url"]}]))
    assert counts(report) == (2, 2, 0, 0, 0)
    assert Source.objects.filter(submitted_by="lantern").count() == 1


# All or nothing.


BAD = (
    content(external_id="row-1", citations=[ARTICLE]),
    content(status="implementd", effective_on="2999"),
    content(external_id="row-1"),
    7,
    content(promise="nobody", citations=[{"source": "nobody"}]),
)
MISTAKES = [
    (2, "/status", "unknown_value"),
    (2, "/effective_on", "bad_date"),
    (3, "/external_id", "twice"),
    (4, "", "wrong_type"),
    (5, "/promise", "not_found"),
    (5, "/citations/0/source", "not_found"),
]


def test_one_mistake_is_enough_and_all_are_named() -> None:
    report = run(*BAD)
    assert report.refused
    assert said(report) == MISTAKES
    assert (report.failed, report.complaints_total) == (4, 6)
    assert not StatusUpdate.objects.exists()
    assert not Source.objects.filter(submitted_by="lantern").exists()


def test_partial_writes_what_is_right() -> None:
    report = run(*BAD, partial=True)
    assert not report.refused
    assert said(report) == MISTAKES
    assert [outcome for _, outcome, _ in outcomes(report)] == ["created", *["failed"] * 4]
    assert StatusUpdate.objects.get().external_id == "row-1"


def test_what_a_bad_row_brings_along_is_not_kept() -> None:
    new = ARTICLE | {"publisher": "Gleaner"}
    report = run(content(status="x", citations=[new]), content(), partial=True)
    assert said(report) == [(1, "/status", "unknown_value")]
    assert not Publisher.objects.filter(submitted_by="lantern").exists()
    assert not Source.objects.filter(submitted_by="lantern").exists()


def test_what_a_bad_row_describes_another_may_cite() -> None:
    """So that mending the one mends all, and nobody is told of mistakes that are none."""
    new = ARTICLE | {"publisher": "Gleaner"}
    sent = content(status="x", citations=[new]), content(citations=[{"url": ARTICLE["url"]}])
    assert said(run(*sent)) == [(1, "/status", "unknown_value")]
    assert counts(run(*sent, partial=True)) == (2, 1, 0, 0, 1)
    source = Source.objects.get(submitted_by="lantern")
    assert source.publisher == Publisher.objects.get(submitted_by="lantern")


def test_what_is_described_badly_is_not_cited() -> None:
    bad = content(citations=[ARTICLE | {"kind": "x"}])
    report = run(bad, content(citations=[{"url": ARTICLE["url"]}]), partial=True)
    assert said(report) == [
        (1, "/citations/0/kind", "unknown_value"),
        (2, "/citations/0/title", "missing"),
        (2, "/citations/0/publisher", "missing"),
    ]


@pytest.mark.parametrize("publishes", [False, True])
def test_a_dry_run_writes_nothing(publishes: bool) -> None:
    who = publisher() if publishes else key_of("lantern")
    before = LedgerEntry.objects.count()
    report = run(*numbered(2, citations=[ARTICLE]), who=who, dry_run=True)
    assert counts(report) == (2, 2, 2 * publishes, 0, 0)
    assert [one.id for one in report.results] == [None, None]
    assert not StatusUpdate.objects.exists()
    assert not Source.objects.filter(url=ARTICLE["url"]).exists()
    assert LedgerEntry.objects.count() == before
    assert_no_drift()


def test_a_file_that_breaks_off_leaves_nothing() -> None:
    text = json.dumps(numbered(3))[:-5].encode()
    who = key_of("lantern")
    for partial in (False, True):
        with pytest.raises(Unreadable):
            submissions.run_batch(
                rows(io.BytesIO(text), "application/json"), who.organisation, who, partial
            )
    assert not StatusUpdate.objects.exists()


def test_what_is_published_needs_evidence() -> None:
    report = run(
        content(citations=None),
        content(citations=[{"source": "demo2020-address", "stance": "context"}]),
        who=publisher(),
    )
    assert said(report) == [(1, "/citations", "no_evidence"), (2, "/citations", "no_evidence")]
    assert counts(run(content(citations=None))) == (1, 1, 0, 0, 0)


def test_how_many_rows_there_may_be(settings: Any) -> None:
    settings.MAX_BATCH_ROWS = 3
    assert wrong(run, *numbered(4)) == [("", "too_many")]
    assert wrong(run) == [("", "empty")]
    assert not StatusUpdate.objects.exists()
    assert counts(run(*numbered(3))) == (3, 3, 0, 0, 0)


def test_the_list_of_mistakes_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reforms.submissions.report.MOST_LISTED", 5)
    report = run(*[content(status="x", effective_on="y")] * 4)
    assert (len(report.complaints), report.complaints_total, report.failed) == (5, 8, 4)


def test_lines_and_columns_of_a_table() -> None:
    table = (
        "promise,status,effective_on,note,url,title,publisher,url_2\n"
        'demo2020-1-1,stalled,2022,"a\nb",,,,\n'
        "demo2020-1-1,stalld,2022,,,,,ftp://x\n"
        "demo2020-1-1,stalled,2022,,https://new.example,T,,\n"
    )
    who = key_of("lantern")
    report = submissions.run_batch(
        rows(io.BytesIO(table.encode()), "text/csv"), who.organisation, who
    )
    assert [(one.row, one.line, one.column) for one in report.complaints] == [
        (2, 4, "status"),
        (2, 4, "url_2"),
        (3, 5, "publisher"),
    ]


# What it costs.


def test_queries_do_not_grow_with_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    def cost(count: int, who: Key) -> int:
        sent = [
            content(citations=[ARTICLE | {"url": f"https://{who.scopes[-1]}{count}.example/{n}"}])
            for n in range(count)
        ]
        with CaptureQueriesContext(connection) as queries:
            assert run(*sent, who=who).created == count
        return len(queries)

    for who in (key_of("lantern"), publisher()):
        assert abs(cost(40, who) - cost(5, who)) <= 1, who.scopes
    monkeypatch.setattr(running, "CHUNK", 10)
    assert cost(25, key_of("lantern")) < 3 * cost(10, key_of("lantern"))


# Several at once.


class TestAtOnce:
    """Two batches with the same ids leave one truth."""

    @pytest.fixture
    def promise(self, committed_cast: None) -> Promise:
        return make_promise()

    @pytest.mark.parametrize("publishes", [False, True])
    def test_two_batches_with_the_same_ids(self, publishes: bool) -> None:
        who = publisher() if publishes else key_of("lantern")
        start = threading.Barrier(2)
        reports: list[Report] = []

        def send() -> None:
            try:
                start.wait()
                reports.append(run(*numbered(20, citations=[ARTICLE]), who=who))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=send) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(counts(one) for one in reports) == [
            (20, 0, 0, 20, 0),
            (20, 20, 20 * publishes, 0, 0),
        ]
        stored = Counter(StatusUpdate.objects.values_list("external_id", flat=True))
        assert stored == {f"row-{number}": 1 for number in range(1, 21)}
        assert Source.objects.filter(url=ARTICLE["url"]).count() == 1
        assert_sound()


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """10 MB of rows of each kind are read in a few: no more than what is looked at together."""
    script = """
import io, tracemalloc
from reforms.submissions import rows
row = '{"promise": "p", "status": "s", "note": "%s", "citations": [{"url": "u"}]}' % ("x" * 1000)
files = {
    "application/json": "[" + ",".join([row] * 10000) + "]",
    "application/jsonl": "\\n".join([row] * 10000),
    "text/csv": "promise,status,effective_on,note" + ("\\np,s,2022," + "x" * 1000) * 10000,
}
for media_type, text in files.items():
    file = io.BytesIO(text.encode())
    tracemalloc.start()
    assert sum(1 for _ in rows(file, media_type)) == 10000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000, (media_type, peak)
print("constant")
"""
    program = f"import django; django.setup()\n{script}"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"DJANGO_SETTINGS_MODULE": "tracker.settings", "VAR_DIR": str(tmp_path)},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "constant\n", done.stderr
