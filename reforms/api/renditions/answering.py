"""Answering with renditions: rows are told by their ids, and their texts joined.

Whatever asks for more or less than the plain answer is answered by the serializers, and so is each
object that has no rendition at present.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, cast

from django.db.models import QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce
from django.http import HttpResponse
from rest_framework.request import Request

from reforms.api.pagination import KeysetPagination
from reforms.api.question import Question
from reforms.api.rendering import JSONRenderer, written
from reforms.api.renditions.texts import MORE, SPOKEN, completed, form, reader
from reforms.models import Promise, PromiseRendition, StatusUpdate, UpdateRendition
from reforms.statements import Slot, Statement, Statements

_Part = PromiseRendition.Part
_SAID = "SELECT body FROM {} AND form = %s AND readers LIKE %s"
PROMISES, UPDATES = PromiseRendition._meta.db_table, UpdateRendition._meta.db_table

# One for each combination of filters, order and page.
_LISTS = Statements()

Texts = list[str]
Rows = list[Any]
Place = list[Slot]


class Rendered:
    """Mixin of a view of a list whose plain answers are made of renditions."""

    question: Any
    request: Any

    # A page of ours that asks for an answer's data has to be told otherwise.
    rendered = True
    # Which renditions are a row's, in SQL, and which part of it they say where there are several.
    renditions = (
        f"{UPDATES} WHERE update_id = reforms_statusupdate.id"
        f" AND {UPDATES}.published_at = reforms_statusupdate.published_at"
    )
    part: PromiseRendition.Part | None = None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        if not self.is_plain():
            return super().list(request, *args, **kwargs)  # type: ignore[misc]
        view: Any = self
        rows = self._kept_page(view.paginator)
        if rows is None:
            queryset = self.with_rendition(view.narrowed(view.get_queryset()))
            rows = view.paginator.paginate_queryset(queryset, request, view)
        around = written({**view.paginator.addresses(), "results": []}).decode()
        texts = self.texts([row.rendition for row in rows])
        return self.sent(f"{around.removesuffix(']}')}{','.join(texts)}]}}")

    def _kept_page(self, pages: KeysetPagination) -> Rows | None:
        """The page, by a statement that is kept; None where the question allows none."""
        question, view = self.question, cast(Any, self)
        opened = None if question.flags or view.kwargs else question.filterset.opened()
        if opened is None:
            return None
        shape, given, values = opened
        pages.begin(view.queryset.model, self.request, view)
        places = {f"place {at}": value for at, value in enumerate(pages.place)}
        name = (
            *(type(self), shape, question.ordering, question.limit, pages.backwards, len(places)),
            *(reader(question.languages), form()),
        )
        statement = _LISTS.get(name, lambda: self._page(pages, given, list(map(Slot, places))))
        return pages.take(statement.rows(values | places))

    def _page(self, pages: KeysetPagination, given: dict[str, Any], place: Place) -> Any:
        """The page with all values left open."""
        view = cast(Any, self)
        opened = self.question.filterset.asking(given)
        rows = self.with_rendition(view.narrowed(view.get_queryset(), opened))
        return self._values(pages.page(rows, place), pages.columns)

    def is_plain(self) -> bool:
        """Whether the question asks for what renditions are of, and anybody may have the answer."""
        request = self.request
        return (
            self.asks_plainly()
            and not request.user.is_authenticated
            and request.accepted_media_type == JSONRenderer.media_type
        )

    def asks_plainly(self) -> bool:
        """Whether the question asks for neither more nor less than renditions say."""
        asked = self.question
        more_or_less = asked.fields or asked.omit or asked.expand or asked.clocks.asked
        return self.rendered and not more_or_less

    def taken(self, page: QuerySet[Any], columns: Iterable[Any]) -> Any:
        if not self.is_plain():
            return super().taken(page, columns)  # type: ignore[misc]
        return list(self._values(page, columns))

    def _values(self, page: QuerySet[Any], columns: Iterable[Any]) -> QuerySet[Any]:
        names = [name for name, _ in columns]
        return page.values_list(*names, "rendition", named=True)

    def with_rendition(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With `rendition`, of which `texts` makes the text: what it says, and where there is none
        the id of the row.
        """
        said = _said(self.renditions, self.question)
        return rows.annotate(rendition=Coalesce(said, Cast("pk", TextField())))

    def texts(self, said: Sequence[str]) -> Texts:
        """The texts of rows, given by their `rendition`; of those without one as the serializers
        write it.
        """
        view: Any = self
        parts = [one.partition(SPOKEN) for one in said]
        self.note({languages for languages, found, _ in parts if found})
        missing = [key for key, found, _ in parts if not found]
        if not missing:
            return [text for _, _, text in parts]
        things = view.told(view.load(view.queryset.filter(pk__in=missing)))
        answers = zip(things, view.answers(things), strict=True)
        others = {thing.pk: written(answer).decode() for thing, answer in answers}
        read = view.queryset.model._meta.pk.to_python
        return [text if found else others[read(key)] for key, found, text in parts]

    def note(self, spoken: Iterable[str]) -> None:
        """Have the answer say that it speaks these languages."""
        for languages in filter(None, spoken):
            self.question.spoken.update(languages.split(","))

    def sent(self, text: str) -> HttpResponse:
        """The answer, with what its texts leave open until they are read."""
        content = completed(text, self.request, self.question.clocks.now)
        return HttpResponse(content, content_type=JSONRenderer.media_type)


class RenderedPromises(Rendered):
    """Mixin of the view of promises."""

    part = _Part.ITSELF
    renditions = f"{PROMISES} WHERE promise_id = reforms_promise.id AND part = '{part}'"

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        text = self._whole(kwargs["pk"]) if self.is_plain() else None
        if text is None:
            return super().retrieve(request, *args, **kwargs)  # type: ignore[misc]
        return self.sent(text)

    def _whole(self, key: str) -> str | None:
        """All about one promise, if all of it is rendered."""
        readers = f"%{reader(self.question.languages)}%"
        asked = {"key": key, "readers": readers, "form": form()}
        parts = dict(_of_a_promise().rows(asked))
        if len(parts) < len(_Part):
            return None
        updates = [said for (said,) in _timeline().rows(asked)]
        if None in updates:
            return None
        said = [one.partition(SPOKEN) for one in (*(parts[part] for part in _Part), *updates)]
        self.note({spoken for spoken, _, _ in said})
        itself, citations, replies, *told = (text for _, _, text in said)
        more = f'"citations":{citations},"updates":[{",".join(told)}],"replies":{replies},'
        return itself.replace(MORE, more)


def _said(renditions: str, question: Question) -> RawSQL:
    """What the rendition says that whoever asks would read.

    It is looked up for each row of a page, and past the ORM, which would take longer to say this
    than the database to do it. A join would be planned by how many rows are rendered at that
    moment, and could read all of them where hardly any is.
    """
    asked = [form(), f"%{reader(question.languages)}%"]
    return RawSQL(_SAID.format(renditions), asked, output_field=TextField())  # noqa: S611


@cache
def _of_a_promise() -> Statement:
    """The renditions of a public promise."""
    public = Promise.objects.public().filter(pk=Slot("key"))
    rendered = PromiseRendition.objects.filter(promise__in=public, form=Slot("form"))
    rendered = rendered.extra(where=["readers LIKE %s"], params=[str(Slot("readers"))])
    return Statement(rendered.values_list("part", "body"))


@cache
def _timeline() -> Statement:
    """What the renditions of its public status updates say, latest first; null without one."""
    updates = StatusUpdate.objects.public().filter(promise=Slot("key")).newest_first()
    asked = [str(Slot("form")), str(Slot("readers"))]
    said = RawSQL(_SAID.format(Rendered.renditions), asked, output_field=TextField())  # noqa: S611
    return Statement(updates.annotate(said=said).values_list("said"))
