"""Everything that is wrong with a submission is said at once, by its place, and nothing is stored."""

from typing import Any

import pytest

from reforms import submissions, workflow
from reforms.models import Publisher, Source, StatusUpdate
from reforms.submissions import SubmissionRefused
from reforms.vocabulary import Status
from tests.fixtures import make_promise
from tests.submissions.saying import ARTICLE, content, key_of, refused, submit, wrong

pytestmark = pytest.mark.usefixtures("promise")


def nothing_is_stored() -> bool:
    private = Source.objects.filter(submitted_by__isnull=False)
    named = Publisher.objects.filter(submitted_by__isnull=False)
    return not (StatusUpdate.objects.exists() or private.exists() or named.exists())


def test_all_at_once_and_nothing_is_stored() -> None:
    assert refused(
        promise="demo2020-9-9",
        status="implementd",
        effective_on="2022-13",
        assessed_on="2099",
        note={"xx": "a", "en": ""},
        stauts="x",
        citations=[ARTICLE, {"source": "nobody", "titel": "x"}, 7, {}],
    ) == [
        ("/stauts", "unknown_field"),
        ("/status", "unknown_value"),
        ("/effective_on", "bad_date"),
        ("/note/xx", "unknown_value"),
        ("/note/en", "empty"),
        ("/citations/1/titel", "unknown_field"),
        ("/citations/2", "wrong_type"),
        ("/promise", "not_found"),
        ("/assessed_on", "bad_date"),
        ("/citations/1/source", "not_found"),
        ("/citations/3", "missing"),
    ]
    assert nothing_is_stored()


def test_what_would_be_right_is_said() -> None:
    with pytest.raises(SubmissionRefused) as refusal:
        submit(status="implementd", citaitons=[])
    unknown, status = refusal.value.complaints
    assert (unknown.nearest, status.nearest) == ("citations", "implemented")
    assert set(status.allowed) == set(Status.values()) - {"not_assessed"}


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"promise": None}, "/promise", "missing"),
        ({"status": None}, "/status", "missing"),
        ({"effective_on": None}, "/effective_on", "missing"),
        ({"promise": 7}, "/promise", "wrong_type"),
        ({"promise": "DEMO2020-1-1"}, "/promise", "not_found"),
        ({"promise": "demo2020-1-1\n"}, "/promise", "not_found"),
        ({"status": True}, "/status", "wrong_type"),
        ({"status": "not_assessed"}, "/status", "unknown_value"),
        ({"effective_on": 2022}, "/effective_on", "wrong_type"),
        ({"effective_on": "05.11.2022"}, "/effective_on", "bad_date"),
        ({"effective_on": "2022-02-30"}, "/effective_on", "bad_date"),
        ({"effective_on": "2022-1"}, "/effective_on", "bad_date"),
        ({"effective_on": "٢٠٢٢"}, "/effective_on", "bad_date"),
        ({"effective_on": "2999"}, "/effective_on", "bad_date"),
        ({"assessed_on": "2021"}, "/assessed_on", "bad_date"),
        ({"status": "not_started", "assessed_on": "2023"}, "/assessed_on", "bad_date"),
        ({"note": 1.5}, "/note", "wrong_type"),
        ({"note": ["a"]}, "/note", "wrong_type"),
        ({"note": ""}, "/note", "empty"),
        ({"note": " \n "}, "/note", "empty"),
        ({"note": {}}, "/note", "empty"),
        ({"note": {"en": False}}, "/note/en", "wrong_type"),
        ({"note": "a" * 5001}, "/note", "too_long"),
        ({"note": {"ru": "ы" * 5001}}, "/note/ru", "too_long"),
        ({"note": "bell \a"}, "/note", "bad_character"),
        ({"note": "half \ud800"}, "/note", "bad_character"),
        ({"note": "nothing \0"}, "/note", "bad_character"),
        ({"language": "de"}, "/language", "unknown_value"),
        ({"external_id": 7}, "/external_id", "wrong_type"),
        ({"external_id": "7" * 201}, "/external_id", "too_long"),
        ({"external_id": ""}, "/external_id", "empty"),
        ({"submitted_by": "compass"}, "/submitted_by", "unknown_field"),
        ({"review_state": "published"}, "/review_state", "unknown_field"),
        ({"a/b~c": 1}, "/a~1b~0c", "unknown_field"),
        ({"\ud800": 1}, "/\N{REPLACEMENT CHARACTER}", "unknown_field"),
        ({"citations": {}}, "/citations", "wrong_type"),
        ({"citations": "demo2020-address"}, "/citations", "wrong_type"),
        ({"citations": [{"source": "demo2020-address"}] * 51}, "/citations", "too_many"),
    ],
)
def test_each_field_takes_what_it_is_for(more: dict[str, Any], pointer: str, code: str) -> None:
    assert refused(**more) == [(pointer, code)]
    assert nothing_is_stored()


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"url": "ftp://daily.example/x"}, "url", "bad_address"),
        ({"url": "javascript:alert(1)"}, "url", "bad_address"),
        ({"url": "daily.example"}, "url", "bad_address"),
        ({"url": "https://"}, "url", "bad_address"),
        ({"url": "https://daily.example:99999/"}, "url", "bad_address"),
        ({"url": "https://daily.example/a b"}, "url", "bad_address"),
        ({"url": "https://anna:secret@daily.example/"}, "url", "bad_address"),
        ({"url": "https://anna@daily.example/"}, "url", "bad_address"),
        ({"url": "https://daily.example/" + "x" * 2000}, "url", "too_long"),
        ({"url": 7}, "url", "wrong_type"),
        ({"title": None}, "title", "missing"),
        ({"title": "a" * 501}, "title", "too_long"),
        ({"title": 7}, "title", "wrong_type"),
        ({"publisher": None}, "publisher", "missing"),
        ({"publisher": {}}, "publisher/name", "missing"),
        ({"publisher": {"name": "X", "type": "press"}}, "publisher/type", "unknown_value"),
        ({"publisher": {"name": "X", "country": "xd"}}, "publisher/country", "bad_form"),
        ({"publisher": {"name": "X", "id": "x"}}, "publisher/id", "unknown_field"),
        ({"publisher": "a" * 201}, "publisher", "too_long"),
        ({"published_on": "yesterday"}, "published_on", "bad_date"),
        ({"kind": "blog"}, "kind", "unknown_value"),
        ({"source_language": "Kazakh"}, "source_language", "bad_form"),
        ({"stance": "support"}, "stance", "unknown_value"),
        ({"basis": "hearsay"}, "basis", "unknown_value"),
        ({"basis": "relays"}, "origin", "missing"),
        ({"locator": "a" * 301}, "locator", "too_long"),
        ({"locator": "art.\x855"}, "locator", "bad_character"),
        ({"note": "a" * 1001}, "note", "too_long"),
        ({"source": "demo2020-address"}, "url", "contradiction"),
    ],
)
def test_each_field_of_a_citation(more: dict[str, Any], pointer: str, code: str) -> None:
    cited = {name: value for name, value in (ARTICLE | more).items() if value is not None}
    assert (f"/citations/1/{pointer}", code) in refused(
        citations=[{"source": "demo2020-address"}, cited]
    )
    assert nothing_is_stored()


def test_no_complaint_repeats_a_password() -> None:
    with pytest.raises(SubmissionRefused) as refusal:
        submit(citations=[ARTICLE | {"url": "https://anna:hunter2@daily.example/"}])
    assert "hunter2" not in repr(refusal.value.complaints) + str(refusal.value)


@pytest.mark.parametrize("sent", [None, [], "x", 7, [content()]])
def test_what_is_sent_is_an_object(sent: Any) -> None:
    who = key_of("lantern")
    assert wrong(submissions.submit, sent, who.organisation, who) == [("", "wrong_type")]


def test_a_promise_has_to_be_public_and_within_the_programme_of_the_key() -> None:
    workflow.withdraw_object(make_promise(2), "Listed twice.")
    assert refused(promise="demo2020-1-2") == [("/promise", "not_found")]
    who = key_of("lantern", programme="far2021")
    assert wrong(submissions.submit, content(), who.organisation, who) == [
        ("/promise", "out_of_reach")
    ]


def test_an_id_of_ones_own_is_taken_once() -> None:
    update = submit(external_id="row-7")
    with pytest.raises(SubmissionRefused) as refusal:
        submit(external_id="row-7")
    [complaint] = refusal.value.complaints
    assert (complaint.pointer, complaint.code) == ("/external_id", "taken")
    assert str(update.pk) in complaint.detail
    assert "is submitted" in complaint.detail
    assert submit("compass", external_id="row-7")
