"""The record that the API tests read: small, fixed, and with something of every kind in it.

Everything public is dated; `NOW` is the moment at which all questions are asked. What must never
leave the house carries the word `SECRET`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Model

from reforms import verdicts, workflow
from reforms.api.renditions import making
from reforms.dates import PartialDate
from reforms.models import (
    Body,
    Organisation,
    Paragraph,
    Programme,
    Promise,
    Publisher,
    Reform,
    Source,
    StatusUpdate,
    Topic,
)
from reforms.models.rendition import Rendition
from reforms.workflow import Cited
from tests import fixtures

NOW = "2024-06-01T12:00:00+00:00"  # already 2 June on Kiritimati, still 1 June on Pago Pago
SECRET = "HUSHED"  # a word that no documentation needs
PRIVATE_SOURCE = "secret-source"
PRIVATE_PUBLISHER = "secret-press"

PROMISES = (
    "demo2020-0-1",
    "demo2020-1-1",
    "demo2020-1-2",
    "demo2020-1-3",
    "demo2020-1-10",
    "demo2020-2-1",
    "demo2020-2-2",
    "demo2020-10-1",
    "far2021-1-1",
    "far2021-1-2",
    "far2021-2-1",
)
PUBLIC_SOURCES = (
    "blog-page",
    "daily-page",
    "demo2020-address",
    "demo2020-address-ru",
    "league-page",
    "ministry-page",
    "parliament-page",
    "unity-party-page",
    "university-page",
    "watch-page",
)

TWICE = "fp1:" + "2" * 64  # the fingerprint of two paragraphs that read alike
ONCE = "fp1:" + "1" * 64
NOWHERE = "fp1:" + "0" * 64


@dataclass
class Record:
    """The status updates by a short name, the hidden ones by their review state."""

    clock: fixtures.Clock
    updates: dict[str, StatusUpdate] = field(default_factory=dict)
    hidden: dict[str, StatusUpdate] = field(default_factory=dict)

    def id_of(self, name: str) -> str:
        return str(self.updates[name].pk)

    def name_of(self, update_id: str) -> str:
        return next(name for name, one in self.updates.items() if str(one.pk) == update_id)


@contextmanager
def written() -> Iterator[Record]:
    """The record, written day by day; inside, the clock shows NOW."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        clock = fixtures.Clock(monkeypatch)
        if _copy:
            record = _restore(clock)
        else:
            record = Record(clock)
            _write(clock, record)
            _copy.append(
                (record, [(model, list(model._base_manager.all())) for model in _models()])
            )
        clock.at(NOW)
        while making.make():
            pass
        yield record


# Writing takes a second, and every file of tests wants a record: the first keeps a copy of the rows.
_copy: list[tuple[Record, list[tuple[type[Model], list[Model]]]]] = []


def _restore(clock: fixtures.Clock) -> Record:
    ((record, tables),) = _copy
    for model, rows in tables:
        model._base_manager.bulk_create(rows)
    verdicts.reindex(PROMISES)
    return Record(clock, record.updates, record.hidden)


def _models() -> list[type[Model]]:
    models = apps.get_app_config("reforms").get_models(include_auto_created=True)
    # The database itself marks what is to be rendered.
    return [User, *(one for one in models if not issubclass(one, Rendition))]


def _write(clock: fixtures.Clock, record: Record) -> None:
    clock.at("2024-01-01T00:00:00+00:00")
    fixtures.create_cast()
    _translate_the_cast()
    _write_promises(clock)
    _file_replies(clock)
    _publish_updates(clock, record)
    _end_updates(clock, record)
    _hide_updates(clock, record)
    _load_the_address()


def _translate_the_cast() -> None:
    lantern = Organisation.objects.get(pk="lantern")
    lantern.name = {"en": "Lantern", "ru": "Фонарь"}
    lantern.affiliation = {"en": "Its members."}
    lantern.url = "https://lantern.example/"
    workflow.save(lantern, "Whose it is was missing.")
    gazette = Publisher.objects.get(pk="gazette")
    gazette.aliases = ["The Gazette", "Газета"]
    workflow.save(gazette)
    money = Topic.objects.get(pk="money")
    money.name = {"en": "Money", "kk": "Ақша", "ru": "Деньги"}
    workflow.save(money)
    senate = Body.objects.get(pk="senate")
    senate.note = {"en": "The upper house.", "ru": "Верхняя."}
    workflow.save(senate)
    workflow.save(Body(id="council", name={"en": "Council"}, successor_id="court"))
    for name, columns in {
        "demo2020-address": {
            "published": "2020-01-15",
            "language": "en",
            "url": "https://ministry.example/address",
            "archived_url": "https://archive.example/2020/address",
            "title": {"en": "Address", "ru": "Послание"},
        },
        "daily-page": {"published": "2023-05-02", "language": "en"},
        "watch-page": {"published": "2023", "language": "en", "kind": "report"},
        "parliament-page": {"published": "2022-12", "language": "ru", "kind": "legal_act"},
        "ministry-page": {"published": "2023-05-02", "kind": "statement"},
    }.items():
        source = Source.objects.get(pk=name)
        source.published = PartialDate.parse(columns.pop("published"))
        for column, value in columns.items():
            setattr(source, column, value)
        workflow.save(source, "What is printed on it was missing.")
    workflow.save(
        Source(
            id="demo2020-address-ru",
            title={"ru": "Послание"},
            kind="address",
            publisher_id="ministry",
            language="ru",
            edition_of_id="demo2020-address",
            note={"ru": "Перевод."},
        )
    )
    demo = Programme.objects.get(pk="demo2020")
    demo.title = {"en": "Programme demo2020", "ru": "Программа demo2020"}
    demo.summary = {"en": "Ten of them."}
    workflow.save(demo)
    workflow.save(
        Reform(
            id="demo2020-10",
            programme_id="demo2020",
            number=10,
            title={"en": "Direction 10", "ru": "Направление 10"},
            summary={"en": "What holds all together.", "ru": "Что связывает всё."},
            note={"en": "The text has no heading for it.", "ru": "Заголовка нет."},
            bounds={
                "source": "demo2020-address",
                "first": {"ordinal": 4, "fingerprint": ONCE},
                "last": {"ordinal": 9, "fingerprint": TWICE},
            },
        )
    )


def _write_promises(clock: fixtures.Clock) -> None:
    def promise(day: str, reform: str, number: int, **columns: Any) -> None:
        clock.at(f"{day}T06:00:00+00:00")
        fixtures.make_promise(number, reform, **columns)

    promise(
        "2024-01-02",
        "demo2020-0",
        1,
        kind="study",
        commitment="process",
        deadline="2022-12-31",
        title={"en": "Results of the inquiry"},
        topics=["money"],
    )
    promise(
        "2024-01-02",
        "demo2020-1",
        1,
        kind="constitutional_amendment",
        deadline="2022-09",
        title={"en": "A court of the constitution", "ru": "Суд", "kk": "Сот"},
        statement={"en": "A court will be founded.", "ru": "Будет суд.", "kk": "Сот болады."},
        deadline_wording={"en": "by autumn", "ru": "до осени", "kk": "күзге дейін"},
        bodies=[("court", "responsible")],
        topics=["courts"],
        citations=[
            Cited(
                "demo2020-address",
                locator="¶4",
                paragraphs=[
                    {"ordinal": 4, "fingerprint": ONCE},
                    {"ordinal": 8, "fingerprint": TWICE},
                    {"ordinal": 12, "fingerprint": NOWHERE},
                ],
            ),
            Cited("demo2020-address-ru", stance="context", note={"ru": "То же."}),
        ],
    )
    promise(
        "2024-01-03",
        "demo2020-1",
        2,
        deadline="2022-12-31",
        title={"en": "A law on the court"},
        bodies=[("court", "affected"), ("senate", "responsible")],
        topics=["courts", "money"],
        relations=[("depends_on", "demo2020-1-1")],
        citations=[Cited("demo2020-address")],
    )
    promise(
        "2024-01-03",
        "demo2020-1",
        3,
        kind="institution",
        deadline="2023-06-30",
        title={"en": "An office for complaints"},
        bodies=[("senate", "responsible")],
    )
    promise(
        "2024-01-03",
        "demo2020-1",
        10,
        kind="appointment_rule",
        statement={"en": "The court will choose its own head."},
        condition={"en": "If it agrees."},
    )
    promise(
        "2024-01-04",
        "demo2020-2",
        1,
        kind="administrative",
        deadline="2030",
        title={"en": "Fewer papers", "ru": "Меньше бумаг"},
        bodies=[("court", "affected")],
        topics=["money"],
    )
    promise(
        "2024-01-04",
        "demo2020-2",
        2,
        kind="economic_measure",
        commitment="process",
        deadline="2024-06-01",
        figures=[
            {"what": "fee", "from": 20000, "to": 5000, "unit": "tenge"},
            {"what": {"en": "share", "ru": "доля"}, "value": 2.5, "unit": {"en": "%", "ru": "%"}},
        ],
    )
    promise(
        "2024-01-05",
        "demo2020-10",
        1,
        kind="policy",
        commitment="aspiration",
        title={"ru": "Согласие"},
        statement={"ru": "Все договорятся."},
    )
    promise("2024-01-06", "far2021-1", 1, deadline="2024-06-01")
    promise("2024-01-06", "far2021-1", 2, kind="study", commitment="process", deadline="2024-05-31")
    promise("2024-01-06", "far2021-2", 1, commitment="aspiration")


def _publish_updates(clock: fixtures.Clock, record: Record) -> None:
    def publish(name: str, day: str, promise: str, *assessment: Any, **more: Any) -> None:
        clock.at(f"2024-{day}T09:00:00+00:00")
        record.updates[name] = fixtures.make_update(
            Promise.objects.get(pk=promise), *assessment, **more
        )

    publish(
        "adopted",
        "02-01",
        "demo2020-1-1",
        "in_progress",
        "2022-06-05",
        note={"en": "The referendum said yes."},
    )
    publish(
        "court",
        "02-01",
        "demo2020-1-1",
        "implemented",
        "2022-08",
        note={"en": "The judges were sworn in.", "ru": "Судьи присягнули.", "kk": "Ант берді."},
        citations=[
            Cited("daily-page", note={"en": "With a picture."}),
            Cited(
                "parliament-page",
                basis="act_in_force",
                locator="art. 28(5)",
                paragraphs=[{"ordinal": 1, "fingerprint": ONCE}],
            ),
        ],
    )
    publish(
        "law",
        "02-02",
        "demo2020-1-2",
        "implemented",
        "2023-01-15",
        citations=[Cited("parliament-page", basis="act_in_force")],
    )
    publish(
        "opened",
        "02-03",
        "demo2020-1-3",
        "implemented",
        "2023",
        citations=[Cited("watch-page")],
    )
    publish(
        "closed", "02-04", "demo2020-1-3", "reversed", "2024-01", note={"en": "The court shut it."}
    )
    publish(
        "nothing",
        "02-06",
        "demo2020-1-10",
        "not_started",
        "2024-02-01",
        citations=[Cited("ministry-page")],
    )
    publish(
        "drafted",
        "02-07",
        "demo2020-2-1",
        "in_progress",
        "2023-05",
        citations=[Cited("daily-page"), Cited("blog-page", stance="disputes")],
    )
    publish(
        "stuck",
        "02-08",
        "demo2020-2-2",
        "stalled",
        "2023-11",
        "lantern",
        citations=[Cited("university-page"), Cited("watch-page")],
    )
    publish("stuck-too", "02-09", "demo2020-2-2", "stalled", "2023-10", "compass")
    publish(
        "half",
        "02-10",
        "demo2020-10-1",
        "partially_implemented",
        "2022",
        citations=[Cited("daily-page", basis="draft_act")],
    )
    publish(
        "begun",
        "02-11",
        "far2021-1-1",
        "in_progress",
        "2024-01",
        "compass",
        citations=[Cited("league-page")],
    )
    publish(
        "refused",
        "02-12",
        "far2021-1-2",
        "abandoned",
        "2024-02-10",
        citations=[Cited("unity-party-page")],
    )


def _end_updates(clock: fixtures.Clock, record: Record) -> None:
    clock.at("2024-03-01T09:00:00+00:00")
    law = Promise.objects.get(pk="demo2020-1-2")
    wrong = fixtures.make_update(law, "in_progress", "2022-10", "lantern")
    right = fixtures.make_update(
        law,
        "implemented",
        "2023-01",
        "lantern",
        citations=[Cited("parliament-page", basis="act_in_force")],
        publish=False,
    )
    workflow.supersede(wrong, right, "The law had been signed.")
    office = Promise.objects.get(pk="demo2020-1-3")
    misread = fixtures.make_update(office, "partially_implemented", "2023-08", "compass")
    workflow.retract(misread, "We misread the law.")
    papers = Promise.objects.get(pk="demo2020-2-1")
    slander = fixtures.make_update(papers, "stalled", "2023-06", "compass")
    workflow.remove(slander, "It names a private person.")
    clock.at("2024-04-05T09:00:00+00:00")
    dissent = fixtures.make_update(
        office, "implemented", "2024-02", "lantern", assessed="2024-04-01"
    )
    record.updates |= {
        "still-open": dissent,
        "superseded": wrong,
        "corrected": right,
        "retracted": misread,
        "removed": slander,
    }
    for update in record.updates.values():
        update.refresh_from_db()


def _file_replies(clock: fixtures.Clock) -> None:
    """What the promisor says of two promises, and what somebody sent that nobody verified yet."""
    clock.at("2024-01-20T09:00:00+00:00")
    fee, far = (Promise.objects.get(pk=name) for name in ("demo2020-2-2", "far2021-2-1"))
    fixtures.make_reply(
        fee,
        id="demo2020-2-2-first",
        dated_on=date(2024, 1, 19),
        signed_by={"en": "Office of the President", "ru": "Администрация"},
        text={"en": "The fee is ready to be signed.", "ru": "Пошлина готова."},
        url="https://president.example/replies/1",
        verified_how=f"{SECRET} telephone",
    )
    clock.at("2024-01-21T09:00:00+00:00")
    fixtures.make_reply(far, id="far2021-2-1-only", dated_on=date(2023, 4, 1))
    clock.at("2024-01-22T09:00:00+00:00")
    fixtures.make_reply(fee, id="demo2020-2-2-second", dated_on=date(2024, 1, 5))
    fixtures.make_report(f"/promises/{SECRET}/", wrong=SECRET, contact=SECRET)
    fixtures.propose_reply(far, text=SECRET, signed_by=SECRET, contact=SECRET)


def _hide_updates(clock: fixtures.Clock, record: Record) -> None:
    """Updates that are not public, with something secret in every column."""
    clock.at("2024-04-20T09:00:00+00:00")
    user = User.objects.create_user(
        f"{SECRET}-user", f"{SECRET}@example.org", first_name=SECRET, last_name=SECRET
    )
    Organisation.objects.get(pk="lantern").members.add(user)
    workflow.save(
        Publisher(
            id=PRIVATE_PUBLISHER,
            name={"en": f"{SECRET} Press"},
            aliases=[f"{SECRET} Herald"],
            type="academic",
            country="XS",
            submitted_by_id="lantern",
        )
    )
    workflow.save(
        Source(
            id=PRIVATE_SOURCE,
            title={"en": f"{SECRET} title"},
            kind="dataset",
            publisher_id=PRIVATE_PUBLISHER,
            url=f"https://blog.example/{SECRET}",
            published_on=date(2023, 9, 9),
            published_precision="day",
            language="xx",
            note={"en": f"{SECRET} note"},
            submitted_by_id="lantern",
        )
    )
    for state, promise, act in (
        ("submitted", "demo2020-1-1", None),
        ("changes_requested", "demo2020-2-1", workflow.request_changes),
        ("rejected", "far2021-1-2", workflow.reject),
        ("withdrawn", "demo2020-0-1", workflow.withdraw),
    ):
        update = fixtures.make_update(
            Promise.objects.get(pk=promise),
            "stalled",
            "2024-04-19",
            "lantern",
            citations=[
                Cited(PRIVATE_SOURCE, locator=SECRET, note={"en": f"{SECRET} {state} aside"}),
                Cited("daily-page", locator=SECRET),
            ],
            publish=False,
            note={"en": f"{SECRET} {state} wombat"},
            external_id=f"{SECRET}-{state}",
            user=user,
        )
        if act is workflow.withdraw:
            act(update)
        elif act is not None:
            act(update, f"{SECRET} review")
        update.refresh_from_db()
        assert update.review_state == state
        record.hidden[state] = update
    # A public update has its secrets too.
    StatusUpdate.objects.filter(pk=record.updates["court"].pk).update(
        external_id=f"{SECRET}-court", submitted_by=user, review_note=f"{SECRET} review"
    )
    Source.objects.filter(pk="daily-page").update(submitted_by="lantern")


def _load_the_address() -> None:
    Paragraph.objects.bulk_create(
        Paragraph(source_id="demo2020-address", ordinal=ordinal, fingerprint=fingerprint, text=text)
        for ordinal, fingerprint, text in (
            (2, TWICE, "QUOTED alike, first."),
            (3, "fp1:" + "3" * 64, "UNCITED words."),
            (5, ONCE, "QUOTED once."),
            (9, TWICE, "QUOTED alike, second."),
        )
    )
