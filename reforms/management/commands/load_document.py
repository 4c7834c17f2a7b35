from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reforms.errors import DocumentRefused
from reforms.models import Source
from reforms.seeding.complaints import nearest
from reforms.seeding.documents import load_document


class Command(BaseCommand):
    help = "Load the text of a source, so that its citations show the passages they rest on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="the id of the source, such as kz2022-address")
        parser.add_argument("file", type=Path, help="its text: plain, in UTF-8")
        parser.add_argument("--check", action="store_true", help="report, and store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        source = Source.objects.filter(pk=options["source"]).first()
        if source is None:
            hint = nearest(options["source"], Source.objects.values_list("pk", flat=True))
            raise CommandError(f"There is no source “{options['source']}”{hint or '.'}")
        try:
            reading = load_document(source, Path(options["file"]), check_only=options["check"])
        except DocumentRefused as error:
            raise CommandError(str(error)) from None
        for line in reading.lines():
            self.stdout.write(line)
        if options["check"]:
            self.stdout.write("Nothing was stored.")
        else:
            self.stdout.write("Stored." if reading.stored else "It was stored already.")
