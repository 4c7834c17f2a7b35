"""How the files of releases are described in the OpenAPI document."""

from typing import Any, Literal

from reforms.api import write_schema
from reforms.api.errors import CONTENT_TYPE, PROBLEMS
from reforms.api.schema import Schema, StrictAutoSchema


class FileSchema(StrictAutoSchema):
    """Describes a file that is answered as it is."""

    def get_tags(self) -> list[str]:
        return ["releases"]

    def _resolve_path_parameters(self, variables: list[str]) -> list[Schema]:
        about = {
            "id": ("The id of the release.", "2026-11-27-545"),
            "path": ("A file's place in the package.", "datapackage.json"),
        }
        return [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": about[name][0],
                "schema": {"type": "string"},
                "example": about[name][1],
            }
            for name in variables
        ]

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> Schema:
        tag: Schema = {"ETag": write_schema.VERSION}
        file = {"schema": {"type": "string", "format": "binary"}}
        bodies: Schema = {
            "200": {
                "description": "The file.",
                "headers": tag,
                "content": {"application/octet-stream": file},
            },
            "304": {"description": "You have it already.", "headers": tag},
        }
        content: dict[str, Any] = {
            CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}
        }
        for name in (
            "bad-question",
            "unauthenticated",
            "not-found",
            "too-many-requests",
            "server-error",
        ):
            status, title = PROBLEMS[name]
            bodies[str(status)] = {"description": title, "content": content}
        return bodies
