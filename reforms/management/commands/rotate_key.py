from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reforms import keys
from reforms.errors import RuleBroken
from reforms.management.arguments import called, duration
from reforms.management.commands.issue_key import tell
from reforms.models import Key


class Command(BaseCommand):
    help = (
        "Make another key in the place of one, which ends. The new key alone is printed on standard"
        " output, this once. After a leak leave out --overlap."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="its id: what stands between the two underscores")
        parser.add_argument(
            "--overlap",
            type=duration,
            default=timedelta(0),
            metavar="24h",
            help="for how long the old one works beside the new one; without it, no longer",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        old = called(Key, options["key"])
        try:
            made, text = keys.rotate(old, options["overlap"])
        except RuleBroken as refusal:
            raise CommandError(f"{refusal}. Nothing was changed.") from None
        old.refresh_from_db()
        until = "now" if old.revoked_at else f"with {old.expires_at:%Y-%m-%d %H:%M} UTC"
        tell(self, f"The key {old.pk} of {old.organisation_id} ends {until}.")
        tell(self, f"The key {made.pk} takes its place. Nobody can read it again:")
        self.stdout.write(text)
