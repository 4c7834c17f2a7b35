"""OpenAPI from the same declarations that answer: parameters, errors and pages cannot drift."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_parameter_type
from drf_spectacular.utils import OpenApiParameter

from reforms.api.errors import CONTENT_TYPE, PROBLEMS
from reforms.api.filters import ListFilter, StrictFilter
from reforms.api.pagination import WholePage
from reforms.api.question import DEFAULT_LIMIT, HIGHEST_LIMIT, Askable
from reforms.vocabulary import LANGUAGES

Schema = dict[str, Any]

_PROBLEM = "Problem"


class StrictAutoSchema(AutoSchema):
    """Describes an endpoint from its `askable`."""

    def get_operation_id(self) -> str:
        basename = getattr(self.view, "basename", None)
        if basename is None:
            return super().get_operation_id()
        verb = "list" if self._is_list_view() else "retrieve"
        return f"{basename.replace('-', '_')}_{verb}"

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").partition("/")[0] or "root"]

    def _is_list_view(self, serializer: Any = None) -> bool:
        return getattr(self.view, "action", "") == "list"

    def get_summary(self) -> str | None:
        return None

    def _get_filter_parameters(self) -> list[Schema]:
        askable: Askable | None = getattr(self.view, "askable", lambda: None)()
        if askable is None:
            return []
        filters = (
            askable.filterset_class.base_filters if askable.filterset_class is not None else {}
        )
        return [
            _filter_parameter(name, filters[name])
            if name in filters
            else self._own_parameter(name, askable)
            for name in askable.parameters()
        ]

    def _get_pagination_parameters(self) -> list[Schema]:
        return []

    def _get_paginator(self) -> Any:
        return super()._get_paginator() if getattr(self.view, "paged", True) else WholePage()

    def _own_parameter(self, name: str, askable: Askable) -> Schema:
        signed = [sign + one for one in askable.orderings for sign in ("", "-")]
        orderings = "; ".join(
            f"`{one}`: {key.about}" for one, key in getattr(self.view, "orderings", {}).items()
        )
        known: dict[str, tuple[str, Schema]] = {
            "lang": (
                "The language of texts; overrides Accept-Language.",
                {"type": "string", "enum": list(LANGUAGES)},
            ),
            "fields": ("Show these fields only.", _names(askable.fields)),
            "omit": ("Show all fields but these.", _names(askable.fields)),
            "expand": ("Embed these in place of their ids.", _names(askable.expandable)),
            "limit": (
                "Rows on a page.",
                {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": HIGHEST_LIMIT,
                    "default": DEFAULT_LIMIT,
                },
            ),
            "cursor": (
                "Where the page begins: take it from `next` or `previous`. It carries its filters.",
                {"type": "string"},
            ),
            "count": ("Also count all rows that match.", {"type": "boolean", "default": False}),
            "ordering": (
                f"Ascending, or descending with a hyphen. {orderings}",
                {"type": "string", "enum": signed, "default": askable.default_ordering},
            ),
        }
        about, schema = known[name]
        return _parameter(name, about, schema)

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> Schema:
        bodies: Schema = super()._get_response_bodies(direction)
        names = ["bad-question", "not-acceptable"]
        if "{" in self.path:
            names.insert(1, "not-found")
        if not self.path.startswith("/api/v1/"):
            return bodies
        for name in names:
            status, title = PROBLEMS[name]
            schema = {"$ref": f"#/components/schemas/{_PROBLEM}"}
            bodies[str(status)] = {
                "description": title,
                "content": {CONTENT_TYPE: {"schema": schema}},
            }
        return bodies


def _filter_parameter(name: str, one: StrictFilter) -> Schema:
    about = one.about
    if isinstance(one, ListFilter):
        about += " Several values are separated by commas."
    return _parameter(name, about, one.schema())


def _names(names: tuple[str, ...]) -> Schema:
    return {"type": "array", "items": {"type": "string", "enum": list(names)}, "minItems": 1}


def _parameter(name: str, about: str, schema: Schema) -> Schema:
    explode = False if schema["type"] == "array" else None
    return build_parameter_type(
        name=name,
        schema=schema,
        location=OpenApiParameter.QUERY,
        description=about,
        explode=explode,
        style="form" if explode is False else None,
    )


def add_problem(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """Add the schema of a problem to the document."""
    text = {"type": "string"}
    result["components"]["schemas"][_PROBLEM] = {
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
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["parameter", "code", "detail"],
                    "properties": {
                        "parameter": text,
                        "code": text,
                        "detail": text,
                        "allowed": {"type": "array", "items": text},
                        "nearest": text,
                    },
                },
            },
        },
    }
    return result
