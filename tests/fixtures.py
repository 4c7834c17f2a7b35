"""The fixed cast of the tests, and the few helpers that write about it through the workflow.

| who | what |
|---|---|
| `editors` | the lead organisation of every programme here |
| `lantern`, `compass` | two watchdog organisations that may disagree with each other |
| `curator`, `reviewer` | may review everything; the curator may also remove |
| `anna`, `boris` | contributors of `lantern` and of `compass` |
| `stranger` | has an account and nothing else |

The programme `demo2020` is of the invented country XD, on Kiritimati's clock, the first on Earth;
`far2021` is on Pago Pago's, the last: it is never the same day in both.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from unittest import mock

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.db import connection, transaction
from django.db.models import Model

from reforms import dates, keys, letters, search, verdicts, workflow
from reforms.dates import PartialDate
from reforms.models import (
    Body,
    ErrorReport,
    Key,
    Organisation,
    Programme,
    Promise,
    ProposedReply,
    Publisher,
    Reform,
    Reply,
    Source,
    StatusUpdate,
    Topic,
)
from reforms.vocabulary import PublisherType, ReviewState
from reforms.workflow import Cited

EARLY_ZONE = "Pacific/Kiritimati"  # UTC+14
LATE_ZONE = "Pacific/Pago_Pago"  # UTC-11

# When the ledger of the cast begins.
BEGINNING = datetime(2020, 1, 20, tzinfo=UTC)

# Each publisher has one page, the source `<publisher>-page`.
PUBLISHERS = {
    "ministry": (PublisherType.STATE, "XD"),
    "parliament": (PublisherType.STATE, "XD"),
    "gazette": (PublisherType.STATE_MEDIA, "XD"),
    "unity-party": (PublisherType.PARTY, "XD"),
    "daily": (PublisherType.INDEPENDENT_MEDIA, "XD"),
    "watch": (PublisherType.NGO, "XD"),
    "league": (PublisherType.INTERNATIONAL_ORGANISATION, ""),
    "university": (PublisherType.ACADEMIC, "XD"),
    "blog": (PublisherType.OTHER, "XD"),
    "neighbour": (PublisherType.STATE, "XE"),
}


@dataclass(frozen=True)
class People:
    """The users of the cast."""

    curator: User
    reviewer: User
    anna: User
    boris: User
    stranger: User


def create_cast() -> None:
    """Store all that stands before the first promise, and its entries in the ledger.

    Most tests begin with it: only the first in a process writes it, the others copy its rows.
    """
    if not _cast:
        _write_cast()
        models = apps.get_app_config("reforms").get_models(include_auto_created=True)
        _cast.extend((model, list(model._base_manager.all())) for model in models)
        return
    with transaction.atomic():  # whose end is when references have to be there
        for model, rows in _cast:
            model._base_manager.bulk_create(copy.copy(one) for one in rows)


_cast: list[tuple[type[Model], list[Model]]] = []


def _write_cast() -> None:
    Organisation.objects.bulk_create(
        Organisation(id=name, name={"en": name.title()})
        for name in ("editors", "lantern", "compass")
    )
    Publisher.objects.bulk_create(
        Publisher(id=name, name={"en": name.title()}, type=type_.value, country=country)
        for name, (type_, country) in PUBLISHERS.items()
    )
    Source.objects.bulk_create(
        [
            Source(
                id="demo2020-address",
                title={"en": "Address"},
                kind="address",
                publisher_id="ministry",
                public_since=BEGINNING,
            ),
            *(
                Source(id=f"{name}-page", title={"en": name}, kind="news", publisher_id=name)
                for name in PUBLISHERS
            ),
        ]
    )
    Body.objects.bulk_create(
        [
            Body(id="court", name={"en": "Constitutional Court", "kk": "Конституциялық Сот"}),
            Body(id="senate", name={"en": "Senate", "ru": "Сенат"}),
        ]
    )
    Topic.objects.bulk_create(
        [Topic(id="courts", name={"en": "Courts"}), Topic(id="money", name={"en": "Money"})]
    )
    programmes = Programme.objects.bulk_create(
        Programme(
            id=name,
            title={"en": f"Programme {name}"},
            jurisdiction="XD",
            promisor={"en": "The President"},
            announced_on=date(2020, 1, 15),
            time_zone=zone,
            lead_organisation_id="editors",
        )
        for name, zone in (("demo2020", EARLY_ZONE), ("far2021", LATE_ZONE))
    )
    for programme in programmes:
        programme.announced_by.add("demo2020-address")
    Reform.objects.bulk_create(
        Reform(
            id=f"{programme}-{number}",
            programme=programme,
            number=number,
            numbered=number > 0,
            position=f"{programme}-{number:03d}",
            title={"en": f"Direction {number}"},
        )
        for programme in programmes
        for number in (0, 1, 2)
    )
    # Long ago, so that a test may set its clock to any later moment.
    with mock.patch.object(dates, "datetime", stopped(lambda: BEGINNING)):
        workflow.adopt()


def make_promise(number: int = 1, reform: str = "demo2020-1", **columns: Any) -> Promise:
    """Store a promise. Parts (`bodies`, `topics`, …) are told from columns by their names."""
    parts = {
        name: columns.pop(name)
        for name in ("bodies", "topics", "relations", "citations")
        if name in columns
    }
    deadline: str = columns.pop("deadline", "")
    promise = Promise(
        id=f"{reform}-{number}",
        reform_id=reform,
        number=number,
        **{
            "title": {"en": f"Promise {number}"},
            "statement": {"en": f"Something number {number} will be done."},
            "kind": "legislation",
            "commitment": "specific",
        }
        | columns,
    )
    promise.deadline = PartialDate.parse(deadline) if deadline else None
    workflow.save(promise, **parts)
    return promise


def make_update(
    promise: Promise,
    status: str,
    effective: str = "2022-06",
    organisation: str = "editors",
    citations: Sequence[Cited] = (Cited("daily-page"),),
    publish: bool = True,
    assessed: str = "",
    **more: Any,
) -> StatusUpdate:
    """Submit a status update, and publish it unless told otherwise."""
    update = workflow.submit(
        promise=promise,
        organisation=Organisation.objects.get(pk=organisation),
        status=status,
        effective=PartialDate.parse(effective),
        assessed=PartialDate.parse(assessed) if assessed else None,
        citations=citations,
        **more,
    )
    if publish:
        workflow.publish(update)
    return update


def make_update_in(state: ReviewState, promise: Promise, **more: Any) -> StatusUpdate:
    """A status update brought to the review state by the way that leads there."""
    update = make_update(promise, "implemented", publish=False, **more)
    match state:
        case ReviewState.CHANGES_REQUESTED:
            workflow.request_changes(update, "Which article?")
        case ReviewState.REJECTED:
            workflow.reject(update, "About another law.")
        case ReviewState.WITHDRAWN:
            workflow.withdraw(update)
        case ReviewState.PUBLISHED:
            workflow.publish(update)
        case ReviewState.SUPERSEDED:
            workflow.publish(update)
            successor = make_update(
                promise, "stalled", organisation=update.organisation_id, publish=False
            )
            workflow.supersede(update, successor, "It stopped.")
        case ReviewState.RETRACTED:
            workflow.publish(update)
            workflow.retract(update, "We misread the law.")
        case ReviewState.REMOVED:
            workflow.publish(update)
            workflow.remove(update, "It names a private person.")
    update.refresh_from_db()
    assert update.review_state == state
    return update


def make_reply(promise: Promise, **columns: Any) -> Reply:
    """File a reply of the promisor."""
    reply = Reply(
        promise=promise,
        **{
            "signed_by": {"en": "Office of the President"},
            "dated_on": date(2020, 7, 1),
            "text": {"en": "Done, as promised."},
            "verified_how": "Came by the official post.",
        }
        | columns,
    )
    workflow.save(reply)
    return reply


def make_report(page: str = "/", **columns: Any) -> ErrorReport:
    """Report an error to the curators."""
    return letters.receive(ErrorReport(page=page, **{"wrong": "It was June, not July."} | columns))


def propose_reply(promise: Promise, **columns: Any) -> ProposedReply:
    """Send a reply in the promisor's name, which nobody has made sure of yet."""
    written: dict[str, Any] = {
        "language": "en",
        "text": "It is done.",
        "signed_by": "Office of the President",
        "dated_on": date(2020, 7, 1),
        "contact": "press@president.example",
    }
    return letters.receive(ProposedReply(promise=promise, **written | columns))


def revise(update: StatusUpdate, citations: Sequence[Cited] | None = None, **content: Any) -> None:
    """Change the content of an update and store it; dates are written as texts."""
    for name, value in content.items():
        dated = name in ("effective", "assessed")
        setattr(update, name, PartialDate.parse(value) if dated else value)
    workflow.revise(update, citations)


def make_key(
    organisation: str = "lantern", *scopes: str, name: str = "scripts", **more: Any
) -> tuple[Key, str]:
    """Issue a key, with the scope `submit` unless others are given; return it and its text."""
    Organisation.objects.filter(pk=organisation, licence_accepted="").update(
        licence_accepted="CC-BY-4.0", licence_accepted_at=BEGINNING
    )
    owner = Organisation.objects.get(pk=organisation)
    return keys.issue(owner, name, scopes or ("submit",), **more)


def second(moment: datetime | None) -> datetime:
    """A moment of the ledger without its microseconds."""
    assert moment is not None
    return moment.replace(microsecond=0)


def row(thing: Any) -> dict[str, Any]:
    """All columns of an object as the database has them now."""
    columns: dict[str, Any] = type(thing)._default_manager.values().get(pk=thing.pk)
    return columns


def fresh(thing: Any) -> Any:
    """The object as the database has it now."""
    return type(thing)._default_manager.get(pk=thing.pk)


def assert_no_drift() -> None:
    """Every stored verdict and search entry is what would be computed now."""
    assert list(verdicts.drift(Promise.objects.public().values_list("pk", flat=True))) == []


def stopped(moment: Callable[[], datetime]) -> type[datetime]:
    """A `datetime` whose clock stands at the moment given."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return moment().astimezone(tz)

    return Stopped


class Clock:
    """The domain's clock, stopped; `clock.at("2022-06-01T12:00Z")` moves its hands.

    Entries of the ledger are a microsecond apart even while it stands: compare by `second`.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.moment = datetime.now(UTC)
        monkeypatch.setattr(dates, "datetime", stopped(lambda: self.moment))

    def at(self, moment: str) -> None:
        self.moment = datetime.fromisoformat(moment)
        assert self.moment.tzinfo is not None

    def tick(self, seconds: int) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def cast(db: None) -> None:
    create_cast()


@pytest.fixture
def committed_cast(transactional_db: None) -> Iterator[None]:
    """The cast in committed transactions, for tests with several connections."""
    create_cast()
    yield
    # Emptying the tables between such tests spares the search index: it belongs to no model.
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {search.TABLE}")  # noqa: S608


@pytest.fixture
def people(cast: None) -> People:
    users = {
        name: User.objects.create_user(name)
        for name in ("curator", "reviewer", "anna", "boris", "stranger")
    }
    review, remove = (
        Permission.objects.get(codename=name)
        for name in ("review_statusupdate", "remove_statusupdate")
    )
    users["curator"].user_permissions.add(review, remove)
    users["reviewer"].user_permissions.add(review)
    Organisation.objects.get(pk="lantern").members.add(users["anna"])
    Organisation.objects.get(pk="compass").members.add(users["boris"])
    return People(**users)


@pytest.fixture
def promise(cast: None) -> Promise:
    with mock.patch.object(dates, "datetime", stopped(lambda: BEGINNING)):
        return make_promise()


@contextmanager
def rolled_back() -> Iterator[None]:
    """A block whose writes are undone at its end: one example of a property test."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
