"""A change of what the public record says needs a reason in the file; other changes do not."""

import pytest

from reforms import integrity, workflow
from reforms.models import LedgerEntry, Promise, Publisher, Source
from reforms.seeding.report import Outcome
from tests.seeding.looking import appended, changes, everything, refusal
from tests.seeding.tiny import Address

pytestmark = pytest.mark.django_db

REFORM = "reform-01.yaml"
WHY = "The first reading was wrong."

# File, what is replaced, by what, the line of the entry, its place, its name, the changed field;
# and how the reason stands there.
MEANINGFUL = {
    "organisation": (
        "organisations.yaml",
        "name: Keepers of the record",
        "name: Keepers",
        "  - {id: keepers",
        "organisations[0]: the organisation “keepers”",
        "name",
        ", name: Keepers",
    ),
    "publisher": (
        "publishers.yaml",
        "type: independent_media",
        "type: state_media",
        "  - {id: daily",
        "publishers[1]: the publisher “daily”",
        "type",
        ", type: state_media",
    ),
    "source": (
        "sources.yaml",
        "    title: The address\n",
        "    title: The Regent's address\n",
        "  - id: tiny-address\n",
        "sources[1]: the source “tiny-address”",
        "title",
        "    title: The Regent's address",
    ),
    "body": (
        "bodies.yaml",
        "name: River Inspectorate",
        "name: Inspectorate of Rivers",
        "  - {id: inspectorate",
        "bodies[1]: the body “inspectorate”",
        "name",
        ", name: Inspectorate of Rivers",
    ),
    "topic": (
        "topics.yaml",
        "name: Rivers",
        "name: Streams",
        "  - {id: rivers",
        "topics[0]: the topic “rivers”",
        "name",
        ", name: Streams",
    ),
    "programme": (
        "programme.yaml",
        "  promisor: The Regent",
        "  promisor: The Court",
        "programme:",
        "programme: the programme “tiny2021”",
        "promisor",
        "  promisor: The Court",
    ),
    "reform": (
        REFORM,
        "  title: Rivers",
        "  title: Clean rivers",
        "reform:",
        "reform: the reform “tiny2021-1”",
        "title",
        "  title: Clean rivers",
    ),
    "promise": (
        REFORM,
        "    kind: policy",
        "    kind: legislation",
        "  - id: tiny2021-1-2",
        "promises[1]: the promise “tiny2021-1-2”",
        "kind",
        "    kind: legislation",
    ),
}


def give(address: Address, type_: str, reason: str) -> None:
    """Write the reason behind what was changed, in the way of its file."""
    file, *_, changed = MEANINGFUL[type_]
    inline = changed.startswith(", ")
    text = f', reason: "{reason}"' if inline else "\n" + changed.partition(changed.strip())[0]
    address.edit(file, changed, changed + (text if inline else f'{text}reason: "{reason}"'))


@pytest.mark.parametrize("type_", MEANINGFUL)
def test_what_the_record_says_changes_for_a_reason_only(tiny: Address, type_: str) -> None:
    tiny.load()
    file, old, new, line, thing, field, _ = MEANINGFUL[type_]
    tiny.edit(file, old, new)
    tiny.edit("publishers.yaml", "aliases: [Court]", "aliases: [Court, Throne]")
    before = everything()
    assert refusal(tiny) == [
        f"{file}:{tiny.line(file, line)}: {thing} is public and says otherwise here ({field}): say"
        " why in a “reason” at this entry, or restore what it said"
    ]
    assert everything() == before
    assert Publisher.objects.get(pk="regency").aliases == ["Court"]
    give(tiny, type_, WHY)
    report = tiny.load()
    assert report.number(Outcome.UPDATED) == 2
    name = thing.partition("the ")[2].replace("“", "").replace("”", "")
    assert changes(report) == [f"corrected: {name} ({field}): {WHY}"]
    assert ("correct", type_, "role:seeding", WHY) in appended(before[-1])
    assert list(integrity.find_drift()) == []


@pytest.mark.parametrize("type_", MEANINGFUL)
def test_an_old_reason_is_none(tiny: Address, type_: str) -> None:
    tiny.load()
    file, old, new, *_, field, _ = MEANINGFUL[type_]
    tiny.edit(file, old, new)
    give(tiny, type_, WHY)
    tiny.load()
    before = everything()
    assert not tiny.load().wrote  # the reason may stay where it is
    tiny.edit(file, new, old)
    [complaint] = refusal(tiny)
    line = tiny.line(file, 'reason: "')
    assert complaint.startswith(f"{file}:{line}: ")
    assert complaint.endswith(
        f".reason: this reason was given for an earlier change: say why {field} changes now"
    )
    assert everything() == before
    tiny.edit(file, WHY, "The first reading was right after all.")
    tiny.load()
    assert appended(before[-1])[0][3] == "The first reading was right after all."


def test_all_missing_reasons_are_named_together(tiny: Address) -> None:
    tiny.load()
    tiny.edit("topics.yaml", "name: Rivers", "name: Streams")
    tiny.edit(REFORM, "    kind: policy", "    kind: legislation")
    tiny.edit(REFORM, "note: The act on the inspectorate is in force.", "note: Another note.")
    assert len(refusal(tiny)) == 3


def test_the_reason_of_a_first_load_is_used_up(tiny: Address) -> None:
    """It tells of a change that was made before the record knew the object."""
    tiny.edit("topics.yaml", "name: Rivers", "name: Rivers, reason: Once called waters.")
    tiny.load()
    assert {reason for *_, reason in appended()} == {""}
    tiny.edit("topics.yaml", "name: Rivers", "name: Streams")
    assert "given for an earlier change" in refusal(tiny)[0]


@pytest.mark.parametrize(
    ("file", "old", "new", "action", "thing"),
    [
        ("publishers.yaml", "[Court]", "[Court, Throne]", "edit", "publisher"),
        (
            "sources.yaml",
            "    language: en\n",
            "    language: en\n    note: Read.\n",
            "edit",
            "source",
        ),
        (REFORM, "summary: What is", "summary: All that is", "edit", "reform"),
        (REFORM, "    topics: [rivers]\n", "", "edit", "promise"),
        ("topics.yaml", "name: Rivers", "name: {en: Rivers, kk: Өзендер}", "translate", "topic"),
        (
            REFORM,
            "wording: by the middle of the coming year",
            "wording: {en: by the middle of the coming year, ru: к середине года}",
            "translate",
            "promise",
        ),
    ],
)
def test_what_carries_no_meaning_and_translations_need_no_reason(
    tiny: Address, file: str, old: str, new: str, action: str, thing: str
) -> None:
    tiny.load()
    head = LedgerEntry.objects.count()
    tiny.edit(file, old, new)
    report = tiny.load()
    outcome = Outcome.TRANSLATED if action == "translate" else Outcome.UPDATED
    assert report.number(outcome) == 1
    assert appended(head) == [(action, thing, "role:seeding", "")]


def test_a_reason_may_be_given_where_none_is_due(tiny: Address) -> None:
    tiny.load()
    head = LedgerEntry.objects.count()
    tiny.edit("topics.yaml", "name: Rivers", "name: Rivers, reason: Nothing has changed.")
    assert not tiny.load().wrote
    tiny.edit("publishers.yaml", "[Court]", "[Court, Throne], reason: A second name.")
    tiny.load()
    assert appended(head) == [("edit", "publisher", "role:seeding", "A second name.")]


def test_what_was_never_public_changes_without_a_reason(tiny: Address) -> None:
    """Nothing cites the edition itself, so that nobody has seen it."""
    tiny.load()
    assert Source.objects.get(pk="tiny-address-xx").public_since is None
    tiny.edit("sources.yaml", "The address, in another language", "The address in Kazakh")
    assert tiny.load().number(Outcome.UPDATED) == 1


def test_a_reason_fits_the_record(tiny: Address) -> None:
    tiny.edit("topics.yaml", "name: Rivers", f"name: Rivers, reason: {'r' * 2001}")
    tiny.edit(REFORM, "  title: Rivers", '  title: Rivers\n  reason: ""')
    assert tiny.complaints() == [
        f"{REFORM}:4: reform.reason: is empty: write something or leave the key out",
        "topics.yaml:2: topics[0].reason: it has 2001 characters; at most 2000 are allowed",
    ]


def test_a_corrected_publisher_takes_its_origins_along(tiny: Address) -> None:
    """The source gives the reason. What follows needs none of its own, and repeats none: whoever
    has to redact a reason finds it in one entry.
    """
    tiny.load()
    tiny.edit(
        "sources.yaml",
        "title: The address\n    kind: address\n    publisher: regency",
        "title: The address\n    kind: address\n    publisher: daily\n    reason: The Daily printed it.",
    )
    head = LedgerEntry.objects.count()
    report = tiny.load()
    assert changes(report) == ["corrected: source tiny-address (publisher): The Daily printed it."]
    origins = Promise.objects.values_list("citations__origin", flat=True)
    assert set(origins) == {"daily"}
    assert {(action, reason) for action, _, _, reason in appended(head)} == {
        ("correct", "The Daily printed it."),
        ("correct", "Its source’s publisher was corrected."),
    }
    before = everything()
    assert not tiny.load().wrote
    assert everything() == before


def test_everything_is_loaded_in_the_name_of_the_seeding_role(tiny: Address) -> None:
    tiny.load()
    assert {actor for _, _, actor, _ in appended()} == {"role:seeding"}
    moments = list(LedgerEntry.objects.values_list("recorded_at", flat=True))
    assert moments == sorted(set(moments))
    kinds = [(action, type_) for action, type_, *_ in appended()]
    assert kinds.count(("publish", "update")) == 2
    assert kinds[-1] == ("publish", "update")


def test_an_object_of_another_hand_is_completed_for_a_reason(tiny: Address) -> None:
    """What the record says already is not said anew by a file without a word."""
    workflow.save(Publisher(id="regency", name={"en": "The Regency"}, type="state"))
    assert refusal(tiny) == [
        "publishers.yaml:2: publishers[0]: the publisher “regency” is public and says otherwise"
        " here (country): say why in a “reason” at this entry, or restore what it said"
    ]
    tiny.edit("publishers.yaml", "country: XA", "country: XA, reason: It was left out.")
    tiny.load()
    assert Publisher.objects.get(pk="regency").country == "XA"
