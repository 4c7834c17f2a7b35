from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from reforms import keys
from reforms.management.arguments import called
from reforms.models import Key


class Command(BaseCommand):
    help = "End a key, now and for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="its id: what stands between the two underscores")

    def handle(self, *args: Any, **options: Any) -> None:
        key = called(Key, options["key"])
        keys.revoke(key)
        self.stdout.write(
            f"The key {key.pk} of {key.organisation_id} ended on"
            f" {key.revoked_at:%Y-%m-%d %H:%M} UTC."
        )
