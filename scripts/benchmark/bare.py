"""What it costs to write the same rows without any rule: with the work of all indexes, constraints
and triggers, in one transaction that is undone.
"""

import time
import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

MOST = 5_000  # rows of an import that are written again


def of_an_import(organisation: str) -> float:
    """Write anew, by COPY, what an import left behind that published: so many status updates a
    second, each with its citations, its entry and payload, the promise's verdict, the spans that it
    ended and began, and its place in the search index.
    """
    from django.db import connection, transaction

    from reforms import bulk
    from reforms.models import (
        Citation,
        LedgerEntry,
        LedgerPayload,
        Promise,
        StatusUpdate,
        VerdictSpan,
    )
    from reforms.querysets import OPEN

    updates = list(StatusUpdate.objects.filter(organisation=organisation)[:MOST])
    ids = [one.pk for one in updates]
    citations: list[Any] = list(Citation.objects.filter(update__in=ids))
    entries = list(LedgerEntry.objects.filter(object_id__in=map(str, ids)))
    payloads = list(LedgerPayload.objects.filter(entry__in=[one.pk for one in entries]))
    promises = list(Promise.objects.filter(pk__in={one.promise_id for one in updates}))
    began = {one.pk for one in entries}
    known = VerdictSpan.objects.filter(promise__in=promises)
    # Those that a later row of the import has not ended.
    spans: list[Any] = list(known.filter(known_from__in=began, known_to=OPEN))
    numbers = Counter(known.filter(known_to__in=began).values_list("known_to", flat=True))
    head = LedgerEntry.objects.latest("sequence")
    anew = {one: uuid.uuid4() for one in ids}
    for update in updates:
        update.pk, update.external_id = anew[update.pk], f"{update.external_id} anew"
    for citation in citations:
        citation.update_id = anew[citation.update_id]
    moved = {one.pk: head.pk + number for number, one in enumerate(entries, 1)}
    for entry in entries:
        entry.pk, entry.recorded_at = moved[entry.pk], head.recorded_at + timedelta(seconds=1)
        entry.hash, entry.previous = entry.hash[::-1], head.hash
        head = entry
    for payload in payloads:
        payload.entry_id = moved[payload.entry_id]
    ended = _end_as_many(spans, numbers, moved)
    with connection.cursor() as cursor, transaction.atomic():
        keys = [one.pk for one in promises]
        cursor.execute(
            "SELECT promise_id, vector::text || ' ''anew'':99' FROM reforms_promisesearch"
            " WHERE promise_id = ANY(%s)",
            [keys],
        )
        vectors = [list(values) for values in zip(*cursor.fetchall(), strict=True)]
        started = time.perf_counter()
        bulk.change(VerdictSpan, ["known_to"], ended)
        for model, rows in (
            (StatusUpdate, updates),
            (Citation, citations),
            (LedgerEntry, entries),
            (LedgerPayload, payloads),
            (VerdictSpan, spans),
        ):
            bulk.create(model, rows)
        verdicts = [(one.pk, one.status, one.changed_at + timedelta(seconds=1)) for one in promises]
        bulk.change(Promise, ("status", "changed_at"), verdicts)
        cursor.execute(
            "UPDATE reforms_promisesearch SET vector = given.said::tsvector"
            " FROM unnest(%s::text[], %s::text[]) AS given (id, said) WHERE promise_id = given.id",
            vectors,
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as a commit does
        taken = time.perf_counter() - started
        transaction.set_rollback(True)
    return len(updates) / taken


def _end_as_many(
    spans: list[Any], numbers: Mapping[int, int], moved: Mapping[int, int]
) -> list[tuple[int, int]]:
    """Of the spans that each entry began, those that take the place of the ones that it ended, with
    the entry that ends them; as many as `numbers` says. All spans begin anew with the moved entry:
    in the place of those, or else ended, since two of a day cannot be open.
    """
    ended, left = [], dict(numbers)
    for span in spans:
        entry = moved[span.known_from]
        if left.get(span.known_from, 0) > 0:
            left[span.known_from] -= 1
            ended.append((span.pk, entry))
        else:
            span.known_to = entry + 1
        span.known_from = entry
    return ended


def of_a_publication(update_id: Any) -> float:
    """Write what the publication of an update left behind once more, and undo it; milliseconds.
    Those are the update, its citation, the entry and its payload, the promise's verdict, all spans
    that it ended and began, and its place in the search index.
    """
    from django.db import connection, transaction

    from reforms.models import LedgerEntry, StatusUpdate, VerdictSpan

    update = StatusUpdate.objects.get(pk=update_id)
    entry = LedgerEntry.objects.get(object_id=str(update_id), action="publish")
    [citation], promise, payload = update.citations.all(), update.promise, entry.payload
    spans: list[Any] = list(VerdictSpan.objects.filter(promise=promise, known_from=entry.pk))
    number = VerdictSpan.objects.filter(promise=promise, known_to=entry.pk).count()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT vector FROM reforms_promisesearch WHERE promise_id = %s", [promise.pk]
        )
        [vector] = cursor.fetchone()
        head = LedgerEntry.objects.latest("sequence")
        ended = _end_as_many(spans, {entry.pk: number}, {entry.pk: head.pk + 1})
        update.pk, update.external_id = uuid.uuid4(), ""
        citation.pk, citation.update_id = citation.pk + 10_000_000, update.pk
        entry.pk, entry.previous = head.pk + 1, head.hash
        entry.recorded_at = head.recorded_at + timedelta(seconds=1)
        payload.entry_id = entry.pk
        for span in spans:
            span.pk += 10_000_000
        statements = [_insertion([row]) for row in (update, citation, entry, payload)]
        if ended:
            ends = "UPDATE reforms_verdictspan SET known_to = %s WHERE id = ANY(%s)"
            statements.append((ends, [entry.pk, [span for span, _ in ended]]))
        if spans:
            statements.append(_insertion(spans))
        search = "UPDATE reforms_promisesearch SET vector = %s WHERE promise_id = %s"
        verdict = "UPDATE reforms_promise SET changed_at = %s, status = %s WHERE id = %s"
        statements.append((verdict, [entry.recorded_at, promise.status, promise.pk]))
        statements.append((search, [vector + " 'anew':99", promise.pk]))
        with transaction.atomic():
            started = time.perf_counter()
            with transaction.atomic():
                for sql, values in statements:
                    cursor.execute(sql, values)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as a commit does
            took = (time.perf_counter() - started) * 1000
            transaction.set_rollback(True)
    return took


def _insertion(rows: list[Any]) -> tuple[str, list[Any]]:
    """The statement that inserts rows of one table."""
    from django.db import connection

    fields = rows[0]._meta.concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * len(rows))
    values = [
        field.get_db_prep_save(getattr(row, field.attname), connection)
        for row in rows
        for field in fields
    ]
    into = f"INSERT INTO {rows[0]._meta.db_table} ({names})"
    return f"{into} VALUES {places}", values
