"""The citations of a promise as groups of columns: source, source_2 and so on."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from reforms import workflow
from reforms.errors import RuleBroken
from reforms.models import Citation
from reforms.models.shapes import validate_paragraphs
from reforms.sheets.columns import SEPARATOR, Known
from reforms.sheets.passages import Paragraphs, as_line, with_fingerprints
from reforms.sheets.rows import Row
from reforms.submissions.readers import Reader, Text, Word
from reforms.submissions.tables import MOST_CITATIONS, numbered
from reforms.vocabulary import LANGUAGES, Basis, Stance
from reforms.workflow import Cited

_NOTES = {f"citation_note_{language}": language for language in LANGUAGES}


def _most(name: str) -> int:
    return int(Citation._meta.get_field(name).max_length)  # type: ignore[union-attr, arg-type]


MEANINGS = {
    "source": "The id of the source that it rests on.",
    "paragraphs": "The paragraphs of its text: `138` or `139-142` where the text is loaded.",
    "stance": "What the source does for it; `supports` if it is left out.",
    "basis": "What the passage rests on; `own_finding` if it is left out.",
    "origin": "The id of the publisher whose assertion it is; empty for the source's own.",
    "locator": "Where in the document.",
    **{
        name: f"What there is to say of the citation. In {LANGUAGES[language]}."
        for name, language in _NOTES.items()
    },
}
_READERS: dict[str, Reader] = {
    "paragraphs": Paragraphs(),
    "stance": Word(Stance),
    "basis": Word(Basis),
    "locator": Text(_most("locator")),
    **dict.fromkeys(_NOTES, Text(_most("note"))),
}

# All columns of citations, with the number of the citation and what they are called without it.
COLUMNS = {
    numbered(name, number): (number, name)
    for number in range(1, MOST_CITATIONS + 1)
    for name in MEANINGS
}


def cells(citations: Iterable[Citation], with_paragraphs: bool = True) -> dict[str, str]:
    """The cells of citations in their order."""
    written: dict[str, str] = {}
    for number, one in enumerate(citations, start=1):
        own = {
            "source": one.source_id,
            "stance": one.stance,
            "basis": one.basis,
            "origin": "" if one.origin_id == one.source.publisher_id else one.origin_id,
            "locator": one.locator,
            **{name: one.note.get(language, "") for name, language in _NOTES.items()},
        }
        if with_paragraphs:
            own["paragraphs"] = SEPARATOR.join(map(as_line, one.paragraphs))
        written |= {numbered(name, number): cell for name, cell in own.items()}
    return written


def header(most: int, names: Iterable[str] = tuple(MEANINGS)) -> list[str]:
    """The columns of so many citations, at least of one."""
    names = list(names)
    return [numbered(name, number) for number in range(1, max(most, 1) + 1) for name in names]


class CitationReader:
    """Makes the citations of a promise from cells; what was not touched stays as it is."""

    def __init__(self, sources: Known, publishers: Known) -> None:
        self.sources = sources
        self.publishers = publishers

    def learn(self, rows: Iterable[Row]) -> None:
        """Look up all that the rows cite."""
        sources, origins = set(), set()
        for row in rows:
            for name, cell in row.given.items():
                match COLUMNS.get(name, (0, ""))[1]:
                    case "source":
                        sources.add(cell.strip())
                    case "origin":
                        origins.add(cell.strip())
        self.sources.learn(sources - {""})
        self.publishers.learn(origins - {""})

    def read(
        self, row: Row, stored: Sequence[Citation], before: dict[str, str], changed: set[str]
    ) -> list[Cited]:
        """The citations as they are to be; complains of what is wrong with their cells."""
        last = max([len(stored), *(COLUMNS[name][0] for name in changed)])
        found = []
        for number in range(1, last + 1):
            old = stored[number - 1] if number <= len(stored) else None
            names = {name: numbered(name, number) for name in MEANINGS}
            touched = changed.intersection(names.values())
            if not touched and old is not None:
                found.append(_as_it_is(old))
                continue
            own = {
                name: row.given.get(column, before.get(column, "")).strip()
                for name, column in names.items()
            }
            if any(own.values()):
                cited = self._cited(row, own, names, touched, old)
                found += [cited] if cited else []
        return found

    def _cited(
        self,
        row: Row,
        own: dict[str, str],
        names: dict[str, str],
        touched: set[str],
        old: Citation | None,
    ) -> Cited | None:
        before = len(row.place.complaints)
        source = origin = None
        if not own["source"]:
            row.at(names["source"]).complain("missing", "Name the source of this citation.")
        elif self.sources.read(own["source"], row.at(names["source"])):
            source = self.sources.get(own["source"])
        if own["origin"]:
            origin = self.publishers.read(own["origin"], row.at(names["origin"]))
        kept = _as_it_is(old) if old is not None else None
        value: dict[str, Any] = {}
        for name, reader in _READERS.items():
            if kept is not None and names[name] not in touched:
                value[name] = _of(kept, name)
            elif own[name]:
                value[name] = reader.read(own[name], row.at(names[name]))
        if source is None or len(row.place.complaints) > before:
            return None
        cited = Cited(
            source=source.pk,
            stance=value.get("stance") or Stance.SUPPORTS.value,
            basis=value.get("basis") or Basis.OWN_FINDING.value,
            origin=origin or "",
            locator=value.get("locator") or "",
            paragraphs=_complete(row, names, source.pk, value.get("paragraphs") or []),
            note={language: value[name] for name, language in _NOTES.items() if value.get(name)},
        )
        _check(row, names, cited, source)
        return cited


def _as_it_is(citation: Citation) -> Cited:
    own = citation.origin_id == citation.source.publisher_id
    return Cited(
        source=citation.source_id,
        stance=citation.stance,
        basis=citation.basis,
        origin="" if own else citation.origin_id,
        locator=citation.locator,
        paragraphs=citation.paragraphs,
        note=citation.note,
    )


def _of(cited: Cited, name: str) -> Any:
    return cited.note.get(_NOTES[name]) if name in _NOTES else getattr(cited, name)


def _complete(
    row: Row, names: dict[str, str], source: str, paragraphs: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The paragraphs with the fingerprints that the loaded text has."""
    try:
        complete = with_fingerprints(source, paragraphs)
        validate_paragraphs(complete)
    except ValidationError as error:
        row.at(names["paragraphs"]).complain("not_found", error.messages[0])
        return []
    return complete


def _check(row: Row, names: dict[str, str], cited: Cited, source: Any) -> None:
    """Hold the citation against the workflow's rule, so that its own column is named."""
    origin = cited.origin or source.publisher_id
    try:
        workflow.check_citation(Citation(source=source, basis=cited.basis, origin_id=origin))
    except RuleBroken as refusal:
        for detail in refusal.fields.get("origin", []):
            row.at(names["origin"]).complain("rule_broken", f"{detail}.")
