"""Tables in spreadsheets: the record written into them, and read back through the workflow."""

from reforms.sheets.exporting import TableOutgrown, rows
from reforms.sheets.importing import MOST_BYTES, cancel, confirm, may_confirm, take_in
from reforms.sheets.objects import Terms
from reforms.sheets.planning import SHEETS

__all__ = [
    "MOST_BYTES",
    "SHEETS",
    "TableOutgrown",
    "Terms",
    "cancel",
    "confirm",
    "may_confirm",
    "rows",
    "take_in",
]
