"""Forms of the record: partial dates, passages, and refusals of the rules as complaints."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from reforms.admin.fields import PartialDateFormField
from reforms.admin.labels import describe
from reforms.admin.widgets import DescribedSelect
from reforms.errors import RuleBroken, TrackerError
from reforms.models import Source
from reforms.sheets.passages import with_fingerprints


class RecordForm(forms.ModelForm):
    """A form of one object.

    `refusal` is what a rule said when the form was to be written: the same form is then shown again
    with it. A field of type PartialDateFormField stands for the property of its name.
    """

    refusal: TrackerError | None = None
    user: Any = None
    # Where a public reason may be due; it is no column of the object.
    reason_field: forms.Field | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.reason_field is not None:
            self.fields["reason"] = self.reason_field
        for name in self._dates():
            self.initial.setdefault(name, getattr(self.instance, name))
        self._name_the_chosen()

    def _dates(self) -> list[str]:
        return [
            name for name, field in self.fields.items() if isinstance(field, PartialDateFormField)
        ]

    def _name_the_chosen(self) -> None:
        """Give choices the labels of objects that are loaded, so that rendering asks for none."""
        for name, field in self.fields.items():
            widget = getattr(field.widget, "widget", field.widget)
            chosen = self.instance._state.fields_cache.get(name) or self.initial.get(name)
            if isinstance(widget, DescribedSelect) and isinstance(chosen, models.Model):
                widget.known = {str(chosen.pk): describe(chosen)}

    def clean(self) -> Any:
        cleaned = super().clean()
        for name in self.fields:
            # What was only looked at stays exactly as it is stored.
            if name in self.cleaned_data and name not in self.changed_data and self.instance.pk:
                stored = getattr(self.instance, name, None)
                if isinstance(stored, list | dict):
                    self.cleaned_data[name] = stored
        return cleaned

    def _post_clean(self) -> None:
        for name in self._dates():
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])
        super()._post_clean()  # type: ignore[misc]
        if self.refusal is not None:
            self.complain(self.refusal)

    def complain(self, refusal: TrackerError) -> None:
        """Show what a rule said beside the fields that it named, or above the form."""
        if not isinstance(refusal, RuleBroken):
            self.add_error(None, str(refusal))
            return
        for name, complaints in refusal.fields.items():
            field = next(
                (one for one in (name, name.removesuffix("_on")) if one in self.fields), None
            )
            for complaint in complaints:
                about = "" if field or name in ("", "__all__") else f"{name}: "
                self.add_error(field, f"{about}{complaint}")


class NumberedForm(RecordForm):
    """A form of something whose id is its parent's id and a number, fixed once it exists.

    `parent` names the foreign key. Without a number it gets the next one that is free.
    """

    numbered: type[models.Model]
    parent = ""

    def clean(self) -> Any:
        cleaned = super().clean()
        parent = self.cleaned_data.get(self.parent)
        if self.instance._state.adding and parent is not None and "number" not in self.errors:
            number = self.cleaned_data.get("number")
            if number is None:
                number = self.next_number(parent.pk)
                self.cleaned_data["number"] = number
            self.instance.pk = f"{parent.pk}-{number}"
        return cleaned

    @classmethod
    def next_number(cls, parent: str) -> int:
        """The next number that was never given: ids are not reused."""
        siblings = cls.numbered._default_manager.filter(**{cls.parent: parent})
        last = siblings.aggregate(last=models.Max("number"))["last"]
        return (last or 0) + 1


class PassageForm(RecordForm):
    """A form with a locator, whose missing fingerprints come from the loaded text."""

    def clean(self) -> Any:
        cleaned = super().clean()
        source, paragraphs = (self.cleaned_data.get(name) for name in ("source", "paragraphs"))
        if source is not None and paragraphs:
            try:
                self.cleaned_data["paragraphs"] = with_fingerprints(source.pk, paragraphs)
            except ValidationError as error:
                self.add_error("paragraphs", error)
        return cleaned


def complete_bounds(bounds: dict[str, Any]) -> dict[str, Any]:
    """Bounds with their fingerprints; raises ValidationError for a source that does not exist."""
    if not Source.objects.filter(pk=bounds["source"]).exists():
        raise ValidationError(f"“{bounds['source']}” is no source; give the id of one.")
    first, last = with_fingerprints(bounds["source"], [bounds["first"], bounds["last"]])
    return {"source": bounds["source"], "first": first, "last": last}
