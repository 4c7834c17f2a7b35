"""How exports are described in the OpenAPI document: files, with what their headers say."""

from typing import Any, Literal

from reforms.api import write_schema
from reforms.api.errors import CONTENT_TYPE, PROBLEMS
from reforms.api.schema import Schema, StrictAutoSchema
from reforms.exports import FORMATS

_FILE: Schema = {"schema": {"type": "string", "format": "binary"}}
_ABOUT = {
    "Content-Disposition": "The name of the file: table, what was asked, day, ledger sequence.",
    "Content-Length": "How long the file is: what is shorter was cut off. Not with HEAD.",
    "Repr-Digest": "SHA-256 of the file (RFC 9530). Not with HEAD.",
    "Export-Rows": "How many rows the file has, besides the names of its columns.",
    "Ledger-Instance": "The id of this tracker.",
    "Ledger-Sequence": "The last ledger entry that is part of the file: go on behind it.",
    "Ledger-Hash": "The hash of that entry.",
    "Ledger-Recorded-At": "The moment of that entry.",
    "Ledger-Key": "The public key (Ed25519) that signed this head, base64.",
    "Ledger-Signature": "The signature of this head, base64.",
}


def _headers() -> Schema:
    found = {
        name: {"description": about, "schema": {"type": "string"}} for name, about in _ABOUT.items()
    }
    return found | {"ETag": write_schema.VERSION}


class ExportSchema(StrictAutoSchema):
    """Describes an export: the parameters of its list, and one file for each format."""

    def get_operation_id(self) -> str:
        view: Any = self.view
        return f"export_{view.table}"

    def get_tags(self) -> list[str]:
        return ["export"]

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False

    def _resolve_path_parameters(self, variables: list[str]) -> list[Schema]:
        schema = {"type": "string", "enum": list(FORMATS)}
        about = "The format. `expand`, and fields that are embedded, are for jsonl only."
        return [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": about,
                "schema": schema,
                "example": "csv",
            }
            for name in variables
        ]

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> Schema:
        tag = {"ETag": write_schema.VERSION}
        bodies: Schema = {
            "200": {
                "description": "The file.",
                "headers": _headers(),
                "content": {one.media_type.partition(";")[0]: _FILE for one in FORMATS.values()},
            },
            "304": {"description": "You have it already.", "headers": tag},
        }
        for name in ("bad-question", "unauthenticated", "not-found", "too-many-requests"):
            bodies |= _problem(name)
        return bodies | _problem("server-error") | _problem("busy")


def _problem(name: str) -> Schema:
    status, title = PROBLEMS[name]
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status): {"description": title, "content": content}}
