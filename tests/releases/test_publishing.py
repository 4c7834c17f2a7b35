"""`manage.py publish_release`: a package that is valid, whole, the same for the same record."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from frictionless import Package

from reforms import releases, workflow
from reforms.ledger.checkpoints import is_signed
from reforms.ledger.verifying import check_checkpoint
from reforms.models import Promise
from reforms.releases import publishing
from tests.api.asking import answer, ask, problem, results
from tests.api.documents import Reader, document
from tests.api.record import SECRET, Record, written
from tests.fixtures import make_promise, make_update


@pytest.fixture(autouse=True)
def usual_limit() -> Iterator[None]:
    """The validator lets the whole process read longer cells of CSV than it otherwise would."""
    before = csv.field_size_limit()
    yield
    csv.field_size_limit(before)


@pytest.fixture
def record(db: None) -> Iterator[Record]:
    with written() as record:
        yield record


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.RELEASES_DIR = tmp_path / "releases"
    return tmp_path / "releases"


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("publish_release", *arguments, stdout=out)
    return out.getvalue()


def publish(*arguments: str) -> releases.Release:
    """Publish, and give the newest release."""
    before = {one.name for one in releases.releases()}
    said = run(*arguments)
    [new] = [one for one in releases.releases() if one.name not in before]
    assert new.name in said
    return new


def table(release: releases.Release, name: str) -> list[dict[str, str]]:
    text = (release.folder / f"data/{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


# A package.


def test_it_is_valid_for_the_official_validator(record: Record, folder: Path) -> None:
    release = publish()
    package = Package(str(release.folder / "datapackage.json"))
    report = package.validate()
    assert report.valid, report.flatten(["title", "message"])
    keys = {one.name: one.schema.foreign_keys for one in package.resources if one.schema}
    assert [key["fields"] for key in keys["updates"]] == [["promise"], ["organisation"]]
    assert package.licenses[0]["name"] == "CC-BY-4.0"
    names = {one["title"] for one in package.contributors}
    assert {"Editors", "Lantern", "Compass"} <= names


def test_it_says_what_the_api_says(record: Record, folder: Path) -> None:
    release = publish()
    assert release.name == f"2024-06-01-{release.sequence}"
    known = {"known_at": str(release.sequence), "limit": "200"}
    for name in ("promises", "updates", "sources", "reforms", "organisations"):
        told = {row["id"]: row for row in ask(f"/{name}/", known).json()["results"]}
        rows = table(release, name)
        assert {row["id"] for row in rows} == told.keys()
        for row in rows:
            one = told[row["id"]]
            for field in one.keys() & row.keys():
                if isinstance(one[field], str):
                    assert row[field].removeprefix("'") == one[field]
        assert release.listing["rows"][name] == len(rows)
    cited = [row for row in table(release, "citations") if row["update"]]
    updates = results("/updates/", known)
    assert len(cited) == sum(len(one["citations"]) for one in updates)


def test_its_files_are_what_it_lists(record: Record, folder: Path) -> None:
    release = publish()
    there = {
        path.relative_to(release.folder).as_posix()
        for path in release.folder.rglob("*")
        if path.is_file()
    }
    assert there == {one["path"] for one in release.listing["files"]} | {"release.json"}
    for one in release.listing["files"]:
        content = (release.folder / one["path"]).read_bytes()
        assert (len(content), sha256(content).hexdigest()) == (one["bytes"], one["sha256"])
    package = json.loads((release.folder / "datapackage.json").read_text())
    for resource in package["resources"]:
        listed = release.file(resource["path"])
        assert listed is not None
        assert resource["hash"] == f"sha256:{listed['sha256']}"
        assert resource["bytes"] == listed["bytes"]
    with zipfile.ZipFile(release.folder / f"{release.name}.zip") as packed:
        assert set(packed.namelist()) == there - {"release.json", f"{release.name}.zip"}
        assert packed.testzip() is None


def test_it_carries_the_signed_head(record: Record, folder: Path) -> None:
    release = publish()
    checkpoint = json.loads((release.folder / "checkpoint.json").read_text())
    assert checkpoint == ask("/changes/head/").json()
    assert is_signed(checkpoint, checkpoint["key"])
    assert list(check_checkpoint(checkpoint)) == []


def test_nothing_unpublished_is_in_it(record: Record, folder: Path) -> None:
    release = publish()
    for path in release.folder.rglob("*"):
        if path.suffix in (".csv", ".json", ".md"):
            text = path.read_text(encoding="utf-8").lower()
            for secret in (
                SECRET.lower(),
                "wombat",
                *(str(one.pk) for one in record.hidden.values()),
            ):
                assert secret not in text, f"{path.name} tells {secret}"


def test_one_programme(record: Record, folder: Path) -> None:
    release = publish("--programme", "far2021")
    assert release.name.endswith("-far2021")
    assert {row["programme"] for row in table(release, "promises")} == {"far2021"}
    assert Package(str(release.folder / "datapackage.json")).validate().valid
    with pytest.raises(CommandError, match=r"There is no programme “far2022”"):
        run("--programme", "far2022")


# The next one.


def test_of_the_same_record_it_is_the_same_to_the_byte(record: Record, folder: Path) -> None:
    """Also on another day, and with other texts loaded."""
    first = publish()
    record.clock.at("2024-08-20T00:00:00+00:00")
    second = publish("--force")
    assert second.name != first.name
    for path in sorted((first.folder / "data").iterdir()):
        assert (second.folder / "data" / path.name).read_bytes() == path.read_bytes()


def test_a_folder_that_cannot_be_written_to_is_named(record: Record, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.touch()
    with pytest.raises(CommandError, match=f"No release can be written to {taken}: .*exists"):
        call_command("publish_release", output=taken)


def test_where_nothing_has_changed_none_is_made(record: Record, folder: Path) -> None:
    first = publish()
    said = run()
    assert said.startswith(f"Nothing has changed since {first.name}, at entry {first.sequence}.")
    assert len(releases.releases()) == 1
    with pytest.raises(CommandError, match="is there already, and what is published stays"):
        run("--force")


def test_the_changelog_says_what_is_new(record: Record, folder: Path) -> None:
    first = publish()
    assert "The first release: 3 organisations" in (first.folder / "CHANGELOG.md").read_text()
    promise = Promise.objects.get(pk="demo2020-1-3")
    update = make_update(promise, "stalled", "2023-06")
    workflow.retract(update, "We misread <b>it</b>\nall.")
    promise.title = {"en": "An office for complaints of all"}
    workflow.save(promise, "It was left out.")
    text = (publish().folder / "CHANGELOG.md").read_text(encoding="utf-8")
    lines = text.splitlines()
    assert lines[2] == (
        f"Since {first.name}: entries {first.sequence + 1} to {first.sequence + 3} of the ledger."
    )
    assert "## demo2020-1-3 An office for complaints of all" in lines
    assert f"- update published ({first.sequence + 1}): editors: stalled, 2023-06" in lines
    assert any(one.endswith(r"Reason: We misread \<b\>it\</b\> all.") for one in lines)
    assert any("promise corrected" in one and "It was left out." in one for one in lines)


def test_what_breaks_off_leaves_nothing(
    record: Record, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_settle", broken)
        with pytest.raises(KeyboardInterrupt):
            run()
    assert [one.name for one in folder.iterdir()] == [".lock"]
    # What a kill left behind is no release, and is swept away by the next.
    (folder / ".2024-01-01-5.partial").mkdir()
    (folder / ".2024-01-01-5.partial" / "release.json").write_text("{}")
    assert releases.releases() == []
    publish()
    assert not (folder / ".2024-01-01-5.partial").exists()


def test_an_empty_record(db: None, folder: Path) -> None:
    assert run() == "The record is empty: there is nothing to release. No release is made.\n"


# Served.


def test_releases_over_http(record: Record, folder: Path) -> None:
    assert answer("/releases/") == {"results": []}
    first = publish()
    make_promise(4)
    second = publish()
    listed = ask("/releases/").json()["results"]
    assert [one["id"] for one in listed] == [second.name, first.name]
    assert listed[0]["previous"] == first.name
    assert listed[1] == ask(listed[1]["api_url"]).json()
    reader = Reader(document())
    reader.check("release_list", ask("/releases/"))
    reader.check("release_retrieve", ask(listed[1]["api_url"]))
    for one in listed[1]["files"]:
        response = ask(one["url"])
        content = b"".join(response.streaming_content)
        assert sha256(content).hexdigest() == one["sha256"]
        assert response.headers["Content-Type"] == one["media_type"]
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert first.name in response.headers["Content-Disposition"]
        assert ask(one["url"], if_none_match=response.headers["ETag"]).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "../../secret_key",
        "..%2f..%2fsecret_key",
        "data/../../secret_key",
        "data%2f..%2frelease.json",
        "/etc/passwd",
        "//etc/passwd",
        "release.json",
        "data/",
        "nothing.csv",
        ".lock",
    ],
)
def test_nothing_but_its_files_is_served(record: Record, folder: Path, path: str) -> None:
    release = publish()
    (folder.parent / "secret_key").write_text("hunter2")
    response = Client().get(f"/api/v1/releases/{release.name}/{path}")
    assert response.status_code == 404


def test_a_release_that_is_not_there(record: Record, folder: Path) -> None:
    publish()
    for name in ("2024-01-01-1", "lock", "2024-01-01-1-demo2020"):
        problem(ask(f"/releases/{name}/"), 404, "not-found")
        problem(ask(f"/releases/{name}/datapackage.json"), 404, "not-found")
