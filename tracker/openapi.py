"""What the OpenAPI schema says of the API as a whole. Nothing of it comes from the environment."""

from typing import Any

from tracker import __version__

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Reform tracker",
    "DESCRIPTION": "What was promised, what became of it, who says so, and on what evidence.",
    "VERSION": __version__,
    "SERVE_INCLUDE_SCHEMA": False,
    # `fields` and `omit` may leave out any property.
    "COMPONENT_NO_READ_ONLY_REQUIRED": True,
    "ENUM_NAME_OVERRIDES": {"LanguageEnum": ["en", "ru", "kk"]}
    | {
        f"{name}Enum": f"reforms.vocabulary.{name}.meanings"
        for name in (
            "Status",
            "PromiseKind",
            "Commitment",
            "PublisherType",
            "SourceKind",
            "Stance",
            "Basis",
            "BodyRole",
            "RelationKind",
            "Verification",
            "Timeliness",
            "ReviewState",
            "Undefined",
        )
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "reforms.api.shared_schema.add_shared",
        "reforms.api.webhook_schema.add_events",
    ],
    # The docs load nothing from other hosts.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
