from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand

from reforms import keys
from reforms.management.arguments import called
from reforms.models import Key, Organisation

_HEADS = ("id", "organisation", "name", "scopes", "programme", "ends", "last use", "state")


class Command(BaseCommand):
    help = "List the keys of all organisations or of one. No key can be read here."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organisation", nargs="?", help="its id; without it, all")

    def handle(self, *args: Any, **options: Any) -> None:
        found = Key.objects.select_related("organisation")
        if options["organisation"]:
            found = found.filter(organisation=called(Organisation, options["organisation"]))
        rows = [_row(key) for key in found]
        if not rows:
            self.stdout.write("There are no keys.")
            return
        widths = [max(map(len, column)) for column in zip(_HEADS, *rows, strict=True)]
        for row in (_HEADS, *rows):
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())


def _row(key: Key) -> tuple[str, ...]:
    return (
        key.pk,
        key.organisation_id,
        key.name,
        ",".join(key.scopes),
        key.programme_id or "all",
        _moment(key.expires_at) or "never",
        _moment(key.last_used_at) or "none",
        "alive" if keys.is_alive(key) else "ended",
    )


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""
