from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reforms import integrity, records, workflow
from reforms.errors import RuleBroken, SeedsRefused
from reforms.models import (
    Body,
    Programme,
    Promise,
    Publisher,
    Reform,
    SeedRecord,
    Source,
    StatusUpdate,
    Topic,
)
from reforms.seeding.checking import check
from reforms.seeding.loader import load
from reforms.seeding.report import Notice, Outcome
from reforms.vocabulary import ReviewState, Status
from tests.seeding.looking import MODELS, everything, notices, refusal
from tests.seeding.tiny import Address

pytestmark = pytest.mark.django_db

REFORM = "reform-01.yaml"


def test_everything_is_loaded(tiny: Address) -> None:
    before = datetime.now(UTC)
    report = tiny.load()
    assert report.number(Outcome.CREATED) == 16
    assert report.notices == []
    bounds = Reform.objects.get().bounds
    assert bounds["first"]["ordinal"] == 2
    promise = records.document(Promise.objects.get(pk="tiny2021-1-1"))
    passage = promise.pop("citations")[0]
    expected = {
        "programme": "tiny2021",
        "reform": "tiny2021-1",
        "number": 1,
        "title": {"en": "An inspectorate watches the rivers"},
        "statement": {
            "en": "An inspectorate with 40 inspectors instead of 10 is to watch the rivers."
        },
        "kind": "institution",
        "commitment": "specific",
        "condition": {},
        "deadline": "2022-06",
        "deadline_wording": {"en": "by the middle of the coming year"},
        "figures": [{"what": "inspectors", "from": 10, "to": 40, "unit": "people"}],
        "bodies": [
            {"body": "inspectorate", "role": "affected"},
            {"body": "water-office", "role": "responsible"},
        ],
        "topics": ["rivers"],
        "relations": [{"kind": "depends_on", "promise": "tiny2021-1-2"}],
    }
    assert {name: promise[name] for name in expected} == expected
    [paragraph] = passage.pop("paragraphs")
    assert (paragraph["ordinal"], paragraph["fingerprint"][:4]) == (3, "fp1:")
    assert passage == {
        "source": "tiny-address",
        "stance": "supports",
        "basis": "own_finding",
        "origin": "regency",
        "locator": "",
        "note": {},
    }
    update = StatusUpdate.objects.get(external_id="tiny2021-1-1/act-2022-05")
    assert update.organisation_id == "keepers"
    assert update.review_state == ReviewState.PUBLISHED
    assert (str(update.effective), str(update.assessed)) == ("2022-05", "2022-06-15")
    assert update.published_at is not None
    assert update.published_at >= before
    assert list(update.citations.values_list("origin", "basis", "locator")) == [
        ("regency", "act_in_force", "art. 1"),
        ("regency", "relays", ""),
    ]


def test_verdicts_follow(tiny: Address) -> None:
    tiny.load()
    promise = Promise.objects.get(pk="tiny2021-1-1")
    assert (promise.status, str(promise.since)) == (Status.REVERSED, "2023")
    assert str(promise.first_implemented) == "2022-05"
    assert Promise.objects.get(pk="tiny2021-1-2").status == Status.NOT_ASSESSED
    assert list(integrity.find_drift()) == []
    assert not Source.objects.filter(public_since=None).exclude(pk="tiny-address-xx").exists()


def test_a_second_load_writes_nothing(tiny: Address) -> None:
    tiny.load()
    before = everything()
    with CaptureQueriesContext(connection) as queries:
        report = tiny.load()
    writes = [
        query["sql"]
        for query in queries
        if query["sql"].startswith(("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP"))
    ]
    assert writes == []
    assert everything() == before
    assert not report.wrote
    assert report.number(Outcome.UNCHANGED) == 16


def test_the_order_in_the_files_does_not_matter(tiny: Address) -> None:
    """Editions stand before originals and relations point ahead: both load."""
    tiny.load()
    assert Source.objects.get(pk="tiny-address-xx").edition_of_id == "tiny-address"
    assert Body.objects.get(pk="water-office").successor_id == "inspectorate"


def test_a_changed_file_is_taken(tiny: Address) -> None:
    tiny.load()
    before = Promise.objects.get(pk="tiny2021-1-2").changed_at
    tiny.edit(REFORM, "bodies: []", "bodies: [inspectorate]\n    topics: [rivers]")
    tiny.edit(
        REFORM, "    kind: policy", "    reason: The text names the inspectorate.\n    kind: policy"
    )
    tiny.edit(REFORM, "title: Deposit on bottles", "title: {en: Deposit, ru: Залог}")
    tiny.edit("publishers.yaml", "aliases: [Court]", "aliases: [Court, Throne]")
    report = tiny.load()
    promise = Promise.objects.get(pk="tiny2021-1-2")
    assert promise.title == {"en": "Deposit", "ru": "Залог"}
    assert list(promise.body_ties.values_list("body", "role")) == [("inspectorate", "responsible")]
    assert promise.changed_at > before
    assert Publisher.objects.get(pk="regency").aliases == ["Court", "Throne"]
    assert report.number(Outcome.UPDATED) == 2
    assert list(integrity.find_drift()) == []


def test_an_existing_promise_may_point_to_a_new_one(tiny: Address) -> None:
    tiny.load()
    tiny.edit(
        REFORM,
        "      - {kind: depends_on, promise: tiny2021-1-2}\n",
        "      - {kind: depends_on, promise: tiny2021-1-2}\n"
        "      - {kind: restates, promise: tiny2021-1-3}\n    reason: It was overlooked.\n",
    )
    added = tiny.read(REFORM).partition("  - id: tiny2021-1-2")
    tiny.write(
        REFORM, "".join(added) + (added[1] + added[2]).replace("tiny2021-1-2", "tiny2021-1-3")
    )
    report = tiny.load()
    assert (report.number(Outcome.CREATED), report.number(Outcome.UPDATED)) == (1, 1)
    assert set(Promise.objects.get(pk="tiny2021-1-1").relations.values_list("to", flat=True)) == {
        "tiny2021-1-2",
        "tiny2021-1-3",
    }


def test_what_a_curator_changed_is_kept_and_named(tiny: Address) -> None:
    tiny.load()
    promise = Promise.objects.get(pk="tiny2021-1-2")
    promise.title = {"en": "Deposit for bottles", "ru": "Залог за бутылки"}
    workflow.save(promise, "The text says so.", topics=["rivers"])
    for _ in range(2):
        report = tiny.load()
        assert not report.wrote
        assert notices(report, Notice.KEPT) == ["promise tiny2021-1-2 (title.en, title.ru, topics)"]
    tiny.edit(REFORM, "kind: policy", "kind: legislation\n    reason: It takes a law.")
    report = tiny.load()
    assert report.number(Outcome.UPDATED) == 1
    promise.refresh_from_db()
    assert (promise.kind, promise.title["en"]) == ("legislation", "Deposit for bottles")


def test_a_conflict_is_reported_until_it_is_settled(tiny: Address) -> None:
    tiny.load()
    source = Source.objects.get(pk="gazette")
    source.note = {"en": "Seen by a curator."}
    source.kind = "report"
    workflow.save(source, "It is no act.")
    tiny.edit("sources.yaml", "kind: legal_act", "kind: dataset")
    for _ in range(2):
        report = tiny.load()
        assert notices(report, Notice.CONFLICT) == ["source gazette (kind)"]
        assert notices(report, Notice.KEPT) == ["source gazette (note.en)"]
        assert not report.wrote
    source.kind = "dataset"
    workflow.save(source, "It is a table.")
    assert notices(tiny.load(), Notice.CONFLICT) == []


def test_what_was_withdrawn_is_not_brought_back(tiny: Address) -> None:
    tiny.load()
    promise = Promise.objects.get(pk="tiny2021-1-1")
    workflow.save(promise, topics=[])
    workflow.withdraw_object(Topic.objects.get(pk="rivers"), "Nobody asks for it.")
    report = tiny.load()
    assert notices(report, Notice.WITHDRAWN) == ["topic rivers"]
    assert notices(report, Notice.KEPT) == ["promise tiny2021-1-1 (topics)"]
    assert not Topic.objects.public().exists()
    tiny.write("topics.yaml", "topics: []\n")
    tiny.edit(REFORM, "    topics: [rivers]\n", "")
    assert notices(tiny.load(), Notice.DROPPED) == []


def test_nothing_new_may_rest_on_what_was_withdrawn(tiny: Address) -> None:
    tiny.load()
    workflow.save(Promise.objects.get(pk="tiny2021-1-1"), topics=[])
    workflow.withdraw_object(Topic.objects.get(pk="rivers"), "Nobody asks for it.")
    tiny.edit(REFORM, "    bodies: []", "    topics: [rivers]\n    bodies: []")
    assert refusal(tiny) == [
        f"{REFORM}:{tiny.line(REFORM, '    topics: [rivers]' + chr(10) + '    bodies')}:"
        " promises[1].topics[0]: the topic “rivers” was withdrawn from the record: take it out of"
        " the files"
    ]


def test_a_withdrawn_promise_is_neither_brought_back_nor_missed(tiny: Address) -> None:
    tiny.load()
    for update in StatusUpdate.objects.all():
        workflow.retract(update, "It was another office.")
    workflow.withdraw_object(Promise.objects.get(pk="tiny2021-1-1"), "It was never said.")
    before = everything()
    report = tiny.load()
    assert notices(report, Notice.WITHDRAWN) == ["promise tiny2021-1-1"]
    assert everything() == before
    text = tiny.read(REFORM)
    start, end = text.index("  - id: tiny2021-1-1"), text.index("  - id: tiny2021-1-2")
    tiny.write(REFORM, text[:start] + text[end:])
    tiny.edit(
        "programme.yaml",
        "announced_by: [tiny-address]",
        "announced_by: [tiny-address, gazette, daily-report]\n  reason: They did too.",
    )
    report = tiny.load()
    assert report.notices == []
    assert not Promise.objects.public().filter(pk="tiny2021-1-1").exists()


def test_an_update_goes_with_its_withdrawn_promise(tiny: Address) -> None:
    tiny.load()
    tiny.edit(REFORM, "    relations:\n      - {kind: depends_on, promise: tiny2021-1-2}\n", "")
    tiny.edit(
        REFORM, "    kind: institution", "    kind: institution\n    reason: It stands alone."
    )
    tiny.load()
    workflow.withdraw_object(Promise.objects.get(pk="tiny2021-1-2"), "It was never said.")
    tiny.edit(
        REFORM,
        "    bodies: []",
        '    updates:\n      - key: late\n        status: stalled\n        effective_on: "2022"\n'
        "        citations: [{source: gazette, stance: supports, basis: own_finding}]\n"
        "    bodies: []",
    )
    report = tiny.load()
    assert set(notices(report, Notice.WITHDRAWN)) == {
        "promise tiny2021-1-2",
        "update tiny2021-1-2/late (with its promise)",
    }
    assert not report.wrote


def test_nothing_new_stands_inside_what_was_withdrawn(tiny: Address) -> None:
    tiny.load()
    for update in StatusUpdate.objects.all():
        workflow.retract(update, "It was another office.")
    for promise in Promise.objects.order_by("pk"):
        workflow.withdraw_object(promise, "It was never said.")
    workflow.withdraw_object(Reform.objects.get(), "It was never said.")
    tiny.edit(REFORM, "  - id: tiny2021-1-2", "  - id: tiny2021-1-3")
    tiny.edit(REFORM, "promise: tiny2021-1-2", "promise: tiny2021-1-3")
    before = everything()
    line = tiny.line(REFORM, "  - id: tiny2021-1-3")
    assert refusal(tiny) == [
        f"{REFORM}:{line}: promises[1]: the reform “tiny2021-1” was withdrawn from the record: take"
        " it out of the files"
    ]
    assert everything() == before


def test_what_the_files_drop_is_kept(tiny: Address) -> None:
    tiny.load()
    second = tiny.read(REFORM).partition("  - id: tiny2021-1-2")
    tiny.write(REFORM, second[0].replace("      - {kind: depends_on, promise: tiny2021-1-2}\n", ""))
    tiny.edit(REFORM, "    relations:\n", "    reason: The deposit is gone.\n")
    report = tiny.load()
    assert notices(report, Notice.DROPPED) == ["promise tiny2021-1-2"]
    assert Promise.objects.filter(pk="tiny2021-1-2").exists()


def test_a_new_update_is_added(tiny: Address) -> None:
    tiny.load()
    tiny.edit(
        REFORM,
        "      - key: closed-2023\n",
        "      - key: seen-2022\n        status: partially_implemented\n"
        '        effective_on: "2022-09"\n        note: Twenty inspectors work.\n'
        "        citations:\n"
        "          - {source: daily-report, stance: supports, basis: own_finding}\n"
        "      - key: closed-2023\n",
    )
    report = tiny.load()
    assert (report.number(Outcome.CREATED), report.number(Outcome.UPDATED)) == (1, 0)
    assert Promise.objects.get(pk="tiny2021-1-1").status == Status.REVERSED


@pytest.mark.parametrize("error", [RuleBroken({"note": ["no"]}), RuntimeError("power cut")])
def test_a_failure_in_the_middle_leaves_nothing(
    tiny: Address, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*args: Any) -> None:
        raise error

    monkeypatch.setattr(workflow, "publish", fail)
    with pytest.raises((SeedsRefused, RuntimeError)) as raised:
        tiny.load()
    assert not any(model.objects.exists() for model in (*MODELS, SeedRecord))
    if isinstance(error, RuleBroken):
        line = tiny.line(REFORM, "        note: The act on")
        assert f"{REFORM}:{line}: promises[0].updates[0].note: no" in str(raised.value)
    monkeypatch.undo()
    assert tiny.load().wrote


def test_a_dry_run_says_what_would_happen_and_writes_nothing(tiny: Address) -> None:
    report = tiny.load(dry_run=True)
    assert report.number(Outcome.CREATED) == 16
    assert not any(model.objects.exists() for model in (*MODELS, SeedRecord))
    tiny.load()
    before = everything()
    tiny.edit("topics.yaml", "name: Rivers", "name: Streams, reason: They are small.")
    assert tiny.load(dry_run=True).number(Outcome.UPDATED) == 1
    assert everything() == before


def test_a_time_zone_stays_once_an_update_is_public(tiny: Address) -> None:
    tiny.load()
    tiny.edit("programme.yaml", "Pacific/Kiritimati", "Asia/Almaty\n  reason: It was wrong.")
    with pytest.raises(SeedsRefused, match="time_zone: it stays Pacific/Kiritimati: by its days"):
        tiny.load()
    assert Programme.objects.get().time_zone == "Pacific/Kiritimati"


def test_two_folders_of_two_countries(tiny: Address, steppe: Address) -> None:
    """The second address names the first one's organisation: together they load in any order."""
    report = load(check([steppe.folder, tiny.folder]))
    assert report.number(Outcome.CREATED) == 22
    promise = Promise.objects.get(pk="dala2024-1-1")
    assert promise.title["kk"] == "Әр ауылға құдық"
    assert promise.statement == {"ru": "В каждом ауле будет колодец."}
    assert promise.status == Status.IN_PROGRESS
    programme = Programme.objects.get(pk="dala2024")
    assert (programme.time_zone, programme.licence) == ("Asia/Kathmandu", "CC0-1.0")
    assert str(programme.announced) == "2024-01"
    update = promise.updates.get()
    assert update.published_at is not None
    assert update.counts_from == min(update.effective_on, programme.today(update.published_at))
    assert not load(check([tiny.folder, steppe.folder])).wrote
    assert list(integrity.find_drift()) == []


def test_a_folder_may_rest_on_what_the_record_has(tiny: Address, steppe: Address) -> None:
    assert steppe.complaints() == [
        "programme.yaml:10: programme.lead_organisation: there is no organisation “keepers”"
    ]
    tiny.load()
    report = steppe.load()
    assert report.number(Outcome.CREATED) == 6
    assert report.notices == []  # the other programme's objects are not missed


def test_two_folders_that_describe_one_thing(tiny: Address, steppe: Address) -> None:
    steppe.write("topics.yaml", "topics: [{id: rivers, name: Rivers}]\n")
    with pytest.raises(SeedsRefused) as refused:
        check([tiny.folder, steppe.folder])
    assert refused.value.complaints == [
        f"{steppe.folder}/topics.yaml:1: topics[0].id: the id of a topic “rivers” stands twice;"
        f" first in {tiny.folder}/topics.yaml:2"
    ]


def test_an_object_that_somebody_else_made_is_completed_and_not_overwritten(tiny: Address) -> None:
    Publisher.objects.create(id="daily", name={"en": "Daily Herald"}, type="independent_media")
    Publisher.objects.create(id="regency", name={"en": "The Regency"}, type="state")
    report = tiny.load()
    assert notices(report, Notice.CONFLICT) == ["publisher daily (name.en)"]
    assert Publisher.objects.get(pk="daily").name == {"en": "Daily Herald"}
    assert Publisher.objects.get(pk="regency").country == "XA"


def test_a_publisher_that_a_curator_corrected_is_no_rewriting_of_updates(tiny: Address) -> None:
    tiny.edit(REFORM, "basis: relays, origin: regency", "basis: own_finding")
    tiny.load()
    source = Source.objects.get(pk="daily-report")
    source.publisher_id = "regency"
    workflow.save(source, "The paper is the Regency's.")
    before = everything()
    report = tiny.load()
    assert notices(report, Notice.KEPT) == ["source daily-report (publisher)"]
    assert everything() == before
    tiny.edit("sources.yaml", "publisher: daily", "publisher: regency")
    assert tiny.load().notices == []
    assert everything() == before
