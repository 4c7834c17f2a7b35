"""A process that says what the tables hold in the end: the last sequence and every document."""

import json
import sys

import django

django.setup()

from reforms import ledger  # noqa: E402
from tests.busy import tables  # noqa: E402

if __name__ == "__main__":
    documents = [[*key, document] for key, document in tables().items()]
    json.dump({"last": ledger.head().sequence, "documents": documents}, sys.stdout)
