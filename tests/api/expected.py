"""Objects of the record as answers show them, in English."""

from typing import Any

from tests.api.asking import Row
from tests.api.endpoint import url
from tests.api.record import NOWHERE, ONCE, TWICE, Record

ENGLISH = {"language": "en", "languages": ["en"]}
SPEECHLESS = {"language": None, "languages": []}
UPDATES = (
    "adopted",
    "court",
    "law",
    "opened",
    "closed",
    "nothing",
    "drafted",
    "stuck",
    "stuck-too",
    "half",
    "begun",
    "refused",
    "superseded",
    "corrected",
    "retracted",
    "removed",
    "still-open",
)


def programme() -> Row:
    return {
        "id": "demo2020",
        "api_url": url("/programmes/demo2020/"),
        "title": "Programme demo2020",
        "summary": "Ten of them.",
        "jurisdiction": "XD",
        "promisor": "The President",
        "announced_on": "2020-01-15",
        "time_zone": "Pacific/Kiritimati",
        "lead_organisation": "editors",
        "announced_by": ["demo2020-address"],
        "licence": "CC-BY-4.0",
        "directions": 3,
    } | ENGLISH


def reform() -> Row:
    return {
        "id": "demo2020-1",
        "api_url": url("/reforms/demo2020-1/"),
        "programme": "demo2020",
        "number": 1,
        "numbered": True,
        "title": "Direction 1",
        "summary": None,
        "note": None,
        "bounds": None,
    } | ENGLISH


def organisation(name: str = "editors") -> Row:
    row = {
        "id": name,
        "api_url": url(f"/organisations/{name}/"),
        "name": name.title(),
        "pseudonym": False,
        "affiliation": None,
        "url": "",
    } | ENGLISH
    if name == "lantern":
        row |= {"affiliation": "Its members.", "url": "https://lantern.example/"}
    return row


def body() -> Row:
    return {
        "id": "court",
        "api_url": url("/bodies/court/"),
        "name": "Constitutional Court",
        "note": None,
        "successor": None,
        "language": "en",
        "languages": ["en", "kk"],
    }


def topic() -> Row:
    return {"id": "courts", "api_url": url("/topics/courts/"), "name": "Courts"} | ENGLISH


def publisher(name: str, type_: str, **more: Any) -> Row:
    return {
        "id": name,
        "api_url": url(f"/publishers/{name}/"),
        "name": name.title(),
        "aliases": [],
        "type": type_,
        "country": "XD",
        **ENGLISH,
        **more,
    }


def address() -> Row:
    return {
        "id": "demo2020-address",
        "api_url": url("/sources/demo2020-address/"),
        "title": "Address",
        "kind": "address",
        "publisher": "ministry",
        "url": "https://ministry.example/address",
        "archived_url": "https://archive.example/2020/address",
        "published_on": "2020-01-15",
        "original_language": "en",
        "edition_of": None,
        "note": None,
        "text_loaded": True,
        "public_since": "2020-01-20T00:00:00Z",
        "language": "en",
        "languages": ["en", "ru"],
    }


def cited_publisher(name: str, type_: str) -> Row:
    return {"id": name, "name": name.title(), "type": type_} | ENGLISH


def cited_source(name: str, type_: str, **more: Any) -> Row:
    """The page of a publisher, as a citation shows it."""
    return {
        "id": f"{name}-page",
        "api_url": url(f"/sources/{name}-page/"),
        "title": name,
        "kind": "news",
        "url": "",
        "archived_url": "",
        "published_on": None,
        "publisher": cited_publisher(name, type_),
        **ENGLISH,
        **more,
    }


def citation(source: Row, **more: Any) -> Row:
    return {
        "source": source,
        "stance": "supports",
        "basis": "own_finding",
        "origin": source["publisher"],
        "locator": "",
        "paragraphs": [],
        "note": None,
        **SPEECHLESS,
        **more,
    }


def paragraph(
    ordinal: int, fingerprint: str, text: str | None = None, at: int | None = None
) -> Row:
    return {"ordinal": ordinal, "fingerprint": fingerprint, "quotation": text, "found_at": at}


def address_citation() -> list[Row]:
    """The citations of demo2020-1-1."""
    source = {
        "id": "demo2020-address",
        "api_url": url("/sources/demo2020-address/"),
        "title": "Address",
        "kind": "address",
        "url": "https://ministry.example/address",
        "archived_url": "https://archive.example/2020/address",
        "published_on": "2020-01-15",
        "publisher": cited_publisher("ministry", "state"),
        "language": "en",
        "languages": ["en", "ru"],
    }
    russian = source | {
        "id": "demo2020-address-ru",
        "api_url": url("/sources/demo2020-address-ru/"),
        "title": "Послание",
        "url": "",
        "archived_url": "",
        "published_on": None,
        "language": "ru",
        "languages": ["ru"],
    }
    return [
        citation(
            source,
            locator="¶4",
            paragraphs=[
                paragraph(4, ONCE, "QUOTED once.", 5),
                paragraph(8, TWICE, "QUOTED alike, second.", 9),
                paragraph(12, NOWHERE),
            ],
        ),
        citation(russian, stance="context", note="То же.", language="ru", languages=["ru"]),
    ]


def daily_page() -> Row:
    return cited_source("daily", "independent_media", published_on="2023-05-02")


def update(record: Record, name: str) -> Row:
    """One of the status updates that the tests look at closely."""
    update_id = record.id_of(name)
    return {
        "id": update_id,
        "api_url": url(f"/updates/{update_id}/"),
        "organisation": "editors",
        "assessed_on": None,
        "note": None,
        "review_state": "published",
        "stands": True,
        "ended_at": None,
        "ended_reason": "",
        "successor": None,
        **SPEECHLESS,
    } | _OWN[name](record)


_OWN = {
    "adopted": lambda record: {
        "promise": "demo2020-1-1",
        "status": "in_progress",
        "effective_on": "2022-06-05",
        "note": "The referendum said yes.",
        "published_at": "2024-02-01T09:00:00Z",
        "citations": [citation(daily_page())],
        **ENGLISH,
    },
    "court": lambda record: {
        "promise": "demo2020-1-1",
        "status": "implemented",
        "effective_on": "2022-08",
        "note": "The judges were sworn in.",
        "published_at": "2024-02-01T09:00:00Z",
        "citations": [
            citation(daily_page(), note="With a picture.", **ENGLISH),
            citation(
                cited_source("parliament", "state", kind="legal_act", published_on="2022-12"),
                basis="act_in_force",
                locator="art. 28(5)",
                paragraphs=[paragraph(1, ONCE)],
            ),
        ],
        "language": "en",
        "languages": ["en", "ru", "kk"],
    },
    "closed": lambda record: {
        "promise": "demo2020-1-3",
        "status": "reversed",
        "effective_on": "2024-01",
        "note": "The court shut it.",
        "published_at": "2024-02-04T09:00:00Z",
        "citations": [citation(daily_page())],
        **ENGLISH,
    },
    "still-open": lambda record: {
        "promise": "demo2020-1-3",
        "organisation": "lantern",
        "status": "implemented",
        "effective_on": "2024-02",
        "assessed_on": "2024-04-01",
        "published_at": "2024-04-05T09:00:00Z",
        "citations": [citation(daily_page())],
    },
    "superseded": lambda record: {
        "promise": "demo2020-1-2",
        "organisation": "lantern",
        "status": "in_progress",
        "effective_on": "2022-10",
        "review_state": "superseded",
        "stands": False,
        "published_at": "2024-03-01T09:00:00Z",
        "ended_at": "2024-03-01T09:00:00Z",
        "ended_reason": "The law had been signed.",
        "successor": record.id_of("corrected"),
        "citations": [citation(daily_page())],
    },
    "retracted": lambda record: {
        "promise": "demo2020-1-3",
        "organisation": "compass",
        "status": "partially_implemented",
        "effective_on": "2023-08",
        "review_state": "retracted",
        "stands": False,
        "published_at": "2024-03-01T09:00:00Z",
        "ended_at": "2024-03-01T09:00:00Z",
        "ended_reason": "We misread the law.",
        "citations": [citation(daily_page())],
    },
    "removed": lambda record: {
        "promise": "demo2020-2-1",
        "organisation": "compass",
        "status": "stalled",
        "effective_on": "2023-06",
        "review_state": "removed",
        "stands": False,
        "published_at": "2024-03-01T09:00:00Z",
        "ended_at": "2024-03-01T09:00:00Z",
        "ended_reason": "It names a private person.",
        "citations": [citation(daily_page())],
    },
}
