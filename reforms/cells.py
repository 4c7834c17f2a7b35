"""Cells that are safe to open: no text is taken for a formula, and each is read back as it was."""

import re

# What a spreadsheet evaluates, also behind blanks and apostrophes that it may drop.
_FORMULA = re.compile(r"['\s]*[=+\-@＝＋－＠]|['\s]*[\t\r\n]")

# How XLSX writes a character that XML cannot hold, and what would be taken for one.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x005F_(?=x[0-9A-Fa-f]{4}_)|_x(00[01][0-9A-Fa-f]|FFF[EFef])_")


def disarmed(text: str) -> str:
    """The text as a cell of CSV: an apostrophe before what would be a formula."""
    # What begins with a letter or a digit, as most texts do, is none.
    return f"'{text}" if not text[:1].isalnum() and _FORMULA.match(text) else text


def rearmed(cell: str) -> str:
    """The text that a cell of CSV stands for: what `disarmed` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def xml_safe(text: str) -> str:
    """The text as XLSX writes it."""
    return _UNFIT.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def from_xml(text: str) -> str:
    """The text that XLSX wrote so."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else "_", text)
