"""What can be asked of status updates, and which questions about them make no sense."""

from collections.abc import Iterator
from typing import Any, ClassVar

from reforms.api.errors import BadParameter
from reforms.api.filters import Day, Ids, ListFilter, Moment, Terms, with_exclusions
from reforms.api.strictness import StrictFilterSet, strays
from reforms.models import Organisation, Programme, Promise, Reform, Source
from reforms.vocabulary import PUBLIC_STATES, ReviewState, Status, Term


class PublicState(Term):
    """The review states that a public status update can be in."""

    PUBLISHED = ReviewState.PUBLISHED.value, ReviewState.PUBLISHED.meaning
    SUPERSEDED = ReviewState.SUPERSEDED.value, ReviewState.SUPERSEDED.meaning
    RETRACTED = ReviewState.RETRACTED.value, ReviewState.RETRACTED.meaning
    REMOVED = ReviewState.REMOVED.value, ReviewState.REMOVED.meaning


class States(Terms):
    """All review states; what is not public cannot be told by excluding."""

    def negated(self) -> ListFilter:
        public = Terms(self.field_name or "", PublicState, whole=ReviewState, about=self.about)
        return public.negated()


@with_exclusions
class TimelineFilters(StrictFilterSet):
    """What can be asked of the public status updates of one promise."""

    # What is published is never edited; how it ended is kept with its moment.
    steady: ClassVar[tuple[str, ...]] = (
        *("organisation", "status", "review_state", "source"),
        *("effective_before", "effective_after", "published_since"),
    )

    def filter_queryset(self, queryset: Any) -> Any:
        moment = self.clocks.recorded_at
        if moment is not None:
            # What has been ended since stood then.
            for name in {"review_state", "review_state_not"} & self.filters.keys():
                self.filters[name].field_name = "review_state_then"
            queryset = queryset.with_review_state(moment)
        return super().filter_queryset(queryset)

    organisation = Ids("organisation", Organisation.objects.all, about="Who assesses.")
    status = Terms("status", Status, about="The status that it asserts.")
    review_state = Terms("review_state", PublicState, about="Whether it stands, or how it ended.")
    source = Ids(
        "citations__source",
        Source.objects.ever_public,
        through=lambda queryset, ids: queryset.citing(ids),
        about="Sources that it cites.",
    )
    effective_before = Day(
        "counts_from", lookup_expr="lte", about="It became true on this day or earlier."
    )
    effective_after = Day(
        "counts_from", lookup_expr="gte", about="It became true on this day or later."
    )
    published_since = Moment(
        "published_at", lookup_expr="gte", about="It was published at this moment or later."
    )

    def nonsense(self, asked: dict[str, Any]) -> Iterator[BadParameter]:
        yield from super().nonsense(asked)
        if asked.get("status") == [Status.NOT_ASSESSED.value]:
            yield BadParameter("status", "contradiction", "No update asserts not_assessed.")


@with_exclusions
class UpdateFilters(TimelineFilters):
    """What can be asked of status updates: public ones, unless a state says otherwise."""

    steady = (*TimelineFilters.steady, "promise", "reform", "programme")
    review_state = States(
        "review_state",
        ReviewState,
        about="The states that they are in; those that are not public for organisations, which see"
        " their own, and for reviewers.",
    )
    promise = Ids("promise", Promise.objects.all, about="Promises that it assesses.")
    reform = Ids("promise__reform", Reform.objects.all, about="Reforms of those promises.")
    programme = Ids("promise__programme", Programme.objects.all, about="Their programmes.")

    def asks_inside(self) -> bool:
        """Whether it is asked for what is not public."""
        states = self.form.cleaned_data.get("review_state", ())
        return any(state not in PUBLIC_STATES for state in states)

    def filter_queryset(self, queryset: Any) -> Any:
        if self.asks_inside():
            # The day of publication, which may come first, is not known yet.
            for name in {"effective_before", "effective_after"} & self.filters.keys():
                self.filters[name].field_name = "effective_on"
        return super().filter_queryset(queryset)

    def nonsense(self, asked: dict[str, Any]) -> Iterator[BadParameter]:
        yield from super().nonsense(asked)
        if self.asks_inside():
            given = asked | {"as_of": self.clocks.as_of, "known_at": self.clocks.sequence}
            for name in ("as_of", "known_at", "published_since"):
                if given.get(name) is not None:
                    detail = "What is not public is shown as it is now, and has no such moment."
                    yield BadParameter(name, "contradiction", detail)
        yield from strays(asked, "reform", "programme")
        yield from strays(asked, "promise", "programme")
        yield from strays(asked, "promise", "reform")
