from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reforms import keys
from reforms.errors import RuleBroken
from reforms.management.arguments import called, end
from reforms.models import Organisation, Programme
from reforms.scopes import Scope


class Command(BaseCommand):
    help = (
        "Make a key for an organisation's programs. The key alone is printed on standard output,"
        " this once; what is said about it goes to standard error."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organisation", help="whose it is: the organisation's id")
        parser.add_argument("--name", required=True, help="what it is for")
        parser.add_argument(
            "--scope",
            action="append",
            required=True,
            choices=Scope.values(),
            help="what it may do; repeat it for more",
        )
        parser.add_argument("--programme", help="the only programme that it may write about")
        parser.add_argument(
            "--expires",
            type=end,
            metavar="WHEN",
            help="from 2027-01-01 on, UTC, or after 90d; without it, only when it is revoked",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = called(Organisation, options["organisation"])
        programme = called(Programme, options["programme"]) if options["programme"] else None
        try:
            key, text = keys.issue(
                organisation,
                options["name"],
                options["scope"],
                programme=programme,
                expires_at=options["expires"],
            )
        except RuleBroken as refusal:
            raise CommandError(f"{refusal}. No key was made.") from None
        tell(self, f"The key {key.pk} of {organisation}. Nobody can read it again:")
        self.stdout.write(text)


def tell(command: BaseCommand, words: str) -> None:
    """Say something beside the key, so that a script captures the key alone."""
    command.stderr.write(words, style_func=str)
