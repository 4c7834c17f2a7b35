"""Answers as JSON: as the framework writes them, an order of magnitude quicker."""

from typing import Any

import orjson
from rest_framework import renderers
from rest_framework.utils.encoders import JSONEncoder

_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS
_other = JSONEncoder().default


def written(data: Any) -> bytes:
    """Data as JSON; raise TypeError where that cannot be said, as of a number beyond 64 bits."""
    text = orjson.dumps(data, default=_other, option=_OPTIONS)
    if b"\xe2\x80" in text:  # some readers take these two for the end of a line
        text = text.replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")
    return text


class JSONRenderer(renderers.JSONRenderer):
    """JSON; indented where `Accept` asks for it."""

    def render(
        self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None
    ) -> bytes:
        if (
            data is not None
            and self.get_indent(accepted_media_type, renderer_context or {}) is None
        ):
            try:
                return written(data)
            except TypeError:
                pass
        framework: bytes = super().render(data, accepted_media_type, renderer_context)
        return framework
