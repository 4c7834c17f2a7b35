"""Feeds as XML: Atom (RFC 4287), with archives (RFC 5005) and licences (RFC 4946)."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as Xml

from django.utils.encoding import iri_to_uri

from reforms.dates import timestamp

CONTENT_TYPE = "application/atom+xml"
ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"
XML = "http://www.w3.org/XML/1998/namespace"

Xml.register_namespace("", ATOM)
Xml.register_namespace("fh", HISTORY)

# What no XML 1.0 document may hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Link:
    """Where something else is. `rel` is a registered link relation, such as `alternate`."""

    rel: str
    href: str
    type: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Who says so: an organisation or a role, no person in fact. `uri` may be empty."""

    name: str
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """A word of a vocabulary, which `scheme` names by an IRI."""

    term: str
    scheme: str
    label: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `id` is an IRI that never changes, `content` HTML with absolute addresses only;
    `language` is that of its texts, or empty.
    """

    id: str
    title: str
    published: datetime
    updated: datetime
    author: Person
    links: Iterable[Link]
    categories: Iterable[Category]
    summary: str
    content: str
    rights: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """One document of a feed; an `archive` is one whose entries are never others."""

    id: str
    title: str
    subtitle: str
    updated: datetime
    author: Person
    links: Iterable[Link]
    entries: Iterable[Entry]
    version: str
    archive: bool = False


def urn(*parts: str) -> str:
    """An id made of these parts: the same for the same parts, whatever the service's address is."""
    # No part holds a blank, so that no two lists of parts read alike.
    name = " ".join(("urn:reform-tracker:feeds", *parts))
    return uuid.uuid5(uuid.NAMESPACE_URL, name).urn


def write(feed: Feed) -> bytes:
    """The document in UTF-8. What XML cannot hold stands in it as U+FFFD."""
    root = Xml.Element(_atom("feed"), {f"{{{XML}}}lang": "en"})
    _text(root, "id", feed.id)
    _title(root, feed.title)
    _text(root, "subtitle", feed.subtitle)
    _text(root, "updated", timestamp(feed.updated))
    _person(root, feed.author)
    _links(root, feed.links)
    _text(root, "generator", "Reform tracker").set("version", feed.version)
    if feed.archive:
        Xml.SubElement(root, f"{{{HISTORY}}}archive")
    for entry in feed.entries:
        _entry(root, entry)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _entry(root: Xml.Element, entry: Entry) -> None:
    element = Xml.SubElement(root, _atom("entry"))
    if entry.language:
        element.set(f"{{{XML}}}lang", entry.language)
    _text(element, "id", entry.id)
    _title(element, entry.title)
    _text(element, "published", timestamp(entry.published))
    _text(element, "updated", timestamp(entry.updated))
    _person(element, entry.author)
    _links(element, entry.links)
    for one in entry.categories:
        attributes = {"term": one.term, "scheme": one.scheme, "label": one.label}
        Xml.SubElement(element, _atom("category"), _clean(attributes))
    if entry.rights:
        _text(element, "rights", entry.rights)
    _text(element, "summary", entry.summary)
    _text(element, "content", entry.content).set("type", "html")


def _title(parent: Xml.Element, title: str) -> None:
    """A title in one line: readers list them."""
    _text(parent, "title", _BLANKS.sub(" ", title).strip())


def _person(parent: Xml.Element, person: Person) -> None:
    author = Xml.SubElement(parent, _atom("author"))
    _text(author, "name", person.name)
    if person.uri:
        _text(author, "uri", iri_to_uri(person.uri))


def _links(parent: Xml.Element, links: Iterable[Link]) -> None:
    for one in links:
        attributes = {"rel": one.rel, "href": iri_to_uri(one.href)}
        attributes |= {name: value for name in ("type", "title") if (value := getattr(one, name))}
        Xml.SubElement(parent, _atom("link"), _clean(attributes))


def _text(parent: Xml.Element, name: str, text: str) -> Xml.Element:
    element = Xml.SubElement(parent, _atom(name))
    element.text = _FORBIDDEN.sub("\ufffd", text)
    return element


def _clean(attributes: dict[str, str]) -> dict[str, str]:
    return {name: _FORBIDDEN.sub("\ufffd", value) for name, value in attributes.items()}


def _atom(name: str) -> str:
    return f"{{{ATOM}}}{name}"
