from reforms.exports import TABLES
from tests.api.asking import BASE, answer, ask, codes, queries_named
from tests.api.record import Record

# Works.


def test_every_list_is_named(record: Record) -> None:
    addresses = answer("/")
    assert list(addresses) == [
        "programmes",
        "reforms",
        "promises",
        "updates",
        "sources",
        "publishers",
        "bodies",
        "topics",
        "organisations",
        "replies",
        "changes",
        "corrections",
        "statistics",
        "statistics/timeseries",
        "statistics/agreement",
        "webhooks",
        "key",
        *(f"export/{table}.csv" for table in TABLES),
        "releases",
        "feeds/updates",
        "feeds/corrections",
        "schema",
        "docs",
    ]
    for name, address in addresses.items():
        if name.startswith("feeds/"):
            assert ask(address).headers["Content-Type"].startswith("application/atom+xml")
            continue
        if name not in ("schema", "docs"):
            end = "" if name.startswith("export/") else "/"
            assert address == f"http://testserver{BASE}/{name}{end}"
        if name == "statistics":
            assert answer(address)["overall"]["total"]
        elif name not in ("schema", "docs", "key", "webhooks", "releases") and not name.startswith(
            "export/"
        ):
            assert answer(address)["results"]


def test_schema_and_docs_are_there(client: object, record: Record) -> None:
    addresses = answer("/")
    assert ask(addresses["schema"]).headers["Content-Type"].startswith("application/vnd.oai")
    page = ask(addresses["docs"])
    assert page.headers["Content-Type"].startswith("text/html")
    assert b"https://" not in page.content, "the docs load nothing from other hosts"


def test_a_missing_slash_is_mended(record: Record) -> None:
    response = ask("/promises", {"status": "implemented"})
    assert response.status_code == 301
    assert response.headers["Location"] == f"{BASE}/promises/?status=implemented"


# Queries.


def test_queries(record: Record) -> None:
    with queries_named() as names:
        answer("/")
    assert names == []


# Bad input.


def test_it_takes_no_questions(record: Record) -> None:
    assert codes("/", {"lang": "ru", "page": "2"}) == [
        ("lang", "unknown_parameter"),
        ("page", "unknown_parameter"),
    ]
