"""Where pictures for other people's pages are."""

from django.urls import path, register_converter

from reforms.pages.badges import Badge
from reforms.pages.cards import Card
from reforms.pages.embedded import Embedded
from reforms.pages.embedding import Embedding
from reforms.pages.subjects import KINDS


class Kind:
    """The kind of an object, as addresses name it: in the plural."""

    regex = "|".join(f"{kind}s" for kind in KINDS)

    def to_python(self, value: str) -> str:
        return value.removesuffix("s")

    def to_url(self, value: str) -> str:
        return f"{value}s"


class Id:
    """The id of an object."""

    regex = "[a-z0-9-]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Kind, "kind")
register_converter(Id, "object")

urlpatterns = [
    path("embed/", Embedding.as_view(), name="embedding"),
    path("embed/<kind:kind>/<object:pk>/", Embedded.as_view(), name="embed"),
    path("badge/<kind:kind>/<object:pk>.svg", Badge.as_view(), name="badge"),
    path("card/<kind:kind>/<object:pk>.png", Card.as_view(), name="card"),
]
