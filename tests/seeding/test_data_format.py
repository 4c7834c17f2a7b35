"""The example in docs/data-format.md is true: it loads as it stands, and its text matches."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from reforms.errors import SeedsRefused
from reforms.models import Organisation, Promise, Source
from reforms.records import MINOR
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


# The section on corrections: its examples are entries of the complete example, and replace them.
CORRECTING = GUIDE.partition("## Correcting what is public")[2].partition("\n## ")[0]
PROMISE, UPDATE, RETRACTED = re.findall(r"```yaml\n(.*?)```", CORRECTING, re.DOTALL)
REFUSED, SAID = re.findall(r"```text\n(.*?)```", CORRECTING, re.DOTALL)
REFORM = "reform-01.yaml"


@pytest.fixture
def loaded(norland: Address) -> Address:
    test_the_example_loads(norland)
    return norland


def correct_promise(address: Address, example: str) -> None:
    before, _, rest = address.read(REFORM).partition("  - id: norland2023-1-2\n")
    address.write(REFORM, before + example + rest[rest.index("    bodies:") :])


def without_update(address: Address) -> str:
    """Take the update that the examples speak of out of the file; return its citations."""
    before, _, rest = address.read(REFORM).partition("      - key: bill-2023-06\n")
    update, found, after = rest.partition("      - key: in-force-2023-12\n")
    address.write(REFORM, before + found + after)
    return update[update.index("        citations:") :]


def test_a_correction_as_documented(loaded: Address) -> None:
    correct_promise(loaded, PROMISE)
    report = loaded.load()
    assert [str(one) for one in report.changes] == SAID.splitlines()[:1]
    assert Promise.objects.get(pk="norland2023-1-2").condition == {
        "en": "Only if the towns on both banks wish it."
    }


def test_the_documented_refusal(loaded: Address) -> None:
    correct_promise(loaded, re.sub(r"    reason: .*\n", "", PROMISE))
    with pytest.raises(SeedsRefused) as refused:
        loaded.load()
    documented = REFUSED.strip().removeprefix("seeds/norland2023/")
    [complaint] = refused.value.complaints
    assert complaint.removeprefix(f"{loaded.folder}/") == documented


def test_a_superseded_update_as_documented(loaded: Address) -> None:
    citations = without_update(loaded)
    loaded.edit(
        REFORM,
        "      - key: in-force-2023-12\n",
        f"{UPDATE}{citations}      - key: in-force-2023-12\n",
    )
    assert [str(one) for one in loaded.load().changes] == [
        "superseded: update norland2023-1-1/bill-2023-06 (note): The withdrawal of the bill had"
        " been overlooked."
    ]


def test_a_retraction_as_documented(loaded: Address) -> None:
    without_update(loaded)
    loaded.edit(REFORM, "    updates:\n", f"{RETRACTED}    updates:\n")
    loaded.edit(
        "programme.yaml", "[norland2023-address]", "[norland2023-address, norland-water-bill]"
    )
    loaded.edit("programme.yaml", "  time_zone", "  reason: The bill says so too.\n  time_zone")
    assert [str(one) for one in loaded.load().changes][1:] == SAID.splitlines()[1:]


def test_what_the_table_calls_free_of_a_reason_is_so() -> None:
    row = next(
        line for line in CORRECTING.splitlines() if line.endswith("| edits it | not needed |")
    )
    named = {
        "programme": {"summary"},
        "reform": {"summary", "note"},
        "source": {"archived_url", "note"},
        "body": {"note"},
        "publisher": {"aliases"},
        "organisation": {"url"},
        "promise": {"topics"},
        "reply": {"url"},
    }
    assert {
        type_: set(fields) - {"public_since"} for type_, fields in MINOR.items() if fields
    } == named
    assert all(f"`{field}`" in row for fields in named.values() for field in fields)


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
