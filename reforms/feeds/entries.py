"""What the entries of feeds say, from answers of the API. Nothing here reads the record."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.dateparse import parse_datetime

from reforms.addresses import REDACTED
from reforms.feeds.atom import Category, Entry, Link, Person, urn
from reforms.vocabulary import LANGUAGES, EntryAction, ReviewState, Status, Term

Answer = Mapping[str, Any]
# The absolute address of the page about an object, from its type and its id.
Addresses = Callable[[str, str], str]
# Titles and names by type and id; what is not there any more has none.
Names = Mapping[tuple[str, str], str]

SERVICE = "Reform tracker"
LICENCES = "https://spdx.org/licenses/{}.html"

# What happened, as titles of entries begin.
CORRECTED = {
    EntryAction.CORRECT: "Corrected",
    EntryAction.SUPERSEDE: "Superseded",
    EntryAction.RETRACT: "Retracted",
    EntryAction.REMOVE: "Removed",
    EntryAction.WITHDRAW: "Withdrawn",
    EntryAction.REDACT: "Redacted",
}


def of_update(update: Answer, changed: datetime, address: Addresses, licence: str) -> Entry:
    """The entry about a status update as it stands now, its promise and organisation embedded.

    `changed` is when the ledger last said something of it.
    """
    promise: Any = update["promise"]
    if isinstance(promise, str):  # it was withdrawn
        promise = {"id": promise, "title": promise, "language": None}
    organisation: Any = update["organisation"]
    if isinstance(organisation, str):
        organisation = {"id": organisation, "name": organisation}
    status, state = Status(update["status"]), ReviewState(update["review_state"])
    stands = state == ReviewState.PUBLISHED
    page = address("update", update["id"])
    evidence = list(_evidence(update["citations"]))
    told = {
        "update": update,
        "promise": promise,
        "organisation": organisation,
        "status": status.label.lower(),
        "state": "" if stands else state.label,
        "successor_page": address("update", update["successor"]) if update["successor"] else "",
        "promise_page": address("promise", promise["id"]),
        "organisation_page": address("organisation", organisation["id"]),
        "evidence": evidence,
    }
    said = f"{organisation['name']}: {status.label.lower()}, since {update['effective_on']}."
    if not stands:
        said = f"{state.label}: {update['ended_reason']} It said: {said}"
    elif update["note"]:
        said = f"{said} {update['note']}"
    ended = "" if stands else f"{state.label}: "
    return Entry(
        id=f"urn:uuid:{update['id']}",
        title=f"{ended}{promise['title']}: {status.label.lower()} ({organisation['name']})",
        published=moment(update["published_at"]),
        updated=max(changed, moment(update["ended_at"] or update["published_at"])),
        author=Person(organisation["name"], told["organisation_page"]),
        links=[
            Link("alternate", page, "text/html"),
            Link("alternate", update["api_url"], "application/json"),
            *_licence(licence),
            *(Link("related", one["href"], title=one["title"]) for one in evidence if one["href"]),
        ],
        categories=[
            _word("status", status),
            _word("review_state", state),
            *_of_promise(promise),
            _object("organisation", organisation["id"], organisation["name"]),
        ],
        summary=said,
        content=render_to_string("feeds/update.html", told),
        rights=_rights(licence, organisation["name"]),
        language=promise["language"] or "",
    )


def of_correction(
    row: Answer, names: Names, address: Addresses, api_url: str, languages: list[str]
) -> Entry:
    """The entry about one correction. `names` has those of promises and organisations, `languages`
    say in which its own texts are preferred.
    """
    action, type_, id_ = EntryAction(row["action"]), row["object_type"], row["object_id"]
    document = row["payload"]["document"] or {}
    about, page = _about(type_, id_, document, names, address, languages)
    at = moment(row["recorded_at"])
    actor = _actor(row["actor"], names, address)
    told = {"row": row, "about": about, "page": page, "did": CORRECTED[action], "by": actor}
    promise = document.get("promise") if type_ == "update" else id_ if type_ == "promise" else None
    return Entry(
        # The same in every copy of the ledger.
        id=urn("ledger-entry", row["hash"]),
        title=f"{CORRECTED[action]}: {about}",
        published=at,
        updated=at,
        author=actor,
        links=[
            Link("alternate", page, "text/html"),
            Link("alternate", api_url, "application/json"),
        ],
        categories=[
            _word("action", action),
            Category(type_, "urn:reform-tracker:object_type", type_.capitalize()),
            *(_of_promise({"id": promise, "title": promise}) if promise else ()),
        ],
        summary=" ".join(filter(None, (row["reason"], row["summary"]))),
        content=render_to_string("feeds/correction.html", told),
    )


def moment(text: str) -> datetime:
    """A moment out of an answer."""
    found = parse_datetime(text)
    assert found is not None, text
    return found


def spoken(texts: Any, languages: list[str]) -> str:
    """A text of a record document in the first language that it has; empty without one."""
    if not isinstance(texts, dict):
        return ""
    return next((texts[one] for one in (*languages, *LANGUAGES) if one in texts), "")


def _about(
    type_: str,
    id_: str,
    document: Answer,
    names: Names,
    address: Addresses,
    languages: list[str],
) -> tuple[str, str]:
    """What a correction is about, in words, and its page."""
    if type_ == "update" and document:
        promise, organisation = document["promise"], document["organisation"]
        who = names.get(("organisation", organisation), organisation)
        what = names.get(("promise", promise), promise)
        return f"{who} on “{what}”", address(type_, id_)
    own = spoken(document.get("title") or document.get("name"), languages)
    name = names.get((type_, id_)) or own
    return f"{type_} “{name}”" if name else f"{type_} {id_}", address(type_, id_)


def _actor(actor: str, names: Names, address: Addresses) -> Person:
    kind, _, name = actor.partition(":")
    if kind == "organisation":
        return Person(names.get(("organisation", name), name), address("organisation", name))
    return Person(f"{SERVICE} ({name})")


def _evidence(citations: Any) -> Iterator[dict[str, Any]]:
    for one in citations:
        source = one["source"]
        href = source["url"] or source["archived_url"]
        yield {
            # What was redacted leads nowhere.
            "href": "" if href.startswith(REDACTED) else href,
            "title": source["title"] or source["id"],
            "publisher": source["publisher"]["name"],
            "origin": one["origin"]["name"],
            "citation": one,
        }


def _of_promise(promise: Answer) -> Iterator[Category]:
    """The promise and all that it is part of: its id says so."""
    reform = promise["id"].rpartition("-")[0]
    yield _object("promise", promise["id"], promise["title"])
    yield _object("reform", reform, reform)
    yield _object("programme", reform.partition("-")[0], reform.partition("-")[0])
    if kind := promise.get("kind"):
        yield Category(kind, "urn:reform-tracker:kind", kind.replace("_", " ").capitalize())


def _word(vocabulary: str, term: Term) -> Category:
    return Category(term.value, f"urn:reform-tracker:{vocabulary}", term.label)


def _object(type_: str, id_: str, name: str) -> Category:
    return Category(id_, f"urn:reform-tracker:{type_}", name)


def _licence(licence: str) -> Iterator[Link]:
    if licence:
        yield Link("license", LICENCES.format(licence))


def _rights(licence: str, organisation: str) -> str:
    return f"{licence}; credit {SERVICE} and {organisation}." if licence else ""
