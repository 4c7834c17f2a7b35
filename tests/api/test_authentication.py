"""Who asks: keys and sessions. A key that lets nobody in is refused everywhere, with its reason."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from reforms import keys
from reforms.models import Organisation
from tests.api.asking import BASE, ask, problem
from tests.api.sending import Sender, key_of, told
from tests.fixtures import Clock, fresh

pytestmark = pytest.mark.usefixtures("promise")

PATHS = (
    "/",
    "/promises/",
    "/promises/demo2020-1-1/",
    "/promises/demo2020-1-1/updates/",
    "/updates/",
    "/sources/",
    "/sources/demo2020-address/",
    "/changes/",
    "/changes/head/",
    "/corrections/",
    "/statistics/",
    "/statistics/timeseries/",
    "/statistics/agreement/",
)


def refused(response: Any) -> str:
    """Why nobody was let in."""
    detail: str = problem(response, 401, "unauthenticated")["detail"]
    assert response.headers["WWW-Authenticate"] == (
        'Bearer realm="reform-tracker", error="invalid_token"'
    )
    return detail


# Works.


@pytest.mark.parametrize("path", PATHS)
def test_a_key_reads_what_everybody_reads(lantern: Sender, path: str) -> None:
    """But its answers are nobody else's: no cache keeps them."""
    response = lantern.get(path)
    assert response.status_code == 200
    assert response.json() == ask(path).json()
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_in_any_case(lantern: Sender, scheme: str) -> None:
    response = ask("/updates/", authorization=f"{scheme}  {lantern.bearer} ")
    told(response)


def test_the_use_of_a_key_is_noted_to_the_hour(lantern: Sender, clock: Clock) -> None:
    clock.at("2026-06-01T12:34:56+00:00")
    told(lantern.get("/promises/"))
    assert fresh(lantern.key).last_used_at == datetime(2026, 6, 1, 12, tzinfo=UTC)


# A key that lets nobody in.


@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_key(path: str) -> None:
    key = "rt_abcdefghjkmn_" + "x" * 43
    response = ask(path, authorization=f"Bearer {key}")
    assert "There is no such key" in refused(response)
    assert key not in response.content.decode()


def test_a_wrong_secret(lantern: Sender) -> None:
    wrong = lantern.bearer[:-1] + ("a" if lantern.bearer[-1] != "a" else "b")
    assert "There is no such key" in refused(ask("/updates/", authorization=f"Bearer {wrong}"))


def test_a_revoked_key(lantern: Sender) -> None:
    assert lantern.key is not None
    keys.revoke(lantern.key)
    assert "was revoked" in refused(lantern.get("/promises/"))
    assert "was revoked" in refused(lantern.post("/updates/", {}))


def test_an_expired_key(lantern: Sender, clock: Clock) -> None:
    owner = Organisation.objects.get(pk="lantern")
    soon = clock.moment + timedelta(hours=1)
    _, text = keys.issue(owner, "Short", ["submit"], expires_at=soon)
    short = Sender(bearer=text)
    told(short.get("/promises/"))
    clock.at((soon + timedelta(seconds=1)).isoformat())
    assert "has expired" in refused(short.get("/promises/"))


def test_a_rotated_key(lantern: Sender) -> None:
    assert lantern.key is not None
    _, text = keys.rotate(lantern.key)
    assert "was revoked" in refused(lantern.get("/promises/"))
    told(Sender(bearer=text).get("/promises/"))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer rt_abc",
        "Bearer rt_abcdefghjkmn_" + "x" * 42,
        "Bearer rt_abcdefghjkmn_" + "x" * 43 + ", Bearer rt_abcdefghjkmn_" + "x" * 43,
        "rt_abcdefghjkmn_" + "x" * 43,
        "Basic bGFudGVybjpzZWNyZXQ=",
        "Token abc",
        "Bearer кириллица",
    ],
)
def test_what_is_no_key(header: str) -> None:
    response = Client(raise_request_exception=False).get(
        f"{BASE}/promises/", headers={"authorization": header.encode().decode("latin-1")}
    )
    told_why = refused(response)
    assert "rt_…" in told_why or "Bearer" in told_why


# A key is never in an address.


@pytest.mark.parametrize("name", ["key", "api_key", "token", "access_token", "authorization"])
def test_a_key_in_the_address_is_not_read(lantern: Sender, name: str) -> None:
    response = ask("/updates/", {name: lantern.bearer, "review_state": "submitted"})
    assert response.status_code == 400
    assert lantern.bearer not in response.content.decode()


def test_nor_is_it_repeated_wherever_it_stands(lantern: Sender) -> None:
    for path, query in (
        ("/updates/", {lantern.bearer: "x"}),
        ("/promises/", {"status": lantern.bearer}),
        ("/promises/", {"cursor": lantern.bearer}),
        (f"/{lantern.bearer}/", {}),
    ):
        body = ask(path, query).content.decode()
        assert lantern.bearer not in body
        assert lantern.bearer.rpartition("_")[2] not in body
    response = lantern.post("/updates/", {lantern.bearer: 1, "status": lantern.bearer})
    assert response.status_code == 422
    assert lantern.bearer[20:] not in response.content.decode()


# Sessions.


def test_a_session_is_known_where_answers_depend_on_it(anna: Sender) -> None:
    response = anna.get("/updates/", "review_state=submitted")
    assert told(response)["results"] == []
    assert response.headers["Cache-Control"] == "private, no-store"
    assert anna.get("/promises/").headers["Cache-Control"] == "public, max-age=60"


def test_the_key_counts_where_both_are_there(anna: Sender) -> None:
    other = key_of("compass", "submit")
    both = Sender(bearer=other.bearer, user=anna.user)
    assert both.submitted()["organisation"] == "compass"


def test_answers_say_on_what_they_depend(lantern: Sender) -> None:
    row = lantern.submitted()
    for path in ("/updates/", row["api_url"], "/sources/demo2020-address/"):
        names = set(ask(path).headers["Vary"].split(", "))
        assert {"Accept", "Accept-Language", "Authorization", "Cookie"} <= names, path
    assert "no-store" in ask(row["api_url"]).headers["Cache-Control"], "it may be there tomorrow"


# Other origins.


def test_a_page_of_another_origin_may_write_with_a_key(lantern: Sender) -> None:
    asked = "authorization,content-type,idempotency-key,if-match,if-none-match"
    response = Client().options(
        f"{BASE}/updates/",
        headers={
            "origin": "https://ngo.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": asked,
        },
    )
    allowed = response.headers["Access-Control-Allow-Headers"].split(", ")
    assert set(asked.split(",")) <= set(allowed)
    assert {"POST", "PATCH"} <= set(response.headers["Access-Control-Allow-Methods"].split(", "))
    response = lantern.post("/updates/", {}, origin="https://ngo.example")
    exposed = set(response.headers["Access-Control-Expose-Headers"].split(", "))
    assert exposed >= {"ETag", "Location", "Retry-After", "RateLimit", "Idempotency-Replayed"}


def test_but_never_with_somebody_s_session(anna: Sender) -> None:
    response = anna.get("/updates/", origin="https://ngo.example")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
