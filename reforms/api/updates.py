"""Status updates as their organisations and reviewers see them, public or not."""

from typing import Any

from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from reforms import roles
from reforms.api import preconditions, update_filters
from reforms.api.authentication import ANYBODY
from reforms.api.errors import BadParameter, QuestionRefused
from reforms.api.pagination import Key, read_moment
from reforms.api.serializers.submission import SubmittedUpdateSerializer
from reforms.api.views import StatusUpdateViewSet
from reforms.models import StatusUpdate

SUBMITTED_AT = "submitted_at"
_PRIVATE = (
    "What is not public is shown to its organisation and to reviewers: send a key, as"
    " “Authorization: Bearer rt_…”, or sign in."
)


class VisibleUpdateViewSet(StatusUpdateViewSet):
    """Status updates: those that are public; for their organisations and for reviewers also those
    that are not.
    """

    serializer_class = SubmittedUpdateSerializer
    filterset_class = update_filters.UpdateFilters
    authentication_classes = ANYBODY
    tagged = True
    orderings = StatusUpdateViewSet.orderings | {
        SUBMITTED_AT: Key(
            SUBMITTED_AT,
            "When it came in; only with a `review_state` that is not public, where it is the order"
            " without being asked for, newest first.",
            read_moment,
        )
    }

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not self.action:
            return
        inside = self.action == "list" and self.asks_inside()
        known = request.user.is_authenticated
        if not known and (inside or "submission" in self.question.fields):
            raise exceptions.NotAuthenticated(_PRIVATE)
        if self.action == "list":
            self._settle_order(inside)

    def _settle_order(self, inside: bool) -> None:
        """What is not public is ordered by the moment at which it came in, and nothing else is."""
        question = self.question
        if inside and "ordering" not in question.filters:
            question.ordering = f"-{SUBMITTED_AT}"
        elif inside != (question.ordering.lstrip("-") == SUBMITTED_AT):
            detail = "What is not public is ordered by submitted_at, and nothing else is."
            raise QuestionRefused([BadParameter("ordering", "contradiction", detail)])

    def asks_inside(self) -> bool:
        """Whether the list is to hold what is not public."""
        assert isinstance(self.question.filterset, update_filters.UpdateFilters)
        return self.question.filterset.asks_inside()

    def get_queryset(self) -> Any:
        who = self.request.user
        if self.action == "list" and self.asks_inside():
            return StatusUpdate.objects.seen_inside_by(who)
        if self.action == "list" or self.question.clocks.asked:
            return super().get_queryset()
        return StatusUpdate.objects.visible_to(who)

    def load(self, queryset: Any) -> Any:
        queryset = super().load(queryset)
        if self.request.user.is_authenticated:
            # What somebody may do depends on them.
            queryset = queryset.select_related("promise__programme", "organisation")
        return queryset

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().retrieve(request, *args, **kwargs)
        if not self.question.clocks.asked:
            tag = self.tag(self.row, response.data)
            if preconditions.is_known(request, tag):
                response = Response(status=304)
            response["ETag"] = tag
        return response

    def told(self, rows: list[Any]) -> list[Any]:
        if self.action != "list":
            [self.row] = rows
        return super().told(rows)

    def current(self, update: StatusUpdate) -> tuple[dict[str, Any], str]:
        """The update as whoever asks may see it now, and its ETag."""
        row = self.load(StatusUpdate.objects.filter(pk=update.pk)).get()
        [shown] = self.answers(self.told([row]))
        return shown, self.tag(row, shown)

    def tag(self, update: StatusUpdate, shown: Any) -> str:
        """The ETag of what is shown; only those who see inside see the number of the version."""
        who = self.request.user
        inside = roles.may_see_inside(who, update) and roles.is_within(
            who, update.promise.programme_id
        )
        version = str(update.version) if inside else preconditions.veiled(update)
        return preconditions.etag(version, shown)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Vary"] = "Accept, Accept-Language, Authorization, Cookie"
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response
