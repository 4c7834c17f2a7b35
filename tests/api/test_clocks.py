"""The two clocks: what was true (`as_of`), and what the record said (`known_at`)."""

from typing import Any

import pytest

from reforms import ledger, workflow
from reforms.models import Paragraph, Programme, Promise, Source, StatusUpdate, Topic
from reforms.workflow import Cited
from tests.api.asking import answer, ask, codes, complaints, follow, ids, problem, results
from tests.fixtures import Clock, make_promise, make_update

REASON = "It was read wrong."


def head() -> int:
    return ledger.head().sequence


@pytest.fixture
def story(cast: None, clock: Clock) -> dict[str, Any]:
    """One promise whose record changed its mind; the numbers of the entries by name."""
    clock.at("2022-02-01T12:00Z")
    promise = make_promise(
        deadline="2022-07-01",
        citations=[Cited("demo2020-address")],
        bodies=[("court", "responsible")],
        topics=["courts"],
    )
    make_promise(2, deadline="2022-12-31")
    said: dict[str, Any] = {"promised": head()}
    clock.at("2022-03-01T12:00Z")
    make_update(promise, "in_progress", "2022-02-10")
    said["begun"] = head()
    clock.at("2022-09-01T12:00Z")
    done = make_update(promise, "implemented", "2022-06-15")
    said["done"] = head()
    clock.at("2022-10-01T12:00Z")
    promise.title = {"en": "Another title"}
    workflow.save(promise, REASON)
    said["retitled"] = head()
    clock.at("2022-11-01T12:00Z")
    workflow.retract(done, "The law was never signed.")
    said["retracted"] = head()
    clock.at("2022-12-01T12:00Z")
    make_update(promise, "stalled", "2022-05-05", organisation="lantern")
    said["late"] = head()
    clock.at("2023-01-15T12:00Z")
    said["done id"] = str(done.pk)
    return said


WHERE = "/promises/demo2020-1-1/"


# as_of: what was true --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "status", "since", "timeliness"),
    [
        ("2022-02-09", "not_assessed", None, "pending"),
        ("2022-02-10", "in_progress", "2022-02-10", "pending"),
        ("2022-06-30", "in_progress", "2022-02-10", "pending"),
        ("2022-07-02", "in_progress", "2022-02-10", "overdue"),
        ("2023-01-15", "in_progress", "2022-02-10", "overdue"),
    ],
)
def test_what_was_true_on_a_day(
    story: Any, day: str, status: str, since: str | None, timeliness: str
) -> None:
    found = answer(WHERE, {"as_of": day})
    assert (found["status"], found["status_since"], found["timeliness"]) == (
        status,
        since,
        timeliness,
    )
    assert found["clocks"] == {"as_of": day, "known_at": None, "recorded_at": None}
    assert ids("/promises/", {"as_of": day, "status": status, "reform": "demo2020-1"})[0] == (
        "demo2020-1-1"
    )
    assert "demo2020-1-1" in ids("/promises/", {"as_of": day, "timeliness": timeliness})
    assert "demo2020-1-1" not in ids("/promises/", {"as_of": day, "status_not": status})


def test_a_later_entered_update_of_an_earlier_day_counts_from_that_day(story: Any) -> None:
    assert not answer(WHERE, {"as_of": "2022-05-04"})["contested"]
    assert answer(WHERE, {"as_of": "2022-05-05"})["contested"]
    assert ids("/promises/", {"as_of": "2022-05-05", "contested": "true"}) == ["demo2020-1-1"]
    assert ids("/promises/", {"as_of": "2022-05-04", "contested": "true"}) == []
    assert ids("/promises/", {"as_of": "2022-05-04", "organisation": "lantern"}) == []
    assert ids("/promises/", {"as_of": "2022-05-05", "organisation": "lantern"}) == ["demo2020-1-1"]


def test_as_of_today_is_the_plain_answer(story: Any) -> None:
    for path in (
        "/promises/",
        "/reforms/",
        "/updates/",
        f"{WHERE}updates/",
        f"{WHERE}assessments/",
    ):
        plain = answer(path)
        today = answer(path, {"as_of": "2023-01-16"})  # it is tomorrow on Kiritimati
        if path == "/promises/":
            today = answer(path, {"as_of": "2023-01-16", "programme": "demo2020"})
            plain = answer(path, {"programme": "demo2020"})
        assert today.pop("clocks")["as_of"] == "2023-01-16"
        assert today["results"] == plain["results"], path
    plain, today = answer(WHERE), answer(WHERE, {"as_of": "2023-01-16"})
    assert today.pop("clocks")
    assert today == plain


def test_the_timeline_ends_on_the_day(story: Any) -> None:
    assert [one["status"] for one in results(f"{WHERE}updates/", {"as_of": "2022-05-05"})] == [
        "stalled",
        "in_progress",
    ]
    whole = answer(WHERE, {"as_of": "2022-05-05"})
    assert [one["status"] for one in whole["updates"]] == ["stalled", "in_progress"]
    views = results(f"{WHERE}assessments/", {"as_of": "2022-05-04"})
    assert [(one["organisation"]["id"], one["agrees"]) for one in views] == [("editors", True)]


# known_at: what the record said ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status", "title", "timeline"),
    [
        ("promised", "not_assessed", "Promise 1", []),
        ("begun", "in_progress", "Promise 1", ["in_progress"]),
        ("done", "implemented", "Promise 1", ["implemented", "in_progress"]),
        ("retitled", "implemented", "Another title", ["implemented", "in_progress"]),
        ("retracted", "in_progress", "Another title", ["implemented", "in_progress"]),
        ("late", "in_progress", "Another title", ["implemented", "stalled", "in_progress"]),
    ],
)
def test_what_the_record_said(
    story: Any, name: str, status: str, title: str, timeline: list[str]
) -> None:
    found = answer(WHERE, {"known_at": story[name]})
    assert found["clocks"]["known_at"] == story[name]
    assert (found["status"], found["title"]) == (status, title)
    assert [one["status"] for one in found["updates"]] == timeline
    [listed] = results(
        "/promises/", {"known_at": story[name], "status": status, "reform": "demo2020-1"}
    )[:1]
    assert listed == {key: found[key] for key in listed}
    listed_updates = results(f"{WHERE}updates/", {"known_at": story[name]})
    assert listed_updates == found["updates"]


def test_an_update_was_standing_until_it_was_retracted(story: Any) -> None:
    where = f"/updates/{story['done id']}/"
    before = answer(where, {"known_at": story["done"]})
    after = answer(where)
    assert (before["review_state"], before["stands"], before["ended_reason"]) == (
        "published",
        True,
        "",
    )
    assert (after["review_state"], after["stands"]) == ("retracted", False)
    assert after["ended_reason"] == "The law was never signed."
    asked = {"known_at": story["done"], "review_state": "published", "status": "implemented"}
    assert ids("/updates/", asked) == [story["done id"]]
    assert ids("/updates/", asked | {"review_state": "retracted"}) == []
    now = {"known_at": story["late"], "review_state": "retracted"}
    assert ids("/updates/", now) == [story["done id"]]


def test_a_timestamp_names_the_entry_that_was_the_last_then(story: Any) -> None:
    found = answer(WHERE, {"known_at": "2022-09-15T12:00:00+00:00"})
    assert found["clocks"]["known_at"] == story["done"]
    assert found["status"] == "implemented"
    assert found["clocks"]["recorded_at"].startswith("2022-09-01T12:00:00")


def test_both_clocks_together(story: Any) -> None:
    asked = {"known_at": story["done"], "as_of": "2022-06-14"}
    assert answer(WHERE, asked)["status"] == "in_progress"
    asked["as_of"] = "2022-06-15"
    assert answer(WHERE, asked)["status"] == "implemented"
    assert answer(WHERE, asked)["timeliness"] == "on_time"
    asked["known_at"] = story["retracted"]
    assert answer(WHERE, asked)["status"] == "in_progress"


def test_known_at_the_head_is_the_plain_answer(story: Any) -> None:
    for path in ("/promises/", "/reforms/", "/updates/", "/sources/", "/programmes/", "/bodies/"):
        plain = answer(path)
        known = answer(path, {"known_at": head()})
        assert known.pop("clocks")["known_at"] == head()
        if path in ("/promises/",):
            for one in (*plain["results"], *known["results"]):
                one.pop("timeliness")  # today is the day of the last entry
        assert known["results"] == plain["results"], path
    everything = "citations,updates,programme,reform,bodies,topics"
    plain, known = (
        results("/promises/", {"expand": everything, "omit": "timeliness"} | asked)
        for asked in ({}, {"known_at": head()})
    )
    assert known == plain
    for path in ("/updates/", "/programmes/", "/reforms/", "/sources/"):
        expand = {
            "/updates/": "promise,organisation",
            "/programmes/": "lead_organisation,announced_by",
            "/reforms/": "programme",
            "/sources/": "publisher",
        }[path]
        plain, known = (
            results(path, {"expand": expand} | asked) for asked in ({}, {"known_at": head()})
        )
        for one in (*plain, *known):
            if path == "/updates/":
                one["promise"].pop("timeliness")
        assert known == plain, path


def test_a_text_that_is_loaded_shows_at_every_moment(story: Any) -> None:
    Paragraph.objects.create(
        source_id="demo2020-address", ordinal=1, fingerprint="fp1:" + "1" * 64, text="One."
    )
    for path, expand in (("/sources/", ""), ("/programmes/", "announced_by")):
        asked = {"expand": expand} if expand else {}
        plain = results(path, asked)
        assert "True" in str(plain)
        assert results(path, asked | {"known_at": head()}) == plain


def test_the_counts_of_reforms_move_with_both_clocks(story: Any) -> None:
    def counts(**asked: Any) -> Any:
        found = answer("/reforms/demo2020-1/", asked)["promises"]
        return found["total"], {name: n for name, n in found["by_status"].items() if n}

    assert counts() == (2, {"in_progress": 1, "not_assessed": 1})
    assert counts(known_at=story["done"]) == (2, {"implemented": 1, "not_assessed": 1})
    assert counts(as_of="2022-02-09") == (2, {"not_assessed": 2})
    assert counts(as_of="2022-02-20", known_at=story["begun"] - 1) == (2, {"not_assessed": 2})


def test_what_is_written_later_never_changes_what_was_said(story: Any, clock: Clock) -> None:
    paths = ("/promises/", WHERE, "/updates/", "/reforms/", f"{WHERE}assessments/")
    before = [answer(path, {"known_at": story["done"]}) for path in paths]
    clock.at("2023-02-01T12:00Z")
    promise = Promise.objects.get(pk="demo2020-1-1")
    promise.kind = "study"
    workflow.save(promise, REASON, citations=[], bodies=[], topics=[])
    source = Source.objects.get(pk="daily-page")
    source.publisher_id = "ministry"
    workflow.save(source, REASON)
    programme = Programme.objects.get(pk="demo2020")
    programme.lead_organisation_id = "lantern"
    programme.title = {"en": "Another name"}
    workflow.save(programme, REASON)
    make_update(promise, "reversed", "2022-04-01")
    make_promise(3)
    assert [answer(path, {"known_at": story["done"]}) for path in paths] == before


def test_pages_of_what_was_said_hold_whatever_is_written(story: Any, clock: Clock) -> None:
    for number in range(3, 8):
        make_promise(number)
    known = head()
    pages = follow("/promises/", {"known_at": known, "limit": "2", "ordering": "-status_since"})
    found = [row["id"] for row in next(pages)["results"]]
    make_promise(20)
    make_update(Promise.objects.get(pk="demo2020-1-5"), "implemented", "2022-01-01")
    found += [row["id"] for page in pages for row in page["results"]]
    assert sorted(found) == sorted(f"demo2020-1-{number}" for number in range(1, 8))


# What cannot be asked ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "parameter", "code", "says"),
    [
        ({"as_of": "2023-01-17"}, "as_of", "too_late", "after today, 2023-01-16"),
        ({"as_of": "2020-01-14"}, "as_of", "too_early", "before 2020-01-15, when"),
        ({"as_of": "2022-11"}, "as_of", "bad_date", "write it as 2022-11-05"),
        ({"as_of": "yesterday"}, "as_of", "bad_date", "is no day"),
        ({"known_at": "2022-11-05"}, "known_at", "bad_moment", "with an offset"),
        ({"known_at": "2022-11-05T12:00:00"}, "known_at", "bad_moment", "with an offset"),
        ({"known_at": "2030-01-01T00:00:00Z"}, "known_at", "too_late", "has not come yet"),
        ({"known_at": "2020-01-01T00:00:00Z"}, "known_at", "too_early", "begins at 2020-01-20"),
        ({"known_at": "0"}, "known_at", "out_of_range", "the entries 1 to"),
        ({"known_at": "9" * 40}, "known_at", "out_of_range", "the entries 1 to"),
        ({"known_at": "-1"}, "known_at", "bad_moment", "is no moment"),
    ],
)
def test_moments_that_cannot_be_asked_about(
    story: Any, asked: dict[str, str], parameter: str, code: str, says: str
) -> None:
    for path in ("/promises/", WHERE, "/reforms/", "/updates/", f"{WHERE}updates/"):
        [complaint] = complaints(path, asked)
        assert (complaint["parameter"], complaint["code"]) == (parameter, code)
        assert says in complaint["detail"]


def test_a_day_after_the_moment_of_the_record_is_refused(story: Any) -> None:
    asked = {"known_at": str(story["begun"]), "as_of": "2022-03-03"}
    [complaint] = complaints("/promises/", asked)
    assert (complaint["parameter"], complaint["code"]) == ("as_of", "too_late")
    assert "the day of known_at, 2022-03-02" in complaint["detail"]


@pytest.mark.parametrize(
    "asked",
    [
        {"search": "title"},
        {"body": "court"},
        {"body_not": "court"},
        {"topic": "courts"},
        {"source": "daily-page"},
        {"changed_since": "2022-01-01"},
    ],
)
def test_filters_over_what_may_have_been_edited_are_refused_with_a_reason(
    story: Any, asked: dict[str, str]
) -> None:
    [complaint] = complaints("/promises/", asked | {"known_at": "5"})
    assert (complaint["parameter"], complaint["code"]) == (*asked, "edited_since")
    assert "may have been edited since" in complaint["detail"]
    assert "status" in complaint["allowed"]
    assert ask("/promises/", asked | {"as_of": "2022-05-05"}).status_code == 200


def test_orderings_by_what_may_have_been_edited_are_refused(story: Any) -> None:
    for ordering in ("changed_at", "-changed_at"):
        found = codes("/promises/", {"ordering": ordering, "known_at": "5"})
        assert found == [("ordering", "edited_since")]
    for ordering in ("deadline", "-status_since", "id"):
        assert ids("/promises/", {"ordering": ordering, "known_at": str(story["late"])})


def test_filters_over_what_every_state_keeps_are_answered(story: Any) -> None:
    promise = Promise.objects.get(pk="demo2020-1-1")
    promise.kind, promise.commitment = "study", "process"
    workflow.save(promise, REASON)
    known = {"known_at": story["late"]}
    both = ["demo2020-1-1", "demo2020-1-2"]
    assert ids("/promises/", known | {"kind": "legislation"}) == both
    assert ids("/promises/", {"kind": "legislation"}) == both[1:]
    assert ids("/promises/", known | {"commitment": "specific"}) == both
    assert ids("/promises/", known | {"deadline_before": "2022-08-01"}) == both[:1]
    assert ids("/promises/", known | {"not_updated_since": "2022-04-01"}) == both[1:]
    assert ids("/promises/", known | {"verification": "independent"}) == both[:1]


# What is no longer there -------------------------------------------------------------------------


def test_a_withdrawn_id_is_gone_and_says_where_it_can_still_be_read(
    story: Any, clock: Clock
) -> None:
    known = head()
    promise = Promise.objects.get(pk="demo2020-1-2")
    workflow.withdraw_object(promise, "It is a part of another.")
    for path in ("/promises/demo2020-1-2/", "/promises/demo2020-1-2/updates/"):
        told = problem(ask(path), 410, "gone")
        assert told["reason"] == "It is a part of another."
        assert told["entry"] == known + 1
        assert f"known_at={known}" in told["detail"]
        assert answer(told["last_known"])["title"] == "Promise 2"
        assert [one["action"] for one in results(told["history"])] == ["create", "withdraw"]
    assert ids("/promises/") == ["demo2020-1-1"]
    assert ids("/promises/", {"known_at": known}) == ["demo2020-1-1", "demo2020-1-2"]
    assert answer("/reforms/demo2020-1/")["promises"]["total"] == 1


def test_every_kind_of_object_can_be_gone(story: Any) -> None:
    known = head()
    workflow.withdraw_object(Topic.objects.get(pk="money"), "Nobody uses it.")
    told = problem(ask("/topics/money/"), 410, "gone")
    assert told["withdrawn_at"]
    assert answer("/topics/money/", {"known_at": known})["name"] == "Money"
    assert "money" not in ids("/topics/")
    assert "money" in ids("/topics/", {"known_at": known})


def test_what_was_not_there_yet_is_not_found(story: Any) -> None:
    known = str(story["begun"])
    told = problem(ask(f"/updates/{story['done id']}/", {"known_at": known}), 404, "not-found")
    assert f"when it had {known} entries" in told["detail"]
    told = problem(ask(WHERE, {"known_at": str(story["promised"] - 5)}), 404, "not-found")
    assert "The record had no promise" in told["detail"]


def test_what_is_not_public_is_not_there_at_any_time(story: Any) -> None:
    promise = Promise.objects.get(pk="demo2020-1-1")
    draft = make_update(promise, "abandoned", publish=False, citations=[Cited("blog-page")])
    for path in (f"/updates/{draft.pk}/", "/sources/blog-page/"):
        for asked in ({}, {"known_at": head()}):
            problem(ask(path, asked), 404, "not-found")
    assert StatusUpdate.objects.count() == 4
    assert len(results("/updates/", {"known_at": head()})) == 3
