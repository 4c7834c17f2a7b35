"""Whatever texts the record holds, a feed is well-formed and says them as far as XML can."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from reforms.feeds import atom
from tests.feeds.valid import NAMES, valid

pytestmark = pytest.mark.without_database

MOMENT = datetime(2024, 2, 1, 9, tzinfo=UTC)
NASTY = ("]]>", "<script>&amp;", "\x00\x0b", "\ud800", "\ufffe", "\u202eabc", "🏛️", "Қазақ", "\r\n")
texts = st.lists(
    st.one_of(st.sampled_from(NASTY), st.text(st.characters(codec=None), max_size=8)), max_size=6
).map(lambda parts: f"x{''.join(parts)}x")


def feed(text: str) -> atom.Feed:
    links = [
        atom.Link("self", "https://tracker.example/feeds/updates.atom"),
        atom.Link("alternate", "https://tracker.example/", "text/html", text),
    ]
    entry = atom.Entry(
        id=atom.urn("entry"),
        title=text,
        published=MOMENT,
        updated=MOMENT,
        author=atom.Person(text, "https://tracker.example/организация/"),
        links=links,
        categories=[atom.Category(text, "urn:reform-tracker:status", text)],
        summary=text,
        content=f"<p>{text}</p>",
        rights=text,
        language="kk",
    )
    return atom.Feed(
        id=atom.urn("feed"),
        title=text,
        subtitle=text,
        updated=MOMENT,
        author=atom.Person("Reform tracker"),
        links=links,
        entries=[entry],
        version="1.0",
    )


@given(texts)
@settings(max_examples=60, deadline=None)
def test_any_text_gives_a_valid_feed_that_says_it(text: str) -> None:
    document = atom.write(feed(text))
    valid(document)
    said = etree.fromstring(document).findtext("a:entry/a:summary", None, NAMES)
    sayable = re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
    # XML has one kind of end of line.
    assert said == sayable.replace("\r\n", "\n").replace("\r", "\n")


def test_titles_stand_in_one_line() -> None:
    assert valid(atom.write(feed("two\n lines"))).entries[0].title == "two lines"


def test_ids_are_those_of_their_parts_and_of_nothing_else() -> None:
    assert atom.urn("a", "b") == atom.urn("a", "b")
    assert len({atom.urn("a", "b"), atom.urn("b", "a"), atom.urn("a"), atom.urn()}) == 4
    assert atom.urn("a") == "urn:uuid:984fb8a5-9df2-5144-8da3-f4c926c81990"
