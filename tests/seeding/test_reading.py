"""docs/kz2022-reading.md says what rests on each paragraph; the data says the same."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.without_database

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (\d+)(?:–(\d+))? \| (.*) \|$", re.MULTILINE)


def promises_by_paragraph() -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for path in (ROOT / "seeds" / "kz2022").glob("reform-*.yaml"):
        for promise in yaml.safe_load(path.read_text(encoding="utf-8"))["promises"]:
            for passage in promise["passages"]:
                for paragraph in passage["paragraphs"]:
                    found[paragraph["ordinal"]].add(promise["id"].removeprefix("kz2022-"))
    return found


def test_the_table_covers_every_paragraph_of_the_directions_and_agrees_with_the_data() -> None:
    table = (ROOT / "docs" / "kz2022-reading.md").read_text(encoding="utf-8")
    documented: dict[int, set[str]] = {}
    for first, last, cell in ROW.findall(table):
        for paragraph in range(int(first), int(last or first) + 1):
            assert paragraph not in documented, f"¶{paragraph} stands twice"
            names = set() if cell.startswith("–") else set(cell.split(" (")[0].split(", "))
            documented[paragraph] = names
    assert sorted(documented) == list(range(107, 342))
    data = promises_by_paragraph()
    for paragraph, names in documented.items():
        directions = {name for name in data[paragraph] if not name.startswith("0-")}
        assert {name for name in names if not name.startswith("0-")} == directions, paragraph
