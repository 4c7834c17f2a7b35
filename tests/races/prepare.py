"""A process that creates the tables, the cast, a promise for each race, and keys; it prints the keys.

| key | whose | what it may |
|---|---|---|
| `lantern`, `compass` | two watchdogs' | submit |
| `reviewer`, `second` | two reviewers' of the editors | review |
"""

import json
import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from reforms import keys  # noqa: E402
from reforms.models import Organisation  # noqa: E402
from tests.fixtures import BEGINNING, create_cast, make_promise  # noqa: E402

HOLDERS = {
    "lantern": ("lantern", ["submit", "sources"]),
    "compass": ("compass", ["submit", "sources"]),
    "reviewer": ("editors", ["review"]),
    "second": ("editors", ["review"]),
}


def main(promises: int) -> None:
    """Store them all."""
    call_command("migrate", verbosity=0)
    create_cast()
    Organisation.objects.update(licence_accepted="CC-BY-4.0", licence_accepted_at=BEGINNING)
    for number in range(1, promises + 1):
        make_promise(number)
    made = {}
    for name, (organisation, scopes) in HOLDERS.items():
        _, made[name] = keys.issue(Organisation.objects.get(pk=organisation), name, scopes)
    sys.stdout.write(json.dumps(made))


if __name__ == "__main__":
    main(int(sys.argv[1]))
