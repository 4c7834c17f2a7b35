"""Status updates over HTTP: submitted, changed, and what becomes of them."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request

from reforms import ledger, roles, submissions, workflow
from reforms.api import permissions, preconditions
from reforms.api.absence import absent
from reforms.api.bodies import JSON, Body, read_json
from reforms.api.errors import Refusal
from reforms.api.serializers.submission import sent
from reforms.api.updates import VisibleUpdateViewSet
from reforms.api.writing import Answer, Write, WriteMixin
from reforms.errors import TransitionRefused
from reforms.models import StatusUpdate
from reforms.scopes import Scope
from reforms.submissions.complaints import Place
from reforms.submissions.fields import CORRECTION, REVISION, SUBMISSION
from reforms.submissions.readers import Text
from reforms.submissions.shapes import Field, Shape
from reforms.vocabulary import Action
from reforms.workflow.checking import LONGEST_REASON

# Actions that say why: the first two to the author, the others in public.
REASONED = (Action.REQUEST_CHANGES, Action.REJECT, Action.RETRACT, Action.REMOVE)
WITH_REASON = Shape((Field("reason", Text(LONGEST_REASON), "Why, in a sentence.", required=True),))
EMPTY = Shape(())

_CONTENT = {
    "status": "implemented",
    "effective_on": "2022-11",
    "note": {"en": "In force since November."},
    "citations": [
        {
            "url": "https://daily.example/2022/threshold",
            "title": "Registering a party takes 5,000 people now",
            "publisher": "Daily",
            "published_on": "2022-11-05",
            "locator": "second paragraph",
        }
    ],
}
_REASON = {"reason": "We misread the transitional provisions."}


def _change(shape: Shape, example: Any, **more: Any) -> Write:
    return Write({JSON: shape.schema()}, example, changes=True, **more)


class UpdateViewSet(WriteMixin, VisibleUpdateViewSet):
    """Status updates: those that are public; for their organisations and for reviewers also those
    that are not.
    """

    http_method_names = ["get", "head", "post", "patch"]
    writes = {
        "create": Write(
            {JSON: sent(SUBMISSION)}, {"promise": "kz2022-4-1", **_CONTENT}, statuses=(201,)
        ),
        "revise": _change(REVISION, {"effective_on": "2022-11-05"}),
        "supersede": _change(CORRECTION, _CONTENT | _REASON, statuses=(201,)),
        **{action.value: _change(WITH_REASON, _REASON) for action in REASONED},
        **{
            action.value: _change(EMPTY, {}, needs_body=False)
            for action in (Action.PUBLISH, Action.WITHDRAW, Action.RESUBMIT)
        },
    }

    def create(self, request: Request) -> HttpResponse:
        """Submit a status update for review; it is published at once where you may publish."""
        body = read_json(request)

        def act() -> Answer:
            permissions.demand_scope(request.user, Scope.SUBMIT)
            data = dict(body.value)
            named = data.pop("organisation", None)
            try:
                organisation = permissions.contributor(request.user, named)
            except submissions.SubmissionRefused as refusal:
                bad = [*refusal.complaints, *submissions.faults(data)]
                raise submissions.SubmissionRefused(bad) from None
            made = submissions.submit(data, organisation, request.user)
            return self.shown_now(made.update, 201)

        return self.perform(body, act)

    def revise(self, request: Request, pk: str) -> HttpResponse:
        """Change what a submission says while it is submitted or sent back: only what is given
        changes, `citations` as a whole.
        """
        body = read_json(request)

        def act(update: StatusUpdate) -> Answer:
            submissions.revise(update, body.value)
            return self.shown_now(update)

        return self.change(pk, body, permissions.demand_edit, act)

    def supersede(self, request: Request, pk: str) -> HttpResponse:
        """Submit what is to take the place of a published update of your own; the reason is public.
        It does so at once where you may publish, otherwise when a reviewer publishes it.
        """
        body = read_json(request)

        def act(update: StatusUpdate) -> Answer:
            permissions.demand_licence(update.organisation)
            made = submissions.supersede(update, body.value, request.user)
            return self.shown_now(made.update, 201)

        return self.change(pk, body, _demand(Action.SUPERSEDE), act)

    def publish(self, request: Request, pk: str) -> HttpResponse:
        """Publish what was submitted; it needs a supporting citation."""
        return self.take(Action.PUBLISH, pk, workflow.publish)

    def request_changes(self, request: Request, pk: str) -> HttpResponse:
        """Send a submission back to its author; the reason is shown to them, and not public."""
        return self.take(Action.REQUEST_CHANGES, pk, workflow.request_changes)

    def reject(self, request: Request, pk: str) -> HttpResponse:
        """Refuse a submission; the reason is shown to its author, and not public."""
        return self.take(Action.REJECT, pk, workflow.reject)

    def withdraw(self, request: Request, pk: str) -> HttpResponse:
        """Take back a submission that is not public yet."""
        return self.take(Action.WITHDRAW, pk, workflow.withdraw)

    def resubmit(self, request: Request, pk: str) -> HttpResponse:
        """Hand in again what was sent back for changes."""
        return self.take(Action.RESUBMIT, pk, workflow.resubmit)

    def retract(self, request: Request, pk: str) -> HttpResponse:
        """Take back a published update of your own; the reason is public."""
        return self.take(Action.RETRACT, pk, workflow.retract)

    def remove(self, request: Request, pk: str) -> HttpResponse:
        """Take down a published update, as a curator; the reason is public."""
        return self.take(Action.REMOVE, pk, workflow.remove)

    def take(self, action: Action, pk: str, carry_out: Callable[..., None]) -> HttpResponse:
        """Take an action whose body holds a reason, where it needs one, and nothing else."""
        needs_reason = action in REASONED
        # Where a reason is missing, so that this is said rather than that there is no body.
        body = read_json(self.request, optional=True)

        def act(update: StatusUpdate) -> Answer:
            reason = _reason(body.value, needs_reason)
            with ledger.acting(roles.acts_as(self.request.user, action, update)):
                carry_out(update, *reason)
            return self.shown_now(update)

        return self.change(pk, body, _demand(action), act)

    def change(
        self,
        pk: str,
        body: Body,
        demand: Callable[[Any, StatusUpdate], None],
        act: Callable[[StatusUpdate], Answer],
    ) -> HttpResponse:
        """Change an update that `who` may see, may change, and has seen as it is now."""

        def write() -> Answer:
            update = self.found(pk)
            demand(self.request.user, update)
            preconditions.check(self.request, update, lambda: self.current(update))
            try:
                return act(update)
            except TransitionRefused as refusal:
                shown, tag = self.current(update)
                raise Refusal(
                    "conflict", str(refusal), headers={"ETag": tag}, more={"current": shown}
                ) from None

        return self.perform(body, write)

    def found(self, pk: str) -> StatusUpdate:
        """The update, if whoever asks may see it; to others it is as if it did not exist."""
        updates = StatusUpdate.objects.visible_to(self.request.user)
        found = updates.select_related("promise__programme", "organisation").filter(pk=pk).first()
        if found is None:
            raise absent(StatusUpdate, pk, self.question.clocks)
        return found

    def shown_now(self, update: StatusUpdate, status: int = 200) -> Answer:
        """The answer to a write: the update as it is now."""
        shown, tag = self.current(update)
        headers = {"ETag": tag}
        if status == 201:
            path = reverse("update-detail", args=[update.pk])
            headers["Location"] = self.request.build_absolute_uri(path)
        return Answer(status, shown, headers)


def _demand(action: Action) -> Callable[[Any, StatusUpdate], None]:
    return lambda who, update: permissions.demand(who, action, update)


def _reason(value: dict[str, Any], is_needed: bool) -> list[str]:
    """The reason in a body that holds nothing else, or nothing where none is needed."""
    place = Place()
    said = (WITH_REASON if is_needed else EMPTY).read(value, place) or {}
    place.refuse()
    return list(said.values())
