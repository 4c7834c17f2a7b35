import itertools

from reforms import workflow
from reforms.models import Source
from reforms.workflow import Cited
from tests.api.asking import Row, ask, codes, complaints, ids, problem
from tests.api.endpoint import DetailTests, ListTests
from tests.api.expected import address, publisher
from tests.api.record import PRIVATE_SOURCE, PUBLIC_SOURCES, Record
from tests.fixtures import make_promise

PRIVATE = [PRIVATE_SOURCE, "gazette-page", "neighbour-page"]


def others(*names: str) -> str:
    """The public sources but these."""
    return " ".join(name for name in PUBLIC_SOURCES if name not in names)


class TestSources(ListTests):
    basename = "source"
    path = "/sources/"
    rows = PUBLIC_SOURCES
    filters = {
        "publisher": [
            ("ministry", "demo2020-address demo2020-address-ru ministry-page"),
            ("blog", "blog-page"),
            # Its only page is private.
            ("gazette", ""),
        ],
        "publisher_not": [
            ("ministry", others("demo2020-address", "demo2020-address-ru", "ministry-page")),
            ("gazette", others()),
        ],
        "kind": [
            ("address", "demo2020-address demo2020-address-ru"),
            ("legal_act", "parliament-page"),
            ("report", "watch-page"),
            ("statement", "ministry-page"),
            ("dataset", ""),
        ],
        "kind_not": [
            (
                "news",
                others("blog-page", "daily-page", "league-page", "unity-party-page").replace(
                    " university-page", ""
                ),
            ),
            ("dataset", others()),
        ],
        "language": [
            ("en", "daily-page demo2020-address watch-page"),
            ("ru", "demo2020-address-ru parliament-page"),
        ],
        "language_not": [("en", others("daily-page", "demo2020-address", "watch-page"))],
        "edition_of": [("demo2020-address", "demo2020-address-ru"), ("daily-page", "")],
        "edition_of_not": [("demo2020-address", others("demo2020-address-ru"))],
        "published_before": [
            ("2022-12-30", "demo2020-address"),
            ("2022-12-31", "demo2020-address parliament-page"),
        ],
        "published_after": [
            ("2023-05-02", "daily-page ministry-page watch-page"),
            ("2023-05-03", "watch-page"),
            ("2024-01-01", ""),
        ],
    }
    combinations = [
        ({"language": "en", "kind": "news"}, "daily-page"),
        ({"published_after": "2023-01-01", "publisher_not": "watch"}, "daily-page ministry-page"),
    ]
    contradictions = [
        ({"language": "en", "language_not": "en"}, ["language_not"]),
        ({"published_after": "2023-01-02", "published_before": "2023-01-01"}, ["published_after"]),
    ]
    orderings = {
        "id": PUBLIC_SOURCES,
        "published_on": [
            "demo2020-address",
            "parliament-page",
            "daily-page",
            "ministry-page",
            "watch-page",
            "blog-page",
            "demo2020-address-ru",
            "league-page",
            "unity-party-page",
            "university-page",
        ],
    }
    alone = {"language": "en", "kind": "address"}
    alone_queries = ["source"]
    queries = ["source"]
    expansion_queries = {"publisher": ["source"]}
    expansions = {"publisher": lambda self, record: {"publisher": publisher("ministry", "state")}}

    def row(self, record: Record) -> Row:
        return address()

    def test_private_ones_do_not_exist(self, record: Record) -> None:
        """What names a private source is told what it is told of one that nobody has."""
        for parameter in ("source", "source_not"):
            for path in ("/promises/", "/updates/", "/promises/demo2020-1-1/updates/"):
                told = complaints(path, {parameter: "no-such-source"})[0]
                for name in PRIVATE:
                    expected = told["detail"].replace("no-such-source", name)
                    found = complaints(path, {parameter: name})[0]
                    assert found["detail"].partition(" Did")[0] == expected.partition(" Did")[0]
                    assert found["allowed"] == told["allowed"] == list(PUBLIC_SOURCES)
                    assert found.get("nearest") not in PRIVATE
        assert codes("/sources/", {"edition_of": PRIVATE_SOURCE}) == [
            ("edition_of", "unknown_value")
        ]
        # Only a private source is written in this language.
        told = complaints("/sources/", {"language": "xx"})[0]
        assert (told["code"], told["allowed"]) == ("unknown_value", ["en", "ru"])

    def test_a_withdrawn_original_is_refused_also_where_it_was_asked_for_before(
        self, record: Record
    ) -> None:
        original = Source(
            id="draft", title={"en": "Draft"}, kind="report", publisher_id="watch", language="en"
        )
        workflow.save(original)
        # What was cited once is public.
        promise = make_promise(20)
        for citations in ([Cited("draft")], []):
            workflow.save(promise, citations=citations, reason="The draft turned up.")
        for _ in range(2):
            assert ids("/sources/", {"edition_of": original.pk}) == []
        workflow.withdraw_object(original, "It was never published.")
        assert codes("/sources/", {"edition_of": original.pk}) == [("edition_of", "unknown_value")]

    def test_to_exclude_values_does_not_rest_on_their_order(self, record: Record) -> None:
        """Which the database may have otherwise than Python."""
        for page, language in (("blog-page", "EN"), ("daily-page", "Zh"), ("watch-page", "kk")):
            Source.objects.filter(pk=page).update(language=language)
        everything = set(ids("/sources/"))
        for some in itertools.permutations(["en", "Zh", "EN", "ru"], 3):
            asked = ",".join(some)
            named = set(ids("/sources/", {"language": asked}))
            assert named
            assert set(ids("/sources/", {"language_not": asked})) == everything - named


class TestSource(DetailTests):
    basename = "source"
    path = "/sources/"
    queries = TestSources.queries
    expansions = TestSources.expansions
    expansion_queries = TestSources.expansion_queries

    def whole(self, record: Record) -> Row:
        return address()

    def test_private_ones_are_not_there(self, record: Record) -> None:
        unknown = problem(ask("/sources/no-such-source/"), 404, "not-found")["detail"]
        for name in PRIVATE:
            told = problem(ask(f"/sources/{name}/"), 404, "not-found")["detail"]
            assert told == unknown.replace("no-such-source", name)
