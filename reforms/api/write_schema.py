"""How the OpenAPI document shows what writes: bodies, headers, answers and refusals."""

from copy import deepcopy
from typing import Any

from reforms.api.writing import DRY_RUN, Write

Schema = dict[str, Any]

_TAG = {"type": "string"}
ETAG: Schema = {
    "description": "Its version and this representation of it; what If-Match asks for.",
    "schema": _TAG,
}
VERSION: Schema = {
    "description": "The version of the record that it is of: for caches, and for If-None-Match.",
    "schema": _TAG,
}
_IF_MATCH: Schema = {
    "in": "header",
    "name": "If-Match",
    "description": "The ETag of what you have seen, or * for whatever it is now. Without it: 428.",
    "schema": {"type": "string", "minLength": 1},
    "example": '"3-5d41402abc4b2a76"',
}
_IF_NONE_MATCH: Schema = {
    "in": "header",
    "name": "If-None-Match",
    "description": "The ETag of what you have; if it is still so, the answer is 304.",
    "schema": _TAG,
    "example": '"3-5d41402abc4b2a76"',
}
_IDEMPOTENCY_KEY: Schema = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "A name of your own for this request. The same request again does nothing again"
    " and gets the first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "example": "8e03978e-40d5-43e8-bc93-6894a57f9324",
}


def headers(write: Write | None, method: str, view: Any) -> list[Schema]:
    """The headers that a request may have."""
    if write is None:
        return [] if tag_of(view) is None else [_IF_NONE_MATCH]
    found = [_IF_MATCH] if write.changes else []
    return [*found, _IDEMPOTENCY_KEY] if method == "POST" else found


def tag_of(view: Any) -> Schema | None:
    """The ETag of what a view answers to a reader; None where it has none."""
    if getattr(view, "tagged", False) and getattr(view, "action", "") == "retrieve":
        return ETAG
    return VERSION if getattr(view, "kept", False) else None


def request_body(write: Write) -> Schema:
    """What is sent."""
    content = {
        media_type: {"schema": deepcopy(schema)} for media_type, schema in write.bodies.items()
    }
    if write.example is not None:
        next(iter(content.values()))["example"] = write.example
    return {"content": content, "required": write.needs_body}


def answers(write: Write, body: Schema) -> Schema:
    """What is answered where nothing is wrong."""
    found = {}
    if not write.bodies:
        return {"204": {"description": "It is gone."}}
    for status in write.statuses:
        said: Schema = {"Idempotency-Replayed": _REPLAYED}
        if write.changes or write.answer is None:
            said["ETag"] = ETAG
        if status == 201:
            said["Location"] = _LOCATION
        found[str(status)] = {**body, "headers": said}
    return found


_REPLAYED: Schema = {
    "description": "true where this is the answer to the same request before.",
    "schema": {"type": "string", "enum": ["true"]},
}
_LOCATION: Schema = {
    "description": "The address of what was created; not of a dry run.",
    "schema": {"type": "string", "format": "uri"},
}


def problems(write: Write, method: str) -> list[str]:
    """The names of the problems that only a write meets."""
    names = ["forbidden", "busy"]
    if write.bodies:
        names += ["bad-request-body", "too-large", "unsupported-media-type", "refused"]
    if method == "POST":
        names.append("idempotency-key-reused")
    if write.changes:
        names += ["conflict", "precondition-failed", "precondition-required"]
    return names


def add_dry_runs(result: Schema) -> None:
    """Add to what writes answer with that it was a dry run."""
    for path in result["paths"].values():
        for operation in path.values():
            parameters = operation.get("parameters", ())
            if not any(one["name"] == DRY_RUN for one in parameters):
                continue
            for status, response in operation["responses"].items():
                if status in ("200", "201"):
                    [content] = response["content"].values()
                    name = content["schema"]["$ref"].rpartition("/")[2]
                    result["components"]["schemas"][name]["properties"][DRY_RUN] = {
                        "type": "boolean",
                        "enum": [True],
                        "description": "Only where nothing was written, as was asked for.",
                    }
