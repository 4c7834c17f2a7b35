"""The guides on the site are those of the repository, and lead to one another."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import checks
from django.test import override_settings

from reforms import vocabulary
from reforms.pages import guides
from reforms.pages.rendering import render
from reforms.vocabulary import Status
from tests.pages.reading import ask, read, said, text

NAMES = [path.stem for path in (settings.BASE_DIR / "docs").glob("*.md")]


def nowhere(link: str) -> str:
    return ""


@pytest.mark.django_db
def test_every_guide_is_a_page_whose_links_and_anchors_lead_somewhere() -> None:
    pages = {guides.place_of(name): read(guides.place_of(name)) for name in NAMES}
    for path, page in pages.items():
        assert not page.xpath("//@style"), path
        assert len(page.xpath("//h1")) == 1, path
        anchors = page.xpath("//main//@id")
        assert len(anchors) == len(set(anchors)), path
        for href in page.xpath("//main//a/@href | //main//img/@src"):
            target, _, anchor = href.partition("#")
            if href.startswith(("http", "/api/")):
                continue
            there = pages.get(target or path)
            if there is None:
                assert ask(target).status_code == 200, f"{path} links to {href}"
            elif anchor:
                assert there.xpath("//*[@id=$id]", id=anchor), f"{path} links to {href}"


@pytest.mark.django_db
def test_what_is_wider_than_the_page_can_be_scrolled_with_the_keyboard() -> None:
    page = read("/docs/api/")
    assert {one.get("tabindex") for one in page.xpath("//main//pre")} == {"0"}
    regions = page.xpath("//main//table/..")
    assert {one.get("tabindex") for one in regions} == {"0"}
    names = [one.get("aria-label") for one in regions]
    assert len(names) == len(set(names))


@pytest.mark.django_db
def test_the_methodology_has_every_word_with_its_meaning_and_each_status_with_its_shape() -> None:
    page = read("/methodology/")
    words = text(page)
    for terms in guides.WORDS.values():
        for term in terms:
            assert term.value in words
            assert term.meaning.capitalize()[:20] in words
    statuses = page.xpath("//h3[@id='words-status']/following::table[1]")[0]
    shapes = statuses.xpath(".//svg/path/@d")
    assert len(set(shapes)) == len(Status)


@pytest.mark.django_db
def test_the_methodology_has_one_address() -> None:
    assert ask("/docs/methodology/").headers["Location"] == "/methodology/"
    assert "/methodology/" in read("/docs/").xpath("//main//a/@href")
    assert "There is no guide" in said("/docs/nothing/", 404)


@pytest.mark.django_db
def test_a_guide_that_changes_is_another_page(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    path = tmp_path / "docs/methodology.md"
    path.write_text("# How\n\nIt is so.\n")
    with override_settings(BASE_DIR=tmp_path):
        before = ask("/methodology/").headers["ETag"]
        assert ask("/methodology/", If_None_Match=before).status_code == 304
        path.write_text("# How\n\nIt is otherwise.\n")
        assert "It is otherwise." in ask("/methodology/", If_None_Match=before).content.decode()


@pytest.mark.django_db
def test_the_script_that_verifies_is_served_as_it_is() -> None:
    response = ask("/docs/verify_ledger.py")
    script = b"".join(response.streaming_content)
    assert script == (settings.BASE_DIR / "docs/verify_ledger.py").read_bytes()
    for path in ("/docs/../manage.py", "/docs/images/..%2f..%2fmanage.py", "/docs/nothing.py"):
        assert ask(path).status_code == 404


@pytest.mark.without_database
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a <b onclick='x'>b</b>", "&lt;b onclick='x'&gt;"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[the rules](../reforms/rules.py)", "<p>the rules</p>"),
        ("```sh\ncurl '<x>'\n```", "<pre tabindex=\"0\"><code>curl '&lt;x&gt;'\n</code></pre>"),
        ("| a |\n|--:|\n| 1 |", '<td class="right">1</td>'),
        ("## What *is* `as_of`?\n\n## What is `as_of`?", 'id="what-is-as_of-1"'),
    ],
)
def test_markdown_is_rendered_without_html_and_style(written: str, expected: str) -> None:
    assert expected in render(written, nowhere).html


@pytest.mark.without_database
def test_the_title_the_first_sentence_and_the_headings_are_told_apart() -> None:
    found = render("# Title\n\nA guide.\n\nContents: [one](#one)\n\n## One\n\n### Two\n", nowhere)
    assert (found.title, found.lead) == ("Title", "A guide.")
    assert [(one.level, one.anchor) for one in found.headings] == [(2, "one"), (3, "two")]
    assert "Contents" not in found.html


@pytest.mark.without_database
def test_every_vocabulary_of_readers_is_explained() -> None:
    terms = {
        name
        for name, one in vars(vocabulary).items()
        if isinstance(one, type) and issubclass(one, vocabulary.Term) and one is not vocabulary.Term
    }
    # What somebody does with an update that is not public yet is for those who send them.
    assert terms - set(guides.WORDS) == {"Action"}


@pytest.mark.without_database
def test_a_deployment_without_the_guides_is_told_so(tmp_path: Path) -> None:
    assert guides.guides_are_there() == []
    with override_settings(BASE_DIR=tmp_path):
        [error] = checks.run_checks()
    assert error.id == "reforms.E001"
    assert str(tmp_path / "docs") in error.msg


@pytest.mark.without_database
def test_the_image_holds_the_guides() -> None:
    ignored: Any = (settings.BASE_DIR / ".dockerignore").read_text()
    assert "!docs/" in ignored.splitlines()
