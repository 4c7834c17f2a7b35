"""What can be said in a submission: one description for JSON, for tables and for the schema."""

from typing import Any

from reforms.models import Citation, Promise, Publisher, Source, StatusUpdate
from reforms.submissions.readers import (
    Address,
    Day,
    Language,
    Pattern,
    Text,
    Texts,
    Word,
)
from reforms.submissions.shapes import Either, Field, ListOf, Shape
from reforms.vocabulary import Basis, PublisherType, SourceKind, Stance, Status
from reforms.workflow.checking import LONGEST_REASON

MOST_CITATIONS = 50


def _most(model: Any, name: str) -> int:
    """How long a text may be: what its column takes."""
    return int(model._meta.get_field(name).max_length)


_NAME = _most(Publisher, "name")

_LANGUAGE = Field(
    "language", Language(), "The language of texts that are given without one; en by default."
)

NAMED = Shape(
    (
        Field("name", Texts(_NAME), "The publisher's name.", required=True),
        Field("type", Word(PublisherType), "Who publishes; other by default."),
        Field(
            "country",
            Pattern("[A-Z]{2}", "use the two capital letters of ISO 3166, such as KZ", 2),
            "Where it is, by ISO 3166; left out where it is in no country.",
        ),
    )
)
_PUBLISHER = Either(Text(_NAME), NAMED)

_SOURCE = (
    Field("title", Texts(_most(Source, "title")), "The document's title."),
    Field("publisher", _PUBLISHER, "The publisher's id, name or alias, or an object."),
    Field("published_on", Day(), "When it was published: 2022-11-05, 2022-11 or 2022."),
    Field("kind", Word(SourceKind), "What sort of document it is; article by default."),
    Field(
        "source_language",
        Pattern(
            "[a-z]{2,3}(-[A-Za-z0-9]+)*",
            "use a language tag, such as en, ru or kk",
            _most(Source, "language"),
        ),
        "The language of the document.",
    ),
)
_URL = Address(_most(Source, "url"))
INLINE = tuple(one.name for one in _SOURCE)

SOURCE = Shape(
    (
        Field("url", _URL, "The address of the document.", required=True),
        *_SOURCE,
        _LANGUAGE,
    )
)

CITATION = Shape(
    (
        Field(
            "source",
            Text(_most(Source, "id")),
            "The id of a source; or give url, title and publisher.",
        ),
        Field("url", _URL, "The address of the document, instead of source."),
        *_SOURCE,
        Field("stance", Word(Stance), "What it does for the assessment; supports by default."),
        Field("basis", Word(Basis), "What the passage rests on; own_finding by default."),
        Field(
            "origin",
            _PUBLISHER,
            "Whose assertion it is: a publisher, the source's own by default.",
        ),
        Field("locator", Text(_most(Citation, "locator")), "Where in it, such as art. 5."),
        Field("note", Texts(_most(Citation, "note")), "What there is to say of it."),
    )
)

_PROMISE = Field(
    "promise",
    Text(_most(Promise, "id")),
    "The id of the promise, such as kz2022-4-1.",
    required=True,
)
_REASON = Field("reason", Text(LONGEST_REASON), "What was wrong; public.", required=True)
CONTENT = (
    Field(
        "status",
        Word(
            Status,
            {Status.NOT_ASSESSED.value: "not_assessed is the default and is submitted by nobody."},
        ),
        "What became of the promise.",
        required=True,
    ),
    Field(
        "effective_on",
        Day(),
        "When it became true: 2022-11-05, 2022-11 or 2022.",
        required=True,
    ),
    Field("assessed_on", Day(), "The day up to which the assessor looked."),
    Field("note", Texts(_most(StatusUpdate, "note")), "What there is to say of it."),
    _LANGUAGE,
    Field(
        "external_id",
        Text(_most(StatusUpdate, "external_id")),
        "The organisation's own id for it; each at most once.",
    ),
    Field("citations", ListOf(CITATION, MOST_CITATIONS), "The evidence."),
)

SUBMISSION = Shape((_PROMISE, *CONTENT))
CORRECTION = Shape((*CONTENT, _REASON))
REVISION = Shape((_PROMISE, *CONTENT, _REASON), is_part=True)
