"""Every column is explained, where people read it."""

import re
from pathlib import Path

import pytest

from reforms.sheets import SHEETS

pytestmark = pytest.mark.without_database

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "tables.md").read_text(encoding="utf-8")
TITLES = {"promises": "promises", "sources": "sources", "updates": "status updates"}


@pytest.mark.parametrize("kind", TITLES)
def test_the_document_lists_every_column(kind: str) -> None:
    part = DOCUMENT.split(f"## Columns of {TITLES[kind]}\n")[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    documented = [name for cell in cells for name in re.findall(r"`([a-z_]+)`", cell)]
    # Those of further citations are told by their numbers.
    assert documented == [name for name in SHEETS[kind].meanings if not name[-1].isdigit()]
    assert all(SHEETS[kind].meanings.values())
