"""One status update: the permanent page of an assessment."""

from typing import Any

from reforms.api.actions import UpdateViewSet
from reforms.pages.asking import Asking
from reforms.pages.listing import Context
from reforms.pages.places import carrying
from reforms.vocabulary import Status


class UpdatePage(Context):
    """One organisation's dated assessment of one promise, whether it stands, and its evidence."""

    template = "pages/record/update.html"

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        expand = {"expand": "promise,organisation"}
        update = ask.ask(UpdateViewSet, "retrieve", expand, pk=kwargs["pk"])
        # What was withdrawn since is answered by its id.
        promise, organisation = _named(update["promise"]), _named(update["organisation"])
        said = Status(update["status"]).label
        who = organisation.get("name") or organisation["id"]
        what = promise.get("title") or promise["id"]
        return {
            "title": f"{said}: {what}",
            "description": f"{who} says of “{what}”: {said.lower()}, since"
            f" {update['effective_on']}. With its evidence.",
            "crumbs": [(carrying(f"/promises/{promise['id']}/", self.given), what)],
            "og_type": "article",
            "update": update,
            "promise": promise,
            "organisation": organisation,
        }


def _named(one: Any) -> dict[str, Any]:
    return one if isinstance(one, dict) else {"id": one}
