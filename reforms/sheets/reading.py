"""Which sort of file somebody sent, whatever it is called."""

from collections.abc import Container, Iterator

from reforms.sheets.in_csv import read_csv
from reforms.sheets.in_xlsx import read_xlsx
from reforms.sheets.lines import Line, Unreadable

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_lines(content: bytes, known: Container[str]) -> Iterator[Line]:
    """The lines of a file of CSV or XLSX; what is in memory beside it is one of them.

    `known` are the names of columns. Raises Unreadable, perhaps after some lines.
    """
    if content.startswith(_OLD_OFFICE):
        raise Unreadable(
            "The file is an old XLS, or locked with a password; save it as XLSX or CSV without one."
        )
    if content.startswith(b"PK"):
        return read_xlsx(content)
    return read_csv(content, known)
