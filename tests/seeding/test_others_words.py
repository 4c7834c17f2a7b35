"""Files end what files published. What others published is theirs to supersede and to retract."""

from pathlib import Path

import pytest

from reforms import workflow
from reforms.models import LedgerEntry, Organisation, Promise, StatusUpdate
from reforms.seeding.report import Notice
from reforms.workflow import Cited
from tests.fixtures import make_update
from tests.seeding.exports import exported
from tests.seeding.looking import appended, everything, notices, refusal
from tests.seeding.tiny import Address

pytestmark = pytest.mark.django_db

REFORM = "reform-01.yaml"
NOTE = "        note: We counted nine inspectors.\n"
NOT_OURS = (
    "was not published through files: others itself supersedes or retracts it, or curators remove"
    " it"
)


@pytest.fixture(params=["", "tiny2021-1-1/counted-2024"], ids=["unnamed", "named as in files"])
def theirs(tiny: Address, request: pytest.FixtureRequest) -> StatusUpdate:
    """An update that another organisation sent; what it calls it is no sign of where it is from."""
    tiny.load()
    workflow.save(Organisation(id="others", name={"en": "Others"}))
    return make_update(
        Promise.objects.get(pk="tiny2021-1-1"),
        "stalled",
        "2024-01-10",
        organisation="others",
        citations=[Cited("daily-report")],
        note={"en": "We counted nine inspectors."},
        external_id=request.param,
    )


@pytest.fixture
def out(theirs: StatusUpdate, tmp_path: Path) -> Address:
    """The exported record, loaded again, so that the files remember the update as well."""
    exported("tiny2021", tmp_path / "out")
    out = Address.__new__(Address)
    out.folder = tmp_path / "out"
    assert not out.load().wrote
    return out


def key_in(out: Address) -> str:
    return out.read(REFORM).partition(NOTE)[0].rpartition("- key: ")[2].partition("\n")[0]


def test_files_do_not_supersede_it(out: Address) -> None:
    before = everything()
    key = key_in(out)
    out.edit(REFORM, NOTE, "        note: They are ten.\n        reason: We know better.\n")
    line = out.line(REFORM, f"      - key: {key}")
    assert refusal(out) == [
        f"{REFORM}:{line}: promises[0].updates[2]: the update “tiny2021-1-1/{key}” says otherwise"
        f" here (note), and {NOT_OURS}; restore what it said"
    ]
    assert everything() == before


def test_files_add_a_missing_language_to_it(out: Address, theirs: StatusUpdate) -> None:
    head = LedgerEntry.objects.count()
    note = "{en: We counted nine inspectors., kk: Тоғыз инспектор санадық.}"
    out.edit(REFORM, NOTE, f"        note: {note}\n")
    out.load()
    assert appended(head) == [("translate", "update", "role:seeding", "")]
    theirs.refresh_from_db()
    assert theirs.note["en"] == "We counted nine inspectors."


def without_theirs(out: Address) -> str:
    """Take their update out of the file; return its key."""
    key, text = key_in(out), out.read(REFORM)
    before, _, rest = text.partition(f"      - key: {key}\n")
    out.write(REFORM, before + rest[rest.index("\n  - id: tiny2021-1-2") :])
    return key


def test_files_do_not_retract_it(out: Address) -> None:
    before = everything()
    listed = f"    retracted:\n      - {{update: {without_theirs(out)}, reason: Wrong.}}\n"
    out.edit(REFORM, "    updates:\n", f"{listed}    updates:\n")
    line = out.line(REFORM, "      - {update: ")
    assert refusal(out) == [
        f"{REFORM}:{line}: promises[0].retracted[0].update: this update {NOT_OURS}"
    ]
    assert everything() == before


def test_files_need_not_hold_it(out: Address) -> None:
    before = everything()
    key = without_theirs(out)
    assert notices(out.load(), Notice.DROPPED) == [f"update tiny2021-1-1/{key}"]
    assert everything() == before


def test_files_follow_what_its_organisation_makes_of_it(
    out: Address, theirs: StatusUpdate, tmp_path: Path
) -> None:
    successor = make_update(
        theirs.promise,
        "in_progress",
        "2024-02",
        organisation="others",
        citations=[Cited("daily-report")],
        publish=False,
    )
    workflow.supersede(theirs, successor, "We counted again.")
    exported("tiny2021", tmp_path / "again")
    out.folder = tmp_path / "again"
    before = everything()
    assert (out.load().notices, out.load().wrote) == ([], False)
    assert everything() == before
    out.edit(REFORM, "status: in_progress", "status: abandoned\n        reason: We know better.")
    assert NOT_OURS in refusal(out)[0]
