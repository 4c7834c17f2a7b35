from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reforms.errors import TrackerError
from reforms.management.arguments import called
from reforms.models import Programme
from reforms.releases import NothingNew, publish


class Command(BaseCommand):
    help = (
        "Publish the record as a dated data package that never changes: CSV with schemas, licence,"
        " checksums, the signed head of the ledger, and what is new since the last one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--output", type=Path, metavar="DIR", help="the folder of releases (RELEASES_DIR)"
        )
        parser.add_argument("--programme", metavar="ID", help="this programme only")
        parser.add_argument(
            "--force", action="store_true", help="also if nothing has changed since the last one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        programme = options["programme"]
        if programme is not None:
            called(Programme, programme)
        folder: Path = options["output"] or settings.RELEASES_DIR
        try:
            release = publish(folder, programme, again=options["force"])
        except NothingNew as nothing:
            # It is no fault that a daily task finds nothing to do.
            self.stdout.write(f"{nothing} No release is made.")
            return
        except TrackerError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"No release can be written to {folder}: {error}.") from None
        rows = ", ".join(f"{number} {what}" for what, number in release.listing["rows"].items())
        self.stdout.write(f"{release.folder}: {rows}.")
