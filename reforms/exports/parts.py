"""The parts of objects that stand together in one cell."""

from typing import Any

from reforms.exports.columns import Kind

CITATION = {
    "source": Kind.TEXT,
    "title": Kind.TEXT,
    "url": Kind.TEXT,
    "published_on": Kind.TEXT,
    "publisher": Kind.TEXT,
    "stance": Kind.WORD,
    "basis": Kind.WORD,
    "origin": Kind.TEXT,
    "locator": Kind.TEXT,
    "note": Kind.TEXT,
}


def citation_parts(citation: Any) -> dict[str, Any]:
    """A citation with its source by id, and as much of the source as tells which it is."""
    source = citation["source"]
    return {
        "source": source["id"],
        "title": source["title"],
        "url": source["url"],
        "published_on": source["published_on"],
        "publisher": source["publisher"]["id"],
        "stance": citation["stance"],
        "basis": citation["basis"],
        "origin": citation["origin"]["id"],
        "locator": citation["locator"],
        "note": citation["note"],
    }


FIGURE = {
    "what": Kind.TEXT,
    "from": Kind.NUMBER,
    "to": Kind.NUMBER,
    "value": Kind.NUMBER,
    "unit": Kind.TEXT,
}
