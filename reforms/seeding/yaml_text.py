"""Data as YAML in the style of the seed files: block by block, with short mappings on one line."""

import re
from typing import Any

import yaml

from reforms.seeding.reading import plain

WIDTH = 106
_UNWRAPPED = 10**9
_LONGEST_ON_ONE_LINE = 112
_LONGEST_PLAIN = 88
_TAG = "tag:yaml.org,2002:"
# Dates and other words of digits stand in quotation marks, as people write them here.
_DIGITS = re.compile(r"[0-9][0-9.-]*")
# Spaces at the ends of lines, and what is no ordinary character, need quotation marks.
_UNFIT_FOR_BLOCKS = re.compile(r"[^\S\n ]|^\s|\s$|^ | $|\n ", re.MULTILINE)


class OneLine(dict[str, Any]):
    """A mapping that stands on one line where it fits."""


def written(data: Any) -> str:
    """The data as a YAML text. Key order is kept."""
    return _serialized(_node(data))


class _Dumper(yaml.Dumper):
    """Lists are indented, quotation marks are double, and only block texts are wrapped.

    PyYAML's emitter says which arguments its methods take.
    """

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)

    def choose_scalar_style(self) -> str:
        style: str = super().choose_scalar_style()
        return '"' if style == "'" else style

    def write_plain(self, text: str, split: bool = True) -> None:  # noqa: ARG002
        super().write_plain(text, split=False)

    def write_double_quoted(self, text: str, split: bool = True) -> None:  # noqa: ARG002
        super().write_double_quoted(text, split=False)

    def write_folded(self, text: str) -> None:
        self.best_width = WIDTH
        super().write_folded(text)
        self.best_width = _UNWRAPPED


def _serialized(node: yaml.Node) -> str:
    text: str = yaml.serialize(node, Dumper=_Dumper, width=_UNWRAPPED, allow_unicode=True)
    return text


def _node(value: Any) -> yaml.Node:
    if isinstance(value, dict):
        pairs = [(_node(key), _node(item)) for key, item in value.items()]
        mapping = yaml.MappingNode(f"{_TAG}map", pairs, flow_style=False)
        if isinstance(value, OneLine) and not any(map(_is_block, value.values())):
            _fit(mapping)
        return mapping
    if isinstance(value, list):
        items = [_node(item) for item in value]
        sequence = yaml.SequenceNode(f"{_TAG}seq", items, flow_style=not value)
        if value and not any(map(_is_block, value)):
            _fit(sequence)
        return sequence
    if isinstance(value, bool):
        return yaml.ScalarNode(f"{_TAG}bool", str(value).lower())
    if isinstance(value, int | float):
        kind = "float" if isinstance(value, float) else "int"
        return yaml.ScalarNode(f"{_TAG}{kind}", _number(value))
    return yaml.ScalarNode(f"{_TAG}str", value, style=_style(value))


def _is_block(value: Any) -> bool:
    """Whether a value takes lines of its own wherever it stands."""
    if isinstance(value, str):
        return "\n" in value
    if isinstance(value, list):
        return any(isinstance(item, dict | list) or _is_block(item) for item in value)
    return isinstance(value, dict)


def _fit(node: yaml.CollectionNode) -> None:
    """Put a collection on one line if it fits there."""
    node.flow_style = True
    if len(_serialized(node)) > _LONGEST_ON_ONE_LINE:
        node.flow_style = False


def _style(text: str) -> str | None:
    if not _UNFIT_FOR_BLOCKS.search(text):
        if "\n" in text:
            return "|"
        if len(text) > _LONGEST_PLAIN and " " in text:
            return ">"
    looks_otherwise = plain(text) != text or _DIGITS.fullmatch(text)
    return '"' if looks_otherwise else None


def _number(value: float) -> str:
    """A number as the files are read: an exponent stands behind a decimal point."""
    text = repr(value)
    mantissa, exponent, power = text.partition("e")
    if exponent and "." not in mantissa:
        mantissa += ".0"
    return mantissa + exponent + power
