"""Which addresses may be asked at all."""

import pytest

from reforms.links import Forbidden, is_public, vetted

pytestmark = pytest.mark.without_database

PUBLIC = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"]
PRIVATE = [
    *("127.0.0.1", "0.1.2.3", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("168.63.129.16", "::", "::1", "::ffff:127.0.0.1", "::ffff:93.184.216.34", "::7f00:1"),
    *("fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1", "2002:7f00:1::"),
    *("2001:0:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1", "nonsense", ""),
    *("192.0.0.8", "192.0.0.192", "64:ff9b::c000:c0", "3fff::1"),
]


def test_only_the_public_internet_is_public() -> None:
    assert [one for one in PUBLIC if not is_public(one)] == []
    assert [one for one in PRIVATE if is_public(one)] == []


def to(*addresses: str) -> dict[str, object]:
    return {"resolve": lambda host, port: list(addresses)}


def test_a_page_and_where_its_host_stands() -> None:
    place = vetted("HTTPS://Пример.example:443/путь?q=ә#part", **to("93.184.216.34"))  # type: ignore[arg-type]
    assert (place.scheme, place.host, place.port) == ("https", "xn--e1afmkfd.example", 443)
    assert place.target == "/%D0%BF%D1%83%D1%82%D1%8C?q=%D3%99"
    assert place.named == "xn--e1afmkfd.example"
    assert place.addresses == ("93.184.216.34",)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.org/a", "only http and https"),
        ("javascript:alert(1)", "only http and https"),
        ("//example.org/a", "only http and https"),
        ("https://anna:secret@example.org/", "a name or a password"),
        ("https://@example.org/", "a name or a password"),
        ("https://example.org:8080/", "only the usual ports"),
        ("https://example.org:0/", "only the usual ports"),
        ("https://example.org:99999/", "no address of a page"),
        ("https:///a", "names no host"),
        ("https://exa mple.org/", "names no host"),
        ("https://-example.org/", "names no host"),
        ("https://[fe80::1%25eth0]/", "no address of a page|names no host|no machine"),
        ("https://[::1/", "no address of a page"),
    ],
)
def test_what_is_no_page_of_the_web_is_not_asked(url: str, why: str) -> None:
    with pytest.raises(Forbidden, match=why):
        vetted(url, **to("93.184.216.34"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://[::1]/"]
)
def test_no_spelling_of_this_machine_is_asked(url: str) -> None:
    """The names of numbers need no network to be looked up."""
    with pytest.raises(Forbidden, match="no machine on the public internet"):
        vetted(url)


def test_a_name_that_also_means_a_private_machine_is_not_asked() -> None:
    with pytest.raises(Forbidden, match=r"example\.org is no machine on the public internet"):
        vetted("https://example.org/", **to("93.184.216.34", "10.0.0.1"))  # type: ignore[arg-type]
