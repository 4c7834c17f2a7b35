"""How what organisations submit becomes public: with what first rests on it, and only once.

Two organisations may have submitted one document, or named one publisher, without knowing of each
other. Then what is public already takes the place of what is not.
"""

from typing import Any

from django.db import models
from django.db.models import Q

from reforms import ledger, records
from reforms.errors import RuleBroken
from reforms.models import Citation, Programme, Promise, Publisher, Reform, Source
from reforms.vocabulary import Basis
from reforms.workflow.recording import is_public_at_birth, recording, write


def make_public_what_it_names(thing: models.Model) -> None:
    """What a public object refers to is public as well, and stands before it in the ledger."""
    if not isinstance(thing, Promise | Programme | Reform | Source):
        return
    stored = records.stored(thing)
    if stored is None or not (stored.is_public or is_public_at_birth(stored)):
        return
    match stored:
        case Promise():
            make_public_what_is_cited(stored.citations.all())
        case Programme():
            _make_public(Source.objects.filter(announced_programmes=stored))
        case Reform() if stored.bounds:
            _make_public(Source.objects.filter(pk=stored.bounds["source"]))
        case Source():
            _make_public(Source.objects.filter(pk=stored.edition_of_id))
            make_publishers_public(Publisher.objects.filter(pk=stored.publisher_id))
    # What was merged meanwhile goes by another id.
    now: Any = records.stored(thing)
    for name in ("publisher_id", "edition_of_id", "bounds"):
        if hasattr(now, name) and getattr(thing, name) == getattr(stored, name):
            setattr(thing, name, getattr(now, name))


def make_public_what_is_cited(citations: "models.QuerySet[Citation]") -> None:
    """A source becomes public when something public first cites it; so does whose word it is."""
    _make_public(Source.objects.filter(citations__in=citations))
    make_publishers_public(Publisher.objects.filter(assertions__in=citations))


def _make_public(sources: "models.QuerySet[Source]") -> None:
    private = sources.filter(public_since=None).order_by("pk").distinct()
    for pk in list(private.values_list("pk", flat=True)):
        # The one before may have brought it along.
        for source in Source.objects.filter(pk=pk, public_since=None):
            _publish(source)


def _publish(source: Source) -> None:
    if not _is_merged(source):
        _make_public_before(source)
        # Its original may be the same document.
        if not _is_merged(source):
            with recording(source):
                write(source, public_since=ledger.moment())


def _make_public_before(source: Source) -> None:
    """A source's original and its publisher are public before it is."""
    _make_public(Source.objects.filter(pk=source.edition_of_id))
    make_publishers_public(Publisher.objects.filter(pk=source.publisher_id))
    source.refresh_from_db()


def _is_merged(source: Source) -> bool:
    """Whether another source of the same address has taken its place."""
    if not source.address_digest:
        return False
    same = Source.objects.filter(address_digest=source.address_digest).exclude(pk=source.pk)
    known = same.public().first()
    if known is None:
        # The curators' own has an id that they chose, and that their files may name.
        known = same.filter(public_since=None, submitted_by=None, edition_of=None).first()
        if known is None:
            return False
        _publish(known)
    _merge(source, known)
    return True


def _merge(source: Source, known: Source) -> None:
    """Let a public source take the place of a private one, which is no more."""
    reason = f"{known} is the same document."
    for citation in _with_owners(source.citations.all()):
        origin = citation.origin_id
        if origin == source.publisher_id and citation.basis != Basis.RELAYS:
            origin = known.publisher_id
        _change_citation(citation, reason, source=known, origin=origin)
    for programme in source.announced_programmes.all():
        with recording(programme, reason):
            programme.announced_by.remove(source)
            programme.announced_by.add(known)
    for reform in Reform.objects.filter(bounds__source=source.pk):
        with recording(reform, reason):
            write(reform, bounds={**(reform.bounds or {}), "source": known.pk})
    for edition in source.editions.all():
        if edition.pk == known.pk:
            raise RuleBroken({"edition_of": [f"{source} has the same address: it is no edition"]})
        with recording(edition):
            write(edition, edition_of_id=known.pk)
    publisher = source.publisher
    source.delete()
    if not (publisher.sources.exists() or publisher.assertions.exists()):
        _private(Publisher.objects.filter(pk=publisher.pk)).delete()


def make_publishers_public(publishers: "models.QuerySet[Publisher]") -> None:
    """Publishers that organisations named become public, or turn out to be known."""
    for publisher in list(_private(publishers).order_by("pk").distinct()):
        names = publisher.names()
        known = next((one for one in Publisher.objects.public() if names & one.names()), None)
        if known is not None:
            _merge_publisher(publisher, known)
        else:
            with recording(publisher):
                write(publisher, public_since=ledger.moment())


def _private(publishers: "models.QuerySet[Publisher]") -> "models.QuerySet[Publisher]":
    return publishers.filter(public_since=None, submitted_by__isnull=False)


def _merge_publisher(publisher: Publisher, known: Publisher) -> None:
    """Let a public publisher take the place of a private one, which is no more."""
    reason = f"{known} is the same publisher."
    own = [source.pk for source in publisher.sources.all()]
    for source in publisher.sources.all():
        with recording(source, reason):
            write(source, publisher_id=known.pk)
    relaying = Q(basis=Basis.RELAYS.value, origin=known, source__in=own)
    for citation in _with_owners(Citation.objects.filter(Q(origin=publisher) | relaying)):
        _change_citation(citation, reason, source=citation.source, origin=known.pk)
    publisher.delete()


def _with_owners(citations: "models.QuerySet[Citation]") -> list[Citation]:
    return list(citations.select_related("promise", "update", "source").order_by("pk"))


def _change_citation(citation: Citation, reason: str, source: Source, origin: str) -> None:
    """Let a citation name what took the place of what it named."""
    basis = citation.basis
    if basis == Basis.RELAYS and origin == source.publisher_id:
        # What was thought to be relayed turns out to be printed by whoever says it.
        basis = Basis.OWN_FINDING.value
    owner: Any = citation.promise or citation.update
    with recording(owner, reason):
        owner.citations.filter(pk=citation.pk).update(source=source, origin=origin, basis=basis)
