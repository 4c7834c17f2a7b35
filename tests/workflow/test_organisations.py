"""Organisations are taken in with the data licence, and with a word on whose they are."""

from typing import Any

import pytest

from reforms import ledger, records, workflow
from reforms.errors import RuleBroken
from reforms.models import LedgerEntry, Organisation
from tests.fixtures import Clock, fresh, row


def beacon(**columns: Any) -> Organisation:
    given = {"id": "beacon", "name": {"en": "Beacon"}, "affiliation": {"en": "Its members pay."}}
    return Organisation(**given | columns)


def test_enrolling_accepts_the_licence_and_is_public(cast: None, clock: Clock) -> None:
    organisation = beacon()
    workflow.enrol(organisation)
    stored = fresh(organisation)
    assert (stored.licence_accepted, stored.licence_accepted_at) == ("CC-BY-4.0", clock.moment)
    assert stored.is_public
    entry = LedgerEntry.objects.latest("sequence")
    assert (entry.action, entry.object_type, entry.object_id) == (
        "create",
        "organisation",
        "beacon",
    )


def test_the_licence_is_the_one_of_the_settings(cast: None, settings: Any) -> None:
    settings.DATA_LICENCE = "ODbL-1.0"
    organisation = beacon()
    workflow.enrol(organisation)
    assert fresh(organisation).licence_accepted == "ODbL-1.0"


def test_affiliation_is_stated(cast: None) -> None:
    with pytest.raises(RuleBroken, match="affiliation: say whose it is and who pays"):
        workflow.enrol(beacon(affiliation={}))
    assert not Organisation.objects.filter(pk="beacon").exists()


def test_the_record_says_what_is_a_pseudonym_and_nothing_that_is_private(cast: None) -> None:
    organisation = beacon(pseudonymous=True, legal_name="Zebulon", trusted=True)
    workflow.enrol(organisation)
    document = records.document(organisation)
    assert document["pseudonym"] is True
    assert not {"legal_name", "trusted", "members", "licence_accepted"} & document.keys()
    assert "pseudonym" not in records.document(Organisation.objects.get(pk="lantern"))


def test_one_of_before_accepts_the_licence(cast: None, clock: Clock) -> None:
    head = ledger.head()
    lantern = Organisation.objects.get(pk="lantern")
    assert workflow.accept_licence(lantern)
    assert lantern.licence_accepted == "CC-BY-4.0"
    before = row(lantern)
    clock.at("2030-01-01T00:00Z")
    assert not workflow.accept_licence(lantern)
    assert row(lantern) == before
    assert ledger.head() == head


def test_another_licence_is_accepted_anew(cast: None, settings: Any) -> None:
    lantern = Organisation.objects.get(pk="lantern")
    workflow.accept_licence(lantern)
    settings.DATA_LICENCE = "CC0-1.0"
    assert workflow.accept_licence(lantern)
    assert fresh(lantern).licence_accepted == "CC0-1.0"


def test_what_was_withdrawn_accepts_nothing(cast: None) -> None:
    compass = Organisation.objects.get(pk="compass")
    workflow.withdraw_object(compass, "Entered twice.")
    with pytest.raises(RuleBroken, match="compass was withdrawn from the record"):
        workflow.accept_licence(compass)
