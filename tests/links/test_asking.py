"""What comes of asking, with a server for everything that can go wrong."""

import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from reforms.links import LinkOutcome, Run, ask, is_dead
from tests.links.site import Site, standing, unused_port

pytestmark = pytest.mark.without_database

# What is asked, what comes of it, and where it leads.
ANSWERS = [
    ("/there", "alive", 200, ""),
    ("/no-head", "alive", 200, ""),
    ("/hangs-up-on-head", "alive", 200, ""),
    ("/endless", "alive", 200, ""),
    ("/drips", "alive", 200, ""),
    ("/for-now", "alive", 200, "/there"),
    ("/slash", "alive", 200, "/slash/"),
    ("/nowhere-to-go", "alive", 302, ""),
    ("/moved", "moved", 200, "/there"),
    ("/moved-twice", "moved", 200, "/there"),
    ("/in-utf-8", "moved", 200, "/%D0%BF%D1%83%D1%82%D1%8C"),
    ("/moved-to-the-front", "moved", 200, "/"),
    ("/nowhere", "gone", 404, ""),
    ("/gone", "gone", 410, ""),
    ("/moved-and-gone", "gone", 404, "/nowhere"),
    ("/closed", "refused", 403, ""),
    ("/busy", "refused", 429, ""),
    ("/loop", "refused", 302, ""),
    ("/broken", "failing", 500, ""),
    ("/pause", "failing", 503, ""),
    ("/slow", "failing", None, ""),
    ("/mumbles", "failing", None, ""),
    ("/into-the-house", "off_limits", None, ""),
    ("/to-a-file", "off_limits", None, ""),
    ("/to-a-port", "off_limits", None, ""),
]


@pytest.mark.parametrize(("path", "outcome", "status", "leads_to"), ANSWERS)
def test_what_becomes_of_a_page(
    site: Site, path: str, outcome: str, status: int | None, leads_to: str
) -> None:
    began = time.monotonic()
    answer = ask(site.url(path), site.manners())
    assert (answer.outcome, answer.status) == (outcome, status)
    assert answer.leads_to == (site.url(leads_to) if leads_to else "")
    assert answer.message or outcome == "alive"
    if path == "/into-the-house":
        assert answer.message == "Not asked: 10.0.0.1 is no machine on the public internet."
    assert answer.busy is (path in ("/busy", "/pause"))
    assert time.monotonic() - began < 3, "no server takes more time than it is given"


def test_a_page_is_asked_for_once_and_politely(site: Site) -> None:
    ask(site.url("/there"), site.manners(agent="reform-tracker (+https://tracker.example/)"))
    [(method, _, headers)] = site.asked
    assert method == "HEAD"
    assert headers == {
        "Host": f"site.test:{site.port}",
        "User-Agent": "reform-tracker (+https://tracker.example/)",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def test_who_is_busy_is_not_asked_a_second_time(site: Site) -> None:
    ask(site.url("/busy"), site.manners())
    assert site.requests == ["HEAD /busy"]


def test_redirects_end_and_take_no_cookies_along(site: Site) -> None:
    ask(site.url("/loop"), site.manners())
    assert site.requests == ["HEAD /loop"] * 6
    assert not any("Cookie" in headers for _, _, headers in site.asked)


def test_nobody_at_all(site: Site) -> None:
    port = unused_port()
    for url in (f"http://site.test:{port}/", f"http://unknown.example:{port}/"):
        answer = ask(url, site.manners(ports=(port,)))
        assert (answer.outcome, answer.heard) == ("failing", False)


def test_the_machine_that_was_vetted_is_the_one_that_is_asked(site: Site) -> None:
    """A name that means another machine when it is looked up again gains nothing by it."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    how = site.manners(resolve=lambda host, port: next(answers))
    assert ask(site.url("/there"), how).outcome == "alive"
    assert next(answers) == ["10.0.0.1"], "it was looked up once"


def test_as_the_service_asks_this_machine_is_out_of_reach(site: Site) -> None:
    for url in (site.url("/there", "127.0.0.1"), "http://localhost/", "http://127.0.0.1/"):
        assert ask(url).outcome == LinkOutcome.OFF_LIMITS
    assert site.asked == []


# TLS ----------------------------------------------------------------------------------------------


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Contexts of a server that calls itself so, and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "pem", folder / "key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem, secret)
    return server, ssl.create_default_context(cafile=str(pem))


def test_a_certificate_is_checked_against_the_name_and_not_the_number(tmp_path: Path) -> None:
    server, trusting = certificate(tmp_path, "site.test")
    with standing(server) as site:
        there, elsewhere = (f"https://{name}.test:{site.port}/there" for name in ("site", "other"))
        assert ask(there, site.manners(trust=trusting)).outcome == "alive"
        for url, how in (
            (elsewhere, site.manners(trust=trusting)),
            (there, site.manners()),
        ):
            answer = ask(url, how)
            assert answer.outcome == "refused", "readers may still get there"
            assert answer.message.startswith("Its certificate is not accepted")
        assert len(site.asked) == 1


def test_a_server_that_speaks_no_tls(site: Site) -> None:
    answer = ask(site.url("/there").replace("http:", "https:"), site.manners())
    assert (answer.outcome, answer.heard) == ("failing", True)


# When an address is dead --------------------------------------------------------------------------

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
LIVES: list[tuple[str, list[tuple[str, float]], bool]] = [
    ("one bad check", [("gone", 0)], False),
    ("two in one hour", [("gone", 0), ("gone", 0.04)], False),
    ("gone on two days", [("gone", 0), ("gone", 1)], True),
    ("silent for three days", [("failing", 0), ("failing", 1), ("failing", 3)], False),
    ("silent for five", [("failing", 0), ("failing", 2), ("failing", 5)], True),
    ("silent twice in a month", [("failing", 0), ("failing", 30)], False),
    ("silent, then gone", [("failing", 0), ("gone", 1)], True),
    ("there in between", [("gone", 0), ("alive", 1), ("gone", 2)], False),
    ("moved in between", [("failing", 0), ("moved", 3), ("failing", 5), ("failing", 6)], False),
    ("not told in between", [("gone", 0), ("refused", 1), ("gone", 2)], True),
    ("not told now", [("gone", 0), ("gone", 1), ("refused", 2)], False),
    ("forbidden for ever", [("off_limits", day) for day in range(9)], False),
]


@pytest.mark.parametrize(
    ("checks", "dead"), [case[1:] for case in LIVES], ids=[c[0] for c in LIVES]
)
def test_when_an_address_is_dead(checks: list[tuple[str, float]], dead: bool) -> None:
    run: Any = Run()
    found = False
    for word, day in checks:
        at = BEGIN + timedelta(days=day)
        run = run.followed_by(LinkOutcome(word), at)
        found = is_dead(LinkOutcome(word), run, at)
    assert found is dead
