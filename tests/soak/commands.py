"""A process that runs commands of manage.py, each a list of words in JSON; it prints their outputs.

Starting a process for each would take longer than most of them do.
"""

import io
import json
import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402


def output(words: list[str]) -> str:
    """What a command prints on its standard output."""
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


if __name__ == "__main__":
    sys.stdout.write(json.dumps([output(json.loads(words)) for words in sys.argv[1:]]))
