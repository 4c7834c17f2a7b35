from tests.api.asking import answer, ask, codes, problem, queries
from tests.api.expected import organisation, update
from tests.api.record import Record

PATH = "/promises/demo2020-1-3/assessments/"


# Works.


def test_each_organisations_current_view(record: Record) -> None:
    """The lead's first; what was retracted is nobody's view."""
    assert answer(PATH) == {
        "results": [
            {
                "organisation": organisation("editors"),
                "leads": True,
                "agrees": True,
                "update": update(record, "closed"),
            },
            {
                "organisation": organisation("lantern"),
                "leads": False,
                "agrees": False,
                "update": update(record, "still-open"),
            },
        ]
    }


def test_without_the_lead(record: Record) -> None:
    views = answer("/promises/demo2020-2-2/assessments/")["results"]
    assert [
        (
            one["organisation"]["id"],
            one["leads"],
            one["agrees"],
            record.name_of(one["update"]["id"]),
        )
        for one in views
    ] == [("compass", False, True, "stuck-too"), ("lantern", False, True, "stuck")]


def test_only_the_latest_of_each(record: Record) -> None:
    views = answer("/promises/demo2020-1-1/assessments/")["results"]
    assert [record.name_of(one["update"]["id"]) for one in views] == ["court"]


def test_nobody_has_looked(record: Record) -> None:
    assert answer("/promises/demo2020-0-1/assessments/") == {"results": []}


def test_language(record: Record) -> None:
    for response in (
        ask("/promises/demo2020-1-1/assessments/", {"lang": "ru"}),
        ask("/promises/demo2020-1-1/assessments/", accept_language="ru"),
    ):
        view = response.json()["results"][0]
        assert view["update"]["note"] == "Судьи присягнули."
        assert view["update"]["language"] == "ru"
        assert "ru" in response.headers["Content-Language"]


def test_fields(record: Record) -> None:
    assert answer(PATH, {"fields": "leads"}) == {"results": [{"leads": True}, {"leads": False}]}
    assert answer(PATH, {"omit": "update,organisation"}) == {
        "results": [{"leads": True, "agrees": True}, {"leads": False, "agrees": False}]
    }


# Queries.


def test_queries(record: Record) -> None:
    assert queries(PATH) == ["promise", "statusupdate", "citation"]
    assert queries("/promises/demo2020-1-1/assessments/") == [
        "promise",
        "statusupdate",
        "citation",
        "paragraph",
    ]


# Bad input.


def test_it_is_always_whole(record: Record) -> None:
    for name in ("limit", "cursor", "count", "ordering", "status", "expand"):
        assert codes(PATH, {name: "1"}) == [(name, "unknown_parameter")]


# Not there.


def test_not_there(record: Record) -> None:
    told = problem(ask("/promises/demo2020-1-99/assessments/"), 404, "not-found")
    assert told["detail"] == "There is no promise demo2020-1-99."
