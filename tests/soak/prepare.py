"""A process that creates the tables and what stands before the first promise."""

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from tests.fixtures import create_cast  # noqa: E402

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    create_cast()
