from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from reforms.api.renditions import making


class Command(BaseCommand):
    help = (
        "Render what answers are made of, until nothing waits any more: after a large import or an"
        " upgrade. The worker does so all the time; several may do so at once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--again",
            action="store_true",
            help="also what is there already: if somebody has changed it by hand",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for _ in making.mark_all() if options["again"] else making.mark_others():
            pass
        made = 0
        while count := making.make():
            made += count
        if options["verbosity"]:
            self.stdout.write(f"Rendered: {made:,}.")
