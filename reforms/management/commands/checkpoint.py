import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from reforms import ledger
from reforms.dates import timestamp
from reforms.ledger import checkpoints


class Command(BaseCommand):
    help = "Print the signed head of the ledger as one line of JSON: what a witness keeps."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--key", action="store_true", help="print our public key instead")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["key"]:
            self.stdout.write(checkpoints.public_key())
            return
        head = ledger.head()
        recorded_at = timestamp(head.recorded_at) if head.recorded_at else None
        self.stdout.write(json.dumps(checkpoints.sign(head.sequence, head.hash, recorded_at)))
