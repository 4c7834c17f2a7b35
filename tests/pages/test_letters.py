"""What readers send to the curators: forms that say what is wrong, limits, and receipts."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from lxml import html

from reforms import ledger, letters, workflow
from reforms.models import ErrorReport, LetterState, Promise, ProposedReply
from reforms.pages.letters import concerned
from tests.fixtures import Clock, make_reply, make_report
from tests.pages.reading import ask, read, said, text

PAGE = "/promises/demo2020-1-1/?known_at=5"
WRONG = {"wrong": "It was June,\r\nnot July."}
REPLY = {
    "text": "It is done.\r\n\r\nSee the gazette.",
    "language": "en",
    "signed_by": "Office of the President",
    "dated_on": "2022-06-30",
    "contact": "press@president.example",
}


class Form:
    """A form as a browser has it: what it carries, what is typed, and sending it."""

    def __init__(self, path: str, clock: Clock) -> None:
        self.path = path
        self.clock = clock
        self.client = Client(enforce_csrf_checks=True)
        self.read(self.client.get(path))

    def read(self, response: Any) -> None:
        self.page = html.fromstring(response.content.decode())
        [form] = self.page.xpath("//main//form")
        # The line break that opens a text area is none of its text.
        self.typed = {name: value.removeprefix("\n") for name, value in form.form_values()}

    def send(self, /, after: int = 5, origin: str = "192.0.2.1", **typed: str) -> Any:
        """Type, send some seconds later, and see what comes back."""
        self.clock.tick(after)
        response = self.client.post(self.path, self.typed | typed, REMOTE_ADDR=origin)
        if response.status_code not in (302, 403, 404, 410):
            self.read(response)
        return response

    def complaints(self) -> list[str]:
        return [text(one) for one in self.page.xpath("//*[@role='alert']//li")]


@pytest.fixture(autouse=True)
def noon(clock: Clock, cast: None) -> None:
    clock.at("2022-07-01T12:00:00+00:00")


@pytest.fixture
def report(clock: Clock) -> Form:
    return Form("/report/?about=/promises/demo2020-1-1/%3Fknown_at%3D5", clock)


# Reports


def test_a_report_waits_for_the_curators(report: Form) -> None:
    sent = report.send(**WRONG, evidence="law.example/1")
    [kept] = ErrorReport.objects.all()
    assert sent.headers["Location"] == f"/report/{kept.receipt}/"
    assert (kept.page, kept.sequence) == (PAGE, ledger.head().sequence)
    assert (kept.wrong, kept.evidence) == ("It was June,\nnot July.", "https://law.example/1")
    assert kept.state == LetterState.NEW


def test_the_receipt_tells_what_became_of_it_and_nothing_else(report: Form, people: Any) -> None:
    receipt = report.send(**WRONG, contact="me@home.example").headers["Location"]
    assert f"http://testserver{receipt}" in said(receipt)
    [kept] = ErrorReport.objects.all()
    letters.decide(kept, LetterState.ANSWERED, people.curator, "It <b>was</b> July.")
    told = said(receipt)
    assert "Answered: nothing had to be changed; the curators answered." in told
    assert "It <b>was</b> July." in told
    assert not any(one in told for one in ("June", "me@home", "demo2020"))
    assert ask("/report/aaaaaaaaaaaaaaaaaaaa/").status_code == 404


def test_the_very_same_sent_again_is_one_report(report: Form) -> None:
    first = report.send(**WRONG).headers["Location"]
    assert report.send(wrong=" It was  June,\nnot July. ").headers["Location"] == first
    assert report.send(wrong="It was May.").headers["Location"] != first
    assert ErrorReport.objects.count() == 2


MISTAKES = [
    ({"wrong": ""}, "What is wrong? Say what is wrong, in a sentence."),
    ({"wrong": "x" * 3001}, "What is wrong? Ensure this value has at most 3000 characters"),
    ({"wrong": "a\x07b"}, "What is wrong? The character U+0007 is not allowed"),
    ({"evidence": "no address"}, "Where can we see that? This is no address of a page"),
    ({"evidence": "javascript:alert(1)"}, "Where can we see that? This is no address of a page"),
    ({"page": "https://elsewhere.example/"}, "On which page? This is no page of ours"),
    ({"page": "//elsewhere.example/"}, "On which page? This is no page of ours"),
    ({"page": ""}, "On which page? Say which page you mean"),
    ({"website": "https://spam.example"}, "Leave this empty Empty this field"),
    ({"opened": ""}, "This form was open for long."),
    ({"opened": "1:abc"}, "This form was open for long."),
]


@pytest.mark.parametrize(("typed", "complaint"), MISTAKES)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    report: Form, typed: dict[str, str], complaint: str
) -> None:
    sent = report.send(**WRONG | {"right": "<i>July</i>"} | typed)
    assert sent.status_code == 400
    [told] = report.complaints()
    assert told.startswith(complaint)
    assert report.typed["right"] == "<i>July</i>"
    assert not ErrorReport.objects.exists()
    # Put right, it is taken.
    mended = {"page": PAGE, "evidence": "", "website": "", "opened": report.typed["opened"]}
    assert report.send(**mended | WRONG).status_code == 302


def test_a_complaint_is_tied_to_its_field(report: Form) -> None:
    report.send(wrong="", evidence="no address")
    assert report.page.xpath("//title/text()")[0].startswith("Not sent yet: ")
    [alert] = report.page.xpath("//*[@role='alert']")
    assert (alert.get("tabindex"), "autofocus" in alert.attrib) == ("-1", True)
    for name in ("wrong", "evidence"):
        [field] = report.page.xpath(f"//*[@name='{name}']")
        assert field.get("aria-invalid") == "true"
        described = [
            report.page.get_element_by_id(one) for one in field.get("aria-describedby").split()
        ]
        assert described[-1].get("class") == "complaint"
        assert alert.xpath(f".//a[@href='#{field.get('id')}']")


def test_machines_are_too_quick_and_people_may_take_their_time(report: Form) -> None:
    assert report.send(1, **WRONG).status_code == 400
    assert report.complaints() == ["That was very quick. Look at it again, and send it."]
    assert report.send(2, **WRONG).status_code == 302
    assert report.send(25 * 60 * 60, **WRONG).status_code == 400
    assert report.send(**WRONG).status_code == 302


def test_no_other_site_sends_it(report: Form, client: Client) -> None:
    refused = Client(enforce_csrf_checks=True).post("/report/", WRONG)
    assert refused.status_code == 403
    # Who reports has no account to sign in to.
    assert "sign in again" not in refused.content.decode()
    assert report.client.cookies["csrftoken"]["samesite"] == "Strict"
    assert ask("/report/").headers["Cache-Control"] == "no-store"
    assert not ask("/").cookies


@pytest.mark.parametrize(
    ("limits", "complaint", "wait"),
    [
        ({"report": [(2, "hour", 3600)]}, "Too much was sent from your address.", 3590),
        ({"reports": [(2, "day", 86400)]}, "The curators were sent more today than they", 43190),
    ],
)
def test_the_queue_cannot_be_flooded(report: Form, limits: Any, complaint: str, wait: int) -> None:
    with override_settings(LIMITS=settings.LIMITS | limits):
        for number in range(2):
            assert report.send(1 if number else 4, wrong=f"Wrong {number}").status_code == 302
        assert report.send(wrong="").status_code == 400, "what is not received is not counted"
        full = report.send(0, **WRONG)
        assert (full.status_code, full.headers["Retry-After"]) == (429, str(wait))
        assert report.complaints()[0].startswith(complaint)
        assert report.typed["wrong"].strip() == "It was June,\nnot July."
        elsewhere = report.send(0, origin="192.0.2.2", **WRONG).status_code
        assert elsewhere == (302 if "report" in limits else 429)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/api/v1/promises/demo2020-1-1/?known_at=3", ("promise", "demo2020-1-1")),
        ("/promises/demo2020-1-1/?as_of=2022-01-01", ("promise", "demo2020-1-1")),
        ("/api/v1/promises/", ("", "")),
        ("/report/", ("", "")),
        ("/nowhere/", ("", "")),
    ],
)
def test_what_a_report_is_about(address: str, expected: tuple[str, str]) -> None:
    assert concerned(address) == expected


# Replies


def test_a_reply_in_the_promisors_name_is_not_public(promise: Promise, clock: Clock) -> None:
    head = ledger.head()
    form = Form(f"/reply/?promise={promise.pk}", clock)
    assert "Promise 1" in text(form.page)
    receipt = form.send(**REPLY).headers["Location"]
    [kept] = ProposedReply.objects.all()
    assert receipt == f"/report/{kept.receipt}/"
    assert (kept.promise, kept.text) == (promise, "It is done.\n\nSee the gazette.")
    assert ledger.head() == head
    for path in ("/", f"/api/v1/promises/{promise.pk}/", "/api/v1/replies/", receipt):
        assert "gazette" not in ask(path).content.decode()


def test_a_reply_says_who_replies_and_how_to_verify_it(promise: Promise, clock: Clock) -> None:
    form = Form(f"/reply/?promise={promise.pk}", clock)
    form.send(**REPLY | {"signed_by": "", "contact": "", "dated_on": "30.6.2022"})
    assert form.complaints() == [
        "Who replies? Name the office that replies.",
        "Of which day is it? This is no day: write it as 2026-11-05.",
        "How can we verify that it comes from you? Name an official address or telephone number"
        " at which we can ask back.",
    ]
    assert not ProposedReply.objects.exists()


def test_a_reply_bears_no_day_that_is_yet_to_come(promise: Promise, clock: Clock) -> None:
    """It could not be filed as it was sent, and the curators may not change its date."""
    form = Form("/reply/?promise=demo2020-1-1", clock)
    # On Kiritimati the second of July has begun.
    assert form.send(**REPLY | {"dated_on": "2022-07-03"}).status_code == 400
    assert form.complaints() == ["Of which day is it? 2022-07-03 is after today, 2022-07-02"]
    assert form.send(dated_on="2022-07-02").status_code == 302


def test_a_reply_is_to_a_promise_of_the_record(promise: Promise, clock: Clock) -> None:
    assert "no promise demo2020-9-9" in said("/reply/?promise=demo2020-9-9", 404)
    assert "Say to which promise" in said("/reply/", 400)
    form = Form(f"/reply/?promise={promise.pk}", clock)
    workflow.withdraw_object(promise, "Entered twice.")
    assert form.send(**REPLY).status_code == 410
    assert not ProposedReply.objects.exists()


def test_a_promise_shows_what_its_promisor_says(promise: Promise) -> None:
    page = f"/promises/{promise.pk}/"
    assert "The promisor has filed no reply." in said(page)
    make_reply(promise, text={"ru": "<b>Сделано.</b>"}, signed_by={"ru": "Администрация"})
    [shown] = read(page).xpath("//section[@class='replies']/article")
    # The promisor's words alone: the date beside them is the page's.
    assert shown.xpath("./div/@lang") == ["ru"]
    assert text(shown) == "Администрация, 1 July 2020 <b>Сделано.</b>"
    [link] = read(page).xpath("//section[@class='replies']//a/@href")
    assert link == f"/reply/?promise={promise.pk}"
    assert "has filed no reply by this moment" in said(
        f"{page}?known_at={ledger.head().sequence - 1}"
    )


# Beside the record


def test_every_page_leads_to_the_form_that_reports_it(promise: Promise) -> None:
    path = f"/promises/{promise.pk}/?as_of=2022-01-01"
    [link] = set(read(path).xpath("//a[starts-with(@href, '/report/')]/@href"))
    [field] = read(link).xpath("//input[@name='page']/@value")
    assert field == path
    refused = read("/?as_off=1", 400).xpath("//a[starts-with(@href, '/report/')]/@href")
    assert refused == ["/report/?about=%2F%3Fas_off%3D1"]
    assert not read("/report/").xpath("//footer//a[starts-with(@href, '/report/')]")


def test_nothing_of_a_report_reaches_the_record(cast: None) -> None:
    head = ledger.head()
    make_report(PAGE, wrong="A secret.", contact="me@home.example")
    assert ledger.head() == head
    for path in ("/", "/report/", "/api/v1/", "/api/v1/changes/"):
        assert "secret" not in ask(path).content.decode()
    assert read("/report/").xpath("//meta[@name='robots']/@content") == ["noindex"]
