"""Loading the text of a source, so that every citation of it shows the passage it rests on.

The text is not in the project. Whoever holds a copy loads it: each cited paragraph is found by its
fingerprint, wherever it stands now, so that the record proves its reading of the document.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from reforms.errors import DocumentRefused
from reforms.ledger import payload_of
from reforms.models import Citation, LedgerEntry, Paragraph, Reform, Source
from reforms.models.fields import validate_plain_text
from reforms.seeding.fingerprints import FingerprintedParagraph, paragraphs
from reforms.vocabulary import EntryAction
from reforms.workflow.redaction import TEXT


@dataclass(frozen=True, order=True, slots=True)
class CitedParagraph:
    """A paragraph that the record rests on: where it stood, and who cites it."""

    ordinal: int
    fingerprint: str
    cited_by: str


@dataclass(slots=True)
class Reading:
    """What a document has of the paragraphs that are cited from it."""

    paragraphs: list[FingerprintedParagraph]
    matched: list[CitedParagraph] = field(default_factory=list)
    moved: list[tuple[CitedParagraph, int]] = field(default_factory=list)
    missing: list[CitedParagraph] = field(default_factory=list)
    stored: bool = False

    def lines(self) -> Iterator[str]:
        """The report for a person."""
        yield (
            f"{len(self.paragraphs)} paragraphs; of the citations {len(self.matched)} match,"
            f" {len(self.moved)} have moved, {len(self.missing)} are missing."
        )
        for cited, ordinal in self.moved:
            yield f"moved: paragraph {cited.ordinal} is now {ordinal} ({cited.cited_by})"
        for cited in self.missing:
            yield f"missing: paragraph {cited.ordinal}, cited by {cited.cited_by}"


def load_document(source: Source, path: Path, *, check_only: bool = False) -> Reading:
    """Find what is cited from the source in a UTF-8 text, and store its paragraphs in place of
    earlier ones, unless `check_only`.

    Raises DocumentRefused, and then stores nothing: for a file that is no plain text, for a
    document that is not the one cited, where nothing cited could show that it is, and where the
    text was redacted.
    """
    if entry := _redaction_of_text(source):
        raise DocumentRefused(
            f"The text of {source} was redacted and is not loaded again: entry {entry} says why."
        )
    cited = cited_paragraphs(source)
    if not cited:
        raise DocumentRefused(
            f"Nothing cites {source} by fingerprint, so nothing can show that this is its text."
        )
    reading = find(cited, paragraphs(read_text(path)))
    wanted = {one.fingerprint for one in cited}
    found = wanted - {one.fingerprint for one in reading.missing}
    if 2 * len(found) < len(wanted):
        raise DocumentRefused(
            f"{path.name} is not the text that is cited as {source}: of {len(wanted)} cited"
            f" paragraphs it has {len(found)}. Nothing was stored."
        )
    if not check_only:
        reading.stored = _store(source, reading.paragraphs)
    return reading


def _redaction_of_text(source: Source) -> int | None:
    """The entry of the ledger that took the loaded text out, if there is one."""
    about = LedgerEntry.objects.filter(object_type="source", object_id=source.pk)
    for entry in about.filter(action=EntryAction.REDACT.value).select_related("payload"):
        if TEXT in payload_of(entry)["redacted"]["fields"]:
            return entry.sequence
    return None


def cited_paragraphs(source: Source) -> list[CitedParagraph]:
    """Every paragraph that promises, updates and the bounds of reforms cite, in its order."""
    cited: list[CitedParagraph] = []
    citations = Citation.objects.filter(source=source).select_related("update")
    for citation in citations.iterator(chunk_size=1000):
        cited += _of(citation.paragraphs, _who(citation))
    for reform in Reform.objects.filter(bounds__source=source.pk):
        bounds = reform.bounds or {}
        cited += _of([bounds["first"]], f"reform {reform.pk}, where it begins")
        cited += _of([bounds["last"]], f"reform {reform.pk}, where it ends")
    return sorted(cited)


def _who(citation: Citation) -> str:
    if citation.update is None:
        return f"promise {citation.promise_id}"
    name = citation.update.external_id or f"{citation.update.promise_id}/{citation.update.pk}"
    return f"update {name}"


def _of(named: Iterable[dict[str, object]], who: str) -> Iterator[CitedParagraph]:
    for paragraph in named:
        yield CitedParagraph(int(str(paragraph["ordinal"])), str(paragraph["fingerprint"]), who)


def find(cited: Iterable[CitedParagraph], document: list[FingerprintedParagraph]) -> Reading:
    """Find each cited paragraph; of several that are alike the one nearest to where it stood."""
    places: dict[str, list[int]] = {}
    for paragraph in document:
        places.setdefault(paragraph.fingerprint, []).append(paragraph.ordinal)
    reading = Reading(document)
    for one in cited:
        ordinals = places.get(one.fingerprint)
        if ordinals is None:
            reading.missing.append(one)
            continue
        nearest = min(ordinals, key=lambda ordinal: (abs(ordinal - one.ordinal), ordinal))
        if nearest == one.ordinal:
            reading.matched.append(one)
        else:
            reading.moved.append((one, nearest))
    return reading


def read_text(path: Path) -> str:
    """The text of a file; raises DocumentRefused for one that is no UTF-8 text."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DocumentRefused(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise DocumentRefused(
            f"{path} is no UTF-8 text (byte {error.start}); save it as plain text in UTF-8."
        ) from None


def _store(source: Source, document: list[FingerprintedParagraph]) -> bool:
    """Replace the source's paragraphs; return whether anything had to be written."""
    rows = [
        Paragraph(source=source, ordinal=one.ordinal, fingerprint=one.fingerprint, text=one.text)
        for one in document
    ]
    for row in rows:
        try:
            validate_plain_text(row.text)
        except ValidationError as error:
            raise DocumentRefused(f"Paragraph {row.ordinal}: {error.messages[0]}") from None
    with transaction.atomic():
        # Two loads of one source take turns.
        Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
        before = Paragraph.objects.filter(source=source)
        columns = ("ordinal", "fingerprint", "text")
        if list(before.order_by("ordinal").values_list(*columns)) == [
            tuple(getattr(row, name) for name in columns) for row in rows
        ]:
            return False
        before.delete()
        Paragraph.objects.bulk_create(rows, batch_size=500)
    return True
