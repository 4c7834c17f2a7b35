"""Quotations: there where the cited document is loaded, and nowhere else."""

from typing import Any

from reforms.models import Citation, Paragraph
from tests.api.asking import Row, answer, ask, queries, results
from tests.api.record import NOWHERE, ONCE, TWICE, Record

COURT = "/promises/demo2020-1-1/"


def quoted(citations: list[Row]) -> list[Any]:
    return [
        (one["quotation"], one["found_at"])
        for citation in citations
        for one in citation["paragraphs"]
    ]


def load(source: str, ordinal: int, fingerprint: str, text: str) -> None:
    Paragraph.objects.create(source_id=source, ordinal=ordinal, fingerprint=fingerprint, text=text)


def test_where_the_paragraph_is_loaded(record: Record) -> None:
    """Wherever it stands now; of two that read alike the one nearest to where it was cited."""
    assert quoted(answer(COURT)["citations"]) == [
        ("QUOTED once.", 5),
        ("QUOTED alike, second.", 9),
        (None, None),
    ]


def test_nearest_to_the_hint(record: Record) -> None:
    for hint, place in ((1, 2), (2, 2), (5, 2), (6, 9), (9, 9), (100, 9)):
        Citation.objects.filter(promise="demo2020-1-1", position=1).update(
            paragraphs=[{"ordinal": hint, "fingerprint": TWICE}]
        )
        assert quoted(answer(COURT)["citations"])[0][1] == place, hint


def test_of_two_equally_near_the_first(record: Record) -> None:
    load("demo2020-address", 4, TWICE, "QUOTED alike, middle.")
    Citation.objects.filter(promise="demo2020-1-1", position=1).update(
        paragraphs=[{"ordinal": 3, "fingerprint": TWICE}]
    )
    assert quoted(answer(COURT)["citations"])[0][1] == 2


def test_only_from_the_source_that_is_cited(record: Record) -> None:
    """The same words in another document are no proof of this one."""
    load("daily-page", 1, NOWHERE, "QUOTED elsewhere.")
    assert quoted(answer(COURT)["citations"])[2] == (None, None)
    update = answer(f"/updates/{record.id_of('court')}/")
    assert quoted(update["citations"]) == [(None, None)]


def test_wherever_citations_are_shown(record: Record) -> None:
    load("parliament-page", 1, ONCE, "QUOTED law.")
    expected = [("QUOTED law.", 1)]
    places = {
        "promise": answer(COURT)["updates"][0]["citations"],
        "promises": results(
            "/promises/", {"expand": "updates", "kind": "constitutional_amendment"}
        )[0]["updates"][0]["citations"],
        "update": answer(f"/updates/{record.id_of('court')}/")["citations"],
        "updates": next(
            one["citations"] for one in results("/updates/") if one["id"] == record.id_of("court")
        ),
        "timeline": results(f"{COURT}updates/")[0]["citations"],
        "assessments": results(f"{COURT}assessments/")[0]["update"]["citations"],
    }
    for name, citations in places.items():
        assert quoted(citations) == expected, name
    listed = results("/promises/", {"fields": "citations", "kind": "constitutional_amendment"})
    assert quoted(listed[0]["citations"])[0] == ("QUOTED once.", 5)


def test_nowhere_else(record: Record) -> None:
    """What is loaded is shown where it is cited; the API is no copy of the document."""
    for path in ("/promises/", "/reforms/", "/sources/", "/programmes/", "/updates/"):
        assert b"QUOTED" not in ask(path).content, path
    for path in ("/sources/demo2020-address/", "/reforms/demo2020-10/"):
        assert b"QUOTED" not in ask(path).content, path
    expanded = ask("/programmes/", {"expand": "announced_by"}).content
    assert b"QUOTED" not in expanded
    expanded = ask("/updates/", {"expand": "promise"}).content
    assert b"QUOTED" not in expanded
    assert answer("/promises/", {"search": "QUOTED"})["results"] == []


def test_text_loaded(record: Record) -> None:
    loaded = {row["id"]: row["text_loaded"] for row in results("/sources/")}
    assert [name for name, is_loaded in loaded.items() if is_loaded] == ["demo2020-address"]
    load("daily-page", 1, NOWHERE, "QUOTED elsewhere.")
    assert answer("/sources/daily-page/")["text_loaded"] is True


def test_without_any_document(record: Record) -> None:
    Paragraph.objects.all().delete()
    assert quoted(answer(COURT)["citations"]) == [(None, None)] * 3


def test_one_query_for_all(record: Record) -> None:
    everything = queries("/promises/", {"expand": "citations,updates"})
    assert everything.count("paragraph") == 1
    assert "paragraph" not in queries("/promises/")
    assert "paragraph" not in queries("/updates/", {"omit": "citations"})
