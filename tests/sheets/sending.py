"""How these tests make tables, send them, and look at what became of the rows."""

from typing import Any

from reforms import ledger, sheets
from reforms.models import Import
from reforms.sheets import Terms
from reforms.sheets.in_csv import write_csv

Table = list[list[str]]


def as_csv(table: Table) -> bytes:
    return "".join(write_csv(table)).encode()


def exported(kind: str, user: Any, **only: Any) -> Table:
    """What the user's export holds."""
    sheet = sheets.SHEETS[kind](Terms(user))
    return list(sheets.rows(sheet, sheet.visible().filter(**only)))


def send(kind: str, table: Table | bytes, user: Any, **how: Any) -> Import:
    content = table if isinstance(table, bytes) else as_csv(table)
    return sheets.take_in(kind, "table.csv", content, user, **how)


def confirm(attempt: Import, reason: str = "") -> bool:
    with ledger.acting(ledger.by_role("curator")):
        return sheets.confirm(attempt, attempt.digest, reason)


def edited(table: Table, row: int, **cells: str) -> Table:
    """The table with some cells of a row changed; rows count from 1."""
    header, *rows = [list(one) for one in table]
    for name, cell in cells.items():
        rows[row - 1][header.index(name)] = cell
    return [header, *rows]


def counts(attempt: Import) -> dict[str, int]:
    """How many rows had which outcome, where any had."""
    return {name: number for name, number in attempt.report["counts"].items() if number}


def said(attempt: Import) -> list[tuple[int, str, str]]:
    """Each complaint: row, column, sentence."""
    return [(one["row"], one["column"], one["detail"]) for one in attempt.report["complaints"]]


def differences(attempt: Import, outcome: str = "changed") -> list[list[Any]]:
    """The differences of each row that is shown."""
    return [[tuple(two) for two in one["differences"]] for one in attempt.report["shown"][outcome]]
