"""From what was read to rows that can be stored: a status update, its citations, what they need."""

from dataclasses import dataclass
from typing import Any

from reforms import bulk, workflow
from reforms.dates import day_in
from reforms.errors import EvidenceMissing, RuleBroken
from reforms.models import Citation, Organisation, Promise, Publisher, Source, StatusUpdate
from reforms.submissions.complaints import Place
from reforms.submissions.fields import INLINE
from reforms.submissions.readers import UNSAID
from reforms.submissions.references import References
from reforms.vocabulary import Basis, PublisherType, SourceKind, Stance, Status
from reforms.workflow import Proposal

# Where it is always later than anywhere else: what lies ahead there lies ahead for every programme.
_LATEST = "Pacific/Kiritimati"
_LANGUAGE = "en"


@dataclass(slots=True)
class Draft:
    """A status update that is not stored yet, with its evidence.

    `proposals` are sources and publishers that it brings along, publishers before their sources.
    """

    update: StatusUpdate
    citations: list[Citation]
    proposals: list[Proposal]


class Drafter:
    """Makes rows of what was read at a place, complaining of what does not fit together."""

    def __init__(self, values: dict[str, Any], references: References, place: Place) -> None:
        self.values = values
        self.references = references
        self.place = place
        self.language = values.get("language") or _LANGUAGE
        self.proposals: list[Proposal] = []

    @property
    def organisation(self) -> Organisation:
        return self.references.organisation

    # The status update -----------------------------------------------------------------------

    def draft(self, promise: Promise | None = None) -> Draft | None:
        """The rows of a whole submission; `promise` where the submission does not name it. None
        where anything is wrong.
        """
        if promise is None and "promise" in self.values:
            promise = self.references.promise(self.values["promise"], self.place.at("promise"))
        self.check_dates(promise)
        citations = self.citations()
        if self.place.complaints:
            return None
        assert promise is not None
        effective, assessed = self.values["effective_on"], self.values.get("assessed_on")
        if assessed is None and self.values["status"] == Status.NOT_STARTED:
            assessed = effective
        update = bulk.new(
            StatusUpdate,
            id=next(self.references.new_ids),
            promise=promise,
            organisation=self.organisation,
            status=self.values["status"],
            note=self.texts("note"),
            external_id=self.values.get("external_id") or "",
            effective_on=effective.last,
            effective_precision=effective.precision.value,
            assessed_on=assessed.last if assessed else None,
            assessed_precision=assessed.precision.value if assessed else "",
        )
        return Draft(update, citations, self.proposals)

    def check_dates(self, promise: Promise | None) -> None:
        """Hold the dates against each other and against today."""
        today = promise.programme.today() if promise else day_in(_LATEST)
        status, effective = self.values.get("status", ""), self.values.get("effective_on")
        wrong = workflow.date_complaints(status, effective, self.values.get("assessed_on"), today)
        if wrong:
            complain_of(RuleBroken(wrong), self.place, "bad_date")

    def texts(self, name: str) -> dict[str, str]:
        """A text by language; one that was given without is in the submission's own."""
        return by_language(self.values.get(name), self.language)

    # Evidence --------------------------------------------------------------------------------

    def citations(self) -> list[Citation]:
        """The citations that are right."""
        place = self.place.at("citations")
        cited = [
            self._citation(values, position, place.at(position))
            for position, values in enumerate(self.values.get("citations") or [])
            if values is not None
        ]
        return [one for one in cited if one is not None]

    def _citation(self, values: dict[str, Any], position: int, place: Place) -> Citation | None:
        source = self._source(values, place)
        origin = self._publisher(values.get("origin"), place.at("origin"))
        if source is None:
            return None
        citation: Citation = bulk.new(
            Citation,
            position=position + 1,
            source=source,
            stance=values.get("stance") or Stance.SUPPORTS.value,
            basis=values.get("basis") or Basis.OWN_FINDING.value,
            origin=origin or source.publisher,
            locator=values.get("locator") or "",
            note=by_language(values.get("note"), self.language),
        )
        try:
            workflow.check_citation(citation)
        except RuleBroken as refusal:
            complain_of(refusal, place, "missing")
        return citation

    def _source(self, values: dict[str, Any], place: Place) -> Source | None:
        """The source that is meant: by its id, by its address, or a new one."""
        url, id_ = values.get("url"), values.get("source")
        if id_ is not None:
            for name in ("url", *INLINE):
                if values.get(name) is not None:
                    detail = "Give either the id of a source, or the address of a new one."
                    place.at(name).complain("contradiction", detail)
            return self.references.source(id_, place.at("source"))
        if url is None:
            if not any(one.pointer.startswith(place.pointer + "/") for one in place.complaints):
                detail = "Name a source by its id, or give url, title and publisher."
                place.complain("missing", detail)
            return None
        return self.source_at(url, values, place)[0]

    def source_at(
        self, url: str, values: dict[str, Any], place: Place
    ) -> tuple[Source | None, bool]:
        """The source with this address, and whether it is new."""
        if (known := self.references.source_at(url)) is not None:
            self._bring(known.publisher, known)
            return known, False
        for name in ("title", "publisher"):
            said = place.at(name)
            if values.get(name) is None and not _is_wrong(said):
                said.complain("missing", f"The address is new here: give the {name} too.")
        publisher = self._publisher(values.get("publisher"), place.at("publisher"))
        if publisher is None or values.get("title") is None or _is_wrong(place):
            return None, False
        source = Source(
            id=workflow.random_id("s"),
            url=url,
            title=by_language(values["title"], self.language),
            kind=values.get("kind") or SourceKind.ARTICLE.value,
            publisher=publisher,
            language=values.get("source_language") or "",
            submitted_by=self.organisation,
        )
        source.published = values.get("published_on")
        source.fill_digest()
        self._propose(source)
        return source, True

    def _publisher(self, named: Any, place: Place) -> Publisher | None:
        """The publisher that is meant, or a new one."""
        if named is None or named == {} or _is_wrong(place):
            return None
        described: dict[str, Any] = named if isinstance(named, dict) else {"name": {UNSAID: named}}
        names = described["name"].values()
        before = len(place.complaints)
        known = self.references.publisher(names, place)
        if known is not None:
            self._bring(known)
        if known is not None or len(place.complaints) > before:
            return known
        publisher = Publisher(
            id=workflow.random_id("p"),
            name=by_language(described["name"], self.language),
            type=described.get("type") or PublisherType.OTHER.value,
            country=described.get("country") or "",
            submitted_by=self.organisation,
        )
        self._propose(publisher)
        return publisher

    def _bring(self, *things: Proposal) -> None:
        """What somebody refused has proposed is this one's to bring along."""
        self.proposals += [thing for thing in things if self.references.claim(thing)]

    def _propose(self, proposal: Proposal) -> None:
        self.proposals.append(proposal)
        self.references.add(proposal)


def by_language(texts: dict[str, str] | None, language: str) -> dict[str, str]:
    """Texts of which one may have been given without its language."""
    return {named or language: text for named, text in (texts or {}).items()}


def complain_of(refusal: RuleBroken, place: Place, code: str = "rule_broken") -> None:
    """Say at its place what the workflow refused."""
    if isinstance(refusal, EvidenceMissing):
        code = "no_evidence"
    for name, complaints in refusal.fields.items():
        there = place
        for part in name.split("/") if name else ():
            there = there.at(part)
        for detail in complaints:
            there.complain(code, detail[:1].upper() + detail[1:].rstrip(".") + ".")


def _is_wrong(place: Place) -> bool:
    """Whether something was said already of this place, or of what is in it."""
    return any(
        one.pointer == place.pointer or one.pointer.startswith(place.pointer + "/")
        for one in place.complaints
    )
