"""As much of the vocabulary of schema.org (version 30) as our pages speak, read from its pages:
what is a kind of what, which property belongs to which type, and what its values may be.
"""

from typing import Any

KINDS = {
    "Thing": "",
    "Action": "Thing",
    "SearchAction": "Action",
    "Intangible": "Thing",
    "EntryPoint": "Intangible",
    "ItemList": "Intangible",
    "BreadcrumbList": "ItemList",
    "ListItem": "Intangible",
    "Rating": "Intangible",
    "Organization": "Thing",
    "Place": "Thing",
    "AdministrativeArea": "Place",
    "Country": "AdministrativeArea",
    "CreativeWork": "Thing",
    "WebSite": "CreativeWork",
    "Review": "CreativeWork",
    "ClaimReview": "Review",
    "Claim": "CreativeWork",
    "DataCatalog": "CreativeWork",
    "Dataset": "CreativeWork",
    "MediaObject": "CreativeWork",
    "DataDownload": "MediaObject",
}

# Each property with the types that have it and the values that it takes. A type is one of KINDS.
PROPERTIES: dict[str, tuple[set[str], set[str]]] = {
    "name": ({"Thing"}, {"Text"}),
    "alternateName": ({"Thing"}, {"Text"}),
    "description": ({"Thing"}, {"Text"}),
    "identifier": ({"Thing"}, {"Text"}),
    "url": ({"Thing"}, {"URL"}),
    "sameAs": ({"Thing"}, {"URL"}),
    "potentialAction": ({"Thing"}, {"Action"}),
    "target": ({"Action"}, {"EntryPoint"}),
    # No property, but how schema.org/docs/actions.html has an action say what it is to be given.
    "query-input": ({"SearchAction"}, {"Text"}),
    "urlTemplate": ({"EntryPoint"}, {"Text"}),
    "itemListElement": ({"ItemList"}, {"ListItem"}),
    "position": ({"ListItem", "CreativeWork"}, {"Integer"}),
    # A URL stands for the thing that has it.
    "item": ({"ListItem"}, {"Thing", "URL"}),
    "ratingExplanation": ({"Rating"}, {"Text"}),
    "author": ({"CreativeWork", "Rating"}, {"Organization"}),
    "creator": ({"CreativeWork"}, {"Organization"}),
    "publisher": ({"CreativeWork"}, {"Organization"}),
    "inLanguage": ({"CreativeWork"}, {"Language"}),
    "datePublished": ({"CreativeWork"}, {"Date", "DateTime"}),
    "dateModified": ({"CreativeWork"}, {"Date", "DateTime"}),
    "text": ({"CreativeWork"}, {"Text"}),
    "license": ({"CreativeWork"}, {"URL"}),
    "citation": ({"CreativeWork"}, {"CreativeWork"}),
    "archivedAt": ({"CreativeWork"}, {"URL"}),
    "isAccessibleForFree": ({"CreativeWork"}, {"Boolean"}),
    "isBasedOn": ({"CreativeWork"}, {"CreativeWork"}),
    "temporalCoverage": ({"CreativeWork"}, {"Text"}),
    "spatialCoverage": ({"CreativeWork"}, {"Place"}),
    "version": ({"CreativeWork"}, {"Text"}),
    "reviewBody": ({"Review"}, {"Text"}),
    "reviewRating": ({"Review"}, {"Rating"}),
    "itemReviewed": ({"Review"}, {"Thing"}),
    "claimReviewed": ({"ClaimReview"}, {"Text"}),
    "appearance": ({"Claim"}, {"CreativeWork"}),
    "dataset": ({"DataCatalog"}, {"Dataset"}),
    "includedInDataCatalog": ({"Dataset"}, {"DataCatalog"}),
    "distribution": ({"Dataset"}, {"DataDownload"}),
    "contentUrl": ({"MediaObject"}, {"URL"}),
    "encodingFormat": ({"MediaObject", "CreativeWork"}, {"Text"}),
    "contentSize": ({"MediaObject"}, {"Text"}),
    "sha256": ({"MediaObject"}, {"Text"}),
}


def is_a(kind: str, other: str) -> bool:
    """Whether a type is another or a kind of it."""
    return kind == other or (bool(kind) and is_a(KINDS[kind], other))


def check(document: Any) -> dict[str, str]:
    """All that a document of ours says is in the vocabulary; return the things named in it."""
    assert document.keys() == {"@context", "@graph"}
    assert document["@context"] == "https://schema.org"
    named: dict[str, str] = {}
    for thing in document["@graph"]:
        _name(thing, named)
    for thing in document["@graph"]:
        _check(thing, named)
    return named


def _name(thing: Any, named: dict[str, str]) -> None:
    if isinstance(thing, list):
        for one in thing:
            _name(one, named)
    elif isinstance(thing, dict):
        if "@id" in thing and "@type" in thing:
            named[thing["@id"]] = thing["@type"]
        for value in thing.values():
            _name(value, named)


def _check(thing: dict[str, Any], named: dict[str, str]) -> None:
    kind = thing["@type"]
    for name, value in thing.items():
        if name.startswith("@"):
            continue
        owners, values = PROPERTIES[name]
        assert any(is_a(kind, owner) for owner in owners), f"a {kind} has no {name}"
        for one in value if isinstance(value, list) else [value]:
            assert one not in (None, "", [], {}), f"{name} of a {kind} says nothing"
            _check_value(f"{kind}.{name}", one, values, named)


def _check_value(where: str, value: Any, values: set[str], named: dict[str, str]) -> None:
    if isinstance(value, dict):
        kind = value.get("@type") or named[value["@id"]]
        assert any(one in KINDS and is_a(kind, one) for one in values), f"{where}: no {kind}"
        if "@type" in value:
            _check(value, named)
    elif isinstance(value, bool):
        assert "Boolean" in values, where
    elif isinstance(value, int):
        assert "Integer" in values, where
    elif values & {"URL"}:
        assert value.startswith(("https://", "http://")), f"{where}: {value}"
    else:
        assert values & {"Text", "Date", "DateTime", "Language"}, where
