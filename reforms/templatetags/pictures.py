"""Tags of pictures: the pattern and the shape of a status, beside its word."""

from django import template
from django.utils.safestring import SafeString

from reforms.pages import pictures
from reforms.vocabulary import Status

register = template.Library()


@register.simple_tag
def swatch(word: str) -> SafeString:
    """The pattern and the shape of a status: its word has to stand beside them."""
    return pictures.swatch(Status(word))


@register.filter
def escaped_in_markdown(text: str) -> str:
    """A text in which Markdown reads no sign as its own."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()#+!|<>" else letter for letter in text)
