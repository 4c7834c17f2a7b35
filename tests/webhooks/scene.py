"""A process that sets the scene of a delivery, or tells how it ended: a word, and what it takes.

| word | what |
|---|---|
| `begin URL` | makes tables and cast; lantern subscribes to all of the ledger; prints the secret |
| `unrendered` | prints how many objects wait to be rendered, and what is rendered wrongly |
| `end NOTE` | lantern submits something private; prints message ids and sequences of all entries |
"""

import json
import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from reforms import webhooks  # noqa: E402
from reforms.api.renditions import making  # noqa: E402
from reforms.models import (  # noqa: E402
    LedgerEntry,
    Organisation,
    Promise,
    PromiseRendition,
    UpdateRendition,
)
from reforms.webhooks import messages  # noqa: E402
from tests.fixtures import create_cast, make_update  # noqa: E402

RENDITIONS = (PromiseRendition, UpdateRendition)


def main(word: str, *more: str) -> None:
    match word:
        case "begin":
            call_command("migrate", verbosity=0)
            create_cast()
            lantern = Organisation.objects.get(pk="lantern")
            origin = "http://tracker.example"
            _, secret = webhooks.subscribe(lantern, name="x", url=more[0], origin=origin, after=0)
            sys.stdout.write(secret)
        case "end":
            promise = Promise.objects.all()[0]
            note = {"en": more[0]}
            make_update(promise, "stalled", organisation="lantern", note=note, publish=False)
            entries = LedgerEntry.objects.order_by("sequence")
            said = [[messages.name_of(one), one.sequence] for one in entries]
            sys.stdout.write(json.dumps(said))
        case "unrendered":
            waiting = [kind.objects.filter(form="").count() for kind in RENDITIONS]
            sys.stdout.write(json.dumps([sum(waiting), list(making.drift())]))


if __name__ == "__main__":
    main(*sys.argv[1:])
