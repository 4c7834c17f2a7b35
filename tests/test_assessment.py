"""From assessments to a verdict. Each table is the rule, case by case.

Assessments are written short: `says("lantern", "implemented", "2022-06")`. Unless a case says
otherwise an assessment was published long after its effective date, each later than the one before.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise, permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reforms.assessment import (
    Assessment,
    Evidence,
    Period,
    Since,
    Verdict,
    current,
    headline,
    history,
    judge,
    periods,
    timeliness,
    verification,
)
from reforms.dates import PartialDate
from reforms.vocabulary import Basis, Stance, Status, Timeliness, Verification

pytestmark = pytest.mark.without_database

LEAD = "editors"
FIRST_PUBLICATION = datetime(2026, 1, 1, tzinfo=UTC)


def says(
    organisation: str,
    status: str,
    effective: str,
    *evidence: Evidence,
    published: int = 0,
    assessed: str = "",
) -> Assessment:
    """An assessment that was published `published` seconds after the first of 2026."""
    written = PartialDate.parse(effective)
    published_at = FIRST_PUBLICATION + timedelta(seconds=published)
    counts_from = min(written.last, published_at.date())
    return Assessment(
        id=f"{organisation} {status} {effective} {published}",
        organisation=organisation,
        status=Status(status),
        effective=written,
        counts_from=counts_from,
        assessed=date.fromisoformat(assessed) if assessed else counts_from,
        published_at=published_at,
        evidence=evidence,
    )


# Headline, and since when ------------------------------------------------------------------------

# fmt: off
HEADLINES = [
    (
        "nobody has looked",
        [],
        "not_assessed", None,
    ),
    (
        "the lead alone",
        [says("editors", "in_progress", "2022-06")],
        "in_progress", "2022-06",
    ),
    (
        "the lead's latest effective date wins, whenever it was published",
        [says("editors", "implemented", "2022-09", published=1),
         says("editors", "in_progress", "2022-06", published=2)],
        "implemented", "2022-09",
    ),
    (
        "a tie goes to the later publication",
        [says("editors", "implemented", "2022-09", published=2),
         says("editors", "in_progress", "2022-09", published=1)],
        "implemented", "2022-09",
    ),
    (
        "a month counts as its last day: it ties with that day",
        [says("editors", "implemented", "2022-09-30", published=1),
         says("editors", "in_progress", "2022-09", published=2)],
        "in_progress", "2022-09",
    ),
    (
        "a year counts as its last day: it comes after its December",
        [says("editors", "implemented", "2022", published=1),
         says("editors", "in_progress", "2022-12-30", published=2)],
        "implemented", "2022",
    ),
    (
        "a month that is not over counts from the day of publication",
        [says("editors", "implemented", "2026-01", published=0),
         says("editors", "stalled", "2026-01-02", published=90_000)],
        "stalled", "2026-01-02",
    ),
    (
        "the lead outweighs the others, also the later ones and the many",
        [says("editors", "in_progress", "2022-01"),
         says("lantern", "implemented", "2023-01"),
         says("compass", "implemented", "2024-01")],
        "in_progress", "2022-01",
    ),
    (
        "without the lead: what all the others share",
        [says("lantern", "implemented", "2022-05"), says("compass", "implemented", "2022-07")],
        "implemented", "2022-05",
    ),
    (
        "without the lead, and they differ: the latest",
        [says("lantern", "implemented", "2022-05"), says("compass", "stalled", "2022-07")],
        "stalled", "2022-07",
    ),
    (
        "without the lead, and they differ on one day: the later publication",
        [says("lantern", "implemented", "2022-05", published=2),
         says("compass", "stalled", "2022-05", published=1)],
        "implemented", "2022-05",
    ),
    (
        "without the lead: only each one's current view is compared",
        [says("lantern", "stalled", "2022-03"), says("lantern", "implemented", "2022-05"),
         says("compass", "implemented", "2022-07")],
        "implemented", "2022-05",
    ),
    (
        "an unbroken run begins with its first assessment",
        [says("editors", "in_progress", "2022-01"), says("editors", "implemented", "2022-05"),
         says("editors", "implemented", "2022-09"), says("editors", "implemented", "2023")],
        "implemented", "2022-05",
    ),
    (
        "a broken run begins anew",
        [says("editors", "implemented", "2022-05"), says("editors", "reversed", "2023-01"),
         says("editors", "implemented", "2024-02"), says("editors", "implemented", "2025-02")],
        "implemented", "2024-02",
    ),
    (
        "a run that others began goes on when the lead says the same",
        [says("lantern", "implemented", "2022-05"), says("editors", "implemented", "2022-09")],
        "implemented", "2022-05",
    ),
    (
        "a run that others began ends when the lead says something else",
        [says("lantern", "implemented", "2022-05"), says("editors", "in_progress", "2022-09"),
         says("lantern", "implemented", "2022-11")],
        "in_progress", "2022-09",
    ),
    (
        "others do not break the lead's run",
        [says("editors", "implemented", "2022-05"), says("lantern", "reversed", "2022-07"),
         says("editors", "implemented", "2022-09")],
        "implemented", "2022-05",
    ),
    (
        "what was corrected within one day breaks no run",
        [says("editors", "implemented", "2022-05"),
         says("editors", "stalled", "2022-09-30", published=1),
         says("editors", "implemented", "2022-09-30", published=2)],
        "implemented", "2022-05",
    ),
    (
        "since keeps the precision in which it was written",
        [says("editors", "implemented", "2022")],
        "implemented", "2022",
    ),
]
# fmt: on


@pytest.mark.parametrize(
    ("given_", "status", "since"),
    [case[1:] for case in HEADLINES],
    ids=[case[0] for case in HEADLINES],
)
def test_headline_and_since(given_: list[Assessment], status: str, since: str | None) -> None:
    for order in permutations(given_):
        verdict = judge(order, LEAD)
        assert verdict.status == status
        if since is None:
            assert verdict.since is None
        else:
            assert verdict.since is not None
            assert str(verdict.since.written) == since


def test_nothing_assessed_is_the_empty_verdict() -> None:
    assert judge([], LEAD) == Verdict(
        status=Status.NOT_ASSESSED,
        since=None,
        verification=Verification.NONE,
        contested=False,
        first_implemented=None,
    )


def test_current_is_one_view_for_each_organisation() -> None:
    old, new = says("editors", "stalled", "2022-01"), says("editors", "implemented", "2022-02")
    other = says("lantern", "stalled", "2021")
    assert current([new, other, old]) == {"editors": new, "lantern": other}
    assert current([]) == {}


def test_headline_picks_one_of_the_views() -> None:
    lead, other = says("editors", "stalled", "2022-01"), says("lantern", "implemented", "2023")
    assert headline([other, lead], LEAD) is lead
    assert headline([other, lead], "nobody") is other
    assert headline([other, lead], None) is other
    assert headline([], LEAD) is None


def test_since_counts_from_publication_while_the_period_runs() -> None:
    verdict = judge([says("editors", "in_progress", "2026", published=0)], LEAD)
    assert verdict.since == Since(date(2026, 1, 1), PartialDate.parse("2026"))


# fmt: off
RUNS = [
    ("none", [], []),
    ("one",
     [says("editors", "in_progress", "2022-01")],
     ["in_progress 2022-01"]),
    ("there and back",
     [says("editors", "in_progress", "2022-01"), says("editors", "implemented", "2022-03"),
      says("editors", "implemented", "2022-04"), says("editors", "reversed", "2023"),
      says("editors", "implemented", "2024-06")],
     ["in_progress 2022-01", "implemented 2022-03", "reversed 2023", "implemented 2024-06"]),
    ("the lead takes over",
     [says("lantern", "stalled", "2022-01"), says("compass", "implemented", "2022-02"),
      says("editors", "in_progress", "2022-03"), says("compass", "reversed", "2022-04")],
     ["stalled 2022-01", "implemented 2022-02", "in_progress 2022-03"]),
    ("only what a day leaves counts",
     [says("lantern", "stalled", "2022-01-31", published=1),
      says("editors", "implemented", "2022-01", published=0),
      says("editors", "in_progress", "2022-01-31", published=3)],
     ["in_progress 2022-01-31"]),
]
# fmt: on


@pytest.mark.parametrize(
    ("given_", "runs"), [case[1:] for case in RUNS], ids=[case[0] for case in RUNS]
)
def test_history_lists_what_began_each_run(given_: list[Assessment], runs: list[str]) -> None:
    for order in permutations(given_):
        assert [f"{one.status} {one.effective}" for one in history(order, LEAD)] == runs


# fmt: off
FIRST_IMPLEMENTED = [
    ("never",                [says("editors", "in_progress", "2022")], None),
    ("partly is not yet",    [says("editors", "partially_implemented", "2022")], None),
    ("once",                 [says("editors", "implemented", "2022-06")], "2022-06"),
    ("and still",            [says("editors", "implemented", "2022-06"),
                              says("editors", "implemented", "2023-06")], "2022-06"),
    ("and reversed",         [says("editors", "implemented", "2022-06"),
                              says("editors", "reversed", "2023-06")], "2022-06"),
    ("and again: the first", [says("editors", "implemented", "2022-06"),
                              says("editors", "reversed", "2023-06"),
                              says("editors", "implemented", "2024-06")], "2022-06"),
    ("reversed, never seen implemented", [says("editors", "reversed", "2023-06")], None),
    ("by another's word only, against the lead",
                             [says("editors", "in_progress", "2022-01"),
                              says("lantern", "implemented", "2022-06")], None),
    ("by another's word, before the lead looked",
                             [says("lantern", "implemented", "2022-06"),
                              says("editors", "in_progress", "2022-09")], "2022-06"),
    ("for a part of a day",  [says("editors", "implemented", "2022-06-30", published=1),
                              says("editors", "in_progress", "2022-06", published=2)], None),
]
# fmt: on


@pytest.mark.parametrize(
    ("given_", "when"),
    [case[1:] for case in FIRST_IMPLEMENTED],
    ids=[c[0] for c in FIRST_IMPLEMENTED],
)
def test_first_implemented(given_: list[Assessment], when: str | None) -> None:
    first = judge(given_, LEAD).first_implemented
    assert (str(first) if first else None) == when


# Verification ------------------------------------------------------------------------------------


def evidence(
    origin: str, basis: str = "own_finding", stance: str = "supports", publisher: str = ""
) -> Evidence:
    """Evidence of an origin; `state…`, `gazette…` and `party…` are official."""
    return Evidence(
        origin=origin,
        publisher=publisher or origin,
        official=origin.startswith(("state", "gazette", "party")),
        stance=Stance(stance),
        basis=Basis(basis),
    )


STATE = evidence("state")
GAZETTE = evidence("gazette")
PARTY = evidence("party")
DAILY = evidence("daily")
WATCH = evidence("watch")
ACT = evidence("state", "act_in_force")
ACT_ON_A_MIRROR = evidence("daily", "act_in_force")
DRAFT = evidence("state", "draft_act")
DRAFT_ON_A_MIRROR = evidence("daily", "draft_act")
STATE_IN_DAILY = evidence("state", "relays", publisher="daily")
STATE_IN_WATCH = evidence("state", "relays", publisher="watch")
WATCH_IN_DAILY = evidence("watch", "relays", publisher="daily")
WATCH_IN_GAZETTE = evidence("watch", "relays", publisher="gazette")
UNNAMED_IN_DAILY = evidence("daily", "relays")
UNNAMED_IN_GAZETTE = evidence("gazette", "relays")

# fmt: off
LEVELS = [
    # The five levels, each by the least that reaches it.
    ("none",           "no evidence at all",                        []),
    ("official_claim", "the state says so",                         [STATE]),
    ("official_claim", "its media say so",                          [GAZETTE]),
    ("official_claim", "a party says so",                           [PARTY]),
    ("documented",     "an act in force says so",                   [ACT]),
    ("independent",    "somebody independent found it",             [DAILY]),
    ("corroborated",   "two independent origins found it",          [DAILY, WATCH]),
    ("corroborated",   "one independent origin and an act",         [DAILY, ACT]),
    # More of the same is no more.
    ("official_claim", "the state, its media and a party",          [STATE, GAZETTE, PARTY]),
    ("official_claim", "the state twice",                           [STATE, STATE]),
    ("documented",     "an act and the state's word",               [ACT, STATE, GAZETTE]),
    ("documented",     "two acts",                                  [ACT, ACT]),
    ("independent",    "one origin twice is one origin",            [DAILY, DAILY]),
    ("independent",    "an official word beside it adds nothing",   [DAILY, STATE, GAZETTE]),
    ("corroborated",   "three independent origins",                 [DAILY, WATCH, evidence("x")]),
    # An act speaks for itself, whoever hosts its text, and is nobody's finding.
    ("documented",     "an act on an independent site",             [ACT_ON_A_MIRROR]),
    ("documented",     "the same act at both places",               [ACT, ACT_ON_A_MIRROR]),
    ("corroborated",   "the host of the act also found it itself",  [ACT_ON_A_MIRROR, DAILY]),
    # A draft is the word of whoever drafted it, and no act in force.
    ("official_claim", "a draft of the state",                      [DRAFT]),
    ("none",           "a draft on an independent site",            [DRAFT_ON_A_MIRROR]),
    ("independent",    "a draft and a finding",                     [DRAFT, DAILY]),
    ("independent",    "a draft and its host's finding",            [DRAFT_ON_A_MIRROR, DAILY]),
    # Relaying adds nothing of its own: what counts is whose assertion it is.
    ("official_claim", "a daily prints what the state says",        [STATE_IN_DAILY]),
    ("official_claim", "two print what the state says",             [STATE_IN_DAILY, STATE_IN_WATCH]),
    ("independent",    "a daily prints what a watchdog found",      [WATCH_IN_DAILY]),
    ("independent",    "a state paper prints what a watchdog found", [WATCH_IN_GAZETTE]),
    ("independent",    "the watchdog, and two who print it",
                       [WATCH, WATCH_IN_DAILY, WATCH_IN_GAZETTE]),
    ("corroborated",   "a daily prints it and found it itself",     [WATCH_IN_DAILY, DAILY]),
    ("independent",    "a daily's finding, and the state in it",    [DAILY, STATE_IN_DAILY]),
    ("none",           "it relays nobody knows whom",               [UNNAMED_IN_DAILY]),
    ("none",           "a state paper relays nobody knows whom",    [UNNAMED_IN_GAZETTE]),
    ("official_claim", "beside the state's word it adds nothing",   [STATE, UNNAMED_IN_DAILY]),
    ("independent",    "beside a finding it adds nothing",          [WATCH, UNNAMED_IN_DAILY]),
    ("documented",     "beside an act it adds nothing",             [ACT, UNNAMED_IN_DAILY]),
    # Only what supports counts.
    ("none",           "it is disputed by two",
                       [evidence("daily", stance="disputes"), evidence("watch", stance="disputes")]),
    ("none",           "an act gives context",          [evidence("s", "act_in_force", "context")]),
    ("none",           "an act disputes it",            [evidence("s", "act_in_force", "disputes")]),
    ("official_claim", "the state says so, a watchdog disputes it",
                       [STATE, evidence("watch", stance="disputes")]),
    ("independent",    "one found it, the other gives context",
                       [DAILY, evidence("watch", stance="context")]),
]
# fmt: on


@pytest.mark.parametrize(
    ("level", "items"), [(case[0], case[2]) for case in LEVELS], ids=[case[1] for case in LEVELS]
)
def test_verification(level: str, items: list[Evidence]) -> None:
    for order in permutations(items):
        assert verification(order) == level


def test_every_level_is_in_the_table() -> None:
    assert {case[0] for case in LEVELS} == set(Verification.values())


# What each kind of evidence is worth: an official word, an act, an independent origin.
WORTH: dict[str, tuple[Evidence, set[str]]] = {
    "state": (STATE, {"official"}),
    "act": (ACT, {"act", "official"}),
    "daily": (DAILY, {"daily"}),
    "watch": (WATCH, {"watch"}),
    "draft": (DRAFT, {"official"}),
    "state in daily": (STATE_IN_DAILY, {"official"}),
    "watch in gazette": (WATCH_IN_GAZETTE, {"watch"}),
    "unnamed in daily": (UNNAMED_IN_DAILY, set()),
    "mirror": (ACT_ON_A_MIRROR, {"act"}),
    "dispute": (evidence("other", stance="disputes"), set()),
}


@pytest.mark.parametrize(
    "names",
    [names for size in range(4) for names in combinations(WORTH, size)],
    ids=lambda names: " + ".join(names) or "nothing",
)
def test_every_combination_of_up_to_three_kinds(names: tuple[str, ...]) -> None:
    worth = set().union(*(WORTH[name][1] for name in names))
    origins = len(worth & {"daily", "watch"})
    match (origins, "act" in worth, "official" in worth):
        case (2, _, _) | (1, True, _):
            expected = "corroborated"
        case (1, False, _):
            expected = "independent"
        case (0, True, _):
            expected = "documented"
        case (0, False, True):
            expected = "official_claim"
        case _:
            expected = "none"
    assert verification(WORTH[name][0] for name in names) == expected


# fmt: off
WHOSE_EVIDENCE = [
    ("the headline's own",
     [says("editors", "implemented", "2022-06", DAILY)],
     "independent"),
    ("and of others that assert the same",
     [says("editors", "implemented", "2022-06", DAILY), says("lantern", "implemented", "2022-09", WATCH)],
     "corroborated"),
    ("also when they saw it earlier, if it is their view still",
     [says("editors", "in_progress", "2021"), says("lantern", "implemented", "2022-01", WATCH),
      says("editors", "implemented", "2022-06", DAILY)],
     "corroborated"),
    ("but not what they saw earlier and have replaced",
     [says("editors", "in_progress", "2021"), says("lantern", "implemented", "2022-01", WATCH),
      says("lantern", "stalled", "2022-03"), says("editors", "implemented", "2022-06", DAILY)],
     "independent"),
    ("one origin in two updates is one origin",
     [says("editors", "implemented", "2022-06", DAILY), says("lantern", "implemented", "2022-09", DAILY)],
     "independent"),
    ("of every update of the run",
     [says("editors", "implemented", "2022-06", DAILY), says("editors", "implemented", "2023-06", ACT)],
     "corroborated"),
    ("not of another status",
     [says("editors", "in_progress", "2022-01", DAILY), says("editors", "implemented", "2022-06", STATE)],
     "official_claim"),
    ("not of who says otherwise",
     [says("editors", "implemented", "2022-06", STATE), says("lantern", "stalled", "2022-09", WATCH)],
     "official_claim"),
    ("not of an earlier run of the same status",
     [says("editors", "implemented", "2022-06", DAILY, ACT), says("editors", "reversed", "2023-01", DAILY),
      says("editors", "implemented", "2024-01", STATE)],
     "official_claim"),
]
# fmt: on


@pytest.mark.parametrize(
    ("given_", "level"), [case[1:] for case in WHOSE_EVIDENCE], ids=[c[0] for c in WHOSE_EVIDENCE]
)
def test_whose_evidence_verifies_the_headline(given_: list[Assessment], level: str) -> None:
    for order in permutations(given_):
        assert judge(order, LEAD).verification == level


# Contested ---------------------------------------------------------------------------------------

DISPUTE = evidence("watch", stance="disputes")
CONTEXT = evidence("watch", stance="context")
LEAD_SAYS = says("editors", "implemented", "2022-06-15", DAILY)

# fmt: off
CONTESTED = [
    (False, "nobody else has looked", [LEAD_SAYS]),
    (False, "another agrees", [LEAD_SAYS, says("lantern", "implemented", "2022-09")]),
    (True,  "another differs, later", [LEAD_SAYS, says("lantern", "stalled", "2022-09")]),
    (True,  "another differs, on the very day", [LEAD_SAYS, says("lantern", "stalled", "2022-06-15")]),
    (False, "another differed, the day before: the facts moved on",
            [LEAD_SAYS, says("lantern", "stalled", "2022-06-14")]),
    (True,  "another's status is older, but it looked again on the very day",
            [LEAD_SAYS, says("lantern", "stalled", "2022-01", assessed="2022-06-15")]),
    (False, "another's status is older, and it last looked the day before",
            [LEAD_SAYS, says("lantern", "stalled", "2022-01", assessed="2022-06-14")]),
    (False, "another differed and has come round",
            [LEAD_SAYS, says("lantern", "stalled", "2022-09"), says("lantern", "implemented", "2022-10")]),
    (True,  "another agreed and has turned",
            [LEAD_SAYS, says("lantern", "implemented", "2022-09"), says("lantern", "stalled", "2022-10")]),
    (True,  "one agrees, one differs",
            [LEAD_SAYS, says("lantern", "implemented", "2022-09"), says("compass", "stalled", "2022-09")]),
    (True,  "a run that began earlier is judged from its beginning",
            [LEAD_SAYS, says("lantern", "stalled", "2022-08"),
             says("editors", "implemented", "2022-12", DAILY)]),
    (False, "the lead itself changed its mind: no contest",
            [LEAD_SAYS, says("editors", "stalled", "2022-09")]),
    (True,  "without the lead, they differ on one day",
            [says("lantern", "stalled", "2022-06", published=1),
             says("compass", "implemented", "2022-06", published=2)]),
    (False, "without the lead, the other looked before",
            [says("lantern", "stalled", "2022-05"), says("compass", "implemented", "2022-06")]),
    (True,  "without the lead, the other looked before but up to now",
            [says("lantern", "stalled", "2022-05", assessed="2022-07-01"),
             says("compass", "implemented", "2022-06")]),
    (True,  "the headline's own update cites who disputes it",
            [says("editors", "implemented", "2022-06", STATE, DISPUTE)]),
    (True,  "an earlier update of the same run cites who disputes it",
            [says("editors", "implemented", "2022-06", STATE, DISPUTE),
             says("editors", "implemented", "2022-09", STATE)]),
    (True,  "another that agrees cites who disputes it",
            [LEAD_SAYS, says("lantern", "implemented", "2022-09", DISPUTE)]),
    (False, "what was disputed is no longer the headline",
            [says("editors", "in_progress", "2022-01", DISPUTE), LEAD_SAYS]),
    (False, "what was disputed belongs to an earlier run",
            [says("editors", "implemented", "2022-01", DISPUTE), says("editors", "stalled", "2022-03"),
             LEAD_SAYS]),
    (False, "context disputes nothing", [says("editors", "implemented", "2022-06", STATE, CONTEXT)]),
    (False, "nothing is assessed", []),
]
# fmt: on


@pytest.mark.parametrize(
    ("contested", "given_"),
    [(case[0], case[2]) for case in CONTESTED],
    ids=[case[1] for case in CONTESTED],
)
def test_contested(contested: bool, given_: list[Assessment]) -> None:
    for order in permutations(given_):
        assert judge(order, LEAD).contested is contested


# Timeliness --------------------------------------------------------------------------------------

# fmt: off
TIMELINESS = [
    # timeliness       status           deadline      implemented    today
    ("no_deadline",   "not_assessed",   None,         None,         "2022-06-01"),
    ("no_deadline",   "implemented",    None,         "2022-05-01", "2022-06-01"),
    ("no_deadline",   "abandoned",      None,         None,         "2022-06-01"),
    # The deadline is ahead, and its last day still counts.
    ("pending",       "not_assessed",   "2022-06-30", None,         "2022-06-29"),
    ("pending",       "not_assessed",   "2022-06-30", None,         "2022-06-30"),
    ("pending",       "not_started",    "2022-06-30", None,         "2022-06-30"),
    ("pending",       "in_progress",    "2022-06-30", None,         "2022-06-30"),
    ("pending",       "stalled",        "2022-06-30", None,         "2022-06-30"),
    ("pending",       "partially_implemented", "2022-06-30", None,  "2022-06-30"),
    ("pending",       "reversed",       "2022-06-30", None,         "2022-06-30"),
    # It has passed.
    ("unassessed",    "not_assessed",   "2022-06-30", None,         "2022-07-01"),
    ("overdue",       "not_started",    "2022-06-30", None,         "2022-07-01"),
    ("overdue",       "in_progress",    "2022-06-30", None,         "2022-07-01"),
    ("overdue",       "stalled",        "2022-06-30", None,         "2022-07-01"),
    ("overdue",       "partially_implemented", "2022-06-30", None,  "2022-07-01"),
    ("overdue",       "reversed",       "2022-06-30", None,         "2022-07-01"),
    # Implemented on a known day.
    ("on_time",       "implemented",    "2022-06-30", "2022-06-29", "2022-07-01"),
    ("on_time",       "implemented",    "2022-06-30", "2022-06-30", "2022-07-01"),
    ("late",          "implemented",    "2022-06-30", "2022-07-01", "2022-07-01"),
    ("on_time",       "implemented",    "2022-06-30", "2022-06-01", "2022-06-02"),
    # Implemented in a known month.
    ("on_time",       "implemented",    "2022-06-30", "2022-05",    "2022-07-01"),
    ("on_time",       "implemented",    "2022-06-30", "2022-06",    "2022-07-01"),
    ("undetermined",  "implemented",    "2022-06-29", "2022-06",    "2022-07-01"),
    ("undetermined",  "implemented",    "2022-06-01", "2022-06",    "2022-07-01"),
    ("late",          "implemented",    "2022-05-31", "2022-06",    "2022-07-01"),
    # Implemented in a known year.
    ("on_time",       "implemented",    "2022-12-31", "2022",       "2023-07-01"),
    ("on_time",       "implemented",    "2022-12-31", "2021",       "2023-07-01"),
    ("undetermined",  "implemented",    "2022-12-30", "2022",       "2023-07-01"),
    ("undetermined",  "implemented",    "2022-01-01", "2022",       "2023-07-01"),
    ("late",          "implemented",    "2021-12-31", "2022",       "2023-07-01"),
    # A deadline that is a month or a year counts to its last day.
    ("on_time",       "implemented",    "2022-06",    "2022-06-30", "2022-07-01"),
    ("on_time",       "implemented",    "2022-06",    "2022-06",    "2022-07-01"),
    ("late",          "implemented",    "2022-06",    "2022-07",    "2022-07-31"),
    ("undetermined",  "implemented",    "2022-06",    "2022",       "2023-07-31"),
    ("on_time",       "implemented",    "2022",       "2022",       "2023-07-31"),
    ("late",          "implemented",    "2022",       "2023-01",    "2023-07-31"),
    ("pending",       "in_progress",    "2022",       None,         "2022-12-31"),
    ("overdue",       "in_progress",    "2022",       None,         "2023-01-01"),
    # What came after the first implementation does not change how it stood to the deadline.
    ("on_time",       "reversed",       "2022-06-30", "2022-06-01", "2023-07-01"),
    ("late",          "reversed",       "2022-06-30", "2022-08-01", "2023-07-01"),
    ("on_time",       "abandoned",      "2022-06-30", "2022-06-01", "2023-07-01"),
    ("on_time",       "in_progress",    "2022-06-30", "2022-06-01", "2023-07-01"),
    ("undetermined",  "reversed",       "2022-06-15", "2022-06",    "2023-07-01"),
    # Given up: neither late nor in time, before the deadline and after.
    ("undetermined",  "abandoned",      "2022-06-30", None,         "2022-06-01"),
    ("undetermined",  "abandoned",      "2022-06-30", None,         "2022-07-01"),
]
# fmt: on


@pytest.mark.parametrize(("expected", "status", "deadline", "implemented", "today"), TIMELINESS)
def test_timeliness(
    expected: str, status: str, deadline: str | None, implemented: str | None, today: str
) -> None:
    assert (
        timeliness(
            Status(status),
            PartialDate.parse(deadline).last if deadline else None,
            PartialDate.parse(implemented) if implemented else None,
            date.fromisoformat(today),
        )
        == expected
    )


def test_every_timeliness_and_every_status_is_in_the_table() -> None:
    assert {case[0] for case in TIMELINESS} == set(Timeliness.values())
    assert {case[1] for case in TIMELINESS} == set(Status.values())


# What holds whatever is given --------------------------------------------------------------------

ORGANISATIONS = st.sampled_from(["editors", "lantern", "compass"])
ASSERTED = st.sampled_from([status for status in Status if status != Status.NOT_ASSESSED])
WRITTEN = st.sampled_from(
    ["2021", "2022", "2022-05", "2022-06", "2022-06-15", "2022-06-30", "2022-07-01", "2026"]
)
EVIDENCE = st.builds(
    evidence,
    origin=st.sampled_from(["state", "gazette", "party", "daily", "watch", "league"]),
    basis=st.sampled_from(Basis.values()),
    stance=st.sampled_from(Stance.values()),
    publisher=st.sampled_from(["state", "daily", "watch"]),
)


@st.composite
def assessments(draw: st.DrawFn) -> list[Assessment]:
    """Up to seven assessments, no two published at one moment."""
    moments = draw(st.lists(st.integers(0, 10_000_000), max_size=7, unique=True))
    return [
        says(
            draw(ORGANISATIONS),
            draw(ASSERTED),
            draw(WRITTEN),
            *draw(st.lists(EVIDENCE, max_size=3)),
            published=moment,
        )
        for moment in moments
    ]


@given(assessments(), st.randoms())
def test_the_order_in_which_they_come_does_not_matter(given_: list[Assessment], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(given_)
    random.shuffle(shuffled)
    for lead in (LEAD, "nobody", None):
        assert judge(shuffled, lead) == judge(given_, lead)
        assert history(shuffled, lead) == history(given_, lead)


def strength(level: Verification) -> int:
    return list(Verification).index(level)


@given(st.lists(EVIDENCE, max_size=6), EVIDENCE)
def test_more_evidence_never_verifies_less(items: list[Evidence], more: Evidence) -> None:
    assert strength(verification([*items, more])) >= strength(verification(items))


@given(st.lists(EVIDENCE, min_size=1, max_size=6), st.data())
def test_saying_it_twice_verifies_no_more(items: list[Evidence], data: st.DataObject) -> None:
    again = data.draw(st.sampled_from(items))
    assert verification([*items, again]) == verification(items)


@given(assessments().filter(bool), EVIDENCE, st.data())
def test_a_supporting_citation_never_weakens_a_headline(
    given_: list[Assessment], more: Evidence, data: st.DataObject
) -> None:
    index = data.draw(st.sampled_from(range(len(given_))))
    richer = list(given_)
    richer[index] = replace(
        given_[index],
        evidence=(*given_[index].evidence, replace(more, stance=Stance.SUPPORTS)),
    )
    before, after = judge(given_, LEAD), judge(richer, LEAD)
    assert strength(after.verification) >= strength(before.verification)
    assert replace(after, verification=before.verification) == before


@given(assessments())
def test_what_a_verdict_always_says(given_: list[Assessment]) -> None:
    verdict = judge(given_, LEAD)
    views = current(given_)
    runs = history(given_, LEAD)
    assert (verdict.status == Status.NOT_ASSESSED) is (not given_) is (verdict.since is None)
    if LEAD in views:
        assert verdict.status == views[LEAD].status
    if verdict.since:
        assert verdict.since.day == runs[-1].counts_from
        assert verdict.status == runs[-1].status
        assert any(one.effective == verdict.since.written for one in given_)
    if verdict.status == Status.IMPLEMENTED:
        assert verdict.first_implemented is not None
    if verdict.first_implemented:
        assert any(
            one.status == Status.IMPLEMENTED and one.effective == verdict.first_implemented
            for one in given_
        )
    for before, after in pairwise(runs):
        assert before.status != after.status
        assert before.counts_from < after.counts_from


@given(assessments())
def test_an_assessment_of_yore_never_moves_the_headline(given_: list[Assessment]) -> None:
    ancient = says("editors", "stalled", "1999")
    if LEAD in current(given_):
        assert judge([*given_, ancient], LEAD).status == judge(given_, LEAD).status


@given(assessments())
def test_the_headline_of_a_day_is_what_the_past_alone_would_say(given_: list[Assessment]) -> None:
    """`status_since` is the day from which on every later day had the same headline."""
    verdict = judge(given_, LEAD)
    if verdict.since is None:
        return
    for day in {one.counts_from for one in given_ if one.counts_from >= verdict.since.day}:
        assert judge(upto(given_, day), LEAD).status == verdict.status
    earlier = upto(given_, verdict.since.day - timedelta(days=1))
    assert not earlier or judge(earlier, LEAD).status != verdict.status


def upto(given_: Iterable[Assessment], day: date) -> list[Assessment]:
    return [one for one in given_ if one.counts_from <= day]


# Through time ------------------------------------------------------------------------------------

BEGINS = date(2022, 3, 16)

# fmt: off
PERIODS = [
    ("nobody has looked",
     [],
     ["2022-03-16 not_assessed"]),
    ("from the day on which it counts",
     [says("editors", "in_progress", "2022-05-10")],
     ["2022-03-16 not_assessed", "2022-05-10 in_progress"]),
    ("a month counts from its last day",
     [says("editors", "in_progress", "2022-05"), says("editors", "implemented", "2022-06")],
     ["2022-03-16 not_assessed", "2022-05-31 in_progress", "2022-06-30 implemented"]),
    ("what counts from before the beginning counts from the beginning",
     [says("editors", "in_progress", "2021"), says("editors", "stalled", "2022-03-15"),
      says("editors", "implemented", "2022-06")],
     ["2022-03-16 stalled", "2022-06-30 implemented"]),
    ("what counts from the very day of the beginning likewise",
     [says("editors", "in_progress", "2022-03-16")],
     ["2022-03-16 in_progress"]),
    ("only what a day leaves counts",
     [says("editors", "stalled", "2022-05-10", published=1),
      says("editors", "in_progress", "2022-05-10", published=2)],
     ["2022-03-16 not_assessed", "2022-05-10 in_progress"]),
    ("another publication is another period, also where the verdict is the same",
     [says("editors", "in_progress", "2022-05-10", published=1),
      says("lantern", "in_progress", "2022-06-10", published=2)],
     ["2022-03-16 not_assessed", "2022-05-10 in_progress", "2022-06-10 in_progress"]),
    ("unless it came earlier and changes nothing",
     [says("editors", "in_progress", "2022-05-10", published=2),
      says("lantern", "in_progress", "2022-06-10", published=1)],
     ["2022-03-16 not_assessed", "2022-05-10 in_progress"]),
]
# fmt: on


@pytest.mark.parametrize(
    ("given_", "expected"), [case[1:] for case in PERIODS], ids=[case[0] for case in PERIODS]
)
def test_periods(given_: list[Assessment], expected: list[str]) -> None:
    for order in permutations(given_):
        found = periods(order, LEAD, BEGINS)
        assert [f"{one.first} {one.verdict.status}" for one in found] == expected


def test_the_open_period_is_the_verdict_of_today() -> None:
    given_ = [says("editors", "in_progress", "2022-05-10", DAILY, published=3)]
    assert periods(given_, LEAD, BEGINS)[-1] == Period(
        first=date(2022, 5, 10),
        last=date.max,
        verdict=judge(given_, LEAD),
        last_published_at=given_[0].published_at,
    )


@given(
    assessments(),
    st.sampled_from([LEAD, "nobody", None]),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
def test_the_periods_say_of_each_day_what_the_rule_says(
    given_: list[Assessment], lead: str | None, begins: date
) -> None:
    found = periods(given_, lead, begins)
    assert found[0].first == begins
    assert found[-1].last == date.max
    for before, after in pairwise(found):
        assert before.first <= before.last == after.first - timedelta(days=1)
        assert replace(before, first=after.first, last=after.last) != after
    turns = {one.counts_from for one in given_} | {one.first for one in found}
    days = {day + timedelta(days=shift) for day in turns for shift in (-1, 0, 1)}
    for day in (day for day in days if day >= begins):
        (period,) = (one for one in found if one.first <= day <= one.last)
        counted = upto(given_, day)
        assert period.verdict == judge(counted, lead)
        assert period.last_published_at == max((one.published_at for one in counted), default=None)


DAYS = st.dates(date(2021, 12, 1), date(2023, 1, 31))
PARTIAL_DATES = st.builds(
    lambda day, length: PartialDate.parse(day.isoformat()[:length]),
    DAYS,
    st.sampled_from([4, 7, 10]),
)


@given(st.sampled_from(Status), st.none() | DAYS, st.none() | PARTIAL_DATES, DAYS, DAYS)
def test_time_moves_timeliness_only_past_the_deadline(
    status: Status, deadline: date | None, first: PartialDate | None, one: date, other: date
) -> None:
    earlier, later = sorted([one, other])
    before = timeliness(status, deadline, first, earlier)
    after = timeliness(status, deadline, first, later)
    if before != after:
        assert before == Timeliness.PENDING
        assert after in (Timeliness.OVERDUE, Timeliness.UNASSESSED)
        assert deadline is not None
        assert earlier <= deadline < later


@given(DAYS, PARTIAL_DATES)
def test_on_time_and_late_hold_for_every_day_that_a_date_may_mean(
    deadline: date, first: PartialDate
) -> None:
    """An imprecise date is on time (late) exactly if each of its days would be."""
    days = (first.last - first.first).days + 1
    outcomes = {
        timeliness(
            Status.IMPLEMENTED,
            deadline,
            PartialDate.parse((first.first + timedelta(days=offset)).isoformat()),
            deadline,
        )
        for offset in range(days)
    }
    expected = outcomes.pop() if len(outcomes) == 1 else Timeliness.UNDETERMINED
    assert timeliness(Status.IMPLEMENTED, deadline, first, deadline) == expected


def test_disputing_or_context_evidence_of_any_basis_never_verifies() -> None:
    for basis, stance, origin in product(
        Basis.values(), ("disputes", "context"), ("state", "daily")
    ):
        assert verification([evidence(origin, basis, stance, publisher="x")]) == "none"
