"""`manage.py export_seeds`: what it writes, what it refuses to overwrite, and what it compares."""

import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from reforms import workflow
from reforms.models import Programme, Promise, Topic
from tests.seeding.tiny import Address

pytestmark = pytest.mark.django_db


def run(*arguments: Any, **options: Any) -> tuple[int, list[str], list[str]]:
    """Exit code, and the lines of both outputs."""
    out, err = StringIO(), StringIO()
    try:
        call_command("export_seeds", *map(str, arguments), stdout=out, stderr=err, **options)
    except CommandError as error:
        return (
            error.returncode,
            out.getvalue().splitlines(),
            [*err.getvalue().splitlines(), *str(error).splitlines()],
        )
    return 0, out.getvalue().splitlines(), err.getvalue().splitlines()


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.fixture
def loaded(tiny: Address) -> Address:
    tiny.load()
    return tiny


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out" / "tiny2021"


def test_it_makes_the_folder(loaded: Address, out: Path) -> None:
    assert run("tiny2021", out) == (0, [f"Wrote 7 files to {out}."], [])
    assert sorted(files(out)) == [
        "bodies.yaml",
        "organisations.yaml",
        "programme.yaml",
        "publishers.yaml",
        "reform-01.yaml",
        "sources.yaml",
        "topics.yaml",
    ]
    assert [path.name for path in out.parent.iterdir()] == ["tiny2021"]


def test_an_empty_folder_is_filled(loaded: Address, out: Path) -> None:
    out.mkdir(parents=True)
    assert run("tiny2021", out)[0] == 0


def test_a_folder_with_anything_in_it_is_left_alone(loaded: Address) -> None:
    before = files(loaded.folder)
    assert run("tiny2021", loaded.folder) == (
        1,
        [],
        [f"{loaded.folder} is not empty: name another folder, or use --force"],
    )
    assert files(loaded.folder) == before


def test_force_replaces_the_records_files_and_keeps_the_others(loaded: Address, out: Path) -> None:
    run("tiny2021", out)
    loaded.write("README.md", "Ours.\n")
    loaded.write("reform-07.yaml", "reform: {number: 7, title: Old}\npromises: []\n")
    kept = {name: loaded.read(name) for name in ("README.md", "set-aside.yaml")}
    assert run("tiny2021", loaded.folder, force=True)[0] == 0
    assert files(loaded.folder) == files(out) | kept
    assert loaded.complaints() == []


def test_a_file_in_the_place_of_the_folder(loaded: Address) -> None:
    path = loaded.folder / "topics.yaml"
    assert run("tiny2021", path) == (1, [], [f"{path} is a file: name a folder"])


def test_nothing_is_left_behind_by_a_failure(
    loaded: Address, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("tiny2021", out)
    before = files(out)
    real = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError("no space left")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    assert run("tiny2021", out, force=True) == (1, [], ["no space left"])
    assert files(out) == before
    assert [path.name for path in out.parent.iterdir()] == ["tiny2021"]


def test_an_unknown_programme(loaded: Address, out: Path) -> None:
    assert run("tiny2022", out) == (
        1,
        [],
        ["There is no programme “tiny2022” in the record; did you mean “tiny2021”?"],
    )
    assert run("other", out)[2] == [
        "There is no programme “other” in the record; there are: tiny2021"
    ]


def test_what_files_may_not_hold_is_named(loaded: Address, out: Path) -> None:
    """The admin allows what the check of seed files refuses."""
    promise = Promise.objects.get(pk="tiny2021-1-2")
    promise.title = {
        "en": "one two three four five six seven eight nine ten eleven twelve thirteen"
    }
    workflow.save(promise, "The full wording.")
    code, said, complaints = run("tiny2021", out)
    assert (code, said) == (1, [f"Wrote 7 files to {out}."])
    assert complaints[0].startswith(f"{out}/reform-01.yaml:")
    assert complaints[0].endswith("promises[1].title: the title has 13 words (en); at most 12")
    assert complaints[1] == "Mend this in the record or in the files before they are loaded."


# --check ------------------------------------------------------------------------------------------


def test_check_agrees_with_what_was_loaded(loaded: Address) -> None:
    before = files(loaded.folder)
    assert run("tiny2021", loaded.folder, check=True) == (
        0,
        [f"{loaded.folder} says what the record says."],
        [],
    )
    assert files(loaded.folder) == before


def test_check_names_every_difference(loaded: Address) -> None:
    loaded.edit("topics.yaml", "name: Rivers", "name: Streams")
    loaded.edit("reform-01.yaml", "kind: policy", "kind: legislation")
    loaded.edit(
        "reform-01.yaml", "note: The inspectorate was closed", "note: The office was closed"
    )
    loaded.edit("reform-01.yaml", "- key: act-2022-05", "- key: law-2022-05")
    workflow.save(Topic(id="waste", name={"en": "Waste"}))
    workflow.save(Promise.objects.get(pk="tiny2021-1-2"), topics=["waste"])
    assert run("tiny2021", loaded.folder, check=True) == (
        1,
        [
            "differs: topic rivers (name)",
            "only in the record: topic waste",
            "only in the record: update tiny2021-1-1/act-2022-05",
            "differs: update tiny2021-1-1/closed-2023 (note)",
            "differs: promise tiny2021-1-2 (kind, topics)",
            "only in the files: update tiny2021-1-1/law-2022-05",
        ],
        [f"6 differences between {loaded.folder} and the record."],
    )


def test_what_was_withdrawn_is_only_in_the_files(loaded: Address) -> None:
    workflow.save(Promise.objects.get(pk="tiny2021-1-1"), topics=[])
    workflow.withdraw_object(Topic.objects.get(pk="rivers"), "Nobody asks for it.")
    code, said, _ = run("tiny2021", loaded.folder, check=True)
    assert code == 1
    assert said == ["differs: promise tiny2021-1-1 (topics)", "only in the files: topic rivers"]


def test_check_of_files_with_mistakes(loaded: Address, out: Path) -> None:
    shutil.copytree(loaded.folder, out)
    (out / "topics.yaml").write_text("topics: {}\n")
    code, _, complaints = run("tiny2021", out, check=True)
    assert code == 1
    assert complaints == [f"{out}/topics.yaml:1: topics: expected a list, found a mapping"]


def test_the_programme_itself_is_written_from_the_record(loaded: Address, out: Path) -> None:
    programme = Programme.objects.get()
    programme.summary = {"en": "Rivers first.", "kk": "Алдымен өзендер."}
    workflow.save(programme)
    run("tiny2021", out)
    assert "  summary: {en: Rivers first., kk: Алдымен өзендер.}\n" in files(out)["programme.yaml"]
