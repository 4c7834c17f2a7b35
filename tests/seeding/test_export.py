"""The record as seed files: what is public and stands; loaded again, the files change nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reforms import workflow
from reforms.dates import PartialDate
from reforms.models import Organisation, Programme, Promise, Publisher, SeedRecord, Source, Topic
from reforms.seeding.checking import check
from reforms.seeding.exported_folder import differences
from reforms.seeding.exporting import export
from reforms.seeding.loader import load
from reforms.seeding.report import Outcome
from reforms.vocabulary import ReviewState
from reforms.workflow import Cited
from tests.fixtures import make_promise, make_update, make_update_in, rolled_back
from tests.seeding.exports import exported, loaded, the_record
from tests.seeding.looking import everything, refusal
from tests.seeding.test_published_updates import ACT, CLOSED, update_called, update_of_others
from tests.seeding.test_yaml_text import ODD
from tests.seeding.tiny import Address

pytestmark = pytest.mark.django_db

REFORM = "reform-01.yaml"


def assert_round_trip(programme: str, tmp_path: Path, prepare: Callable[[], Any]) -> None:
    """Prepare a record and export it. Loaded into the same record, the files change nothing;
    loaded into an empty one, they make the same record, and the same files come out of it.
    """
    with rolled_back():
        prepare()
        files = exported(programme, tmp_path / "first")
        record, before = the_record(), everything()
        for _ in range(2):
            report = loaded(tmp_path / "first")
            assert (report.wrote, report.notices) == (False, [])
        assert everything() == before
        assert exported(programme, tmp_path / "again") == files
    with rolled_back():
        assert not Programme.objects.exists()
        assert loaded(tmp_path / "first").notices == []
        assert the_record() == record
        assert exported(programme, tmp_path / "second") == files


def test_what_was_loaded_comes_out_again(tiny: Address, tmp_path: Path) -> None:
    assert_round_trip("tiny2021", tmp_path, tiny.load)


def test_the_files_look_like_those_that_people_write(tiny: Address, tmp_path: Path) -> None:
    tiny.load()
    files = exported("tiny2021", tmp_path / "out")
    assert list(files) == sorted({path.name for path in tiny.folder.iterdir()} - {"set-aside.yaml"})
    assert files["topics.yaml"] == tiny.read("topics.yaml")
    assert files["organisations.yaml"].replace('"', "") == tiny.read("organisations.yaml").replace(
        '"', ""
    )
    second = files[REFORM].partition("\n\n  - id: tiny2021-1-2")[2]
    assert second.startswith("""
    title: Deposit on bottles
    statement: Bottles are to carry a deposit.
    kind: policy
    commitment: aspiration
    bodies: []
    passages:
      - source: tiny-address
        paragraphs:
          - {ordinal: 4, fingerprint: "fp1:""")


def test_texts_in_three_languages(tiny: Address, steppe: Address, tmp_path: Path) -> None:
    """Another country's address, which takes its lead organisation from the tiny one."""

    def prepare() -> None:
        steppe.write("organisations.yaml", "organisations: [{id: keepers, name: Keepers}]\n")
        steppe.load()

    assert_round_trip("dala2024", tmp_path, prepare)


def test_what_another_folder_describes_is_left_to_it(
    tiny: Address, steppe: Address, tmp_path: Path
) -> None:
    load(check([tiny.folder, steppe.folder]))
    before = everything()
    exported("tiny2021", tmp_path / "tiny2021")
    assert export(Programme.objects.get(pk="dala2024")).elsewhere == ["organisation keepers"]
    assert "organisations.yaml" not in exported("dala2024", tmp_path / "dala2024")
    assert not load(check([tmp_path / "tiny2021", tmp_path / "dala2024"])).wrote
    assert everything() == before


def test_what_a_curator_changed_is_in_the_files(tiny: Address, tmp_path: Path) -> None:
    def prepare() -> None:
        tiny.load()
        promise = Promise.objects.get(pk="tiny2021-1-2")
        promise.title = {"en": "A deposit: on all bottles", "kk": "Бөтелке кепілі"}
        promise.deadline = PartialDate.parse("2025")
        workflow.save(
            promise,
            "The address says more.",
            topics=["rivers"],
            citations=[
                Cited("tiny-address", locator="third page"),
                Cited(
                    "daily-report",
                    stance="context",
                    basis="relays",
                    origin="regency",
                    locator="p. 2",
                ),
            ],
        )
        workflow.save(Topic(id="waste", name={"ru": "Отходы"}))
        workflow.save(Promise.objects.get(pk="tiny2021-1-1"), topics=["rivers", "waste"])

    assert_round_trip("tiny2021", tmp_path, prepare)


def test_reasons_stay_with_what_they_explain(tiny: Address, tmp_path: Path) -> None:
    def prepare() -> None:
        tiny.load()
        tiny.edit("topics.yaml", "name: Rivers", "name: Streams, reason: They are small.")
        tiny.edit(REFORM, "status: reversed", "status: stalled\n        reason: It was paused.")
        tiny.load()

    assert_round_trip("tiny2021", tmp_path, prepare)
    assert "reason: They are small." in (tmp_path / "first" / "topics.yaml").read_text()
    assert "reason: It was paused." in (tmp_path / "first" / REFORM).read_text()


# What is not in the files -------------------------------------------------------------------------


def test_withdrawn_objects_and_ended_updates_are_left_out(tiny: Address, tmp_path: Path) -> None:
    tiny.load()
    workflow.retract(update_called(ACT), "It was a draft.")
    workflow.retract(update_called(CLOSED), "It was another office.")
    workflow.withdraw_object(Promise.objects.get(pk="tiny2021-1-1"), "It was never said.")
    workflow.withdraw_object(Topic.objects.get(pk="rivers"), "Nobody asks for it.")
    workflow.withdraw_object(Source.objects.get(pk="gazette"), "It cannot be found.")
    files = exported("tiny2021", tmp_path / "out")
    for gone in ("tiny2021-1-1", "act-2022-05", "rivers,", "gazette", "daily-report"):
        assert gone not in "".join(files.values()), gone
    before = everything()
    assert not loaded(tmp_path / "out").wrote
    assert everything() == before


def test_nothing_unpublished_leaks(tiny: Address, tmp_path: Path) -> None:
    tiny.load()
    files = exported("tiny2021", tmp_path / "one")
    workflow.save(Publisher(id="secretive", name={"en": "Secretive"}, type="other"))
    workflow.save(
        Source(id="secret", title={"en": "Secret"}, kind="news", publisher_id="secretive")
    )
    workflow.save(Organisation(id="shy", name={"en": "Shy"}))
    for state in (ReviewState.SUBMITTED, ReviewState.REJECTED, ReviewState.CHANGES_REQUESTED):
        make_update_in(
            state,
            Promise.objects.get(pk="tiny2021-1-2"),
            organisation="shy",
            citations=[Cited("secret")],
        )
    assert exported("tiny2021", tmp_path / "two") == files


# Updates that did not come from files -------------------------------------------------------------


def prepare_others(address: Address) -> None:
    address.load()
    update = update_of_others()
    promise = update.promise
    other = make_update(
        promise,
        "in_progress",
        organisation="others",
        citations=[Cited("gazette")],
        external_id="7/b",
    )
    successor = make_update(
        promise, "stalled", organisation="others", citations=[Cited("gazette")], publish=False
    )
    workflow.supersede(other, successor, "It stopped.")
    curated = make_update(
        promise,
        "not_started",
        organisation="keepers",
        effective="2021-10",
        citations=[Cited("daily-report", note={"en": "Page 3", "ru": "С. 3"})],
        note={"kk": "Ештеңе болған жоқ: #1"},
    )
    assert curated.assessed == curated.effective


def test_updates_of_other_hands_have_stable_keys(tiny: Address, tmp_path: Path) -> None:
    assert_round_trip("tiny2021", tmp_path, lambda: prepare_others(tiny))


def test_an_update_of_another_hand_is_corrected_where_it_came_from(
    tiny: Address, tmp_path: Path
) -> None:
    prepare_others(tiny)
    exported("tiny2021", tmp_path / "out")
    out = Address.__new__(Address)
    out.folder = tmp_path / "out"
    out.load()
    curated = Promise.objects.get(pk="tiny2021-1-1").updates.get(status="not_started")
    out.edit(REFORM, "#1", "№ 1")
    assert f"“tiny2021-1-1/{curated.pk}” says otherwise here (note), and was not published" in str(
        refusal(out)
    )
    successor = make_update(
        curated.promise,
        "not_started",
        organisation="keepers",
        effective="2021-10",
        citations=[Cited("daily-report", note={"en": "Page 3", "ru": "С. 3"})],
        note={"kk": "Ештеңе болған жоқ: № 1"},
        publish=False,
    )
    workflow.supersede(curated, successor, "Typing.")
    report = out.load()
    assert (report.wrote, report.notices) == (False, [])
    curated.refresh_from_db()
    assert curated.successor is not None
    assert curated.successor.note == {"kk": "Ештеңе болған жоқ: № 1"}
    # The successor goes by the same key.
    assert exported("tiny2021", tmp_path / "again")[REFORM] == out.read(REFORM)


def test_a_superseded_update_keeps_its_key(tiny: Address, tmp_path: Path) -> None:
    def prepare() -> None:
        tiny.load()
        successor = make_update(
            update_called(CLOSED).promise,
            "stalled",
            "2023",
            organisation="keepers",
            citations=[Cited("daily-report")],
            publish=False,
        )
        workflow.supersede(update_called(CLOSED), successor, "It was only paused.")

    assert_round_trip("tiny2021", tmp_path, prepare)
    assert (
        "- key: closed-2023\n        status: stalled" in (tmp_path / "first" / REFORM).read_text()
    )


def test_what_decides_between_two_of_one_date_is_kept(tiny: Address, tmp_path: Path) -> None:
    """The later publication, also where it took the place of the earlier one."""

    def status() -> str:
        return Promise.objects.get(pk="tiny2021-1-2").status

    with rolled_back():
        tiny.load()
        promise = Promise.objects.get(pk="tiny2021-1-2")
        dated: dict[str, Any] = {
            "effective": "2023-03-01",
            "organisation": "keepers",
            "citations": [Cited("daily-report")],
        }
        begun = make_update(promise, "in_progress", **dated)
        make_update(promise, "abandoned", "2022-01", "keepers", dated["citations"])
        make_update(promise, "implemented", **dated)
        assert status() == "implemented"
        workflow.supersede(
            begun, make_update(promise, "stalled", **dated, publish=False), "It stopped."
        )
        assert status() == "stalled"

        files = exported("tiny2021", tmp_path / "first")
        assert not loaded(tmp_path / "first").wrote
    assert not Promise.objects.exists()
    loaded(tmp_path / "first")
    assert status() == "stalled"
    assert exported("tiny2021", tmp_path / "second") == files
    # What does not decide stays where it was first published.
    second = files[REFORM].partition("- id: tiny2021-1-2")[2]
    statuses = [line.split()[1] for line in second.splitlines() if "  status: " in line]
    assert statuses == ["implemented", "abandoned", "stalled"]


def test_a_pseudonym_is_told_as_one(tiny: Address, tmp_path: Path) -> None:
    def prepare() -> None:
        prepare_others(tiny)
        others = Organisation.objects.get(pk="others")
        others.pseudonymous = True
        workflow.save(others, "It goes by another name.")

    assert_round_trip("tiny2021", tmp_path, prepare)
    organisations = (tmp_path / "first" / "organisations.yaml").read_text()
    assert "- {id: others, name: Others, pseudonym: true}\n" in organisations
    (tmp_path / "first" / "organisations.yaml").write_text(
        organisations.replace(", pseudonym: true", "")
    )
    prepare()
    found = differences(export(Programme.objects.get(pk="tiny2021")), tmp_path / "first")
    assert "differs: organisation others (pseudonym)" in found  # the updates have new ids


def test_a_pseudonym_is_given_up_for_a_reason(tiny: Address) -> None:
    name = "name: Keepers of the record"
    tiny.edit("organisations.yaml", name, f"{name}, pseudonym: true")
    tiny.load()
    assert Organisation.objects.get(pk="keepers").pseudonymous
    tiny.edit("organisations.yaml", "pseudonym: true", "pseudonym: false")
    assert "“keepers” is public and says otherwise here (pseudonym)" in refusal(tiny)[0]
    tiny.edit("organisations.yaml", "pseudonym: false", "reason: It is their name.")
    assert tiny.load().number(Outcome.UPDATED) == 1
    assert not Organisation.objects.get(pk="keepers").pseudonymous


def test_a_deadline_that_is_in_words_only(tiny: Address, tmp_path: Path) -> None:
    def prepare() -> None:
        tiny.load()
        promise = Promise.objects.get(pk="tiny2021-1-2")
        promise.deadline_wording = {"en": "in the coming years"}
        workflow.save(promise, "The address says so.")

    assert_round_trip("tiny2021", tmp_path, prepare)
    assert "deadline: {wording: in the coming years}" in (tmp_path / "first" / REFORM).read_text()


def test_a_record_without_any_memory_of_files(tiny: Address, tmp_path: Path) -> None:
    def prepare() -> None:
        prepare_others(tiny)
        SeedRecord.objects.all().delete()

    assert_round_trip("tiny2021", tmp_path, prepare)


# Odd texts ----------------------------------------------------------------------------------------


def test_odd_texts_and_figures(tiny: Address, tmp_path: Path) -> None:
    def prepare() -> None:
        tiny.load()
        texts = [text for text in ODD if text == text.strip() and len(text) < 200]
        for number, text in enumerate(texts, start=3):
            promise = make_promise(
                number,
                "tiny2021-1",
                title={"en": " ".join(text.split()[:12]), "kk": "Ә: ө"},
                statement={"ru": text},
                condition={"en": text, "kk": text},
                figures=[
                    {"what": text, "value": 0.1},
                    {"what": {"en": text, "kk": text}, "from": -2.5e-07, "to": 2**53 - 1},
                    {"what": "whole", "value": 3.0, "unit": text},
                ],
                citations=[Cited("tiny-address", locator=text, note={"en": text})],
            )
            make_update(
                promise,
                "implemented",
                organisation="keepers",
                note={"en": text, "ru": text},
                citations=[Cited("daily-report", note={"kk": text}, locator=text)],
            )

    assert_round_trip("tiny2021", tmp_path, prepare)
