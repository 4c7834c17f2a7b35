"""A process that sets the scene of a delivery, or tells how it ended: a word, and what it takes.

| word | what |
|---|---|
| `subscribe URL` | lantern subscribes to everything from the first entry on; prints the secret |
| `submit NOTE` | lantern submits something that stays private |
| `ledger` | prints the message ids and sequences of all entries, and how far lantern's webhook is |
"""

import json
import sys

import django

django.setup()

from reforms import webhooks  # noqa: E402
from reforms.models import LedgerEntry, Organisation, Promise, Webhook  # noqa: E402
from reforms.webhooks import messages  # noqa: E402
from tests.fixtures import make_update  # noqa: E402


def main(word: str, *more: str) -> None:
    match word:
        case "subscribe":
            lantern = Organisation.objects.get(pk="lantern")
            origin = "http://tracker.example"
            _, secret = webhooks.subscribe(lantern, name="x", url=more[0], origin=origin, after=0)
            sys.stdout.write(secret)
        case "submit":
            promise = Promise.objects.all()[0]
            note = {"en": more[0]}
            make_update(promise, "stalled", organisation="lantern", note=note, publish=False)
        case "ledger":
            entries = LedgerEntry.objects.order_by("sequence")
            said = [[messages.name_of(one), one.sequence] for one in entries]
            webhook = Webhook.objects.get()
            sys.stdout.write(json.dumps({"entries": said, "position": webhook.position}))


if __name__ == "__main__":
    main(*sys.argv[1:])
