"""What every list and every object must do; a test file fills in the tables of its endpoint.

The tables are checked for completeness: a filter, an order, an expansion or a field that no table
names makes `test_completeness.py` fail with its name.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from tests.api.asking import (
    Row,
    answer,
    ask,
    codes,
    follow,
    ids,
    problem,
    queries,
    results,
    unrendered,
)
from tests.api.record import Record

# Names in their order; a set holds names whose order is left to random ids.
Order = Sequence[str | set[str]]


class Tables:
    """Spreads the tables of a test class over its tests; see `conftest.pytest_generate_tests`."""

    @classmethod
    def cases(cls) -> Mapping[str, list[Any]]:
        return {}


class ListTests(Tables):
    """Tests of a list.

    `rows` are its objects in the default order, by id or by `name_of` it; `key` is the field that
    tells them apart. `filters` gives for each
    filter some values with the rows that they select, `orderings` the rows in ascending order.
    `alone` is a question that selects one row, one that has a part of everything; to check the
    question itself reads `alone_queries`. `row` is that row, field by field, except for fields on
    request, for which see `expansions`: the change that each of them makes to the row. `queries`
    are the tables read, `expansion_queries` those read with `expand`.
    """

    basename: ClassVar[str]
    path: ClassVar[str]
    key: ClassVar[str] = "id"
    rows: ClassVar[Order]
    filters: ClassVar[Mapping[str, Sequence[tuple[str, str]]]] = {}
    combinations: ClassVar[Sequence[tuple[Row, str]]] = ()
    contradictions: ClassVar[Sequence[tuple[Row, Sequence[str]]]] = ()
    orderings: ClassVar[Mapping[str, Order]]
    alone: ClassVar[Row]
    alone_queries: ClassVar[list[str]] = []
    row: ClassVar[Callable[[Any, Record], Row]]
    expansions: ClassVar[Mapping[str, Callable[[Any, Record], Row]]] = {}
    # The queries that look for renditions, and those of an answer without any.
    looking: ClassVar[list[str]] = []
    queries: ClassVar[list[str]]
    expansion_queries: ClassVar[Mapping[str, list[str]]] = {}

    @classmethod
    def cases(cls) -> Mapping[str, list[Any]]:
        return {
            "filter_case": [
                (name, value, expected)
                for name, table in cls.filters.items()
                for value, expected in table
            ],
            "combination": list(cls.combinations),
            "contradiction": list(cls.contradictions),
            "ordering": [sign + name for name in cls.orderings for sign in ("", "-")],
            "expansion": list(cls.expansions),
        }

    # What this list calls its rows.

    def name_of(self, record: Record, row_id: str) -> str:
        return row_id

    def names(self, text: str) -> set[str]:
        return set(text.split())

    def where(self, record: Record) -> str:
        return self.path

    def ids(self, record: Record, query: Row | None = None) -> list[Any]:
        return ids(self.where(record), query, self.key)

    # Works.

    def test_default_order(self, record: Record) -> None:
        page = answer(self.where(record))
        assert page.keys() == {"next", "previous", "results"}
        assert (page["next"], page["previous"]) == (None, None)
        found = [self.name_of(record, row[self.key]) for row in page["results"]]
        assert_order(found, self.rows)

    def test_row(self, record: Record) -> None:
        assert results(self.where(record), self.alone) == [self.row(record)]

    def test_filter(self, record: Record, filter_case: tuple[str, str, str]) -> None:
        name, value, expected = filter_case
        everything = self.ids(record)
        found = self.ids(record, {name: value})
        assert {self.name_of(record, one) for one in found} == self.names(expected)
        assert found == [one for one in everything if one in found], "the order has changed"
        if name + "_not" in self.filters:
            rest = self.ids(record, {name + "_not": value})
            assert rest == [one for one in everything if one not in found]

    def test_several_values(self, record: Record) -> None:
        """Values separated by commas select what any of them selects."""
        for name, table in self.filters.items():
            if name + "_not" in self.filters and len(table) > 1:
                values = ",".join(value for value, _ in table)
                expected = set().union(*(self.names(names) for _, names in table))
                found = self.ids(record, {name: values})
                assert {self.name_of(record, one) for one in found} == expected, name

    def test_combination(self, record: Record, combination: tuple[Row, str]) -> None:
        query, expected = combination
        found = self.ids(record, query)
        assert {self.name_of(record, one) for one in found} == self.names(expected)

    def test_ordering(self, record: Record, ordering: str) -> None:
        key = ordering.removeprefix("-")
        expected = self.orderings[key]
        query = {"ordering": ordering} | self.searched(key)
        found = [self.name_of(record, one) for one in self.ids(record, query)]
        assert_order(found if ordering == key else found[::-1], expected)

    def searched(self, key: str) -> Row:
        """What else has to be asked when ordering by the key."""
        return {}

    def test_pages(self, record: Record, ordering: str) -> None:
        """Following `next` gives every row once, and `previous` leads all the way back."""
        query = {"ordering": ordering, "count": "true", "fields": self.key}
        query |= self.searched(ordering.removeprefix("-"))
        everything = self.ids(record, query)
        for limit in (*range(1, min(len(everything), 4) + 1), len(everything), 200):
            pages = list(follow(self.where(record), query | {"limit": limit}))
            assert [row[self.key] for page in pages for row in page["results"]] == everything
            assert {page["count"] for page in pages} == {len(everything)}
            assert all(len(page["results"]) == limit for page in pages[:-1])
            backwards = [pages[-1]]
            while backwards[-1]["previous"]:
                backwards.append(answer(backwards[-1]["previous"]))
            assert [page["results"] for page in backwards] == [
                page["results"] for page in reversed(pages)
            ]

    def test_cursor_alone(self, record: Record) -> None:
        """A cursor repeats the filters and the order by itself."""
        for name, table in self.filters.items():
            value = table[0][0]
            ordering = next(iter(self.orderings))
            query = {name: value, "limit": "1", "ordering": f"-{ordering}", "fields": self.key}
            first = answer(self.where(record), query)
            if first["next"]:
                cursor = first["next"].partition("cursor=")[2].partition("&")[0]
                second = answer(first["next"])
                alone = answer(self.where(record), f"limit=1&fields={self.key}&cursor={cursor}")
                assert alone["results"] == second["results"], name
                changed = {**query, "cursor": cursor, "ordering": ordering}
                assert codes(self.where(record), changed) == [("cursor", "other_filters")]

    def test_fields(self, record: Record) -> None:
        whole = results(self.where(record), self.alone)[0]
        for name, value in whole.items():
            assert results(self.where(record), self.alone | {"fields": name}) == [{name: value}]
            rest = {one: whole[one] for one in whole if one != name}
            assert results(self.where(record), self.alone | {"omit": name}) == [rest]
        first, *_, last = whole
        assert results(self.where(record), self.alone | {"fields": f"{last},{first}"}) == [
            {first: whole[first], last: whole[last]}
        ]

    def test_expansion(self, record: Record, expansion: str) -> None:
        changed = self.expansions[expansion](self, record)
        expected = self.row(record) | changed
        assert results(self.where(record), self.alone | {"expand": expansion}) == [expected]
        (name,) = changed
        asked = self.alone | {"expand": expansion, "fields": name}
        assert results(self.where(record), asked) == [changed]

    def test_all_expansions(self, record: Record) -> None:
        expected = self.row(record)
        for change in self.expansions.values():
            expected |= change(self, record)
        if self.expansions:
            query = self.alone | {"expand": ",".join(self.expansions)}
            assert results(self.where(record), query) == [expected]

    def test_headers(self, record: Record) -> None:
        headers = ask(self.where(record)).headers
        assert headers["Cache-Control"] == "public, max-age=60"
        assert {"accept", "accept-language"} <= set(headers["Vary"].lower().split(", "))

    # Queries.

    def test_queries(self, record: Record) -> None:
        unrendered()
        assert queries(self.where(record)) == self.looking + self.queries
        one = queries(self.where(record), self.alone | {"limit": "1"})
        assert one == self.alone_queries + self.looking + self.queries

    def test_queries_of_count(self, record: Record) -> None:
        unrendered()
        counted = queries(self.where(record), {"count": "true"})
        counting = f"count {self.queries[0]}"
        assert sorted(counted) == sorted([*self.looking, *self.queries, counting])

    def test_queries_of_expansion(self, record: Record, expansion: str) -> None:
        expected = self.expansion_queries[expansion]
        assert queries(self.where(record), {"expand": expansion}) == expected
        one = queries(self.where(record), self.alone | {"expand": expansion})
        assert one == self.alone_queries + expected

    # Bad input.

    def test_contradiction(self, record: Record, contradiction: tuple[Row, Sequence[str]]) -> None:
        query, parameters = contradiction
        assert codes(self.where(record), query) == [(one, "contradiction") for one in parameters]

    def test_unknown_words(self, record: Record) -> None:
        """A value that is not known is refused by every filter that has a choice."""
        for name in self.filters:
            if name + "_not" in self.filters or name.endswith("_not"):
                assert codes(self.where(record), {name: "no-such-thing"}) == [
                    (name, "unknown_value")
                ]
                assert codes(self.where(record), {name: ","}) == [(name, "empty_value")]
                many = ",".join(f"a{number}" for number in range(51))
                assert codes(self.where(record), {name: many}) == [(name, "too_many_values")]


class DetailTests(Tables):
    """Tests of one object: `whole` is it, field by field; `absent` are ids that nothing has."""

    basename: ClassVar[str]
    path: ClassVar[str]
    whole: ClassVar[Callable[[Any, Record], Row]]
    expansions: ClassVar[Mapping[str, Callable[[Any, Record], Row]]] = {}
    absent: ClassVar[Sequence[str]] = ("no-such-thing", "a" * 300, "0", "-")
    # The queries that look for renditions, and those of an answer without any.
    looking: ClassVar[list[str]] = []
    queries: ClassVar[list[str]]
    expansion_queries: ClassVar[Mapping[str, list[str]]] = {}

    @classmethod
    def cases(cls) -> Mapping[str, list[Any]]:
        return {"expansion": list(cls.expansions), "nothing": list(cls.absent)}

    def where(self, record: Record) -> str:
        return f"{self.path}{self.whole(record)['id']}/"

    # Works.

    def test_whole(self, record: Record) -> None:
        assert answer(self.where(record)) == self.whole(record)

    def test_every_row_of_the_list(self, record: Record) -> None:
        """What the list shows of an object is what the object shows of itself."""
        for row in results(self.path):
            whole = answer(f"{self.path}{row['id']}/")
            assert whole["api_url"].endswith(f"{self.path}{row['id']}/")
            assert {name: whole[name] for name in row} == row

    def test_fields(self, record: Record) -> None:
        whole = self.whole(record)
        for name in whole:
            assert answer(self.where(record), {"fields": name}) == {name: whole[name]}
            rest = {one: whole[one] for one in whole if one != name}
            assert answer(self.where(record), {"omit": name}) == rest

    def test_expansion(self, record: Record, expansion: str) -> None:
        expected = self.whole(record) | self.expansions[expansion](self, record)
        assert answer(self.where(record), {"expand": expansion}) == expected

    def test_headers(self, record: Record) -> None:
        response = ask(self.where(record))
        assert response.headers["Cache-Control"] == "public, max-age=60"
        assert response.headers["Content-Language"]

    # Queries.

    def test_queries(self, record: Record) -> None:
        unrendered()
        assert queries(self.where(record)) == self.looking + self.queries

    def test_queries_of_expansion(self, record: Record, expansion: str) -> None:
        found = queries(self.where(record), {"expand": expansion})
        assert found == self.expansion_queries[expansion]

    # Bad input.

    def test_list_parameters(self, record: Record) -> None:
        """What chooses among rows makes no sense of one object."""
        for name in ("limit", "cursor", "count", "ordering"):
            assert codes(self.where(record), {name: "1"}) == [(name, "unknown_parameter")]

    # Not there.

    def test_not_there(self, record: Record, nothing: str) -> None:
        told = problem(ask(f"{self.path}{nothing}/"), 404, "not-found")
        assert nothing in told["detail"]


def assert_order(found: list[str], expected: Order) -> None:
    """The names stand in the order, where it says one."""
    rest = list(found)
    for group in expected:
        names = {group} if isinstance(group, str) else group
        assert set(rest[: len(names)]) == names, found
        del rest[: len(names)]
    assert rest == []


def url(path: str) -> str:
    """The address of an object as answers give it."""
    return f"http://testserver/api/v1{path}"
