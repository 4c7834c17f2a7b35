"""Limits: who is counted, when a window ends, and what answers say of it."""

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.test import Client, RequestFactory
from rest_framework.request import Request

from reforms import limits
from reforms.api import throttling, urls
from reforms.api.throttling import Limits, TooMany, take_rows
from reforms.api.usage import KeyUsage
from reforms.limits import address_of
from reforms.models import StatusUpdate
from tests.api.asking import problem
from tests.fixtures import Clock, People, make_key

pytestmark = pytest.mark.django_db

OFF: dict[str, Any] = dict.fromkeys(
    ("key-read", "key-write", "key-rows", "address-read", "address-attempts"), ()
)
MIN, DAY = ("min", 60), ("day", 86_400)
LIST = "/api/v1/topics/"
UPDATES = "/api/v1/updates/"
NOWHERE = "00000000-0000-4000-8000-000000000000"
HERE, THERE = "203.0.113.5", "198.51.100.7"


@pytest.fixture(autouse=True)
def empty_cache(cast: None, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is counted yet, at the beginning of a minute, an hour before the day ends."""
    cache.clear()
    clock.at("2026-11-22T23:00:00Z")
    monkeypatch.setattr(limits, "_rests_until", 0.0)
    yield
    cache.clear()


def limit(settings: Any, **limits: tuple[tuple[int, tuple[str, int]], ...]) -> None:
    """Set limits, as in `key_read=((2, MIN),)`; all others are off."""
    settings.LIMITS = OFF | {
        name.replace("_", "-"): [(quota, *window) for quota, window in windows]
        for name, windows in limits.items()
    }


def get(path: str = LIST, text: str = "", address: str = HERE) -> Any:
    headers = {"authorization": f"Bearer {text}"} if text else {}
    client = Client(raise_request_exception=False, REMOTE_ADDR=address)
    return client.get(path, headers=headers)


def post(
    path: str = UPDATES, text: str = "", body: Any = None, address: str = HERE, **headers: str
) -> Any:
    if text:
        headers["authorization"] = f"Bearer {text}"
    client = Client(raise_request_exception=False, REMOTE_ADDR=address)
    return client.post(path, body or {}, "application/json", headers=headers)


def told(response: Any) -> dict[str, dict[str, Any]]:
    """What the headers say, by the name of the limit; they are lists of RFC 9651."""
    said: dict[str, dict[str, Any]] = {}
    for header, parameters in (
        ("RateLimit-Policy", r'q=(?P<q>\d+);w=(?P<w>\d+)(?:;qu="(?P<qu>\w+)")?'),
        ("RateLimit", r"r=(?P<r>\d+);t=(?P<t>\d+)"),
    ):
        for item in response.headers[header].split(", "):
            match = re.fullmatch(rf'"(?P<name>[a-z-]+)";{parameters}', item)
            assert match is not None, item
            said.setdefault(match["name"], {}).update(
                (name, int(value) if value.isdigit() else value)
                for name, value in match.groupdict().items()
                if name != "name" and value
            )
    return said


def is_silent(response: Any) -> bool:
    return not {"RateLimit", "RateLimit-Policy", "Retry-After"} & set(response.headers)


# Reading without a key: by address, and nothing is said of it.


def test_reading_without_a_key_is_limited_by_address(settings: Any) -> None:
    limit(settings, address_read=((2, MIN),))
    assert [get().status_code for _ in range(4)] == [200, 200, 429, 429]
    assert get(address=THERE).status_code == 200


def test_a_cacheable_answer_says_nothing_of_who_asked(settings: Any) -> None:
    limit(settings, address_read=((2, MIN),))
    response = get()
    assert is_silent(response)
    assert response.headers["Cache-Control"] == "public, max-age=60"


def test_a_refusal_says_which_limit_and_how_long_to_wait(settings: Any, clock: Clock) -> None:
    limit(settings, address_read=((1, MIN),))
    get()
    clock.at("2026-11-22T23:00:18.5Z")
    response = get()
    body = problem(response, 429, "too-many-requests")
    assert body["detail"] == (
        "The limit is 1 requests without a key from one address a minute. Try again in 42 seconds."
    )
    assert response.headers["Retry-After"] == "42"
    assert told(response) == {"address-read-min": {"q": 1, "w": 60, "r": 0, "t": 42}}
    assert "max-age" not in response.headers.get("Cache-Control", "")


@pytest.mark.parametrize("path", ["/api/v1/", "/api/schema/", "/api/v1/topics/nobody/"])
def test_everything_below_api_is_limited(settings: Any, path: str) -> None:
    limit(settings, address_read=((1, MIN),))
    assert get(path).status_code != 429
    assert get(path).status_code == 429


def test_no_view_has_taken_itself_out() -> None:
    views = [getattr(one.callback, "cls", None) for one in urls.urlpatterns]
    assert KeyUsage in views
    assert all(one is not None and one.throttle_classes == [Limits] for one in views)


# Windows.


def test_a_window_ends(settings: Any, clock: Clock) -> None:
    limit(settings, address_read=((1, MIN),))
    answers = []
    for second in (0, 59.9, 60, 61, 119.9, 120):
        clock.at(f"2026-11-22T23:0{second // 60:.0f}:{second % 60:04.1f}Z")
        answers.append(get().status_code)
    assert answers == [200, 429, 200, 429, 429, 200]


def test_what_is_refused_is_not_counted(settings: Any, clock: Clock) -> None:
    """Neither in the window that refused it nor in a longer one."""
    limit(settings, address_read=((2, MIN), (3, DAY)))
    assert [get().status_code for _ in range(10)] == [200, 200, *[429] * 8]
    clock.at("2026-11-22T23:01:00Z")
    assert get().status_code == 200
    response = get()
    assert problem(response, 429, "too-many-requests")["detail"] == (
        "The limit is 3 requests without a key from one address a day. Try again in 3,540 seconds."
    )
    assert response.headers["Retry-After"] == "3540"
    assert told(response) == {
        "address-read-min": {"q": 2, "w": 60, "r": 1, "t": 60},
        "address-read-day": {"q": 3, "w": 86_400, "r": 0, "t": 3540},
    }
    clock.at("2026-11-23T00:00:00Z")
    assert get().status_code == 200


def test_off_is_no_limit(settings: Any) -> None:
    limit(settings)
    _, text = make_key()
    assert [get().status_code for _ in range(5)] == [200] * 5
    assert is_silent(get(text=text))


# With a key: by key, and the answer says what is left.


def test_a_key_is_told_what_is_left(settings: Any) -> None:
    limit(settings, key_read=((2, MIN), (9, DAY)), address_read=((1, MIN),))
    _, text = make_key()
    assert told(get(text=text)) == {
        "key-read-min": {"q": 2, "w": 60, "r": 1, "t": 60},
        "key-read-day": {"q": 9, "w": 86_400, "r": 8, "t": 3600},
    }
    response = get(text=text, address=THERE)
    assert told(response)["key-read-min"]["r"] == 0
    assert response.headers["Cache-Control"] == "private, no-store"
    assert get(text=text).status_code == 429
    assert get().status_code == 200, "what a key asks is not counted for its address"
    assert get(text=make_key(name="another")[1]).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (UPDATES, {}, 422),
        (f"{UPDATES}?dryrun=true", {}, 400),
        (f"{UPDATES}{NOWHERE}/publish/", {}, 404),
        (LIST, {}, 405),
    ],
)
def test_writing_has_limits_of_its_own_and_errors_count(
    settings: Any, path: str, body: Any, status: int
) -> None:
    limit(settings, key_write=((1, MIN),))
    _, text = make_key()
    first = post(path, text, body)
    assert first.status_code == status, first.content
    assert told(first) == {"key-write-min": {"q": 1, "w": 60, "r": 0, "t": 60}}
    second = post(path, text, body)
    assert problem(second, 429, "too-many-requests")["detail"].startswith(
        "The limit is 1 writes with one key or account a minute."
    )
    assert get(text=text).status_code == 200


def test_our_own_errors_count_too(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(settings, key_write=((5, MIN),))
    _, text = make_key()

    def break_down(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("reforms.submissions.submit", break_down)
    response = post(text=text, body={"promise": "demo2020-1-1"})
    assert response.status_code == 500
    assert told(response)["key-write-min"]["r"] == 4


def test_repetitions_and_dry_runs_count(settings: Any, promise: Any) -> None:
    limit(settings, key_write=((9, MIN),))
    _, text = make_key()
    body = {
        "promise": promise.pk,
        "status": "implemented",
        "effective_on": "2022-11",
        "citations": [{"source": "demo2020-address"}],
    }
    answers = [
        post(f"{UPDATES}?dry_run=true", text, body),
        post(text=text, body=body, **{"idempotency-key": "first"}),
        post(text=text, body=body, **{"idempotency-key": "first"}),
    ]
    assert [one.status_code for one in answers] == [201] * 3, answers[0].content
    assert answers[2].headers["Idempotency-Replayed"] == "true"
    assert StatusUpdate.objects.count() == 1
    assert [told(one)["key-write-min"]["r"] for one in answers] == [8, 7, 6]


def test_an_account_is_limited_like_a_key(settings: Any, people: People) -> None:
    limit(settings, key_write=((1, MIN),), address_attempts=((1, MIN),))
    answers = []
    for user in (people.anna, people.anna, people.boris):
        client = Client()
        client.force_login(user)
        answers.append(client.post(UPDATES, {}, "application/json").status_code)
    assert answers == [403, 429, 403], "she may not submit here, and that counts too"


# Rows.


def asked_with(text: str) -> Request:
    """A request with this key, as the view of batches has it."""
    factory = RequestFactory(headers={"authorization": f"Bearer {text}"})
    request: Request = KeyUsage().initialize_request(factory.post("/"))
    return request


def test_rows_are_counted_by_the_day(settings: Any, clock: Clock) -> None:
    limit(settings, key_rows=((100, DAY),))
    _, text = make_key()
    request = asked_with(text)
    take_rows(request, 60)
    with pytest.raises(TooMany, match=r"40 are left, and these are 41.* again in 3,600 seconds"):
        take_rows(request, 41)
    take_rows(request, 40)
    with pytest.raises(TooMany):
        take_rows(request, 1)
    take_rows(request, 0)
    take_rows(asked_with(make_key(name="another")[1]), 100)
    clock.at("2026-11-23T00:00:00Z")
    take_rows(request, 100)


def test_batches_are_counted_by_their_rows(settings: Any, promise: Any) -> None:
    """What is refused writes nothing, and the answer to the same batch again is kept already."""
    limit(settings, key_write=((9, MIN),), key_rows=((3, DAY),))
    _, text = make_key()
    content = {"promise": promise.pk, "status": "stalled", "effective_on": "2022-11"}
    row = {**content, "citations": [{"source": "demo2020-address"}]}
    first = post(f"{UPDATES}batch/", text, [row, row], **{"idempotency-key": "first"})
    assert first.status_code == 200, first.content
    assert [(name, one["r"]) for name, one in told(first).items()] == [
        ("key-write-min", 8),
        ("key-rows-day", 1),
    ]
    second = post(f"{UPDATES}batch/", text, [row, row])
    detail = problem(second, 429, "too-many-requests")["detail"]
    assert detail.startswith("The limit is 3 rows in batches with one key or account a day;")
    assert StatusUpdate.objects.count() == 2
    assert post(f"{UPDATES}batch/", text, [row]).status_code == 200
    again = post(f"{UPDATES}batch/", text, [row, row], **{"idempotency-key": "first"})
    assert (again.status_code, again.content) == (200, first.content)


def test_more_rows_than_a_day_has_are_never_taken(settings: Any) -> None:
    limit(settings, key_rows=((100, DAY),))
    with pytest.raises(TooMany, match=r"100 are left, and these are 101. Send fewer at once."):
        take_rows(asked_with(make_key()[1]), 101)


def test_the_headers_say_that_rows_are_meant(settings: Any) -> None:
    limit(settings, key_rows=((100, DAY),))
    request = asked_with(make_key()[1])

    def answer(_: Any) -> Any:
        take_rows(request, 30)
        return get()

    response = throttling.TellLimits(answer)(request._request)
    assert told(response) == {
        "key-rows-day": {"q": 100, "w": 86_400, "qu": "rows", "r": 70, "t": 3600}
    }


# Without a key, or with a wrong one.


def test_attempts_to_write_without_a_key(settings: Any) -> None:
    limit(settings, address_attempts=((2, MIN),))
    answers = [post() for _ in range(3)]
    assert [one.status_code for one in answers] == [401, 401, 429]
    assert [told(one)["address-attempts-min"]["r"] for one in answers] == [1, 0, 0]
    assert post(address=THERE).status_code == 401
    assert get().status_code == 200


@pytest.mark.parametrize(
    "wrong", ["rt_aaaaaaaaaaaa_" + "x" * 43, "hunter2", "", "rt_aaaaaaaaaaaa_" + "x" * 42]
)
def test_wrong_keys(settings: Any, wrong: str) -> None:
    limit(settings, address_attempts=((2, MIN),))
    header = {"authorization": f"Bearer {wrong}"}
    client = Client(REMOTE_ADDR=HERE)
    for path in (LIST, UPDATES):
        assert client.get(path, headers=header).status_code == 401
    response = client.get(LIST, headers=header)
    assert response.status_code == 429
    assert told(response) == {"address-attempts-min": {"q": 2, "w": 60, "r": 0, "t": 60}}


def test_who_guesses_is_not_told_when_it_was_right(
    settings: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No key is looked at any more, until the minute is over; others are not concerned."""
    limit(settings, address_attempts=((2, MIN),))
    _, text = make_key()
    for _ in range(2):
        get(text="rt_aaaaaaaaaaaa_" + "x" * 43)
    assert get(text=text).status_code == 429
    assert post(text=text).status_code == 429
    assert get(text=text, address=THERE).status_code == 200
    assert get().status_code == 200
    clock.at("2026-11-22T23:01:00Z")
    assert get(text=text).status_code == 200


def test_a_right_key_is_no_attempt(settings: Any) -> None:
    limit(settings, address_attempts=((1, MIN),))
    _, text = make_key()
    assert [get(text=text).status_code for _ in range(3)] == [200] * 3
    assert post(text=text).status_code == 422


# Addresses.


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "expected"),
    [
        # Without a proxy, whatever is said of others is made up.
        (0, "203.0.113.5", None, "203.0.113.5"),
        (0, "203.0.113.5", "198.51.100.7", "203.0.113.5"),
        # Each proxy appends whom it heard from.
        (1, "10.0.0.1", "203.0.113.5", "203.0.113.5"),
        (1, "10.0.0.1", "1.2.3.4, 5.6.7.8,203.0.113.5", "203.0.113.5"),
        (2, "10.0.0.2", "1.2.3.4, 203.0.113.5, 10.0.0.1", "203.0.113.5"),
        # Fewer than there should be: it came in behind the first.
        (2, "10.0.0.2", "203.0.113.5", "203.0.113.5"),
        (1, "10.0.0.1", None, "10.0.0.1"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        # No address: the peer.
        (1, "10.0.0.1", "unknown", "10.0.0.1"),
        (1, "10.0.0.1", "1.2.3.4, <script>", "10.0.0.1"),
        (1, "10.0.0.1", "1.2.3.4,", "10.0.0.1"),
        (1, "10.0.0.1", "300.1.1.1", "10.0.0.1"),
        (0, "", None, "nowhere"),
        (0, "/run/tracker.sock", None, "nowhere"),
        # Ports.
        (1, "10.0.0.1", "203.0.113.5:4711", "203.0.113.5"),
        (1, "10.0.0.1", "[2001:db8:1:2:3:4:5:6]:4711", "2001:db8:1:2::/64"),
        # IPv6: one network of 64 bits is one reader.
        (0, "2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        (0, "2001:db8:1:2::1", None, "2001:db8:1:2::/64"),
        (0, "2001:DB8:1:3::1", None, "2001:db8:1:3::/64"),
        (0, "::ffff:203.0.113.5", None, "203.0.113.5"),
        (0, "fe80::1%eth0", None, "fe80::/64"),
    ],
)
def test_addresses(
    settings: Any, proxies: int, peer: str, forwarded: str | None, expected: str
) -> None:
    settings.PROXIES = proxies
    said = {} if forwarded is None else {"x-forwarded-for": forwarded}
    assert address_of(RequestFactory(REMOTE_ADDR=peer).get("/", headers=said)) == expected


def test_no_header_makes_another_reader_of_oneself(settings: Any) -> None:
    limit(settings, address_read=((1, MIN),))
    settings.PROXIES = 1
    client = Client(REMOTE_ADDR="10.0.0.1")
    statuses = []
    for number in range(3):
        said = {
            "x-forwarded-for": f"1.1.1.{number}, {HERE}",
            "forwarded": f"for=1.1.1.{number}",
            "x-real-ip": f"1.1.1.{number}",
            "true-client-ip": f"1.1.1.{number}",
        }
        statuses.append(client.get(LIST, headers=said).status_code)
    assert statuses == [200, 429, 429]


# The cache.


def test_the_cache_knows_nobody(settings: Any, clock: Clock) -> None:
    """Its names tell nothing, and one address has another name in each window."""
    limit(settings, address_read=((9, MIN), (9, DAY)), key_read=((9, MIN),))
    _, text = make_key()
    for moment in ("2026-11-22T23:00:00Z", "2026-11-22T23:01:00Z"):
        clock.at(moment)
        get()
        get(text=text)
    names = set(cache._cache)  # type: ignore[attr-defined]
    assert len(names) == 5
    for name in names:
        assert re.fullmatch(r":1:limit:[0-9a-f]{64}", name)
    settings.SECRET_KEY = "another"
    get()
    assert len(cache._cache) == 7, "without the secret key nobody finds an address"  # type: ignore[attr-defined]


def test_counts_expire_with_their_window(settings: Any) -> None:
    limit(settings, address_read=((9, MIN),))
    with pytest.MonkeyPatch.context() as patch:
        given: list[Any] = []
        patch.setattr(
            "django.core.cache.backends.locmem.LocMemCache.add",
            lambda self, key, value, timeout, **_: given.append(timeout) or self.set(key, value),
        )
        get()
    assert given == [60 + limits._GRACE]


class OutOfOrder(BaseCache):
    """A cache that cannot be reached."""

    asked = 0

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        OutOfOrder.asked += 1
        raise ConnectionError("Nobody is there.")

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self.incr(key)

    def clear(self) -> None:
        pass


def test_without_a_cache_the_record_stays_readable_and_writable(
    settings: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(settings, **{name.replace("-", "_"): ((1, MIN),) for name in OFF})
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.OutOfOrder"}}
    monkeypatch.setattr(OutOfOrder, "asked", 0)
    _, text = make_key()
    with caplog.at_level(logging.ERROR):
        assert [get().status_code for _ in range(3)] == [200] * 3
        assert [get(text=text).status_code for _ in range(3)] == [200] * 3
        assert [post(text=text).status_code for _ in range(3)] == [422] * 3
        assert [post().status_code for _ in range(3)] == [401] * 3
    assert is_silent(get(text=text)), "what is not known is not told"
    assert OutOfOrder.asked == 1, "it is left alone for a while, so that nobody waits for it"
    [line] = [one.getMessage() for one in caplog.records if one.name == limits.__name__]
    assert line == (
        "The cache cannot be used: no limits are kept for 10 seconds."
        " ConnectionError: Nobody is there."
    )
    assert [one["remaining"] for one in get("/api/v1/key/", text).json()["limits"]] == [None] * 3


def test_afterwards_the_cache_is_asked_again(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(settings, address_read=((1, MIN),))
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.OutOfOrder"}}
    monkeypatch.setattr(OutOfOrder, "asked", 0)
    get()
    rests_until = limits._rests_until
    monkeypatch.setattr(limits.time, "monotonic", lambda: rests_until)
    get()
    assert OutOfOrder.asked == 2


# Other sites.


def test_pages_of_other_sites_may_read_the_headers(settings: Any) -> None:
    response = Client().get(LIST, headers={"origin": "https://ngo.example"})
    exposed = response.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(exposed)
