import hashlib
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reforms.seeding.fingerprints import PATTERN, fingerprint, normalise, paragraphs

pytestmark = pytest.mark.without_database

# Text, what `fp1` makes of it, and the SHA-256 of that in UTF-8.
VECTORS = [
    (
        "Dear compatriots!",
        "Dear compatriots!",
        "6aa91a88bd1d11b6705bb9e15a672572338e406738cd7ba589cba3b08382fd2c",
    ),
    (
        "  The  “New\u00a0Kazakhstan” – today’s aim\t",
        'The "New Kazakhstan" - today\'s aim',
        "ce36ebd245214254e152a653cf5bac49477ac58aaf6b256e14b05c2bd61e4239",
    ),
    (
        "Парламент\u00ad туралы «Заң» — №\u202f5",
        'Парламент туралы "Заң" - No 5',
        "72188d4378142482a1c3ae359a5902b5df0b205df2f29942f19c6ccaed84a217",
    ),
    (
        "Әділетті\u200bҚазақстан ﬁnal ½ − 3″ 4′",
        "ӘділеттіҚазақстан final 1⁄2 - 3\" 4'",
        "a8b676017cf491ecd34c534a247469dab99e72327545c9cd84f042d36795bd29",
    ),
]

TEXTS = st.text(max_size=80)
SPACES = [" ", "\t", "\u00a0", "\u2009", "\u3000", "  "]
DOUBLE = ['"', "“", "”", "„", "«", "»", "″"]
SINGLE = ["'", "‘", "’", "‚", "′", "`", "´"]
DASHES = ["-", "–", "—", "‒", "−", "‑"]


@pytest.mark.parametrize(("text", "normalised", "digest"), VECTORS)
def test_vectors(text: str, normalised: str, digest: str) -> None:
    assert normalise(text) == normalised
    assert hashlib.sha256(normalised.encode()).hexdigest() == digest
    assert fingerprint(text) == f"fp1:{digest}"


@pytest.mark.parametrize(
    ("one", "other"),
    [("Case", "case"), ("1,000", "1000"), ("The end.", "The end"), ("café", "cafe"), ("a b", "ab")],
)
def test_what_makes_a_difference(one: str, other: str) -> None:
    assert fingerprint(one) != fingerprint(other)


def test_composed_and_decomposed_letters_are_one() -> None:
    assert fingerprint(unicodedata.normalize("NFD", "Ёлка й é")) == fingerprint("Ёлка й é")


@given(TEXTS)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.lists(st.sampled_from(["a", "Б", "ә", "7"]), min_size=1), st.data())
def test_white_space_does_not_matter(words: list[str], data: st.DataObject) -> None:
    spaced = "".join(data.draw(st.sampled_from(SPACES)) + word for word in words)
    assert fingerprint(spaced + "\u2009") == fingerprint(" ".join(words))


@given(TEXTS, st.data())
def test_quotes_and_dashes_do_not_matter(text: str, data: st.DataObject) -> None:
    written = "".join(
        next(
            (data.draw(st.sampled_from(kind)) for kind in (DOUBLE, SINGLE, DASHES) if one in kind),
            one,
        )
        for one in text
    )
    assert fingerprint(written) == fingerprint(text)


def test_paragraphs_are_lines_that_hold_something() -> None:
    found = paragraphs("\ufeffFirst\r\n\r\n \u200b \n\tSecond \u2028Third")
    assert [(one.ordinal, one.text) for one in found] == [
        (1, "\ufeffFirst"),
        (2, "Second"),
        (3, "Third"),
    ]
    assert found[0].fingerprint == fingerprint("First")


@given(TEXTS)
def test_every_fingerprint_has_the_form_that_the_schema_asks_for(text: str) -> None:
    assert re.search(PATTERN, fingerprint(text))
