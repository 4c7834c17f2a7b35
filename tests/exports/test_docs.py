"""Every column and every type is explained, where people read it."""

from pathlib import Path

import pytest

from reforms.cells import disarmed
from reforms.exports import FORMATS, TABLES
from reforms.exports.columns import Kind

pytestmark = pytest.mark.without_database

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "exports.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading."""
    part = DOCUMENT.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@pytest.mark.parametrize("name", TABLES)
def test_the_document_lists_every_column(name: str) -> None:
    columns = [[f"`{one.name}`", one.kind.value, one.meaning] for one in TABLES[name].columns]
    assert rows(f"Columns of {name}") == columns
    assert len({one.name for one in TABLES[name].columns}) == len(columns)


def test_the_document_lists_every_type_and_format() -> None:
    assert rows("Types of columns") == [[f"`{one.value}`", one.meaning] for one in Kind]
    assert {cells[0] for cells in rows("Formats")} == {f"`{one}`" for one in FORMATS}


def test_the_document_names_every_sign_that_gets_an_apostrophe() -> None:
    rule = DOCUMENT.split("**No cell is a formula.**")[1].split("\n\n")[0]
    signs = [one for one in map(chr, range(0x10000)) if disarmed(one) != one and not one.isspace()]
    assert [one for one in signs if f"`{one}`" not in rule] == []
