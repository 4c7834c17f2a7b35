"""What programs find at the places where they look: sitemap, robots.txt, icons, security.txt."""

from typing import Any
from urllib.robotparser import RobotFileParser

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from lxml import etree

from reforms import workflow
from reforms.dates import timestamp
from reforms.models import Promise, Source
from reforms.pages import sitemap
from reforms.pages.addresses import address_of
from tests.api.asking import queries_named
from tests.api.record import PRIVATE_SOURCE, SECRET, Record
from tests.fixtures import make_promise
from tests.pages.reading import ask, read, said

HERE = "http://testserver"
NAMES = {"s": sitemap.NAMESPACE}


def entries(path: str) -> dict[str, str | None]:
    """The addresses that a part of the sitemap names, with the moments of their last change."""
    response = ask(path)
    assert response.status_code == 200, response.content.decode()
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    root = etree.fromstring(response.content)
    found = root.findall("s:url", NAMES) or root.findall("s:sitemap", NAMES)
    return {
        one.findtext("s:loc", "", NAMES): one.findtext("s:lastmod", None, NAMES) for one in found
    }


def whole() -> dict[str, str | None]:
    """All addresses of all parts."""
    parts = entries("/sitemap.xml")
    return {
        address: changed
        for part in parts
        for address, changed in entries(part.removeprefix(HERE)).items()
    }


@pytest.fixture
def with_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages about every type of object, whatever there is by now."""
    monkeypatch.setattr(sitemap, "_has_page", lambda type_: True)
    monkeypatch.setattr(
        sitemap,
        "reverse",
        lambda name, args=(): (
            address_of(name.removeprefix("pages:"), *args)
            if name.removeprefix("pages:") in sitemap.MODELS
            else reverse(name, args=args)
        ),
    )


def test_a_browser_finds_what_it_looks_for_by_itself(record: Record) -> None:
    for path in (
        "/favicon.ico",
        "/apple-touch-icon.png",
        "/apple-touch-icon-precomposed.png",
        "/robots.txt",
        "/sitemap.xml",
        "/site.webmanifest",
    ):
        response = ask(path)
        assert response.status_code in (200, 302), path
        if response.status_code == 302:
            assert finders.find(response.headers["Location"].removeprefix("/static/"))


def test_every_page_names_its_icons(record: Record) -> None:
    icons = read("/").xpath(
        "//link[@rel='icon' or contains(@rel, ' icon') or @rel='apple-touch-icon']"
    )
    assert len(icons) == 3
    for icon in icons:
        assert finders.find(icon.get("href").removeprefix("/static/"))
    [manifest] = read("/").xpath("//link[@rel='manifest']/@href")
    said_of = ask(manifest).json()
    assert said_of["start_url"] == "/"
    for icon in said_of["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/"))


def test_the_sitemap_names_each_public_page_once(record: Record, with_pages: None) -> None:
    found = whole()
    assert f"{HERE}/" in found
    for type_, model in sitemap.MODELS.items():
        for one in model.objects.public():
            assert f"{HERE}{address_of(type_, one.pk)}" in found, one
    promise = Promise.objects.get(pk="demo2020-1-3")
    page = f"{HERE}{address_of('promise', promise.pk)}"
    assert found[page] == timestamp(promise.changed_at)
    reform = f"{HERE}{address_of('reform', 'demo2020-1')}"
    changes = Promise.objects.filter(reform="demo2020-1").values_list("changed_at", flat=True)
    assert found[reform] == timestamp(max(changes))


def test_what_is_not_public_is_in_no_sitemap(record: Record, with_pages: None) -> None:
    withdrawn = make_promise(77)
    assert f"{HERE}{address_of('promise', withdrawn.pk)}" in whole()
    workflow.withdraw_object(withdrawn, "Entered twice.")
    assert Source.objects.filter(pk=PRIVATE_SOURCE).exists()
    text = " ".join(whole())
    assert SECRET.lower() not in text.lower()
    assert "demo2020-1-77" not in text


def test_large_types_have_several_parts(
    record: Record, with_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = whole()
    monkeypatch.setattr(sitemap, "MOST", 4)
    parts = [part for part in entries("/sitemap.xml") if "-promise-" in part]
    assert parts == [f"{HERE}/sitemap-promise-{number}.xml" for number in (1, 2, 3)]
    assert [len(entries(part.removeprefix(HERE))) for part in parts] == [4, 4, 3]
    assert whole() == before


def test_a_part_takes_one_query_beside_the_head(record: Record, with_pages: None) -> None:
    for type_ in sitemap.MODELS:
        with queries_named() as names:
            ask(f"/sitemap-{type_}-1.xml")
        assert names == ["ledgerentry", type_]


def test_a_crawler_that_has_it_gets_304(record: Record) -> None:
    tag = ask("/sitemap.xml").headers["ETag"]
    assert ask("/sitemap.xml", If_None_Match=tag).status_code == 304
    make_promise(77)
    assert ask("/sitemap.xml", If_None_Match=tag).status_code == 200


def test_parts_that_are_not_there(record: Record, with_pages: None) -> None:
    assert "no part 2" in said("/sitemap-promise-2.xml", 404)
    assert "There are no pages about a wombat." in said("/sitemap-wombat-1.xml", 404)
    assert "There are no pages about a pages." in said("/sitemap-pages-2.xml", 404)
    assert ask("/sitemap-promise-0.xml").status_code == 404


def test_all_that_the_sitemap_names_is_there(record: Record) -> None:
    for address in whole():
        assert ask(address.removeprefix(HERE)).status_code == 200, address


def test_robots_may_read_pages_and_not_every_question(record: Record) -> None:
    response = ask("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert f"Sitemap: {HERE}/sitemap.xml" in lines
    for rule in ("/admin/", "/api/v1/*?", "/*?*as_of=", "/*?*known_at=", "/*?*cursor="):
        assert f"Disallow: {rule}" in lines
    robots = RobotFileParser()
    robots.parse(lines)
    for path in ("/", "/feeds/updates.atom", "/api/v1/promises/", "/sitemap.xml", "/static/x.css"):
        assert robots.can_fetch("*", path), path
    for path in ("/admin/", "/admin/login/", *sitemap.forms()):
        assert not robots.can_fetch("*", path), path


def test_whoever_runs_it_may_name_a_contact(record: Record, settings: Any) -> None:
    path = "/.well-known/security.txt"
    assert "names no contact" in said(path, 404)
    settings.SECURITY_CONTACT = "mailto:security@tracker.example"
    response = ask(path)
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "Contact: mailto:security@tracker.example",
        "Expires: 2024-11-28T00:00:00Z",  # 180 days after NOW
        "Preferred-Languages: en, ru, kk",
        f"Canonical: {HERE}{path}",
    ]
