"""Checking a file's data against the schema: every mistake in a plain sentence."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, cast

from jsonschema import Draft202012Validator, ValidationError

from reforms.seeding.complaints import Path, listed, nearest
from reforms.seeding.reading import SeedFile
from reforms.vocabulary import Status

_TYPES = {
    "string": "text",
    "object": "a mapping of keys to values",
    "array": "a list",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
}
# What is wrong here leaves the rest of the value fit for further checks.
_HARMLESS = ("required", "minItems", "minProperties", "uniqueItems")


def check_shape(file: SeedFile, validator: Draft202012Validator) -> Any:
    """Note every mistake of the file; return its data with None for each value that is wrong."""
    faulty: list[Path] = []
    for error in validator.iter_errors(file.data):
        for path, text in _sentences(error):
            file.complain(path, text)
            if error.validator not in _HARMLESS:
                faulty.append(path)
    return _without(file.data, faulty)


def _sentences(error: ValidationError) -> Iterator[tuple[Path, str]]:
    """Where the mistake is, and a sentence about it."""
    path: Path = tuple(error.absolute_path)
    match error.validator:
        case "additionalProperties":
            allowed = list(_schema(error)["properties"])
            for key in cast("dict[str, Any]", error.instance):
                if key not in allowed:
                    hint = nearest(key, allowed)
                    yield (*path, key), f"unknown key “{key}”; allowed: {listed(allowed)}{hint}"
        case "required":
            # One error for each missing key; its message is the only place that names the key.
            yield path, f"has no “{_missing(error)}”"
        case _:
            yield path, _sentence(error)


def _sentence(error: ValidationError) -> str:
    value: Any = error.instance
    limit, schema = cast("Any", error.validator_value), _schema(error)
    match error.validator:
        case "type":
            return _wrong_type(value, limit)
        case "enum":
            return _unknown_word(value, limit, schema["title"])
        case "pattern" if "description" not in schema:
            return "is empty: write something or leave the key out"
        case "pattern":
            return f"“{value}” is no {schema['title']}: {schema['description']}"
        case "format":
            return str(error.cause)
        case "minItems" | "minProperties":
            return "is empty: at least one is needed"
        case "uniqueItems":
            return f"lists {_repeated(value)} twice"
        case "minimum":
            return f"{value} is too small: at least {limit}"
        case "maximum":
            return f"{value} is too large: at most {limit}"
    return error.message


def _schema(error: ValidationError) -> dict[str, Any]:
    return cast("dict[str, Any]", error.schema)


def _missing(error: ValidationError) -> str:
    required = cast("list[str]", error.validator_value)
    return next(name for name in required if error.message.startswith(repr(name)))


def _wrong_type(value: Any, expected: str | list[str]) -> str:
    names = [expected] if isinstance(expected, str) else expected
    if value is None:
        return "is empty: write something or leave the key out"
    wanted = _TYPES[names[0]] + (", or texts by language" if len(names) > 1 else "")
    text = f"expected {wanted}, found {_found(value)}"
    if "string" in names and isinstance(value, bool | int | float):
        written = str(value).lower() if isinstance(value, bool) else value
        text += f'; put it in quotes: "{written}"'
    if names in (["number"], ["integer"]) and isinstance(value, str):
        text += "; write digits without quotes, spaces or commas"
    return text


def _found(value: Any) -> str:
    match value:
        case bool():
            return f"“{str(value).lower()}”"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text “{value[:60]}”"
        case list():
            return "a list"
    return "a mapping"


def _unknown_word(value: Any, allowed: list[str], noun: str) -> str:
    if value is None:
        return f"is empty; allowed: {listed(allowed)}"
    if value == Status.NOT_ASSESSED and noun == "status":
        return "not_assessed is the default and is submitted by nobody: leave the update out"
    shown = value if isinstance(value, str | int | float) else _found(value)
    return f"“{shown}” is no {noun}; allowed: {listed(allowed)}{nearest(shown, allowed)}"


def _repeated(items: list[Any]) -> str:
    for index, item in enumerate(items):
        if item in items[:index]:
            return f"“{item}”" if isinstance(item, str) else "the same"
    return "something"


def _without(data: Any, faulty: list[Path]) -> Any:
    """A copy in which None stands for every faulty value."""
    if () in faulty:
        return None
    data = deepcopy(data)
    for path in faulty:
        holder: Any = data
        for part in path[:-1]:
            try:
                holder = holder[part]
            except (KeyError, TypeError):
                holder = None
                break
        if holder is not None:
            holder[path[-1]] = None
    return data
