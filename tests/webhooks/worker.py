"""The worker as a process, with a lease of a second and a half: a test cannot wait for a minute."""

from datetime import timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from reforms.webhooks import delivering  # noqa: E402

if __name__ == "__main__":
    delivering.LEASE = timedelta(seconds=1.5)
    call_command("deliver_webhooks")
