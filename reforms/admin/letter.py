"""What anybody sent to the curators: a queue of reports and one of proposed replies."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html

from reforms import letters, records
from reforms.admin.base import RecordAdmin
from reforms.admin.batches import Step, ask_then_act, ask_then_act_on_one
from reforms.admin.labels import NOTHING, badge, below, link, page_of
from reforms.admin.reply import PROPOSAL
from reforms.models import ErrorReport, LetterState, ProposedReply

SHOWN = 120
_TOLD = "Whoever holds the receipt reads it; nobody else does."


def _step(name: str, title: str, button: str, done: str, advice: str) -> Step:
    return Step(
        name=name,
        title=title,
        button=button,
        done=done,
        act=lambda _letter, _answer: None,  # who decides is known with the request
        advice=advice,
        needs_reason=True,
        reason_help=_TOLD,
    )


ACCEPT = _step(
    "accept",
    "It was an error",
    "It was an error",
    "Accepted.",
    "First mend the record: a correction has its own page, its own public reason and its own entry"
    " in the ledger. Then say here what was done.",
)
ANSWER = _step(
    "answer",
    "Nothing has to change",
    "Answer",
    "Answered.",
    "Say why the record says what it says.",
)
DECLINE = _step(
    "decline",
    "Do not act upon it",
    "Decline",
    "Declined.",
    "For what cannot be followed up, and for what is no report at all.",
)
STATES = {
    ACCEPT.name: LetterState.ACCEPTED,
    ANSWER.name: LetterState.ANSWERED,
    DECLINE.name: LetterState.DECLINED,
}


class LetterAdmin(RecordAdmin):
    """Letters: read, decided upon once, deleted where they are nothing but abuse.

    `steps` are the decisions that one can be made of.
    """

    steps: tuple[Step, ...] = ()
    sent: tuple[str, ...] = ()
    list_display = ["about", "outcome", "received"]
    list_filter = ["state"]
    ordering = ["-sent_at", "-id"]
    sortable_by = ()

    # Who may

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They come from the public forms alone."""
        return False

    # Lists

    def describe(self, thing: Any) -> str:
        return str(thing)

    @admin.display(description="State")
    def outcome(self, letter: Any) -> str:
        return badge(LetterState(letter.state))

    @admin.display(description="Sent")
    def received(self, letter: Any) -> str:
        return f"{letter.sent_at:%Y-%m-%d %H:%M}"

    # One of them

    def layout(self, request: Any, obj: Any) -> Any:
        return [
            ("What was sent", {"fields": [*self.sent, "contact", "sent_at"]}),
            ("What became of it", {"fields": ["outcome", "answer", "decision", "note"]}),
        ]

    def fixed(self, request: Any, obj: Any) -> list[Any]:
        written = [*self.sent, "contact", "sent_at", "outcome", "answer", "decision"]
        return super().fixed(request, obj) + written

    @admin.display(description="Decided")
    def decision(self, letter: Any) -> str:
        if letter.decided_at is None:
            return NOTHING
        by = letter.decided_by.get_username() if letter.decided_by else "somebody"
        return f"{letter.decided_at:%Y-%m-%d %H:%M} by {by}"

    def surroundings(self, request: Any, thing: Any) -> dict[str, Any]:
        if thing.state != LetterState.NEW or not self.has_change_permission(request, thing):
            return {"tools": []}
        return {"tools": [(step.button, page_of(thing, step.name)) for step in self.steps]}

    def save_related(self, request: Any, form: Any, formsets: Any, change: Any) -> None:
        """Only the note is the curators' to write."""
        form.instance.save(update_fields=["note"])

    def delete_model(self, request: Any, obj: Any) -> None:
        obj.delete()

    # Deciding

    def get_urls(self) -> Any:
        own = [
            path(
                f"<path:object_id>/{step.name}/",
                self.admin_site.admin_view(self.step_view),
                {"name": step.name},
                name=f"reforms_{self.opts.model_name}_{step.name}",
            )
            for step in self.steps
        ]
        return [*own, *super().get_urls()]

    def step_view(self, request: Any, object_id: str, name: str) -> HttpResponse:
        """Ask for the answer, then decide."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        with self.turn(request):
            thing = self.get_object(request, unquote(object_id))
            if thing is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
            [step] = [one for one in self.steps if one.name == name]
            return ask_then_act_on_one(self, request, thing, self.deciding(request, step))

    def deciding(self, request: Any, step: Step) -> Step:
        """The step as this user takes it: noted in the log."""

        def act(letter: Any, answer: str) -> None:
            letters.decide(letter, STATES[step.name], request.user, answer)
            self.log_change(request, letter, step.done)

        return replace(step, act=act)


@admin.action(permissions=["change"], description="Decline the selected …")
def decline_selected(model_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    """Several at once: the same answer to each."""
    return ask_then_act(model_admin, request, queryset, model_admin.deciding(request, DECLINE))


@admin.register(ErrorReport)
class ErrorReportAdmin(LetterAdmin):
    """What readers take for errors."""

    steps = (ACCEPT, ANSWER, DECLINE)
    sent = ("on_page", "sequence", "concerned", "wrong", "right", "evidence_address")
    search_fields = ["receipt", "page", "wrong"]
    actions = [decline_selected]

    @admin.display(description="Report")
    def about(self, report: ErrorReport) -> str:
        return below(report.wrong[:SHOWN], report.page)

    @admin.display(description="Page")
    def on_page(self, report: ErrorReport) -> str:
        # It was checked on arrival, and is checked again: it came from anybody.
        inside = report.page.startswith("/") and not report.page.startswith(("//", "/\\"))
        return link(report.page, report.page) if inside else report.page

    @admin.display(description="What it is about")
    def concerned(self, report: ErrorReport) -> str:
        model = records.TYPES.get(report.object_type)
        thing: Any = None
        with suppress(ValidationError):  # no id of that type
            thing = model and model._default_manager.filter(pk=report.object_id).first()
        if thing is None:
            return NOTHING
        return link(page_of(thing), f"{report.object_type} {self.described(thing)}")

    def described(self, thing: Any) -> str:
        related: Any = self.admin_site._registry[type(thing)]
        return str(related.describe(thing))

    @admin.display(description="Evidence")
    def evidence_address(self, report: ErrorReport) -> str:
        return outside(report.evidence)


@admin.register(ProposedReply)
class ProposedReplyAdmin(LetterAdmin):
    """Replies sent in the promisor's name. Make sure of one before you file it."""

    steps = (DECLINE,)
    sent = ("to_promise", "signed_by", "dated_on", "language", "text", "address")
    list_select_related = ["promise"]
    search_fields = ["receipt", "promise__id", "text", "signed_by"]
    actions = [decline_selected]

    @admin.display(description="Reply")
    def about(self, proposal: ProposedReply) -> str:
        return below(proposal.text[:SHOWN], proposal.promise_id, proposal.signed_by)

    @admin.display(description="Promise")
    def to_promise(self, proposal: ProposedReply) -> str:
        related: Any = self.admin_site._registry[type(proposal.promise)]
        return link(page_of(proposal.promise), related.describe(proposal.promise))

    @admin.display(description="Published at")
    def address(self, proposal: ProposedReply) -> str:
        return outside(proposal.url)

    def surroundings(self, request: Any, thing: ProposedReply) -> dict[str, Any]:
        found = super().surroundings(request, thing)
        if thing.reply is not None:
            found["tools"].append(("The reply in the record", page_of(thing.reply)))
        elif found["tools"] and request.user.has_perm("reforms.add_reply"):
            address = f"{reverse('admin:reforms_reply_add')}?{PROPOSAL}={thing.pk}"
            found["tools"].insert(0, ("It is genuine: file it", address))
        return found


def outside(address: str) -> str:
    """An address that anybody may have written, as a text to be looked at before it is opened."""
    return format_html("<code>{}</code>", address) if address else NOTHING
