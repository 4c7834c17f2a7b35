"""The OpenAPI document as JSON Schema, made strict: what is not documented is an error."""

import json
from typing import Any

import jsonschema
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

from tests.api.asking import Row

_COMPONENT = "#/components/schemas/"


def document() -> Row:
    """The OpenAPI document, generated like `manage.py spectacular` does."""
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.loads(OpenApiJsonRenderer().render(schema))  # type: ignore[no-any-return]


def operations(whole: Row) -> dict[str, tuple[str, Row]]:
    """Operations by their id, each with its path."""
    return {
        operation["operationId"]: (path, operation)
        for path, methods in whole["paths"].items()
        for operation in methods.values()
        if "operationId" in operation
    }


class Reader:
    """Compares answers with the document, and remembers which properties it has met."""

    def __init__(self, whole: Row) -> None:
        self.operations = operations(whole)
        self.components: dict[str, Row] = whole["components"]["schemas"]
        self.strict = {"$defs": {name: _strict(one) for name, one in self.components.items()}}
        self.met: set[tuple[str, str]] = set()

    def check(self, operation_id: str, response: Any) -> None:
        """Fail if the response is not as documented, or holds what is not documented."""
        _, operation = self.operations[operation_id]
        documented = operation["responses"][str(response.status_code)]["content"]
        content_type = response.headers["Content-Type"]
        assert list(documented) == [content_type]
        schema = documented[content_type]["schema"]
        body = response.json()
        jsonschema.Draft202012Validator(self.strict | _strict(schema)).validate(body)
        self._meet(schema, body)

    def check_event(self, text: bytes) -> None:
        """Fail if what a subscriber is sent is not as documented."""
        schema = {"$ref": f"{_COMPONENT}WebhookEvent"}
        body = json.loads(text)
        jsonschema.Draft202012Validator(self.strict | _strict(schema)).validate(body)
        self._meet(schema, body)

    def properties(self) -> set[tuple[str, str]]:
        """All documented properties, by component and name."""
        return {
            (name, one)
            for name, schema in self.components.items()
            for one in schema.get("properties", {})
        }

    def _meet(self, schema: Row, body: Any) -> None:
        name = schema.get("$ref", "").removeprefix(_COMPONENT)
        schema = self.components.get(name, schema)
        for one in schema.get("allOf", ()):
            self._meet(one, body)
        for one in schema.get("oneOf", ()):
            # One of our choices is between an id and an object, or between a word and null.
            if ("$ref" in one) == isinstance(body, dict):
                self._meet(one, body)
        if isinstance(body, list):
            for item in body:
                self._meet(schema.get("items", {}), item)
        if isinstance(body, dict):
            for key in body.keys() & schema.get("properties", {}).keys():
                if body[key] not in (None, [], ""):
                    self.met.add((name, key))
                self._meet(schema["properties"][key], body[key])


def _strict(schema: Row) -> Row:
    """A schema of OpenAPI 3.0 as JSON Schema, with unknown properties refused."""
    strict: Row = {}
    for key, value in schema.items():
        match key:
            case "$ref":
                strict[key] = "#/$defs/" + value.removeprefix(_COMPONENT)
            case "allOf" | "oneOf" | "anyOf":
                strict[key] = [_strict(one) for one in value]
            case "items":
                strict[key] = _strict(value)
            case "properties":
                strict[key] = {name: _strict(one) for name, one in value.items()}
                strict["additionalProperties"] = False
            case "additionalProperties":
                strict[key] = _strict(value)
            case "type" | "enum" | "pattern" | "minimum" | "required":
                strict[key] = value
    return {"anyOf": [strict, {"type": "null"}]} if schema.get("nullable") else strict
