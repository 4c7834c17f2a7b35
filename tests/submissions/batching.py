"""How these tests send batches, and what they look at in the reports."""

import io
from typing import Any

from django.core.management import call_command

from reforms import submissions
from reforms.models import Key, Organisation
from reforms.submissions import Report, Row
from tests.submissions.saying import content, key_of


def as_rows(*values: Any) -> list[Row]:
    return [Row(number, value) for number, value in enumerate(values, start=1)]


def run(*values: Any, who: Key | None = None, **how: Any) -> Report:
    who = who or key_of("lantern")
    return submissions.run_batch(as_rows(*values), who.organisation, who, **how)


def numbered(count: int, **more: Any) -> list[dict[str, Any]]:
    return [content(external_id=f"row-{number}", **more) for number in range(1, count + 1)]


def counts(report: Report) -> tuple[int, ...]:
    return report.rows, report.created, report.published, report.unchanged, report.failed


def said(report: Report) -> list[tuple[int, str, str]]:
    return [(one.row, one.complaint.pointer, one.complaint.code) for one in report.complaints]


def outcomes(report: Report) -> list[tuple[int, str, str | None]]:
    return [(one.row, one.outcome.value, one.review_state) for one in report.results]


def publisher() -> Key:
    """Somebody who may publish what lantern submits."""
    Organisation.objects.filter(pk="lantern").update(trusted=True)
    return key_of("lantern", "submit", "publish")


def assert_sound() -> None:
    """The ledger is whole and says what the record says, and all that is stored follows from it."""
    for command in ("verify_ledger", "check_integrity"):
        call_command(command, stdout=io.StringIO())
