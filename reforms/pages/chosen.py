"""Certain objects of a list, by their ids and all on one page, answered as the API answers them.

Asked in process only, with the ids in `chosen`, separated by commas.
"""

from typing import Any

from reforms.api import changes, views


class Chosen:
    """Mixin of a list view: the rows whose ids are chosen and which anybody may read."""

    paged = False

    def get_queryset(self) -> Any:
        public: Any = super().get_queryset()  # type: ignore[misc]
        chosen: Any = self.kwargs["chosen"]  # type: ignore[attr-defined]
        return public.filter(pk__in=chosen.split(","))

    def rows(self, queryset: Any) -> list[Any]:
        told: list[Any] = self.told(queryset)  # type: ignore[attr-defined]
        return told


class ChosenUpdates(Chosen, views.StatusUpdateViewSet):
    """Status updates."""

    basename = "update"


class ChosenPromises(Chosen, views.PromiseViewSet):
    """Promises."""

    basename = "promise"


class ChosenOrganisations(Chosen, views.OrganisationViewSet):
    """Organisations."""

    basename = "organisation"


class ChosenProgrammes(Chosen, views.ProgrammeViewSet):
    """Programmes."""

    basename = "programme"


class ChosenCorrections(Chosen, changes.CorrectionViewSet):
    """Corrections, by the sequences of their entries."""

    basename = "correction"
