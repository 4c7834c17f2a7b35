"""OpenAPI from the same declarations that answer: parameters, errors and pages cannot drift."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_parameter_type
from drf_spectacular.utils import OpenApiParameter

from reforms.api import write_schema
from reforms.api.errors import CONTENT_TYPE, PROBLEMS, BadParameter, problem
from reforms.api.filters import ListFilter, StrictFilter
from reforms.api.pagination import WholePage
from reforms.api.question import DEFAULT_LIMIT, Askable
from reforms.api.writing import Write
from reforms.vocabulary import LANGUAGES

Schema = dict[str, Any]

_BAD_QUESTION = problem(
    "bad-question",
    "“stauts” is no parameter here. Did you mean “status”?",
    [
        BadParameter(
            "stauts",
            "unknown_parameter",
            "“stauts” is no parameter here. Did you mean “status”?",
            ("lang", "fields", "omit", "…", "status"),
            "status",
        )
    ],
)[1]
_ACCEPT_LANGUAGE: Schema = {
    "in": "header",
    "name": "Accept-Language",
    "description": "The languages that the reader prefers; `lang` overrides it.",
    "schema": {"type": "string"},
    "example": "kk, ru;q=0.8",
}
# By the name of a parameter; from the programme that the project begins with.
_EXAMPLES: dict[str, str] = {
    "programme": "kz2022",
    "reform": "kz2022-4",
    "promise": "kz2022-4-1",
    "update": "6a1b6c7f-4b9f-4752-9cf9-b20aba1b84a1",
    "reply": "kz2022-4-1-4k0w9d2m7x",
    "release": "2026-11-27-545",
    "source": "kz2022-address",
    "edition_of": "kz2022-address",
    "publisher": "akorda",
    "body": "constitutional-court",
    "successor": "constitutional-court",
    "topic": "courts",
    "organisation": "editors",
    "language": "ru",
    "search": "constitutional court",
    "as_of": "2022-12-31",
    "known_at": "500",
    "deadline_before": "2022-12-31",
    "deadline_after": "2022-09-01",
    "effective_before": "2022-12-31",
    "effective_after": "2022-03-16",
    "published_before": "2023-12-31",
    "published_after": "2022-03-16",
    "published_since": "2026-01-01T00:00:00Z",
    "changed_since": "2026-01-01T00:00:00Z",
    "recorded_since": "2026-01-01T00:00:00Z",
    "object": "kz2022-4-1",
    "webhook": "7d0f0a52-6f7c-4f0e-9f2b-0d6a3b1c5e11",
    "not_updated_since": "2026-01-01",
}


class StrictAutoSchema(AutoSchema):
    """Describes an endpoint from its `askable`."""

    def get_operation_id(self) -> str:
        basename = getattr(self.view, "basename", None)
        if basename is None:
            return super().get_operation_id()
        write = self._write()
        verb = "list" if self._is_list_view() else "retrieve"
        if write is not None:
            verb = getattr(self.view, "action", "")
        return f"{basename.replace('-', '_')}_{verb}"

    def _write(self) -> Write | None:
        """The write that this operation is, if it is one."""
        return getattr(self.view, "writes", {}).get(getattr(self.view, "action", ""))

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
        parameters = [
            _filter_parameter(name, filters[name])
            if name in filters
            else self._own_parameter(name, askable)
            for name in askable.parameters()
        ]
        if "lang" in askable.parameters():
            parameters.append(_ACCEPT_LANGUAGE)
        return parameters + write_schema.headers(self._write(), self.method, self.view)

    def get_auth(self) -> list[Schema]:
        auth: list[Schema] = super().get_auth()
        # Reading needs nobody's name, writing does.
        private = self._write() or getattr(self.view, "private", False)
        return [one for one in auth if one] if private else auth

    def _get_request_body(self, direction: Literal["request", "response"] = "request") -> Any:
        write = self._write()
        return write_schema.request_body(write) if write and write.bodies else None

    def get_response_serializers(self) -> Any:
        write = self._write()
        return write.answer if write and write.answer else super().get_response_serializers()

    def _is_create_operation(self) -> bool:
        return False

    def _resolve_path_parameters(self, variables: list[str]) -> list[Schema]:
        parameters: list[Schema] = super()._resolve_path_parameters(variables)
        for parameter in parameters:
            name = parameter["name"]
            what = getattr(self.view, "basename", "") if name == "id" else name
            parameter["description"] = f"The id of the {what}."
            parameter["example"] = _EXAMPLES[what]
        return parameters

    def _get_pagination_parameters(self) -> list[Schema]:
        return []

    def _get_paginator(self) -> Any:
        return super()._get_paginator() if getattr(self.view, "paged", True) else WholePage()

    def _own_parameter(self, name: str, askable: Askable) -> Schema:
        signed = [sign + one for one in askable.orderings for sign in ("", "-")]
        orderings = "; ".join(
            f"`{one}`: {key.about.rstrip('.')}"
            for one, key in getattr(self.view, "orderings", {}).items()
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
                    "maximum": askable.highest_limit,
                    "default": DEFAULT_LIMIT,
                },
            ),
            "dry_run": (
                "Check everything and answer in full, but write nothing.",
                {"type": "boolean", "default": False},
            ),
            "partial": (
                "Write the rows that are right also where others are wrong.",
                {"type": "boolean", "default": False},
            ),
            "as_of": (
                "What was true on this day, by what the record says now (or said at `known_at`).",
                {"type": "string", "format": "date"},
            ),
            "known_at": (
                "What the record said: at a moment with its offset, or when its ledger had so many"
                " entries. The answer names the entry that it used.",
                {"type": "string"},
            ),
            "cursor": (
                "Where the page begins: take it from `next` or `previous`. It carries its filters.",
                {"type": "string"},
            ),
            "count": ("Also count all rows that match.", {"type": "boolean", "default": False}),
            "ordering": (
                f"Ascending, or descending with a hyphen. {orderings}."
                f" Without it: `{askable.default_ordering}`.",
                # As a default it would be sent along with a cursor, which has an order of its own.
                {"type": "string", "enum": signed},
            ),
        }
        about, schema = known[name]
        return _parameter(name, about, schema)

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> Schema:
        bodies: Schema = super()._get_response_bodies(direction)
        if not self.path.startswith("/api/v1/"):
            return bodies
        write = self._write()
        if self.method == "DELETE":
            bodies = {"200": {}}  # what takes its place is said by the write's statuses
        bodies["200"]["description"] = "The answer."
        if write is not None:
            bodies = write_schema.answers(write, bodies["200"])
        elif (tag := write_schema.tag_of(self.view)) is not None:
            bodies["200"]["headers"] = {"ETag": tag}
            bodies["304"] = {"description": "You have it already.", "headers": {"ETag": tag}}
        for name in self._problems(write):
            status, title = PROBLEMS[name]
            if str(status) in bodies:
                bodies[str(status)]["description"] += f"; or: {title}"
                continue
            content: Schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
            if name == "bad-question":
                content["example"] = _BAD_QUESTION
            bodies[str(status)] = {"description": title, "content": {CONTENT_TYPE: content}}
        return bodies

    def _problems(self, write: Write | None) -> list[str]:
        """The names of the problems that an answer may be instead."""
        names = ["bad-question", "unauthenticated", "not-acceptable", "too-many-requests"]
        names.append("server-error")
        if "{" in self.path:
            # What was withdrawn keeps its history.
            names += ["not-found"] if "/history/" in self.path else ["not-found", "gone"]
        if write is not None:
            names += write_schema.problems(write, self.method)
            names = [name for name in names if name != "gone"]
        return sorted(names, key=lambda name: PROBLEMS[name])


def _filter_parameter(name: str, one: StrictFilter) -> Schema:
    about = one.about
    if isinstance(one, ListFilter):
        about += " Several values are separated by commas."
    return _parameter(name, about, one.schema())


def _names(names: tuple[str, ...]) -> Schema:
    return {"type": "array", "items": {"type": "string", "enum": list(names)}, "minItems": 1}


def _parameter(name: str, about: str, schema: Schema) -> Schema:
    several = schema["type"] == "array"
    parameter: Schema = build_parameter_type(
        name=name,
        schema=schema,
        location=OpenApiParameter.QUERY,
        description=about,
        explode=False if several else None,
        style="form" if several else None,
    )
    if example := _EXAMPLES.get(name.removesuffix("_not")):
        parameter["example"] = [example] if several else example
    return parameter
