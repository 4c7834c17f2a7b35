from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from reforms import records, workflow
from reforms.errors import RuleBroken
from reforms.ledger.redacting import LISTED, Holder
from reforms.seeding.complaints import listed


class Command(BaseCommand):
    help = (
        "Replace what the law forces out by a marker: in the object, in every entry of the ledger"
        " about it, in the search index, in what the seed files have left. The ledger says"
        " that it was done, and why. It cannot be undone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("type", choices=list(records.TYPES), help="what the object is")
        parser.add_argument("id", help="its id")
        parser.add_argument(
            "fields", nargs="+", metavar="field", help="such as note, url, citations.note, reason"
        )
        parser.add_argument(
            "--reason", required=True, help="why, for everybody to read; without what has to go"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be redacted")

    def handle(self, *args: Any, **options: Any) -> None:
        type_, id_ = options["type"], options["id"]
        thing = _find(type_, id_)
        try:
            done = workflow.redact(thing, options["fields"], options["reason"], options["dry_run"])
        except RuleBroken as error:
            raise CommandError(f"{error}. Nothing was redacted.") from None
        if not done.fields:
            asked = listed(options["fields"])
            self.stdout.write(f"Nothing to redact: no text is left in {asked} of {type_} {id_}.")
            return
        did = "Would redact" if options["dry_run"] else "Redacted"
        where = listed(["the record", *(f"entry {one}" for one in done.entries)])
        self.stdout.write(f"{did} {listed(done.fields)} of {type_} {id_}, in {where}.")
        if done.elsewhere:
            self.stdout.write(f"Such a text stands elsewhere too: in {_named(done.elsewhere)}.")
        if options["dry_run"]:
            return
        if done.entry is None:
            self.stdout.write("It was not public: the ledger says nothing.")
        else:
            self.stdout.write(f"Entry {done.entry} of the ledger says so, and why.")
        self.stdout.write("Backups, seed files and caches of others may still hold the text.")


def _named(elsewhere: Sequence[Holder]) -> str:
    named = [f"entry {one} ({type_} {id_})" for one, type_, id_ in elsewhere[:LISTED]]
    return listed([*named, "more"] if len(elsewhere) > LISTED else named)


def _find(type_: str, id_: str) -> Any:
    model: Any = records.TYPES[type_]
    try:
        return model.objects.get(pk=UUID(id_) if type_ == "update" else id_)
    except (model.DoesNotExist, ValidationError, ValueError):
        raise CommandError(f"There is no {type_} “{id_}”.") from None
