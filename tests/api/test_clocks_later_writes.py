"""What the record said once it says for ever, whatever is withdrawn or corrected afterwards; and what
was withdrawn is gone, wherever it is asked for.
"""

from typing import Any

import pytest

from reforms import ledger, workflow
from reforms.dates import PartialDate
from reforms.models import Programme, Publisher, Reform, Source, StatusUpdate, Topic
from reforms.workflow import Cited
from tests.api.asking import Row, answer, ask, codes, complaints, ids, problem, results
from tests.fixtures import LATE_ZONE, Clock, make_promise, make_update

REASON = "It was read wrong."
PROMISE = "/promises/demo2020-1-1/"


def head() -> int:
    return ledger.head().sequence


def correct(model: Any, key: str, **columns: Any) -> None:
    thing = model.objects.get(pk=key)
    for name, value in columns.items():
        setattr(thing, name, value)
    workflow.save(thing, REASON)


@pytest.fixture
def update(cast: None, clock: Clock) -> StatusUpdate:
    """One that rests on a blog's page."""
    clock.at("2022-07-01T12:00Z")  # already 2 July on Kiritimati
    promise = make_promise(deadline="2022-07-01", citations=[Cited("demo2020-address")])
    make_promise(2, "far2021-1")
    found = make_update(promise, "implemented", "2022-05", citations=[Cited("blog-page")])
    clock.at("2022-07-20T12:00Z")
    return found


def everywhere(update: StatusUpdate, **clocks: Any) -> list[Row]:
    """The update wherever it is answered."""
    [listed] = results("/updates/", clocks)
    [of_promise] = results(f"{PROMISE}updates/", clocks)
    [embedded] = answer(PROMISE, clocks)["updates"]
    [in_list] = results("/promises/", clocks | {"expand": "updates", "programme": "demo2020"})
    one = answer(f"/updates/{update.pk}/", clocks)
    one.pop("clocks", None)
    return [listed, of_promise, embedded, *in_list["updates"], one]


# Sources and publishers that were withdrawn -------------------------------------------------------


@pytest.mark.parametrize("withdrawn_too", [False, True])
def test_what_a_withdrawn_source_was_is_said_for_ever(
    update: StatusUpdate, withdrawn_too: bool
) -> None:
    published = head()
    workflow.retract(update, REASON)
    workflow.withdraw_object(Source.objects.get(pk="blog-page"), "It is no page.")
    if withdrawn_too:
        workflow.withdraw_object(Publisher.objects.get(pk="blog"), "It is no publisher.")
    known = head()
    before, first = everywhere(update, known_at=known), everywhere(update, known_at=published)
    [cited] = before[0]["citations"]
    assert (cited["source"]["title"], cited["source"]["publisher"]["name"]) == ("blog", "Blog")
    assert cited["origin"]["type"] == "other"
    assert all(one == before[0] for one in before)
    assert before == everywhere(update)
    if withdrawn_too:
        # Nothing can be written about them any more: the tables are changed behind the record.
        Publisher.objects.filter(pk="blog").update(name={"en": "Other"}, type="state")
    else:
        correct(Publisher, "blog", name={"en": "State blog"}, type="state")
    Source.objects.filter(pk="blog-page").update(title={"en": "Other"})
    assert everywhere(update, known_at=known) == before
    assert everywhere(update, known_at=published) == first


def test_a_filter_over_a_source_is_answered_after_its_withdrawal(update: StatusUpdate) -> None:
    known = head()
    asked = {"source": "blog-page", "known_at": known}
    assert ids("/updates/", asked) == ids(f"{PROMISE}updates/", asked) == [str(update.pk)]
    workflow.retract(update, REASON)
    workflow.withdraw_object(Source.objects.get(pk="blog-page"), "It is no page.")
    for clocks in ({"known_at": known}, {"known_at": head()}, {}):
        asked = {"source": "blog-page"} | clocks
        assert ids("/updates/", asked) == ids(f"{PROMISE}updates/", asked) == [str(update.pk)]
    assert ids("/promises/", {"source": "blog-page"}) == ["demo2020-1-1"]


def test_what_came_later_could_not_be_asked_for(update: StatusUpdate) -> None:
    known = head()
    asked = [
        ("/updates/", {"source": "watch-page"}),
        ("/updates/", {"promise": "demo2020-1-3"}),
        ("/promises/", {"reform_not": "demo2020-3"}),
    ]
    for path, filters in asked:
        assert codes(path, filters | {"known_at": known}) == [(*filters, "unknown_value")]
    workflow.save(
        Reform(id="demo2020-3", programme_id="demo2020", number=3, title={"en": "Direction 3"})
    )
    make_promise(3, citations=[Cited("watch-page")])
    for path, filters in asked:
        assert codes(path, filters | {"known_at": known}) == [(*filters, "unknown_value")]
        assert ask(path, filters).status_code == 200
        assert ask(path, filters | {"known_at": head()}).status_code == 200


# Promises that were withdrawn ---------------------------------------------------------------------


def test_a_withdrawn_promise_is_embedded_nowhere(update: StatusUpdate) -> None:
    workflow.retract(update, REASON)
    known = head()
    promise = update.promise
    workflow.withdraw_object(promise, "It is a part of another.")

    def promises(**clocks: Any) -> list[Any]:
        asked = {"expand": "promise"} | clocks
        [listed] = results("/updates/", asked)
        return [listed["promise"], answer(f"/updates/{update.pk}/", asked)["promise"]]

    assert promises() == promises(known_at=head()) == [promise.pk] * 2
    assert promises(as_of="2022-07-20") == [promise.pk] * 2
    before = promises(known_at=known)
    assert [one["title"] for one in before] == ["Promise 1"] * 2
    correct(Programme, "demo2020", title={"en": "Other"}, lead_organisation_id="lantern")
    assert promises(known_at=known) == before


def test_a_promise_is_not_embedded_before_it_was_made(update: StatusUpdate) -> None:
    far = make_promise(3, "far2021-1")
    early = make_update(far, "in_progress", "2020-05", citations=[Cited("watch-page")])
    correct(Programme, "far2021", announced=PartialDate.parse("2021-02-01"))
    asked = {"expand": "promise", "as_of": "2020-12-31"}
    for clocks in ({}, {"known_at": head()}):
        [found] = results("/updates/", asked | clocks)
        assert (found["id"], found["promise"]) == (str(early.pk), far.pk)
        [found] = results("/updates/", asked | clocks | {"as_of": "2021-02-01"})
        assert found["promise"]["status"] == "in_progress"


def test_what_was_withdrawn_by_then_is_gone(update: StatusUpdate) -> None:
    workflow.retract(update, REASON)
    workflow.withdraw_object(update.promise, "It is a part of another.")
    entry = head()
    workflow.withdraw_object(Topic.objects.get(pk="money"), "Nobody uses it.")
    for path in (PROMISE, f"{PROMISE}updates/", f"{PROMISE}assessments/"):
        for known in (entry, entry + 1):
            told = problem(ask(path, {"known_at": known}), 410, "gone")
            assert told == problem(ask(path), 410, "gone")
            assert (told["entry"], told["reason"]) == (entry, "It is a part of another.")
            assert answer(told["last_known"])["title"] == "Promise 1"
        assert ask(path, {"known_at": entry - 1}).status_code == 200
    assert problem(ask("/topics/money/", {"known_at": entry + 1}), 410, "gone")
    assert answer("/topics/money/", {"known_at": entry})["name"] == "Money"
    # What was not there yet is no more than that.
    assert problem(ask(PROMISE, {"known_at": 5}), 404, "not-found")


# Programmes that were corrected -------------------------------------------------------------------


def test_the_days_of_an_answer_are_those_of_the_programme_then(cast: None, clock: Clock) -> None:
    clock.at("2022-07-01T12:00Z")  # already 2 July on Kiritimati, where the deadline has passed
    make_promise(deadline="2022-07-01")
    make_promise(2, deadline="2022-07-02")
    known = head()
    asked: list[tuple[str, Row]] = [
        ("/promises/", {"timeliness": "unassessed"}),
        ("/promises/", {"as_of": "2022-07-02"}),
        ("/promises/", {"as_of": "2020-01-15", "programme": "demo2020"}),
        (PROMISE, {"as_of": "2020-01-15"}),
        ("/reforms/", {"as_of": "2020-01-15"}),
        ("/reforms/demo2020-1/", {"as_of": "2022-07-02"}),
        ("/updates/", {"as_of": "2020-01-15", "promise": "demo2020-1-1"}),
    ]
    before = [answer(path, query | {"known_at": known}) for path, query in asked]
    assert [one["id"] for one in before[0]["results"]] == ["demo2020-1-1"]
    clock.at("2023-01-15T12:00Z")
    for programme in ("demo2020", "far2021"):
        announced = PartialDate.parse("2020-03-16")
        correct(Programme, programme, time_zone=LATE_ZONE, announced=announced)
    assert [answer(path, query | {"known_at": known}) for path, query in asked] == before
    # And the other way round: what could not be asked then cannot be asked now.
    found = complaints("/promises/", {"as_of": "2020-02-01"})
    assert [(one["code"], "2020-03-16" in one["detail"]) for one in found] == [("too_early", True)]
    assert codes(PROMISE, {"as_of": "2022-07-03", "known_at": known}) == [("as_of", "too_late")]


# The day before a programme was announced ---------------------------------------------------------


def test_a_programme_is_named_by_its_parts(update: StatusUpdate) -> None:
    before = head()
    correct(Programme, "far2021", announced=PartialDate.parse("2021-02-01"))
    early = {"as_of": "2020-12-31"}
    for path, filters in (
        ("/promises/", {"programme": "far2021"}),
        ("/promises/", {"reform": "far2021-1"}),
        ("/updates/", {"reform": "far2021-1"}),
        ("/updates/", {"promise": "far2021-1-2"}),
        ("/reforms/", {"programme": "far2021"}),
        ("/statistics/agreement/", {"reform": "far2021-1"}),
        ("/statistics/", {"reform": "far2021-1"}),
        ("/statistics/timeseries/", {"programme": "far2021"}),
        ("/reforms/far2021-1/", {}),
        ("/promises/far2021-1-2/updates/", {}),
    ):
        [complaint] = complaints(path, filters | early)
        assert (complaint["parameter"], complaint["code"]) == ("as_of", "too_early")
        assert "before 2021-02-01, when far2021 was announced" in complaint["detail"]
        # The record thought otherwise before.
        assert ask(path, filters | early | {"known_at": before}).status_code == 200
    assert ids("/promises/", early | {"reform": "far2021-1,demo2020-1"}) == ["demo2020-1-1"]
    reforms = ids("/reforms/", early)
    assert reforms == ["demo2020-0", "demo2020-1", "demo2020-2"]
    assert ids("/reforms/", early | {"known_at": head()}) == reforms
    assert ids("/reforms/", {"as_of": "2021-02-01"}) == ids("/reforms/")
    assert ids("/reforms/", early | {"known_at": before}) == ids("/reforms/", {"known_at": before})


def test_one_update_as_of_a_day(update: StatusUpdate) -> None:
    where = f"/updates/{update.pk}/"
    found = answer(where, {"as_of": "2022-05-31"})
    assert found.pop("clocks")["as_of"] == "2022-05-31"
    assert found == answer(where)
    told = problem(ask(where, {"as_of": "2022-05-30"}), 404, "not-found")
    assert told["detail"].endswith("at this moment.")
    make_update(update.promise, "reversed", "2022-07-10")
    embedded = answer(where, {"as_of": "2022-06-30", "expand": "promise"})["promise"]
    assert (embedded["status"], embedded["timeliness"]) == ("implemented", "on_time")


def test_a_promise_did_not_change_where_only_a_day_that_has_passed_did(
    update: StatusUpdate,
) -> None:
    before = answer(PROMISE)["changed_at"]
    correct(Programme, "demo2020", announced=PartialDate.parse("2020-03-16"))
    for clocks in ({}, {"known_at": head()}):
        assert answer(PROMISE, clocks)["changed_at"] == before


# Figures ----------------------------------------------------------------------------------------


def test_groups_are_named_as_the_record_had_them(cast: None) -> None:
    make_promise(1)
    before = ledger.head().sequence
    reform = Reform.objects.get(pk="demo2020-1")
    reform.title = {"en": "Another"}
    workflow.save(reform, "It was read wrong.")
    names = [
        [row["name"] for row in answer("/statistics/", {"group_by": "reform"} | clocks)["results"]]
        for clocks in ({}, {"known_at": before})
    ]
    assert names == [["Another"], ["Direction 1"]]


def test_a_body_that_is_responsible_and_affected_counts_once(cast: None) -> None:
    make_promise(1, bodies=[("court", "responsible"), ("court", "affected")])
    told = answer("/statistics/", {"group_by": "body"})
    assert [row["total"] for row in told["results"]] == [1]
