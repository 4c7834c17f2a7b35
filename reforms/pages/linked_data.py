"""What pages say in the vocabulary of schema.org, so that the record is found: pure functions from
answers of the API. docs/linked-data.md has the mapping, and how a page calls them.

Addresses are whole ones; `page` is that of the page which says it. Nothing is said here that the
page does not say as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from reforms.addresses import REDACTED
from reforms.feeds.entries import LICENCES, SERVICE
from reforms.pages.addresses import address_of
from reforms.vocabulary import LANGUAGES, Status

Answer = Mapping[str, Any]
Thing = dict[str, Any]

CONTEXT = "https://schema.org"


@dataclass(frozen=True, slots=True)
class Download:
    """A file that the data page offers: its whole address, its media type and what is known."""

    address: str
    media_type: str
    name: str = ""
    bytes: int | None = None
    sha256: str = ""


def document(things: Iterable[Thing]) -> Thing:
    """One document of several things."""
    return {"@context": CONTEXT, "@graph": list(things)}


def website(origin: str, search: str) -> Thing:
    """The site, on its first page. `search` is the whole address of a search without its words,
    such as `https://tracker.example/?search=`.
    """
    return {
        "@type": "WebSite",
        "@id": f"{origin}/#site",
        "name": SERVICE,
        "url": f"{origin}/",
        "inLanguage": list(LANGUAGES),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{search}{{words}}"},
            "query-input": "required name=words",
        },
    }


def breadcrumbs(crumbs: Iterable[tuple[str, str]], page: str) -> Thing:
    """Where a page stands, from the `crumbs` that it shows: pairs of address and name."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": urljoin(page, href)}
            for place, (href, name) in enumerate(crumbs, start=1)
        ],
    }


def organisation(answer: Answer, page: str) -> Thing:
    """Who assesses, on its page."""
    said = {
        "@type": "Organization",
        "@id": f"{page}#organisation",
        "name": answer["name"],
        "url": page,
        "identifier": answer["id"],
        "description": answer["affiliation"],
        "sameAs": _address(answer["url"]),
    }
    return _filled(said)


def claim_reviews(
    promise: Answer, assessments: Iterable[Answer], programme: Answer, page: str
) -> list[Thing]:
    """What each organisation says became of a promise: one review for each current assessment, and
    none where nobody assessed.

    `assessments` are the results of `/promises/{id}/assessments/`. A status is no degree of truth,
    so that no review has a number.
    """
    claim = _claim(promise, programme, page)
    return [_claim_review(one, promise, claim, page) for one in assessments]


def _claim_review(one: Answer, promise: Answer, claim: Thing, page: str) -> Thing:
    update, organisation = one["update"], one["organisation"]
    status = Status(update["status"])
    said = {
        "@type": "ClaimReview",
        "@id": f"{page}#update-{update['id']}",
        "url": page,
        "claimReviewed": promise["title"],
        "itemReviewed": claim,
        "author": {
            "@type": "Organization",
            "name": organisation["name"],
            "url": urljoin(page, address_of("organisation", organisation["id"])),
        },
        "publisher": {"@type": "Organization", "name": SERVICE, "url": urljoin(page, "/")},
        "datePublished": update["published_at"],
        "reviewRating": {
            "@type": "Rating",
            "alternateName": status.label,
            "ratingExplanation": status.meaning,
        },
        "reviewBody": update["note"],
        "inLanguage": update["language"],
        "citation": list(_works(update["citations"])),
    }
    return _filled(said)


def _claim(promise: Answer, programme: Answer, page: str) -> Thing:
    """What was promised: by whom, when and where."""
    said = {
        "@type": "Claim",
        "@id": f"{page}#promise",
        "name": promise["title"],
        "text": promise["statement"],
        "identifier": promise["id"],
        "inLanguage": promise["language"],
        # An office, whoever holds it.
        "author": {"@type": "Organization", "name": programme["promisor"]},
        "datePublished": programme["announced_on"],
        "appearance": list(_works(promise["citations"])),
        "license": _licence(programme),
    }
    return _filled(said)


def catalogue(
    programme: Answer,
    page: str,
    exports: Sequence[Download],
    releases: Sequence[tuple[str, str, Sequence[Download]]] = (),
    modified: str | None = None,
) -> list[Thing]:
    """The data of a programme, on the data page: as it stands, and each release.

    `exports` are the files that hold it as it stands, `modified` is when the record last changed;
    `releases` are the version, the day and the files of each, newest first.
    """
    live = _dataset(programme, f"{page}#data", page, exports) | _filled({"dateModified": modified})
    released = [
        _dataset(programme, f"{page}#{version}", page, files)
        | {"version": version, "datePublished": day, "isBasedOn": {"@id": live["@id"]}}
        for version, day, files in releases
    ]
    site = {
        "@type": "DataCatalog",
        "@id": f"{page}#catalogue",
        "name": f"{SERVICE}: data",
        "url": page,
        "dataset": [{"@id": one["@id"]} for one in (live, *released)],
    }
    return [site, live, *released]


def _dataset(programme: Answer, id_: str, page: str, files: Iterable[Download]) -> Thing:
    title = programme["title"]
    about = (
        f"{title}: each promise with its sources, what became of it, who says so and on what"
        " evidence; and every change of this record."
    )
    said = {
        "@type": "Dataset",
        "@id": id_,
        "name": title,
        "description": " ".join(filter(None, (about, programme["summary"]))),
        "url": page,
        "identifier": programme["id"],
        "license": _licence(programme),
        "isAccessibleForFree": True,
        "inLanguage": list(LANGUAGES),
        "creator": {"@type": "Organization", "name": SERVICE, "url": urljoin(page, "/")},
        "temporalCoverage": f"{programme['announced_on']}/..",
        "spatialCoverage": {"@type": "Country", "identifier": programme["jurisdiction"]},
        "includedInDataCatalog": {"@id": f"{page}#catalogue"},
        "distribution": [_download(one) for one in files],
    }
    return _filled(said)


def _download(one: Download) -> Thing:
    said = {
        "@type": "DataDownload",
        "name": one.name,
        "contentUrl": one.address,
        "encodingFormat": one.media_type,
        "contentSize": f"{one.bytes} B" if one.bytes is not None else "",
        "sha256": one.sha256,
    }
    return _filled(said)


def _works(citations: Iterable[Answer]) -> Iterator[Thing]:
    """The sources of citations, each once."""
    seen = set()
    for one in citations:
        source = one["source"]
        if source["id"] in seen:
            continue
        seen.add(source["id"])
        said = {
            "@type": "CreativeWork",
            "name": source["title"],
            "url": _address(source["url"]),
            "archivedAt": _address(source["archived_url"]),
            "datePublished": source["published_on"],
            "publisher": {"@type": "Organization", "name": source["publisher"]["name"]},
        }
        yield _filled(said)


def _address(url: str) -> str:
    """An address that leads somewhere: what was redacted does not."""
    return "" if url.startswith(REDACTED) else url


def _licence(programme: Answer) -> str:
    return LICENCES.format(programme["licence"])


def _filled(said: Thing) -> Thing:
    """Without what is not known."""
    return {name: value for name, value in said.items() if value not in (None, "", [])}
