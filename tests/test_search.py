"""Full-text search: the published queries, and the same rows for them on both engines."""

import unicodedata
from itertools import pairwise

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reforms import search, verdicts, workflow
from reforms.models import Body, Promise
from reforms.search import MAX_QUERY_LENGTH, MAX_WORDS, Query, parse, words
from reforms.vocabulary import ReviewState
from tests.fixtures import make_promise, make_update, make_update_in, revise, rolled_back

# Words -------------------------------------------------------------------------------------------

# fmt: off
WORDS = [
    # text                             its words
    ("Supreme Audit Chamber",          "supreme audit chamber"),
    ("  much\twhite\n\nspace ",        "much white space"),
    ("semi-colon; full stop. (why?)",  "semi colon full stop why"),
    ("well-known snake_case",          "well known snake case"),
    ("don't, don’t",                   "don t don t"),
    ("20,000 20 000 20000 70%",        "20 000 20 000 20000 70"),
    ("3.5 1/2 №5 §7",                  "3 5 1 2 no5 7"),
    ("ФИО: Тоқаев",                    "фио тоқаев"),
    ("ҚАЗАҚСТАН Ғылым Өңір Ұлт Үкімет Һәм Ірі Әкім", "қазақстан ғылым өңір ұлт үкімет һәм ірі әкім"),
    ("Ёлка ещё Йод",                   "ёлка ещё йод"),
    # Upper and lower case of every kind are one.
    ("STRASSE Straße ẞ",               "strasse strasse ss"),
    ("İstanbul ISTANBUL ıstanbul",     "istanbul istanbul ıstanbul"),
    ("ΣΟΦΟΣ σοφος σοφός",              "σοφοσ σοφοσ σοφόσ"),
    # One written form of each character, whatever form was typed.
    ("Cafe\u0301 Caf\u00e9",           "café café"),
    ("и\u0306од й\u043e\u0434",        "йод йод"),
    ("ﬁle ② ½ ＡＢＣ Ⅳ",               "file 2 1 2 abc iv"),
    ("x\u0336y\u0301",                 "xý"),
    ("soft\u00adhyphen zero\u200bwidth", "soft hyphen zero width"),
    # What is no word.
    ("👍🏽 — … !!! ___ ",               ""),
    ("done👍now",                      "done now"),
    ("\ue000 \x00 \ud83d \u202e",      ""),
    ("",                               ""),
]
# fmt: on


@pytest.mark.parametrize(("text", "expected"), WORDS)
def test_words(text: str, expected: str) -> None:
    assert words(text) == expected.split()


def test_a_word_has_an_end() -> None:
    assert words("a" * 1000) == ["a" * 100]


@given(st.text())
def test_words_hold_letters_and_digits_only(text: str) -> None:
    for word in words(text):
        assert word
        assert all(unicodedata.category(character)[0] in "LN" for character in word)


@given(st.text())
def test_case_does_not_matter(text: str) -> None:
    # Upper case is no round trip for every letter (ﬃ, ŉ), casefold is what compares.
    assert words(text.casefold()) == words(text)


# Queries -----------------------------------------------------------------------------------------

# fmt: off
QUERIES = [
    ("audit",                      ["audit"],             []),
    ("Audit CHAMBER audit",        ["audit", "chamber"],  []),
    ('"audit chamber"',            [],                    [("audit", "chamber")]),
    ('supreme "audit chamber" law', ["supreme", "law"],   [("audit", "chamber")]),
    ("“audit chamber” «new court»", [],                   [("audit", "chamber"), ("new", "court")]),
    ('"audit"',                    [],                    [("audit",)]),
    ('audit ""',                   ["audit"],             []),
    ('audit " - "',                ["audit"],             []),
    ('"a""b"',                     [],                    [("a",), ("b",)]),
    ("co-operation",               ["co", "operation"],   []),
    ("20,000",                     ["20", "000"],         []),
    # Nothing of an engine's own language is left.
    ("a & b | !c <-> d:*",         ["a", "b", "c", "d"],  []),
    ("a OR b NOT c NEAR(d) AND",   ["a", "or", "b", "not", "c", "near", "d", "and"], []),
    ("title:law {x y} ^z *",       ["title", "law", "x", "y", "z"], []),
    (r"a\'b \\ 'c' %s $1 ;--",     ["a", "b", "c", "s", "1"], []),
]
REFUSED = [
    ("",                  "at least one word"),
    ("   ",               "at least one word"),
    ('""',                "at least one word"),
    ("👍 — …",            "at least one word"),
    ('"audit',            "never closed"),
    ('audit" chamber',    "never closed"),
    ('"a" "b',            "never closed"),
    ("«audit",            "never closed"),
    ("a" * 201,           "at most 200 characters"),
    ("a " * 17,           "at most 16 words"),
    ('"' + "a " * 17 + '"', "at most 16 words"),
    ("a " * 9 + '"' + "b " * 8 + '"', "at most 16 words"),
]
# fmt: on


@pytest.mark.parametrize(("text", "single", "phrases"), QUERIES)
def test_parse(text: str, single: list[str], phrases: list[tuple[str, ...]]) -> None:
    assert parse(text) == Query(tuple(single), tuple(phrases))


@pytest.mark.parametrize(("text", "says"), REFUSED)
def test_a_query_that_nothing_could_match_is_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse(text)


def test_the_longest_query() -> None:
    assert len(parse("a " * MAX_WORDS).words) == 1
    assert parse("a" * MAX_QUERY_LENGTH).words == ("a" * 100,)


# The published queries ---------------------------------------------------------------------------


@pytest.fixture
def corpus(cast: None) -> None:
    """Eight promises; what is published and what is not."""
    Body.objects.bulk_create(
        [
            Body(
                id="audit-chamber",
                name={
                    "en": "Supreme Audit Chamber",
                    "ru": "Высшая аудиторская палата",
                    "kk": "Жоғары аудиторлық палата",
                },
            ),
            Body(id="akimat", name={"en": "Akimat", "kk": "Әкімдік"}),
        ]
    )
    make_promise(
        1,
        title={"en": "Party registration threshold cut to 5,000 members"},
        statement={"en": "To register a party, 5,000 members are needed instead of 20,000."},
    )
    make_promise(
        2,
        title={"en": "Accounts Committee becomes a chamber"},
        statement={"en": "The committee is turned into a body of audit."},
        bodies=[("audit-chamber", "affected")],
    )
    make_promise(
        3,
        title={
            "en": "Constitutional Court founded",
            "ru": "Учреждён Конституционный Суд",
            "kk": "Конституциялық Сот құрылды",
        },
        statement={"en": "A court that citizens may address.", "kk": "Әр азамат жүгіне алады."},
    )
    make_promise(
        4,
        title={"en": "New region of Ulytau", "kk": "Ұлытау өңірі қайта құрылады"},
        statement={"en": "Its centre is Zhezqazğan.", "kk": "Орталығы — Жезқазған; һәм ірі іс."},
        bodies=[("akimat", "responsible")],
    )
    make_promise(
        5,
        title={"en": "Fuel for farmers at 20000 litres"},
        statement={
            "en": "It’s the Government's well-known co-operation programme 👍 of 2022–2025."
        },
    )
    noted = make_promise(6, title={"en": "Something else"}, statement={"en": "The ABC of cats."})
    make_update(noted, "implemented", note={"en": "Adopted as law", "ru": "Принят новый закон"})
    make_update(
        noted, "stalled", "2022-01", organisation="lantern", note={"en": "Nothing audible."}
    )
    hidden = make_promise(
        7, title={"en": "Title ends with supreme"}, statement={"en": "Audit begins it."}
    )
    for state in (s for s in ReviewState if s != ReviewState.PUBLISHED):
        make_update_in(
            state, hidden, note={"en": f"secretive zebra {state}"}, organisation="compass"
        )
    make_promise(
        8, title={"en": "Cafe\u0301 ŞAŞLIK Straße"}, statement={"en": "ﬁne print; e-mail."}
    )


# fmt: off
PUBLISHED = [
    # query                            ids             why
    ("party",                          "1",            "a word of the title"),
    ("threshold members instead",      "1",            "all words, wherever they stand in it"),
    ("threshold zebra",                "",             "all words, not some"),
    ("PARTY Threshold",                "1",            "without regard to case"),
    ("regist",                         "1",            "by prefix"),
    ("egistration",                    "",             "not by suffix"),
    ("registrations",                  "",             "unstemmed"),
    ("the",                            "2 5 6",        "no word is too common"),
    ("a",                              "1 2 3 4 5 6 7", "one letter is a prefix"),
    ("audit",                          "2 7",          "statement and body's name"),
    ("audi",                           "2 6 7",        "and a published note"),
    ("supreme audit",                  "2 7",          "two words, in two texts or in one"),
    ('"supreme audit"',                "2",            "a phrase, within one text"),
    ('"audit chamber"',                "2",            "a phrase inside a longer text"),
    ('"chamber audit"',                "",             "in its order"),
    ('"supreme chamber"',              "",             "without gaps"),
    ('"supreme aud"',                  "",             "in whole words"),
    ('"audit"',                        "2 7",          "one quoted word is a whole word"),
    ('"audi"',                         "",             "and no prefix"),
    ('"law принят"',                   "",             "no phrase spans two languages"),
    ('"law nothing"',                  "",             "nor two notes"),
    ('"chamber высшая"',               "",             "nor two names"),
    ('committee "body of audit"',      "2",            "words and a phrase"),
    ("“body of audit”",                "2",            "typographic quotation marks"),
    ("«body of audit»",                "2",            "of other languages too"),
    ("law",                            "6",            "a published note"),
    ("закон",                          "6",            "in any language"),
    ("zebra",                          "",             "no note that does not stand"),
    ("secretive superseded",           "",             "whatever became of it"),
    # Russian
    ("конституц",                      "3",            "a prefix of both languages"),
    ("Конституционный",                "3",            "Russian"),
    ("СУД",                            "3",            "in capitals"),
    ("учрежден",                       "",             "ё is a letter of its own"),
    ("учреждён",                       "3",            "and found as itself"),
    ("учреждe\u0308н",                 "",             "a Latin e is no Cyrillic one"),
    ("учрежде\u0308н",                 "3",            "ё typed as two characters"),
    ("палата",                         "2",            "Russian and Kazakh names of a body"),
    # Kazakh: қ ғ ң ө ұ ү һ і ә
    ("құрылды",                        "3",            "қ"),
    ("құрыл",                          "3 4",          "by prefix"),
    ("ҚҰРЫЛ",                          "3 4",          "in capitals"),
    ("курыл",                          "",             "қ is no к, ұ is no у"),
    ("жоғары",                         "2",            "ғ"),
    ("өңірі",                          "4",            "ө ң і"),
    ("ӨҢІР",                           "4",            "in capitals"),
    ("онир",                           "",             "ө is no о"),
    ("ұлытау",                         "4",            "ұ"),
    ("жүгіне",                         "3",            "ү"),
    ("һәм",                            "4",            "һ ә"),
    ("ҺӘМ ІРІ",                        "4",            "in capitals"),
    ("i",                              "1 2 4 5 7",    "Latin i"),
    ("і",                              "4",            "is not Cyrillic і"),
    ("әкімдік",                        "4",            "a body's Kazakh name"),
    ("zhezqazğan",                     "4",            "Latin ğ"),
    ("zhezqazgan",                     "",             "is no g"),
    ('"ұлытау өңірі"',                 "4",            "a Kazakh phrase"),
    # Digits
    ("5,000",                          "1",            "as it is written"),
    ("5000",                           "",             "not as one number: the text says 5 and 000"),
    ("20,000",                         "1",            "as it is written"),
    ("20 000",                         "1",            "however it is grouped"),
    ("20000",                          "5",            "as one number where the text says so"),
    ("20",                             "1 5",          "a number by prefix"),
    ("2025",                           "5",            "after a dash"),
    ('"2022 2025"',                    "5",            "a dash is a gap between words"),
    # Marks
    ("co-operation",                   "5",            "a hyphen is a gap"),
    ("cooperation",                    "",             "and no nothing"),
    ("well known",                     "5",            "as two words"),
    ('"well known co operation"',      "5",            "as a phrase"),
    ("government's",                   "5",            "a straight apostrophe"),
    ("government’s",                   "5",            "a typographic one"),
    ("it's",                           "5 7",          "either in either: it… and s…"),
    ("programme 👍 of",                "5",            "an emoji asks for nothing"),
    ('"programme of"',                 "5",            "nor does it stand between words"),
    ("e-mail",                         "8",            "single letters"),
    # Forms of characters
    ("café",                           "8",            "composed finds decomposed"),
    ("cafe",                           "",             "é is no e"),
    ("caf",                            "8",            "by prefix up to it"),
    ("strasse",                        "8",            "ß is ss"),
    ("STRASSE",                        "8",            "in capitals"),
    ("şaşlık",                         "",             "I is i in the record, not Turkish ı"),
    ("şaşlik",                         "8",            "as it is folded"),
    ("fine",                           "8",            "a ligature"),
    ("abc OR cats",                    "",             "or is a word"),
    ("not audible",                    "6",            "not is one too, here the prefix of nothing"),
    ("nothing AND audible",            "",             "and and"),
]
# fmt: on


def test_what_each_query_finds(corpus: None) -> None:
    """One corpus for all, because it is dear; the comparison names every query that went wrong."""
    expected = {query: (numbers.split(), why) for query, numbers, why in PUBLISHED}
    assert len(expected) == len(PUBLISHED)
    assert {query: (found(query), why) for query, _, why in PUBLISHED} == expected


def found(query: str) -> list[str]:
    return [str(one.number) for one in Promise.objects.search(parse(query))]


# Rank --------------------------------------------------------------------------------------------


def test_the_title_outweighs_the_statement_the_bodies_and_the_notes(cast: None) -> None:
    make_promise(1, statement={"en": "A tribunal."}, title={"en": "First"})
    make_promise(2, title={"en": "The tribunal"}, statement={"en": "Second."})
    workflow.save(Body(id="tribunal", name={"en": "Tribunal"}))
    make_promise(3, bodies=[("tribunal", "affected")], title={"en": "Third"})
    make_update(make_promise(4, title={"en": "Fourth"}), "stalled", note={"en": "No tribunal."})
    query = parse("tribunal")
    ranked = Promise.objects.search(query).with_relevance(query).order_by("relevance", "position")
    assert [(one.number, one.relevance) for one in ranked] == [(2, 1), (1, 2), (3, 3), (4, 4)]


def test_rank_is_the_least_group_of_fields_that_holds_all_words(cast: None) -> None:
    make_promise(1, title={"en": "New court"}, statement={"en": "Old law."})
    for text, relevance in (("new", 1), ("new court", 1), ('"new court"', 1), ("court law", 2)):
        query = parse(text)
        (one,) = Promise.objects.search(query).with_relevance(query)
        assert one.relevance == relevance, text


# What is found follows what is public ------------------------------------------------------------


def test_a_note_is_found_while_it_stands(promise: Promise) -> None:
    update = make_update(promise, "stalled", note={"en": "Quokka"}, publish=False)
    assert found("quokka") == []
    revise(update, note={"en": "Wombat"})
    workflow.publish(update)
    assert (found("quokka"), found("wombat")) == ([], ["1"])
    workflow.retract(update, "No wombat.")
    assert found("wombat") == []


def test_a_successors_note_takes_the_place_of_the_old_one(promise: Promise) -> None:
    wrong = make_update(promise, "stalled", note={"en": "Quokka"})
    right = make_update(promise, "stalled", note={"en": "Wombat"}, publish=False)
    workflow.supersede(wrong, right, "It was a wombat.")
    assert (found("quokka"), found("wombat")) == ([], ["1"])


def test_a_removed_note_is_gone_from_the_index_itself(promise: Promise) -> None:
    """Design, rule 9: what the law forces out must not linger in a copy."""
    update = make_update(promise, "stalled", note={"en": "Quokka"})
    workflow.remove(update, "By order of a court.")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {search.TABLE}")  # noqa: S608
        assert "quokka" not in str(cursor.fetchall())


def test_an_edited_title_is_found_anew(promise: Promise) -> None:
    promise.title = {"en": "Wombat", "kk": "Қоңыр аю"}
    workflow.save(promise, "It is about another animal.")
    assert (found('"promise 1"'), found("wombat"), found("қоңыр")) == ([], ["1"], ["1"])


def test_a_promise_is_indexed_once(promise: Promise) -> None:
    for _ in range(3):
        verdicts.reindex([promise.pk])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT promise_id FROM {search.TABLE}")  # noqa: S608
        assert cursor.fetchall() == [(promise.pk,)]
    search.remove(promise.pk)
    assert found("promise") == []
    assert list(verdicts.drift([promise.pk])) == [
        (promise.pk, "search index", "stale or missing", "the present texts")
    ]


def test_ids_that_begin_alike_are_not_confused(cast: None) -> None:
    for number in (1, 10, 11):
        make_promise(number, title={"en": f"Only{number}"})
    search.remove("demo2020-1-1")
    assert [found(f"only{number}") for number in (10, 11)] == [["10"], ["11"]]


def test_the_longest_texts_are_indexed_whole(promise: Promise) -> None:
    """Every note may have 5,000 characters in three languages."""
    note = " ".join(f"w{number}" for number in range(700))
    for effective in ("2020", "2021", "2022"):
        make_update(promise, "stalled", effective, note={"en": note, "ru": note, "kk": note})
    assert found("w699 w0") == found('"w698 w699"') == ["1"]
    assert list(verdicts.drift([promise.pk])) == []


def test_one_word_a_thousand_times(promise: Promise) -> None:
    make_update(promise, "stalled", note={"en": "word " * 999 + "last"})
    assert found("word last") == ["1"]
    assert list(verdicts.drift([promise.pk])) == []


# Whatever is asked, and whatever is written ------------------------------------------------------

QUICK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
# Texts as people write them, and texts as nobody does.
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(categories=["L", "N", "M", "P", "Z"]), max_size=60),
    st.text(st.sampled_from("қғңөұүһіәҚҒабвabcİıßﬁ \u0301'\"-_&|!():*<>{}^%\\,.0123"), max_size=60),
)


@QUICK
@given(query=TEXTS)
def test_any_query_is_answered_or_refused(corpus: None, query: str) -> None:
    try:
        asked = parse(query)
    except ValueError as refusal:
        assert str(refusal).startswith(("a search ", "a quotation mark "))  # noqa: PT017
        return
    rows = Promise.objects.search(asked).with_relevance(asked)
    assert all(1 <= one.relevance <= 4 for one in rows)


@QUICK
@given(text=TEXTS)
def test_a_text_is_found_by_its_own_words(promise: Promise, text: str) -> None:
    own = words(text)
    if not own:
        return
    with rolled_back():
        search.index(promise.pk, {"title": [text], "statement": [], "bodies": [], "notes": []})
        single = Query(tuple(dict.fromkeys(own[:MAX_WORDS])), ())
        phrase = Query((), (tuple(own[:MAX_WORDS]),))
        prefix = Query(tuple(word[: max(1, len(word) // 2)] for word in own[:MAX_WORDS]), ())
        for query in (single, phrase, prefix):
            assert list(Promise.objects.search(query)) == [promise], query
        assert search.is_indexed(
            promise.pk, {"title": [text], "statement": [], "bodies": [], "notes": []}
        )


@QUICK
@given(first=TEXTS, second=TEXTS)
def test_no_phrase_spans_two_texts(promise: Promise, first: str, second: str) -> None:
    before, after = words(first), words(second)
    if not before or not after:
        return
    across = Query((), ((before[-1], after[0]),))
    texts = {"title": [first, second], "statement": [second], "bodies": [], "notes": []}
    inside = any(pair == across.phrases[0] for text in (before, after) for pair in pairwise(text))
    with rolled_back():
        search.index(promise.pk, texts)
        assert Promise.objects.search(across).exists() is inside


def test_both_engines_know_the_letters_and_digits_of_every_script(promise: Promise) -> None:
    """SQLite's own idea of a letter lacks some: whatever we cut must stay whole."""
    every_fifth = (chr(code) for code in range(0, 0x110000, 5) if not 0xD800 <= code <= 0xDFFF)
    letters = sorted({word for character in every_fifth for word in words(character)})
    missing: list[str] = []
    for start in range(0, len(letters), 400):
        some = letters[start : start + 400]
        with rolled_back():
            search.index(promise.pk, {name: [" ".join(some)] for name in search.FIELDS})
            if not Promise.objects.search(Query(tuple(some), ())).exists():
                missing += some
    assert missing == []
