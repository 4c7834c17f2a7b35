"""How far organisations agree: three of them look at the promises of one reform."""

from typing import Any

import pytest

from reforms import ledger, workflow
from reforms.models import Promise, StatusUpdate
from reforms.vocabulary import Status
from tests.api.asking import Row, answer, ask, codes, complaints, problem, queries_named
from tests.fixtures import Clock, create_cast, make_promise, make_update

PATH = "/statistics/agreement/"

# What is said of the promises 1 to 8 of reform 1 of the demonstration; a point: nothing.
SAYS = {
    "editors": "implemented in_progress stalled partially_implemented implemented . reversed .",
    "lantern": "implemented in_progress stalled implemented in_progress not_started . .",
    "compass": "implemented . in_progress . . in_progress . stalled",
}


@pytest.fixture
def organisations(clock: Clock, db: None) -> Clock:
    """Their assessments, each of another day of February 2024."""
    clock.at("2024-01-01T00:00:00+00:00")
    create_cast()
    promises = [make_promise(number) for number in range(1, 9)]
    days = iter(range(1, 29))
    for organisation, said in SAYS.items():
        for promise, status in zip(promises, said.split(), strict=True):
            if status != ".":
                clock.at(f"2024-02-{next(days):02d}T09:00:00+00:00")
                make_update(promise, status, "2024-01", organisation)
    clock.at("2024-06-01T12:00:00+00:00")
    return clock


def figures(row: Row) -> tuple[Any, ...]:
    """The organisations, on how many promises, raw agreement, and each alpha with its promises."""
    return (
        " ".join(row["organisations"]),
        row["promises"],
        row["raw_agreement"],
        *((one["alpha"], one["promises"]) for one in (row["nominal"], row["ordinal"])),
    )


def pairs(query: Any = None) -> list[tuple[Any, ...]]:
    return [figures(row) for row in answer(PATH, query)["results"]]


def overall(query: Any = None) -> tuple[Any, ...]:
    return figures(answer(PATH, query)["overall"])


def of(organisation: str, number: int) -> StatusUpdate:
    return StatusUpdate.objects.standing().get(
        organisation=organisation, promise=f"demo2020-1-{number}"
    )


# Works.


def test_every_pair(organisations: Clock) -> None:
    """Promise 8 has one assessment and tells nothing; on promise 3, `stalled` is on no scale."""
    assert pairs() == [
        ("compass editors", 2, 0.5, (0.4, 2), (None, 1)),
        ("compass lantern", 3, 0.333333, (0.230769, 3), (0.833333, 2)),
        ("editors lantern", 5, 0.6, (0.485714, 5), (0.3375, 4)),
    ]


def test_all_together(organisations: Clock) -> None:
    assert overall() == (
        "compass editors lantern",
        6,
        0.428571,
        (0.257143, 6),
        (0.564593, 5),
    )


def test_whole_row(organisations: Clock) -> None:
    assert answer(PATH)["results"][0] == {
        "organisations": ["compass", "editors"],
        "promises": 2,
        "raw_agreement": 0.5,
        "nominal": {"alpha": 0.4, "undefined": None, "promises": 2, "assessments": 4},
        "ordinal": {"alpha": None, "undefined": "no_variation", "promises": 1, "assessments": 2},
    }


def test_nothing_to_compare(cast: None) -> None:
    nothing = {"alpha": None, "undefined": "nothing_in_common", "promises": 0, "assessments": 0}
    told = answer(PATH)
    assert told["overall"] == {
        "organisations": [],
        "promises": 0,
        "raw_agreement": None,
        "nominal": nothing,
        "ordinal": nothing,
    }
    assert told["results"] == []


def test_it_says_how_it_measures(cast: None) -> None:
    method = answer(PATH)["method"]
    assert method["measure"] == "Krippendorff's alpha"
    assert method["nominal"]["statuses"] == [
        status.value for status in Status if status != Status.NOT_ASSESSED
    ]
    assert method["ordinal"]["statuses"] == [
        "not_started",
        "in_progress",
        "partially_implemented",
        "implemented",
    ]
    assert [(one["year"], one["url"]) for one in method["sources"]] == [
        (2019, "https://doi.org/10.4135/9781071878781"),
        (2011, "https://repository.upenn.edu/asc_papers/43"),
        (2007, "https://doi.org/10.1080/19312450709336664"),
    ]


def test_headers(cast: None) -> None:
    headers = ask(PATH).headers
    assert headers["Cache-Control"] == "public, max-age=60"
    assert "Accept" in headers["Vary"].split(", ")
    assert "Accept-Language" not in headers["Vary"]
    assert "Content-Language" not in headers


# Which assessment of an organisation counts.


def test_its_latest_one(organisations: Clock) -> None:
    """By its effective date, whenever it was published."""
    promise = Promise.objects.get(pk="demo2020-1-5")
    make_update(promise, "implemented", "2024-03", "lantern")
    make_update(promise, "stalled", "2023-03", "lantern")
    assert ("editors lantern", 5, 0.8) in [one[:3] for one in pairs()]


def test_of_two_of_one_date_the_later_published(organisations: Clock) -> None:
    make_update(Promise.objects.get(pk="demo2020-1-5"), "implemented", "2024-01", "lantern")
    assert ("editors lantern", 5, 0.8) in [one[:3] for one in pairs()]


def test_none_that_was_taken_back(organisations: Clock) -> None:
    workflow.retract(of("lantern", 5), "We misread the law.")
    workflow.remove(of("compass", 1), "It names a private person.")
    assert [one[:3] for one in pairs()] == [
        ("compass editors", 1, 0.0),
        ("compass lantern", 2, 0.0),
        ("editors lantern", 4, 0.75),
    ]


def test_the_successor_of_one_that_was_superseded(organisations: Clock) -> None:
    wrong = of("lantern", 5)
    right = make_update(wrong.promise, "implemented", "2024-01", "lantern", publish=False)
    workflow.supersede(wrong, right, "The law had been signed.")
    assert ("editors lantern", 5, 0.8) in [one[:3] for one in pairs()]


# Two clocks.


def test_as_of(organisations: Clock) -> None:
    """An assessment counts from the day on which it became true."""
    make_update(Promise.objects.get(pk="demo2020-1-5"), "implemented", "2024-03", "lantern")
    now, then = answer(PATH), answer(PATH, {"as_of": "2024-02-28"})
    assert then["clocks"] == {"as_of": "2024-02-28", "known_at": None, "recorded_at": None}
    assert [figures(row)[2] for row in now["results"]] == [0.5, 0.333333, 0.8]
    assert [figures(row)[2] for row in then["results"]] == [0.5, 0.333333, 0.6]
    assert pairs({"as_of": "2024-01-30"}) == []


def test_known_at(organisations: Clock) -> None:
    """What the record said once is said for ever, mistakes included."""
    before = answer(PATH)
    sequence = ledger.head().sequence
    organisations.at("2024-06-02T12:00:00+00:00")
    workflow.retract(of("lantern", 5), "We misread the law.")
    make_update(Promise.objects.get(pk="demo2020-1-8"), "stalled", "2023-03", "lantern")
    assert answer(PATH) != before
    then = answer(PATH, {"known_at": str(sequence)})
    clocks = then.pop("clocks")
    assert (clocks["as_of"], clocks["known_at"]) == (None, sequence)
    assert then == before
    assert answer(PATH, {"known_at": "2024-06-02T00:00:00Z"}) == {"clocks": clocks} | before


# Filters.


def test_organisation(organisations: Clock) -> None:
    both = [("editors lantern", 5, 0.6)]
    assert [one[:3] for one in pairs({"organisation": "lantern,editors"})] == both
    assert [one[:3] for one in pairs({"organisation_not": "compass"})] == both
    assert overall({"organisation_not": "compass"})[:3] == both[0]


def test_one_organisation_with_every_other(organisations: Clock) -> None:
    """On the promises that it assesses itself; all together are as many there as ever."""
    query = {"organisation": "compass"}
    assert pairs(query) == pairs()[:2]
    assert overall(query)[:3] == ("compass editors lantern", 3, 0.5)
    assert [one[0] for one in pairs(query | {"organisation_not": "editors"})] == ["compass lantern"]


def test_programme_and_reform(organisations: Clock) -> None:
    other, far = make_promise(1, "demo2020-2"), make_promise(1, "far2021-1")
    for promise in (other, far):
        make_update(promise, "stalled", "2024-01", "editors")
        make_update(promise, "stalled", "2024-01", "compass")
    everything = [("compass editors", 4, 0.75), ("compass lantern", 3), ("editors lantern", 5)]
    assert [one[:2] for one in pairs()] == [one[:2] for one in everything]
    for query in (
        {"programme": "far2021"},
        {"programme_not": "demo2020"},
        {"reform": "far2021-1"},
        {"reform": "demo2020-2"},
        {"programme": "demo2020", "reform_not": "demo2020-1"},
    ):
        assert [one[:3] for one in pairs(query)] == [("compass editors", 1, 1.0)], query
        assert overall(query)[:3] == ("compass editors", 1, 1.0)
    assert [one[1] for one in pairs({"reform": "demo2020-1,demo2020-2"})] == [3, 3, 5]
    assert [one[1] for one in pairs({"programme": "demo2020", "reform_not": "demo2020-2"})] == [
        2,
        3,
        5,
    ]


# Queries.


def test_queries(organisations: Clock) -> None:
    """One, however many there are."""
    with queries_named() as names:
        answer(PATH)
    assert names == ["statusupdate"]


# Who may.


def test_what_is_not_public_counts_nowhere(organisations: Clock) -> None:
    """It cannot even be told whether somebody sent something."""
    before = ask(PATH).content
    promise = Promise.objects.get(pk="demo2020-1-8")
    sent = make_update(promise, "stalled", "2024-01", "lantern", publish=False)
    assert ask(PATH).content == before
    workflow.request_changes(sent, "Which article?")
    assert ask(PATH).content == before
    workflow.withdraw(sent)
    assert ask(PATH).content == before
    make_update(promise, "stalled", "2024-01", "lantern")
    assert ask(PATH).content != before


# Bad input.


def test_it_is_always_whole(cast: None) -> None:
    for name in ("limit", "cursor", "count", "ordering", "fields", "lang", "status"):
        assert codes(PATH, {name: "1"}) == [(name, "unknown_parameter")]


def test_nearest(cast: None) -> None:
    [told] = complaints(PATH, {"organisation": "lanterm,editors"})
    assert (told["parameter"], told["code"], told["nearest"]) == (
        "organisation",
        "unknown_value",
        "lantern",
    )


@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        (
            {"organisation": "lantern,compass", "organisation_not": "compass"},
            "organisation_not",
            "contradiction",
        ),
        ({"programme": "far2021", "reform": "demo2020-1"}, "reform", "contradiction"),
        ({"reform": "demo2020-99"}, "reform", "unknown_value"),
        ({"as_of": "2024-02-30"}, "as_of", "bad_date"),
        ({"as_of": "2034-01-01"}, "as_of", "too_late"),
        ({"known_at": "yesterday"}, "known_at", "bad_moment"),
        ({"known_at": "99999"}, "known_at", "out_of_range"),
    ],
)
def test_refused(cast: None, query: Row, parameter: str, code: str) -> None:
    assert codes(PATH, query) == [(parameter, code)]


def test_all_that_is_wrong_at_once(cast: None) -> None:
    assert codes(PATH, {"limit": "1", "organisation": "nobody", "as_of": "x"}) == [
        ("limit", "unknown_parameter"),
        ("as_of", "bad_date"),
        ("organisation", "unknown_value"),
    ]


def test_other_methods(cast: None, client: Any) -> None:
    problem(client.post(f"/api/v1{PATH}"), 405, "method-not-allowed")
    head = client.head(f"/api/v1{PATH}")
    assert (head.status_code, head.content) == (200, b"")
