from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reforms import ledger, workflow
from reforms.errors import TransitionRefused


class Command(BaseCommand):
    help = (
        "Write the first entries of the ledger, for a database from before it: everything that is"
        " public counts as recorded now."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-needed", action="store_true", help="do nothing where the ledger has begun"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_needed"] and ledger.head().sequence:
            return
        try:
            count = workflow.adopt()
        except TransitionRefused as error:
            raise CommandError(str(error)) from None
        if count:
            self.stdout.write(f"The ledger begins: {count} entries about all that is public.")
        elif not options["if_needed"]:
            self.stdout.write("Nothing is public yet: the ledger begins with what comes first.")
