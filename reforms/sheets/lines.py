"""A table as plain cells, whatever sort of file it stands in."""

from dataclasses import dataclass, field

from reforms.submissions import Unreadable

# A spreadsheet has room for many more; nobody fills them in by hand.
MOST_COLUMNS = 1_000
LONGEST_CELL = 131_072


@dataclass(slots=True)
class Line:
    """One line of a table that is not empty; `line` is its number in the file, from 1.

    `refused` says of cells, by their place from 0, why they cannot be read. `is_whole` where empty
    cells at the end would be there too.
    """

    line: int
    cells: list[str]
    refused: dict[int, str] = field(default_factory=dict)
    is_whole: bool = True

    def trim(self) -> None:
        """Drop empty cells at the end: spreadsheets leave them behind."""
        while self.cells and not self.cells[-1].strip() and len(self.cells) - 1 not in self.refused:
            self.cells.pop()


__all__ = ["LONGEST_CELL", "MOST_COLUMNS", "Line", "Unreadable"]
