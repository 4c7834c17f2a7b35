from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reforms import records, workflow
from reforms.errors import DocumentRefused
from reforms.models import Paragraph, Promise, Source
from reforms.seeding.documents import CitedParagraph, find, load_document
from reforms.seeding.fingerprints import fingerprint, paragraphs
from tests.seeding.tiny import DOCUMENT, Address

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(tiny: Address) -> Source:
    tiny.load()
    return Source.objects.get(pk="tiny-address")


def stored(source: Source) -> list[tuple[int, str]]:
    return list(source.paragraphs.order_by("ordinal").values_list("ordinal", "text"))


def test_every_citation_is_found(source: Source, document: Path) -> None:
    reading = load_document(source, document)
    assert [(one.ordinal, one.cited_by) for one in reading.matched] == [
        (2, "reform tiny2021-1, where it begins"),
        (3, "promise tiny2021-1-1"),
        (4, "promise tiny2021-1-2"),
        (4, "reform tiny2021-1, where it ends"),
    ]
    assert (reading.moved, reading.missing, reading.stored) == ([], [], True)
    assert len(stored(source)) == 6
    assert stored(source)[3] == (4, "Bottles will carry a deposit.")
    assert list(reading.lines()) == [
        "6 paragraphs; of the citations 4 match, 0 have moved, 0 are missing."
    ]


def test_a_text_that_was_redacted_is_not_loaded_again(source: Source, document: Path) -> None:
    assert workflow.redact(source, ["text"], "Ordered so.").fields == ()
    load_document(source, document)
    done = workflow.redact(source, ["text", "title"], "Ordered so.")
    assert (done.fields, stored(source)) == (("title", "text"), [])
    with pytest.raises(DocumentRefused, match=f"is not loaded again: entry {done.entry} says why"):
        load_document(source, document)
    assert stored(source) == []


def test_what_moved_is_found_where_it_stands(source: Source, document: Path) -> None:
    document.write_text("A new opening\r\n\r\n" + DOCUMENT.replace("\n", "\r\n"), encoding="utf-8")
    reading = load_document(source, document)
    assert reading.matched == []
    assert [(one.ordinal, now) for one, now in reading.moved] == [(2, 3), (3, 4), (4, 5), (4, 5)]
    assert "moved: paragraph 3 is now 4 (promise tiny2021-1-1)" in list(reading.lines())


def test_other_quotes_and_spaces_are_the_same_text(source: Source, document: Path) -> None:
    document.write_text("\ufeff" + DOCUMENT.replace(" ", "\u00a0 "), encoding="utf-8")
    assert len(load_document(source, document).matched) == 4


def test_what_is_missing_is_named(source: Source, document: Path) -> None:
    document.write_text(DOCUMENT.replace("Bottles", "Glass bottles"), encoding="utf-8")
    reading = load_document(source, document)
    assert [(one.ordinal, one.cited_by) for one in reading.missing] == [
        (4, "promise tiny2021-1-2"),
        (4, "reform tiny2021-1, where it ends"),
    ]
    assert "missing: paragraph 4, cited by promise tiny2021-1-2" in list(reading.lines())
    assert reading.stored


def test_another_document_is_refused_whole(source: Source, document: Path) -> None:
    load_document(source, document)
    before = stored(source)
    document.write_text("We begin with the rivers.\nThen something else.\n", encoding="utf-8")
    with pytest.raises(DocumentRefused) as refused:
        load_document(source, document)
    assert str(refused.value) == (
        "address.txt is not the text that is cited as tiny-address: of 3 cited paragraphs it has"
        " 1. Nothing was stored."
    )
    assert stored(source) == before


def test_nothing_cited_nothing_shown(source: Source, document: Path) -> None:
    with pytest.raises(DocumentRefused, match="Nothing cites gazette by fingerprint"):
        load_document(Source.objects.get(pk="gazette"), document)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (DOCUMENT.encode("utf-16"), "is no UTF-8 text"),
        (b"\x89PNG\r\n", "is no UTF-8 text"),
        (DOCUMENT.encode() + b"\nA null: \x00\n", "Paragraph 7: The character U\\+0000"),
        (b"", "is not the text that is cited"),
    ],
)
def test_a_file_that_is_no_text(
    source: Source, document: Path, content: bytes, complaint: str
) -> None:
    document.write_bytes(content)
    with pytest.raises(DocumentRefused, match=complaint):
        load_document(source, document)
    assert stored(source) == []


def test_a_file_that_is_not_there(source: Source, tmp_path: Path) -> None:
    with pytest.raises(DocumentRefused, match="cannot be read: No such file"):
        load_document(source, tmp_path / "nowhere.txt")


def test_loading_again_writes_nothing(source: Source, document: Path) -> None:
    load_document(source, document)
    with CaptureQueriesContext(connection) as queries:
        assert not load_document(source, document).stored
    assert not [query for query in queries if query["sql"].startswith(("INSERT", "DELETE"))]


def test_a_new_text_replaces_the_old_one(source: Source, document: Path) -> None:
    load_document(source, document)
    document.write_text("Now it is longer.\n" + DOCUMENT, encoding="utf-8")
    assert load_document(source, document).stored
    assert len(stored(source)) == 7
    assert stored(source)[0] == (1, "Now it is longer.")


def test_a_check_stores_nothing(source: Source, document: Path) -> None:
    assert len(load_document(source, document, check_only=True).matched) == 4
    assert not Paragraph.objects.exists()


def test_the_text_is_in_no_record_document(source: Source, document: Path) -> None:
    before = [records.document(one) for one in (source, *Promise.objects.order_by("pk"))]
    load_document(source, document)
    assert [records.document(one) for one in (source, *Promise.objects.order_by("pk"))] == before


@pytest.mark.parametrize(("hint", "found"), [(1, 5), (5, 5), (6, 6), (9, 6), (100, 6)])
def test_of_paragraphs_that_are_alike_the_nearest_is_meant(hint: int, found: int) -> None:
    cited = CitedParagraph(hint, fingerprint("We thank everybody."), "somebody")
    reading = find([cited], paragraphs(DOCUMENT))
    assert [now for _, now in reading.moved] + [one.ordinal for one in reading.matched] == [found]
