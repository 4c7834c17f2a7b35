"""Making renditions: in the background, of what is marked, with the serializers of the API."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from reforms import bulk
from reforms.api import languages, loading
from reforms.api.clocks import Clocks
from reforms.api.question import Question
from reforms.api.rendering import written
from reforms.api.renditions.texts import MORE, READERS, ROOT, SPOKEN, UNTIL, form
from reforms.api.serializers.evidence import StatusUpdateSerializer
from reforms.api.serializers.promise import PromiseSerializer
from reforms.dates import now
from reforms.models import Citation, Promise, PromiseRendition, StatusUpdate, UpdateRendition

Part = PromiseRendition.Part

BATCH = 200  # marks that are locked, and whose objects are read and rendered, at once
PAGE = 2_000  # objects whose renditions are looked at, and marked, at once

# What stands for what is left open while JSON is written; nobody can have put it into a text.
_TOKEN = uuid.uuid4().hex
_HOST = f"http://{_TOKEN}"
_BESIDES = [name for name in PromiseSerializer.on_request if name != "updates"]
_ITSELF = [
    name for name in PromiseSerializer._declared_fields if name not in PromiseSerializer.on_request
]


def make(most: int = BATCH) -> int:
    """Render what at most so many marks of promises, and as many of status updates, are about.

    Returns how many those were. What others are rendering is passed over: nobody waits.
    """
    return _make_promises(most) + _make_updates(most)


def mark_others() -> Iterator[int]:
    """Mark what other code than this has rendered, some thousand objects at a time; gives how many
    marks were made.

    It goes on when the next number is asked for: between them others have their turn.
    """
    return _mark(exclude=("", form()))


def mark_all() -> Iterator[int]:
    """Mark whatever is rendered; else like `mark_others`."""
    return _mark(exclude=("",))


def _mark(exclude: Sequence[str]) -> Iterator[int]:
    rendered: tuple[tuple[Any, list[str], Iterator[list[Any]]], ...] = (
        (PromiseRendition, ["promise_id", "part"], _pages(Promise.objects.all(), "position")),
        # In the order in which they are rendered, also where that goes on meanwhile.
        (
            UpdateRendition,
            ["update_id", "published_at"],
            _pages(StatusUpdate.objects.public(), "published_at"),
        ),
    )
    for model, columns, pages in rendered:
        others = model._default_manager.exclude(form__in=exclude)
        for some in pages if others.exists() else ():
            found = others.filter(**{f"{columns[0]}__in": some})
            with transaction.atomic():
                marks = [model(**one) for one in found.values(*columns).distinct()]
                # As the triggers do: the mark first, which waits for whoever renders just now.
                model._default_manager.bulk_create(
                    marks,
                    update_conflicts=True,
                    update_fields=["form"],
                    unique_fields=model._meta.pk.field_names,
                )
                found.delete()
            # Also where there was nothing to do: to look at all pages may take a minute.
            yield len(marks)


def _pages(rows: Any, order: str) -> Iterator[list[Any]]:
    """The ids of the rows, some thousand at a time, from the last to the first in this order."""
    rows = rows.order_by(f"-{order}", "-pk").values_list(order, "pk")
    page = list(rows[:PAGE])
    while page:
        yield [key for _, key in page]
        last, key = page[-1]
        rest = rows.filter(Q(**{f"{order}__lt": last}) | Q(pk__lt=key), **{f"{order}__lte": last})
        page = list(rest[:PAGE])


def drift() -> Iterator[str]:
    """Each stored rendition that is not what this code would render, and each that is missing
    beside others of its object.
    """
    public = PromiseRendition.objects.filter(promise__in=Promise.objects.public())
    yield from _drift(
        public, "promise_id", lambda keys: _promises(dict.fromkeys(keys, Part.values))
    )
    yield from _drift(UpdateRendition.objects.all(), "update_id", _updates)


def _told(rendition: Any) -> tuple[str, Any]:
    """What files rest on: what it says, and its place among those of status updates."""
    return rendition.body, getattr(rendition, "published_at", None)


def _drift(rows: Any, owner: str, render: Callable[[list[Any]], list[Any]]) -> Iterator[str]:
    rows = rows.filter(form=form())
    keys = rows.order_by(owner).values_list(owner, flat=True).distinct()
    page = list(keys[:BATCH])
    while page:
        stored = {one.pk: _told(one) for one in rows.filter(**{f"{owner}__in": page})}
        expected = {one.pk: _told(one) for one in render(page)}
        known = {key[:-1] for key in stored}
        for key in sorted(stored.keys() | expected.keys(), key=str):
            if key[:-1] in known and stored.get(key) != expected.get(key):
                yield f"rendition {' '.join(str(part) for part in key)}"
        page = list(keys.filter(**{f"{owner}__gt": page[-1]})[:BATCH])


@transaction.atomic
def _make_promises(most: int) -> int:
    marks = _locked(PromiseRendition, "promise_id").values_list("promise", "part")[:most]
    parts: dict[str, list[str]] = defaultdict(list)
    for promise_id, part in marks:
        parts[promise_id].append(part)
    made = _promises(parts)
    PromiseRendition.objects.filter(pk__in=[(*mark, "") for mark in marks]).delete()
    # Of what was withdrawn nothing is shown any more, not even the parts that did not change.
    withdrawn = Promise.objects.filter(pk__in=parts).exclude(pk__in=Promise.objects.public())
    PromiseRendition.objects.filter(promise__in=withdrawn).delete()
    bulk.create(PromiseRendition, made)
    return len(marks)


@transaction.atomic
def _make_updates(most: int) -> int:
    # The latest first, as lists and files show them. What is read one after the other then lies so
    # in the table: a page is fetched for all of its rows, and not for each of them anew.
    marks = _locked(UpdateRendition, "-published_at", "-update_id")
    keys = list(marks.values_list("update", flat=True)[:most])
    made = _updates(keys)
    UpdateRendition.objects.filter(pk__in=[(key, "") for key in keys]).delete()
    bulk.create(UpdateRendition, made)
    return len(keys)


def _promises(parts: Mapping[str, Collection[str]]) -> list[PromiseRendition]:
    """The renditions of these parts of promises, by id; none of what is not public."""
    rows = Promise.objects.public().filter(pk__in=parts).select_related("programme").for_api()
    promises: list[Any] = list(loading.promise_parts(rows, _BESIDES))
    context = _context(loading.citations_of(promises, _BESIDES))
    serializers = {name: PromiseSerializer(shown=[name], context=context) for name in _BESIDES} | {
        "promise": PromiseSerializer(shown=_ITSELF, context=context)
    }
    return [
        PromiseRendition(promise=promise, part=part, **fields)
        for promise in promises
        for part in parts[promise.pk]
        for fields in _texts(serializers[part], promise, _WRITE.get(part, _write_list))
    ]


def _updates(keys: Collection[Any]) -> list[UpdateRendition]:
    """The renditions of these status updates, latest first; none of what is not public."""
    rows = StatusUpdate.objects.public().filter(pk__in=keys).order_by("-published_at", "-pk")
    updates: list[Any] = list(rows.for_api())
    context = _context(one for update in updates for one in update.citations.all())
    serializer = StatusUpdateSerializer(context=context)
    return [
        UpdateRendition(update=update, published_at=update.published_at, **fields)
        for update in updates
        for fields in _texts(serializer, update, _write_whole)
    ]


def _locked(model: Any, *order: str) -> Any:
    """The marks that nobody else holds, for this transaction alone: before anything is read.

    Read without a lock, something could change that is then marked already.
    """
    marks = model.objects.filter(form="", readers="").select_for_update(skip_locked=True)
    return marks.order_by(*order)


def _context(citations: Iterable[Citation]) -> dict[str, Any]:
    """What serializers are told: who asks is nobody yet."""
    return {
        "request": _Nowhere(),
        "question": Question([], Clocks(now())),
        "quotations": loading.quotations(citations),
    }


class _Nowhere:
    """Stands for a request: its addresses get their beginning when they are read."""

    def build_absolute_uri(self, path: str) -> str:
        return _HOST + path


def _texts(serializer: Any, thing: Any, write: Callable[..., bytes]) -> Iterator[dict[str, str]]:
    """The fields of each rendition of an object: one for all readers, if it has one language."""
    question: Question = serializer.context["question"]

    def told(order: Iterable[str]) -> str:
        question.languages, question.spoken, question.choices = list(order), set(), []
        text = write(serializer.to_representation(thing), thing, serializer)
        return text.decode().replace(_HOST, ROOT)

    readers: dict[Any, list[tuple[str, ...]]] = defaultdict(list)
    first = next(iter(READERS))
    text = told(first)
    choices = question.choices or []
    for order in READERS:
        served = tuple(languages.served(order, texts, whole) for texts, whole in choices)
        readers[served].append(order)
    for orders in readers.values():
        if orders[0] != first:
            text = told(orders[0])
        yield {
            "readers": "".join(READERS[order] for order in orders),
            "form": form(),
            "body": f"{','.join(sorted(question.spoken))}{SPOKEN}{text}",
        }


def _write_whole(data: Any, update: StatusUpdate, serializer: Any) -> bytes:
    return written(data)


def _write_list(data: Any, promise: Promise, serializer: Any) -> bytes:
    [name] = serializer.fields
    return written(data[name])


def _write_promise(data: Any, promise: Promise, serializer: Any) -> bytes:
    """The promise, with room for what an answer about it alone has besides."""
    data["timeliness"] = _TOKEN
    last = {name: data.pop(name) for name in ("language", "languages")}
    text = written({**data, _TOKEN: None, **last}).decode()
    text = text.replace(f'"{_TOKEN}":null,', MORE).replace(f'"{_TOKEN}"', _timeliness(promise))
    return text.encode()


def _timeliness(promise: Promise) -> str:
    """How it stands to its deadline, on whatever day that is asked."""
    if promise.deadline_on is None:
        return f'"{promise.timeliness(now().date()).value}"'
    before = promise.timeliness(promise.deadline_on).value
    after = promise.timeliness(promise.deadline_on + timedelta(days=1)).value
    if before == after:
        return f'"{before}"'
    day, zone = promise.deadline_on.isoformat(), promise.programme.time_zone
    return UNTIL.format(before=before, after=after, day=day, zone=zone)


_WRITE = {"promise": _write_promise}
