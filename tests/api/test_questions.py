"""Strict questions: never a silent full list, and all that is wrong is said at once."""

import pytest

from reforms.api.question import HIGHEST_LIMIT, LONGEST_VALUE, MOST_PARAMETERS
from tests.api.asking import Row, answer, ask, codes, complaints, ids, problem, queries, unrendered
from tests.api.record import PROMISES, Record


def only(path: str, query: object) -> Row:
    """The one thing that is wrong."""
    (complaint,) = complaints(path, query)
    return complaint


# Parameters.


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("staus", "status"),
        ("STATUS", "status"),
        ("status-not", "status_not"),
        ("orderng", "ordering"),
        ("sort", None),
        ("offset", None),
        ("Limit", "limit"),
        ("verfication", "verification"),
        ("deadline", "deadline_after"),
    ],
)
def test_unknown_parameter(record: Record, misspelt: str, meant: str | None) -> None:
    told = only("/promises/", {misspelt: "implemented"})
    assert (told["parameter"], told["code"]) == (misspelt, "unknown_parameter")
    assert told.get("nearest") == meant
    if meant:
        assert told["detail"] == f"“{misspelt}” is no parameter here. Did you mean “{meant}”?"
    assert "status" in told["allowed"]
    assert "search" in told["allowed"]


def test_the_answer_to_a_misspelt_filter(record: Record) -> None:
    told = problem(ask("/promises/", {"staus": "implemented"}), 400, "bad-question")
    assert told["detail"] == "“staus” is no parameter here. Did you mean “status”?"
    assert [one["nearest"] for one in told["errors"]] == ["status"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("status=implemented&status=", "empty_value"),
        ("status=&status=", "empty_value"),
        ("status=", "empty"),
        ("status", "empty"),
        ("status=,", "empty_value"),
        ("status=implemented,", "empty_value"),
        ("status=implemented,,stalled", "empty_value"),
        ("status=%20implemented", "unknown_value"),
        ("status=implemented%00", "control_character"),
        ("status=%0Aimplemented", "control_character"),
        ("status=implemented%C2%85", "control_character"),
        ("status=" + "x" * (LONGEST_VALUE + 1), "too_long"),
        ("status=" + "x" * LONGEST_VALUE, "unknown_value"),
        ("status=%FF%FE", "unknown_value"),
        ("status=" + ",".join(["stalled"] * 51), "too_many_values"),
    ],
)
def test_bad_values(record: Record, query: str, code: str) -> None:
    assert codes("/promises/", query) == [("status", code)]


def test_a_value_may_be_named_twice(record: Record) -> None:
    assert ids("/promises/", {"status": "stalled,stalled"}) == ["demo2020-2-2"]


def test_several_values_may_be_repeated(record: Record) -> None:
    """As many clients write them; it is the same question as with commas."""
    with_commas = ids("/promises/", {"status": "stalled,reversed", "topic_not": "money"})
    for query in ("status=stalled&status=reversed", "status=stalled&status=stalled,reversed"):
        found = answer("/promises/", query + "&topic_not=money&fields=id&fields=status")
        assert [row["id"] for row in found["results"]] == with_commas
        assert found["results"][0].keys() == {"id", "status"}
    first = answer("/promises/", "status=stalled&status=reversed&limit=1")
    assert [row["id"] for row in answer(first["next"])["results"]] == with_commas[1:]


@pytest.mark.parametrize(
    "name",
    ["limit", "cursor", "count", "ordering", "lang", "search", "contested", "changed_since"],
)
def test_one_value_may_not_be_repeated(record: Record, name: str) -> None:
    assert codes("/promises/", f"{name}=x&{name}=x") == [(name, "repeated")]


def test_unknown_value(record: Record) -> None:
    told = only("/promises/", {"status": "IMPLEMENTD"})
    assert told == {
        "parameter": "status",
        "code": "unknown_value",
        "detail": "“IMPLEMENTD” is no value of this filter. Did you mean “implemented”?",
        "allowed": [
            "not_assessed",
            "not_started",
            "in_progress",
            "stalled",
            "partially_implemented",
            "implemented",
            "abandoned",
            "reversed",
        ],
        "nearest": "implemented",
    }


def test_every_unknown_value_is_named(record: Record) -> None:
    told = complaints("/promises/", {"status": "implemented,done,stoled"})
    assert [(one["detail"], one.get("nearest")) for one in told] == [
        ("“done” is no value of this filter.", None),
        ("“stoled” is no value of this filter. Did you mean “stalled”?", "stalled"),
    ]


def test_unknown_id(record: Record) -> None:
    told = only("/promises/", {"programme": "demo2O20"})
    assert told["detail"] == "There is no programme “demo2O20”. Did you mean “demo2020”?"
    assert told["allowed"] == ["demo2020", "far2021"]
    assert told["nearest"] == "demo2020"


def test_long_lists_of_ids_name_the_nearest_only(record: Record) -> None:
    from reforms.models import Topic

    Topic.objects.bulk_create(
        Topic(id=f"topic-{number}", name={"en": "Topic"}) for number in range(60)
    )
    told = only("/promises/", {"topic": "mony"})
    assert told["nearest"] == "money"
    assert "allowed" not in told
    asked = ",".join(f"topik-{number}" for number in range(40))
    assert len(complaints("/promises/", {"topic": asked})) == 40


def test_unknown_ids_cost_no_more_queries(record: Record) -> None:
    from tests.api.asking import queries_named

    with queries_named() as one:
        codes("/promises/", {"body": "x"})
    with queries_named() as many:
        codes("/promises/", {"body": "x,y,z,court"})
    assert one == many == ["body", "body"]


@pytest.mark.parametrize("value", ["yes", "1", "True", "TRUE", "t", "null", "true,false"])
def test_yes_or_no(record: Record, value: str) -> None:
    told = only("/promises/", {"contested": value})
    assert (told["parameter"], told["code"]) == ("contested", "unknown_value")
    assert told["allowed"] == ["true", "false"]


@pytest.mark.parametrize(
    "value",
    [
        "2022",
        "2022-11",
        "2022-13-01",
        "2022-02-30",
        "20221105",
        "2022-W44-6",
        "05.11.2022",
        "2022-11-05T00:00:00Z",
        "today",
        "2022-11-5",
        "2022-11-05,2022-11-06",
        "٢٠٢٢-١١-٠٥",
        "0000-01-01",
    ],
)
def test_bad_day(record: Record, value: str) -> None:
    for name in ("deadline_before", "deadline_after"):
        told = only("/promises/", {name: value})
        assert (told["parameter"], told["code"]) == (name, "bad_date")
        assert "2022-11-05" in told["detail"]


@pytest.mark.parametrize(
    "value",
    [
        "2022",
        "2022-11",
        "2022-W44-6",
        "2022-11-05T12:00:00",
        "yesterday",
        "1667649600",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2022-11-05T25:00:00Z",
        "2022-02-30",
    ],
)
def test_bad_moment(record: Record, value: str) -> None:
    for name in ("changed_since", "not_updated_since"):
        told = only("/promises/", {name: value})
        assert (told["parameter"], told["code"]) == (name, "bad_moment")
        assert "2022-11-05T12:00:00Z" in told["detail"]


def test_an_unescaped_plus_is_understood(record: Record) -> None:
    """In a query a + is a blank; every first user writes an offset with one."""
    assert ids("/promises/", {"changed_since": "2024-03-01T15:00:00+06:00"}) == [
        "demo2020-1-2",
        "demo2020-1-3",
        "demo2020-2-1",
    ]
    plain = answer("/promises/", "changed_since=2024-03-01T15:00:00+06:00&fields=id")["results"]
    assert [one["id"] for one in plain] == ["demo2020-1-2", "demo2020-1-3", "demo2020-2-1"]


@pytest.mark.parametrize("value", ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z"])
def test_the_ends_of_the_calendar(record: Record, value: str) -> None:
    assert ids("/promises/", {"changed_since": value}) in ([], list(PROMISES))
    assert len(ids("/promises/", {"not_updated_since": value})) in (2, len(PROMISES))


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("!?", "at least one word"),
        ('"unclosed', "never closed"),
        ("„unclosed", "never closed"),
        (" ".join(["word"] * 17), "at most 16 words"),
        ("x" * 201, "at most 200 characters"),
        ("%", "at least one word"),
        ('""', "at least one word"),
    ],
)
def test_bad_search(record: Record, value: str, part: str) -> None:
    told = only("/promises/", {"search": value})
    assert (told["parameter"], told["code"]) == ("search", "bad_search")
    assert part in told["detail"]


@pytest.mark.parametrize(
    "value",
    ["court' OR 1=1", "court:*", "court & !law", "a:b", "(court", "court\\", "title : court"],
)
def test_search_is_no_query_language(record: Record, value: str) -> None:
    """What a search engine would take for an operator is punctuation."""
    assert set(ids("/promises/", {"search": value})) <= set(PROMISES)


# Pages.


@pytest.mark.parametrize(
    "value", ["0", "-1", "201", "1.0", "1e2", "ten", " 5", "+5", "٥", "9" * 3000, "5,6"]
)
def test_bad_limit(record: Record, value: str) -> None:
    told = only("/promises/", {"limit": value})
    assert (told["parameter"], told["code"]) == ("limit", "out_of_range")
    assert f"from 1 to {HIGHEST_LIMIT}" in told["detail"]


def test_good_limits(record: Record) -> None:
    for limit in ("1", "01", "200"):
        assert len(ids("/promises/", {"limit": limit})) == min(int(limit), len(PROMISES))


def test_bad_count(record: Record) -> None:
    told = only("/promises/", {"count": "yes"})
    assert (told["code"], told["allowed"]) == ("unknown_value", ["true", "false"])


def test_count(record: Record) -> None:
    assert "count" not in answer("/promises/")
    assert "count" not in answer("/promises/", {"count": "false"})
    page = answer("/promises/", {"count": "true", "limit": "2", "status_not": "implemented"})
    assert page["count"] == 9
    assert answer(page["next"])["count"] == 9


@pytest.mark.parametrize("value", ["title", "-title", "--id", "+id", "id,deadline", "-", "pk"])
def test_unknown_ordering(record: Record, value: str) -> None:
    told = only("/promises/", {"ordering": value})
    assert (told["parameter"], told["code"]) == ("ordering", "unknown_value")
    assert told["allowed"][:4] == ["id", "-id", "deadline", "-deadline"]


# Presentation.


@pytest.mark.parametrize("parameter", ["fields", "omit", "expand"])
def test_unknown_names(record: Record, parameter: str) -> None:
    told = complaints("/promises/", {parameter: "topics,topic,"})
    assert [(one["parameter"], one["code"], one.get("nearest")) for one in told] == [
        (parameter, "unknown_value", "topics"),
        (parameter, "unknown_value", None),
    ]
    many = ",".join(f"a{number}" for number in range(51))
    assert codes("/promises/", {parameter: many}) == [(parameter, "too_many_values")]


def test_what_is_embedded_anyway_cannot_be_expanded(record: Record) -> None:
    for name in ("citations", "updates"):
        told = only("/promises/demo2020-1-1/", {"expand": name})
        assert told["allowed"] == ["programme", "reform", "bodies", "topics"]


def test_expansion_goes_one_step_deep(record: Record) -> None:
    row = answer("/promises/demo2020-1-1/", {"expand": "reform,programme"})
    assert row["reform"]["programme"] == "demo2020"
    assert row["programme"]["lead_organisation"] == "editors"


def test_unknown_language(record: Record) -> None:
    told = only("/promises/", {"lang": "de"})
    assert (told["code"], told["allowed"]) == ("unknown_value", ["en", "ru", "kk"])


# All at once.


def test_all_errors_at_once(record: Record) -> None:
    query = (
        "staus=implemented&status=done,gone&status_not=&body_not=&lang=en&lang=ru&limit=0"
        "&deadline_before=2022&contested=maybe&fields=titel&omit=id&ordering=name&count=1"
        "&search=%22&body=nobody&topic=money&topic_not=money"
    )
    found = codes("/promises/", query)
    assert sorted(found) == sorted(
        [
            ("staus", "unknown_parameter"),
            ("status", "unknown_value"),
            ("status", "unknown_value"),
            ("status_not", "empty"),
            ("body_not", "empty"),
            ("limit", "out_of_range"),
            ("lang", "repeated"),
            ("deadline_before", "bad_date"),
            ("contested", "unknown_value"),
            ("fields", "unknown_value"),
            ("omit", "contradiction"),
            ("ordering", "unknown_value"),
            ("count", "unknown_value"),
            ("search", "bad_search"),
            ("body", "unknown_value"),
            ("topic_not", "contradiction"),
        ]
    )
    told = problem(ask("/promises/", query), 400, "bad-question")
    assert told["detail"].endswith(" And 15 more to mend: see errors.")


def test_a_short_question_gets_no_endless_answer(record: Record) -> None:
    """Each complaint lists what is allowed, so that many complaints would be a flood."""
    many = "&".join(f"a{number}" for number in range(MOST_PARAMETERS + 1))
    assert codes("/promises/", many) == [("a0", "too_many_parameters")]
    most = "&".join(f"a{number}" for number in range(MOST_PARAMETERS))
    assert len(codes("/promises/", most)) == MOST_PARAMETERS
    flood = "&".join(f"a{number}" for number in range(2000))
    problem(ask("/promises/", flood), 400, "bad-question")
    commas = dict.fromkeys(("fields", "omit", "expand"), "," * LONGEST_VALUE)
    assert len(ask("/promises/", commas).content) < 100_000


def test_a_refused_question_asks_the_database_little(record: Record) -> None:
    from tests.api.asking import queries_named

    with queries_named() as names:
        codes("/promises/", {"staus": "implemented"})
    assert names == []


def test_queries_of_filters(record: Record) -> None:
    """Only ids, and the clocks of programmes, are looked up before the list is read."""
    unrendered()
    parts = ["promise", "promise", "promisebody", "topic", "promiserelation"]
    assert queries("/promises/", {"status": "stalled"}) == parts
    assert queries("/promises/", {"timeliness": "overdue"}) == ["programme", *parts]
    assert queries("/promises/", {"body": "court", "topic_not": "money"}) == [
        "body",
        "topic",
        *parts,
    ]
    assert queries("/promises/", {"search": "court", "ordering": "relevance"}) == parts
    assert queries("/sources/", {"language": "ru"}) == ["source", "source"]
