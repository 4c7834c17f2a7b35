"""A busy tracker: acts drawn at random and carried out through the workflow, one after another.

What a rule refuses is not done; nothing else may go wrong. Several may work at the same time, each
with a `name` of its own for what it makes, and numbers of its own for its promises.
"""

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import transaction

from reforms import records, workflow
from reforms.dates import PartialDate
from reforms.errors import TrackerError
from reforms.ledger.replaying import Documents
from reforms.models import (
    Body,
    Organisation,
    Programme,
    Promise,
    Publisher,
    Source,
    StatusUpdate,
    Topic,
)
from reforms.vocabulary import Basis, PublisherType, Stance, Status
from reforms.workflow import Cited
from tests.fixtures import make_promise

ORGANISATIONS = ("editors", "lantern", "compass")
REFORMS = ("demo2020-1", "demo2020-2", "far2021-1")
STATUSES = [one.value for one in Status if one != Status.NOT_ASSESSED]
ADDRESSES = [f"https://example.org/{number}" for number in range(4)]
ANNOUNCED = ("2020-01-15", "2020-02", "2019-12-01")
NAMES = ("Herald", "Times", "Watch")
REASON = "It was entered wrongly."


def tables() -> Documents:
    """The record document of everything that is public, from its row."""
    return {
        (name, str(thing.pk)): records.document(thing)
        for name, model in records.TYPES.items()
        for thing in model._default_manager.all().public()  # type: ignore[attr-defined]
    }


class Undone(Exception):
    """Raised to roll a transaction back."""


class Busy:
    """Somebody at work on the cast's record; `chance` decides what is done and to what.

    `pause` is called in the middle of every longer transaction.
    """

    def __init__(
        self,
        chance: random.Random,
        name: str = "a",
        first: int = 1,
        pause: Callable[[], None] = lambda: None,
    ) -> None:
        self.chance = chance
        self.name = name
        self.number = first
        self.pause = pause

    def act(self, name: str = "") -> None:
        """Carry out one act, drawn at random unless it is named."""
        act = (ACTS | RARE)[name or self.chance.choice(list(ACTS))]
        with suppress(TrackerError):
            act(self)

    # What there is.

    def one_of(self, things: Any) -> Any:
        """One of the objects; refuse the act where there is none."""
        ids = sorted(things.values_list("pk", flat=True))
        if not ids:
            raise TrackerError("there is none")
        return things.get(pk=self.chance.choice(ids))

    def promise(self) -> Promise:
        return self.one_of(Promise.objects.public())  # type: ignore[no-any-return]

    def standing(self) -> StatusUpdate:
        return self.one_of(StatusUpdate.objects.standing())  # type: ignore[no-any-return]

    def evidence(self, organisation: str | None = None) -> list[Cited]:
        known = Source.objects.filter(withdrawn_at=None)
        if organisation is not None:
            known = known.open_to(organisation)
        sources = sorted(known.values_list("pk", flat=True))
        return [
            Cited(
                source,
                stance=self.chance.choice([Stance.SUPPORTS, Stance.SUPPORTS, Stance.DISPUTES]),
                basis=self.chance.choice([Basis.OWN_FINDING, Basis.ACT_IN_FORCE]),
                locator=f"p. {self.chance.randint(1, 3)}",
            )
            for source in self.chance.sample(sources, min(2, len(sources)))
        ]

    def new_id(self) -> str:
        self.number += 1
        return f"{self.name}-{self.number}"

    def text(self) -> str:
        return f"Text {self.chance.randint(1, 99)} of {self.name}"

    # Acts.

    def new_promise(self) -> None:
        self.number += 1
        make_promise(
            self.number,
            self.chance.choice(REFORMS),
            deadline=self.chance.choice(["", "2023", "2030-06"]),
            bodies=[("court", "responsible")],
            citations=[Cited("demo2020-address", locator="¶4")],
        )

    def new_context(self) -> None:
        name = {"en": self.text()}
        workflow.save(
            self.chance.choice(
                [
                    Body(id=self.new_id(), name=name),
                    Topic(id=self.new_id(), name=name),
                    Source(id=self.new_id(), title=name, kind="news", publisher_id="watch"),
                    Publisher(id=self.new_id(), name=name, type="ngo", country="XD"),
                ]
            )
        )

    def edit_promise(self) -> None:
        promise = self.promise()
        promise.statement = {"en": self.text()}
        promise.deadline = PartialDate.parse(self.chance.choice(["2022", "2024-05", "2031"]))
        parts = {"citations": self.evidence()} if self.chance.random() < 0.5 else {}
        workflow.save(promise, REASON, **parts)

    def translate(self) -> None:
        promise = self.promise()
        promise.title = promise.title | {"kk": "Мақсат"}
        workflow.save(promise)

    def file_under(self) -> None:
        workflow.save(self.promise(), topics=self.chance.choice([[], ["money"], ["courts"]]))

    def edit_publisher(self) -> None:
        publisher = self.one_of(Publisher.objects.public())
        publisher.type = self.chance.choice(PublisherType.values())
        workflow.save(publisher, REASON)

    def edit_source(self) -> None:
        source = self.one_of(Source.objects.public())
        source.publisher = self.one_of(Publisher.objects.public())
        workflow.save(source, REASON)

    def move_source(self) -> None:
        source = self.one_of(Source.objects.public())
        source.url = self.chance.choice(ADDRESSES)
        workflow.save(source, REASON)

    def propose(self) -> None:
        """An organisation names a document, and perhaps its publisher, as others may do too."""
        organisation = self.chance.choice(ORGANISATIONS)
        publisher = Publisher(
            id=self.new_id(),
            name={"en": self.chance.choice(NAMES)},
            type="ngo",
            submitted_by_id=organisation,
        )
        workflow.save(publisher)
        own = [publisher.pk, "watch", "blog"]
        workflow.save(
            Source(
                id=self.new_id(),
                title={"en": self.text()},
                kind="article",
                publisher_id=self.chance.choice(own),
                url=self.chance.choice(ADDRESSES),
                edition_of=self.chance.choice([None, Source.objects.public().first()]),
                submitted_by_id=organisation,
            )
        )

    def edit_programme(self) -> None:
        programme = self.one_of(Programme.objects.public())
        lead = self.chance.choice(ORGANISATIONS)
        programme.lead_organisation = Organisation.objects.get(pk=lead)
        programme.announced = PartialDate.parse(ANNOUNCED[ORGANISATIONS.index(lead)])
        workflow.save(programme, REASON)

    def submit(self, promise: Promise | None = None, organisation: str = "") -> StatusUpdate:
        organisation = organisation or self.chance.choice(ORGANISATIONS)
        return workflow.submit(
            promise=promise or self.promise(),
            organisation=Organisation.objects.get(pk=organisation),
            status=self.chance.choice(STATUSES),
            effective=PartialDate.parse(self.chance.choice(["2022", "2022-06", "2023-03-05"])),
            citations=self.evidence(organisation),
            note={"en": self.text()},
        )

    def publish(self) -> None:
        workflow.publish(self.submit())

    def reject(self) -> None:
        workflow.reject(self.submit(), "About another law.")

    def retract(self) -> None:
        workflow.retract(self.standing(), REASON)

    def remove(self) -> None:
        workflow.remove(self.standing(), REASON)

    def supersede(self) -> None:
        update = self.standing()
        workflow.supersede(update, self.submit(update.promise, update.organisation_id), REASON)

    def withdraw(self) -> None:
        kind = self.chance.choice([Promise, Source, Body, Topic])
        workflow.withdraw_object(self.one_of(kind.objects.public()), REASON)

    def redact(self) -> None:
        """Take out what an object says, or why it was edited."""
        kind, field = self.chance.choice(
            [(Promise, "statement"), (Promise, "reason"), (StatusUpdate, "note"), (Source, "title")]
        )
        workflow.redact(self.one_of(kind.objects.public()), [field], "A court said so.")

    def move_programme(self) -> None:
        """To another time zone, as long as no update counts by its days."""
        programme = self.one_of(Programme.objects.public())
        programme.time_zone = self.chance.choice(["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
        workflow.save(programme, REASON)

    def give_up(self) -> None:
        """Do several things, and then none of them."""
        with suppress(Undone), transaction.atomic():
            for name in ("new_promise", "publish", "edit_promise"):
                self.act(name)
            self.pause()
            raise Undone

    def in_a_batch(self) -> None:
        with workflow.batch():
            for name in ("new_promise", "publish", "edit_publisher", "publish"):
                self.act(name)
            self.pause()


ACTS: dict[str, Callable[[Busy], object]] = {
    "new_promise": Busy.new_promise,
    "new_context": Busy.new_context,
    "edit_promise": Busy.edit_promise,
    "translate": Busy.translate,
    "file_under": Busy.file_under,
    "edit_publisher": Busy.edit_publisher,
    "edit_source": Busy.edit_source,
    "move_source": Busy.move_source,
    "propose": Busy.propose,
    "edit_programme": Busy.edit_programme,
    "publish": Busy.publish,
    "reject": Busy.reject,
    "retract": Busy.retract,
    "remove": Busy.remove,
    "supersede": Busy.supersede,
    "withdraw": Busy.withdraw,
    "give_up": Busy.give_up,
    "in_a_batch": Busy.in_a_batch,
}

# What is done by name only: whoever follows the feed meanwhile would find what it read replaced.
RARE: dict[str, Callable[[Busy], object]] = {
    "redact": Busy.redact,
    "move_programme": Busy.move_programme,
}
