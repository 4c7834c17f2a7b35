"""Bodies and topics: what they are, what took their place, and the promises about them."""

from typing import Any, ClassVar

from reforms.api.views import BodyViewSet, PromiseViewSet, TopicViewSet
from reforms.pages.asking import Asking
from reforms.pages.listing import CURSOR, Context, Listing, filters_of, undated
from reforms.pages.places import carrying

PROMISES = 50  # promises on one page


class BodyList(Listing):
    """The institutions that promises name."""

    template = "pages/record/things.html"
    view = BodyViewSet
    limit = 200
    parameters = (*filters_of(BodyViewSet), CURSOR)

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        return {
            "title": "Bodies",
            "description": "The institutions that promises make responsible, or affect.",
            "type": "body",
            **self.rows(undated(ask)),
        }


class TopicList(Listing):
    """The subjects that promises share."""

    template = "pages/record/things.html"
    view = TopicViewSet
    limit = 200
    parameters = (CURSOR,)

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        return {
            "title": "Topics",
            "description": "The subjects that promises share.",
            "type": "topic",
            **self.rows(undated(ask)),
        }


class ThingPage(Context):
    """One thing that promises are about; `filter` is how the API asks for those."""

    template = "pages/record/thing.html"
    parameters = (CURSOR,)
    view: ClassVar[type[Any]]
    filter: ClassVar[str]
    folder: ClassVar[tuple[str, str]]

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        pk = kwargs["pk"]
        thing = undated(ask).one(self.view, pk=pk)
        name = thing["name"] or pk
        path, list_name = self.folder
        return {
            "title": name,
            "description": f"{name}: what was promised about it, and what became of that.",
            "crumbs": [(carrying(path, self.given), list_name)],
            "thing": thing,
            "type": self.filter,
            # What a promise is about may have been edited since: it is asked about now alone.
            **({} if self.known_at else self.around(ask, pk)),
        }

    def around(self, ask: Asking, pk: str) -> dict[str, Any]:
        """The promises about it."""
        answer = ask.list(
            PromiseViewSet,
            limit=PROMISES,
            count="true",
            cursor=self.given.get(CURSOR, ""),
            **{self.filter: pk},
        )
        return {
            "promises": answer["results"],
            "count": answer["count"],
            "turned": self.turned(answer),
        }


class BodyPage(ThingPage):
    """One institution."""

    view = BodyViewSet
    filter = "body"
    folder = ("/bodies/", "Bodies")

    def around(self, ask: Asking, pk: str) -> dict[str, Any]:
        before = undated(ask).list(BodyViewSet, successor=pk, limit=200)
        return {**super().around(ask, pk), "predecessors": before["results"]}


class TopicPage(ThingPage):
    """One subject."""

    view = TopicViewSet
    filter = "topic"
    folder = ("/topics/", "Topics")
