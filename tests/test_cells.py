"""No text becomes a formula, and every text is read back exactly as it was."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reforms.cells import disarmed, from_xml, rearmed, xml_safe
from reforms.sheets.in_csv import write_csv
from reforms.sheets.in_xlsx import write_xlsx
from reforms.sheets.reading import read_lines

pytestmark = pytest.mark.without_database

SIGNS = "=+-@'\t\r\n ＝＋－＠_x005F0D\ufffea"
nearly_formulas = st.text(st.sampled_from(SIGNS), max_size=12)
any_text = st.text() | nearly_formulas
# What the record may hold: see `validate_plain_text`.
fit_text = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=40
) | st.text(st.sampled_from(SIGNS.replace("\r", "")), max_size=12)
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@given(any_text)
@example("'=1")
@example("''=1")
@example(" =1")
def test_a_disarmed_cell_is_no_formula_and_is_read_back(text: str) -> None:
    cell = disarmed(text)
    assert not cell.lstrip(" ").startswith(DANGEROUS)
    assert rearmed(cell) == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("-5", "'-5"),
        ("'=1", "''=1"),
        ("\t=1", "'\t=1"),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_what_is_disarmed(text: str, cell: str) -> None:
    assert disarmed(text) == cell


@given(st.text())
@example("_x0041_")
@example("_x005F_x0041_")
@example("\x00\ufffe")
def test_what_xml_cannot_hold_is_written_otherwise(text: str) -> None:
    assert from_xml(xml_safe(text)) == text


@given(st.lists(fit_text, min_size=1, max_size=6))
def test_a_file_gives_back_what_was_written(texts: list[str]) -> None:
    header = [f"c{number}" for number in range(len(texts))]
    last = [*texts[:-1], f"{texts[-1]}."]  # a row that is empty would be no row
    as_csv = "".join(write_csv([header, last])).encode()
    as_xlsx = io.BytesIO()
    write_xlsx([header, last], "Table", as_xlsx)
    for content in (as_csv, as_xlsx.getvalue()):
        _, line = read_lines(content, header)
        assert line.cells == last
        assert line.refused == {}
    for cell in list(csv.reader(io.StringIO(as_csv.decode("utf-8-sig"), newline="")))[1]:
        assert not cell.lstrip(" ").startswith(DANGEROUS)
