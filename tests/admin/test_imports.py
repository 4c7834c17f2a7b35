"""Tables in the admin: exported as the list shows them, sent, previewed, confirmed once."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reforms import workflow
from reforms.models import Import, Promise, Source, StatusUpdate
from reforms.sheets.in_csv import write_csv
from reforms.sheets.reading import read_lines
from tests.admin.browser import Page, Person, list_of, page_of
from tests.admin.conftest import Staff
from tests.fixtures import fresh, make_promise, make_update

Table = list[list[str]]
FORMS = ("csv", "xlsx")


def download(person: Person, model: Any, form: str = "csv", query: str = "") -> bytes:
    name = f"admin:reforms_{model._meta.model_name}_export"
    response = person.client.get(reverse(name, args=[form]) + query)
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def export(*args: Any, **how: Any) -> Table:
    """The cells of a download."""
    return [line.cells for line in read_lines(download(*args, **how), ["id"])]


def import_of(model: Any) -> str:
    return reverse(f"admin:reforms_{model._meta.model_name}_import")


def send(person: Person, model: Any, table: Table | bytes, **fields: Any) -> Page:
    content = table if isinstance(table, bytes) else "".join(write_csv(table)).encode()
    return person.post(
        import_of(model), {"file": SimpleUploadedFile("table.csv", content), **fields}
    )


def attempt() -> Import:
    return Import.objects.order_by("-pk")[0]


def confirm(person: Person, reason: str = "", **fields: Any) -> Page:
    page = page_of(attempt())
    return person.post(
        page, {**person.get(page).fields, "reason": reason, "confirm": "yes", **fields}
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("model", [Promise, Source, StatusUpdate])
def test_an_export_sent_again_changes_nothing(staff: Staff, form: str, model: Any) -> None:
    promise = make_promise(
        1, title={"en": "=1+1", "kk": "Атау"}, figures=[{"what": "a", "value": 1}]
    )
    make_update(promise, "stalled", note={"en": "-5"}, external_id="x 1")
    make_update(promise, "implemented", organisation="lantern", publish=False)
    query = "?state=all" if model is StatusUpdate else ""
    file = download(staff.curator, model, form, query)
    page = send(staff.curator, model, file)
    assert (attempt().report["complaints"], attempt().report["counts"]) == (
        [],
        {"created": 0, "changed": 0, "unchanged": model._default_manager.count(), "failed": 0},
    )
    assert "Nothing is written yet" in page.text


def test_a_difference_is_shown_and_then_written(staff: Staff) -> None:
    promise = make_promise(1)
    make_promise(2)
    table = [["id", "title_en", "kind"], [promise.pk, "<b>Better</b>", "legislation"]]
    page = send(staff.curator, Promise, table)
    assert "1 row changes what the public record says" in page.text
    assert "<del>Promise 1</del> → <ins>&lt;b&gt;Better&lt;/b&gt;</ins>" in page.text
    assert fresh(promise).title == {"en": "Promise 1"}
    refused = confirm(staff.curator)
    assert "Say why, in a sentence." in refused.text
    assert attempt().state == "previewed"
    done = confirm(staff.curator, "The text says so.")
    assert done.messages == ["Imported: 0 added, 1 changed."]
    assert fresh(promise).title == {"en": "<b>Better</b>"}
    assert (attempt().state, attempt().content) == ("done", None)
    again = staff.curator.post(page_of(attempt()), {"confirm": "yes", "digest": attempt().digest})
    assert again.messages == ["This import is done already."]


def test_errors_are_shown_by_row_and_column(staff: Staff) -> None:
    promise = make_promise(1)
    table = [["id", "kind", "deadline"], [promise.pk, "studdy", "2022"], ["=1", "", ""]]
    page = send(staff.curator, Promise, table)
    assert "Did you mean “study”?" in page.text
    assert attempt().state == "failed"
    failed = staff.curator.get(list_of(Import) + "?state__exact=failed")
    assert failed.rows == [attempt()]
    errors = staff.curator.client.get(reverse("admin:reforms_import_errors", args=[attempt().pk]))
    lines = [line.cells for line in read_lines(errors.content, ["row"])]
    assert [line[:3] for line in lines[1:]] == [["1", "2", "kind"], ["2", "3", "id"]]
    aside = staff.curator.post(page_of(attempt()), {"cancel": "yes"})
    assert aside.messages == ["Put aside. Nothing was written."]
    assert attempt().state == "cancelled"


def test_what_changed_meanwhile_is_shown_anew(staff: Staff) -> None:
    promise = make_promise(1)
    send(staff.curator, Promise, [["id", "kind"], [promise.pk, "study"]])
    promise.kind = "policy"
    workflow.save(promise, "It is one.")
    page = confirm(staff.curator, "The text says so.")
    assert "Nothing was written: the record has changed" in page.text
    assert "<del>policy</del> → <ins>study</ins>" in page.text
    assert fresh(promise).kind == "policy"
    confirm(staff.curator, "The text says so.")
    assert fresh(promise).kind == "study"


def test_who_may_import_what(staff: Staff) -> None:
    may = {
        person: [getattr(staff, person).get(import_of(model)).status for model in (Promise, Source, StatusUpdate)]
        for person in ("root", "curator", "reviewer", "anna", "stranger")
    }  # fmt: skip
    assert may == {
        "root": [200, 200, 200],
        "curator": [200, 200, 200],
        "reviewer": [403, 403, 403],
        "anna": [403, 200, 200],
        "stranger": [403, 403, 403],
    }
    shown = {
        person: "Import" in getattr(staff, person).get(list_of(Source)).text
        for person in ("curator", "reviewer", "anna")
    }
    assert shown == {"curator": True, "reviewer": False, "anna": True}


def test_nobody_sees_or_confirms_what_another_sent(staff: Staff, promise: Promise) -> None:
    header = ["promise", "status", "effective_on"]
    send(
        staff.anna, StatusUpdate, [header, [promise.pk, "stalled", "2022"]], organisation="lantern"
    )
    address = page_of(attempt())
    assert "Import 1 row" in staff.anna.get(address).text
    assert staff.boris.get(address).text.count("stalled") == 0
    assert staff.boris.get(list_of(Import)).rows == []
    assert staff.curator.get(list_of(Import)).rows == [attempt()]
    assert "Import 1 row" not in staff.curator.get(address).text
    refused = staff.curator.post(address, {"confirm": "yes", "digest": attempt().digest})
    assert refused.status == 403
    assert staff.reviewer.get(list_of(Import)).status == 403
    assert confirm(staff.anna).messages == ["Imported: 1 added, 0 changed."]
    update = StatusUpdate.objects.get()
    assert (update.organisation_id, update.review_state) == ("lantern", "submitted")
    assert update.submitted_by == staff.anna.user


def test_nobody_submits_for_others(staff: Staff, promise: Promise) -> None:
    table = [["promise", "status", "effective_on"], [promise.pk, "stalled", "2022"]]
    page = send(staff.anna, StatusUpdate, table, organisation="compass")
    assert "Select a valid choice" in page.text
    assert not Import.objects.exists()


def test_an_export_holds_what_its_reader_sees(staff: Staff, promise: Promise) -> None:
    make_update(promise, "stalled", organisation="lantern", external_id="ours", publish=False)
    make_update(promise, "stalled", organisation="compass", external_id="theirs", publish=False)
    make_update(promise, "implemented", organisation="compass", external_id="public")
    held = export(staff.anna, StatusUpdate, query="?state=all")
    cells = {cell for line in held for cell in line}
    assert len(held) == 3
    assert "ours" in cells
    assert not {"theirs", "public"} & cells
    filtered = export(
        staff.curator, StatusUpdate, query="?state=submitted&organisation__id__exact=compass"
    )
    assert [line[filtered[0].index("external_id")] for line in filtered[1:]] == ["theirs"]
    address = reverse("admin:reforms_statusupdate_export", args=["csv"])
    assert staff.stranger.get(address).status == 403
    assert (
        staff.curator.get(reverse("admin:reforms_statusupdate_export", args=["ods"])).status == 404
    )


def test_too_large_a_file_is_refused(staff: Staff) -> None:
    page = send(staff.curator, Promise, b"id\n" + b"x" * 5_000_001)
    assert "larger than 5 MB" in page.text
    page = send(staff.curator, Promise, b"")
    assert "The file is empty." in page.text
    assert not Import.objects.exists()


def test_xlsx_has_a_limit(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reforms.admin.tables.MOST_XLSX_ROWS", 1)
    make_promise(1)
    assert len(export(staff.curator, Promise, "xlsx")) == 2
    make_promise(2)
    response = staff.curator.client.get(
        reverse("admin:reforms_promise_export", args=["xlsx"]), follow=True
    )
    assert "at most 1 rows" in Page(response).messages[0]
    assert io.BytesIO(response.content).read(2) != b"PK"
