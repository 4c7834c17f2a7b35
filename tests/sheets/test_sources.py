"""Tables of sources: curators keep all of them, contributors add private ones of their own."""

from django.contrib.auth.models import User

from reforms import ledger
from reforms.models import Organisation, Source
from tests.fixtures import fresh, make_promise, make_update
from tests.sheets.sending import confirm, counts, differences, edited, exported, said, send

HEADER = ["id", "title_en", "title_ru", "kind", "publisher", "url", "published_on", "language"]


def public_page() -> Source:
    """A source that something public cites."""
    make_update(make_promise(1), "stalled")
    return Source.objects.get(pk="daily-page")


def test_what_was_exported_changes_nothing(curator: User) -> None:
    public_page()
    before = ledger.head()
    attempt = send("sources", exported("sources", curator), curator)
    assert counts(attempt) == {"unchanged": Source.objects.count()}
    assert confirm(attempt)
    assert ledger.head() == before


def test_a_correction_needs_a_reason_and_a_note_does_not(curator: User) -> None:
    source = public_page()
    table = exported("sources", curator, pk=source.pk)
    noted = send("sources", edited(table, 1, note_en="See page 2."), curator)
    assert noted.report["due"] == 0
    assert confirm(noted)
    attempt = send("sources", edited(table, 1, kind="report", note_en="See page 2."), curator)
    assert (attempt.report["due"], differences(attempt)) == (1, [[("kind", "news", "report")]])
    assert not confirm(attempt)
    assert (attempt.state, fresh(source).kind) == ("previewed", "news")
    own = [[*table[0], "reason"], [*edited(table, 1, kind="report")[1], "It is a report."]]
    assert confirm(send("sources", own, curator))
    assert fresh(source).kind == "report"


def test_new_sources(curator: User) -> None:
    rows = [
        [
            "act-12",
            "The act",
            "",
            "legal_act",
            "ministry",
            "https://example.org/act",
            "2022-11",
            "ru",
        ],
        ["", "", "Статья", "article", "daily", "https://example.org/a", "2022", ""],
    ]
    attempt = send("sources", [HEADER, *rows], curator)
    assert counts(attempt) == {"created": 2}
    assert not Source.objects.filter(pk="act-12").exists()
    # The id that is drawn at random is another one by now.
    assert confirm(attempt)
    act = Source.objects.get(pk="act-12")
    assert (str(act.published), act.submitted_by) == ("2022-11", None)
    assert Source.objects.get(url="https://example.org/a").pk.startswith("s-")


def test_what_is_wrong(curator: User) -> None:
    taken = "https://example.org/a"
    rows = [
        ["A b", "The act", "", "legal_act", "ministry", "", "", ""],
        ["x1", "The act", "", "act", "minstry", "example.org", "2022-13", "Russian"],
        ["x2", "One", "", "news", "daily", taken, "", ""],
        ["x3", "Two", "", "news", "daily", taken, "", ""],
    ]
    attempt = send("sources", [HEADER, *rows], curator)
    assert [(row, column) for row, column, _ in said(attempt)] == [
        (1, "id"),
        (2, "kind"),
        (2, "publisher"),
        (2, "url"),
        (2, "published_on"),
        (2, "language"),
        (4, "url"),
    ]


def test_contributors_add_private_sources_and_change_no_others(anna: User) -> None:
    lantern = Organisation.objects.get(pk="lantern")
    hidden = Source.objects.create(
        pk="compass-own",
        title={"en": "T"},
        kind="news",
        publisher_id="daily",
        submitted_by_id="compass",
    )
    row = ["", "Ours", "", "news", "daily", "https://example.org/ours", "", ""]
    attempt = send("sources", [HEADER, row], anna, organisation=lantern)
    assert confirm(attempt)
    own = Source.objects.get(url="https://example.org/ours")
    assert (own.submitted_by, own.public_since) == (lantern, None)
    assert own.pk in {line[0] for line in exported("sources", anna)}
    assert hidden.pk not in {line[0] for line in exported("sources", anna)}
    rows = [
        [hidden.pk, *row[1:]],
        ["nowhere", *row[1:]],
        ["demo2020-address", *row[1:]],
        [own.pk, "Mine", *row[2:]],
    ]
    attempt = send("sources", [HEADER, *rows], anna, organisation=lantern)
    (_, _, first), (_, _, second), (_, _, third) = said(attempt)
    assert first.replace(hidden.pk, "nowhere") == second
    assert third == "It is public: only curators change it."
    assert counts(attempt) == {"failed": 3, "changed": 1}
