"""What was published is never rewritten: it is superseded, retracted or translated, in the open."""

import pytest

from reforms import integrity, records, search, workflow
from reforms.models import LedgerEntry, Organisation, Promise, SeedRecord, StatusUpdate
from reforms.seeding.report import Notice, Outcome
from reforms.vocabulary import ReviewState, Status
from tests.seeding.looking import appended, changes, everything, notices, refusal
from tests.seeding.tiny import Address

pytestmark = pytest.mark.django_db

REFORM = "reform-01.yaml"
ACT = "tiny2021-1-1/act-2022-05"
CLOSED = "tiny2021-1-1/closed-2023"
NOTE = "        note: The inspectorate was closed again.\n"
WHY = "        reason: The order was misread.\n"
ADVICE = (
    "say why in a “reason” at this entry, or restore what it said; what happened since is an update"
    " of its own, with a new key"
)


def update_called(external_id: str) -> StatusUpdate:
    return StatusUpdate.objects.get(external_id=external_id, successor=None)


def without_closed(address: Address) -> None:
    """Take the second update of the first promise out of the file."""
    text = address.read(REFORM)
    before, _, rest = text.partition("      - key: closed-2023\n")
    address.write(REFORM, before + rest[rest.index("  - id: tiny2021-1-2") :])


def retracted(address: Address, reason: str = "It was another office.") -> None:
    """Say in the file that the second update is taken back."""
    without_closed(address)
    listed = f"    retracted:\n      - {{update: closed-2023, reason: {reason}}}\n"
    address.edit(REFORM, "    updates:\n", f"{listed}    updates:\n")


# Changed ------------------------------------------------------------------------------------------

CHANGED = [
    ("note: The act on the inspectorate is in force.", "note: Another note.", "note"),
    ("status: implemented", "status: in_progress", "status"),
    ('effective_on: "2022-05"', 'effective_on: "2022"', "effective_on"),
    ('        assessed_on: "2022-06-15"\n', "", "assessed_on"),
    (', locator: "art. 1"', "", "citations"),
]


@pytest.mark.parametrize(("old", "new", "field"), CHANGED)
def test_a_changed_update_supersedes_the_published_one(
    tiny: Address, old: str, new: str, field: str
) -> None:
    tiny.load()
    before = update_called(ACT)
    head = LedgerEntry.objects.count()
    tiny.edit(REFORM, old, new)
    tiny.edit(REFORM, "      - key: act-2022-05\n", f"      - key: act-2022-05\n{WHY}")
    report = tiny.load()
    assert report.number(Outcome.SUPERSEDED) == 1
    assert changes(report) == [f"superseded: update {ACT} ({field}): The order was misread."]
    assert appended(head) == [
        ("publish", "update", "role:seeding", ""),
        ("supersede", "update", "role:seeding", "The order was misread."),
    ]
    said = records.document(before)
    before.refresh_from_db()
    successor = update_called(ACT)
    assert (before.review_state, before.successor_id) == (ReviewState.SUPERSEDED, successor.pk)
    now = records.document(successor)
    assert set(records.changed_fields(said, now)) == {field, "id", "published_at"}
    assert list(integrity.find_drift()) == []
    everything_before = everything()
    assert not tiny.load().wrote
    assert everything() == everything_before


@pytest.mark.parametrize(("old", "new", "field"), CHANGED)
def test_a_published_update_is_never_rewritten(
    tiny: Address, old: str, new: str, field: str
) -> None:
    tiny.load()
    before = everything()
    tiny.edit(REFORM, old, new)
    tiny.edit(REFORM, "    topics: [rivers]\n", "")  # minor, and not written either
    line = tiny.line(REFORM, "      - key: act-2022-05")
    assert refusal(tiny) == [
        f"{REFORM}:{line}: promises[0].updates[0]: the update “{ACT}” is published and says"
        f" otherwise here ({field}): {ADVICE}"
    ]
    assert everything() == before


def test_a_second_correction_needs_a_reason_of_its_own(tiny: Address) -> None:
    tiny.load()
    tiny.edit(REFORM, NOTE, f"        note: It was closed.\n{WHY}")
    tiny.load()
    tiny.edit(REFORM, "note: It was closed.", "note: It was shut.")
    assert refusal(tiny) == [
        f"{REFORM}:{tiny.line(REFORM, WHY)}: promises[0].updates[1].reason: this reason was given"
        " for an earlier change: say why note changes now"
    ]
    tiny.edit(REFORM, "The order was misread.", "The wording was the paper's.")
    tiny.load()
    first = StatusUpdate.objects.get(note={"en": "The inspectorate was closed again."})
    second = first.successor
    assert second is not None
    assert second.successor == update_called(CLOSED)
    assert update_called(CLOSED).note == {"en": "It was shut."}
    assert Promise.objects.get(pk="tiny2021-1-1").status == Status.REVERSED


def test_an_update_does_not_change_hands(tiny: Address) -> None:
    tiny.load()
    workflow.save(Organisation(id="others", name={"en": "Others"}))
    before = everything()
    tiny.edit(
        REFORM,
        "      - key: act-2022-05\n",
        f"      - key: act-2022-05\n        organisation: others\n{WHY}",
    )
    line = tiny.line(REFORM, "        organisation: others")
    assert refusal(tiny) == [
        f"{REFORM}:{line}: promises[0].updates[0].organisation: the update “{ACT}” is published as"
        " an assessment of keepers: retract it, and add the other organisation's as an update of"
        " its own, with a new key"
    ]
    assert everything() == before


# Translated ---------------------------------------------------------------------------------------


def test_a_missing_language_is_added_without_a_reason(tiny: Address) -> None:
    tiny.load()
    head = LedgerEntry.objects.count()
    published_at = update_called(CLOSED).published_at
    tiny.edit(
        REFORM,
        NOTE,
        "        note: {en: The inspectorate was closed again., kk: Инспекция қайта жабылды.}\n",
    )
    report = tiny.load()
    assert changes(report) == [f"translated: update {CLOSED} (note)"]
    assert report.number(Outcome.TRANSLATED) == 1
    assert appended(head) == [("translate", "update", "role:seeding", "")]
    update = update_called(CLOSED)
    assert update.note["kk"] == "Инспекция қайта жабылды."
    assert (update.published_at, update.review_state) == (published_at, ReviewState.PUBLISHED)
    assert Promise.objects.search(search.parse("жабылды")).exists()
    before = everything()
    assert not tiny.load().wrote
    assert everything() == before


def test_a_translation_that_changes_what_stands_there_is_a_correction(tiny: Address) -> None:
    tiny.load()
    tiny.edit(REFORM, NOTE, "        note: {en: It was closed., kk: Инспекция қайта жабылды.}\n")
    assert "says otherwise here (note)" in refusal(tiny)[0]


def test_the_note_of_a_citation_is_translated_as_well(tiny: Address) -> None:
    tiny.edit(REFORM, 'locator: "art. 1"', 'locator: "art. 1", note: Signed')
    tiny.load()
    head = LedgerEntry.objects.count()
    tiny.edit(REFORM, "note: Signed", "note: {en: Signed, ru: Подписан}")
    assert tiny.load().number(Outcome.TRANSLATED) == 1
    assert appended(head) == [("translate", "update", "role:seeding", "")]
    notes = list(update_called(ACT).citations.values_list("note", flat=True))
    assert notes == [{"en": "Signed", "ru": "Подписан"}, {}]


# Dropped ------------------------------------------------------------------------------------------


def test_a_published_update_is_not_dropped_without_a_word(tiny: Address) -> None:
    tiny.load()
    before = everything()
    tiny.edit(REFORM, "      - key: closed-2023", "      - key: closed-in-2023")
    assert refusal(tiny) == [
        f"{REFORM}:10: promises[0]: the update “{CLOSED}” is published and missing here: restore"
        " it, or name it under “retracted” of its promise, with the reason"
    ]
    assert everything() == before


def test_dropping_a_promise_does_not_drop_its_updates(tiny: Address) -> None:
    tiny.load()
    tiny.edit(
        "programme.yaml",
        "announced_by: [tiny-address]",
        "announced_by: [tiny-address, gazette, daily-report]\n  reason: They did too.",
    )
    tiny.write(REFORM, "reform: {number: 1, title: Rivers}\npromises: []\n")
    complaints = refusal(tiny)
    assert [one.split(": ")[0] for one in complaints] == [f"{REFORM}:1"] * 3
    assert f"“{ACT}” is published and missing here" in "".join(complaints)
    assert f"“{CLOSED}” is published and missing here" in "".join(complaints)


def test_a_dropped_update_is_retracted_where_the_file_says_so(tiny: Address) -> None:
    tiny.load()
    head = LedgerEntry.objects.count()
    retracted(tiny)
    report = tiny.load()
    assert changes(report) == [f"retracted: update {CLOSED}: It was another office."]
    assert report.number(Outcome.RETRACTED) == 1
    assert report.notices == []
    assert appended(head) == [("retract", "update", "role:seeding", "It was another office.")]
    update = update_called(CLOSED)
    assert (update.review_state, update.ended_reason) == ("retracted", "It was another office.")
    assert Promise.objects.get(pk="tiny2021-1-1").status == Status.IMPLEMENTED
    assert list(integrity.find_drift()) == []


def test_a_retraction_stays_in_the_file_and_is_done_once(tiny: Address) -> None:
    tiny.load()
    retracted(tiny)
    tiny.load()
    before = everything()
    for _ in range(2):
        report = tiny.load()
        assert (report.wrote, report.notices, report.changes) == (False, [], [])
    assert everything() == before


def test_what_was_never_loaded_is_not_retracted(tiny: Address) -> None:
    """A folder with old retractions loads into an empty record."""
    retracted(tiny)
    report = tiny.load()
    assert report.number(Outcome.RETRACTED) == 0
    assert StatusUpdate.objects.count() == 1


def test_a_retracted_update_is_not_brought_back(tiny: Address) -> None:
    tiny.load()
    whole = tiny.read(REFORM)
    retracted(tiny)
    tiny.load()
    before = everything()
    tiny.write(REFORM, whole)
    assert notices(tiny.load(), Notice.KEPT) == [f"update {CLOSED} (retracted)"]
    assert everything() == before


def test_mistakes_in_the_list_of_retractions(tiny: Address) -> None:
    listed = """    retracted:
      - {update: closed-2023, reason: Both.}
      - {update: gone, reason: Once.}
      - {update: gone, reason: Twice.}
      - {update: silent}
"""
    tiny.edit(REFORM, "    updates:\n", f"{listed}    updates:\n")
    line = tiny.line(REFORM, "      - {update: closed")
    assert tiny.complaints() == [
        f"{REFORM}:{line}: promises[0].retracted[0].update: “closed-2023” stands among the updates"
        " as well: leave it in one of the lists",
        f"{REFORM}:{line + 2}: promises[0].retracted[2].update: “gone” stands twice",
        f"{REFORM}:{line + 3}: promises[0].retracted[3]: has no “reason”",
    ]


def test_the_update_of_another_organisation_is_not_retracted_through_files(tiny: Address) -> None:
    tiny.load()
    update = update_of_others()
    listed = f"    retracted:\n      - {{update: {update.pk}, reason: Wrong.}}\n"
    tiny.edit(REFORM, "    updates:\n", f"{listed}    updates:\n")
    line = tiny.line(REFORM, "      - {update: ")
    assert refusal(tiny) == [
        f"{REFORM}:{line}: promises[0].retracted[0].update: this update was not published through"
        " files: others itself supersedes or retracts it, or curators remove it"
    ]


def update_of_others() -> StatusUpdate:
    others = Organisation(id="others", name={"en": "Others"})
    workflow.save(others)
    promise = Promise.objects.get(pk="tiny2021-1-1")
    first = promise.updates.first()
    assert first is not None
    assert first.effective is not None
    update = workflow.submit(
        promise=promise,
        organisation=others,
        status="stalled",
        effective=first.effective,
        citations=[workflow.Cited("daily-report")],
    )
    workflow.publish(update)
    return update


# Ended in the record ------------------------------------------------------------------------------


def supersede(update: StatusUpdate, note: str) -> StatusUpdate:
    """What the update's own organisation does in the admin."""
    assert update.effective is not None
    successor = workflow.submit(
        promise=update.promise,
        organisation=update.organisation,
        status="reversed",
        effective=update.effective,
        note={"en": note},
        citations=[workflow.Cited("daily-report")],
    )
    workflow.supersede(update, successor, "It was only half closed.")
    return successor


@pytest.mark.parametrize("action", ["retract", "remove", "supersede"])
def test_an_update_that_ended_stays_ended(tiny: Address, action: str) -> None:
    tiny.load()
    update = update_called(CLOSED)
    if action == "supersede":
        supersede(update, "Half of it.")
    else:
        getattr(workflow, action)(update, "It was wrong.")
    before = everything()
    for spoiled in (False, True):
        if spoiled:
            tiny.edit(REFORM, NOTE, f"        note: Another note.\n{WHY}")
        report = tiny.load()
        assert not report.wrote
        assert notices(report, Notice.KEPT) == [f"update {CLOSED} ({update.review_state})"]
        assert everything() == before
    without_closed(tiny)
    assert notices(tiny.load(), Notice.DROPPED) == [f"update {CLOSED}"]
    assert everything() == before


def test_a_file_that_carries_a_curators_correction_over_agrees_with_the_record(
    tiny: Address,
) -> None:
    tiny.load()
    supersede(update_called(CLOSED), "Half of it.")
    before = everything()
    tiny.edit(REFORM, NOTE, "        note: Half of it.\n")
    report = tiny.load()
    assert (report.wrote, report.notices) == (False, [])
    assert everything() == before
    # What was written in the admin is corrected there.
    tiny.edit(REFORM, "note: Half of it.", f"note: A half of it.\n{WHY}")
    assert "(note), and was not published through files: keepers itself" in refusal(tiny)[0]


def test_an_update_that_was_deleted_is_not_brought_back(tiny: Address) -> None:
    tiny.load()
    StatusUpdate.objects.filter(external_id=CLOSED).delete()
    report = tiny.load()
    assert notices(report, Notice.WITHDRAWN) == [f"update {CLOSED}"]
    assert StatusUpdate.objects.count() == 1


def test_an_update_of_the_same_id_from_elsewhere_is_left_alone(tiny: Address) -> None:
    tiny.load()
    SeedRecord.objects.filter(object_type="update").delete()
    before = everything()
    tiny.edit(REFORM, NOTE, f"        note: Another note.\n{WHY}")
    tiny.edit(REFORM, "note: The act on the inspectorate is in force.", "note: In force.")
    report = tiny.load()
    assert [one.split(" (")[0] for one in notices(report, Notice.CONFLICT)] == [
        f"update {ACT}",
        f"update {CLOSED}",
    ]
    assert everything() == before


def test_one_from_elsewhere_that_says_the_same_is_taken_for_the_files_own(tiny: Address) -> None:
    tiny.load()
    SeedRecord.objects.filter(object_type="update").delete()
    before = everything()
    report = tiny.load()
    assert (report.wrote, report.notices) == (False, [])
    assert everything() == before
    tiny.edit(REFORM, NOTE, f"        note: Another note.\n{WHY}")
    assert tiny.load().number(Outcome.SUPERSEDED) == 1


def test_a_record_of_before_the_ledger_is_understood(tiny: Address) -> None:
    """Then it was not noted which update had been loaded."""
    tiny.load()
    for known in SeedRecord.objects.filter(object_type="update"):
        del known.content["update"]
        known.save()
    assert not tiny.load().wrote
    tiny.edit(REFORM, NOTE, f"        note: Another note.\n{WHY}")
    assert tiny.load().number(Outcome.SUPERSEDED) == 1


def test_a_dry_run_corrects_nothing(tiny: Address) -> None:
    tiny.load()
    before = everything()
    retracted(tiny)
    tiny.edit(REFORM, "note: The act on the inspectorate is in force.", f"note: In force.\n{WHY}")
    report = tiny.load(dry_run=True)
    assert changes(report) == [
        f"retracted: update {CLOSED}: It was another office.",
        f"superseded: update {ACT} (note): The order was misread.",
    ]
    assert everything() == before


def test_the_report_counts_each_sort_of_change_where_there_is_one(tiny: Address) -> None:
    assert "retracted" not in "".join(tiny.load().table())
    retracted(tiny)
    tiny.edit(REFORM, "note: The act on the inspectorate is in force.", f"note: In force.\n{WHY}")
    tiny.edit("topics.yaml", "name: Rivers", "name: {en: Rivers, kk: Өзендер}")
    table = list(tiny.load().table())
    assert table[0].split() == [
        *("created", "updated", "translated", "superseded", "retracted", "unchanged")
    ]
    assert table[5].split() == ["topics", "0", "0", "1", "0", "0", "0"]
    assert table[-1].split() == ["updates", "0", "0", "0", "1", "1", "0"]
