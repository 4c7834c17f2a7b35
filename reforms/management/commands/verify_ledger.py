import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reforms.integrity import drift_beside_verdicts
from reforms.ledger.checkpoints import Checkpoint
from reforms.ledger.comparing import check_tables
from reforms.ledger.retracing import check_verdicts
from reforms.ledger.verifying import Checked, check_chain, check_checkpoint, one_view

LISTED = 100


class Command(BaseCommand):
    help = (
        "Check the chain of the ledger, and compare what it says with the tables, and with all that"
        " is derived from it, now and for every earlier moment. Names every entry that was tampered"
        " with and every row that was changed behind the ledger's back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since",
            type=int,
            default=0,
            metavar="N",
            help="take the chain up to entry N for granted; the tables are compared in full",
        )
        parser.add_argument(
            "--checkpoint",
            type=Path,
            action="append",
            default=[],
            metavar="FILE",
            help="signed heads that somebody kept, as JSON; they must be part of the chain",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["since"] < 0:
            raise CommandError("--since is the number of an entry, or 0.")
        kept = [one for path in options["checkpoint"] for one in _checkpoints(Path(path))]
        checked = Checked()
        count = 0
        with one_view():
            for count, finding in enumerate(_findings(checked, options["since"], kept), start=1):
                if count <= LISTED:
                    self.stderr.write(finding)
        if count > LISTED:
            self.stderr.write(f"… and {count - LISTED} more")
        if count:
            findings = "1 finding" if count == 1 else f"{count} findings"
            raise CommandError(f"{findings}: the record is not what the ledger says it is.")
        self.stdout.write(
            f"All is well: {checked.entries} entries, head {checked.head.sequence}"
            f" {checked.head.hash}, {checked.redacted} redacted{_unchecked(checked)};"
            " the tables and all that is derived from them agree."
        )


def _findings(checked: Checked, since: int, kept: Sequence[Checkpoint]) -> Iterator[str]:
    yield from check_chain(checked, since)
    yield from chain.from_iterable(map(check_checkpoint, kept))
    yield from check_tables()
    yield from check_verdicts()
    yield from map(str, drift_beside_verdicts())


def _unchecked(checked: Checked) -> str:
    """Of redactions from before they told the hash of what stands there now."""
    return f" ({checked.unchecked} of them cannot be checked)" if checked.unchecked else ""


def _checkpoints(path: Path) -> Iterator[Checkpoint]:
    """The JSON objects of a file, one after another."""
    try:
        text = path.read_text(encoding="utf-8").strip()
        while text:
            value, end = json.JSONDecoder().raw_decode(text)
            yield _checkpoint(value)
            text = text[end:].lstrip()
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} holds no checkpoints: {error}") from None


def _checkpoint(value: Any) -> Checkpoint:
    if not isinstance(value, dict) or not isinstance(value.get("sequence"), int):
        raise ValueError("a checkpoint is an object with a sequence")
    if missing := Checkpoint.__required_keys__ - set(value):
        raise ValueError(f"a checkpoint has {', '.join(sorted(missing))}, too")
    checkpoint: Any = value
    return checkpoint
