"""How far organisations agree, over HTTP."""

from collections.abc import Iterator
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from reforms import statistics
from reforms.api import question as questions
from reforms.api.authentication import Discreet
from reforms.api.clocks import CLOCKS
from reforms.api.errors import BadParameter
from reforms.api.filters import Ids, with_exclusions
from reforms.api.kept import Kept
from reforms.api.question import Askable
from reforms.api.reading import MAX_AGE
from reforms.api.serializers.statistics import AgreementStatisticsSerializer, statistics_row
from reforms.api.strictness import StrictFilterSet, strays
from reforms.models import Organisation, Programme, Reform, StatusUpdate

HEADERS = {"Cache-Control": f"public, max-age={MAX_AGE}", "Vary": "Accept"}


class Compared(Ids):
    """Organisations to compare with one another; one alone is compared with every other."""

    def filter(self, qs: Any, value: Any) -> Any:
        if value and len(value) == 1 and not self.exclude:
            return qs.beside(value[0])
        return super().filter(qs, value)


@with_exclusions
class AgreementFilters(StrictFilterSet):
    """Which assessments are compared."""

    # What is published is never edited.
    steady: ClassVar[tuple[str, ...]] = ("programme", "reform", "organisation")

    programme = Ids(
        "promise__programme", Programme.objects.all, about="Programmes of the promises."
    )
    reform = Ids("promise__reform", Reform.objects.all, about="Reforms of the promises.")
    organisation = Compared(
        "organisation",
        Organisation.objects.all,
        about="Organisations to compare with one another; one alone is compared with every other.",
    )

    def nonsense(self, asked: dict[str, Any]) -> Iterator[BadParameter]:
        yield from super().nonsense(asked)
        yield from strays(asked, "reform", "programme")


class AgreementViewSet(Kept, Discreet, GenericViewSet[StatusUpdate]):
    """How far organisations agree: each pair of them with promises in common, and all together."""

    queryset = StatusUpdate.objects.none()
    serializer_class = AgreementStatisticsSerializer
    filter_backends = ()
    http_method_names = ["get", "head"]

    def askable(self) -> Askable:
        """What may be asked of it."""
        return Askable(
            self.basename, filterset_class=AgreementFilters, paging=(), spoken=False, clocks=CLOCKS
        )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        question = questions.read(request._request.GET, "", self.askable())
        clocks = question.clocks
        assert question.filterset is not None
        standing = StatusUpdate.objects.standing_at(clocks.recorded_at, clocks.as_of)
        overall, pairs = statistics.agreements(question.filterset.filter_queryset(standing))
        named = question.filterset.form.cleaned_data.get("organisation", [])
        if len(named) == 1:
            pairs = [pair for pair in pairs if named[0] in pair.organisations]
        said = {"clocks": clocks.as_json()} if clocks.asked else {}
        return Response({**said, **statistics_row(overall, pairs)}, headers=HEADERS)
