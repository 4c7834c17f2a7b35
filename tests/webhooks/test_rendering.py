"""The worker renders what answers are made of, and sends webhooks whatever becomes of that."""

import pytest
from django.db import OperationalError

from reforms.api.renditions import making
from reforms.management.commands import deliver_webhooks
from reforms.management.commands.deliver_webhooks import REST, Rendering
from reforms.models import PromiseRendition
from tests.fixtures import make_promise


class Time:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr(deliver_webhooks, "time", time)
    return time


def test_it_renders_what_waits(cast: None, time: Time) -> None:
    make_promise()
    Rendering().go_on(1)
    assert making.make() == 0


def test_a_fault_is_logged_and_ends_nothing(
    cast: None, time: Time, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make_promise()
    rendering = Rendering()
    with monkeypatch.context() as spoiled:
        spoiled.setattr(making, "_promises", lambda parts: 1 / 0)
        rendering.go_on(1)
    assert "ZeroDivisionError" in caplog.text
    # It rests, and what waits is not lost.
    time.seconds += REST - 2
    rendering.go_on(1)
    time.seconds += 2
    assert making.make() > 0
    make_promise(2)
    rendering.go_on(1)
    assert making.make() == 0


def test_a_database_that_is_away_is_told_to_the_worker(
    cast: None, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what it was about to mark is marked when it is back."""
    make_promise()
    while making.make():
        pass
    PromiseRendition.objects.update(form="another")
    rendering = Rendering()

    def away() -> None:
        raise OperationalError

    with monkeypatch.context() as spoiled:
        spoiled.setattr(making.transaction, "atomic", away)
        with pytest.raises(OperationalError):
            rendering.go_on(1)
    rendering.go_on(1)
    assert not PromiseRendition.objects.filter(form="another").exists()
