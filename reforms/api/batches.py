"""Many status updates in one request: JSON, JSON lines or CSV."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from reforms import submissions, workflow
from reforms.api import permissions, throttling
from reforms.api import question as questions
from reforms.api.authentication import Discreet
from reforms.api.bodies import JSON, Body, spooled
from reforms.api.errors import Refusal, entry
from reforms.api.question import Askable
from reforms.api.writing import DRY_RUN, Answer, Write, WriteMixin
from reforms.models import Organisation
from reforms.scopes import Scope
from reforms.submissions.fields import SUBMISSION
from reforms.vocabulary import ReviewState

PARTIAL = "partial"
CSV = "text/csv"

_EXAMPLE = [
    {
        "promise": "kz2022-4-1",
        "status": "implemented",
        "effective_on": "2022-11",
        "external_id": "sheet-7",
        "citations": [{"source": "kz2022-address"}],
    }
]


def _bodies() -> dict[str, dict[str, Any]]:
    """What may be sent, by media type. Lines and tables are texts to OpenAPI."""
    table = {"type": "string", "description": "A table; docs/batches.md has its columns."}
    lines = {"type": "string", "description": "One JSON object a line, as in application/json."}
    rows = {"type": "array", "items": SUBMISSION.schema(), "minItems": 1}
    bodies = dict.fromkeys(submissions.MEDIA_TYPES, lines)
    return bodies | {JSON: rows, CSV: table}


class ResultSerializer(serializers.Serializer[Any]):
    """What became of a row."""

    row = serializers.IntegerField(help_text="From 1.")
    outcome = serializers.ChoiceField(choices=submissions.Outcome.meanings())
    id = serializers.CharField(
        allow_null=True, help_text="Of the status update; null where none was written."
    )
    external_id = serializers.CharField(help_text="Your own id for it; empty if you gave none.")
    review_state = serializers.ChoiceField(
        choices=ReviewState.meanings(), allow_null=True, help_text="As it is now."
    )


class ReportSerializer(serializers.Serializer[Any]):
    """What became of a batch."""

    rows = serializers.IntegerField(help_text="How many there were.")
    created = serializers.IntegerField(help_text="How many became status updates.")
    published = serializers.IntegerField(help_text="How many of these were published at once.")
    unchanged = serializers.IntegerField(help_text="How many were sent before and say the same.")
    failed = serializers.IntegerField(help_text="How many have something wrong.")
    results = ResultSerializer(many=True, help_text="Each row, in its order.")
    errors = serializers.SerializerMethodField(  # type: ignore[assignment]
        help_text="What is wrong with those that failed."
    )
    errors_total = serializers.IntegerField(
        source="complaints_total", help_text="How many errors there are; the first are listed."
    )

    @extend_schema_field({"type": "array", "items": {"$ref": "#/components/schemas/ProblemError"}})
    def get_errors(self, report: submissions.Report) -> list[dict[str, Any]]:
        return errors(report)


class BatchViewSet(WriteMixin, Discreet, GenericViewSet[Any]):
    """Many status updates at once."""

    serializer_class = ReportSerializer
    filter_backends = ()
    http_method_names = ["post"]
    writes = {"create": Write(_bodies(), _EXAMPLE, answer=ReportSerializer)}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action is not None:
            self.question = questions.read(request._request.GET, "", self.askable())

    def askable(self) -> Askable:
        """What may be asked here; by the mixin also `dry_run`."""
        flags = (DRY_RUN, PARTIAL) if self.action in self.writes else ()
        return Askable("update-batch", flags=flags, spoken=False)

    def create(self, request: Request) -> HttpResponse:
        """Submit many status updates, or publish them where you may: all of them or none, unless
        asked otherwise. Rows with an external_id that were sent before are left as they are.
        """
        permissions.demand_scope(request.user, Scope.SUBMIT)
        organisation = _contributor(request.user)
        media_types = tuple(submissions.MEDIA_TYPES)
        body = spooled(request, settings.MAX_BATCH_BYTES, media_types)
        # What cannot be read is refused before the ledger is held for it.
        rows = _count(body)

        def act() -> Answer:
            throttling.take_rows(request, rows)
            report = submissions.write_batch(
                _rows(body), organisation, request.user, PARTIAL in self.question.flags
            )
            if report.refused:
                raise _refusal(report)
            if DRY_RUN in self.question.flags:
                report.undo()
            return Answer(200, dict(ReportSerializer(report).data))

        return self.perform(body, act, turn=workflow.batch)


def _contributor(who: Any) -> Organisation:
    try:
        return permissions.contributor(who)
    except submissions.SubmissionRefused:
        raise Refusal(
            "forbidden",
            "A batch is one organisation's, and you speak for several: send it with a key.",
        ) from None


def _rows(body: Body) -> Any:
    assert body.file is not None
    body.file.seek(0)
    return submissions.rows(body.file, body.media_type)


def _count(body: Body) -> int:
    """How many rows there are, up to one more than a batch may have."""
    count = 0
    try:
        for _ in _rows(body):
            count += 1
            if count > settings.MAX_BATCH_ROWS:
                break
    except submissions.Unreadable as error:
        where = f" at line {error.line}" if error.line else ""
        raise Refusal(
            "bad-request-body", f"The batch cannot be read{where}: {error.detail}"
        ) from None
    except submissions.HeaderRefused as error:
        bad = [entry(one.complaint, line=1, column=one.column) for one in error.bad]
        raise Refusal("refused", str(error), more={"errors": bad}) from None
    return count


def _refusal(report: submissions.Report) -> Refusal:
    """The problem that a batch is in which something is wrong."""
    wrong = "1 row is" if report.failed == 1 else f"{report.failed:,} rows are"
    return Refusal(
        "refused",
        f"{wrong} wrong of {report.rows:,}, so that none was written: see errors. With partial=true"
        " the others are written.",
        more={
            "rows": report.rows,
            "failed": report.failed,
            "errors": errors(report),
            "errors_total": report.complaints_total,
        },
    )


def errors(report: submissions.Report) -> list[dict[str, Any]]:
    """What is wrong, as an answer lists it: each by its row, in a table also by line and column."""
    listed = []
    for one in report.complaints:
        place = {"row": one.row, "line": one.line, "column": one.column}
        said = {name: value for name, value in place.items() if value is not None}
        listed.append(entry(one.complaint, **said))
    return listed
