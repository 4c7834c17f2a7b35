"""What a status update may say: submitted and revised alike."""

from datetime import date
from typing import Any

import pytest

from reforms import workflow
from reforms.dates import PartialDate
from reforms.errors import RuleBroken
from reforms.models import Citation, Programme, Promise, StatusUpdate
from reforms.workflow import Cited
from tests.fixtures import Clock, fresh, make_promise, make_update, revise, row

# At this moment it is 16 June on Kiritimati (demo2020) and 14 June in Pago Pago (far2021).
MOMENT = "2022-06-15T10:30+00:00"
LONG = "x" * 5001

# fmt: off
REFUSED: list[tuple[str, str, dict[str, Any], str, str]] = [
    # what                                   promise of   content                                      field           says
    ("never submitted by anyone",            "demo2020-1", {"status": "not_assessed"},                   "status",       "submitted by nobody"),
    ("no word of the vocabulary",            "demo2020-1", {"status": "done"},                           "status",       "not a valid choice"),
    ("no status",                            "demo2020-1", {"status": ""},                               "status",       "cannot be blank"),
    ("tomorrow on Kiritimati",               "demo2020-1", {"effective": "2022-06-17"},                  "effective_on", "2022-06-17 begins after today, 2022-06-16"),
    ("tomorrow in Pago Pago",                "far2021-1",  {"effective": "2022-06-15"},                  "effective_on", "2022-06-15 begins after today, 2022-06-14"),
    ("next month",                           "demo2020-1", {"effective": "2022-07"},                     "effective_on", "2022-07 begins after today"),
    ("next year",                            "demo2020-1", {"effective": "2023"},                        "effective_on", "2023 begins after today"),
    ("assessed tomorrow",                    "demo2020-1", {"assessed": "2022-06-17"},                   "assessed_on",  "2022-06-17 begins after today"),
    ("assessed next month",                  "demo2020-1", {"assessed": "2022-07"},                      "assessed_on",  "2022-07 begins after today"),
    ("assessed before it became true",       "demo2020-1", {"effective": "2022-05", "assessed": "2022-04"}, "assessed_on", "2022-04 ends before it became effective, 2022-05"),
    ("assessed the day before",              "demo2020-1", {"effective": "2022-05-02", "assessed": "2022-05-01"}, "assessed_on", "ends before it became effective"),
    ("not started, but assessed later",      "demo2020-1", {"status": "not_started", "assessed": "2022-06-15"}, "assessed_on", "the same as effective_on"),
    ("not started, another precision",       "demo2020-1", {"status": "not_started", "effective": "2022-05-31", "assessed": "2022-05"}, "assessed_on", "the same as effective_on"),
    ("a language that the record lacks",     "demo2020-1", {"note": {"de": "Nein"}},                     "note",         "“de” is no language of the record; use en, ru, kk"),
    ("an empty text",                        "demo2020-1", {"note": {"en": " \n"}},                      "note",         "The text in “en” is empty; leave the language out"),
    ("a text without language",              "demo2020-1", {"note": "plain"},                            "note",         "Give the text by language"),
    ("a text that is none",                  "demo2020-1", {"note": {"en": 5}},                          "note",         "The text in “en” is empty"),
    ("a text that is too long",              "demo2020-1", {"note": {"en": LONG}},                       "note",         "has 5001 characters; at most 5000"),
    ("one of three texts that is too long",  "demo2020-1", {"note": {"en": "a", "kk": LONG}},            "note",         "The text in “kk” has 5001"),
    ("NUL",                                  "demo2020-1", {"note": {"en": "a\x00b"}},                   "note",         "U+0000 is not allowed"),
    ("escape",                               "demo2020-1", {"note": {"en": "a\x1b[31m"}},                "note",         "U+001B is not allowed"),
    ("carriage return",                      "demo2020-1", {"note": {"en": "a\rb"}},                     "note",         "U+000D is not allowed"),
    ("a C1 control",                         "demo2020-1", {"note": {"en": "a\x85b"}},                   "note",         "U+0085 is not allowed"),
    ("a lone high surrogate",                "demo2020-1", {"note": {"en": "a\ud83d"}},                  "note",         "U+D83D is not allowed"),
    ("a lone low surrogate",                 "demo2020-1", {"note": {"en": "\ude00b"}},                  "note",         "U+DE00 is not allowed"),
    ("an external id that is too long",      "demo2020-1", {"external_id": "x" * 201},                   "external_id",  "at most 200 characters"),
    ("NUL in an external id",                "demo2020-1", {"external_id": "a\x00"},                     "external_id",  "U+0000 is not allowed"),
    ("a lone surrogate in an external id",   "demo2020-1", {"external_id": "a\ud83d"},                   "external_id",  "U+D83D is not allowed"),
    ("a source that is not there",           "demo2020-1", {"citations": [Cited("nowhere")]},            "source",       "nowhere"),
    ("an origin that is not there",          "demo2020-1", {"citations": [Cited("daily-page", basis="relays", origin="nobody")]}, "origin", "nobody"),
    ("a stance that is none",                "demo2020-1", {"citations": [Cited("daily-page", stance="proves")]}, "stance", "not a valid choice"),
    ("a basis that is none",                 "demo2020-1", {"citations": [Cited("daily-page", basis="hearsay")]}, "basis", "not a valid choice"),
    ("relays nobody",                        "demo2020-1", {"citations": [Cited("daily-page", basis="relays")]}, "origin", "daily-page relays somebody: name the publisher whose assertion it is"),
    ("relays itself",                        "demo2020-1", {"citations": [Cited("daily-page", basis="relays", origin="daily")]}, "origin", "or say own_finding"),
    ("a locator that is too long",           "demo2020-1", {"citations": [Cited("daily-page", locator="x" * 301)]}, "locator", "at most 300 characters"),
    ("a lone surrogate in a locator",        "demo2020-1", {"citations": [Cited("daily-page", locator="art. \ud83d")]}, "locator", "U+D83D is not allowed"),
    ("a note on a citation, too long",       "demo2020-1", {"citations": [Cited("daily-page", note={"en": "x" * 1001})]}, "note", "at most 1000"),
    ("the second citation is wrong",         "demo2020-1", {"citations": [Cited("daily-page"), Cited("daily-page", stance="proves")]}, "stance", "not a valid choice"),
]
ACCEPTED: list[tuple[str, str, dict[str, Any]]] = [
    ("today on Kiritimati, tomorrow elsewhere", "demo2020-1", {"effective": "2022-06-16"}),
    ("today in Pago Pago, yesterday elsewhere", "far2021-1",  {"effective": "2022-06-14"}),
    ("this month, not over yet",                "demo2020-1", {"effective": "2022-06"}),
    ("this year, not over yet",                 "far2021-1",  {"effective": "2022"}),
    ("assessed on the same day",                "demo2020-1", {"effective": "2022-05-02", "assessed": "2022-05-02"}),
    ("assessed in the month that holds the day", "demo2020-1", {"effective": "2022-05-02", "assessed": "2022-05"}),
    ("assessed today",                          "demo2020-1", {"assessed": "2022-06-16"}),
    ("assessed this month",                     "demo2020-1", {"assessed": "2022-06"}),
    ("not started, assessed the same month",    "demo2020-1", {"status": "not_started", "assessed": "2022-05"}),
    ("a note in three languages",               "demo2020-1", {"note": {"en": "Yes", "ru": "Да", "kk": "Иә, қазір ғой"}}),
    ("a note with lines and tabs",              "demo2020-1", {"note": {"en": "One\n\tTwo"}}),
    ("emoji and letters beyond the first plane", "demo2020-1", {"note": {"en": "Done 👍🏽 𠮷"}}),
    ("the longest note",                        "demo2020-1", {"note": {"en": LONG[:-1]}}),
    ("no note at all",                          "demo2020-1", {"note": {}}),
    ("no citation: a draft may wait for one",   "demo2020-1", {"citations": []}),
    ("long ago",                                "demo2020-1", {"effective": "1936"}),
]
# fmt: on


@pytest.mark.parametrize(
    ("reform", "content", "field", "says"),
    [case[1:] for case in REFUSED],
    ids=[c[0] for c in REFUSED],
)
@pytest.mark.parametrize("way", ["submit", "revise"])
def test_content_is_refused(
    cast: None,
    clock: Clock,
    way: str,
    reform: str,
    content: dict[str, Any],
    field: str,
    says: str,
) -> None:
    clock.at(MOMENT)
    promise = make_promise(reform=reform)
    complete = {"status": "in_progress", "effective": "2022-05"} | content
    if way == "submit":
        with pytest.raises(RuleBroken) as broken:
            make_update(promise, publish=False, **complete)
        assert not StatusUpdate.objects.exists()
        assert not Citation.objects.exists()
    else:
        update = make_update(promise, "in_progress", "2022-05", publish=False)
        before, cited = row(update), list(update.citations.values())
        with pytest.raises(RuleBroken) as broken:
            revise(update, **complete)
        assert row(update) == before
        assert list(update.citations.values()) == cited
    assert list(broken.value.fields) == [field]
    assert says in broken.value.fields[field][0]
    assert says in str(broken.value)


@pytest.mark.parametrize(
    ("reform", "content"), [case[1:] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED]
)
def test_content_is_accepted_and_stored_as_it_was_given(
    cast: None, clock: Clock, reform: str, content: dict[str, Any]
) -> None:
    clock.at(MOMENT)
    complete = {"status": "in_progress", "effective": "2022-05"} | content
    update = fresh(make_update(make_promise(reform=reform), publish=False, **complete))
    assert str(update.effective) == complete["effective"]
    assert update.note == complete.get("note", {})
    if "assessed" in complete:
        assert str(update.assessed) == complete["assessed"]


def test_every_bad_field_is_named_at_once(promise: Promise, clock: Clock) -> None:
    clock.at(MOMENT)
    with pytest.raises(RuleBroken) as broken:
        make_update(promise, "not_assessed", "2024", assessed="2023", publish=False)
    assert set(broken.value.fields) == {"status", "effective_on", "assessed_on"}


def test_not_started_is_assessed_when_it_is_effective(promise: Promise) -> None:
    update = fresh(make_update(promise, "not_started", "2022-05", publish=False))
    assert update.assessed == update.effective == PartialDate.parse("2022-05")


def test_a_period_is_stored_by_its_last_day_whatever_day_was_given(promise: Promise) -> None:
    """An admin form has two inputs, a day and a precision; a later order relies on the last day."""
    update = make_update(promise, "in_progress", publish=False)
    update.effective_on, update.effective_precision = date(2022, 5, 3), "month"
    update.assessed_on, update.assessed_precision = date(2022, 5, 4), "year"
    workflow.revise(update)
    assert fresh(update).effective_on == date(2022, 5, 31)
    assert fresh(update).assessed_on == date(2022, 12, 31)
    promise.deadline_on, promise.deadline_precision = date(2022, 2, 1), "year"
    workflow.save(promise, "The text gives a year.")
    assert fresh(promise).deadline_on == date(2022, 12, 31)


def test_what_lay_ahead_when_it_was_submitted_is_checked_again_at_publication(
    cast: None, clock: Clock
) -> None:
    """The programme moved to another time zone meanwhile: there it is still yesterday."""
    clock.at(MOMENT)
    update = make_update(make_promise(), "implemented", "2022-06-16", publish=False)
    programme = Programme.objects.get(pk="demo2020")
    programme.time_zone = "Pacific/Pago_Pago"
    workflow.save(programme, "It was the wrong one.")
    update = fresh(update)
    with pytest.raises(RuleBroken, match="2022-06-16 begins after today, 2022-06-14"):
        workflow.publish(update)
    assert fresh(update).review_state == "submitted"


@pytest.mark.parametrize("ended", [False, True], ids=["standing", "ended"])
def test_the_days_of_public_updates_stay_those_of_their_programme(cast: None, ended: bool) -> None:
    """From when they count was told in that time zone; the ledger alone could not tell it again."""
    update = make_update(make_promise(), "implemented")
    if ended:
        workflow.retract(update, "We misread it.")
    programme = Programme.objects.get(pk="demo2020")
    programme.time_zone = "Pacific/Pago_Pago"
    complaint = "time_zone: it stays Pacific/Kiritimati: by its days the public status updates"
    with pytest.raises(RuleBroken, match=complaint):
        workflow.save(programme, "It was the wrong one.")
    assert fresh(programme).time_zone == "Pacific/Kiritimati"
    other = Programme.objects.get(pk="far2021")
    other.time_zone = "Pacific/Kiritimati"
    assert workflow.save(other, "It was the wrong one.")


def test_the_same_external_id_is_refused_to_one_organisation_only(promise: Promise) -> None:
    make_update(promise, "stalled", external_id="row 7", publish=False)
    make_update(promise, "stalled", organisation="lantern", external_id="row 7", publish=False)
    with pytest.raises(RuleBroken):
        make_update(promise, "implemented", external_id="row 7", publish=False)
    for _ in range(2):
        make_update(promise, "implemented", external_id="", publish=False)
