from django.apps import AppConfig


class ReformsConfig(AppConfig):
    """The domain: programmes, their promises, and what became of them."""

    name = "reforms"
    verbose_name = "Reform record"
    default_auto_field = "django.db.models.BigAutoField"
