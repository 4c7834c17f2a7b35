"""What organisations and reviewers see of status updates that are not public, and nobody else."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from reforms.api.cursor import Cursor
from reforms.vocabulary import ReviewState
from tests.api.asking import answer, ask, problem
from tests.api.sending import Sender, id_of, key_of, told
from tests.fixtures import make_promise, make_update, make_update_in

HIDDEN = ("submitted", "changes_requested", "rejected", "withdrawn")
PUBLIC = ("published", "superseded", "retracted", "removed")
EVERYTHING = "review_state=" + ",".join((*HIDDEN, *PUBLIC))


@pytest.fixture
def updates(promise: Any) -> dict[str, dict[str, str]]:
    """By organisation and review state, the id of an update; a successor is not counted."""
    made: dict[str, dict[str, str]] = {}
    number = 1
    for organisation in ("lantern", "compass"):
        made[organisation] = {}
        for state in (*HIDDEN, *PUBLIC):
            number += 1
            about = make_promise(number)
            update = make_update_in(ReviewState(state), about, organisation=organisation)
            made[organisation][state] = str(update.pk)
    return made


def listed(who: Sender, query: str) -> list[str]:
    """The ids of the rows of a list."""
    return [row["id"] for row in told(who.get("/updates/", query))["results"]]


# Works.


@pytest.mark.parametrize("state", HIDDEN)
def test_one_s_own_by_state(updates: Any, lantern: Sender, compass: Sender, state: str) -> None:
    assert listed(lantern, f"review_state={state}") == [updates["lantern"][state]]
    assert listed(compass, f"review_state={state}") == [updates["compass"][state]]


@pytest.mark.parametrize("state", HIDDEN)
def test_reviewers_see_those_of_all(updates: Any, desk: Sender, state: str) -> None:
    expected = {updates["lantern"][state], updates["compass"][state]}
    assert set(listed(desk, f"review_state={state}")) == expected
    one = listed(desk, f"review_state={state}&organisation=compass")
    assert one == [updates["compass"][state]]


def test_published_ones_among_them_are_one_s_own(updates: Any, lantern: Sender) -> None:
    """The list that holds what is not public is about what one submitted."""
    expected = {updates["lantern"][state] for state in ("submitted", "published", "retracted")}
    found = set(listed(lantern, "review_state=submitted,published,retracted"))
    assert found >= expected
    assert not found & set(updates["compass"].values())


def test_without_a_state_it_is_the_public_list(updates: Any, lantern: Sender) -> None:
    public = [row["id"] for row in answer("/updates/")["results"]]
    assert listed(lantern, "") == public
    assert listed(lantern, "review_state=published") == [
        row["id"] for row in answer("/updates/", {"review_state": "published"})["results"]
    ]


def test_the_newest_first(promise: Any, lantern: Sender) -> None:
    """By the moment at which they came in, and page by page."""
    ids = [lantern.submitted()["id"] for _ in range(5)]
    assert listed(lantern, "review_state=submitted") == ids[::-1]
    assert listed(lantern, "review_state=submitted&ordering=submitted_at") == ids
    page = told(lantern.get("/updates/", "review_state=submitted&limit=2&count=true"))
    assert page["count"] == 5
    found = [row["id"] for row in page["results"]]
    while page["next"]:
        page = told(lantern.get(page["next"]))
        found += [row["id"] for row in page["results"]]
    assert found == ids[::-1]
    back = told(lantern.get(page["previous"]))
    assert [row["id"] for row in back["results"]] == ids[::-1][2:4]


def test_filters(promise: Any, lantern: Sender) -> None:
    make_promise(2)
    early = lantern.submitted(effective_on="2021-03")["id"]
    late = lantern.submitted(effective_on="2023-03-04", promise="demo2020-1-2")["id"]
    for query, expected in (
        ("promise=demo2020-1-2", [late]),
        ("promise_not=demo2020-1-2", [early]),
        ("effective_before=2021-03-31", [early]),
        ("effective_before=2021-03-30", []),
        ("effective_after=2021-04-01", [late]),
        ("status=implemented", [late, early]),
        ("status=stalled", []),
        ("source=demo2020-address", [late, early]),
        ("organisation=compass", []),
        ("review_state_not=published", [late, early]),
    ):
        assert listed(lantern, f"review_state=submitted&{query}") == expected, query


def test_what_may_be_done_next(updates: Any, lantern: Sender, desk: Sender) -> None:
    """`actions` names the addresses that would not be refused now."""
    actions = {
        (who, row["review_state"]): row["submission"]["actions"]
        for who, sender in (("author", lantern), ("reviewer", desk))
        for row in told(sender.get("/updates/", f"{EVERYTHING}&organisation=lantern"))["results"]
        if row["id"] in updates["lantern"].values()
    }
    assert actions == {
        ("author", "submitted"): ["revise", "withdraw"],
        ("author", "changes_requested"): ["revise", "resubmit", "withdraw"],
        ("author", "rejected"): [],
        ("author", "withdrawn"): [],
        ("author", "published"): ["supersede", "retract"],
        ("author", "superseded"): [],
        ("author", "retracted"): [],
        ("author", "removed"): [],
        ("reviewer", "submitted"): ["request-changes", "reject", "publish"],
        ("reviewer", "changes_requested"): ["reject"],
        ("reviewer", "rejected"): [],
        ("reviewer", "withdrawn"): [],
        ("reviewer", "published"): [],
        ("reviewer", "superseded"): [],
        ("reviewer", "retracted"): [],
        ("reviewer", "removed"): [],
    }


def test_one_of_them(updates: Any, lantern: Sender, desk: Sender) -> None:
    for state, id_ in updates["lantern"].items():
        for who in (lantern, desk):
            row = told(who.get(f"/updates/{id_}/"))
            assert (row["review_state"], row["stands"]) == (state, state == "published")
            assert row["submission"]["version"] >= 1


def test_trimmed_and_embedded(updates: Any, lantern: Sender) -> None:
    query = "review_state=submitted&fields=id,submission"
    [row] = told(lantern.get("/updates/", query))["results"]
    assert row.keys() == {"id", "submission"}
    [row] = told(lantern.get("/updates/", "review_state=submitted&expand=promise"))["results"]
    assert row["promise"]["id"].startswith("demo2020-1-")
    row = told(lantern.get(f"/updates/{updates['lantern']['submitted']}/", "omit=submission"))
    assert "submission" not in row


# Nothing leaks.


def test_nobody_else_sees_how_it_came_in(updates: Any, lantern: Sender, compass: Sender) -> None:
    """`submission` is no part of what anybody else is answered, in any list or object."""
    for row in told(compass.get("/updates/", "limit=200"))["results"]:
        own = row["organisation"] == "compass"
        assert ("submission" in row) == own
        whole = told(compass.get(row["api_url"]))
        assert ("submission" in whole) == own
        assert "submission" not in answer(row["api_url"])
    for path in ("/promises/demo2020-1-6/", "/promises/demo2020-1-6/updates/"):
        assert "submission" not in lantern.get(path).content.decode()


def test_nor_does_a_reviewer_of_another_programme(updates: Any) -> None:
    limited = key_of("editors", "review", programme="far2021")
    for row in told(limited.get("/updates/", "limit=200"))["results"]:
        assert "submission" not in row
    assert "submission" not in told(limited.get(f"/updates/{updates['lantern']['published']}/"))


def test_nor_how_it_was_once(updates: Any, lantern: Sender) -> None:
    known = answer("/changes/head/")["sequence"]
    row = told(lantern.get(f"/updates/{updates['lantern']['published']}/", f"known_at={known}"))
    assert "submission" not in row


@pytest.mark.parametrize("state", HIDDEN)
def test_what_others_submitted_is_not_there(updates: Any, compass: Sender, state: str) -> None:
    """It answers like an id that nothing has, whatever is asked and whoever asks."""
    id_, nothing = updates["lantern"][state], "00000000-0000-4000-8000-000000000000"
    nobody, limited = key_of("editors", "submit"), key_of("editors", "review", programme="far2021")
    for who in (compass, nobody, limited, Sender()):
        for query in ("", "fields=id", "known_at=3", "expand=promise"):
            for headers in ({}, {"if_none_match": "*"}):
                hidden = who.get(f"/updates/{id_}/", query, **headers)
                unknown = who.get(f"/updates/{nothing}/", query, **headers)
                problem(hidden, 404, "not-found")
                assert hidden.content.decode().replace(id_, nothing) == unknown.content.decode()
                assert dict(hidden.headers) == dict(unknown.headers)
        if who.bearer:
            assert id_ not in listed(who, EVERYTHING + "&limit=200")


def test_a_cursor_opens_nothing(updates: Any, lantern: Sender, compass: Sender) -> None:
    """Somebody else's, or one made up: it names a place in one's own list."""
    for _ in range(2):
        make_update(make_promise(90 + _), "stalled", organisation="lantern", publish=False)
    page = told(lantern.get("/updates/", "review_state=submitted&limit=1"))
    [cursor] = parse_qs(urlsplit(page["next"]).query)["cursor"]
    assert set(listed(compass, f"cursor={cursor}")) <= set(updates["compass"].values())
    problem(ask("/updates/", {"cursor": cursor}), 401, "unauthenticated")
    made_up = Cursor(
        "update",
        ["2099-01-01T00:00:00+00:00", updates["lantern"]["submitted"]],
        False,
        {"review_state": "submitted"},
    )
    assert listed(compass, f"cursor={made_up}") == [updates["compass"]["submitted"]]


def test_counts_and_filters_tell_nothing(updates: Any, compass: Sender) -> None:
    for query, count in (
        ("review_state=submitted", 1),
        ("review_state=submitted&organisation=lantern", 0),
        (EVERYTHING, len(updates["compass"]) + 1),
    ):
        assert told(compass.get("/updates/", f"{query}&count=true"))["count"] == count
    response = compass.get("/updates/", "review_state=submitted&source=gazette-page")
    assert "gazette-page” " not in response.content.decode()


# Questions that make no sense.


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("review_state=submitted&as_of=2022-01-01", "as_of"),
        ("review_state=submitted&known_at=3", "known_at"),
        ("review_state=submitted&published_since=2022-01-01", "published_since"),
        ("review_state=submitted&ordering=published_at", "ordering"),
        ("review_state=submitted&ordering=-effective_on", "ordering"),
        ("ordering=submitted_at", "ordering"),
        ("review_state=published&ordering=-submitted_at", "ordering"),
        ("review_state=submitted&review_state_not=rejected", "review_state_not"),
    ],
)
def test_contradictions(promise: Any, lantern: Sender, query: str, parameter: str) -> None:
    response = lantern.get("/updates/", query)
    errors = problem(response, 400, "bad-question")["errors"]
    assert [one["parameter"] for one in errors] == [parameter]


# Who may not.


@pytest.mark.parametrize(
    "query", ["review_state=submitted", "review_state=published,rejected", "fields=submission"]
)
def test_it_takes_a_name_to_ask(promise: Any, query: str) -> None:
    response = ask("/updates/", query)
    assert "Bearer" in problem(response, 401, "unauthenticated")["detail"]
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="reform-tracker"'


def test_caches_keep_none_of_it(updates: Any, lantern: Sender) -> None:
    for path in ("/updates/", f"/updates/{id_of(updates['lantern']['submitted'])}/"):
        assert lantern.get(path).headers["Cache-Control"] == "private, no-store"
        assert "public" not in ask("/updates/nothing/").headers.get("Cache-Control", "")
