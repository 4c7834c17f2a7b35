from pathlib import Path

import pytest

from tests.seeding.tiny import DOCUMENT, STEPPE, TINY, Address


@pytest.fixture
def tiny(tmp_path: Path) -> Address:
    """A tiny address without a mistake."""
    return Address(tmp_path / "seeds" / "tiny2021", TINY)


@pytest.fixture
def steppe(tmp_path: Path) -> Address:
    """Another country's address; it takes its lead organisation from the tiny one."""
    return Address(tmp_path / "seeds" / "dala2024", STEPPE)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """The text that the tiny address cites."""
    path = tmp_path / "address.txt"
    path.write_text(DOCUMENT, encoding="utf-8")
    return path
