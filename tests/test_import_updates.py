"""`manage.py import_updates`: a file of an organisation's assessments, imported by the operator."""

import json
from pathlib import Path

import pytest

from reforms import workflow
from reforms.models import LedgerEntry, Organisation, Promise, StatusUpdate
from tests.fixtures import assert_no_drift
from tests.test_commands import run

COMMAND = "import_updates"
TABLE = """\
promise,status,effective_on,external_id,source
demo2020-1-1,implemented,2022-11,a,demo2020-address
demo2020-1-1,stalled,2022-12,b,demo2020-address
"""


@pytest.fixture
def lantern(promise: Promise) -> Organisation:
    organisation = Organisation.objects.get(pk="lantern")
    workflow.accept_licence(organisation)
    return organisation


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.mark.usefixtures("lantern")
def test_import_a_table(table: Path) -> None:
    arguments = (COMMAND, str(table), "--organisation=lantern")
    assert run(*arguments) == (
        0,
        "Imported 2 of 2 rows, 0 of them published; 0 were there already, 0 are wrong.\n",
        "",
    )
    assert {one.review_state for one in StatusUpdate.objects.all()} == {"submitted"}
    assert run(*arguments)[1] == (
        "Imported 0 of 2 rows, 0 of them published; 2 were there already, 0 are wrong.\n"
    )


@pytest.mark.usefixtures("lantern")
@pytest.mark.parametrize("ending", ["json", "jsonl", "txt"])
def test_other_forms(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"rows.{ending}"
    row = {"promise": "demo2020-1-1", "status": "stalled", "effective_on": "2022"}
    path.write_text(json.dumps(row if ending == "jsonl" else [row]), encoding="utf-8")
    said = run(COMMAND, str(path), "--organisation=lantern")
    if ending == "txt":
        assert said == (1, "", f"{path} ends in none of csv, json, jsonl; name its --format.\n")
        said = run(COMMAND, str(path), "--organisation=lantern", "--format=json")
    assert said[0] == 0
    assert StatusUpdate.objects.count() == 1


@pytest.mark.usefixtures("lantern")
def test_a_dry_run_writes_nothing(table: Path) -> None:
    code, told, _ = run(COMMAND, str(table), "--organisation=lantern", "--dry-run")
    assert (code, told.partition(",")[0]) == (0, "Would import 2 of 2 rows")
    assert not StatusUpdate.objects.exists()


@pytest.mark.usefixtures("lantern")
def test_mistakes_are_named_by_line_and_column(table: Path) -> None:
    table.write_text(TABLE.replace("stalled", "stald").replace("2022-11", "x"), encoding="utf-8")
    code, told, complaints = run(COMMAND, str(table), "--organisation=lantern")
    assert (code, told) == (1, "")
    first, second, last = complaints.splitlines()
    assert first.startswith(f"{table}:2: effective_on: “x” is no date")
    assert second.startswith(f"{table}:3: status: “stald” is not allowed here.")
    assert last == "2 of 2 rows are wrong; nothing was imported."
    assert not StatusUpdate.objects.exists()


@pytest.mark.usefixtures("lantern")
def test_partial_imports_what_is_right(table: Path) -> None:
    table.write_text(TABLE.replace("stalled", "stald"), encoding="utf-8")
    code, told, complaints = run(COMMAND, str(table), "--organisation=lantern", "--partial")
    assert code == 1
    assert told.startswith("Imported 1 of 2 rows")
    assert complaints.endswith("1 rows were not imported.\n")
    assert StatusUpdate.objects.get().external_id == "a"


@pytest.mark.usefixtures("lantern")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("promise,stauts,effective_on\n", ":1: stauts: There is no column “stauts”."),
        (TABLE + '"x', ":4: A quotation mark is opened here"),
        ("promise,status,effective_on\n", ": There are no rows."),
    ],
)
def test_files_that_cannot_be_read(table: Path, text: str, said: str) -> None:
    table.write_text(text, encoding="utf-8")
    code, told, complaints = run(COMMAND, str(table), "--organisation=lantern")
    assert (code, told) == (1, "")
    assert complaints.startswith(f"{table}{said}")
    assert complaints.endswith("Nothing was imported.\n")


@pytest.mark.usefixtures("lantern")
def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "nothing.csv"
    said = run(COMMAND, str(path), "--organisation=lantern")
    assert said == (1, "", f"{path}: No such file or directory\n")


def test_publish_where_the_organisation_may(table: Path, lantern: Organisation) -> None:
    arguments = (COMMAND, str(table), "--organisation=lantern", "--publish")
    assert run(*arguments) == (1, "", "lantern is not trusted to publish without review.\n")
    Organisation.objects.filter(pk="lantern").update(trusted=True)
    assert "2 of them published" in run(*arguments)[1]
    entry = LedgerEntry.objects.last()
    assert entry is not None
    assert entry.actor == "organisation:lantern"
    assert_no_drift()


def test_one_programme_only(table: Path, lantern: Organisation) -> None:
    code, _, complaints = run(COMMAND, str(table), "--organisation=lantern", "--programme=far2021")
    assert code == 1
    assert f"{table}:2: promise: This key writes about far2021 only." in complaints


def test_whose_assessments_they_are(table: Path, lantern: Organisation) -> None:
    assert run(COMMAND, str(table), "--organisation=lantrn") == (
        1,
        "",
        "There is no organisation “lantrn”. Did you mean “lantern”?\n",
    )
    assert run(COMMAND, str(table), "--organisation=compass") == (
        1,
        "",
        "compass has not accepted the data licence; record that first.\n",
    )
