"""Tables of promises."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Max, Prefetch

from reforms.models import (
    Body,
    Citation,
    Promise,
    PromiseBody,
    PromiseRelation,
    Publisher,
    Reform,
    Source,
    Topic,
)
from reforms.sheets import citations
from reforms.sheets.columns import (
    SEPARATOR,
    Ids,
    Known,
    Relations,
    dated,
    figures,
    plain,
    split,
    texts,
)
from reforms.sheets.objects import ID, REASON, ObjectSheet, Terms
from reforms.sheets.rows import Row
from reforms.submissions.readers import Word
from reforms.vocabulary import BodyRole, Commitment, PromiseKind

_PLAIN = {
    one.name: one
    for one in (
        *texts(Promise, "title", "At most 12 words."),
        *texts(Promise, "statement", "One sentence with every figure, in your own words."),
        plain("kind", Word(PromiseKind), "What sort of act it asks for."),
        plain("commitment", Word(Commitment), "How firmly it binds."),
        *texts(Promise, "condition", "On what it depends, if on anything."),
        dated("deadline", "deadline", "The last day in time: 2022-11-05, 2022-11 or 2022."),
        *texts(Promise, "deadline_wording", "How the text puts the deadline, paraphrased."),
        figures(),
    )
}
_ROLES = [role.value for role in BodyRole]
_PARTS = {
    "responsible": "The ids of the bodies that are to act, separated by semicolons.",
    "affected": "The ids of the bodies that are changed by it, separated by semicolons.",
    "topics": "The ids of its topics, separated by semicolons.",
    "relations": "Ties to other promises: `restates kz2022-1-2; depends_on kz2022-3-1`.",
}
_ABOUT = {
    ID: "Its id; empty for a new promise, which gets the next free number of its reform.",
    "reform": "The id of its reform. It never changes.",
    **{name: one.meaning for name, one in _PLAIN.items()},
    **_PARTS,
}


class PromiseSheet(ObjectSheet):
    """A row is a promise with its bodies, topics, relations and passages."""

    model = Promise
    one = "promise"
    columns = _PLAIN
    meanings = (
        _ABOUT
        | {name: citations.MEANINGS[base] for name, (_, base) in citations.COLUMNS.items()}
        | {REASON: "Why it is changed; public. Needed where what the record says changes."}
    )
    required = {
        "a reform": ("reform",),
        "a title": ("title_en", "title_ru", "title_kk"),
        "a statement": ("statement_en", "statement_ru", "statement_kk"),
        "a kind": ("kind",),
        "a commitment": ("commitment",),
    }

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._reforms = Known(Reform.objects.public(), "reform")
        self._bodies = Known(Body.objects.public(), "body")
        self._topics = Known(Topic.objects.public(), "topic")
        self._promises = Known(Promise.objects.public(), "promise")
        publishers = Known(Publisher.objects.filter(withdrawn_at=None), "publisher")
        sources = Source.objects.filter(withdrawn_at=None).select_related("publisher")
        self._citations = citations.CitationReader(Known(sources, "source"), publishers)

    # Writing a table --------------------------------------------------------------------------

    def visible(self) -> Any:
        return Promise.objects.all()

    def loaded(self, things: Any) -> Any:
        cited = Citation.objects.select_related("source").order_by("position", "pk")
        return things.prefetch_related(
            Prefetch("body_ties", PromiseBody.objects.order_by("role", "body")),
            Prefetch("topics", Topic.objects.order_by("pk")),
            Prefetch("relations", PromiseRelation.objects.order_by("kind", "to")),
            Prefetch("citations", cited),
        )

    def header(self, things: Any) -> list[str]:
        cited = Citation.objects.filter(promise__in=things.order_by().values("pk")).order_by()
        counted = cited.values("promise").annotate(number=Count("pk"))
        most = counted.aggregate(most=Max("number"))["most"] or 0
        return [*_ABOUT, *citations.header(most)]

    def cells(self, thing: Promise) -> dict[str, str]:
        ties = thing.body_ties.all()
        listed = {role: [tie.body_id for tie in ties if tie.role == role] for role in _ROLES} | {
            "topics": [topic.pk for topic in thing.topics.all()],
            "relations": [f"{one.kind} {one.to_id}" for one in thing.relations.all()],
        }
        return {
            ID: thing.pk,
            "reform": thing.reform_id,
            **{name: one.write(thing) for name, one in _PLAIN.items()},
            **{name: SEPARATOR.join(items) for name, items in listed.items()},
            **citations.cells(thing.citations.all()),
        }

    # Reading one ------------------------------------------------------------------------------

    def learn(self, rows: Iterable[Row]) -> None:
        rows = list(rows)
        self._reforms.learn({row.cell("reform") for row in rows} - {""})
        for known, name in (
            (self._bodies, "responsible"),
            (self._bodies, "affected"),
            (self._topics, "topics"),
        ):
            known.learn({one for row in rows for one in split(row.cell(name))})
        self._citations.learn(rows)

    def advice(self) -> str:
        return "For a new one leave the id empty and name its reform."

    def begin(self, row: Row) -> Promise:
        name = row.cell("reform")
        if not name or self._reforms.read(name, row.at("reform")) is None:
            return Promise()
        reform = self._reforms.get(name)
        last = Promise.objects.filter(reform=reform).aggregate(last=Max("number"))["last"]
        number = (last or 0) + 1
        return Promise(pk=f"{name}-{number}", reform=reform, number=number)

    def parts(self, thing: Any, row: Row, changed: set[str], before: dict[str, str]) -> Any:
        parts: dict[str, Any] = {}
        if not thing._state.adding and "reform" in changed and row.cell("reform"):
            detail = f"It belongs to {thing.reform_id} and stays there; its id says so."
            row.at("reform").complain("contradiction", detail)
        if changed.intersection(_ROLES):
            parts["bodies"] = self._ties(thing, row, changed)
        if "topics" in changed:
            parts["topics"] = self._list(row, "topics", Ids(self._topics))
        if "relations" in changed:
            parts["relations"] = self._list(row, "relations", Relations(self._promises))
        if cited := changed & citations.COLUMNS.keys():
            stored = [] if thing._state.adding else list(thing.citations.all())
            parts["citations"] = self._citations.read(row, stored, before, cited)
        return parts

    def _list(self, row: Row, name: str, reader: Any) -> list[Any]:
        cell = row.cell(name)
        return (reader.read(cell, row.at(name)) or []) if cell else []

    def _ties(self, thing: Any, row: Row, changed: set[str]) -> list[tuple[str, str]]:
        ties = []
        stored = [] if thing._state.adding else list(thing.body_ties.all())
        for role in _ROLES:
            if role in changed:
                ties += [(body, role) for body in self._list(row, role, Ids(self._bodies))]
            else:
                ties += [(tie.body_id, role) for tie in stored if tie.role == role]
        return ties
