"""What `manage.py check --deploy` says of settings that several machines have to share."""

from typing import Any

from django.conf import settings
from django.core import checks


@checks.register(checks.Tags.security, deploy=True)
def secrets_are_shared(**_: Any) -> list[checks.CheckMessage]:
    """Several machines sign alike: none of them with what is in a file of its own."""
    several, kept = settings.SHARED_BY_SEVERAL, settings.KEPT_HERE
    if not several or not kept:
        return []
    return [
        checks.Warning(
            f"With {' and '.join(several)} there are several machines, and what this one has for"
            f" {', '.join(kept)} is in files of its own.",
            hint=f"Set {', '.join(kept)} in the environment, alike on all machines. What it has now"
            f" is in {settings.VAR_DIR}.",
            id="tracker.W001",
        )
    ]
