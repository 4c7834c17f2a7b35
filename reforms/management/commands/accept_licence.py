from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reforms import workflow
from reforms.errors import RuleBroken
from reforms.management.arguments import called
from reforms.models import Organisation


class Command(BaseCommand):
    help = "Note that an organisation of before accepts the data licence; then it may have keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organisation", help="its id")

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = called(Organisation, options["organisation"])
        try:
            accepted = workflow.accept_licence(organisation)
        except RuleBroken as refusal:
            raise CommandError(f"{refusal}.") from None
        told = "gives its data" if accepted else "gave its data before now"
        self.stdout.write(f"{organisation} {told} under {organisation.licence_accepted}.")
