from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from reforms import ledger, workflow
from reforms.errors import RuleBroken
from reforms.models import Organisation
from reforms.vocabulary import LANGUAGES, Role


class Command(BaseCommand):
    help = "Record an organisation that assesses promises; it is public from then on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", help="its public id: small letters, digits, hyphens")
        for text, about in (
            ("name", "its name, or its pseudonym"),
            ("affiliation", "whose it is and who pays"),
        ):
            for language, called in LANGUAGES.items():
                ending = "" if language == "en" else f"-{language}"
                parser.add_argument(f"--{text}{ending}", default="", help=f"{about}, in {called}")
        parser.add_argument("--url", default="", help="its own site")
        parser.add_argument(
            "--accept-licence",
            action="store_true",
            help=f"it gives its data under {settings.DATA_LICENCE}",
        )
        parser.add_argument(
            "--pseudonym", action="store_true", help="its public name is a pseudonym"
        )
        parser.add_argument("--legal-name", default="", help="who it is; never public")
        parser.add_argument(
            "--trusted", action="store_true", help="it may publish without review; never public"
        )
        parser.add_argument(
            "--member",
            action="append",
            default=[],
            metavar="USER",
            help="an account that submits for it; never public; repeat it for more",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["accept_licence"]:
            raise CommandError(
                f"An organisation gives its data under {settings.DATA_LICENCE}. Where it has"
                " accepted that, say so: --accept-licence"
            )
        if Organisation.objects.filter(pk=options["id"]).exists():
            raise CommandError(f"There is an organisation “{options['id']}” already.")
        members = _accounts(options["member"])
        organisation = Organisation(
            id=options["id"],
            name=_texts("name", options),
            affiliation=_texts("affiliation", options),
            url=options["url"],
            pseudonymous=options["pseudonym"],
            legal_name=options["legal_name"].strip(),
            trusted=options["trusted"],
        )
        try:
            with ledger.acting(ledger.by_role(Role.OPERATOR)), ledger.writing():
                workflow.enrol(organisation)
                organisation.members.set(members)
        except RuleBroken as refusal:
            raise CommandError(f"{refusal}. Nothing was recorded.") from None
        self.stdout.write(
            f"{organisation} is recorded, and gives its data under {organisation.licence_accepted}."
        )


def _texts(name: str, options: dict[str, Any]) -> dict[str, str]:
    """A text in the languages in which it was given."""
    given = {
        language: options[name if language == "en" else f"{name}_{language}"].strip()
        for language in LANGUAGES
    }
    return {language: text for language, text in given.items() if text}


def _accounts(names: list[str]) -> list[User]:
    found = {user.username: user for user in User.objects.filter(username__in=names)}
    if missing := [name for name in names if name not in found]:
        raise CommandError(
            f"There is no account called {', '.join(missing)}. Nothing was recorded."
        )
    return list(found.values())
