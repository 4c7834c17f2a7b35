"""Texts answer in the language asked for, say which it is, and fall back in the open."""

from typing import Any

import pytest

from reforms.api import languages
from reforms.models import Promise
from tests.api.asking import Row, answer, ask, results
from tests.api.record import Record

COURT = "/promises/demo2020-1-1/"  # in all three languages
PAPERS = "/promises/demo2020-2-1/"  # its title is in Russian too, its statement is not
ACCORD = "/promises/demo2020-10-1/"  # in Russian only


# Which language is wanted.


@pytest.mark.parametrize(
    ("lang", "header", "title"),
    [
        (None, None, "A court of the constitution"),
        ("en", None, "A court of the constitution"),
        ("ru", None, "Суд"),
        ("kk", None, "Сот"),
        (None, "kk", "Сот"),
        (None, "KK-kz", "Сот"),
        (None, "ru-RU,ru;q=0.9,en;q=0.8", "Суд"),
        (None, "en;q=0.5, kk;q=0.8, ru;q=0.7", "Сот"),
        (None, "de, fr;q=0.9, ru;q=0.1", "Суд"),
        (None, "de", "A court of the constitution"),
        (None, "*", "A court of the constitution"),
        (None, "ru;q=0", "A court of the constitution"),
        (None, "", "A court of the constitution"),
        (None, "not a language", "A court of the constitution"),
        (None, "ru" * 1000, "A court of the constitution"),
        (None, "\x00,ru", "A court of the constitution"),
        ("kk", "ru", "Сот"),
    ],
)
def test_wanted(record: Record, lang: str | None, header: str | None, title: str) -> None:
    query = {"lang": lang} if lang else {}
    headers = {} if header is None else {"accept_language": header}
    assert answer(COURT, query, **headers)["title"] == title
    row = results("/promises/", query | {"kind": "constitutional_amendment"}, **headers)[0]
    assert row["title"] == title


def test_second_choice(record: Record) -> None:
    """Who prefers Kazakh, then Russian, gets Russian where there is no Kazakh."""
    papers = answer("/reforms/demo2020-10/", accept_language="kk, ru;q=0.9, en;q=0.5")
    assert (papers["title"], papers["language"]) == ("Направление 10", "ru")
    assert answer("/reforms/demo2020-10/", {"lang": "kk"})["language"] == "en"


# What is answered.


@pytest.mark.parametrize(
    ("path", "lang", "language", "available", "title"),
    [
        (COURT, "kk", "kk", ["en", "ru", "kk"], "Сот"),
        (PAPERS, "en", "en", ["en"], "Fewer papers"),
        # Its Russian title stands back, so that one object speaks one language.
        (PAPERS, "ru", "en", ["en"], "Fewer papers"),
        (ACCORD, "ru", "ru", ["ru"], "Согласие"),
        (ACCORD, "en", "ru", ["ru"], "Согласие"),
        (ACCORD, "kk", "ru", ["ru"], "Согласие"),
        ("/topics/money/", "kk", "kk", ["en", "ru", "kk"], "Ақша"),
        ("/topics/courts/", "kk", "en", ["en"], "Courts"),
        ("/bodies/court/", "kk", "kk", ["en", "kk"], "Конституциялық Сот"),
        ("/bodies/court/", "ru", "en", ["en", "kk"], "Constitutional Court"),
        ("/bodies/senate/", "ru", "ru", ["en", "ru"], "Сенат"),
        ("/reforms/demo2020-10/", "ru", "ru", ["en", "ru"], "Направление 10"),
        # Its summary is in English only.
        ("/programmes/demo2020/", "ru", "en", ["en"], "Programme demo2020"),
        ("/sources/demo2020-address/", "ru", "ru", ["en", "ru"], "Послание"),
        ("/sources/demo2020-address-ru/", "en", "ru", ["ru"], "Послание"),
        # Where its affiliation is English only.
        ("/organisations/lantern/", "ru", "en", ["en"], "Lantern"),
        ("/publishers/daily/", "ru", "en", ["en"], "Daily"),
    ],
)
def test_fallback_in_the_open(
    record: Record, path: str, lang: str, language: str, available: list[str], title: str
) -> None:
    response = ask(
        path, {"lang": lang, "omit": "citations,updates"} if "promise" in path else {"lang": lang}
    )
    told = response.json()
    assert told.get("title", told.get("name")) == title
    assert (told["language"], told["languages"]) == (language, available)
    assert response.headers["Content-Language"] == language


def test_never_mixed(record: Record) -> None:
    """All texts of one object are of the language that it names."""
    whole = answer(COURT, {"lang": "ru"})
    assert (whole["title"], whole["statement"], whole["deadline_wording"]) == (
        "Суд",
        "Будет суд.",
        "до осени",
    )
    papers = answer(PAPERS, {"lang": "ru"})
    assert papers["statement"] == "Something number 1 will be done."


def test_texts_that_no_language_completes(record: Record) -> None:
    Promise.objects.filter(pk="far2021-2-1").update(
        title={"kk": "Келісім", "ru": "Согласие"},
        statement={"en": "All will agree."},
        condition={"ru": "Если захотят."},
    )
    told = answer("/promises/far2021-2-1/", {"lang": "en"})
    assert (told["language"], told["languages"]) == ("ru", [])
    assert (told["title"], told["statement"], told["condition"]) == (
        "Согласие",
        None,
        "Если захотят.",
    )


@pytest.mark.parametrize(
    ("path", "lang"), [(COURT, "ru"), (COURT, "kk"), ("/promises/demo2020-1-3/", "ru")]
)
def test_every_object_says_its_language(record: Record, path: str, lang: str) -> None:
    """Also the sources, publishers and citations inside of other objects."""
    seen = 0
    for one in objects_in(answer(path, {"lang": lang, "expand": "programme,reform,bodies,topics"})):
        if {"title", "name", "note", "summary"} & one.keys():
            seen += 1
            assert {"language", "languages"} <= one.keys(), one
            if lang in one["languages"]:
                assert one["language"] == lang
    assert seen > 5


def test_embedded_objects_fall_back_by_themselves(record: Record) -> None:
    court = answer(COURT, {"lang": "ru", "expand": "bodies"})
    assert court["bodies"][0]["body"]["language"] == "en"
    assert court["citations"][0]["source"]["title"] == "Послание"
    assert court["citations"][0]["source"]["publisher"]["language"] == "en"
    update = court["updates"][0]
    assert (update["note"], update["language"]) == ("Судьи присягнули.", "ru")
    aside = update["citations"][0]
    assert (aside["note"], aside["language"]) == ("With a picture.", "en")


def test_figures(record: Record) -> None:
    """A figure speaks the language of its promise; written plainly it is English."""
    Promise.objects.filter(pk="demo2020-2-2").update(
        title={"en": "Fees", "ru": "Сборы"}, statement={"en": "Cut.", "ru": "Снизить."}
    )
    told = answer("/promises/demo2020-2-2/", {"lang": "ru"})
    assert told["languages"] == ["en"], "one of the figures is in English only"
    figures: list[Any] = [
        {"what": {"en": "fee", "ru": "сбор"}, "value": 5, "unit": {"en": "tenge", "ru": "тенге"}}
    ]
    Promise.objects.filter(pk="demo2020-2-2").update(figures=figures)
    told = answer("/promises/demo2020-2-2/", {"lang": "ru"})
    assert told["language"] == "ru"
    assert told["figures"] == [{"what": "сбор", "value": 5, "unit": "тенге"}]


# How the answer says so.


def test_content_language(record: Record) -> None:
    def spoken(path: str, **query: str) -> str | None:
        return ask(path, query).headers.get("Content-Language")

    assert spoken("/promises/", lang="kk", fields="title") == "en, kk, ru"
    assert spoken("/promises/", lang="kk", reform="far2021-1") == "en"
    assert spoken(COURT, lang="kk", fields="title,statement") == "kk"
    # Where no text is shown no language is spoken.
    assert spoken(COURT, lang="kk", fields="id,status") is None
    assert spoken("/promises/", reform="far2021-0") is None


def test_caches_keep_languages_apart(record: Record) -> None:
    for path in (COURT, "/promises/", "/promises/demo2020-1-1/assessments/"):
        assert "Accept-Language" in ask(path).headers["Vary"]


# The rule itself.


@pytest.mark.parametrize(
    ("wanted", "texts", "served", "available"),
    [
        ("en", [], None, []),
        ("en", [{}], None, []),
        ("en", [{}, {"ru": "a"}], "ru", ["ru"]),
        ("ru", [{"en": "a", "ru": "b"}, {}], "ru", ["en", "ru"]),
        ("ru", [{"en": "a", "ru": "b"}, {"en": "c"}], "en", ["en"]),
        ("kk", [{"ru": "a", "en": "b"}], "en", ["en", "ru"]),
        ("kk", [{"ru": "a"}, {"en": "b"}], "en", []),
        ("kk", [{"ru": "a"}, {"ru": "b"}, {"en": "c"}], "ru", []),
    ],
)
def test_rule(wanted: str, texts: list[Any], served: str | None, available: list[str]) -> None:
    assert languages.served(languages.preferred("", wanted), texts) == served
    assert languages.available(texts) == available


def objects_in(value: Any) -> list[Row]:
    """All objects inside of an answer, itself included."""
    if isinstance(value, list):
        return [one for item in value for one in objects_in(item)]
    if not isinstance(value, dict):
        return []
    return [value, *(one for item in value.values() for one in objects_in(item))]
