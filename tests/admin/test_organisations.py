"""Organisations at the admin: taken in with their licence; who is behind them stays with curators."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from reforms import ledger, workflow
from reforms.models import LedgerEntry, Organisation
from tests.admin.browser import add, list_of, page_of
from tests.admin.conftest import Staff
from tests.fixtures import Clock, fresh
from tests.tables import everywhere

LEGAL = "Zebulon & Daughters"


def asked(**changes: Any) -> dict[str, Any]:
    return {
        "id": "beacon",
        "name_en": "Beacon",
        "affiliation_en": "A foundation pays.",
        "accepts_licence": "on",
        **changes,
    }


def test_an_organisation_is_taken_in(staff: Staff, clock: Clock) -> None:
    page = staff.curator.save(
        add(Organisation),
        **asked(
            pseudonymous="on",
            legal_name=LEGAL,
            trusted="on",
            members=[str(staff.boris.user.pk)],
        ),
    )
    assert page.complaints == []
    beacon = Organisation.objects.get(pk="beacon")
    assert (beacon.licence_accepted, beacon.licence_accepted_at) == ("CC-BY-4.0", clock.moment)
    assert (beacon.pseudonymous, beacon.legal_name, beacon.trusted) == (True, LEGAL, True)
    assert list(beacon.members.all()) == [staff.boris.user]
    entry = LedgerEntry.objects.select_related("payload").latest("sequence")
    assert (entry.action, entry.object_id, entry.actor) == ("create", "beacon", "role:curator")
    assert ledger.payload_of(entry)["document"] == {
        "schema": 1,
        "object_type": "organisation",
        "id": "beacon",
        "name": {"en": "Beacon"},
        "affiliation": {"en": "A foundation pays."},
        "url": "",
        "pseudonym": True,
    }


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no licence": ({"accepts_licence": ""}, "Nobody is taken in without: ask for it first."),
    "no affiliation": ({"affiliation_en": ""}, "Write it in at least one language."),
    "no name": ({"name_en": ""}, "Write it in at least one language."),
    "no id": ({"id": "Two Words"}, "is no id"),
    "an unprintable legal name": ({"legal_name": "a\x07b"}, "U+0007"),
}


@pytest.mark.parametrize(("changes", "complaint"), BAD.values(), ids=BAD)
def test_bad_input_is_a_complaint(staff: Staff, changes: dict[str, Any], complaint: str) -> None:
    given = {name: value for name, value in asked(**changes).items() if value}
    page = staff.curator.save(add(Organisation), **given)
    assert complaint in " ".join(page.complaints)
    assert not Organisation.objects.filter(pk="beacon").exists()


def test_one_of_before_accepts_the_licence_later(staff: Staff) -> None:
    lantern = Organisation.objects.get(pk="lantern")
    address = page_of(lantern, "accept_licence")
    assert "not accepted yet" in staff.curator.get(page_of(lantern)).text
    for person in (staff.reviewer, staff.anna):
        assert address not in person.get(page_of(lantern)).text
        assert person.post(address, {}).status == 403
    assert "CC-BY-4.0" in staff.curator.get(address).text
    assert fresh(lantern).licence_accepted == ""
    head = ledger.head()
    staff.curator.post(address, {})
    assert fresh(lantern).licence_accepted == "CC-BY-4.0"
    assert ledger.head() == head
    assert address not in staff.curator.get(page_of(lantern)).text
    # It is asked for once: an edit does not ask again.
    page = staff.curator.save(page_of(lantern), url="https://lantern.example")
    assert page.complaints == []
    assert fresh(lantern).licence_accepted == "CC-BY-4.0"


def test_who_is_behind_it_is_for_curators(staff: Staff) -> None:
    Organisation.objects.filter(pk="lantern").update(legal_name=LEGAL, trusted=True)
    lantern = Organisation.objects.get(pk="lantern")
    fields = staff.curator.get(page_of(lantern)).fields
    assert (fields["legal_name"], fields["trusted"]) == ([LEGAL], ["on"])
    assert fields["members"] == [str(staff.anna.user.pk)]
    for person in (staff.reviewer, staff.anna, staff.boris):
        for address in (page_of(lantern), list_of(Organisation), page_of(lantern, "ledger")):
            text = person.get(address).text.lower()
            for secret in ("zebulon", "legal name", "trusted", "members", "licence"):
                assert secret not in text, (address, secret)
        # Nor by filters, nor in the history of what curators did.
        for query in ("trusted__exact=1", "legal_name__startswith=Z", "members__id__exact=1"):
            assert person.get(f"{list_of(Organisation)}?{query}").status == 400
        assert person.get(list_of(Organisation), q="Zebulon").rows == []
        assert person.get(page_of(lantern, "history")).status == 403
        assert page_of(lantern, "history") not in person.get(page_of(lantern)).text
    assert staff.curator.get(f"{list_of(Organisation)}?trusted__exact=1").rows == [lantern]
    assert staff.curator.get(page_of(lantern, "history")).status == 200


def test_a_legal_name_stands_in_its_own_column_alone(staff: Staff) -> None:
    staff.curator.save(add(Organisation), **asked(legal_name="Zebulon"))
    beacon = Organisation.objects.get(pk="beacon")
    staff.curator.save(page_of(beacon), legal_name=LEGAL, trusted="on")
    assert fresh(beacon).legal_name == LEGAL
    assert LogEntry.objects.filter(object_id="beacon").count() == 2
    assert everywhere("Zebulon") == ["reforms_organisation.legal_name"]


def test_what_is_private_is_no_part_of_the_record(staff: Staff) -> None:
    lantern = Organisation.objects.get(pk="lantern")
    head = ledger.head()
    page = staff.curator.save(
        page_of(lantern), legal_name=LEGAL, trusted="on", members=[str(staff.boris.user.pk)]
    )
    assert page.complaints == []
    lantern = fresh(lantern)
    assert (lantern.legal_name, lantern.trusted) == (LEGAL, True)
    assert list(lantern.members.all()) == [staff.boris.user]
    assert ledger.head() == head


def test_to_call_a_name_a_pseudonym_is_a_correction(staff: Staff) -> None:
    lantern = Organisation.objects.get(pk="lantern")
    page = staff.curator.save(page_of(lantern), pseudonymous="on")
    assert "say why, in a sentence" in " ".join(page.complaints)
    assert not fresh(lantern).pseudonymous
    page = staff.curator.save(
        page_of(lantern), pseudonymous="on", reason="It asked for protection."
    )
    assert page.complaints == []
    entry = LedgerEntry.objects.select_related("payload").latest("sequence")
    said = ledger.payload_of(entry)
    assert (entry.action, said["reason"]) == ("correct", "It asked for protection.")
    assert said["document"]["pseudonym"] is True


def test_nothing_private_of_a_withdrawn_one_is_shown_to_others(staff: Staff) -> None:
    lantern = Organisation.objects.get(pk="lantern")
    Organisation.objects.filter(pk="lantern").update(
        legal_name=LEGAL,
        licence_accepted="CC-BY-4.0",
        licence_accepted_at=datetime(2020, 2, 1, tzinfo=UTC),
    )
    workflow.withdraw_object(lantern, "It dissolved.")
    assert "Zebulon" in staff.curator.get(page_of(lantern)).text.replace("&amp;", "&")
    for person in (staff.reviewer, staff.anna):
        page = person.get(page_of(lantern))
        assert ("It dissolved." in page.text, "Zebulon" in page.text) == (True, False)
    assert staff.curator.post(page_of(lantern, "accept_licence"), {}).status == 200
    assert page_of(lantern, "accept_licence") not in staff.curator.get(page_of(lantern)).text
