from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reforms.errors import DocumentRefused
from reforms.seeding.documents import read_text
from reforms.seeding.fingerprints import paragraphs

_OPENING = 60


def _ordinals(text: str) -> range:
    first, _, last = text.partition("-")
    try:
        return range(int(first), int(last or first) + 1)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no range; write 7 or 1-20") from None


class Command(BaseCommand):
    help = "Print ordinal, fingerprint and opening words of a document's paragraphs, tab-separated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the text: plain, in UTF-8")
        parser.add_argument("--ordinals", type=_ordinals, metavar="1-20", help="only these")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted: range | None = options["ordinals"]
        try:
            found = paragraphs(read_text(Path(options["file"])))
        except DocumentRefused as error:
            raise CommandError(str(error)) from None
        for one in found:
            if wanted is None or one.ordinal in wanted:
                self.stdout.write(f"{one.ordinal}\t{one.fingerprint}\t{one.text[:_OPENING]}")
