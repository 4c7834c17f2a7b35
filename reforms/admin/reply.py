from typing import Any

from django.contrib import admin

from reforms import ledger, letters, roles
from reforms.admin.forms import RecordForm
from reforms.admin.labels import below, in_words, page_of
from reforms.admin.narrowing import DescribedFilter
from reforms.admin.public import PublicAdmin, withdraw_selected
from reforms.errors import TransitionRefused
from reforms.models import LetterState, ProposedReply, Reply
from reforms.workflow import random_id

# The parameter that names the proposed reply from which one is made.
PROPOSAL = "proposal"


class ReplyForm(RecordForm):
    """A reply; one that is added says how it was made sure that the promisor wrote it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "verified_how" in self.fields and self.instance._state.adding:
            self.fields["verified_how"].required = True
            self.fields["verified_how"].error_messages["required"] = (
                "Say how: what nobody has made sure of is not filed."
            )

    def clean(self) -> Any:
        cleaned = super().clean()
        promise = self.cleaned_data.get("promise")
        if self.instance._state.adding and promise is not None:
            self.instance.pk = random_id(promise.pk)
        return cleaned


@admin.register(Reply)
class ReplyAdmin(PublicAdmin):
    """What the promisor says of promises. Saving one makes it public; it changes no status."""

    form = ReplyForm
    list_display = ["about", "signature", "dated_on"]
    list_filter = [("promise__programme", DescribedFilter)]
    search_fields = ["id", "text__en", "text__ru", "text__kk"]
    ordering = ["-public_since", "id"]
    sortable_by = ()
    autocomplete_fields = ["promise"]
    fieldsets = [
        (
            None,
            {
                "fields": ["promise", "signed_by", "dated_on", "text", "url"],
                "description": "A reply is public as soon as it is saved. It stands beside the"
                " status, and never changes it.",
            },
        ),
        ("Never public", {"fields": ["verified_how"]}),
    ]
    actions = [withdraw_selected]

    def layout(self, request: Any, obj: Any) -> Any:
        fieldsets = super().layout(request, obj)
        return fieldsets if roles.curates(request.user) else fieldsets[:1]

    def fixed(self, request: Any, obj: Any) -> list[Any]:
        return super().fixed(request, obj) + (["promise"] if obj else [])

    @admin.display(description="Reply")
    def about(self, reply: Reply) -> str:
        return below(reply.pk, in_words(reply.text)[:120])

    @admin.display(description="Signed by")
    def signature(self, reply: Reply) -> str:
        return in_words(reply.signed_by)

    # From a proposed one

    def get_changeform_initial_data(self, request: Any) -> Any:
        proposal = _proposal(request)
        if proposal is None:
            return super().get_changeform_initial_data(request)
        return {
            "promise": proposal.promise_id,
            "signed_by": {proposal.language: proposal.signed_by},
            "text": {proposal.language: proposal.text},
            "dated_on": proposal.dated_on,
            "url": proposal.url,
        }

    def save_related(self, request: Any, form: Any, formsets: Any, change: Any) -> None:
        proposal = None if change else _proposal(request)
        if not change and proposal is None and PROPOSAL in request.GET:
            raise TransitionRefused("Somebody has decided upon what was sent: look at it again.")
        with ledger.writing():
            super().save_related(request, form, formsets, change)
            if proposal is not None:
                letters.became(proposal, form.instance, request.user)

    def surroundings(self, request: Any, thing: Reply) -> dict[str, Any]:
        tools = [("The promise", page_of(thing.promise))]
        if request.user.has_perm("reforms.view_proposedreply"):
            tools += [("As it was sent", page_of(one)) for one in thing.proposals.all()[:1]]
        return {"tools": tools}


def _proposal(request: Any) -> ProposedReply | None:
    """The proposed reply that waits and that the address names, for those who may decide on it."""
    key = request.GET.get(PROPOSAL, "")
    if not key.isdecimal() or not request.user.has_perm("reforms.change_proposedreply"):
        return None
    waiting = ProposedReply.objects.filter(state=LetterState.NEW.value)
    return waiting.filter(pk=int(key[:18])).first()
