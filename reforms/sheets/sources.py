"""Tables of sources."""

from collections.abc import Iterable
from typing import Any

from reforms import roles, workflow
from reforms.models import Publisher, Source
from reforms.sheets.columns import Known, dated, plain, reference, texts
from reforms.sheets.objects import ID, REASON, ObjectSheet, Terms
from reforms.sheets.rows import Row
from reforms.submissions.readers import Address, Pattern, Word
from reforms.vocabulary import SourceKind

_TAG = Pattern("[a-z]{2,3}(-[A-Za-z0-9]+)*", "use a language tag, such as en, ru or kk", 12)


class SourceSheet(ObjectSheet):
    """A row is a source. Contributors add and mend private ones of their organisation."""

    model = Source
    one = "source"
    meanings = {
        ID: "Its id. A new one that curators add may be named here; empty draws one at random.",
        **{one.name: one.meaning for one in texts(Source, "title", "The document's title.")},
        "kind": "What sort of document it is.",
        "publisher": "The id of who published it.",
        "url": "Its address.",
        "archived_url": "The address of a copy that an archive keeps.",
        "published_on": "When it was published: 2022-11-05, 2022-11 or 2022.",
        "language": "The language of the document, such as `ru`.",
        "edition_of": "The id of the source of which it is the text in another language.",
        **{one.name: one.meaning for one in texts(Source, "note", "What there is to say of it.")},
        REASON: "Why it is changed; public. Needed where what the record says changes.",
    }
    required = {
        "a title": ("title_en", "title_ru", "title_kk"),
        "a kind": ("kind",),
        "a publisher": ("publisher",),
    }

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        publishers = Publisher.objects.visible_to(terms.user).filter(withdrawn_at=None)
        self._publishers = Known(publishers, "publisher")
        self._sources = Known(self.visible().filter(withdrawn_at=None), "source")
        listed = (
            *texts(Source, "title", self.meanings["title_en"]),
            plain("kind", Word(SourceKind), self.meanings["kind"]),
            reference("publisher", self._publishers, self.meanings["publisher"]),
            plain("url", Address(2000), self.meanings["url"]),
            plain("archived_url", Address(2000), self.meanings["archived_url"]),
            dated("published_on", "published", self.meanings["published_on"]),
            plain("language", _TAG, self.meanings["language"]),
            reference("edition_of", self._sources, self.meanings["edition_of"]),
            *texts(Source, "note", self.meanings["note_en"]),
        )
        self.columns = {one.name: one for one in listed}

    # Writing a table --------------------------------------------------------------------------

    def visible(self) -> Any:
        return Source.objects.visible_to(self.terms.user)

    def loaded(self, things: Any) -> Any:
        return things

    def header(self, things: Any) -> list[str]:
        return [name for name in self.meanings if name != REASON]

    def cells(self, thing: Source) -> dict[str, str]:
        return {ID: thing.pk} | {name: one.write(thing) for name, one in self.columns.items()}

    # Reading one ------------------------------------------------------------------------------

    def learn(self, rows: Iterable[Row]) -> None:
        rows = list(rows)
        self._publishers.learn({row.cell("publisher") for row in rows} - {""})
        self._sources.learn({row.cell("edition_of") for row in rows} - {""})

    def refuses(self, thing: Source, row: Row) -> bool:
        if super().refuses(thing, row):
            return True
        user = self.terms.user
        own = roles.speaks_for(user, thing.submitted_by_id) and thing.public_since is None
        if roles.curates(user) or own:
            return False
        row.place.complain("out_of_reach", "It is public: only curators change it.")
        return True

    def takes_ids(self) -> bool:
        return roles.curates(self.terms.user)

    def begin(self, row: Row) -> Source:
        id_ = row.cell(ID)
        source = Source(pk=id_ or workflow.random_id("s"), submitted_by=self.terms.organisation)
        source._drawn = not id_  # type: ignore[attr-defined]
        return source

    def name_of(self, thing: Any) -> str:
        return "" if thing._drawn else str(thing.pk)

    def parts(self, thing: Any, row: Row, changed: set[str], before: dict[str, str]) -> Any:
        return {}
