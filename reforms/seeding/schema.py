"""The schema of seed files, as JSON Schema (Draft 2020-12).

It is built from the vocabularies, so that no word is written twice. `title` names a thing in
complaints (“… is no status”), `description` says what a text that breaks its pattern should be.
What a schema cannot see (references, dates against today, evidence) is in `rules` and `references`;
lengths and formats of texts are the models' own.
"""

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from reforms.dates import PartialDate
from reforms.models.fields import SLUG
from reforms.models.shapes import LARGEST_NUMBER
from reforms.seeding.fingerprints import PATTERN
from reforms.vocabulary import (
    LANGUAGES,
    Basis,
    Commitment,
    PromiseKind,
    PublisherType,
    RelationKind,
    SourceKind,
    Stance,
    Status,
    Term,
)

Schema = dict[str, Any]


# Canonical JSON, which the ledger hashes, holds no larger number exactly.
_NUMBER = {"type": "number", "minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER}


def _object(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


def _list(of: Schema, least: int = 0, unique: bool = False) -> Schema:
    return {"type": "array", "items": of, "minItems": least, "uniqueItems": unique}


def _word_of(vocabulary: type[Term], noun: str, without: tuple[Term, ...] = ()) -> Schema:
    return {"title": noun, "enum": [word.value for word in vocabulary if word not in without]}


def _pattern(pattern: str, noun: str, description: str) -> Schema:
    return {"type": "string", "pattern": pattern, "title": noun, "description": description}


_PLAIN = {"type": "string", "pattern": r"\S"}
# Plain text is English; several languages stand side by side under their codes.
_TEXT: Schema = _PLAIN | {
    "type": ["string", "object"],
    "properties": dict.fromkeys(LANGUAGES, _PLAIN),
    "additionalProperties": False,
    "minProperties": 1,
}
# Why an entry says otherwise than the public record did.
_REASON: dict[str, Schema] = {"reason": _PLAIN}
_DATE = {"type": "string", "format": "partial-date"}
_DAY = _pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "day", "write it as 2026-11-05") | _DATE
_ID = _pattern(
    SLUG.replace(r"\Z", "$"), "id", "use lower-case letters a-z, digits and single hyphens"
)
_PROGRAMME_ID = _pattern(
    "^[a-z][a-z0-9]*$", "programme id", "use lower-case letters and digits, no hyphens: kz2022"
)
_PROMISE_ID = _pattern(
    "^[a-z][a-z0-9]*-(0|[1-9][0-9]{0,2})-[1-9][0-9]{0,4}$",
    "promise id",
    "write programme, reform and number, such as kz2022-4-1",
)
_COUNTRY = _pattern("^[A-Z]{2}$", "country", "use the two capital letters of ISO 3166, such as KZ")
_LANGUAGE = _pattern(
    "^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$", "language", "use a code such as en, ru or kk"
)

_PARAGRAPH = _object(
    {
        "ordinal": {"type": "integer", "minimum": 1, "maximum": LARGEST_NUMBER},
        "fingerprint": _pattern(
            PATTERN,
            "fingerprint",
            "write fp1: and 64 hexadecimal digits, as `manage.py fingerprint FILE` prints them",
        ),
    }
)
_PASSAGE_KEYS: dict[str, Schema] = {
    "basis": _word_of(Basis, "basis"),
    "origin": _ID,
    "locator": _PLAIN,
    "paragraphs": _list(_PARAGRAPH, least=1),
    "note": _TEXT,
}
_STANCE = _word_of(Stance, "stance")
_PASSAGE = _object({"source": _ID}, {**_PASSAGE_KEYS, "stance": _STANCE})
_CITATION = _object(
    {"source": _ID, "stance": _STANCE, "basis": _PASSAGE_KEYS["basis"]},
    {name: schema for name, schema in _PASSAGE_KEYS.items() if name != "basis"},
)
_UPDATE = _object(
    {
        "key": _ID,
        "status": _word_of(Status, "status", without=(Status.NOT_ASSESSED,)),
        "effective_on": _DATE,
        "citations": _list(_CITATION, least=1),
    },
    {"assessed_on": _DATE, "note": _TEXT, "organisation": _ID, **_REASON},
)
_RETRACTED = _object({"update": _ID, **_REASON})
_FIGURE = _object(
    {"what": _TEXT}, {**dict.fromkeys(("from", "to", "value"), _NUMBER), "unit": _TEXT}
)
_PROMISE = _object(
    {
        "id": _PROMISE_ID,
        "title": _TEXT,
        "statement": _TEXT,
        "kind": _word_of(PromiseKind, "kind of promise"),
        "commitment": _word_of(Commitment, "commitment"),
        "bodies": _list(_ID, unique=True),
        "passages": _list(_PASSAGE, least=1),
    },
    {
        "condition": _TEXT,
        "affects": _list(_ID, unique=True),
        "topics": _list(_ID, unique=True),
        "deadline": _object({}, {"date": _DATE, "wording": _TEXT}) | {"minProperties": 1},
        "figures": _list(_FIGURE),
        "relations": _list(
            _object({"kind": _word_of(RelationKind, "kind of relation"), "promise": _PROMISE_ID}),
            unique=True,
        ),
        "updates": _list(_UPDATE),
        "retracted": _list(_RETRACTED),
        **_REASON,
    },
)
_REFORM = _object(
    {"number": {"type": "integer", "minimum": 0, "maximum": 999}, "title": _TEXT},
    {
        "summary": _TEXT,
        "note": _TEXT,
        "bounds": _object({"source": _ID, "first": _PARAGRAPH, "last": _PARAGRAPH}),
        **_REASON,
    },
)
_PROGRAMME = _object(
    {
        "id": _PROGRAMME_ID,
        "title": _TEXT,
        "jurisdiction": _COUNTRY,
        "promisor": _TEXT,
        "announced_on": _DATE,
        "time_zone": _PLAIN,
        "lead_organisation": _ID,
    },
    {"summary": _TEXT, "announced_by": _list(_ID, unique=True), "licence": _PLAIN, **_REASON},
)
_SOURCE = _object(
    {
        "id": _ID,
        "title": _TEXT,
        "kind": _word_of(SourceKind, "kind of source"),
        "publisher": _ID,
    },
    {
        "url": _PLAIN,
        "archived_url": _PLAIN,
        "published_on": _DATE,
        "language": _LANGUAGE,
        "edition_of": _ID,
        "note": _TEXT,
        **_REASON,
    },
)
_SET_ASIDE_REASONS = [
    "unconfirmed",
    "draft",
    "duplicate",
    "background",
    "not_about_a_promise",
    "general",
]

_KINDS: dict[str, Schema] = {
    "programme": _object({"programme": _PROGRAMME}),
    "organisations": _list(
        _object(
            {"id": _ID, "name": _TEXT},
            {"pseudonym": {"type": "boolean"}, "affiliation": _TEXT, "url": _PLAIN, **_REASON},
        )
    ),
    "publishers": _list(
        _object(
            {"id": _ID, "name": _TEXT, "type": _word_of(PublisherType, "type of publisher")},
            {"aliases": _list(_PLAIN, unique=True), "country": _COUNTRY, **_REASON},
        )
    ),
    "sources": _list(_SOURCE),
    "bodies": _list(
        _object({"id": _ID, "name": _TEXT}, {"successor": _ID, "note": _TEXT, **_REASON})
    ),
    "topics": _list(_object({"id": _ID, "name": _TEXT}, _REASON)),
    "replies": _list(
        _object(
            {
                "id": _ID,
                "promise": _PROMISE_ID,
                "signed_by": _TEXT,
                "dated_on": _DAY,
                "text": _TEXT,
            },
            {"url": _PLAIN, **_REASON},
        )
    ),
    "reform": _object({"reform": _REFORM, "promises": _list(_PROMISE)}),
    "set-aside": _list(
        _object(
            {
                "reason": _TEXT,
                "category": {"title": "category", "enum": _SET_ASIDE_REASONS},
            },
            {"url": _PLAIN, "title": _TEXT},
        )
    ),
}

_formats = FormatChecker(formats=())


@_formats.checks("partial-date", raises=ValueError)
def _is_partial_date(value: object) -> bool:
    return not isinstance(value, str) or bool(PartialDate.parse(value))


def top_key(kind: str) -> str:
    """The key that a file of this kind begins with."""
    return kind.replace("-", "_")


def _validator(kind: str) -> Draft202012Validator:
    schema = _KINDS[kind]
    if schema["type"] == "array":
        schema = _object({top_key(kind): schema})
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=_formats)


# The validator of each kind of file; a reform's file is called reform-01.yaml and so on.
VALIDATORS: dict[str, Draft202012Validator] = {kind: _validator(kind) for kind in _KINDS}
