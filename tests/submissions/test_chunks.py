"""Rows are looked up and written some at a time, each lot while the next is checked: nobody can
tell where one ends.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reforms.errors import RuleBroken
from reforms.models import Citation, Publisher, Source, StatusUpdate
from reforms.submissions import SubmissionRefused, batches
from reforms.submissions.repeating import Sent
from tests.fixtures import make_promise, rolled_back
from tests.submissions.batching import assert_sound, counts, numbered, publisher, run, said
from tests.submissions.saying import ARTICLE, content, key_of

pytestmark = pytest.mark.usefixtures("promise")

NEW = ARTICLE | {"publisher": "Gleaner"}
ROWS: dict[str, dict[str, Any]] = {
    "plain": content(note="N"),
    "without evidence": content(citations=[]),
    "named": content(external_id="a"),
    "named again": content(external_id="a", status="stalled"),
    "wrong": content(status="x", external_id="b"),
    "of nobody": content(promise="nobody"),
    "brings a source along": content(citations=[NEW]),
    "rests on it": content(citations=[{"url": ARTICLE["url"] + "#x"}, {"source": "daily-page"}]),
    "brings another of its publisher": content(
        citations=[NEW | {"url": "https://two.example/", "title": "Two"}]
    ),
    "names whom another brought along": content(
        citations=[{"source": "daily-page", "basis": "relays", "origin": "Gleaner"}]
    ),
}
# What somebody refused has described is there for the rows that are looked up with it, and no more.
INDEPENDENT = st.lists(st.sampled_from([*ROWS]), min_size=1, max_size=9)


def left_behind() -> Any:
    """All that a batch may have written, without what is random or a moment."""
    updates = StatusUpdate.objects.order_by("external_id", "status", "note").values_list(
        "external_id", "status", "note", "review_state", "organisation"
    )
    cited = Citation.objects.exclude(update=None).values_list(
        "position", "source__url", "origin__name", "update__external_id", "update__review_state"
    )
    sources = [(one.url, one.publisher.name, one.is_public) for one in Source.objects.all()]
    publishers = [(one.name, one.is_public) for one in Publisher.objects.all()]
    return [sorted(map(repr, each)) for each in (updates, cited, sources, publishers)]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(INDEPENDENT, st.integers(1, 4), st.booleans(), st.booleans())
@example(["brings a source along", "rests on it"], 1, False, False)
@example(["brings a source along", "names whom another brought along"], 1, True, True)
@example(["named", "plain", "named"], 1, True, False)
def test_it_makes_no_difference_where_one_ends(
    names: list[str], chunk: int, partial: bool, publishes: bool
) -> None:
    found = []
    for size in (len(names), chunk):
        with pytest.MonkeyPatch.context() as patch, rolled_back():
            patch.setattr(batches, "CHUNK", size)
            who = publisher() if publishes else key_of("lantern")
            report = run(*(ROWS[name] for name in names), who=who, partial=partial)
            found.append((counts(report), said(report), report.refused, left_behind()))
    assert found[0] == found[1]


@pytest.mark.parametrize("publishes", [False, True])
def test_the_last_is_written_too(publishes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "CHUNK", 3)
    who = publisher() if publishes else key_of("lantern")
    told: list[int] = []
    report = run(*numbered(7, citations=[NEW]), who=who, progress=told.append)
    assert counts(report) == (7, 7, 7 * publishes, 0, 0)
    assert [one.row for one in report.results] == [*range(1, 8)]
    assert told == [3, 3, 1]
    stored = StatusUpdate.objects.values_list("external_id", flat=True)
    assert sorted(stored) == [f"row-{number}" for number in range(1, 8)]
    assert_sound()


def test_some_are_published_and_others_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that publishes about one programme alone, rows about two in turn."""
    make_promise(1, "far2021-1")
    who = key_of("editors", "submit", "publish")
    monkeypatch.setattr(batches.roles, "may_publish_own", lambda _, __, one: one.pk == "demo2020")
    programmes = ["far2021", "far2021", "demo2020"] * 3
    for size in (1, 2, 4):
        monkeypatch.setattr(batches, "CHUNK", size)
        sent = [
            content(promise=f"{one}-1-1", external_id=f"{size} {number}", citations=[NEW])
            for number, one in enumerate(programmes)
        ]
        report = run(*sent, who=who)
        assert counts(report) == (9, 9, 3, 0, 0)
    assert StatusUpdate.objects.filter(review_state="published").count() == 9
    assert_sound()


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_what_only_the_database_refuses_is_said_of_its_row(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the lot that was written last and of any other, in the same words; nothing is left."""
    run(*numbered(1))
    before = left_behind()
    monkeypatch.setattr(Sent, "learn", lambda _self, _ids: None)
    monkeypatch.setattr(batches, "CHUNK", size)
    others = [content(external_id=f"other {number}", citations=[NEW]) for number in range(3)]
    for at in range(4):
        sent = [*others[:at], *numbered(1), *others[at:]]
        with pytest.raises(RuleBroken) as refusal:
            run(*sent, content(status="x"), partial=True)
        assert "external_id_once" in str(refusal.value.fields)
        assert left_behind() == before


def test_too_many_are_refused_whatever_was_written(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(batches, "CHUNK", 2)
    settings.MAX_BATCH_ROWS = 5
    before = left_behind()
    with pytest.raises(SubmissionRefused):
        run(*numbered(6, citations=[NEW]))
    assert left_behind() == before
