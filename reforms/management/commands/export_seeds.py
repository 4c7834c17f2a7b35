from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reforms.errors import SeedsRefused
from reforms.models import Programme
from reforms.seeding.checking import shown
from reforms.seeding.complaints import listed, nearest, unless_many
from reforms.seeding.exported_folder import differences, write
from reforms.seeding.exporting import Export, export


class Command(BaseCommand):
    help = (
        "Write what the record says of a programme into a folder of seed files. Comments,"
        " set-aside.yaml and the order of lists are not in the record."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("programme", help="the id of the programme, such as kz2022")
        parser.add_argument("folder", type=Path, help="the folder to write or to compare with")
        either = parser.add_mutually_exclusive_group()
        either.add_argument(
            "--check",
            action="store_true",
            help="write nothing; name what the folder says otherwise than the record",
        )
        either.add_argument(
            "--force", action="store_true", help="replace the record's files in the folder"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        exported = export(_programme(options["programme"]))
        folder = Path(options["folder"])
        if options["check"]:
            self._check(exported, folder)
        else:
            self._write(exported, folder, options["force"])

    def _check(self, exported: Export, folder: Path) -> None:
        try:
            found = differences(exported, folder)
        except SeedsRefused as error:
            raise CommandError("\n".join(error.complaints)) from None
        for difference in found:
            self.stdout.write(difference)
        if found:
            count = "1 difference" if len(found) == 1 else f"{len(found)} differences"
            raise CommandError(f"{count} between {shown(folder)} and the record.")
        self.stdout.write(f"{shown(folder)} says what the record says.")

    def _write(self, exported: Export, folder: Path, force: bool) -> None:
        try:
            complaints = write(exported, folder, force)
        except OSError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Wrote {len(exported.files)} files to {shown(folder)}.")
        if exported.elsewhere:
            self.stdout.write(f"Left to other folders: {listed(sorted(exported.elsewhere))}.")
        for complaint in complaints:
            self.stderr.write(complaint)
        if complaints:
            raise CommandError("Mend this in the record or in the files before they are loaded.")


def _programme(id_: str) -> Programme:
    programmes = Programme.objects.public()
    try:
        return programmes.get(pk=id_)
    except Programme.DoesNotExist:
        ids = set(programmes.values_list("pk", flat=True))
        hint = nearest(id_, ids) or unless_many("there are", ids)
        raise CommandError(f"There is no programme “{id_}” in the record{hint}") from None
