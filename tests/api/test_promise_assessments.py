from typing import Any

from reforms import ledger, workflow
from reforms.models import Organisation, Promise, StatusUpdate
from reforms.workflow import Cited
from tests.api.asking import answer, ask, codes, problem, queries
from tests.api.expected import organisation, update
from tests.api.record import SECRET, Record
from tests.fixtures import make_promise, make_update

PATH = "/promises/demo2020-1-3/assessments/"
OURS = "demo2020-1-20"


# Works.


def test_each_organisations_current_view(record: Record) -> None:
    """The lead's first; what was retracted is nobody's view."""
    assert answer(PATH) == {
        "results": [
            {
                "organisation": organisation("editors"),
                "leads": True,
                "headline": True,
                "agrees": True,
                "dissents": False,
                "update": update(record, "closed"),
            },
            {
                "organisation": organisation("lantern"),
                "leads": False,
                "headline": False,
                "agrees": False,
                "dissents": True,
                "update": update(record, "still-open"),
            },
        ]
    }


def test_without_the_lead(record: Record) -> None:
    views = answer("/promises/demo2020-2-2/assessments/")["results"]
    assert [
        (
            one["organisation"]["id"],
            one["leads"],
            one["agrees"],
            record.name_of(one["update"]["id"]),
        )
        for one in views
    ] == [("compass", False, True, "stuck-too"), ("lantern", False, True, "stuck")]


def test_only_the_latest_of_each(record: Record) -> None:
    views = answer("/promises/demo2020-1-1/assessments/")["results"]
    assert [record.name_of(one["update"]["id"]) for one in views] == ["court"]


def test_nobody_has_looked(record: Record) -> None:
    assert answer("/promises/demo2020-0-1/assessments/") == {"results": []}


def test_language(record: Record) -> None:
    for response in (
        ask("/promises/demo2020-1-1/assessments/", {"lang": "ru"}),
        ask("/promises/demo2020-1-1/assessments/", accept_language="ru"),
    ):
        view = response.json()["results"][0]
        assert view["update"]["note"] == "Судьи присягнули."
        assert view["update"]["language"] == "ru"
        assert "ru" in response.headers["Content-Language"]


def test_fields(record: Record) -> None:
    assert answer(PATH, {"fields": "leads"}) == {"results": [{"leads": True}, {"leads": False}]}
    assert answer(PATH, {"omit": "update,organisation,headline,dissents"}) == {
        "results": [{"leads": True, "agrees": True}, {"leads": False, "agrees": False}]
    }


# Who disagrees. Promise 20 is new; each test lets organisations say something of it.


def says(organisation: str, status: str, effective: str = "2024-01", **more: Any) -> StatusUpdate:
    promise = Promise.objects.filter(pk=OURS).first() or make_promise(20)
    return make_update(promise, status, effective, organisation, **more)


def views(query: Any = None) -> list[tuple[str, str, str]]:
    """Each organisation, the status that it gives, and what its view is to the headline."""
    rows = answer(f"/promises/{OURS}/assessments/", query)["results"]
    names = ("leads", "headline", "agrees", "dissents")
    return [
        (
            row["organisation"]["id"],
            row["update"]["status"],
            " ".join(name for name in names if row[name]),
        )
        for row in rows
    ]


def verdict(query: Any = None) -> tuple[str, bool]:
    told = answer(f"/promises/{OURS}/", {"fields": "status,contested"} | (query or {}))
    return told["status"], told["contested"]


def test_the_lead_is_the_headline_and_another_dissents(record: Record) -> None:
    """Though the other looked later and its status is of a later day."""
    says("editors", "in_progress")
    says("lantern", "implemented", "2024-03")
    assert verdict() == ("in_progress", True)
    assert views() == [
        ("editors", "in_progress", "leads headline agrees"),
        ("lantern", "implemented", "dissents"),
    ]


def test_without_the_lead_the_latest_is_the_headline(record: Record) -> None:
    """Who looked before it became true does not dissent."""
    says("lantern", "implemented", "2024-03")
    says("compass", "in_progress", "2024-01")
    assert verdict() == ("implemented", False)
    assert views() == [
        ("compass", "in_progress", ""),
        ("lantern", "implemented", "headline agrees"),
    ]
    says("compass", "in_progress", "2024-01", assessed="2024-04")
    assert verdict() == ("implemented", True)
    assert views() == [
        ("compass", "in_progress", "dissents"),
        ("lantern", "implemented", "headline agrees"),
    ]


def test_a_view_that_all_share(record: Record) -> None:
    """The headline follows the latest, and all agree with it."""
    says("lantern", "implemented", "2024-03")
    says("compass", "implemented", "2024-01")
    assert verdict() == ("implemented", False)
    assert views() == [
        ("compass", "implemented", "agrees"),
        ("lantern", "implemented", "headline agrees"),
    ]


def test_of_one_date_the_later_publication(record: Record) -> None:
    """Between organisations without the lead, and between updates of one organisation."""
    says("lantern", "implemented")
    says("compass", "stalled")
    assert verdict() == ("stalled", True)
    assert views() == [
        ("compass", "stalled", "headline agrees"),
        ("lantern", "implemented", "dissents"),
    ]
    says("lantern", "in_progress")
    assert verdict() == ("in_progress", True)
    assert views() == [
        ("compass", "stalled", "dissents"),
        ("lantern", "in_progress", "headline agrees"),
    ]


def test_the_lead_arrives_late(record: Record) -> None:
    """From then on the headline is its view, and nobody's view is lost."""
    said = says("lantern", "implemented", "2024-03")
    says("editors", "in_progress", "2024-01")
    assert verdict() == ("in_progress", True)
    assert views() == [
        ("editors", "in_progress", "leads headline agrees"),
        ("lantern", "implemented", "dissents"),
    ]
    assert answer(f"/updates/{said.pk}/")["stands"] is True


def test_a_retraction_brings_back_what_was_said_before(record: Record) -> None:
    says("editors", "in_progress")
    says("lantern", "in_progress", "2024-02")
    later = says("lantern", "implemented", "2024-03")
    assert verdict() == ("in_progress", True)
    workflow.retract(later, "We misread the law.")
    assert verdict() == ("in_progress", False)
    assert views() == [
        ("editors", "in_progress", "leads headline agrees"),
        ("lantern", "in_progress", "agrees"),
    ]
    known = {"known_at": str(ledger.head().sequence - 1)}
    assert verdict(known) == ("in_progress", True)
    assert views(known) == [
        ("editors", "in_progress", "leads headline agrees"),
        ("lantern", "implemented", "dissents"),
    ]


def test_without_the_leads_only_assessment_the_others_speak(record: Record) -> None:
    only = says("editors", "in_progress")
    says("lantern", "implemented", "2024-03")
    workflow.retract(only, "We misread the law.")
    assert verdict() == ("implemented", False)
    assert views() == [("lantern", "implemented", "headline agrees")]


def test_a_correction_takes_the_place_of_what_it_supersedes(record: Record) -> None:
    says("editors", "in_progress")
    wrong = says("lantern", "implemented", "2024-03")
    right = says("lantern", "in_progress", "2024-03", publish=False)
    workflow.supersede(wrong, right, "It was a draft.")
    assert verdict() == ("in_progress", False)
    assert views() == [
        ("editors", "in_progress", "leads headline agrees"),
        ("lantern", "in_progress", "agrees"),
    ]


def test_as_of_a_day_before_the_dissent(record: Record) -> None:
    says("editors", "in_progress")
    says("lantern", "implemented", "2024-03")
    assert verdict({"as_of": "2024-02-15"}) == ("in_progress", False)
    assert views({"as_of": "2024-02-15"}) == [("editors", "in_progress", "leads headline agrees")]


def test_evidence_that_disputes_contests_too(record: Record) -> None:
    """Then nobody's status dissents: the citation of a view does."""
    evidence = [Cited("daily-page"), Cited("watch-page", stance="disputes")]
    says("editors", "in_progress", citations=evidence)
    assert verdict() == ("in_progress", True)
    assert views() == [("editors", "in_progress", "leads headline agrees")]
    [view] = answer(f"/promises/{OURS}/assessments/")["results"]
    assert [one["stance"] for one in view["update"]["citations"]] == ["supports", "disputes"]


def test_what_waits_for_review_is_nobodys_view(record: Record) -> None:
    says("editors", "in_progress")
    before = answer(f"/promises/{OURS}/assessments/")
    says("lantern", "implemented", publish=False)
    assert answer(f"/promises/{OURS}/assessments/") == before


def test_a_pseudonym_is_called_one(record: Record) -> None:
    """Who hides behind it is said nowhere."""
    workflow.save(
        Organisation(
            id="nightjar", name={"en": "Nightjar"}, pseudonymous=True, legal_name=f"{SECRET} Ltd"
        )
    )
    says("nightjar", "implemented")
    says("lantern", "implemented")
    response = ask(f"/promises/{OURS}/assessments/")
    told = {
        row["organisation"]["id"]: row["organisation"]["pseudonym"]
        for row in response.json()["results"]
    }
    assert told == {"nightjar": True, "lantern": False}
    assert SECRET not in response.content.decode()
    known = answer(f"/promises/{OURS}/assessments/", {"known_at": str(ledger.head().sequence)})[
        "results"
    ]
    assert {row["organisation"]["id"]: row["organisation"]["pseudonym"] for row in known} == told


# Queries.


def test_queries(record: Record) -> None:
    assert queries(PATH) == ["promise", "statusupdate", "citation"]
    assert queries("/promises/demo2020-1-1/assessments/") == [
        "promise",
        "statusupdate",
        "citation",
        "paragraph",
    ]


# Bad input.


def test_it_is_always_whole(record: Record) -> None:
    for name in ("limit", "cursor", "count", "ordering", "status", "expand"):
        assert codes(PATH, {name: "1"}) == [(name, "unknown_parameter")]


# Not there.


def test_not_there(record: Record) -> None:
    told = problem(ask("/promises/demo2020-1-99/assessments/"), 404, "not-found")
    assert told["detail"] == "There is no promise demo2020-1-99."
