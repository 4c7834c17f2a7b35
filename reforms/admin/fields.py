"""Form fields for the columns of the record, with messages that say what would be right."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from reforms.admin.labels import describe
from reforms.admin.widgets import (
    BoundsWidget,
    FiguresWidget,
    TextsWidget,
    as_row,
    plain,
)
from reforms.dates import PartialDate
from reforms.models.fields import validate_plain_text
from reforms.sheets.passages import as_line, read_paragraphs
from reforms.workflow.checking import LONGEST_REASON

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,10})?", re.ASCII)


class TextsFormField(forms.Field):
    """A text in one or more languages; empty ones are left out."""

    def __init__(self, *, max_length: int, **options: Any) -> None:
        super().__init__(widget=TextsWidget(max_length), **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"aria-label": self.label}

    def clean(self, value: Any) -> Any:
        if self.required and not value:
            raise ValidationError("Write it in at least one language.", code="required")
        return value or {}

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or {}) != (data or {})


class PartialDateFormField(forms.CharField):
    """A date known to the day, the month or the year, as one text: 2022-11."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "A day as 2022-11-05, a month as 2022-11, a year as 2022.")
        widget = forms.TextInput({"class": "partial-date", "size": 12, "autocomplete": "off"})
        super().__init__(widget=widget, max_length=40, **options)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return PartialDate.parse(text)
        except ValueError as error:
            raise ValidationError(f"{error}.", code="invalid") from None

    def run_validators(self, value: Any) -> None:
        if value is not None:
            super().run_validators(str(value))

    def prepare_value(self, value: Any) -> str:
        return "" if value is None else str(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial) != self.prepare_value(data).strip()


class FiguresFormField(forms.Field):
    """The figures of a promise, as a table; the model's validator checks their shape."""

    widget = FiguresWidget

    def __init__(self, **options: Any) -> None:
        options["help_text"] = (
            "Either from and to, or one value. Empty a row to drop it; save for more rows."
        )
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"aria-label": self.label}

    def clean(self, value: Any) -> list[dict[str, Any]]:
        return [self._figure(row, place) for place, row in enumerate(value or [], start=1)]

    def _figure(self, row: Mapping[str, Any], place: int) -> dict[str, Any]:
        # A text in English alone is written plainly, as the seed files do.
        figure: dict[str, Any] = {
            text: row[text]["en"] if list(row[text]) == ["en"] else row[text]
            for text in FiguresWidget.texts
            if row[text]
        }
        for name in FiguresWidget.numbers:
            # People write 20 000 with a space of one kind or another.
            if number := "".join(row[name].split()):
                if not _NUMBER.fullmatch(number):
                    raise ValidationError(
                        f"Figure {place}: “{row[name]}” is no number; write it as 5000 or 12.5."
                    )
                figure[name] = float(number) if "." in number else int(number)
        return figure

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [as_row(one) for one in initial or []] != [as_row(one) for one in data or []]


class ParagraphsFormField(forms.CharField):
    """The paragraphs of a locator, one a line; fingerprints left out are filled in by the form."""

    def __init__(self, **options: Any) -> None:
        options["help_text"] = (
            "One a line: its number and its fingerprint (138 fp1:…). Where the source’s text is"
            " loaded, numbers are enough: 138 or 139-142."
        )
        widget = forms.Textarea({"rows": 2, "cols": 80, "class": "locator", "spellcheck": "false"})
        super().__init__(widget=widget, **options)

    def to_python(self, value: Any) -> Any:
        parts = re.split(r"[\n,;]+", plain(value))
        return [one for part in parts if part.strip() for one in read_paragraphs(part.strip())]

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else "\n".join(as_line(one) for one in value or [])

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial) != plain(data)


class BoundsFormField(forms.MultiValueField):
    """A source and the first and last paragraph in it; empty as a whole, or whole."""

    def __init__(self, **options: Any) -> None:
        parts = [forms.CharField(required=False) for _ in BoundsWidget.labels]
        super().__init__(parts, widget=BoundsWidget(), require_all_fields=False, **options)

    def compress(self, values: list[str]) -> dict[str, Any] | None:
        if not any(values):
            return None
        if not all(values):
            raise ValidationError("Give the source and both paragraphs, or none of the three.")
        source, first, last = values
        ends = [read_paragraphs(first.strip()), read_paragraphs(last.strip())]
        if any(len(end) != 1 for end in ends):
            raise ValidationError("The first and the last are one paragraph each.")
        return {"source": source.strip(), "first": ends[0][0], "last": ends[1][0]}


class NamesFormField(forms.CharField):
    """A list of names, one a line."""

    def __init__(self, **options: Any) -> None:
        options["help_text"] = "Other names, one a line."
        super().__init__(widget=forms.Textarea({"rows": 3, "cols": 60}), **options)

    def to_python(self, value: Any) -> Any:
        return [name.strip() for name in plain(value).split("\n") if name.strip()]

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else "\n".join(value or [])

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(self.prepare_value(initial)) != self.to_python(data)


class ReasonFormField(forms.CharField):
    """Why something is done, in a sentence."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=LONGEST_REASON,
            error_messages={"required": "Say why, in a sentence."},
            widget=forms.Textarea({"rows": 3, "cols": 80, "class": "vLargeTextField"}),
            validators=[validate_plain_text],
            **options,
        )

    def to_python(self, value: Any) -> str:
        return plain(super().to_python(value))


class DescribedChoiceField(forms.ModelChoiceField):
    """A choice of one object, shown with its title."""

    def label_from_instance(self, obj: Any) -> str:
        return describe(obj)


class DescribedChoicesField(forms.ModelMultipleChoiceField):
    """A choice of several objects, shown with their titles."""

    def label_from_instance(self, obj: Any) -> str:
        return describe(obj)


# JSON columns by name, for `formfield_for_dbfield`.
SHAPED = {
    "figures": FiguresFormField,
    "paragraphs": ParagraphsFormField,
    "bounds": BoundsFormField,
    "aliases": NamesFormField,
}
