"""The tag that writes what a page says in the vocabulary of schema.org."""

import json
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from reforms.pages.linked_data import breadcrumbs, document

register = template.Library()

# No text ends the element, whatever it holds; what stands in a string may stand there escaped.
_ESCAPED = {ord(one): f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"}


@register.simple_tag(takes_context=True)
def linked_data(context: template.Context) -> SafeString:
    """The page's `linked_data` and its crumbs as JSON-LD; nothing on a page of another moment.

    Browsers run no block of data, so that no policy of scripts forbids it.
    """
    things: list[Any] = list(context.get("linked_data") or ())
    page = context.get("canonical")
    if page and context.get("crumbs"):
        things.append(breadcrumbs(context["crumbs"], page))
    clocks = context.get("clocks")
    if not things or getattr(clocks, "asked", False):
        return mark_safe("")
    said = json.dumps(document(things), ensure_ascii=False).translate(_ESCAPED)
    return mark_safe(f'<script type="application/ld+json">{said}</script>')  # noqa: S308
