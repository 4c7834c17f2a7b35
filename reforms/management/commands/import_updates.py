import gc
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from reforms import keys, submissions
from reforms.management.arguments import called
from reforms.models import Key, Organisation, Programme
from reforms.scopes import Scope
from reforms.submissions import HeaderRefused, Report, SubmissionRefused, Unreadable

FORMATS = {"csv": "text/csv", "json": "application/json", "jsonl": "application/jsonl"}


class Command(BaseCommand):
    help = (
        "Submit the status updates in a file for an organisation, all or nothing, as it could do"
        " itself with POST /api/v1/updates/batch/. A file may be imported again: rows with an"
        " external_id that are there already are left as they are."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, JSON or JSON lines; in UTF-8")
        parser.add_argument("--organisation", required=True, help="whose assessments these are")
        parser.add_argument("--programme", help="refuse rows about any other programme")
        parser.add_argument("--format", choices=FORMATS, help="by default, by the file's ending")
        parser.add_argument("--partial", action="store_true", help="import the rows that are right")
        parser.add_argument("--dry-run", action="store_true", help="check all, write nothing")
        parser.add_argument(
            "--publish",
            action="store_true",
            help="publish them without review, where the organisation is trusted or leads",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        media_type = FORMATS[options["format"] or _format(path)]
        acting = _acting(options["organisation"], options["programme"], options["publish"])
        try:
            with path.open("rb") as file, _bar(path, media_type) as bar, _seldom_collecting():
                report = submissions.run_batch(
                    submissions.rows(file, media_type),
                    acting.organisation,
                    acting,
                    partial=options["partial"],
                    dry_run=options["dry_run"],
                    progress=bar.update,
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None
        except (Unreadable, HeaderRefused, SubmissionRefused) as error:
            for sentence in _unread(error):
                self.stderr.write(f"{path}{sentence}")
            raise CommandError("Nothing was imported.") from None
        self._tell(path, report, options)

    def _tell(self, path: Path, report: Report, options: dict[str, Any]) -> None:
        for one in report.complaints:
            place = f"{one.line}" if one.line else f"row {one.row}"
            self.stderr.write(f"{path}:{place}: {one}")
        if more := report.complaints_total - len(report.complaints):
            self.stderr.write(f"{path}: and {more:,} more errors")
        if report.refused:
            raise CommandError(
                f"{report.failed:,} of {report.rows:,} rows are wrong; nothing was imported."
            )
        done = "Would import" if options["dry_run"] else "Imported"
        self.stdout.write(
            f"{done} {report.created:,} of {report.rows:,} rows, {report.published:,} of them"
            f" published; {report.unchanged:,} were there already, {report.failed:,} are wrong."
        )
        if report.failed:
            raise CommandError(f"{report.failed:,} rows were not imported.")


def _format(path: Path) -> str:
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise CommandError(f"{path} ends in none of {', '.join(FORMATS)}; name its --format.")
    return ending


def _acting(organisation_id: str, programme_id: str | None, publish: bool) -> Key:
    """What stands for the operator: a key of the organisation's that is stored nowhere."""
    organisation = called(Organisation, organisation_id)
    if not organisation.licence_accepted:
        raise CommandError(f"{organisation} has not accepted the data licence; record that first.")
    if publish and not keys.may_publish_somewhere(organisation):
        raise CommandError(f"{organisation} is not trusted to publish without review.")
    return Key(
        organisation=organisation,
        programme=called(Programme, programme_id) if programme_id else None,
        scopes=[Scope.SUBMIT.value, *([Scope.PUBLISH.value] if publish else [])],
    )


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Rows are many objects, none of which is part of a cycle: looking for cycles as often as usual
    takes as long as half of the rest. Nobody else works in this process, so that it is more seldom
    than in the web workers (`tracker.wsgi`), where what answers leave behind has to go.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _bar(path: Path, media_type: str) -> Any:
    """A progress bar, only where standard error is a terminal: it reads the file once more."""
    if not sys.stderr.isatty():
        return tqdm(disable=True)
    with path.open("rb") as file:
        total = sum(1 for _ in submissions.rows(file, media_type))
    return tqdm(total=total, unit="row", delay=1, leave=False, disable=None)


def _unread(error: Unreadable | HeaderRefused | SubmissionRefused) -> Iterator[str]:
    """Where a file cannot be read, and why."""
    match error:
        case Unreadable():
            yield f":{error.line}: {error.detail}" if error.line else f": {error.detail}"
        case HeaderRefused():
            yield from (f":1: {one.column}: {one.complaint.detail}" for one in error.bad)
        case SubmissionRefused():
            yield from (f": {one.detail}" for one in error.complaints)
