"""Rows from JSON: a list, or an object with the list as its `updates`; or one object a line."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO, Any

from reforms.submissions.complaints import Place, printable
from reforms.submissions.tables.row import MOST_BYTES, Row, Unreadable, refuse_other_encodings

ROWS = "updates"
_WANTED = f"The file is to be a list of updates, or an object with such a list as “{ROWS}”."
_CHUNK = 64 * 1024
_BLANKS = re.compile(r"[ \t\n\r]*")


class _Decoder(json.JSONDecoder):
    """Reads what is JSON and nothing more; of names given twice it complains at the place."""

    def __init__(self, place: Place) -> None:
        super().__init__(object_pairs_hook=self._object, parse_constant=self._constant)
        self.place = place

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            seen = set()
            for name, _ in pairs:
                if name in seen:
                    self.place.complain("twice", f"“{printable(name)}” is given twice.")
                seen.add(name)
        return fields

    def _constant(self, text: str) -> Any:
        raise ValueError(f"{text} is no number of JSON")


def json_rows(stream: IO[bytes]) -> Iterator[Row]:
    """One row for each member of the list."""
    refuse_other_encodings(stream)
    text = _Text(stream)
    if text.peek() == "{":
        text.take("{")
        yield from _named(text)
        text.take("}")
    elif text.peek() == "[":
        yield from _listed(text)
    else:
        raise Unreadable(_WANTED)
    if text.peek():
        raise text.unreadable("something follows its end")


def _named(text: "_Text") -> Iterator[Row]:
    """The list in an object that holds nothing else."""
    if text.peek() == "}":
        raise Unreadable(_WANTED)
    _take_name(text)
    if text.peek() != "[":
        raise Unreadable(_WANTED)
    yield from _listed(text)
    if text.peek() == ",":
        text.take(",")
        _take_name(text)
        raise Unreadable(f"“{ROWS}” is given twice. {_WANTED}")


def _take_name(text: "_Text") -> None:
    name = text.value(Place())
    text.take(":")
    if name != ROWS:
        raise Unreadable(f"“{printable(str(name))}” is unknown. {_WANTED}")


def _listed(text: "_Text") -> Iterator[Row]:
    text.take("[")
    if text.peek() == "]":
        text.take("]")
        return
    while True:
        row = Row(text.row + 1)
        row.value = text.value(row.place)
        text.row = row.number
        yield row
        if text.take(",]") == "]":
            return


class _Text:
    """The text of a file, of which no more is in memory than a row and what was read with it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.row = 0  # the last that was read
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._text, self._at, self._line = "", 0, 1

    def unreadable(self, what: str, at: int | None = None) -> Unreadable:
        """The refusal of what stands here, or at another place of the text at hand."""
        line = self._line + self._text.count("\n", 0, self._at if at is None else at)
        place = f"after row {self.row}" if self.row else "at its beginning"
        return Unreadable(f"The file is no JSON {place}: {what}.", line)

    def peek(self) -> str:
        """The next character that is not blank; nothing at the end."""
        while True:
            blanks = _BLANKS.match(self._text, self._at)
            assert blanks is not None
            self._at = blanks.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read():
                return ""

    def take(self, allowed: str) -> str:
        """Go past one of these characters, which has to be next."""
        found = self.peek()
        if not found or found not in allowed:
            expected = " or ".join(f"“{one}”" for one in allowed)
            raise self.unreadable(f"expected {expected}, found {found or 'its end'}")
        self._at += 1
        return found

    def value(self, place: Place) -> Any:
        """The next value, with all that is in it."""
        self.peek()
        while True:
            place.complaints.clear()
            try:
                value, end = _Decoder(place).raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._read():
                    continue
                raise self.unreadable(error.msg, error.pos) from None
            except RecursionError:
                raise self.unreadable("it is nested too deeply") from None
            except ValueError as error:
                raise self.unreadable(str(error)) from None
            # A number at the end of what was read may go on.
            if end < len(self._text) or not self._read():
                self._at = end
                return value

    def _read(self) -> bool:
        """Read on, forgetting what is behind; whether there was more."""
        chunk = self._stream.read(_CHUNK)
        try:
            more = self._decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            detail = "The file is not UTF-8; save it as UTF-8 and send that."
            raise Unreadable(detail, self._line) from None
        if len(self._text) - self._at > MOST_BYTES:
            raise self.unreadable("the row is too large")
        if chunk:
            self._line += self._text.count("\n", 0, self._at)
            self._text, self._at = self._text[self._at :] + more, 0
        return bool(chunk)


def json_line_rows(stream: IO[bytes]) -> Iterator[Row]:
    """One row for each line that is not empty. A line that is no JSON is a bad row, no more."""
    refuse_other_encodings(stream)
    number = 0
    decoder = _Decoder(Place())
    for line, text in enumerate(_lines(stream), start=1):
        if not text.strip():
            continue
        number += 1
        row = Row(number, line=line)
        decoder.place = row.place
        try:
            row.value = decoder.decode(text.rstrip().decode())
        except UnicodeDecodeError:
            row.place.complain("bad_json", "The line is not UTF-8.")
        except json.JSONDecodeError as error:
            detail = f"The line is no JSON: {error.msg} at column {error.colno}."
            row.place.complain("bad_json", detail)
        except RecursionError:
            row.place.complain("bad_json", "The line is nested too deeply.")
        except ValueError as error:
            row.place.complain("bad_json", f"The line cannot be read: {error}.")
        yield row


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    line = 0
    while text := stream.readline(MOST_BYTES + 1):
        line += 1
        if len(text) > MOST_BYTES:
            raise Unreadable(f"The line has more than {MOST_BYTES:,} bytes.", line)
        yield text
