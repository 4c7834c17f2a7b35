"""What many answers share in the OpenAPI document: problems, the moment asked for, dry runs."""

from collections.abc import Iterator
from typing import Any

from reforms.api import write_schema
from reforms.api.errors import PROBLEMS

Schema = dict[str, Any]


def _remembered(result: Schema) -> Iterator[Schema]:
    """The schemas of single objects that can be asked about at another moment."""
    for path in result["paths"].values():
        operation = path.get("get")
        if operation is None:
            continue
        names = {parameter["name"] for parameter in operation.get("parameters", ())}
        content = operation["responses"]["200"]["content"].get("application/json", {"schema": ()})
        if "known_at" in names and "$ref" in content["schema"]:
            name = content["schema"]["$ref"].rpartition("/")[2]
            if not name.startswith("Paginated"):
                yield result["components"]["schemas"][name]


def add_shared(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """Add to the document what many answers share: problems, and the moment asked for."""
    text = {"type": "string"}
    for component in _remembered(result):
        component["properties"]["clocks"] = {"$ref": "#/components/schemas/Clocks"}
    write_schema.add_dry_runs(result)
    result["components"]["schemas"]["Clocks"] = {
        "type": "object",
        "description": "The moment that the answer is about; only where one was asked for.",
        "required": ["as_of", "known_at", "recorded_at"],
        "properties": {
            "as_of": {
                "type": "string",
                "format": "date",
                "nullable": True,
                "description": "The day on which it was true; null for now.",
            },
            "known_at": {
                "type": "integer",
                "nullable": True,
                "description": "The last ledger entry that was used; null for all of them.",
            },
            "recorded_at": {
                "type": "string",
                "format": "date-time",
                "nullable": True,
                "description": "The moment of that entry.",
            },
        },
    }
    result["components"]["schemas"]["Problem"] = {
        "type": "object",
        "description": "What went wrong (RFC 9457), with an entry for each bad parameter.",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {
                "type": "string",
                "enum": [f"urn:reform-tracker:problem:{name}" for name in PROBLEMS],
            },
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "withdrawn_at": {**text, "format": "date-time", "description": "Only with 410."},
            "reason": {**text, "description": "Why it was withdrawn; only with 410."},
            "entry": {"type": "integer", "description": "The ledger's entry; only with 410."},
            "last_known": {**text, "description": "Where it can be read as it was; with 410."},
            "history": {**text, "description": "The ledger's entries about it; with 410."},
            "current": {
                "type": "object",
                "additionalProperties": {},
                "description": "What it is now, where that is why; with 409 and 412.",
            },
            "rows": {"type": "integer", "description": "How many a refused batch has."},
            "failed": {"type": "integer", "description": "How many of them are wrong."},
            "errors_total": {
                "type": "integer",
                "description": "How many errors a refused batch has; the first are listed.",
            },
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemError"}},
        },
    }
    result["components"]["schemas"]["ProblemError"] = {
        "type": "object",
        "description": "One thing wrong: where, what, and what would be right.",
        "required": ["code", "detail"],
        "properties": {
            "parameter": {**text, "description": "Where, in the query."},
            "pointer": {
                **text,
                "description": "Where, in the body: a JSON pointer (RFC 6901).",
            },
            "row": {"type": "integer", "description": "In a batch: from 1."},
            "line": {"type": "integer", "description": "In a batch of lines: of the text."},
            "column": {**text, "description": "In CSV: its name."},
            "code": text,
            "detail": text,
            "allowed": {"type": "array", "items": text},
            "nearest": text,
        },
    }
    return result
