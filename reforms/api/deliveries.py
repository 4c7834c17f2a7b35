"""What came of each attempt to deliver to a webhook, newest first, for those whose it is."""

from typing import Any

from rest_framework.request import Request

from reforms.api.authentication import ANYBODY
from reforms.api.changes import EntryPages
from reforms.api.filters import Terms, with_exclusions
from reforms.api.pagination import Key
from reforms.api.question import Askable
from reforms.api.reading import ReadViewSet
from reforms.api.serializers.webhook import DeliverySerializer, delivery_row
from reforms.api.strictness import StrictFilterSet
from reforms.api.webhooks import demand, own
from reforms.links.posting import DeliveryOutcome
from reforms.models import WebhookAttempt


@with_exclusions
class DeliveryFilters(StrictFilterSet):
    """What can be asked of the log of a webhook."""

    outcome = Terms("outcome", DeliveryOutcome, about="What came of it.")


class DeliveryViewSet(ReadViewSet):
    """Attempts to deliver to a webhook, newest first; kept for a month."""

    queryset = WebhookAttempt.objects.all()
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilters
    pagination_class = EntryPages
    authentication_classes = ANYBODY
    private = True
    orderings = {"id": Key("id", "In the order of the attempts.", int)}
    default_ordering = "-id"
    clocks = one_clocks = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action:
            demand(request)

    def askable(self) -> Askable:
        return Askable(
            name="/".join((self.basename, *self.kwargs.values())),
            fields=tuple(DeliverySerializer._declared_fields),
            orderings=tuple(self.orderings),
            default_ordering=self.default_ordering,
            filterset_class=self.filterset_class,
            spoken=False,
        )

    def get_queryset(self) -> Any:
        """Those of one's own webhook."""
        return WebhookAttempt.objects.filter(webhook=own(self.request, self.kwargs["webhook"]))

    def answers(self, rows: list[Any]) -> list[Any]:
        shown = self.shown()
        found = [delivery_row(row) for row in rows]
        return [{name: row[name] for name in shown} for row in found]
