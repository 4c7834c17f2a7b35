"""Reading a YAML file with the line of every value.

The files are plain data: no anchors, aliases, tags or merge keys, one document a file. Values are
read by the core rules of YAML 1.2, so that `NO` is Norway and 2022-11-05 is text. Keys are text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import yaml

from reforms.seeding.complaints import Complaint, Path, written

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 20
_NOT_PRINTABLE = re.compile(
    "[^\\t\\n\\r\\x20-\\x7e\\x85\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]"
)
_WHOLE_NUMBER = re.compile(r"[-+]?[0-9]{1,18}", re.ASCII)
# Seventeen digits tell any number; behind them stand at most four zeros more.
_DECIMAL_NUMBER = re.compile(r"[-+]?[0-9]{1,18}\.[0-9]{1,21}(e[-+][0-9]{1,3})?", re.ASCII)
_CONSTANTS = {"": None, "~": None, "null": None, "true": True, "false": False}
_TAB_INDENT = re.compile(r" *\t")


@dataclass(slots=True)
class SeedFile:
    """One file: its data, the line of each value, and the mistakes found so far."""

    name: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)
    readable: bool = True

    def line(self, path: Path) -> int:
        """The line of a value, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def complain(self, path: Path, text: str) -> None:
        """Note a mistake at a value."""
        self.complaints.append(Complaint(self.name, self.line(path), written(path), text))

    def where(self, path: Path) -> str:
        """File and line of a value, as other complaints point to it."""
        return f"{self.name}:{self.line(path)}"


class _Unreadable(Exception):
    """The file cannot be read as data; nothing after `line` was looked at."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


def read(path: FilePath, name: str) -> SeedFile:
    """Read a file; what is wrong with it is among its complaints, never an exception."""
    file = SeedFile(name)
    try:
        text = _decode(path)
        file.data = _Builder(file, text).build()
    except _Unreadable as error:
        file.readable = False
        file.complaints.append(Complaint(name, error.line, "", error.text))
    return file


def _decode(path: FilePath) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _Unreadable(1, f"cannot be read: {error.strerror}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _Unreadable(line, "is not UTF-8 from here on; save the file as UTF-8") from None
    if found := _NOT_PRINTABLE.search(text):
        raise _forbidden(found, text.count("\n", 0, found.start()) + 1)
    return text


def _forbidden(found: re.Match[str], line: int) -> _Unreadable:
    code = f"U+{ord(found.group()):04X}"
    return _Unreadable(line, f"the character {code} is not allowed in a text; remove it")


class _Builder:
    """Turns the parser's events into lists, mappings and scalars, and notes their lines."""

    def __init__(self, file: SeedFile, text: str) -> None:
        self.file = file
        self.text = text
        self.events: Iterator[yaml.Event] = iter(())

    def build(self) -> Any:
        try:
            self.events = yaml.parse(self.text, Loader=_LOADER)
            return self._document()
        except yaml.MarkedYAMLError as error:
            raise self._explain(error) from None
        except yaml.YAMLError as error:
            raise _Unreadable(1, f"is not valid YAML: {error}") from None

    def _document(self) -> Any:
        next(self.events)  # the start of the stream
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise _Unreadable(1, "is empty")
        data = self._node(next(self.events), ())
        next(self.events)  # the end of the document
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            line = _line(after)
            raise _Unreadable(line, "a second document begins here (---); a file holds one")
        if data is None:
            raise _Unreadable(1, "is empty")
        return data

    def _node(self, event: yaml.Event, path: Path) -> Any:
        line = _line(event)
        self.file.lines.setdefault(path, line)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Unreadable(line, "anchors and aliases (&, *) are not used: write the value out")
        if tag := getattr(event, "tag", None):
            raise _Unreadable(line, f"tags are not used: leave “{tag}” out")
        if len(path) > _MAX_DEPTH:
            raise _Unreadable(line, f"is nested deeper than {_MAX_DEPTH} levels")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return _scalar(event)

    def _mapping(self, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
                raise _Unreadable(line, "a key is a plain word here")
            key = event.value
            if key in mapping:
                first = self.file.lines[(*path, key)]
                place = written((*path, key))
                text = f"the key stands twice; first in line {first}"
                self.file.complaints.append(Complaint(self.file.name, line, place, text))
                self._node(next(self.events), (*path, f"{key} again"))
                continue
            self.file.lines[(*path, key)] = line
            mapping[key] = self._node(next(self.events), (*path, key))
        return mapping

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return items

    def _explain(self, error: yaml.MarkedYAMLError) -> _Unreadable:
        """The parser's complaint with a hint on what people mostly mean."""
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        lines = self.text.splitlines()
        if line <= len(lines) and _TAB_INDENT.match(lines[line - 1]):
            return _Unreadable(line, "is indented with a tab; use spaces")
        said = ": ".join(part for part in (error.context, error.problem) if part)
        begun = error.context_mark.line + 1 if error.context_mark else line
        if begun != line:
            said += f" (begun in line {begun})"
        hint = "; a text that holds “: ” or “ #” goes in double quotes"
        return _Unreadable(line, f"is not valid YAML: {said}{hint}")


def _line(event: yaml.Event) -> int:
    assert event.start_mark is not None
    return event.start_mark.line + 1


def _scalar(event: yaml.Event) -> Any:
    assert isinstance(event, yaml.ScalarEvent)
    if found := _NOT_PRINTABLE.search(event.value):  # written as an escape: "\\x07"
        raise _forbidden(found, _line(event))
    if not event.implicit[0]:  # written in quotes, or as a block
        return event.value
    return plain(event.value)


def plain(text: str) -> Any:
    """What a word means that stands without quotation marks."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _WHOLE_NUMBER.fullmatch(text):
        return int(text)
    if _DECIMAL_NUMBER.fullmatch(text):
        return float(text)
    return text
