"""Which spellings of an address mean one document."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reforms.addresses import canonical, digest

pytestmark = pytest.mark.without_database

# In each line one document, however it is spelt; in no two lines the same.
DOCUMENTS = [
    [
        "https://example.org/report",
        "http://example.org/report",
        "https://www.example.org/report",
        "HTTPS://Example.ORG/report",
        "https://example.org./report",
        "https://example.org:443/report",
        "http://example.org:80/report",
        "https://example.org/report/",
        "https://example.org/report#summary",
        "https://example.org/r%65port",
        "https://example.org/report?utm_source=mail&utm_medium=x",
        "https://example.org/report?fbclid=abc&UTM_campaign=1",
        "  https://example.org/report\n",
    ],
    ["https://example.org/Report"],
    ["https://example.org:8443/report", "https://www.example.org:8443/report/"],
    ["https://example.org", "http://example.org/", "http://www.example.org?yclid=1"],
    ["https://news.example.org"],
    [
        "https://example.org/report?page=2&lang=kk",
        "https://example.org/report?lang=kk&page=2",
        "http://example.org/report/?lang=kk&utm_term=a&page=2",
    ],
    ["https://example.org/report?lang=ru&page=2"],
    ["https://example.org/report?page=2"],
    ["https://example.org/?q=a%2Bb"],
    ["https://example.org/?q=a+b", "https://example.org/?q=a%20b"],
    # Cyrillic, in UTF-8 and in the older Windows-1251.
    [
        "https://example.org/закон?год=2022",
        f"https://example.org/{quote('закон')}?{quote('год')}=2022",
    ],
    [f"https://example.org/?q={quote('закон', encoding='cp1251')}"],
    [f"https://example.org/?q={quote('указ', encoding='cp1251')}"],
    [f"https://example.org/{quote('закон', encoding='cp1251')}"],
    [f"https://example.org/{quote('указ', encoding='cp1251')}"],
    ["https://пример.рф/a", "https://xn--e1afmkfd.xn--p1ai/a", "http://www.ПРИМЕР.рф/a/"],
    ["https://[2001:db8::1]/a", "http://[2001:DB8::1]:80/a/"],
]


@pytest.mark.parametrize("spellings", DOCUMENTS, ids=lambda spellings: spellings[0])
def test_one_document_has_one_address(spellings: list[str]) -> None:
    assert {canonical(one) for one in spellings} == {canonical(spellings[0])}
    assert len({digest(one) for one in spellings}) == 1


def test_documents_are_kept_apart() -> None:
    assert len({digest(spellings[0]) for spellings in DOCUMENTS}) == len(DOCUMENTS)


def test_the_canonical_address_can_be_read() -> None:
    assert canonical("HTTP://www.Example.org:80/a/?b=2&a=1&utm_source=x#top") == (
        "//example.org/a?a=1&b=2"
    )


def test_a_digest_has_64_digits_and_no_address_has_none() -> None:
    assert len(digest("https://example.org/")) == 64
    assert digest("") == ""


@pytest.mark.parametrize("url", ["https://example.org:99999/", "https://[::1/", "https://[x]/"])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        digest(url)


# What stands between two marks of an address, as far as its own marks do not end it.
_CHARACTERS = st.characters(exclude_categories=["Cs", "Cc", "Zs"], exclude_characters="/?#&=;\\")
_WORDS = st.one_of(
    st.text(_CHARACTERS, min_size=1, max_size=6),
    st.text(min_size=1, max_size=6).map(lambda text: quote(text, safe="", errors="ignore")),
    st.sampled_from(["%2e", "%", "%zz", "%F2%E5", "a+b", "%3F", "%2F", "%26"]),
)
_PATHS = st.lists(_WORDS, min_size=1, max_size=3).map("/".join)
_PAIRS = st.lists(st.tuples(_WORDS, _WORDS).map("=".join), max_size=3)
_HOSTS = st.sampled_from(
    ["example.org", "WWW.example.org", "www.www.example.org", "пример.рф", "127.0.0.1", "[::1]"]
)


def spelt(
    host: str, path: str, pairs: list[str], scheme: str = "https", slash: str = "", end: str = ""
) -> str:
    return f"{scheme}://{host}/{path}{slash}{'?' if pairs else ''}{'&'.join(pairs)}{end}"


@given(_HOSTS, _PATHS, _PAIRS)
def test_a_canonical_address_is_canonical(host: str, path: str, pairs: list[str]) -> None:
    address = canonical(spelt(host, path, pairs))
    assert canonical(address) == address


@given(_HOSTS, _PATHS, _PAIRS)
def test_spellings_agree(host: str, path: str, pairs: list[str]) -> None:
    spellings = [
        spelt(host, path, pairs),
        spelt(host.upper(), path, pairs, scheme="http"),
        spelt(host, path, pairs, slash="/"),
        spelt(host, path, pairs, end="#top"),
        spelt(host, path, [*pairs, "utm_source=mail"]),
        spelt(host, path, pairs[::-1]),
    ]
    assert len({digest(one) for one in spellings}) == 1


@given(_HOSTS, _PATHS, _PAIRS, st.sampled_from(["page", "id"]))
def test_another_page_is_another_document(
    host: str, path: str, pairs: list[str], name: str
) -> None:
    pages = [spelt(host, path, [*pairs, f"{name}={number}"]) for number in range(3)]
    assert len({digest(one) for one in pages}) == 3
