"""Writes that what is kept of answers, in whatever form, must notice."""

from collections.abc import Callable, Mapping
from datetime import date

from reforms import workflow
from reforms.api.renditions import making
from reforms.models import Paragraph, Promise, Publisher, Source
from reforms.vocabulary import Status
from tests.fixtures import make_promise, make_reply, make_update


def make_all() -> None:
    """Render whatever waits."""
    while making.make():
        pass


def _promise() -> Promise:
    return Promise.objects.get(pk="demo2020-1-1")


def _assess(number: int, status: Status) -> None:
    make_update(_promise(), status.value, "2023-06", organisation="lantern")


def _retract(number: int, status: Status) -> None:
    update = _promise().updates.filter(review_state="published").last()
    if update is not None:
        workflow.retract(update, "It was wrong.")


def _correct(number: int, status: Status) -> None:
    promise = _promise()
    promise.title = {"en": f"Title {number}"}
    workflow.save(promise, "It misled.")


def _reply(number: int, status: Status) -> None:
    make_reply(_promise(), dated_on=date(2023, 1, number))


def _edit_source(number: int, status: Status) -> None:
    source = Source.objects.get(pk="ministry-page")
    source.title = {"en": f"Page {number}", "kk": f"Бет {number}"}
    workflow.save(source, "It was called otherwise.")


def _edit_publisher(number: int, status: Status) -> None:
    publisher = Publisher.objects.get(pk="ministry")
    publisher.name = {"en": f"Ministry {number}"}
    workflow.save(publisher, "It was renamed.")


def _drop_text(number: int, status: Status) -> None:
    Paragraph.objects.filter(source="demo2020-address").delete()


# What is done with a number that no other write has, of at most 31, and a status.
WRITES: Mapping[str, Callable[[int, Status], object]] = {
    "promise": lambda number, status: make_promise(number),
    "update": _assess,
    "retract": _retract,
    "correct": _correct,
    "reply": _reply,
    "source": _edit_source,
    "publisher": _edit_publisher,
    "text": _drop_text,
    "render": lambda number, status: make_all(),
    "nothing": lambda number, status: None,
}
