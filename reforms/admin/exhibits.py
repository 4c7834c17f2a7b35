"""Citations as somebody weighs them: whose word it is, where it is printed, how to look it up."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reforms import roles
from reforms.admin.citation import quotation
from reforms.admin.labels import badge, in_words, page_of
from reforms.admin.passages import passages
from reforms.models import Citation
from reforms.vocabulary import Basis, PublisherType, SourceKind, Stance, Status

_IN_FORCE = (Status.IMPLEMENTED, Status.PARTIALLY_IMPLEMENTED)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One citation. `url` leads to the document; `warnings` say what to look at first."""

    citation: Citation
    title: str
    address: str
    url: str
    kind: str
    publisher: str
    publisher_type: Any
    origin: str
    origin_type: Any
    official: bool
    stance: Any
    basis: Any
    passage: str
    note: str
    warnings: list[str]


def exhibits(citations: Any, jurisdiction: str, user: Any, claimed: str = "") -> list[Exhibit]:
    """The citations in their order, as `user` sees them. `official` is meant relative to the
    jurisdiction, and `claimed` is the status that they are to support.
    """
    shown = list(citations.select_related("source__publisher", "origin").order_by("position", "id"))
    found = passages(shown)
    linked = roles.may_read_texts(user)
    return [
        _exhibit(one, jurisdiction, claimed, quotation(found[one.pk], linked=linked))
        for one in shown
    ]


def _exhibit(citation: Citation, jurisdiction: str, claimed: str, passage: str) -> Exhibit:
    source, publisher, origin = citation.source, citation.source.publisher, citation.origin
    return Exhibit(
        citation=citation,
        title=in_words(source.title),
        address=page_of(source),
        url=source.url,
        kind=SourceKind(source.kind).label,
        publisher=in_words(publisher.name),
        publisher_type=badge(PublisherType(publisher.type)),
        origin=in_words(origin.name) if origin.pk != publisher.pk else "",
        origin_type=badge(PublisherType(origin.type)),
        official=origin.is_official_in(jurisdiction),
        stance=badge(Stance(citation.stance)),
        basis=badge(Basis(citation.basis)),
        passage=passage,
        note=in_words(citation.note),
        warnings=list(_warnings(citation, claimed)),
    )


def _warnings(citation: Citation, claimed: str) -> Iterable[str]:
    source, publisher, origin = citation.source, citation.source.publisher, citation.origin
    if not source.url and not citation.paragraphs:
        yield "There is no address to open: it cannot be checked from here."
    if not source.is_public:
        yield "The source is new: it becomes public with this assessment."
    for one in {publisher, origin}:
        if not one.is_public:
            type_ = PublisherType(one.type).label.lower()
            yield (
                f"The publisher “{in_words(one.name)}” is new, and said to be “{type_}”: the level"
                " of evidence depends on it. Look at its page first."
            )
    supports = citation.stance == Stance.SUPPORTS
    if supports and citation.basis == Basis.DRAFT_ACT and claimed in _IN_FORCE:
        yield "A draft is no act in force: by itself it supports no more than “in progress”."
