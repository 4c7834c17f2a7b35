"""Citations are written with what they belong to, all of them at once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from reforms.errors import RuleBroken
from reforms.models import Citation, Publisher, Source
from reforms.models.fields import SLUG
from reforms.vocabulary import Basis, Stance
from reforms.workflow.checking import check_citation, prepare
from reforms.workflow.storing import store


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation to be made. `origin` is a publisher's id; left empty it is the source's own."""

    source: str
    stance: str = Stance.SUPPORTS.value
    basis: str = Basis.OWN_FINDING.value
    origin: str = ""
    locator: str = ""
    paragraphs: list[dict[str, Any]] = field(default_factory=list)
    note: dict[str, str] = field(default_factory=dict)


def cite(cited: Iterable[Cited], **owner: Any) -> None:
    """Replace the citations of a promise or an update.

    A promise is the curators', who may cite anything. An update rests on nothing that another
    organisation submitted and that is private: that is as good as not there.
    """
    cited = list(cited)
    sources, publishers = Source.objects.all(), Publisher.objects.all()
    if "update" in owner:
        organisation = owner["update"].organisation_id
        sources, publishers = sources.open_to(organisation), publishers.open_to(organisation)
    found = known(sources, "source", [one.source for one in cited])
    origins = known(publishers, "origin", [one.origin for one in cited if one.origin])
    Citation.objects.filter(**owner).delete()
    for position, one in enumerate(cited, start=1):
        citation = Citation(
            **owner,
            position=position,
            source=found[one.source],
            stance=one.stance,
            basis=one.basis,
            locator=one.locator,
            paragraphs=one.paragraphs,
            note=one.note,
        )
        if one.origin:
            citation.origin = origins[one.origin]
        prepare(citation)
        check_citation(citation)
        store(citation)


def known(things: "models.QuerySet[Any]", name: str, ids: Iterable[str]) -> dict[str, Any]:
    """Those of the objects that have these ids; raise RuleBroken for the field `name` where one is
    not there, or no longer.
    """
    ids = list(ids)
    found = things.in_bulk([one for one in ids if re.match(SLUG, one)])
    if missing := [one for one in ids if one not in found]:
        kind = things.model._meta.verbose_name
        raise RuleBroken({name: [f"there is no {kind} {one!r}" for one in missing]})
    if withdrawn := [one for one, thing in found.items() if thing.withdrawn_at is not None]:
        raise RuleBroken({name: [f"{one} was withdrawn from the record" for one in withdrawn]})
    return found
