"""Who may see what, and which promises a question selects."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from reforms import workflow
from reforms.models import Citation, Programme, Promise, Publisher, Source, StatusUpdate
from reforms.vocabulary import PUBLIC_STATES, ReviewState
from reforms.workflow import Cited
from tests.fixtures import People, make_promise, make_update, make_update_in

EVERYBODY = ("curator", "reviewer", "anna", "boris", "stranger", "anonymous")
INSIDERS = {"lantern": {"anna"}, "compass": {"boris"}, "editors": set[str]()}
REVIEWERS = {"curator", "reviewer"}


def user_called(people: People, name: str) -> Any:
    return AnonymousUser() if name == "anonymous" else getattr(people, name)


@pytest.fixture
def updates(people: People) -> dict[tuple[str, ReviewState], StatusUpdate]:
    """One update of each organisation in each review state, on a promise of its own."""
    made = {}
    for organisation in INSIDERS:
        for state in ReviewState:
            promise = make_promise(len(made) + 1)
            made[organisation, state] = make_update_in(state, promise, organisation=organisation)
    return made


@pytest.mark.parametrize("name", EVERYBODY)
def test_who_sees_which_updates(
    people: People, updates: dict[tuple[str, ReviewState], StatusUpdate], name: str
) -> None:
    user = user_called(people, name)
    visible = set(StatusUpdate.objects.visible_to(user).values_list("pk", flat=True))
    citations = set(Citation.objects.visible_to(user).values_list("update", flat=True))
    for (organisation, state), update in updates.items():
        may = state in PUBLIC_STATES or name in REVIEWERS | INSIDERS[organisation]
        assert (update.pk in visible) is may, (name, organisation, state)
        assert (update.pk in citations) is may, (name, organisation, state)
    if name not in REVIEWERS:
        drafts = StatusUpdate.objects.exclude(review_state__in=PUBLIC_STATES)
        others = drafts.exclude(organisation__members__username=name)
        assert not visible & set(others.values_list("pk", flat=True))


def test_public_and_standing(updates: dict[tuple[str, ReviewState], StatusUpdate]) -> None:
    states = StatusUpdate.objects.public().values_list("review_state", flat=True)
    assert set(states) == set(PUBLIC_STATES)
    assert set(StatusUpdate.objects.standing().values_list("review_state", flat=True)) == {
        "published"
    }
    public = set(StatusUpdate.objects.public().values_list("pk", flat=True))
    assert set(Citation.objects.public().values_list("update", flat=True)) == public


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("curator", "public lanterns nobodys"),
        ("reviewer", "public lanterns nobodys"),
        ("anna", "public lanterns"),
        ("boris", "public"),
        ("stranger", "public"),
        ("anonymous", "public"),
    ],
)
def test_who_sees_which_sources(people: People, name: str, sees: str) -> None:
    Source.objects.filter(pk="blog-page").update(submitted_by="lantern")
    make_update(make_promise(), "stalled", citations=[Cited("watch-page")])
    asked = {"watch-page": "public", "blog-page": "lanterns", "daily-page": "nobodys"}
    visible = Source.objects.visible_to(user_called(people, name)).filter(pk__in=asked)
    assert {asked[one.pk] for one in visible} == set(sees.split())


def test_no_row_comes_twice(people: People) -> None:
    """Somebody in two organisations is joined twice."""
    for number, organisation in enumerate(("lantern", "compass"), start=1):
        people.anna.organisations.add(organisation)  # type: ignore[attr-defined]
        make_update(make_promise(number), "stalled", organisation=organisation)
    visible = list(StatusUpdate.objects.visible_to(people.anna).values_list("pk", flat=True))
    assert len(visible) == len(set(visible)) == 2


@pytest.fixture
def promises(cast: None) -> None:
    """What each promise rests on, and in which state."""
    make_promise(1, citations=[Cited("gazette-page")])
    make_update(make_promise(2), "stalled", organisation="lantern", citations=[Cited("daily-page")])
    make_update_in(ReviewState.RETRACTED, make_promise(3), citations=[Cited("daily-page")])
    make_update_in(ReviewState.SUBMITTED, make_promise(4), citations=[Cited("daily-page")])
    relayed = Cited("gazette-page", basis="relays", origin="watch")
    make_update(
        make_promise(5), "stalled", citations=[relayed, Cited("daily-page", stance="context")]
    )
    make_promise(1, "far2021-1")


def numbers(promises: Any) -> list[int]:
    return [one.number for one in promises]


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        (["gazette-page"], [1, 5]),
        (["daily-page"], [2, 3, 5]),
        (["gazette-page", "daily-page"], [1, 2, 3, 5]),
        (["blog-page"], []),
        (["nowhere"], []),
    ],
)
def test_citing_asks_what_is_public(promises: None, sources: list[str], found: list[int]) -> None:
    assert numbers(Promise.objects.citing(sources)) == found


@pytest.mark.parametrize(
    ("organisations", "found"),
    [(["lantern"], [2]), (["editors"], [5]), (["lantern", "editors"], [2, 5]), (["compass"], [])],
)
def test_updated_by_asks_what_stands(
    promises: None, organisations: list[str], found: list[int]
) -> None:
    assert numbers(Promise.objects.updated_by(organisations)) == found


def test_what_was_public_and_what_stood_at_a_moment_of_the_ledger(promise: Promise) -> None:
    first = make_update(promise, "stalled", "2022-05-10")
    second = make_update(promise, "implemented", "2022-09-10", organisation="lantern")
    workflow.retract(first, "We misread the law.")
    moments = [first.published_at, second.published_at, first.ended_at]
    assert all(moments)
    just_before = [moment - timedelta(microseconds=1) for moment in moments if moment]

    def known(moment: Any) -> set[Any]:
        return set(StatusUpdate.objects.public_at(moment))

    def standing(moment: Any, day: date | None = None) -> set[Any]:
        return set(StatusUpdate.objects.standing_at(moment, day))

    assert [known(moment) for moment in moments] == [{first}, {first, second}, {first, second}]
    assert [standing(moment) for moment in moments] == [{first}, {first, second}, {second}]
    assert [standing(moment) for moment in just_before] == [set(), {first}, {first, second}]
    assert standing(None) == {second}
    days = [date(2022, 5, 9), date(2022, 5, 10), date(2022, 9, 9), date(2022, 9, 10)]
    assert [standing(moments[1], day) for day in days] == [
        set(),
        {first},
        {first},
        {first, second},
    ]
    assert standing(None, days[2]) == set()

    def updated_by(organisation: str, *clocks: Any) -> bool:
        return Promise.objects.updated_by([organisation], *clocks).exists()

    assert updated_by("editors", moments[1])
    assert not updated_by("editors", moments[2])
    assert not updated_by("editors")
    assert not updated_by("lantern", moments[0])
    assert updated_by("lantern", None, days[3])
    assert not updated_by("lantern", None, days[2])


@pytest.mark.parametrize(
    ("model", "pk", "found"),
    [
        (Source, "daily-page", [2, 5]),
        (Source, "gazette-page", [5]),
        (Source, "demo2020-address", []),
        (Publisher, "daily", [2, 5]),
        (Publisher, "gazette", [5]),
        (Publisher, "watch", [5]),
        (Publisher, "ministry", []),
        (Programme, "far2021", [1]),
        (Programme, "demo2020", [1, 2, 3, 4, 5]),
    ],
)
def test_what_a_verdict_rests_on(promises: None, model: Any, pk: str, found: list[int]) -> None:
    assert numbers(Promise.objects.resting_on(model.objects.get(pk=pk))) == found
