"""What a valid feed is: Atom (RFC 4287) as a grammar, and what no grammar can say; and that a
reader of feeds which others wrote understands it.
"""

from functools import cache
from pathlib import Path
from typing import Any

import feedparser
from lxml import etree

NAMES = {"a": "http://www.w3.org/2005/Atom", "fh": "http://purl.org/syndication/history/1.0"}


@cache
def _grammar() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(Path(__file__).parent / "atom.rng"))


def valid(document: bytes) -> Any:
    """The feed as feedparser reads it, once it has passed all checks."""
    root = etree.fromstring(document)
    grammar = _grammar()
    assert grammar.validate(root), grammar.error_log
    entries = root.findall("a:entry", NAMES)
    children = [child.tag for child in root]
    assert all(tag.endswith("}entry") for tag in children[len(children) - len(entries) :])
    ids = [one.findtext("a:id", None, NAMES) for one in entries]
    assert len(set(ids)) == len(ids), "an entry stands twice in one document"
    updated = [one.findtext("a:updated", None, NAMES) for one in entries]
    assert updated == sorted(updated, reverse=True)
    assert not updated or root.findtext("a:updated", None, NAMES) == updated[0]
    for one in (root, *entries):
        alternates = [
            (link.get("type"), link.get("hreflang"))
            for link in one.findall("a:link", NAMES)
            if link.get("rel") == "alternate"
        ]
        assert len(set(alternates)) == len(alternates)
        assert alternates
    [own] = [one for one in root.findall("a:link", NAMES) if one.get("rel") == "self"]
    assert own.get("href")
    read = feedparser.parse(document)
    assert not read.bozo, read.get("bozo_exception")
    assert read.version == "atom10"
    assert len(read.entries) == len(entries)
    return read


def links(read: Any) -> dict[str, str]:
    """The addresses that a feed leads to, by link relation; the web page as `alternate`."""
    return {one.rel: one.href for one in read.feed.links if one.get("type") != "application/json"}
