"""What can be asked of each list, and which questions make no sense."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.db.models import Q

from reforms.api.clocks import Clocks
from reforms.api.errors import BadParameter
from reforms.api.filters import (
    Day,
    Ids,
    Moment,
    Search,
    Terms,
    Values,
    YesNo,
    with_exclusions,
)
from reforms.api.strictness import StrictFilterSet, strays
from reforms.models import (
    Body,
    Organisation,
    Programme,
    Promise,
    Publisher,
    Reform,
    Source,
    Topic,
)
from reforms.vocabulary import (
    Commitment,
    PromiseKind,
    PublisherType,
    SourceKind,
    Status,
    Timeliness,
    Verification,
)


class Timely(Terms):
    """Words for how a promise stands to its deadline on the day that is asked about."""

    def filter(self, qs: Any, value: Any) -> Any:
        if not value:
            return qs
        clocks = self.parent.clocks
        words = [one for one in self.vocabulary.values() if (one in value) != self.exclude]
        return qs.timely(words, clocks.days(), span=clocks.asked)


@with_exclusions
class PromiseFilters(StrictFilterSet):
    """What can be asked of promises."""

    programme = Ids("programme", Programme.objects.all, about="Programmes that it belongs to.")
    reform = Ids("reform", Reform.objects.all, about="Reforms that it belongs to.")
    source = Ids(
        "citations__source",
        Source.objects.ever_public,
        through=lambda queryset, ids: queryset.citing(ids),
        about="Sources that it or a public update of it cites.",
    )
    status = Terms("status", Status, about="Headline statuses.")
    verification = Terms("verification", Verification, about="How the headline is verified.")
    kind = Terms("kind", PromiseKind, about="Kinds of promise.")
    commitment = Terms("commitment", Commitment, about="How firmly it binds.")
    timeliness = Timely("timeliness", Timeliness, about="How it stands to its deadline today.")
    contested = YesNo("contested", about="Whether somebody's assessment or evidence dissents.")
    body = Ids(
        "bodies",
        Body.objects.all,
        through=lambda queryset, ids: queryset.filter(
            pk__in=Promise.bodies.through.objects.filter(body__in=ids).values("promise")
        ),
        about="Bodies that are responsible or affected.",
    )
    topic = Ids(
        "topics",
        Topic.objects.all,
        through=lambda queryset, ids: queryset.filter(
            pk__in=Promise.topics.through.objects.filter(topic__in=ids).values("promise")
        ),
        about="Topics that it is about.",
    )
    organisation = Ids(
        "updates__organisation",
        Organisation.objects.all,
        through=lambda queryset, ids: queryset.updated_by(ids),
        about="Organisations that have a standing status update on it.",
    )
    deadline_before = Day(
        "deadline_on",
        method="filter_deadline_before",
        about="The deadline's last day is this day or earlier.",
    )
    deadline_after = Day(
        "deadline_on", lookup_expr="gte", about="The deadline's last day is this day or later."
    )
    changed_since = Moment(
        "changed_at",
        lookup_expr="gte",
        about="Something public about it changed at this moment or later.",
    )
    not_updated_since = Moment(
        "last_published_at",
        method="filter_not_updated_since",
        about="No standing status update of it was published at this moment or later.",
    )
    search = Search(
        about="All words, each by its beginning, in title, statement, bodies and notes;"
        " double quotes keep a phrase together."
    )

    # What the verdict of another moment says of its own, and in which column.
    spanned: ClassVar[Mapping[str, str]] = {
        **{name: name for name in ("status", "verification", "kind", "commitment", "contested")},
        "deadline_before": "deadline_on",
        "deadline_after": "deadline_on",
        "not_updated_since": "last_published_at",
    }
    steady = ("programme", "reform", "organisation", "timeliness", *spanned)
    # Whether they look at the verdict of a span also where no moment is asked for.
    spans_only: ClassVar[bool] = False

    def __init__(self, data: dict[str, str], clocks: Clocks) -> None:
        super().__init__(data, clocks)
        if clocks.asked or self.spans_only:
            for name, column in self.spanned.items():
                for asked in {name, f"{name}_not"} & self.filters.keys():
                    self.filters[asked].field_name = f"span__{column}"
            for name in {"organisation", "organisation_not"} & self.filters.keys():
                self.filters[name].through = self._updated_by

    def _updated_by(self, queryset: Any, organisations: list[str]) -> Any:
        clocks = self.clocks
        return queryset.updated_by(organisations, clocks.recorded_at, clocks.as_of)

    def filter_deadline_before(self, queryset: Any, name: str, value: date) -> Any:
        # Of another moment the span has the deadline; of now an index has those that have one.
        if name != "deadline_on":
            return queryset.filter(**{f"{name}__lte": value})
        return queryset.due_by(value)

    def filter_not_updated_since(self, queryset: Any, name: str, value: datetime) -> Any:
        return queryset.filter(Q(**{f"{name}__lt": value}) | Q(**{f"{name}__isnull": True}))

    def nonsense(self, asked: dict[str, Any]) -> Iterator[BadParameter]:
        yield from super().nonsense(asked)
        bounded = "deadline_before" in asked or "deadline_after" in asked
        if bounded and asked.get("timeliness") == [Timeliness.NO_DEADLINE.value]:
            yield BadParameter(
                "timeliness", "contradiction", "A promise without a deadline has none to compare."
            )
        if asked.get("status") == [Status.NOT_ASSESSED.value]:
            yield from _of_the_unassessed(asked)
        yield from strays(asked, "reform", "programme")


def _of_the_unassessed(asked: dict[str, Any]) -> Iterator[BadParameter]:
    """Questions about assessments that, by definition, nobody has made."""
    verification = asked.get("verification")
    impossible = {
        "organisation": bool(asked.get("organisation")),
        "contested": asked.get("contested") is True,
        "verification": Verification.NONE.value not in (verification or [Verification.NONE.value]),
    }
    for name, is_impossible in impossible.items():
        if is_impossible:
            yield BadParameter(
                name, "contradiction", "Nobody has assessed a promise that is not_assessed."
            )


@with_exclusions
class SourceFilters(StrictFilterSet):
    """What can be asked of public sources."""

    publisher = Ids("publisher", Publisher.objects.ever_public, about="Who published it.")
    kind = Terms("kind", SourceKind, about="Kinds of source.")
    language = Values(
        "language", Source.objects.public, about="Languages that it is written in, such as ru."
    )
    edition_of = Ids(
        "edition_of",
        Source.objects.public,
        about="Sources of which it is another edition.",
        remembers=False,  # one that was withdrawn is public no more
    )
    published_before = Day(
        "published_on", lookup_expr="lte", about="It was published on this day or earlier."
    )
    published_after = Day(
        "published_on", lookup_expr="gte", about="It was published on this day or later."
    )


@with_exclusions
class PublisherFilters(StrictFilterSet):
    """What can be asked of publishers."""

    type = Terms("type", PublisherType, about="Types of publisher.")


@with_exclusions
class ReformFilters(StrictFilterSet):
    """What can be asked of reforms."""

    steady = ("programme", "numbered")

    programme = Ids("programme", Programme.objects.all, about="Programmes that it belongs to.")
    numbered = YesNo("numbered", about="Whether it is one of the numbered directions.")


@with_exclusions
class BodyFilters(StrictFilterSet):
    """What can be asked of bodies."""

    successor = Ids("successor", Body.objects.all, about="Bodies that took its place.")
