"""What organisations send: read, checked, and handed to the workflow.

Plain values come in, as JSON has them. Everything that is wrong is said at once, by its place.
"""

from reforms.submissions.batches import run_batch, write_batch
from reforms.submissions.complaints import Complaint, SubmissionRefused
from reforms.submissions.report import Outcome, Report, Result, RowComplaint
from reforms.submissions.submitting import (
    Submitted,
    add_source,
    faults,
    revise,
    submit,
    supersede,
)
from reforms.submissions.tables import MEDIA_TYPES, HeaderRefused, Row, Unreadable, rows

__all__ = [
    "MEDIA_TYPES",
    "Complaint",
    "HeaderRefused",
    "Outcome",
    "Report",
    "Result",
    "Row",
    "RowComplaint",
    "SubmissionRefused",
    "Submitted",
    "Unreadable",
    "add_source",
    "faults",
    "revise",
    "rows",
    "run_batch",
    "submit",
    "supersede",
    "write_batch",
]
