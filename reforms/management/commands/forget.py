from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from reforms import workflow


class Command(BaseCommand):
    help = (
        "Forget who did what, once it is old enough (PRIVATE_DATA_DAYS), and answers kept for"
        " repeated requests (IDEMPOTENCY_HOURS). Nothing public changes. Run it daily."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be forgotten; write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = workflow.forget(dry_run=options["dry_run"])
        if not options["verbosity"]:
            return
        told = {what: number for what, number in found.items() if number}
        if not told:
            days = settings.PRIVATE_DATA_DAYS
            self.stdout.write(f"Nothing to forget: nothing is older than {days} days.")
            return
        self.stdout.write("Would forget:" if options["dry_run"] else "Forgot:")
        for what, number in told.items():
            self.stdout.write(f"{what:<28}{number:>7}")
