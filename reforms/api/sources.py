"""Sources as organisations send them: private to them until something public cites them."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request

from reforms import submissions
from reforms.api import permissions, views
from reforms.api.bodies import JSON, read_json
from reforms.api.serializers.submission import sent
from reforms.api.writing import Answer, Write, WriteMixin
from reforms.models import Source
from reforms.scopes import Scope
from reforms.submissions.fields import SOURCE

_EXAMPLE = {
    "url": "https://daily.example/2022/threshold",
    "title": {"en": "Registering a party takes 5,000 people now"},
    "publisher": "Daily",
    "published_on": "2022-11-05",
    "kind": "news",
}


class SourceViewSet(WriteMixin, views.SourceViewSet):
    """Sources: documents that something public cites; one by one, an organisation also sees its own
    that nothing cites yet.
    """

    http_method_names = ["get", "head", "post"]
    writes = {"create": Write({JSON: sent(SOURCE)}, _EXAMPLE, statuses=(201, 200))}

    def get_queryset(self) -> Any:
        if self.action == "list" or self.question.clocks.asked:
            return super().get_queryset()
        return Source.objects.for_api().visible_to(self.request.user).filter(withdrawn_at=None)

    def create(self, request: Request) -> HttpResponse:
        """Send a source by itself. Where the record has the address already, in whatever spelling,
        that source is the answer, with 200.
        """
        body = read_json(request)

        def act() -> Answer:
            permissions.demand_scope(request.user, Scope.SOURCES)
            data = dict(body.value)
            organisation = permissions.contributor(request.user, data.pop("organisation", None))
            source, is_new = submissions.add_source(data, organisation)
            row = self.load(Source.objects.for_api().filter(pk=source.pk)).get()
            [shown] = self.answers(self.told([row]))
            if not is_new:
                return Answer(200, shown)
            path = reverse("source-detail", args=[source.pk])
            return Answer(201, shown, {"Location": request.build_absolute_uri(path)})

        return self.perform(body, act)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Vary"] = "Accept, Accept-Language, Authorization, Cookie"
        return response
