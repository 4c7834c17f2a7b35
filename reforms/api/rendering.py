"""Answers as JSON: as the framework writes them, an order of magnitude quicker."""

from typing import Any

import orjson
from rest_framework import renderers
from rest_framework.utils.encoders import JSONEncoder

_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS
_other = JSONEncoder().default


def written(data: Any) -> bytes:
    """Data as JSON. Raises TypeError for what JSON cannot say."""
    try:
        text = orjson.dumps(data, default=_other, option=_OPTIONS)
    except TypeError:  # also for a whole number beyond 64 bits, which the framework writes
        text = renderers.JSONRenderer().render(data)
    if b"\xe2\x80" in text:  # some readers take these two for the end of a line
        text = text.replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")
    return text


class JSONRenderer(renderers.JSONRenderer):
    """JSON; indented where `Accept` asks for it."""

    def render(
        self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None
    ) -> bytes:
        indent = self.get_indent(accepted_media_type, renderer_context or {})
        if data is not None and indent is None:
            return written(data)
        framework: bytes = super().render(data, accepted_media_type, renderer_context)
        return framework
