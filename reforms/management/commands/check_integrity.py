from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reforms.api.renditions import making
from reforms.integrity import CHECKED, find_drift


class Command(BaseCommand):
    help = "Recompute everything that is derived, and name every stored value that differs."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for drift in find_drift():
            found += 1
            self.stderr.write(str(drift))
        for rendition in making.drift():
            found += 1
            self.stderr.write(f"{rendition}: is not what it is made of; render_answers --again")
        if found:
            values = "1 value differs" if found == 1 else f"{found} values differ"
            raise CommandError(f"{values} from what the record says.")
        counts = ", ".join(
            f"{model._default_manager.count()} {model._meta.verbose_name_plural}"
            for model in CHECKED
        )
        self.stdout.write(f"All is well: {counts}.")
