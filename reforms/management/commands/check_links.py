from argparse import ArgumentParser, ArgumentTypeError
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reforms import link_health
from reforms.dates import now
from reforms.errors import nearest, suggestion
from reforms.links import LinkOutcome
from reforms.models import LinkCheck, Source


def whole(least: int, most: int) -> Any:
    """Reads a whole number from `least` to `most`."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise ArgumentTypeError(f"“{text}” is no whole number from {least} to {most}")
        return int(text)

    return read


def seconds(text: str) -> float:
    """Reads a number of seconds, from 0.1 to 60."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0.1 <= number <= 60:
        raise ArgumentTypeError(f"“{text}” is no number of seconds from 0.1 to 60")
    return number


class Command(BaseCommand):
    help = (
        "Ask for the addresses of sources, politely, and remember which still lead somewhere."
        " Nothing of the record changes. Run it daily."
    )
    # For tests, whose servers stand on this machine: it cannot be given on the command line.
    stealth_options = ("manners", "pause")

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add(
            "--limit",
            type=whole(1, 100_000),
            default=200,
            metavar="N",
            help="at most so many, those first that were not asked for the longest (200)",
        )
        add(
            "--older-than",
            type=whole(0, 3_650),
            default=7,
            metavar="DAYS",
            help="only those not asked for so many days (7); what is failing is asked daily",
        )
        add(
            "--source",
            action="append",
            default=[],
            metavar="ID",
            help="only this one, whenever it was last asked; repeat it for more",
        )
        add(
            "--delay",
            type=seconds,
            default=2.0,
            metavar="SECONDS",
            help="between two addresses of one host (2)",
        )
        add(
            "--timeout",
            type=seconds,
            default=20.0,
            metavar="SECONDS",
            help="for one address, with all that it leads to (20)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        how = replace(options.get("manners") or link_health.manners(), in_all=options["timeout"])
        more = {"pause": options["pause"]} if "pause" in options else {}
        with closing(
            link_health.run(self._chosen(options), options["delay"], how, **more)
        ) as found:
            for one in found:
                if isinstance(one, LinkCheck):
                    self._tell(one, options["verbosity"])
                else:
                    self._sum_up(one)

    def _chosen(self, options: dict[str, Any]) -> list[tuple[str, str]]:
        if not options["source"]:
            older = timedelta(days=options["older_than"])
            due = Source.objects.to_be_asked(now(), older)[: options["limit"]]
            return list(due.values_list("pk", "url"))
        chosen = dict(Source.objects.in_bulk(options["source"]))
        for id_ in options["source"]:
            if id_ not in chosen:
                ids = Source.objects.values_list("pk", flat=True)
                raise CommandError(f"There is no source “{id_}”.{suggestion(nearest(id_, ids))}")
            if not chosen[id_].url:
                raise CommandError(f"The source “{id_}” has no address.")
            if chosen[id_].withdrawn_at is not None:
                raise CommandError(f"The source “{id_}” was withdrawn from the record.")
        return [(source.pk, source.url) for source in chosen.values()]

    def _tell(self, check: LinkCheck, verbosity: int) -> None:
        outcome = LinkOutcome(check.outcome)
        if verbosity < 2 and (outcome == LinkOutcome.ALIVE or not verbosity):
            return
        word = "dead" if check.dead else outcome.label.lower()
        told = " ".join(one for one in (check.message, check.leads_to) if one)
        self.stdout.write(f"{word:<18}{check.source_id}  {check.url}  {told}".rstrip())

    def _sum_up(self, summary: link_health.Summary) -> None:
        numbers = [
            f"{number} {outcome.label.lower()}"
            for outcome in LinkOutcome
            if (number := sum(one.outcome == outcome for one in summary.checks))
        ]
        dead = sum(one.dead for one in summary.checks)
        if not (numbers or summary.postponed or summary.corrected or summary.unsaid):
            self.stdout.write("Nothing to ask for: all addresses were asked lately.")
            return
        of = f" ({', '.join(numbers)}; {dead} dead)" if numbers else ""
        self.stdout.write(f"Asked for {len(summary.checks)} addresses{of}.")
        if summary.postponed:
            self.stdout.write(f"{summary.postponed} left for later: their hosts are busy.")
        if summary.corrected:
            self.stdout.write(f"{summary.corrected} were corrected meanwhile.")
        if summary.unsaid:
            self.stderr.write(
                f"Nobody answered at all: {summary.unsaid} failures are not remembered, because it"
                " is rather this machine that has no connection."
            )
