from django.apps import AppConfig
from django.core.signals import request_started


class ReformsConfig(AppConfig):
    """The domain: programmes, their promises, and what became of them."""

    name = "reforms"
    verbose_name = "Reform record"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """After Django's own receivers, which call for the look at replicas."""
        from reforms import lookups, replicas  # noqa: F401 - our lookups register themselves

        request_started.connect(replicas.look_now_and_then)
