import zoneinfo
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from reforms.dates import day_in
from reforms.models.fields import (
    IdField,
    PartialDateProperty,
    TextsField,
    both_or_neither,
    has_text,
    precision_field,
    validate_country,
)
from reforms.models.public import PublicObject
from reforms.querysets import ProgrammeQuerySet

validate_programme_id = RegexValidator(
    r"^[a-z][a-z0-9]*\Z",
    "“%(value)s” is no programme id: use lower-case letters and digits, no hyphens (kz2022).",
)


def validate_time_zone(name: str) -> None:
    """Refuse what is no IANA time zone."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"“{name}” is no time zone; write it as in Asia/Almaty.")


class Programme(PublicObject):
    """A set of reforms announced together, such as those of one address."""

    id = IdField(primary_key=True, max_length=30, validators=[validate_programme_id])
    title = TextsField(max_length=300)
    summary = TextsField(blank=True)
    jurisdiction = models.CharField(
        max_length=2, validators=[validate_country], help_text="ISO 3166 code of two letters."
    )
    promisor = TextsField(max_length=200)
    announced_on = models.DateField(help_text="Its last day, if imprecise.")
    announced_precision = precision_field(default="day")
    time_zone = models.CharField(max_length=60, validators=[validate_time_zone])
    lead_organisation = models.ForeignKey(
        "reforms.Organisation",
        on_delete=models.PROTECT,
        related_name="led_programmes",
        help_text="Whose view is the headline wherever it has one.",
    )
    announced_by = models.ManyToManyField(
        "reforms.Source", blank=True, related_name="announced_programmes"
    )
    licence = models.CharField(max_length=60, default="CC-BY-4.0", help_text="SPDX identifier.")

    announced = PartialDateProperty("announced_on", "announced_precision")

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            has_text("title"),
            has_text("promisor"),
            both_or_neither("announced_on", "announced_precision"),
        ]

    def __str__(self) -> str:
        return self.id

    def today(self, moment: datetime | None = None) -> date:
        """The date in the programme's time zone at `moment`, or now."""
        return day_in(self.time_zone, moment)
