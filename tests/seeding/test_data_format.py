"""The example in docs/data-format.md is true: it loads as it stands, and its text matches."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from reforms.models import Organisation, Promise, Source
from reforms.seeding.documents import load_document
from reforms.seeding.schema import VALIDATORS
from tests.seeding.tiny import Address

pytestmark = pytest.mark.django_db

GUIDE = (settings.BASE_DIR / "docs" / "data-format.md").read_text(encoding="utf-8")
EXAMPLE = GUIDE.partition("## A complete small example")[2]


@pytest.fixture
def norland(tmp_path: Path) -> Address:
    files = {}
    for block in re.findall(r"```yaml\n(.*?)```", EXAMPLE, re.DOTALL):
        key = block.partition(":")[0].replace("_", "-")
        files["reform-01.yaml" if key == "reform" else f"{key}.yaml"] = block
    return Address(tmp_path / "norland2023", files)


def test_the_example_loads(norland: Address) -> None:
    Organisation.objects.create(id="editors", name={"en": "Editors"})
    assert norland.complaints() == []
    assert norland.load().notices == []
    assert Promise.objects.get(pk="norland2023-1-1").status == "implemented"


def test_the_text_of_the_example_is_found(norland: Address, tmp_path: Path) -> None:
    test_the_example_loads(norland)
    found = re.search(r"```text\n(.*?)```", EXAMPLE, re.DOTALL)
    assert found
    text = tmp_path / "norland.txt"
    text.write_text(found.group(1), encoding="utf-8")
    reading = load_document(Source.objects.get(pk="norland2023-address"), text)
    assert (reading.missing, reading.moved) == ([], [])
    assert reading.matched


def test_every_key_of_the_schema_is_explained() -> None:
    explained = set(re.findall(r"(?<=`)[a-z_]+(?=`)|[a-z_]+(?=:)", GUIDE))
    for kind, validator in VALIDATORS.items():
        assert _keys(validator.schema) <= explained, kind


def _keys(schema: object) -> set[str]:
    keys: set[str] = set()
    if isinstance(schema, dict):
        keys |= set(schema.get("properties", {}))
        for value in schema.values():
            keys |= _keys(value)
    return keys
