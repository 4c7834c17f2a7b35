"""Rendering while somebody writes: whoever comes first, no rendition of before is left standing.

In a file of its own, because what is committed here must not meet the record that other files hold
in an open transaction.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from reforms.api.renditions import making
from reforms.models import Promise, PromiseRendition
from tests.api.asking import ask
from tests.api.test_renditions import assert_alike
from tests.fixtures import make_promise, make_update

PATHS = ("/promises/", "/promises/demo2020-1-1/", "/updates/")


@pytest.fixture
def promise(committed_cast: None) -> Promise:
    if connection.vendor != "postgresql":
        pytest.skip("On SQLite nobody writes while somebody renders: writers take turns")
    promise: Promise = make_promise(1)
    make_update(promise, "in_progress", "2022-05")
    return promise


@contextmanager
def beside(work: Callable[[], None]) -> Iterator[threading.Thread]:
    """Do the work in a thread with a connection of its own; it has ended when this returns."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    yield thread
    thread.join(20)
    assert not thread.is_alive()
    assert not failed, failed


def rename(title: str) -> None:
    Promise.objects.filter(pk="demo2020-1-1").update(title={"en": title})


def shown() -> str:
    title: str = ask("/promises/demo2020-1-1/").json()["title"]
    return title


def test_what_a_writer_has_not_committed_is_not_rendered(promise: Promise) -> None:
    changed, finish = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            rename("Later")
            changed.set()
            assert finish.wait(10)

    with beside(write):
        assert changed.wait(10)
        making.make()  # it neither waits for the writer nor takes what the writer has touched
        marks = PromiseRendition.objects.filter(promise=promise, part="promise", form="")
        assert marks.exists()
        assert shown() == "Promise 1"
        finish.set()
    assert shown() == "Later"
    making.make()
    assert not marks.exists()
    assert shown() == "Later"
    for path in PATHS:
        assert_alike(path)


def test_a_writer_waits_for_whoever_renders_and_undoes_it(
    promise: Promise, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered, writing = making._promises, threading.Event()

    def slowly(parts: Any) -> Any:
        found = rendered(parts)  # what is read now is about to be of before
        writing.set()
        time.sleep(0.5)
        return found

    def write() -> None:
        assert writing.wait(10)
        rename("Later")

    monkeypatch.setattr(making, "_promises", slowly)
    with beside(write):
        making.make()
    assert shown() == "Later"
    for path in PATHS:
        assert_alike(path)
    monkeypatch.undo()
    making.make()
    assert shown() == "Later"


def test_two_who_render_do_not_wait_for_each_other(promise: Promise) -> None:
    with transaction.atomic():
        first = making._locked(PromiseRendition, "promise_id")[:100]
        held = set(first)
        assert held
        with beside(lambda: making.make() and None):
            pass
        assert PromiseRendition.objects.filter(form="", readers="").count() == len(held)
    making.make()
    for path in PATHS:
        assert_alike(path)
