"""Rows that are written while something else is done: as if they were written before."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from reforms import bulk
from reforms.models import Citation, Organisation, Promise, StatusUpdate
from tests.fixtures import make_promise, row

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite writes in this thread"
)


def updates(promise: Promise, count: int = 3, **more: Any) -> list[StatusUpdate]:
    """Status updates that are sound, and not stored."""
    return [
        StatusUpdate(
            promise=promise,
            organisation=Organisation.objects.get(pk="lantern"),
            status="in_progress",
            effective_on="2022-01-01",
            submitted_at=timezone.now(),
            note={"en": f"N{number}"},
            **more,
        )
        for number in range(count)
    ]


def cited(some: list[StatusUpdate], **more: Any) -> list[Citation]:
    given = {"source_id": "daily-page", "origin_id": "daily"} | more
    return [Citation(update=one, **given) for one in some]


def is_nothing_left() -> bool:
    """Whether nothing was stored, in a transaction that goes on."""
    return not StatusUpdate.objects.exists() and not Citation.objects.exclude(update=None).exists()


@contextmanager
def creating(*kinds: Any) -> Iterator[None]:
    with transaction.atomic(), bulk.creating(*kinds):
        yield


def test_they_are_what_create_makes(promise: Promise) -> None:
    plain, meanwhile = updates(promise), updates(promise)
    bulk.create(StatusUpdate, plain)
    bulk.create(Citation, cited(plain))
    with creating((StatusUpdate, meanwhile), (Citation, cited(meanwhile))):
        pass
    for one, other in zip(plain, meanwhile, strict=True):
        assert (other._state.adding, other._state.db) == (False, "default")
        assert row(one) | {"id": 0, "submitted_at": 0} == row(other) | {"id": 0, "submitted_at": 0}
        assert [row(cited_) | {"id": 0, "update_id": 0} for cited_ in one.citations.all()] == [
            row(cited_) | {"id": 0, "update_id": 0} for cited_ in other.citations.all()
        ]


def test_nothing_to_write(promise: Promise) -> None:
    with creating((StatusUpdate, []), (Citation, [])):
        assert is_nothing_left()


def test_what_is_asked_meanwhile_finds_them(promise: Promise) -> None:
    for _ in range(20):
        before = StatusUpdate.objects.count()
        some = updates(promise, 20)
        with creating((StatusUpdate, some), (Citation, cited(some))):
            assert StatusUpdate.objects.count() == before + 20
            with transaction.atomic():
                assert Citation.objects.filter(update__in=some).count() == 20


@on_postgresql
def test_they_are_written_meanwhile(promise: Promise, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, copy = threading.Event(), bulk._copy_all

    def later(*arguments: Any) -> None:
        assert inside.wait(10)
        copy(*arguments)

    monkeypatch.setattr(bulk, "_copy_all", later)
    with creating((StatusUpdate, updates(promise))):
        inside.set()
    assert StatusUpdate.objects.count() == 3


def twice(promise: Promise) -> Any:
    some = updates(promise)
    return (StatusUpdate, [*some, some[0]]), (Citation, cited(some))


def refused_by_a_constraint(promise: Promise) -> Any:
    some = updates(promise)
    return (StatusUpdate, some), (Citation, cited(some, stance="admires"))


BAD: list[Callable[[Promise], Any]] = [twice, refused_by_a_constraint]


@pytest.mark.parametrize("bad", BAD)
def test_what_is_refused_undoes_all(bad: Any, promise: Promise) -> None:
    kinds = bad(promise)
    with pytest.raises(IntegrityError), creating(*kinds):
        pass
    assert is_nothing_left()
    assert all(one._state.adding for _, things in kinds for one in things)


@pytest.mark.parametrize("bad", BAD)
def test_it_is_told_before_what_went_wrong_since(bad: Any, promise: Promise) -> None:
    with pytest.raises(IntegrityError), creating(*bad(promise)):
        raise ValueError
    assert is_nothing_left()


@pytest.mark.parametrize("bad", BAD)
def test_it_is_told_to_whoever_asks_meanwhile(bad: Any, promise: Promise) -> None:
    answered = []
    with pytest.raises(IntegrityError), creating(*bad(promise)):
        answered.append(StatusUpdate.objects.count())
    assert not answered
    assert is_nothing_left()


@pytest.mark.parametrize("wrong", [ValueError, KeyboardInterrupt, SystemExit])
def test_what_goes_wrong_meanwhile_undoes_all(wrong: type[BaseException], promise: Promise) -> None:
    some = updates(promise, 500)
    with pytest.raises(wrong), creating((StatusUpdate, some), (Citation, cited(some))):
        raise wrong
    assert is_nothing_left()


@on_postgresql
def test_what_they_point_to_has_to_be_there(promise: Promise) -> None:
    """It is looked for at once; of what is written later, again when the transaction ends."""
    some = updates(promise)
    bad = cited(some, source_id="nowhere")
    with pytest.raises(IntegrityError), creating((StatusUpdate, some), (Citation, bad)):
        pass
    assert is_nothing_left()
    with transaction.atomic():
        with creating((StatusUpdate, some)):
            pass
        bulk.create(Citation, bad)
        with pytest.raises(IntegrityError):
            connection.check_constraints()
        transaction.set_rollback(True)


@on_postgresql
def test_what_takes_too_long_ends(promise: Promise, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(cursor: Any, _insertions: Any) -> None:
        cursor.execute("SET LOCAL statement_timeout = 20")
        cursor.execute("SELECT pg_sleep(10)")

    monkeypatch.setattr(bulk, "_copy_all", slowly)
    with pytest.raises(OperationalError), creating((StatusUpdate, updates(promise))):
        pass
    assert is_nothing_left()


@on_postgresql
@pytest.mark.usefixtures("committed_cast")
def test_a_lost_connection_loses_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(cursor: Any, _insertions: Any) -> None:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(bulk, "_copy_all", end)
    before, lost = updates(make_promise()), updates(Promise.objects.get())
    with pytest.raises(OperationalError), transaction.atomic():
        _create_and_lose(before, lost)
    assert is_nothing_left()


def _create_and_lose(before: list[StatusUpdate], lost: list[StatusUpdate]) -> None:
    bulk.create(StatusUpdate, before)
    with creating((StatusUpdate, lost)):
        pass
