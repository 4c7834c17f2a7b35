"""How the OpenAPI document shows what is sent to webhooks: as a callback of subscribing."""

from typing import Any

from reforms.api.entry_filters import ObjectType
from reforms.vocabulary import EntryAction

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_PART: Schema = {"type": "string", "nullable": True}
_HEADERS = {
    "webhook-id": "The same in every attempt, and when it is sent again: know a double by it.",
    "webhook-timestamp": "The moment of this attempt, in seconds of Unix time.",
    "webhook-signature": "v1, and base64 of the HMAC-SHA256 of id.timestamp.body; two of them,"
    " with a blank between, while a secret is rotated.",
}
_DATA: Schema = {
    "sequence": {"type": "integer", "description": "Of the entry of the ledger."},
    "recorded_at": {**_TEXT, "description": "When the record said so."},
    "action": {"type": "string", "enum": EntryAction.values()},
    "object_type": {"type": "string", "enum": ObjectType.values()},
    "object_id": _TEXT,
    "programme": {**_PART, "description": "The id of the programme that it is part of."},
    "reform": _PART,
    "promise": _PART,
    "organisation": {**_PART, "description": "Whose update it is, or which organisation."},
    "actor": {**_TEXT, "description": "An organisation or a role; no person."},
    "reason": {**_TEXT, "description": "Why; empty where none is due."},
    "redacted": {"type": "boolean", "description": "Whether the entry was redacted since."},
    "hash": {**_TEXT, "description": "Of the entry: it can be verified in /changes/."},
    "links": {"$ref": "#/components/schemas/WebhookLinks"},
}
_COMPONENTS: Schema = {
    "WebhookLinks": {
        "type": "object",
        "properties": {
            "entry": {**_TEXT, "format": "uri", "description": "The entry with its document."},
            "object": {**_TEXT, "format": "uri", "description": "What the object is now."},
        },
    },
    "WebhookEventData": {
        "type": "object",
        "description": "An entry of the ledger, without its document.",
        "properties": _DATA,
    },
    "WebhookEvent": {
        "type": "object",
        "description": "What is sent where something in the record has changed.",
        "properties": {
            "type": {**_TEXT, "description": "object_type.action, such as update.publish."},
            "timestamp": {**_TEXT, "description": "When the record said so."},
            "data": {"$ref": "#/components/schemas/WebhookEventData"},
        },
    },
}


def add_events(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """Add to the document what subscribers are sent."""
    for name, schema in _COMPONENTS.items():
        required = list(schema["properties"])
        result["components"]["schemas"][name] = {**schema, "required": required}
    event: Schema = {
        "description": "An event is sent. Any 2xx takes it; 410 ends the subscription; all else is"
        " tried again. docs/webhooks.md says when.",
        "parameters": [
            {
                "in": "header",
                "name": name,
                "description": about,
                "required": True,
                "schema": _TEXT,
            }
            for name, about in _HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/WebhookEvent"}}
            },
        },
        "responses": {"2XX": {"description": "It was taken."}},
    }
    subscribing = result["paths"]["/api/v1/webhooks/"]["post"]
    subscribing["callbacks"] = {"event": {"{$request.body#/url}": {"post": event}}}
    return result
