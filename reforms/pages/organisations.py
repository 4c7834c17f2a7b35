"""Organisations: who assesses, what each says now, and how far it agrees with others."""

from typing import Any

from reforms.api.statistics import AgreementViewSet, StatisticsViewSet
from reforms.api.views import OrganisationViewSet, PromiseViewSet
from reforms.pages import linked_data
from reforms.pages.asking import Answer, Asking
from reforms.pages.feeds import feeds_of
from reforms.pages.listing import CURSOR, Context, Listing, moment_of, undated
from reforms.pages.places import carrying

ASSESSMENTS = 50  # assessments on one page


class OrganisationList(Listing):
    """Who assesses."""

    template = "pages/record/organisations.html"
    view = OrganisationViewSet
    limit = 200
    parameters = (CURSOR,)

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        agreement = Asking(ask.request, moment_of(self.given)).one(AgreementViewSet)
        return {
            "title": "Organisations",
            "description": "Who assesses what became of the promises, whose they are and who pays.",
            **self.rows(undated(ask)),
            "agreement": agreement,
            "pairs": agreement["results"],
        }


class OrganisationPage(Context):
    """One organisation."""

    template = "pages/record/organisation.html"
    parameters = (CURSOR,)

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        pk = kwargs["pk"]
        organisation = undated(ask).one(OrganisationViewSet, pk=pk)
        name = organisation["name"] or pk
        return {
            "title": name,
            "description": f"{name}: whose it is, what it says became of the promises, and how far"
            " it agrees with others.",
            "crumbs": [(carrying("/organisations/", self.given), "Organisations")],
            "feeds": feeds_of("organisation", pk, name),
            "linked_data": [linked_data.organisation(organisation, self.here)],
            "organisation": organisation,
            "counts": self._counts(ask, pk),
            **self._assessments(ask, pk),
            "pairs": self._agreement(ask, pk),
        }

    def _assessments(self, ask: Asking, pk: str) -> dict[str, Any]:
        answer = ask.list(
            PromiseViewSet,
            organisation=pk,
            expand="updates",
            limit=ASSESSMENTS,
            count="true",
            cursor=self.given.get(CURSOR, ""),
        )
        return {
            "rows": [(promise, current(promise, pk)) for promise in answer["results"]],
            "count": answer["count"],
            "turned": self.turned(answer),
        }

    def _counts(self, ask: Asking, pk: str) -> list[tuple[str, int]]:
        """How many promises it gives each status now."""
        asked = {"group_by": "organisation", "organisation": pk}
        answer = ask.ask(StatisticsViewSet, "retrieve", asked)
        own = [group for group in answer["results"] if group["id"] == pk]
        return list(own[0]["by_status"].items()) if own else []

    def _agreement(self, ask: Asking, pk: str) -> list[Answer]:
        """How far it agrees with each other, whose id is told as `other`."""
        known = Asking(ask.request, moment_of(self.given))
        answer = known.ask(AgreementViewSet, "retrieve", {"organisation": pk})
        return [
            {**pair, "other": next(one for one in pair["organisations"] if one != pk)}
            for pair in answer["results"]
        ]


def current(promise: Answer, organisation: str) -> Answer | None:
    """What an organisation says now of a promise: of those of its updates that stand the first, as
    the API orders them, the latest effective date first.
    """
    return next(
        (
            update
            for update in promise["updates"]
            if update["organisation"] == organisation and update["stands"]
        ),
        None,
    )
