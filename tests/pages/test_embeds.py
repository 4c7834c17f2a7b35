"""What other sites show: frames, badges and cards, and the page that says what to copy."""

import struct
from typing import Any
from xml.etree import ElementTree

import pytest
from django.urls import get_resolver, reverse

from reforms import ledger, workflow
from reforms.models import Promise
from reforms.pages import urls_pictures
from reforms.pages.pictures.badge import STYLE_HASH
from tests.fixtures import Clock, make_promise, make_update
from tests.pages.reading import ask, queries, read, said, text

KEYS = {"promise": "demo2020-1-1", "reform": "demo2020-1", "programme": "demo2020"}


@pytest.fixture
def promise(clock: Clock, cast: None) -> Promise:
    clock.at("2023-02-01T12:00Z")
    promise = make_promise(1, deadline="2022-12-31", title={"en": "A court", "ru": "Суд <и> право"},
                           statement={"en": "A court.", "ru": "Суд."})  # fmt: skip
    make_promise(2)
    make_update(promise, "in_progress", "2022-06")
    make_update(promise, "implemented", "2022-10")
    clock.at("2023-03-01T12:00Z")
    return promise


def badge(path: str, status: int = 200) -> str:
    """What a badge says."""
    response = ask(path)
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    root = ElementTree.fromstring(response.content.decode())  # noqa: S314 - ours
    return str(root.findtext("{http://www.w3.org/2000/svg}title"))


# Badges.


def test_badges(promise: Promise) -> None:
    assert badge("/badge/promises/demo2020-1-1.svg") == "Implemented"
    assert badge("/badge/promises/demo2020-1-2.svg") == "Not assessed"
    assert badge("/badge/reforms/demo2020-1.svg") == "Implemented: 1 of 2 promises"
    assert badge("/badge/programmes/demo2020.svg") == "Implemented: 1 of 2 promises"


def test_what_is_outside_the_numbered_directions_is_never_added(promise: Promise) -> None:
    make_update(make_promise(1, "demo2020-0"), "implemented", "2022-10")
    assert badge("/badge/programmes/demo2020.svg") == "Implemented: 1 of 2 promises"
    assert badge("/badge/reforms/demo2020-0.svg") == "Implemented: 1 of 1 promise"
    words = said("/embed/programmes/demo2020/")
    assert "2 promises, 1 of them assessed; the numbered directions alone" in words
    assert "2 March 2023 1 0 1 2" in words


def test_badges_of_another_moment(promise: Promise) -> None:
    of = "/badge/promises/demo2020-1-1.svg"
    assert badge(f"{of}?as_of=2022-07-31") == "In progress on 2022-07-31"
    known = ledger.head().sequence
    make_update(promise, "reversed", "2023-02-20")
    assert badge(of) == "Reversed"
    assert badge(f"{of}?known_at={known}") == "Implemented as recorded by 2023-02-01"
    assert badge("/badge/programmes/demo2020.svg?as_of=2022-07-31").startswith(
        "Implemented: 0 of 2 promises"
    )


def test_a_dissent_stands_on_the_badge(promise: Promise) -> None:
    make_update(promise, "stalled", "2023-01", "lantern")
    assert badge("/badge/promises/demo2020-1-1.svg") == "Implemented, contested"


def test_what_is_wrong_stands_on_the_badge_itself(promise: Promise) -> None:
    """Whoever shows a picture sees nothing else of the answer."""
    of = "/badge/promises/demo2020-1-1.svg"
    assert "Did you mean “as_of”?" in badge(f"{of}?as_off=2022-01-01", 400)
    assert "is no day" in badge(f"{of}?as_of=2022", 400)
    assert "There is no promise" in badge("/badge/promises/demo2020-1-9.svg", 404)
    workflow.withdraw_object(Promise.objects.get(pk="demo2020-1-2"), "It is a part of another.")
    assert "withdrawn" in badge("/badge/promises/demo2020-1-2.svg", 410)
    assert ask(f"{of}?as_off=2022-01-01").headers["Cache-Control"] == "no-store"


def test_headers_of_pictures(promise: Promise) -> None:
    """They may be shown anywhere and kept by anybody; alone they load and run nothing."""
    response = ask("/badge/promises/demo2020-1-1.svg")
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    policy = f"default-src 'none'; style-src '{STYLE_HASH}'"
    assert response.headers["Content-Security-Policy"] == policy
    assert response.headers["Cache-Control"] == "public, max-age=60"
    tag = response.headers["ETag"]
    again = ask("/badge/promises/demo2020-1-1.svg", If_None_Match=tag)
    assert (again.status_code, again.content) == (304, b"")
    make_update(promise, "stalled", "2023-01-05")
    assert ask("/badge/promises/demo2020-1-1.svg", If_None_Match=tag).status_code == 200


# Cards.


@pytest.mark.parametrize("kind", KEYS)
def test_cards(promise: Promise, kind: str) -> None:
    address = f"/card/{kind}s/{KEYS[kind]}.png"
    response = ask(f"{address}?lang=ru&as_of=2022-12-31")
    assert response.headers["Content-Type"] == "image/png"
    assert struct.unpack(">II", response.content[16:24]) == (1200, 630)
    assert ask(f"{address}?lang=ru").content != response.content
    refused = ask(f"{address}?day=2022")
    assert (refused.status_code, refused.headers["Content-Type"]) == (400, "image/png")
    page = read(f"/{kind}s/{KEYS[kind]}/")
    [shown] = page.xpath("//meta[@property='og:image']/@content")
    assert shown == f"http://testserver{address}"


# Frames.


def test_only_embedded_pages_may_be_framed(promise: Promise) -> None:
    framed = {reverse("pages:embed", args=[kind, key]) for kind, key in KEYS.items()}
    framed.add("/embed/promises/nobody-1-1/")  # a frame has to show that there is nothing
    others = {"/embed/", "/promises/nobody-1-1/", "/nowhere/"}
    for name in get_resolver().namespace_dict["pages"][1].reverse_dict:
        if isinstance(name, str) and name not in ("embed", "badge", "card"):
            for arguments in ([], ["demo2020"], ["demo2020-1"], ["demo2020-1-1"], ["court"]):
                try:
                    others.add(reverse(f"pages:{name}", args=arguments))
                except Exception:  # noqa: S112 - of these arguments it has no address
                    continue
    assert len(others) > 10
    for address in framed | others:
        headers = ask(address).headers
        allowed = "frame-ancestors *" in headers.get("Content-Security-Policy", "")
        assert allowed == (address in framed), address
        if not allowed:
            assert headers.get("X-Frame-Options") == "DENY", address


def test_a_promise_in_a_frame(promise: Promise) -> None:
    page = read("/embed/promises/demo2020-1-1/?as_of=2022-11-30&lang=ru")
    words = text(page.xpath("//main")[0])
    assert "Суд <и> право" in words
    assert "What was true on 30 November 2022, by" not in words
    assert "What was true on 30 November 2022." in words
    assert "Implemented since October 2022" in words
    assert "Editors Implemented October 2022" in words
    links = set(page.xpath("//a/@href"))
    assert links == {"/promises/demo2020-1-1/?as_of=2022-11-30&lang=ru"}
    assert page.xpath("//link[@rel='canonical']/@href") == [
        "http://testserver/promises/demo2020-1-1/"
    ]
    assert not page.xpath("//script | //form | //*[@style]")
    assert "Nobody has published an assessment" in said("/embed/promises/demo2020-1-2/")


def test_a_reform_in_a_frame(promise: Promise) -> None:
    words = said("/embed/reforms/demo2020-1/?as_of=2022-11-30")
    assert "2 promises, 1 of them assessed" in words
    assert "Implemented 1 50%" in words
    assert "31 March 2022 0 0 2 2" in words
    assert "30 November 2022 1 0 1 2" in words


@pytest.mark.parametrize("kind", KEYS)
def test_no_picture_costs_more_as_there_are_more_promises(promise: Promise, kind: str) -> None:
    address = f"/embed/{kind}s/{KEYS[kind]}/"
    before = queries(address)
    for number in range(3, 7):
        make_update(make_promise(number), "stalled", "2022-05")
    assert queries(address) == before
    assert len(before) <= 20


# What to copy.


def copies(path: str) -> list[str]:
    found: list[Any] = read(path).xpath("//textarea")
    return [one.text for one in found]


def test_what_to_copy(promise: Promise) -> None:
    known = ledger.head().sequence
    frame, badge_, markdown, *fixed = copies("/embed/?object=demo2020-1-1&lang=ru")
    assert frame == (
        '<iframe src="http://testserver/embed/promises/demo2020-1-1/?lang=ru"'
        ' title="Суд &lt;и&gt; право" width="100%" height="380" loading="lazy"'
        ' style="border: 0"></iframe>'
    )
    assert badge_.startswith('<a href="http://testserver/promises/demo2020-1-1/?lang=ru"><img src=')
    assert r"[![Суд \<и\> право: status at the reform tracker](http://testserver/badge/" in markdown
    assert all(f"known_at={known}" in one for one in fixed)
    [only, *_] = copies(f"/embed/?object=demo2020-1&known_at={known}")
    assert f'/embed/reforms/demo2020-1/?known_at={known}"' in only


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("demo2020", "programmes"),
        ("demo2020-1", "reforms"),
        ("http://testserver/promises/demo2020-1-1/?known_at=3", "promises"),
        ("/reforms/demo2020-1/", "reforms"),
        ("demo2020-1-1 ", "promises"),
    ],
)
def test_an_object_is_named_by_its_id_or_its_address(
    promise: Promise, typed: str, kind: str
) -> None:
    response = ask(f"/embed/?object={typed.replace('?', '%3F')}")
    page = response.content.decode()
    assert response.status_code in (200, 302), page
    if response.status_code == 302:
        page = ask(response.headers["Location"]).content.decode()
    assert f'src="/embed/{kind}/' in page


def test_what_names_nothing_is_refused(promise: Promise) -> None:
    assert "is neither an id" in said("/embed/?object=the+court", 400)
    assert "There is no promise demo2020-1-77" in said("/embed/?object=demo2020-1-77", 404)
    assert "is no parameter of this page" in said("/embed/?objects=demo2020", 400)


def test_every_address_of_pictures_is_documented() -> None:
    from django.conf import settings

    guide = (settings.BASE_DIR / "docs" / "embedding.md").read_text(encoding="utf-8")
    for pattern in urls_pictures.urlpatterns:
        route = str(pattern.pattern).replace("<kind:kind>", "{kind}").replace("<object:pk>", "{id}")
        assert f"`/{route}`" in guide, route
